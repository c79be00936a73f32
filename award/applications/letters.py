"""Messages to the contact person of an application."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from award.accounts.models import Person
from award.applications.models import LIVE, Application
from award.applications.queries import with_round
from award.kernel.i18n import format_moment, spoken
from award.kernel.mail.service import is_address, send
from award.kernel.settings import settings
from award.rounds.models import Round, StageExtension
from award.rounds.queries import title_of


def write_to_applicant(
    session: Session, application: Application, template: str, now: datetime, more: Mapping[str, object], *, once: str = ""
) -> None:
    """Sends a message about an application to its contact person, in his language; nothing where he has no address.

    once: a reason for which a person is written this message a single time, whatever happens again.

    more: what this message says besides; moments become text in his language on the authority's clock, and so does what
    knows its own words.
    """
    person = session.get(Person, application.contact_person_id) if application.contact_person_id else None
    if person is None or not is_address(person.email):
        return
    zone = application.round.award.authority.zone
    context: dict[str, object] = {
        "name": person.name,
        "organisation": application.entrant,
        "round": title_of(application.round).in_language(person.language),
        "number": application.number or "",
        "address": f"{settings().base_url}/apply/{application.public_id}",
    }
    for key, value in {"when": now, **more}.items():
        context[key] = _told(value, person.language, zone)
    dedup_key = f"{template}:{once}:{person.public_id}" if once else None
    send(
        session, person.email, template, context, person.language, person_id=person.id, dedup_key=dedup_key,
        round_id=application.round_id, about=f"application:{application.public_id}",
    )  # fmt: skip


def write_to_all(
    session: Session, round_: Round, template: str, now: datetime, more: Callable[[Application], Mapping[str, object]],
    *, again: str = "",
) -> None:  # fmt: skip
    """Sends a message to every applicant of a round that shares in the review; once for each application.

    again: tells one occasion from the next, where the same message can have a reason more than once.
    """
    live = with_round().where(Application.round_id == round_.id, Application.state.in_(LIVE))
    for application in session.scalars(live.order_by(Application.id)):
        write_to_applicant(session, application, template, now, more(application), once=f"application:{application.public_id}{again}")


def write_to_drafts(session: Session, round_: Round, extension: StageExtension) -> None:
    """Tells everybody with a draft in a round that applications close later; one letter per person and extension."""
    more = {
        "before": extension.closed_at_before, "until": extension.closes_at, "reason": extension.reason,
        "address": f"{settings().base_url}/apply",
    }  # fmt: skip
    drafts = with_round().where(Application.round_id == round_.id, Application.state == "draft")
    for application in session.scalars(drafts.order_by(Application.id)):
        write_to_applicant(
            session, application, "applications_extended", extension.decided_at, more, once=extension.public_id
        )


def _told(value: object, language: str, zone: str) -> object:
    if isinstance(value, datetime):
        return format_moment(language, value, zone, with_zone=True)
    if isinstance(value, list):
        return [spoken(language, one) for one in value]
    return spoken(language, value)
