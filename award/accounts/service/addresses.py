"""Another mail address for one's account: asked for with the password, in force once a link sent there was opened."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from award.accounts import queries
from award.accounts.models import AddressChange, Person
from award.accounts.passwords import matches
from award.accounts.service.people import check_contact
from award.kernel.actor import Actor
from award.kernel.audit.trail import ADMIN, record
from award.kernel.errors import Invalid, NotFound, Refused
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.kernel.ids import new_token
from award.kernel.mail.service import send
from award.kernel.settings import settings

VALID_FOR = timedelta(days=1)


def address_url(token: str) -> str:
    """Where the link of a new address leads."""
    return f"{settings().base_url.rstrip('/')}/address/{token}"


def ask_address(session: Session, actor: Actor, person: Person, email: str, password: str, now: datetime) -> None:
    """Sends a link to the new address; nothing changes before it is opened. An earlier link ends. now: real time.

    Raises Refused for somebody else's account, Invalid for a wrong password or an address that cannot be used.
    """
    if actor.person_id != person.id:
        raise Refused("person.not_own", N_("Only the person can change this."))
    email = email.strip().lower()
    check_contact(person.username, email, person.language)
    if not matches(person.password_hash, password):
        raise Invalid.one("address_password", N_("This is not your present password."))
    if email == person.email:
        raise Invalid.one("email", N_("This is your address already."))
    _end_open(session, person, now)
    token = new_token()
    session.add(AddressChange(
        token_hash=queries.hash_token(token), person_id=person.id, email=email, created_at=now, expires_at=now + VALID_FOR,
    ))  # fmt: skip
    send(session, email, "address_confirm", {"name": person.name}, person.language, person_id=person.id, link=address_url(token))


def confirm_address(session: Session, actor: Actor, token: str, now: datetime) -> Person:
    """Puts the new address into force and tells the old one. now: real time.

    Raises NotFound for a link that was used, has expired or never existed.
    """
    found = queries.address_change_of(session, token, now)
    if found is None:
        raise NotFound
    change, person = found
    send(session, person.email, "address_changed", {"name": person.name}, person.language, person_id=person.id)
    person.email, change.used_at = change.email, now
    _end_open(session, person, now)
    record(session, actor, Event.PERSON_CHANGED, f"person:{person.public_id}", ADMIN, {"email": change.email})
    return person


def _end_open(session: Session, person: Person, now: datetime) -> None:
    still_open = select(AddressChange).where(AddressChange.person_id == person.id, AddressChange.used_at.is_(None))
    for one in session.scalars(still_open):
        one.used_at = now
