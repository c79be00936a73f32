"""Personal tokens for the API: made with the password, shown once, ended by their day, by their person or with his password."""

import re
import secrets
import zlib
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from award.accounts.models import ApiToken, Person
from award.accounts.passwords import matches
from award.accounts.queries import hash_token
from award.kernel import clock
from award.kernel.actor import ADMINISTRATORS, Actor, TokenScope
from award.kernel.audit.trail import record, security_stream
from award.kernel.errors import Conflict, FieldError, Invalid, NotFound, Refused
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.kernel.ids import ALPHABET

PREFIX = "award_"
"""By it people and scanners of source code know a token."""
SECRET, CHECK = 40, 7
"""Characters of the secret (198 bits) and of its check sum."""
SHAPE = re.compile(rf"{PREFIX}[{ALPHABET}]{{{SECRET + CHECK}}}", re.ASCII)
LONGEST = timedelta(days=366)
MOST = 20
"""Tokens a person may have at once."""


def new_api_token() -> str:
    """A token nobody has seen."""
    return well_formed("".join(secrets.choice(ALPHABET) for _ in range(SECRET)))


def well_formed(secret: str) -> str:
    """A secret with prefix and check sum. secret: SECRET characters of our alphabet."""
    return f"{PREFIX}{secret}{_check_sum(secret)}"


def _check_sum(secret: str) -> str:
    """CRC-32 in our alphabet: tells a slip of the keyboard without a look into the database."""
    left, digits = zlib.crc32(secret.encode()), ""
    for _ in range(CHECK):
        left, digit = divmod(left, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits


def is_well_formed(token: str) -> bool:
    """Whether this can be a token of ours at all."""
    return SHAPE.fullmatch(token) is not None and _check_sum(token[len(PREFIX) : -CHECK]) == token[-CHECK:]


def make_token(
    session: Session, actor: Actor, person: Person, *, name: str, scopes: Collection[str], ends_at: datetime | None,
    password: str, now: datetime,
) -> str:  # fmt: skip
    """A new token of the actor's own, answered once. now: real time; ends_at: at most a year ahead.

    Raises Refused for an administrator or for another person's, Invalid by field, Conflict where there are too many.
    """
    if actor.person_id != person.id:
        raise Refused("person.not_own", N_("Only the person can change this."))
    if actor.roles & ADMINISTRATORS:
        raise Refused("token.administrator", N_("Administrators' accounts have no access tokens."))
    if faults := _faults(person, scopes, ends_at, password, now):
        raise Invalid(faults)
    running = select(func.count()).where(
        ApiToken.person_id == person.id, ApiToken.revoked_at.is_(None), ApiToken.ends_at > now
    )
    if (session.scalar(running) or 0) >= MOST:
        raise Conflict("token.too_many", N_("You have {most} access tokens. Revoke one you no longer need."), most=MOST)
    token = new_api_token()
    made = ApiToken(
        token_hash=hash_token(token),
        person_id=person.id,
        name=name,
        scopes=sorted(set(scopes)),
        created_at=now,
        ends_at=ends_at,
    )
    session.add(made)
    session.flush()
    content = {"name": name, "scopes": made.scopes, "ends_at": f"{made.ends_at:%Y-%m-%dT%H:%M:%SZ}"}
    _note(session, actor, Event.TOKEN_MADE, made, content)
    return token


def _faults(
    person: Person, scopes: Collection[str], ends_at: datetime | None, password: str, now: datetime
) -> list[FieldError]:
    faults = []
    if not scopes or not set(scopes) <= {one.value for one in TokenScope}:
        faults.append(FieldError("scopes", N_("Choose what the token may be used for.")))
    if ends_at is None or not now < ends_at <= now + LONGEST:
        faults.append(FieldError("ends_on", N_("Choose a last day from today to one year ahead.")))
    if not matches(person.password_hash, password):
        faults.append(FieldError("token_password", N_("This is not your present password.")))
    return faults


def revoke_token(session: Session, actor: Actor, public_id: str, now: datetime) -> None:
    """Ends one of the actor's own tokens at once; once more changes nothing. Raises NotFound for another's."""
    found = session.scalar(
        select(ApiToken).where(ApiToken.public_id == public_id, ApiToken.person_id == actor.person_id)
    )
    if found is None:
        raise NotFound
    _revoke(session, actor, found, now)


def revoke_tokens(session: Session, actor: Actor, person: Person, now: datetime) -> None:
    """Ends every token of a person. Whether the actor may is decided by who calls."""
    for one in session.scalars(select(ApiToken).where(ApiToken.person_id == person.id)):
        _revoke(session, actor, one, now)


def _revoke(session: Session, actor: Actor, token: ApiToken, now: datetime) -> None:
    if token.revoked_at is None and token.ends_at > now:
        token.revoked_at = now
        _note(session, actor, Event.TOKEN_REVOKED, token, {"name": token.name})


def _note(session: Session, actor: Actor, event: Event, token: ApiToken, content: Mapping[str, object]) -> None:
    of, stream = session.get_one(Person, token.person_id), security_stream(clock.now(session))
    record(session, actor, event, f"person:{of.public_id}", stream, {"token": token.public_id, **content})
