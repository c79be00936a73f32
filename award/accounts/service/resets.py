"""New passwords by one-time links: asked for by mail, or made by an office that has identified the person."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from award.accounts import queries
from award.accounts.models import PasswordReset, Person
from award.accounts.service.sign_in import account_hash, normal_account, set_password
from award.kernel import clock
from award.kernel.actor import ADMINISTRATORS, SYSTEM, Actor, Role
from award.kernel.audit.trail import ADMIN, record, security_stream
from award.kernel.errors import Conflict, Invalid, NotFound
from award.kernel.events import Event
from award.kernel.i18n import N_, spoken
from award.kernel.ids import new_token
from award.kernel.mail.service import send
from award.kernel.settings import settings

VALID_FOR = timedelta(hours=1)
VALID_FOR_NEW = timedelta(days=7)


def reset_url(token: str) -> str:
    """Where a one-time link leads."""
    return f"{settings().base_url.rstrip('/')}/reset/{token}"


def ask_reset(session: Session, actor: Actor, account: str, now: datetime) -> None:
    """Sends a link to the owner of an account, at most five a day. Answers the same whether or not there is one."""
    account = normal_account(account)
    person = queries.person_by_account(session, account)
    if person is not None and person.is_active and queries.may_write_again(session, person, now):
        token = _make(session, person, now, VALID_FOR)
        send(session, person.email, "reset", {"name": person.name}, person.language, person_id=person.id, link=reset_url(token))
    stream = security_stream(clock.now(session))
    record(session, actor, Event.PASSWORD_RESET_ASKED, f"account:{account_hash(account)[:16]}", stream)


def link_for_new_person(session: Session, actor: Actor, person: Person, now: datetime, template: str, **more: object) -> None:
    """The mail after registering: the link that sets the (first) password. more: what else it says."""
    token = _make(session, person, now, VALID_FOR_NEW)
    given = {"name": person.name} | {key: spoken(person.language, value) for key, value in more.items()}
    send(session, person.email, template, given, person.language, person_id=person.id, link=reset_url(token))


def make_reset_link(session: Session, actor: Actor, person: Person, identified_by: str, now: datetime) -> str:
    """A one-time link that is shown once to the one who has identified the person; the owner is told by mail.

    Who may do this for whom is the caller's question, but for administrators' accounts: those are only for administrators.
    identified_by: how, in words. Raises Refused, Conflict for oneself or a closed account, Invalid without identified_by.
    """
    of_administrator = queries.actor_for(session, person, clock.now(session)).roles & ADMINISTRATORS
    if of_administrator and actor is not SYSTEM and not actor.roles & {Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR}:
        raise NotFound
    if actor.person_id == person.id:
        raise Conflict("reset.self", N_("Change your own password under “My account”."))
    if not person.is_active:
        raise Conflict("person.closed", N_("This account is closed."))
    if len(identified_by.strip()) < 5:
        raise Invalid.one("identified_by", N_("Say how you made sure who it is, for example by what document or call-back."))
    token = _make(session, person, now, VALID_FOR, made_by=actor.person_id, identified_by=identified_by.strip())
    send(session, person.email, "reset_by_office", {"name": person.name, "by": actor.name}, person.language, person_id=person.id)
    content = {"identified_by": identified_by.strip()}
    record(session, actor, Event.PASSWORD_LINK_MADE, f"person:{person.public_id}", ADMIN, content)
    return reset_url(token)


def reset_password(session: Session, actor: Actor, token: str, password: str, now: datetime) -> Person:
    """Sets the password a one-time link stands for; every session of the person and every other link of his end.

    Raises NotFound for a link that was used, has expired or never existed; Invalid for a password that breaks the rules.
    """
    found = queries.reset_of(session, token, now)
    if found is None:
        raise NotFound
    reset, person = found
    set_password(session, actor, person, password, now)
    still_open = select(PasswordReset).where(PasswordReset.person_id == person.id, PasswordReset.used_at.is_(None))
    for one in session.scalars(still_open):
        one.used_at = now
    reset.used_at = now
    return person


def _make(
    session: Session, person: Person, now: datetime, valid_for: timedelta, *,
    made_by: int | None = None, identified_by: str = "",
) -> str:  # fmt: skip
    token = new_token()
    session.add(PasswordReset(
        token_hash=queries.hash_token(token), person_id=person.id, created_at=now, expires_at=now + valid_for,
        made_by=made_by, identified_by=identified_by[:200],
    ))  # fmt: skip
    return token


