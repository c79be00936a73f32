"""Messages to the contact person of an application; to whoever can submit it where it has none yet."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from award.accounts.models import Person
from award.accounts.queries import person_by_account
from award.applications.models import LIVE, Application
from award.applications.people import acting_for
from award.applications.queries import with_round
from award.kernel.i18n import DEFAULT, N_, Phrase, format_moment, spoken
from award.kernel.mail.service import is_address, send
from award.kernel.settings import settings
from award.organisations.queries import is_taken
from award.rounds.models import Round, StageExtension
from award.rounds.queries import dates_of, title_of
from award.stages import Kind


@dataclass(frozen=True)
class _Receiver:
    """Whom a message goes to. person_id: None for somebody without an account. key: what tells him from others.

    is_acting: he acts for the organisation and was written to because nobody is the contact person yet.
    """

    name: str
    address: str
    language: str
    person_id: int | None
    key: str
    is_acting: bool = False


def write_to_applicant(
    session: Session, application: Application, template: str, now: datetime, more: Mapping[str, object], *, once: str = ""
) -> None:
    """Sends a message about an application to whom `_receivers` names, in his language; nothing where he has no address.

    once: a reason for which a person is written this message a single time, whatever happens again.

    more: what this message says besides; moments become text in his language on the authority's clock, and so does what
    knows its own words.
    """
    zone = application.round.award.authority.zone
    for receiver in _receivers(session, application, now):
        context: dict[str, object] = {
            "name": receiver.name,
            "organisation": application.entrant,
            "round": title_of(application.round).in_language(receiver.language),
            "number": application.number or "",
            "address": f"{settings().base_url}/apply/{application.public_id}",
            "is_acting": receiver.is_acting,
        }
        for key, value in {"when": now, **more}.items():
            context[key] = _told(value, receiver.language, zone)
        dedup_key = f"{template}:{once}:{receiver.key}" if once else None
        send(
            session, receiver.address, template, context, receiver.language, person_id=receiver.person_id, dedup_key=dedup_key,
            round_id=application.round_id, about=f"application:{application.public_id}",
        )  # fmt: skip


def _receivers(session: Session, application: Application, now: datetime) -> list[_Receiver]:
    """The contact person; while nobody has taken up what came on paper, everybody who can, and whom the paper names."""
    if application.contact_person_id is not None:
        contact = session.get(Person, application.contact_person_id)
        return [_with_account(contact)] if contact is not None and is_address(contact.email) else []
    acting = [_with_account(one, is_acting=True) for one in acting_for(session, application, now) if is_address(one.email)]
    named = _named(session, application)
    return acting if named is None or named.key in {one.key for one in acting} else [named, *acting]


def _named(session: Session, application: Application) -> _Receiver | None:
    """Whom the paper names, by his account if he has one; None without an address."""
    address = application.profile.get("contact_email", "")
    if not is_address(address):
        return None
    person = person_by_account(session, address.lower())
    if person is None or person.email != address.lower():
        return _Receiver(application.profile.get("contact_name", ""), address, DEFAULT, None, address)
    return _with_account(person)


def _with_account(person: Person, *, is_acting: bool = False) -> _Receiver:
    return _Receiver(person.name, person.email, person.language, person.id, person.public_id, is_acting)


def write_of_paper(session: Session, application: Application, entered: Sequence[tuple[str, object]], now: datetime) -> None:
    """Tells whom a paper application names, and whoever can submit it, that the office has entered it; once for each.

    entered: what the office entered, msgid of the field and value, which may know its own words.
    """
    round_, organisation = application.round, application.organisation
    more = {
        "entered": [Phrase(N_("{field}: {value}"), {"field": Phrase(name), "value": value}) for name, value in entered],
        "is_claimed": is_taken(session, organisation.id, round_.award.authority_id),
        "authority": round_.award.authority.name,
        "code": organisation.credit_code,
        "claim": f"{settings().base_url}/apply/organisation",
        "until": dates_of(round_)[Kind.APPLY][1],
    }
    write_to_applicant(session, application, "application_entered", now, more, once=f"application:{application.public_id}")


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
