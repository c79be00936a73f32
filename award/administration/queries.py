"""Which people an administrator and an award office see; neither sees applications here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from award.accounts.models import Grant, Person, SignIn
from award.accounts.queries import current_grants
from award.accounts.service.grants import BY_OFFICE
from award.kernel.actor import APPLICANTS, Actor, Role, Scope
from award.kernel.errors import NotFound
from award.kernel.i18n import Phrase
from award.organisations.models import Claim
from award.organisations.queries import REFUSED, offices_of
from award.regulations.model import Text
from award.rounds.models import Authority, Award, Round
from award.rounds.queries import authority_in_letters

SIZE = 30


@dataclass(frozen=True)
class Place:
    """A scope as a form offers it: key "authority:<public id>" or "round:<public id>"."""

    key: str
    scope: Scope
    scope_id: int
    name: Text


@dataclass(frozen=True)
class HeldRole:
    """A grant as pages show it. place: None where its name is no business of the reader."""

    public_id: str
    role: Role
    scope: Scope
    place: Text | None
    until: datetime | None


def people(session: Session, text: str, page: int, size: int | None = SIZE) -> tuple[list[Person], int]:
    """One page of all people, by name, whose name, sign-in name or address contains a text; and how many there are.

    size: of a page; None gives all of them.
    """
    query = select(Person)
    if text:
        query = query.where(_contains(text))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = session.scalars(query.order_by(Person.name, Person.id).limit(size).offset((page - 1) * (size or 0)))
    return list(rows), total


def person_for_administrator(session: Session, public_id: str) -> Person:
    """A person. Raises NotFound."""
    person = session.scalar(select(Person).where(Person.public_id == public_id))
    if person is None:
        raise NotFound
    return person


def people_in_care(session: Session, actor: Actor, text: str = "") -> list[Person]:
    """Whom the actor's office looks after: those it gave roles, and those who claimed an organisation with it, by name."""
    query = _in_care(actor)
    if text:
        query = query.where(_contains(text))
    return list(session.scalars(query.order_by(Person.name, Person.id)))


def person_in_care(session: Session, actor: Actor, public_id: str) -> Person:
    """One of them. Raises NotFound when there is none or another office looks after the person: the same."""
    person = session.scalar(_in_care(actor).where(Person.public_id == public_id))
    if person is None:
        raise NotFound
    return person


def _in_care(actor: Actor) -> Select[Person]:
    offices = offices_of(actor)
    rounds = select(Round.id).join(Award).where(Award.authority_id.in_(offices))
    given = select(Grant.person_id).where(
        Grant.role.in_(BY_OFFICE),
        or_(
            (Grant.scope == Scope.AUTHORITY) & Grant.scope_id.in_(offices),
            (Grant.scope == Scope.ROUND) & Grant.scope_id.in_(rounds),
        ),
    )
    claimed = select(Claim.person_id).where(Claim.authority_id.in_(offices))
    # Whoever runs awards or administers is looked after by administrators: a new password would lend his rights.
    above = select(Grant.person_id).where(Grant.role.not_in(BY_OFFICE | APPLICANTS), Grant.revoked_at.is_(None))
    return select(Person).where(or_(Person.id.in_(given), Person.id.in_(claimed)), Person.id.not_in(above))


def is_only_ours(session: Session, actor: Actor, person: Person) -> bool:
    """Whether everything the person holds belongs to the actor's authorities, since a new password would lend all of it.

    An organisation belongs to them where the person has claimed it with them and with no other.
    """
    offices = offices_of(actor)
    rounds = select(Round.id).join(Award).where(Award.authority_id.in_(offices))
    claims = select(Claim.organisation_id).where(Claim.person_id == person.id)
    with_others = claims.where(Claim.authority_id.not_in(offices), Claim.state != REFUSED)
    ours = or_(
        (Grant.scope == Scope.AUTHORITY) & Grant.scope_id.in_(offices),
        (Grant.scope == Scope.ROUND) & Grant.scope_id.in_(rounds),
        (Grant.scope == Scope.ORGANISATION)
        & Grant.scope_id.in_(claims.where(Claim.authority_id.in_(offices)))
        & Grant.scope_id.not_in(with_others),
    )
    elsewhere = select(Grant.id).where(Grant.person_id == person.id, Grant.revoked_at.is_(None), ~ours)
    return session.scalar(elsewhere.limit(1)) is None


def roles_of(
    session: Session, people: Iterable[Person], now: datetime, *, named: frozenset[int] | None = None
) -> dict[int, list[HeldRole]]:
    """What each of some people holds, by inner number. named: authorities whose name may be shown; None means all.

    Rounds and organisations of others are never named. now: the award's clock.
    """
    names = {one.id: one.name for one in session.scalars(select(Authority)) if named is None or one.id in named}
    grants = current_grants(session, [one.id for one in people], now)
    return {person_id: [_held(one, names) for one in held] for person_id, held in grants.items()}


def _held(grant: Grant, names: Mapping[int, Text]) -> HeldRole:
    place = names.get(grant.scope_id) if grant.scope == Scope.AUTHORITY else None
    return HeldRole(grant.public_id, Role(grant.role), Scope(grant.scope), place, grant.valid_until)


def grant_of(session: Session, person: Person, public_id: str) -> Grant:
    """One of a person's grants. Raises NotFound."""
    grant = session.scalar(select(Grant).where(Grant.public_id == public_id, Grant.person_id == person.id))
    if grant is None:
        raise NotFound
    return grant


def last_seen(session: Session, people: list[Person]) -> dict[int, datetime]:
    """When each was last at work here, by inner number."""
    query = select(SignIn.person_id, func.max(SignIn.seen_at)).where(SignIn.person_id.in_([one.id for one in people]))
    return {row[0]: row[1] for row in session.execute(query.group_by(SignIn.person_id))}


def authorities(session: Session, ids: frozenset[int] | None = None) -> list[Place]:
    """Authorities as a form offers them: all, or those with these inner numbers."""
    query = select(Authority).order_by(Authority.id)
    if ids is not None:
        query = query.where(Authority.id.in_(ids))
    return [
        Place(f"authority:{one.public_id}", Scope.AUTHORITY, one.id, one.name)
        for one in session.scalars(query)
    ]


def place_in_letters(session: Session, place: Place) -> Text | Phrase:
    """An authority a form offered, as a letter names it."""
    return authority_in_letters(session, session.get_one(Authority, place.scope_id))


def _contains(text: str) -> ColumnElement[bool]:
    return or_(*(column.icontains(text, autoescape=True) for column in (Person.name, Person.username, Person.email)))
