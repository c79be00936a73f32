"""Reading people, their grants and their sessions."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from award.accounts.models import Grant, Person, SignIn
from award.kernel.actor import Actor, Held, Role, Scope


def hash_token(token: str) -> str:
    """What is stored of a secret that only its owner has."""
    return hashlib.sha256(token.encode()).hexdigest()


def grants_in_force(session: Session, person_id: int, now: datetime) -> frozenset[Held]:
    """What the person holds at this moment."""
    query = select(Grant.role, Grant.scope, Grant.scope_id).where(
        Grant.person_id == person_id,
        Grant.revoked_at.is_(None),
        Grant.valid_from <= now,
        Grant.valid_until.is_(None) | (Grant.valid_until > now),
    )
    return frozenset(Held(Role(role), Scope(scope), scope_id) for role, scope, scope_id in session.execute(query))


def actor_for(session: Session, person: Person, now: datetime, *, session_hash: str = "") -> Actor:
    """The person as an actor with what he holds now. now: UTC, real time."""
    held = grants_in_force(session, person.id, now)
    return Actor(person.id, person.public_id, person.name, person.language, held, session=session_hash)


def sign_in_of(session: Session, token: str, now: datetime) -> tuple[SignIn, Person] | None:
    """The running session a cookie stands for and whose it is, or None."""
    query = (
        select(SignIn, Person)
        .join(Person, Person.id == SignIn.person_id)
        .where(
            SignIn.token_hash == hash_token(token),
            SignIn.revoked_at.is_(None),
            SignIn.ends_at > now,
            Person.is_active,
            Person.expires_at.is_(None) | (Person.expires_at > now),
        )
    )
    row = session.execute(query).one_or_none()
    return (row[0], row[1]) if row else None


def person_by_public_id(session: Session, public_id: str) -> Person | None:
    """The person with this public id."""
    return session.scalar(select(Person).where(Person.public_id == public_id))


def names_of(session: Session, person_ids: Iterable[int]) -> dict[int, str]:
    """Names by inner number, in one query."""
    query = select(Person.id, Person.name).where(Person.id.in_(set(person_ids)))
    return {person_id: name for person_id, name in session.execute(query)}
