"""Reading organisations and claims; each is fetched for an actor."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session, joinedload

from award.accounts.models import Grant, Person
from award.kernel.actor import Actor, Role, Scope
from award.kernel.errors import NotFound
from award.organisations.models import Claim, Organisation, RegisterEntry

PENDING, CONFIRMED, REFUSED = "pending", "confirmed", "refused"


def organisations_of(session: Session, actor: Actor, authority_id: int | None = None) -> list[Organisation]:
    """The organisations the actor may act for, by name: before this authority, or before any (None)."""
    ids = actor.scopes_of(Role.APPLICANT, Scope.ORGANISATION)
    if authority_id is not None:
        ids = frozenset(one for one in ids if actor.acts_for(one, authority_id))
    return list(session.scalars(_BY_IDS, {"ids": list(ids)})) if ids else []


def is_confirmed(session: Session, organisation_id: int, authority_id: int) -> bool:
    """Whether the office of this authority has seen the organisation's licence. What another has seen counts nothing."""
    return session.scalar(_CONFIRMED, {"organisation": organisation_id, "authority": authority_id}) is not None


def is_taken(session: Session, organisation_id: int, authority_id: int) -> bool:
    """Whether somebody acts for the organisation before this authority, or has said so and was not refused."""
    claimed = select(Claim.id).where(
        Claim.organisation_id == organisation_id, Claim.authority_id == authority_id, Claim.state != REFUSED
    )
    held = select(Grant.id).where(
        Grant.role == Role.APPLICANT, Grant.scope == Scope.ORGANISATION, Grant.scope_id == organisation_id,
        Grant.authority_id == authority_id, Grant.revoked_at.is_(None),
    )  # fmt: skip
    return session.scalar(claimed.limit(1)) is not None or session.scalar(held.limit(1)) is not None


def claims_of(session: Session, actor: Actor) -> list[Claim]:
    """The actor's own claims, newest first."""
    return list(session.scalars(_OWN_CLAIMS, {"person": actor.person_id}))


def claims_for_office(session: Session, actor: Actor, state: str = "") -> list[Claim]:
    """The claims made to the actor's authorities, the longest waiting first, then the last decided. state: "" = all."""
    query = _claims().where(Claim.authority_id.in_(offices_of(actor)))
    if state:
        query = query.where(Claim.state == state)
    return list(session.scalars(query.order_by(Claim.state != PENDING, Claim.decided_at.desc(), Claim.made_at, Claim.id)))


def count_pending(session: Session, actor: Actor) -> int:
    """How many claims wait for the actor's office."""
    query = select(func.count()).where(Claim.authority_id.in_(offices_of(actor)), Claim.state == PENDING)
    return session.scalar(query) or 0


def claim_for_office(session: Session, actor: Actor, public_id: str) -> Claim:
    """A claim made to the actor's authority. Raises NotFound when it is absent or another's: the same."""
    claim = session.scalar(_claims().where(Claim.public_id == public_id, Claim.authority_id.in_(offices_of(actor))))
    if claim is None:
        raise NotFound
    return claim


def other_claims(session: Session, actor: Actor, claim: Claim) -> list[Claim]:
    """What else was claimed of the same organisation with the actor's authorities, oldest first."""
    same = (Claim.organisation_id == claim.organisation_id, Claim.id != claim.id, Claim.authority_id.in_(offices_of(actor)))
    return list(session.scalars(_claims().where(*same).order_by(Claim.made_at, Claim.id)))


def organisation_for(session: Session, actor: Actor, public_id: str) -> Organisation:
    """An organisation the actor may act for somewhere. Raises NotFound when it is absent or another's: the same."""
    organisation = session.scalar(select(Organisation).where(Organisation.public_id == public_id))
    if organisation is None or organisation.id not in actor.scopes_of(Role.APPLICANT, Scope.ORGANISATION):
        raise NotFound
    return organisation


def register_of(
    session: Session, actor: Actor, text: str = "", page: int = 1, size: int | None = None
) -> tuple[list[Organisation], int]:
    """The register as the actor's offices have it, by name, and how many it holds: what they entered themselves, and what
    was claimed before them. text: a part of a name or a code.
    """
    query = select(Organisation).where(_in_register(offices_of(actor)))
    if text:
        columns = (Organisation.name, Organisation.name_en, Organisation.credit_code)
        query = query.where(or_(*(one.icontains(text, autoescape=True) for one in columns)))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = query.order_by(Organisation.name, Organisation.id).limit(size).offset((page - 1) * (size or 0))
    return list(session.scalars(rows)), total


def registered(session: Session, actor: Actor, public_id: str) -> Organisation | None:
    """One organisation of that register; None where it does not hold it."""
    query = select(Organisation).where(Organisation.public_id == public_id, _in_register(offices_of(actor)))
    return session.scalar(query)


def _in_register(authorities: frozenset[int]) -> ColumnElement[bool]:
    entered = select(RegisterEntry.organisation_id).where(RegisterEntry.authority_id.in_(authorities))
    claimed = select(Claim.organisation_id).where(Claim.authority_id.in_(authorities))
    return or_(Organisation.id.in_(entered), Organisation.id.in_(claimed))


def acting_in_register(session: Session, actor: Actor, ids: Sequence[int] | None = None) -> dict[int, list[str]]:
    """Who acts for the organisations before the actor's offices, by name. ids: of those only."""
    held = (Grant.role == Role.APPLICANT, Grant.scope == Scope.ORGANISATION, Grant.authority_id.in_(offices_of(actor)))
    query = select(Grant.scope_id, Person.name, Person.id).join(Person, Person.id == Grant.person_id)
    query = query.where(*held, Grant.revoked_at.is_(None), Person.is_active)
    if ids is not None:
        query = query.where(Grant.scope_id.in_(ids))
    found: dict[int, list[str]] = {}
    for organisation_id, name, _ in session.execute(query.order_by(Person.name, Person.id).distinct()):
        found.setdefault(organisation_id, []).append(name)
    return found


def claims_in_register(session: Session, actor: Actor, ids: Sequence[int] | None = None) -> dict[int, list[Claim]]:
    """The claims of the organisations before the actor's offices, oldest first. ids: of those only."""
    query = select(Claim).where(Claim.authority_id.in_(offices_of(actor)))
    if ids is not None:
        query = query.where(Claim.organisation_id.in_(ids))
    found: dict[int, list[Claim]] = {}
    for one in session.scalars(query.order_by(Claim.made_at, Claim.id)):
        found.setdefault(one.organisation_id, []).append(one)
    return found


def offices_of(actor: Actor) -> frozenset[int]:
    """The authorities whose office the actor belongs to."""
    return actor.scopes_of(Role.AWARD_OFFICE, Scope.AUTHORITY)


def _claims() -> Select[Claim]:
    return select(Claim).options(joinedload(Claim.organisation))


# Made once: pages ask them again and again, and making one takes longer than its answer.
_BY_IDS = select(Organisation).where(Organisation.id.in_(bindparam("ids", expanding=True))).order_by(Organisation.name)
_OWN_CLAIMS = _claims().where(Claim.person_id == bindparam("person")).order_by(Claim.made_at.desc(), Claim.id.desc())
_CONFIRMED = (
    select(Claim.id)
    .where(
        Claim.organisation_id == bindparam("organisation"), Claim.authority_id == bindparam("authority"),
        Claim.state == CONFIRMED,
    )
    .limit(1)
)  # fmt: skip
