"""Of what people of a round are to be reminded now: found afresh each time, so that nobody is reminded of what is done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from award.accounts.models import Person
from award.applications.models import LIVE, Application
from award.applications.queries import barred_from
from award.judging.models import FeedbackReport
from award.kernel.actor import Role
from award.kernel.mail.models import Message
from award.messages.models import ReminderSetting
from award.messages.queries.receivers import contacts, entrants, seats
from award.messages.reminders import REMINDERS, ReminderKind, remind_at
from award.organisations.models import Organisation
from award.results.models import Objection
from award.results.queries import notice_of
from award.results.service.objecting import due_on
from award.rounds.models import Round
from award.rounds.people import holds, is_reachable, officers_of
from award.rounds.queries import dates_of, stage_of
from award.standing.models import Assignment


@dataclass(frozen=True)
class Setting:
    """How one kind of reminder stands in a round."""

    kind: ReminderKind
    days: int
    is_on: bool


@dataclass(frozen=True)
class Reminder:
    """One person reminded of one deadline. thing: what it is for, "<thing>:<public id>"; items: names the letter lists."""

    kind: ReminderKind
    person: Person
    due_at: datetime
    thing: str
    place: str
    items: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Once per person and reason. A later deadline is a reason of its own."""
        return f"{self.kind.template}:{self.thing}:{self.due_at:%Y%m%dT%H%MZ}:{self.person.public_id}"


def settings_of(session: Session, round_: Round) -> list[Setting]:
    """Every kind its scheme has something to remind of, as the round has it."""
    scheme = round_.scheme
    rows = {
        one.kind: one for one in session.scalars(select(ReminderSetting).where(ReminderSetting.round_id == round_.id))
    }
    return [
        Setting(kind, rows[kind.key].days, rows[kind.key].is_on) if kind.key in rows else Setting(kind, kind.days, True)
        for kind in REMINDERS.values()
        if kind.key != "report" or scheme.feedback_reports
    ]


def deadline_of(session: Session, round_: Round, kind: ReminderKind) -> datetime | None:
    """The end a kind of reminder is counted from, as the stages are dated; None where each thing has a day of its own.

    The public notice, once it is out, ends as it says itself.
    """
    if kind.deadline == "notice" and (notice := notice_of(session, round_.id)):
        return notice.closes_at
    dates = dates_of(round_)
    if kind.deadline.startswith("opens:"):
        return dates.get(kind.deadline.removeprefix("opens:"), (None, None))[0]
    present = stage_of(round_).kind
    return dates.get(present if present in kind.stages and kind.deadline else kind.deadline, (None, None))[1]


def open_reminders(session: Session, round_: Round, kind: ReminderKind, now: datetime) -> list[Reminder]:
    """Who has still something to do, whether or not it is time to remind him; nobody once its deadline has passed."""
    if stage_of(round_).kind not in kind.stages:
        return []
    return [one for one in _FINDERS[kind.key](session, round_, kind, now) if one.due_at > now]


def due_reminders(session: Session, round_: Round, now: datetime) -> list[Reminder]:
    """What is to be sent now and was not sent yet, of the kinds that are switched on."""
    zone = round_.award.authority.zone
    found = [
        one
        for setting in settings_of(session, round_)
        if setting.is_on
        for one in open_reminders(session, round_, setting.kind, now)
        if remind_at(one.due_at, setting.days, zone) <= now
    ]
    sent = sent_keys(session, round_) if found else frozenset()
    return [one for one in found if one.key not in sent]


def sent_keys(session: Session, round_: Round) -> frozenset[str]:
    """The reasons for which somebody of the round was reminded."""
    templates = [one.template for one in REMINDERS.values()]
    query = select(Message.dedup_key).where(Message.round_id == round_.id, Message.template.in_(templates))
    return frozenset(key for key in session.scalars(query) if key)


def sent_counts(session: Session, round_: Round) -> dict[str, int]:
    """How many reminders were written, by template."""
    query = select(Message.template, func.count()).where(Message.round_id == round_.id).group_by(Message.template)
    return {row[0]: row[1] for row in session.execute(query)}


def _drafts(session: Session, round_: Round, kind: ReminderKind, now: datetime) -> list[Reminder]:
    closes_at = deadline_of(session, round_, kind)
    return [
        Reminder(kind, person, closes_at, f"application:{one.public_id}", f"/apply/{one.public_id}", (name,))
        for person, one, name in entrants(session, contacts(round_, ("draft",), now))
        if closes_at is not None
    ]


def _corrections(session: Session, round_: Round, kind: ReminderKind, now: datetime) -> list[Reminder]:
    return [
        Reminder(
            kind, person, one.correction_due_at, f"application:{one.public_id}", f"/apply/{one.public_id}", (name,)
        )
        for person, one, name in entrants(session, contacts(round_, ("correction",), now))
        if one.correction_due_at is not None
    ]


def _judges(session: Session, round_: Round, kind: ReminderKind, now: datetime) -> list[Reminder]:
    """One letter to each judge for all his applications."""
    closes_at = deadline_of(session, round_, kind)
    if closes_at is None:
        return []
    found: dict[int, Reminder] = {}
    for person, _, name in entrants(session, seats(round_, kind.key, now)):
        first = found.get(person.id) or Reminder(kind, person, closes_at, f"round:{round_.public_id}", "/review")
        found[person.id] = replace(first, items=(*first.items, name))
    return list(found.values())


def _reports(session: Session, round_: Round, kind: ReminderKind, now: datetime) -> list[Reminder]:
    opens_at = deadline_of(session, round_, kind)
    if opens_at is None:
        return []
    leaders = (
        select(Person, Application, Organisation.name)
        .join(Assignment, Assignment.person_id == Person.id)
        .join(Application, Application.id == Assignment.application_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .outerjoin(FeedbackReport, FeedbackReport.application_id == Application.id)
        .where(
            Assignment.round_id == round_.id, Assignment.state == "active", Assignment.is_leader, Application.state.in_(LIVE),
            Application.gate_opened_at.is_not(None), is_reachable(now), holds(Role.JUDGE, round_, now),
            FeedbackReport.id.is_(None) | (FeedbackReport.state == "drafting"),
        )
        .order_by(Person.id, Application.id)
    )  # fmt: skip
    found: dict[int, Reminder] = {}
    for person, _, name in entrants(session, leaders):
        first = found.get(person.id) or Reminder(kind, person, opens_at, f"round:{round_.public_id}", "/review")
        found[person.id] = replace(first, items=(*first.items, name))
    return list(found.values())


def _objections(session: Session, round_: Round, kind: ReminderKind, now: datetime) -> list[Reminder]:
    """To everybody of the office but those who must not touch the application it is about."""
    query = (
        select(Objection).where(Objection.round_id == round_.id, Objection.state != "answered").order_by(Objection.id)
    )
    objections = list(session.scalars(query))
    if not objections:
        return []
    officers = officers_of(session, round_, now)
    found = []
    for one in objections:
        due_at = round_.award.authority.end_of(due_on(session, round_, one))
        place = f"/office/rounds/{round_.public_id}/notice/objections/{one.public_id}"
        barred = barred_from(session, Application.id == one.application_id)
        found += [
            Reminder(kind, person, due_at, f"objection:{one.public_id}", place, (one.receipt,))
            for person in officers if person.id not in barred
        ]  # fmt: skip
    return found


def _notice(session: Session, round_: Round, kind: ReminderKind, now: datetime) -> list[Reminder]:
    notice = notice_of(session, round_.id)
    if notice is None:
        return []
    place = f"/office/rounds/{round_.public_id}/notice"
    number = (notice.document_number,)
    return [
        Reminder(kind, person, notice.closes_at, f"notice:{notice.public_id}", place, number)
        for person in officers_of(session, round_, now)
    ]


_FINDERS: Mapping[str, Callable[[Session, Round, ReminderKind, datetime], list[Reminder]]] = {
    "draft": _drafts,
    "correction": _corrections,
    "declaration": _judges,
    "sheet": _judges,
    "objection": _objections,
    "report": _reports,
    "notice": _notice,
}
