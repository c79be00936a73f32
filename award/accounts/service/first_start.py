"""The first administrator of an empty database, by a one-time link that only the operator sees."""

import hmac
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from award.accounts import queries
from award.accounts.models import Person
from award.accounts.service.grants import give_grant
from award.accounts.service.people import enter_person
from award.kernel import db
from award.kernel.actor import SYSTEM, Role, Scope
from award.kernel.clock import Installation
from award.kernel.errors import NotFound
from award.kernel.ids import new_token
from award.kernel.settings import settings


def make_start_link(session: Session) -> str | None:
    """A link that sets up the first administrator, once; an earlier one ends. None where there are people already."""
    if session.scalar(select(Person.id).limit(1)) is not None:
        return None
    installation = session.get(Installation, 1)
    if installation is None:
        installation = Installation(id=1, is_demonstration=False, clock_offset_seconds=0)
        session.add(installation)
    token = new_token()
    installation.first_start_token_hash = queries.hash_token(token)
    session.flush()
    return f"{settings().base_url.rstrip('/')}/start/{token}"


def is_start_token(session: Session, token: str) -> bool:
    """Whether the link is the one that was printed last, and nobody has used it."""
    installation = session.get(Installation, 1)
    if installation is None or installation.first_start_token_hash is None:
        return False
    return hmac.compare_digest(installation.first_start_token_hash, queries.hash_token(token))


def accept_start_link(
    session: Session, token: str, *, username: str, name: str, email: str, password: str, now: datetime, language: str = "zh"
) -> Person:
    """Enters the first system administrator and ends the link. now: real time.

    Raises NotFound for any other link, Invalid for what cannot be used.
    """
    db.lock_row(session, "installation", 1, exclusive=True)
    installation = session.get(Installation, 1, populate_existing=True)
    if installation is None or not is_start_token(session, token):
        raise NotFound
    person = enter_person(
        session, SYSTEM, username=username, name=name, email=email, password=password, now=now, language=language
    )
    give_grant(session, SYSTEM, person, Role.SYSTEM_ADMINISTRATOR, Scope.SYSTEM, 0, now)
    installation.first_start_token_hash = None
    return person
