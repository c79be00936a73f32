"""Who works in a round and can be written to."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from award.accounts.models import Grant, Person
from award.kernel.actor import Role, Scope
from award.rounds.models import Round


def is_reachable(now: datetime) -> ColumnElement[bool]:
    """Whether a person can be written to: his account is open."""
    return and_(Person.is_active, or_(Person.expires_at.is_(None), Person.expires_at > now))


def holds(role: Role, round_: Round, now: datetime) -> ColumnElement[bool]:
    """Whether a person holds a role in a round or before its authority."""
    here = or_(
        and_(Grant.scope == Scope.ROUND, Grant.scope_id == round_.id),
        and_(Grant.scope == Scope.AUTHORITY, Grant.scope_id == round_.award.authority_id),
    )
    in_force = and_(
        Grant.revoked_at.is_(None), Grant.valid_from <= now, or_(Grant.valid_until.is_(None), Grant.valid_until > now)
    )
    return exists().where(Grant.person_id == Person.id, Grant.role == role, here, in_force)


def officers_of(session: Session, round_: Round, now: datetime) -> list[Person]:
    """The people of the award office of a round."""
    query = select(Person).where(is_reachable(now), holds(Role.AWARD_OFFICE, round_, now))
    return list(session.scalars(query.order_by(Person.id)))
