"""Reading organisations and claims; each is fetched for an actor."""

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session, joinedload

from award.accounts.models import Grant
from award.kernel.actor import Actor, Role, Scope
from award.kernel.errors import NotFound
from award.organisations.models import Claim, Organisation

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
