"""The public notice and the objections to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from award import policy
from award.applications.letters import write_to_all
from award.kernel import db, ids
from award.kernel.actor import Action, Actor
from award.kernel.audit.trail import record, round_stream
from award.kernel.documents.service import want
from award.kernel.errors import Conflict, FieldError, Invalid, Refused
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.kernel.settings import settings
from award.kernel.workdays import period_end
from award.policy import Moment
from award.press.document import to_json
from award.results import papers, queries
from award.results.models import Notice, Objection
from award.results.service.again import first_of
from award.results.service.deciding import require_clear
from award.rounds.models import Round
from award.rounds.queries import calendar_of, guarded_stage, scheme_of, stage_of, standing_in
from award.rounds.service import publish_snapshot

SECOND_PERSON = N_("Whoever recorded the decision cannot answer objections to it. Ask a colleague.")


@dataclass(frozen=True)
class Period:
    """The days of a notice, both counted. closes_at: UTC, the end of the last day on the authority's clock.

    unknown_year: a year whose holidays have not been announced, None where all are.
    """

    first_day: date
    last_day: date
    closes_at: datetime
    unknown_year: int | None


def publish_notice(
    session: Session, actor: Actor, round_: Round, *, document_number: str, first_day: date, contact: str, now: datetime
) -> Notice:
    """Puts the candidates on public notice for the scheme's days; the public sees a snapshot, the paper is rendered.

    first_day: the first day that counts, at the earliest the day after publication (Wuhu 2023 practice, domain.md 4.9).
    Effects: candidates are on public notice. Asked again by the same person, answers with the first notice.
    Raises Refused, Conflict (nothing decided, the year's holidays unknown, the stage too short, or a conflict of
    interest), Invalid (first day, number, contact).
    """
    stage = guarded_stage(session, round_, now, exclusive=True)
    policy.require(Action.NOTICE_PUBLISH, stage, standing_in(actor, round_))
    existing = queries.notice_of(session, round_.id)
    by = existing.published_by if existing else None
    if first := first_of(existing, by, actor, "notice.published", N_("The notice of this round has been published already.")):
        return first
    require_clear(session, actor, round_)
    decided = queries.decided_lines(session, round_)
    if queries.undecided(session, round_):
        raise Conflict("notice.undecided", N_("Decide on the candidates of every category first."))
    zone = ZoneInfo(round_.award.authority.zone)
    _check_notice(document_number, first_day, contact, now.astimezone(zone).date())
    period = _checked_period(session, round_, first_day)
    scheme = scheme_of(session, round_)
    words = (document_number, first_day, period.last_day, contact)
    snapshot = publish_snapshot(
        session, actor, round_, "notice", papers.notice_content(round_, scheme, decided, *words), now
    )
    view = papers.notice_view(round_, scheme, decided, *words, now)
    document = want(session, "notice", f"round:{round_.public_id}", "zh", to_json(view), now)
    notice = Notice(
        round_id=round_.id, document_number=document_number, first_day=first_day, last_day=period.last_day,
        closes_at=period.closes_at, contact=contact, snapshot_id=snapshot.id, document_id=document.id,
        published_at=now, published_by=actor.person_id,
    )  # fmt: skip
    session.add(notice)
    for lines in decided.values():
        for line in lines:
            if line.decided_grade:
                line.application.state = "publicised"
    session.flush()
    notice_page = f"{settings().base_url}/notices/{snapshot.public_id}"
    write_to_all(session, round_, "notice_published", now, lambda _: {"until": notice.closes_at, "notice": notice_page})
    facts = {"number": document_number, "first_day": str(first_day), "last_day": str(period.last_day)}
    _record(session, actor, Event.NOTICE_PUBLISHED, f"notice:{notice.public_id}", round_, facts)
    return notice


def _check_notice(document_number: str, first_day: date, contact: str, today: date) -> None:
    errors = []
    if not document_number.strip():
        errors.append(FieldError("document_number", N_("Enter the document number of the notice.")))
    if first_day <= today:
        errors.append(FieldError("first_day", N_("The first day of the notice is at the earliest tomorrow.")))
    if not contact.strip():
        errors.append(FieldError("contact", N_("Say where objections can be sent.")))
    if errors:
        raise Invalid(errors)


def period_of(session: Session, round_: Round, first_day: date) -> Period:
    """The period of a notice that begins on a day, by the scheme's days and the calendar as the office keeps it."""
    rules, calendar = scheme_of(session, round_).notice, calendar_of(session)
    last_day = period_end(calendar, first_day, rules.days, rules.unit)
    after = last_day + timedelta(1)
    closes_at = datetime(after.year, after.month, after.day, tzinfo=ZoneInfo(round_.award.authority.zone))
    unknown = [year for year in range(first_day.year, last_day.year + 1) if year not in calendar.announced]
    return Period(first_day, last_day, closes_at, unknown[0] if unknown else None)


def _checked_period(session: Session, round_: Round, first_day: date) -> Period:
    period = period_of(session, round_, first_day)
    if period.unknown_year is not None:
        raise Conflict(
            "notice.year_unknown",
            N_("The holidays of {year} have not been entered. Enter them in the calendar before the notice opens."),
            year=period.unknown_year,
        )
    stage_end = stage_of(round_).closes_at
    if stage_end is not None and stage_end < period.closes_at:
        zone = round_.award.authority.zone
        raise Conflict(
            "notice.stage_too_short",
            N_("The notice would run until {until}, but this stage ends at {end}. Extend the stage first, or begin earlier."),
            until=Moment(period.closes_at, zone), end=Moment(stage_end, zone),
        )  # fmt: skip
    return period


def file_objection(
    session: Session,
    actor: Actor,
    round_: Round,
    *,
    application_id: int | None,
    name: str,
    contact: str,
    text: str,
    now: datetime,
) -> Objection:
    """Takes in an objection while the notice runs; its author keeps the receipt number.

    Raises Refused (no notice is running), Invalid (text, or the name a scheme with real-name objections asks for).
    """
    stage = guarded_stage(session, round_, now)
    policy.require(Action.OBJECTION_FILE, stage, standing_in(actor, round_))
    notice = queries.notice_of(session, round_.id)
    if notice is None or stage.now >= notice.closes_at:
        raise Conflict("objection.closed", N_("No public notice is running for this round; objections cannot be filed now."))
    errors = []
    if not text.strip():
        errors.append(FieldError("text", N_("Say what you object to and give your grounds.")))
    if scheme_of(session, round_).notice.real_name:
        if not name.strip():
            errors.append(FieldError("name", N_("The rules of this award take objections under a real name only.")))
        if not contact.strip():
            errors.append(FieldError("contact", N_("Leave a telephone number or an address for questions.")))
    if errors:
        raise Invalid(errors)
    objection = Objection(
        notice_id=notice.id, application_id=application_id, receipt=f"YY-{ids.new_check_code()[:8]}", name=name,
        contact=contact, text=text, filed_at=now,
    )  # fmt: skip
    session.add(objection)
    session.flush()
    content = {"receipt": objection.receipt, "text": text, "name": name, "contact": contact}
    _record(session, actor, Event.OBJECTION_FILED, f"objection:{objection.public_id}", round_, content)
    return objection


def answer_objection(
    session: Session, actor: Actor, round_: Round, objection: Objection, *, answer: str, now: datetime
) -> Objection:
    """Answers an objection; not by the person who recorded the decision it is about.

    Asked again by the same person, answers with the first. Raises Refused (wrong stage or role, or the same
    person), Conflict (answered by somebody else), Invalid (no text).
    """
    stage = guarded_stage(session, round_, now)
    policy.require(Action.OBJECTION_ANSWER, stage, standing_in(actor, round_))
    db.lock_row(session, "objection", objection.id, exclusive=True)
    session.refresh(objection, ["answered_at", "answered_by"])
    answered = objection if objection.answered_at is not None else None
    if first := first_of(answered, objection.answered_by, actor, "objection.answered", N_("This objection has been answered already.")):
        return first
    if not answer.strip():
        raise Invalid.one("answer", N_("Write what was checked and what came of it."))
    if actor.person_id in queries.deciders_of(session, round_):
        raise Refused("objection.same_person", SECOND_PERSON, status=409)
    objection.answer, objection.answered_at, objection.answered_by = answer, now, actor.person_id
    objection.state = "answered"
    _record(
        session, actor, Event.OBJECTION_ANSWERED, f"objection:{objection.public_id}", round_, {"answer": answer}
    )
    return objection


def _record(
    session: Session, actor: Actor, event: Event, obj: str, round_: Round, content: Mapping[str, object]
) -> None:
    stream = round_stream(round_.public_id)
    record(session, actor, event, obj, stream, content, stage="notice", rules=round_.scheme_sha256)
