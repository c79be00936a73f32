"""Reading people, their grants and their sessions."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select, true
from sqlalchemy.orm import Session

from award.accounts.models import (
    AddressChange,
    ApiToken,
    Grant,
    Invitation,
    PasswordReset,
    Person,
    SignIn,
    SignInAttempt,
)
from award.kernel import clock, db
from award.kernel.actor import Actor, Held, Role, Scope
from award.kernel.audit.models import AuditRecord
from award.kernel.clock import Installation
from award.kernel.errors import NotFound
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.kernel.mail.models import Message

ACCOUNT_EVENTS = {
    Event.GRANT_GIVEN: N_("Role given"),
    Event.GRANT_REVOKED: N_("Role taken back"),
    Event.PASSWORD_CHANGED: N_("Password changed"),
    Event.PASSWORD_LINK_MADE: N_("Link for a new password made by an office or administrator"),
    Event.PASSWORD_RESET_ASKED: N_("Link for a new password asked for"),
    Event.PERSON_CHANGED: N_("Personal data changed"),
    Event.PERSON_CREATED: N_("Account set up"),
    Event.PERSON_DISABLED: N_("Account closed"),
    Event.PERSON_ENABLED: N_("Account opened again"),
    Event.SESSIONS_ENDED: N_("Sessions ended"),
    Event.SIGN_IN: N_("Signed in"),
    Event.SIGN_IN_FAILED: N_("Sign-in failed"),
    Event.SIGN_OUT: N_("Signed out"),
    Event.TOKEN_MADE: N_("Access token made"),
    Event.TOKEN_REVOKED: N_("Access token revoked"),
    Event.TOKEN_USED: N_("Access token used"),
}
"""What an account's owner is shown, in words."""
LINKS_PER_DAY = 5
"""How many links a person is written in a day. Source: warehouse's limit on resets."""


def hash_token(token: str) -> str:
    """What is stored of a secret that only its owner has."""
    return hashlib.sha256(token.encode()).hexdigest()


def grants_in_force(session: Session, person_id: int, now: datetime) -> frozenset[Held]:
    """What the person holds at this moment."""
    query = select(Grant.role, Grant.scope, Grant.scope_id, Grant.authority_id).where(
        Grant.person_id == person_id,
        Grant.revoked_at.is_(None),
        Grant.valid_from <= now,
        Grant.valid_until.is_(None) | (Grant.valid_until > now),
    )
    return frozenset(Held(Role(role), Scope(scope), *ids) for role, scope, *ids in session.execute(query))


def actor_for(session: Session, person: Person, now: datetime, *, session_hash: str = "") -> Actor:
    """The person as an actor with what he holds now. now: UTC, real time."""
    held = grants_in_force(session, person.id, now)
    return Actor(person.id, person.public_id, person.name, person.language, held, session=session_hash)


@dataclass(frozen=True)
class Visit:
    """A running session, whose it is, and what he holds by the award's clock. clock_offset: of a demonstration, else None."""

    sign_in_id: int
    seen_at: datetime
    actor: Actor
    clock_offset: timedelta | None


_VISIT = (
    select(
        SignIn.id, SignIn.token_hash, SignIn.seen_at,
        Person.id, Person.public_id, Person.name, Person.language,
        select(func.count())
        .where(Message.person_id == Person.id, Message.read_at.is_(None), ~Message.by_mail_only)
        .correlate(Person)
        .scalar_subquery(),
        Installation.is_demonstration, Installation.clock_offset_seconds,
        Grant.valid_from, Grant.valid_until, Grant.role, Grant.scope, Grant.scope_id, Grant.authority_id,
    )
    .select_from(SignIn)
    .join(Person, Person.id == SignIn.person_id)
    .outerjoin(Installation, true())
    .outerjoin(Grant, (Grant.person_id == Person.id) & Grant.revoked_at.is_(None))
    .where(
        SignIn.token_hash == bindparam("token_hash"),
        SignIn.revoked_at.is_(None),
        SignIn.ends_at > bindparam("now"),
        Person.is_active,
        Person.expires_at.is_(None) | (Person.expires_at > bindparam("now")),
    )
)  # fmt: skip
"""A row for each grant, or one without. In one statement and made once: every request asks it."""


def visit_of(session: Session, token: str, now: datetime) -> Visit | None:
    """What the cookie of a request stands for, or None. now: real time, by which sessions end."""
    rows = db.rows_of(session, _VISIT, token_hash=hash_token(token), now=now).all()
    if not rows:
        return None
    sign_in_id, token_hash, seen_at, person_id, public_id, name, language, unread, *installation = rows[0][:10]
    clock_offset = clock.ahead(*installation)
    # Grants end by the award's clock, which a demonstration moves; the session itself by real time.
    award_now = clock.real_now() + (clock_offset or timedelta())
    held = frozenset(
        Held(Role(role), Scope(scope), *ids)
        for valid_from, valid_until, role, scope, *ids in (row[10:] for row in rows)
        if valid_from is not None and valid_from <= award_now and (valid_until is None or valid_until > award_now)
    )
    actor = Actor(person_id, public_id, name, language, held, session=token_hash, unread=unread)
    return Visit(sign_in_id, seen_at, actor, clock_offset)


def person_by_public_id(session: Session, public_id: str) -> Person | None:
    """The person with this public id."""
    return session.scalar(select(Person).where(Person.public_id == public_id))


def own_person(session: Session, actor: Actor) -> Person:
    """The actor's own row. Raises NotFound for the public."""
    person = session.get(Person, actor.person_id) if actor.person_id else None
    if person is None:
        raise NotFound
    return person


def running_sessions(session: Session, person_id: int, now: datetime) -> list[SignIn]:
    """The person's sessions that have not ended, the last used first."""
    query = select(SignIn).where(SignIn.person_id == person_id, SignIn.revoked_at.is_(None), SignIn.ends_at > now)
    return list(session.scalars(query.order_by(SignIn.seen_at.desc(), SignIn.id.desc())))


def tokens_of(session: Session, person_id: int, now: datetime) -> list[ApiToken]:
    """The person's access tokens that hold, the newest first. now: real time."""
    query = select(ApiToken).where(
        ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None), ApiToken.ends_at > now
    )
    return list(session.scalars(query.order_by(ApiToken.created_at.desc(), ApiToken.id.desc())))


def current_grants(session: Session, person_ids: Iterable[int], now: datetime) -> dict[int, list[Grant]]:
    """The grants of people that are in force or will be, by the inner number of each. now: the award's clock."""
    found: dict[int, list[Grant]] = {one: [] for one in person_ids}
    query = select(Grant).where(
        Grant.person_id.in_(found), Grant.revoked_at.is_(None), Grant.valid_until.is_(None) | (Grant.valid_until > now)
    )
    for grant in session.scalars(query.order_by(Grant.valid_from, Grant.id)):
        found[grant.person_id].append(grant)
    return found


def account_events(session: Session, person: Person, limit: int = 30) -> list[AuditRecord]:
    """What happened to an account, newest first: sign-ins with its name that failed, too."""
    names = {hashlib.sha256(name.encode()).hexdigest()[:16] for name in (person.username, person.email)}
    objects = {f"person:{person.public_id}", *(f"account:{name}" for name in names)}
    query = select(AuditRecord).where(AuditRecord.act.in_(ACCOUNT_EVENTS), AuditRecord.obj.in_(objects))
    return list(session.scalars(query.order_by(AuditRecord.at.desc(), AuditRecord.seq.desc()).limit(limit)))


def names_of(session: Session, person_ids: Iterable[int]) -> dict[int, str]:
    """Names by inner number, in one query."""
    wanted = set(person_ids)
    return {row[0]: row[1] for row in session.execute(_NAMES, {"ids": list(wanted)})} if wanted else {}


_NAMES = select(Person.id, Person.name).where(Person.id.in_(bindparam("ids", expanding=True)))


def names_by_public_id(session: Session, public_ids: Iterable[str]) -> dict[str, str]:
    """The same by public id."""
    query = select(Person.public_id, Person.name).where(Person.public_id.in_(set(public_ids)))
    return {row[0]: row[1] for row in session.execute(query)}


def person_by_account(session: Session, account: str) -> Person | None:
    """Whom a sign-in name stands for: a username, or a mail address that only one account has. account: lower case."""
    person = session.scalar(select(Person).where(Person.username == account))
    if person is not None:
        return person
    found = list(session.scalars(select(Person).where(Person.email == account).limit(2)))
    return found[0] if len(found) == 1 else None


def has_namesakes(session: Session, email: str) -> bool:
    """Whether several accounts have this mail address, so that it alone names none of them. email: lower case."""
    return (session.scalar(select(func.count()).select_from(Person).where(Person.email == email)) or 0) > 1


def recent_failures(session: Session, account: str, network: str, since: datetime) -> int:
    """How many tries of an account (hash) from a network failed since a moment, and since it last succeeded there."""
    tried = (SignInAttempt.account == account, SignInAttempt.network == network, SignInAttempt.at > since)
    last_success = select(func.max(SignInAttempt.id)).where(*tried, SignInAttempt.succeeded).scalar_subquery()
    failed = select(func.count()).where(*tried, ~SignInAttempt.succeeded, SignInAttempt.id > func.coalesce(last_success, 0))
    return session.scalar(failed) or 0


def failures_of_account(session: Session, account: str, since: datetime) -> tuple[int, datetime | None]:
    """How many tries of an account (hash) failed since a moment, from anywhere, and when the last one did."""
    failed = select(SignInAttempt.at).where(
        SignInAttempt.account == account, SignInAttempt.at > since, ~SignInAttempt.succeeded
    )
    moments = list(session.scalars(failed))
    return len(moments), max(moments, default=None)


def failures_of_network(session: Session, network: str, since: datetime) -> int:
    """How many tries from a network failed since a moment."""
    failed = select(func.count()).where(
        SignInAttempt.network == network, SignInAttempt.at > since, ~SignInAttempt.succeeded
    )
    return session.scalar(failed) or 0


def knows_network(session: Session, account: str, network: str, since: datetime) -> bool:
    """Whether the account (hash) was signed in to from the network since a moment."""
    query = select(SignInAttempt.id).where(
        SignInAttempt.account == account, SignInAttempt.network == network, SignInAttempt.at > since, SignInAttempt.succeeded
    )
    return session.scalar(query.limit(1)) is not None


def may_write_again(session: Session, person: Person, now: datetime) -> bool:
    """Whether fewer links than the limit were made for the person in the last day."""
    made = select(func.count()).where(PasswordReset.person_id == person.id, PasswordReset.created_at > now - timedelta(days=1))
    return (session.scalar(made) or 0) < LINKS_PER_DAY


def reset_of(session: Session, token: str, now: datetime) -> tuple[PasswordReset, Person] | None:
    """The open link for a new password and whose it is, or None."""
    query = (
        select(PasswordReset, Person)
        .join(Person, Person.id == PasswordReset.person_id)
        .where(
            PasswordReset.token_hash == hash_token(token), PasswordReset.used_at.is_(None),
            PasswordReset.expires_at > now, Person.is_active,
        )
    )  # fmt: skip
    row = session.execute(query).one_or_none()
    return (row[0], row[1]) if row else None


def address_change_of(session: Session, token: str, now: datetime) -> tuple[AddressChange, Person] | None:
    """The open link for a new mail address and whose it is, or None. now: real time."""
    query = (
        select(AddressChange, Person)
        .join(Person, Person.id == AddressChange.person_id)
        .where(
            AddressChange.token_hash == hash_token(token), AddressChange.used_at.is_(None),
            AddressChange.expires_at > now, Person.is_active,
        )
    )  # fmt: skip
    row = session.execute(query).one_or_none()
    return (row[0], row[1]) if row else None


def invitation_of(session: Session, token: str, now: datetime) -> Invitation | None:
    """The open invitation a link stands for, or None."""
    query = select(Invitation).where(
        Invitation.token_hash == hash_token(token), Invitation.used_at.is_(None), Invitation.expires_at > now
    )
    return session.scalar(query)
