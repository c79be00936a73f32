"""Finds out who asks with a token: a person with what he holds now, without any administration."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from award.accounts import queries
from award.accounts.models import ApiToken, Person, SignInAttempt
from award.accounts.service.sign_in import NETWORK_LIMIT, WINDOW, account_hash, network_of
from award.accounts.service.tokens import is_well_formed
from award.accounts.token_calls import TokenCalls
from award.kernel import clock, db
from award.kernel.actor import ADMINISTRATORS, PUBLIC, Actor
from award.kernel.audit.trail import record, security_stream, transaction
from award.kernel.errors import AwardError, SignInNeeded, TooMany
from award.kernel.events import Event
from award.kernel.i18n import N_

UNKNOWN = N_("This access token is unknown, has ended or was revoked. Make another one under “My account”.")
CROWD = N_("Too many tries came from your network. Wait five minutes and try again.")
calls = TokenCalls(1200, timedelta(minutes=5))
"""Requests of one token, four a second on average."""


@dataclass(frozen=True)
class Bearer:
    """Who asks, for what his token was made, and why it does not hold (raised by the guard of a route that needs it)."""

    actor: Actor = PUBLIC
    scopes: frozenset[str] = field(default_factory=frozenset)
    fault: AwardError | None = None


def bearer_of(engine: Engine, authorization: str, address: str) -> Bearer:
    """Reads an Authorization header. A token that does not hold is recorded, and counted against its network.

    Effects: notes once a day that the token was used.
    """
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        return Bearer()
    refusal = Bearer(fault=SignInNeeded("token.unknown", UNKNOWN))
    token = token.strip()
    if not is_well_formed(token):
        return refusal
    now, network = clock.real_now(), network_of(address)
    with db.reading(engine) as session:
        if queries.failures_of_network(session, network, now - WINDOW) >= NETWORK_LIMIT:
            return Bearer(fault=TooMany("token.network", CROWD))
        found = _holding(session, token, now)
        if found is not None:
            stored, person = found
            actor = queries.actor_for(session, person, clock.now(session), session_hash=stored.token_hash)
    if found is None:
        _record_refusal(engine, token, network, now)
        return refusal
    try:
        calls.take(engine, stored, now)
    except TooMany as fault:
        return Bearer(fault=fault)
    actor = replace(actor, held=frozenset(one for one in actor.held if one.role not in ADMINISTRATORS))
    if stored.used_on != now.date():
        _note_use(engine, actor, stored, network, now)
    return Bearer(actor, frozenset(stored.scopes))


def _holding(session: Session, token: str, now: datetime) -> tuple[ApiToken, Person] | None:
    query = (
        select(ApiToken, Person)
        .join(Person, Person.id == ApiToken.person_id)
        .where(
            ApiToken.token_hash == queries.hash_token(token), ApiToken.revoked_at.is_(None), ApiToken.ends_at > now,
            Person.is_active, Person.expires_at.is_(None) | (Person.expires_at > now),
        )
    )  # fmt: skip
    row = session.execute(query).one_or_none()
    return (row[0], row[1]) if row else None


def _record_refusal(engine: Engine, token: str, network: str, now: datetime) -> None:
    mark = queries.hash_token(token)[:16]
    with transaction(engine) as session:
        session.add(SignInAttempt(account=account_hash(f"token:{mark}"), network=network, at=now, succeeded=False))
        stream = security_stream(clock.now(session))
        record(session, PUBLIC, Event.TOKEN_REFUSED, f"token:{mark}", stream, {"network": network})


def _note_use(engine: Engine, actor: Actor, token: ApiToken, network: str, now: datetime) -> None:
    """Of several requests at once the first one notes it."""
    with transaction(engine) as session:
        day = now.date()
        unused = ApiToken.used_on.is_(None) | (ApiToken.used_on != day)
        note = update(ApiToken).where(ApiToken.id == token.id, unused).values(used_on=day).returning(ApiToken.id)
        if session.scalar(note) is not None:
            content = {"token": token.public_id, "network": network}
            stream = security_stream(clock.now(session))
            record(session, actor, Event.TOKEN_USED, f"person:{actor.public_id}", stream, content)
