"""Accounts of people: entering, registering oneself, changing, disabling."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from award.accounts import queries
from award.accounts.contact import check_phone
from award.accounts.models import Person
from award.accounts.passwords import check_password, hash_password
from award.accounts.service.resets import link_for_new_person
from award.accounts.service.sign_in import end_sessions
from award.kernel.actor import ADMINISTRATORS, SYSTEM, Actor, Role
from award.kernel.audit.trail import ADMIN, record
from award.kernel.errors import Conflict, Invalid, Refused
from award.kernel.events import Event
from award.kernel.i18n import LANGUAGES, N_
from award.kernel.mail.service import NOT_AN_ADDRESS, is_address

LONGEST_NAME = 64
"""A username is an address as a rule; both are held to the shorter limit."""


def create_person(
    session: Session, actor: Actor, *, username: str, name: str, email: str, now: datetime,
    phone: str = "", password: str | None = None, language: str = "zh",
) -> Person:  # fmt: skip
    """Enters a person without any grant. password None: a link sets the first one. now: real time.

    Raises Refused for anybody but the operator and a system administrator; Invalid for a username that is taken, an
    address that cannot be written to, or a password that breaks the rules.
    """
    if actor is not SYSTEM and Role.SYSTEM_ADMINISTRATOR not in actor.roles:
        raise Refused("role.cannot", N_("Only a system administrator enters people."))
    return enter_person(
        session, actor, username=username, name=name, email=email, phone=phone, password=password, language=language, now=now
    )


def enter_person(
    session: Session, actor: Actor, *, username: str, name: str, email: str, now: datetime,
    phone: str = "", password: str | None = None, language: str = "zh",
) -> Person:  # fmt: skip
    """The row and its record, for acts that have found that the person may come in. Raises Invalid as create_person."""
    username, email = username.strip().lower(), email.strip().lower()
    check_contact(username, email, language)
    check_phone(phone)
    if session.scalar(select(Person.id).where(Person.username == username)) is not None:
        raise Invalid.one("username", N_("Somebody signs in with this name already; choose another."))
    if password is not None:
        check_password(password, username, email)
    person = Person(
        username=username, name=name.strip(), email=email, phone=phone.strip(), language=language, created_at=now,
        password_hash=None if password is None else hash_password(password),
    )  # fmt: skip
    session.add(person)
    session.flush()
    content = {"username": username, "name": person.name, "email": email, "phone": person.phone}
    record(session, actor, Event.PERSON_CREATED, f"person:{person.public_id}", ADMIN, content)
    return person


def check_contact(username: str, email: str, language: str) -> None:
    """Raises Invalid for a username or address that cannot be used."""
    if not username or len(username) > LONGEST_NAME:
        raise Invalid.one("username", N_("Enter a sign-in name of 1 to {longest} characters."), longest=LONGEST_NAME)
    if not is_address(email):
        raise Invalid.one("email", NOT_AN_ADDRESS)
    if language not in LANGUAGES:
        raise Invalid.one("language", N_("Choose one of the options."))


def register(
    session: Session, actor: Actor, *, name: str, email: str, now: datetime, phone: str = "", language: str = "zh"
) -> None:
    """Somebody wants an account. The address is the sign-in name; a mail brings the link that sets the password.

    Answers the same whether or not there is an account: its owner is told by mail. now: real time.
    """
    email = email.strip().lower()
    if len(email) > LONGEST_NAME:
        raise Invalid.one("email", N_("Use an address of at most {longest} characters."), longest=LONGEST_NAME)
    check_contact(email, email, language)
    check_phone(phone)
    person = queries.person_by_account(session, email)
    if person is not None and person.password_hash is not None:
        if queries.may_write_again(session, person, now):
            link_for_new_person(session, actor, person, now, template="registered_already")
        return
    if person is None:
        person = enter_person(session, actor, username=email, name=name, email=email, phone=phone, language=language, now=now)
    if queries.may_write_again(session, person, now):
        link_for_new_person(session, actor, person, now, template="registered")


def change_person(
    session: Session, actor: Actor, person: Person, *, name: str, phone: str, language: str
) -> None:
    """A person corrects his own data. The sign-in name stays; for the address see ask_address.

    Raises Refused for anybody else, Invalid for what cannot be used.
    """
    if actor.person_id != person.id:
        raise Refused("person.not_own", N_("Only the person can change this."))
    check_contact(person.username, person.email, language)
    if not name.strip():
        raise Invalid.one("name", N_("Fill this in."))
    if phone.strip() != person.phone:
        check_phone(phone)
    new = {"name": name.strip(), "phone": phone.strip(), "language": language}
    changed = {key: value for key, value in new.items() if getattr(person, key) != value}
    if not changed:
        return
    for key, value in changed.items():
        setattr(person, key, value)
    record(session, actor, Event.PERSON_CHANGED, f"person:{person.public_id}", ADMIN, changed)


def disable_person(session: Session, actor: Actor, person: Person, reason: str, now: datetime) -> None:
    """Closes an account: its sessions end at once and nobody signs in to it. Its grants and traces stay.

    Raises Refused for anybody but an administrator; Conflict for oneself, so that one who can open it again is always left.
    """
    _require_administrator(actor)
    if actor.person_id == person.id:
        raise Conflict("person.self", N_("Nobody can close his own account. Ask another administrator."))
    if not reason.strip():
        raise Invalid.one("reason", N_("Fill this in."))
    if not person.is_active:
        return
    person.is_active = False
    end_sessions(session, actor, person, now)
    record(session, actor, Event.PERSON_DISABLED, f"person:{person.public_id}", ADMIN, {"reason": reason.strip()})


def enable_person(session: Session, actor: Actor, person: Person) -> None:
    """Opens a closed account again. Raises Refused for anybody but an administrator, and for oneself."""
    _require_administrator(actor)
    if actor.person_id == person.id:
        raise Refused("person.self", N_("Ask another administrator."))
    if not person.is_active:
        person.is_active = True
        record(session, actor, Event.PERSON_ENABLED, f"person:{person.public_id}", ADMIN)


def _require_administrator(actor: Actor) -> None:
    if actor is not SYSTEM and not actor.roles & ADMINISTRATORS - {Role.TRAIL_ADMINISTRATOR}:
        raise Refused("role.cannot", N_("Only an administrator of people does this."))
