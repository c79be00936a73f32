"""The public notice, and the notice that corrects it."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from award import policy
from award.applications.letters import write_to_all
from award.kernel.actor import Action, Actor
from award.kernel.audit.trail import record, round_stream
from award.kernel.documents.service import want
from award.kernel.errors import Conflict, FieldError, Invalid
from award.kernel.events import Event
from award.kernel.i18n import N_, Phrase
from award.kernel.settings import settings
from award.kernel.workdays import period_end
from award.policy import Moment
from award.press.document import to_json
from award.results import papers, queries
from award.results.models import AwardDecision, Notice, Objection, ResultLine
from award.results.service.again import first_of
from award.results.service.deciding import DECISION_WAITS, require_clear
from award.rounds.models import Round, Snapshot
from award.rounds.queries import calendar_of, guarded_stage, spell, stage_of, standing_in
from award.rounds.service import publish_snapshot


@dataclass(frozen=True)
class Period:
    """The days of a notice, both counted. closes_at: UTC, the end of the last day on the authority's clock.

    unknown_year: a year whose holidays have not been announced, None where all are.
    """

    first_day: date
    last_day: date
    closes_at: datetime
    unknown_year: int | None


OF_THE_PERIOD = frozenset({"notice.year_unknown", "notice.stage_too_short"})
"""Codes of what another first day, the calendar or a longer stage mends."""


def publish_notice(
    session: Session, actor: Actor, round_: Round, *, document_number: str, first_day: date, contact: str, now: datetime
) -> Notice:
    """Puts the candidates on public notice for the scheme's days; the public sees a snapshot, the paper is rendered.

    first_day: the first day that counts, at the earliest the day after publication (Wuhu 2023 practice, domain.md 4.9).
    Effects: candidates are on public notice. Asked again by the same person, answers with the first notice.
    Raises Refused, Conflict (nothing decided, a decision that waits, the year's holidays unknown, the stage too short, or a conflict of
    interest), Invalid (first day, number, contact).
    """
    stage = guarded_stage(session, round_, now, exclusive=True)
    policy.require(Action.NOTICE_PUBLISH, stage, standing_in(actor, round_))
    existing = next((one for one, _ in queries.notices_of(session, round_.id)[-1:]), None)
    by = existing.published_by if existing else None
    if first := first_of(existing, by, actor, "notice.published", N_("The notice of this round has been published already.")):
        return first
    require_clear(session, actor, round_)
    decided = queries.decided_lines(session, round_)
    if queries.undecided(session, round_):
        raise Conflict("notice.undecided", N_("Decide on the candidates of every category first."))
    if queries.waiting_decision(session, round_) is not None:
        raise Conflict("notice.decision_waiting", DECISION_WAITS)
    _check_notice(document_number, first_day, contact, round_.award.authority.day_of(now))
    period = _checked_period(session, round_, first_day)
    words = papers.NoticeWords(document_number, first_day, period.last_day, contact)
    notice = _put_out(session, actor, round_, decided, words, period.closes_at, now)
    write_to_all(session, round_, "notice_published", now, lambda _: {"until": notice.closes_at, "notice": _page_of(session, notice)})
    _record(session, actor, Event.NOTICE_PUBLISHED, round_, notice, {})
    return notice


def _put_out(
    session: Session, actor: Actor, round_: Round, decided: Mapping[str, Sequence[ResultLine]], words: papers.NoticeWords,
    closes_at: datetime, now: datetime, number: int = 1, corrects_id: int | None = None,
) -> Notice:  # fmt: skip
    """Snapshot, paper and row of a notice; whom it names is on public notice."""
    scheme = round_.scheme
    snapshot = publish_snapshot(session, actor, round_, "notice", papers.notice_content(round_, scheme, decided, words), now)
    view = papers.notice_view(round_, scheme, decided, words, now)
    document = want(session, "notice", f"round:{round_.public_id}", "zh", to_json(view), now)
    notice = Notice(
        round_id=round_.id, number=number, corrects_id=corrects_id, reason=words.correction.reason if words.correction else "",
        document_number=words.document_number, first_day=words.first_day, last_day=words.last_day, closes_at=closes_at,
        contact=words.contact, snapshot_id=snapshot.id, document_id=document.id, published_at=now, published_by=actor.person_id,
    )  # fmt: skip
    session.add(notice)
    for lines in decided.values():
        for line in lines:
            if line.decided_grade:
                line.application.state = "publicised"
    session.flush()
    for decision in queries.decisions_of(session, round_):
        decision.notice_id = notice.id
    return notice


def _page_of(session: Session, notice: Notice) -> str:
    return f"{settings().base_url}/notices/{session.get_one(Snapshot, notice.snapshot_id).public_id}"


@dataclass(frozen=True)
class Due:
    """A correction that is due: what the last notice does not tell. added: whom it does not name, or with another grade."""

    notice: Notice
    decisions: Sequence[AwardDecision]
    objections: Sequence[Objection]
    added: Sequence[str]

    @property
    def reason(self) -> str:
        """The reasons of the amended decisions, to begin with."""
        return "\n".join(one.reason for one in self.decisions)


def correction_due(session: Session, round_: Round) -> Due | None:
    """Whether the last notice is to be corrected; None where there is none, or where it says what was decided."""
    notice = queries.notice_of(session, round_.id)
    decisions, objections = queries.untold(session, round_)
    if notice is None or not (decisions or objections):
        return None
    groups = json.loads(session.get_one(Snapshot, notice.snapshot_id).content)["groups"]
    named = {(winner["application"], group["grade"]) for group in groups for winner in group["winners"]}
    added = [
        line.application.entrant
        for lines in queries.decided_lines(session, round_).values()
        for line in lines
        if line.decided_grade and (line.application.public_id, line.decided_grade) not in named
    ]
    return Due(notice, decisions, objections, added)


def publish_correction(
    session: Session, actor: Actor, round_: Round, *, document_number: str, first_day: date, contact: str, reason: str,
    now: datetime,
) -> Notice:  # fmt: skip
    """Publishes the notice that corrects the last one, which stays readable and is named by it.

    Whoever is named newly is on notice for the scheme's full days from first_day on; where nobody is, the period of the
    notice that is corrected stays and first_day counts nothing. Effects: objections that asked for it are settled. Asked
    again by the same person when nothing is due any more, answers with the last correction.
    Raises Refused, Conflict (nothing to correct, the year's holidays unknown, the stage too short), Invalid.
    """
    stage = guarded_stage(session, round_, now, exclusive=True)
    policy.require(Action.NOTICE_PUBLISH, stage, standing_in(actor, round_))
    require_clear(session, actor, round_)
    due = correction_due(session, round_)
    if due is None:
        last = queries.notice_of(session, round_.id)
        if last is not None and last.corrects_id is not None and last.published_by == actor.person_id:
            return last
        raise Conflict("notice.nothing_to_correct", N_("The notice says what was decided; there is nothing to correct."))
    old = due.notice
    today = round_.award.authority.day_of(now)
    used = {one.document_number for one, _ in queries.notices_of(session, round_.id)}
    _check_notice(document_number, first_day if due.added else None, contact, today, reason, used)
    period = Period(old.first_day, old.last_day, old.closes_at, None)
    if due.added:
        anew = _checked_period(session, round_, first_day)
        period = replace(anew, last_day=max(anew.last_day, old.last_day), closes_at=max(anew.closes_at, old.closes_at))
    decided, said = queries.decided_lines(session, round_), reason.strip()
    corrected = session.get_one(Snapshot, old.snapshot_id)
    old_day = round_.award.authority.day_of(old.published_at)
    correction = papers.Correction(corrected.public_id, old.document_number, old_day, said, tuple(due.added))
    words = papers.NoticeWords(document_number, period.first_day, period.last_day, contact, correction)
    notice = _put_out(session, actor, round_, decided, words, period.closes_at, now, old.number + 1, old.id)
    for objection in due.objections:
        objection.settled_id = notice.id
    page = _page_of(session, notice)
    facts = {"until": notice.closes_at, "notice": page, "corrected": old.document_number}
    write_to_all(session, round_, "notice_corrected", now, lambda _: facts, again=f":{notice.number}")
    _record(session, actor, Event.NOTICE_CORRECTED, round_, notice, {"corrects": old.public_id, "reason": said})
    return notice


def _check_notice(
    document_number: str, first_day: date | None, contact: str, today: date, reason: str | None = None, used: Collection[str] = ()
) -> None:
    """first_day: None where the period is not a new one; reason: None where nothing is corrected; used: numbers of other notices."""
    errors = _faults(document_number, first_day, contact, today)
    if document_number.strip() and document_number in used:
        errors.append(FieldError("document_number", N_("Another notice of this round bears this number. Enter another one.")))
    if reason is not None and not reason.strip():
        errors.append(FieldError("reason", N_("Say what is corrected and why; the public reads it.")))
    if errors:
        raise Invalid(errors)


def _faults(document_number: str, first_day: date | None, contact: str, today: date) -> list[FieldError]:
    errors = []
    if not document_number.strip():
        errors.append(FieldError("document_number", N_("Enter the document number of the notice.")))
    if first_day is not None and first_day <= today:
        errors.append(FieldError("first_day", N_("The first day of the notice is at the earliest tomorrow.")))
    if not contact.strip():
        errors.append(FieldError("contact", N_("Say where objections can be sent.")))
    return errors


def why_not_yet(round_: Round, period: Period, document_number: str, contact: str, now: datetime) -> list[Phrase]:
    """Why a notice could not be published with these words and days; empty where it could."""
    faults = _faults(document_number, period.first_day, contact, round_.award.authority.day_of(now))
    said = [Phrase(one.text, one.params) for one in faults]
    refusal = _period_fault(round_, period)
    return [*said, Phrase(refusal.text, refusal.params)] if refusal else said


def period_of(session: Session, round_: Round, first_day: date) -> Period:
    """The period of a notice that begins on a day, by the scheme's days and the calendar as the office keeps it."""
    rules, calendar = round_.scheme.notice, calendar_of(session)
    last_day = period_end(calendar, first_day, rules.days, rules.unit)
    closes_at = round_.award.authority.end_of(last_day)
    unknown = [year for year in range(first_day.year, last_day.year + 1) if year not in calendar.announced]
    return Period(first_day, last_day, closes_at, unknown[0] if unknown else None)


def _checked_period(session: Session, round_: Round, first_day: date) -> Period:
    period = period_of(session, round_, first_day)
    if refusal := _period_fault(round_, period):
        raise refusal
    return period


def _period_fault(round_: Round, period: Period) -> Conflict | None:
    if period.unknown_year is not None:
        return Conflict(
            "notice.year_unknown",
            N_("The holidays of {year} have not been entered. Enter them in the calendar before the notice opens."),
            year=period.unknown_year,
        )
    stage_end = stage_of(round_).closes_at
    if stage_end is not None and stage_end < period.closes_at:
        zone = round_.award.authority.zone
        return Conflict(
            "notice.stage_too_short",
            N_("The notice would run until {until}, but this stage ends at {end}. Extend the stage first, or begin earlier."),
            until=Moment(period.closes_at, zone), end=Moment(stage_end, zone),
        )  # fmt: skip
    return None


def _record(
    session: Session, actor: Actor, event: Event, round_: Round, notice: Notice, more: Mapping[str, object]
) -> None:
    obj, stream = f"notice:{notice.public_id}", round_stream(round_.public_id)
    content = {
        "number": notice.document_number, "first_day": str(notice.first_day), "last_day": str(notice.last_day),
        "closes_at": spell(notice.closes_at), "contact": notice.contact, **more,
    }  # fmt: skip
    record(session, actor, event, obj, stream, content, stage="notice", rules=round_.scheme_sha256)
