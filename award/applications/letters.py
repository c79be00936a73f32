"""Messages to the contact person of an application."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from award.accounts.models import Person
from award.applications.models import Application
from award.kernel.i18n import format_moment, spoken
from award.kernel.mail.service import is_address, send
from award.kernel.settings import settings
from award.rounds.queries import title_of


def write_to_applicant(
    session: Session, application: Application, template: str, now: datetime, more: Mapping[str, object]
) -> None:
    """Sends a message about an application to its contact person, in his language; nothing where he has no address.

    more: what this message says besides; moments become text in his language on the authority's clock, and so does what
    knows its own words.
    """
    person = session.get(Person, application.contact_person_id)
    if person is None or not is_address(person.email):
        return
    zone = application.round.award.authority.zone
    context: dict[str, object] = {
        "name": person.name,
        "organisation": application.organisation.name,
        "round": title_of(application.round).in_language(person.language),
        "number": application.number or "",
        "address": f"{settings().base_url}/apply/{application.public_id}",
    }
    for key, value in {"when": now, **more}.items():
        context[key] = _told(value, person.language, zone)
    send(session, person.email, template, context, person.language, person_id=person.id)


def _told(value: object, language: str, zone: str) -> object:
    if isinstance(value, datetime):
        return format_moment(language, value, zone, with_zone=True)
    if isinstance(value, list):
        return [spoken(language, one) for one in value]
    return spoken(language, value)
