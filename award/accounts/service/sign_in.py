"""Signing in and out, sessions, and one's own password."""

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from award.accounts import passwords, queries
from award.accounts.models import Person, SignIn, SignInAttempt
from award.accounts.passwords import check_password, hash_password, matches
from award.accounts.service.tokens import revoke_tokens
from award.kernel import clock, db
from award.kernel.actor import PUBLIC, SYSTEM, Actor, Role
from award.kernel.audit.trail import record, security_stream, transaction
from award.kernel.errors import Invalid, NotFound, Refused, TooMany
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.kernel.ids import new_token

LONGEST_SESSION = timedelta(hours=12)
PAUSE = timedelta(minutes=15)
PAUSE_AFTER = 5
"""Failures of one account from one network that begin a pause for the two. Source: GB/T 22239-2019 8.1.4.1 b."""
WINDOW = timedelta(minutes=5)
SLOW_AFTER = 10
"""Failures of one account within the window, from anywhere, that slow it down for networks it does not know."""
SLOW = timedelta(seconds=2)
KNOWN_FOR = timedelta(days=30)
NETWORK_LIMIT = 100
"""Failures of one network within the window. High: a whole office building may share one address."""
WRONG = N_(
    "The sign-in name or the password is wrong, or there were too many tries. "
    "After five wrong tries wait 15 minutes, or set a new password."
)


@dataclass(frozen=True)
class SignedIn:
    """A new session. token: what the cookie holds, known to nobody else."""

    token: str
    person_public_id: str
    language: str


def sign_in(
    engine: Engine, account: str, password: str, now: datetime, *, address: str = "", agent: str = "", old_token: str = ""
) -> SignedIn:
    """Begins a session under a new id; one that the browser still had ends. account: username or mail address.

    Wrong, unknown, paused and closed accounts get one answer after equal work; each failure is recorded in a transaction
    of its own. Raises Refused, or TooMany for a network that fails too often. now: real time.
    """
    account, network = normal_account(account), network_of(address)
    with db.reading(engine) as session:
        if queries.failures_of_network(session, network, now - WINDOW) >= NETWORK_LIMIT:
            raise TooMany("sign_in.network", N_("Too many tries came from your network. Wait five minutes and try again."))
        held = is_held(session, account, network, now)
        person = queries.person_by_account(session, account)
    stored = None if person is None else person.password_hash
    fits = matches(stored, password)
    with transaction(engine) as session:
        # Read afresh: the account may have been closed, or got another password, while this one was checked.
        person = queries.person_by_account(session, account) if fits and not held else None
        done = person is not None and person.password_hash == stored and person.is_active and not _has_expired(person, now)
        session.add(SignInAttempt(account=account_hash(account), network=network, at=now, succeeded=done))
        if done and person is not None:
            if passwords.HASHER.check_needs_rehash(person.password_hash or ""):
                person.password_hash = hash_password(password)
            return _begin(session, person, now, address=address, agent=agent, old_token=old_token)
        content = {"reason": "held" if held else "wrong" if stored else "unknown", "network": network}
        stream = security_stream(clock.now(session))
        record(session, PUBLIC, Event.SIGN_IN_FAILED, f"account:{account_hash(account)[:16]}", stream, content)
    raise Refused("sign_in.wrong", WRONG)


def normal_account(account: str) -> str:
    """What was typed as a sign-in name, as it is compared."""
    return account.strip().lower()[:254]


def account_hash(account: str) -> str:
    """What is kept of a sign-in name that was typed: people type passwords there by mistake."""
    return hashlib.sha256(account.encode()).hexdigest()


def network_of(address: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((found, 64), strict=False))


def is_held(session: Session, account: str, network: str, now: datetime) -> bool:
    """Whether tries for the account from the network are not taken at the moment.

    A pause holds one network only, and the slow-down of the whole account leaves gaps and spares networks it was used
    from before, so that nobody can lock others out (security.md T15).
    """
    key = account_hash(account)
    if queries.recent_failures(session, key, network, now - PAUSE) >= PAUSE_AFTER:
        return True
    count, last = queries.failures_of_account(session, key, now - WINDOW)
    if count < SLOW_AFTER or last is None or now - last >= SLOW:
        return False
    return not queries.knows_network(session, key, network, now - KNOWN_FOR)


def _has_expired(person: Person, now: datetime) -> bool:
    return person.expires_at is not None and person.expires_at <= now


def _begin(session: Session, person: Person, now: datetime, *, address: str, agent: str, old_token: str) -> SignedIn:
    if old_token:
        ended = update(SignIn).where(SignIn.token_hash == queries.hash_token(old_token), SignIn.revoked_at.is_(None))
        session.execute(ended.values(revoked_at=now))
    token = new_token()
    session.add(SignIn(
        token_hash=queries.hash_token(token), person_id=person.id, created_at=now, seen_at=now,
        ends_at=now + LONGEST_SESSION, address=address[:64], agent=agent[:200],
    ))  # fmt: skip
    actor = queries.actor_for(session, person, clock.now(session), session_hash=queries.hash_token(token))
    stream = security_stream(clock.now(session))
    record(session, actor, Event.SIGN_IN, f"person:{person.public_id}", stream, {"network": network_of(address)})
    return SignedIn(token, person.public_id, person.language)


def sign_out(session: Session, actor: Actor, token: str, now: datetime) -> None:
    """Ends the session the cookie stands for; once more changes nothing."""
    query = select(SignIn).where(SignIn.token_hash == queries.hash_token(token), SignIn.revoked_at.is_(None))
    found = session.scalar(query)
    if found is not None:
        found.revoked_at = now
        record(session, actor, Event.SIGN_OUT, f"person:{actor.public_id}", security_stream(clock.now(session)))


def end_session(session: Session, actor: Actor, mark: str, now: datetime) -> None:
    """Ends one of the actor's own sessions, on whatever device. mark: the first 16 digits of its token hash.

    Raises NotFound for somebody else's.
    """
    own = select(SignIn).where(SignIn.person_id == actor.person_id)
    found = next((one for one in session.scalars(own) if one.mark == mark), None)
    if found is None:
        raise NotFound
    if found.revoked_at is None:
        found.revoked_at = now
        stream = security_stream(clock.now(session))
        record(session, actor, Event.SESSIONS_ENDED, f"person:{actor.public_id}", stream, {"count": 1})


def end_sessions(session: Session, actor: Actor, person: Person, now: datetime, *, keep: str = "") -> int:
    """Ends every session of a person, but for the one whose token hash is `keep`; answers how many.

    Raises Refused unless it is one's own, or the actor is an administrator of people.
    """
    is_administrator = actor is SYSTEM or actor.roles & {Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR}
    if actor.person_id != person.id and not is_administrator:
        raise Refused("role.cannot", N_("Only an administrator of people does this."))
    return _end_running(session, actor, person, now, keep)


def _end_running(session: Session, actor: Actor, person: Person, now: datetime, keep: str) -> int:
    running = select(SignIn).where(
        SignIn.person_id == person.id, SignIn.revoked_at.is_(None), SignIn.ends_at > now, SignIn.token_hash != keep
    )
    ended = list(session.scalars(running))
    for one in ended:
        one.revoked_at = now
    if ended:
        stream = security_stream(clock.now(session))
        record(session, actor, Event.SESSIONS_ENDED, f"person:{person.public_id}", stream, {"count": len(ended)})
    return len(ended)


def set_password(session: Session, actor: Actor, person: Person, password: str, now: datetime) -> None:
    """Gives a person a new password; all his tokens and all his sessions but the actor's own end. now: real time.

    Whether the actor may is decided by who calls: a one-time link, the person himself, the operator.
    Raises Invalid for a password that breaks the rules.
    """
    check_password(password, person.username, person.email)
    person.password_hash = hash_password(password)
    _end_running(session, actor, person, now, keep=actor.session if actor.person_id == person.id else "")
    revoke_tokens(session, actor, person, now)
    stream = security_stream(clock.now(session))
    record(session, actor, Event.PASSWORD_CHANGED, f"person:{person.public_id}", stream)


def change_password(session: Session, actor: Actor, person: Person, old: str, new: str, now: datetime) -> None:
    """A person sets another password, proving that he knows the old one.

    Raises Refused for somebody else's, Invalid where the old one is wrong, the same, or the new one breaks the rules.
    """
    if actor.person_id != person.id:
        raise Refused("person.not_own", N_("Only the person can change this."))
    if not matches(person.password_hash, old):
        raise Invalid.one("old_password", N_("This is not your present password."))
    if old == new:
        raise Invalid.one("password", N_("Choose a password that differs from the present one."))
    set_password(session, actor, person, new, now)
