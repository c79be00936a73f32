"""The register of objections: taking them in, examining, answering by a second person, and the letter."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from award import policy
from award.applications.models import Application
from award.applications.queries import barred_from
from award.kernel import db, ids
from award.kernel.actor import Action, Actor
from award.kernel.audit.trail import record, round_stream
from award.kernel.documents.service import want
from award.kernel.errors import Conflict, FieldError, Invalid, Refused
from award.kernel.events import Event
from award.kernel.i18n import N_, Phrase
from award.press.document import to_json
from award.results import queries
from award.results.letters import letter_view, outcome_subject_of, outcome_view, subject_of
from award.results.models import AwardDecision, Notice, Objection
from award.rounds.models import Round
from award.rounds.people import officers_of
from award.rounds.queries import calendar_of, guarded_stage, standing_in
from award.rounds.service.second_person import Waiting, ask_second_person
from award.stages import Kind

EFFECTS: Mapping[str, str] = {
    "none": N_("None: the notice stays as it is"),
    "correction": N_("The notice is corrected; the decision stays"),
    "amendment": N_("The decision is reconsidered and the notice corrected"),
}
"""What an objection can lead to."""
CLOSED = N_("No public notice is running for this round; objections cannot be filed now.")
DECIDER = N_(
    "Whoever recorded the decision cannot confirm the answer to an objection to it. Ask a colleague; where nobody else is left, send "
    "the examination back and examine the objection yourself, and who examined it before confirms your answer."
)
LEAVES_NOBODY = N_(
    "Nobody is left who may confirm what you enter here: {names} recorded the decision and may not. Let {names} examine the objection, "
    "and confirm the answer yourself. An examination that is entered already is sent back first."
)
NOBODY = N_(
    "Nobody else of the award office may confirm the answer: whoever recorded the decision may not. Have another person appointed to "
    "the award office first."
)
EXAMINER = N_("You examined this objection; another person of the office must confirm the answer.")
CHANGED = N_("The answer was entered anew since you opened the page. Look at it again, then confirm it.")


@dataclass(frozen=True)
class Filing:
    """An objection as it comes in. organisation: where one objects under its seal, "" for a person.

    file_sha256: of what was added to it, "" for nothing. key: a secret of the form it was written in, so that the same, sent
    twice, is one objection with one receipt; "" for none.
    """

    name: str
    contact: str
    text: str
    organisation: str = ""
    application_id: int | None = None
    file_sha256: str = ""
    key: str = ""


@dataclass(frozen=True)
class Receipt:
    """What its author keeps. code: shown once and stored nowhere."""

    objection: Objection
    code: str


def file_objection(
    session: Session, actor: Actor, round_: Round, filing: Filing, now: datetime, file_id: int | None = None
) -> Receipt:
    """Takes in an objection while the notice runs; its author keeps number and code. Sent twice, answers with the first.

    Raises Refused or Conflict (no notice is running), Invalid (text, or the name a scheme with real-name objections asks for).
    """
    stage = guarded_stage(session, round_, now, exclusive=True)
    policy.require(Action.OBJECTION_FILE, stage, standing_in(actor, round_))
    notice = queries.notice_of(session, round_.id)
    if notice is None or stage.now >= notice.closes_at:
        raise Conflict("objection.closed", CLOSED)
    if errors := _faults(round_, filing):
        raise Invalid(errors)
    return _filed(session, actor, round_, notice, filing, "web", round_.award.authority.day_of(now), file_id, now)


def enter_objection(
    session: Session, actor: Actor, round_: Round, filing: Filing, received_on: date, file_id: int | None, now: datetime
) -> Receipt:
    """The office takes in an objection that came on paper within the period, with the paper.

    Raises Refused, Conflict (no notice, or the round has gone on), Invalid (the paper, a day outside the period, a name).
    """
    stage = guarded_stage(session, round_, now, exclusive=True)
    policy.require(Action.OBJECTION_ANSWER, stage, standing_in(actor, round_))
    notice = queries.notice_of(session, round_.id)
    if notice is None or stage.kind != Kind.NOTICE:
        raise Conflict("objection.closed", CLOSED)
    errors = _faults(round_, filing)
    opened = min(one.published_at for one, _ in queries.notices_of(session, round_.id))
    day_of = round_.award.authority.day_of
    if not day_of(opened) <= received_on <= min(notice.last_day, day_of(now)):
        text = N_("This day lies outside the period in which objections could be received, or is still to come.")
        errors.append(FieldError("received_on", text))
    if file_id is None:
        errors.append(FieldError("file", N_("Add the paper as PDF or picture.")))
    if errors:
        raise Invalid(errors)
    return _filed(session, actor, round_, notice, filing, "paper", received_on, file_id, now)


def _faults(round_: Round, filing: Filing) -> list[FieldError]:
    errors = []
    if not filing.text.strip():
        errors.append(FieldError("text", N_("Say what you object to and give your grounds.")))
    if round_.scheme.notice.real_name:
        if not filing.name.strip():
            errors.append(FieldError("name", N_("The rules of this award take objections under a real name only. Enter the name.")))
        if not filing.contact.strip():
            errors.append(FieldError("contact", N_("Leave a telephone number or an address for questions.")))
    return errors


def _filed(
    session: Session, actor: Actor, round_: Round, notice: Notice, filing: Filing, channel: str, received_on: date,
    file_id: int | None, now: datetime,
) -> Receipt:  # fmt: skip
    receipt, code = _receipt_and_code(notice, filing)
    if (first := queries.objection_by_receipt(session, receipt, code)) is not None:
        return Receipt(first, code)
    last = session.scalar(select(func.max(Objection.number)).where(Objection.round_id == round_.id))
    objection = Objection(
        round_id=round_.id, number=(last or 0) + 1, notice_id=notice.id, application_id=filing.application_id,
        receipt=receipt, code_sha256=hashlib.sha256(code.encode()).hexdigest(), channel=channel,
        name=filing.name, organisation=filing.organisation, contact=filing.contact, text=filing.text, file_id=file_id,
        received_on=received_on, filed_at=now, entered_by=actor.person_id if channel == "paper" else None,
    )  # fmt: skip
    session.add(objection)
    session.flush()
    content = {
        "receipt": objection.receipt, "channel": channel, "text": filing.text, "name": filing.name, "contact": filing.contact,
        "organisation": filing.organisation, "received_on": str(received_on), "file": file_id,
    }  # fmt: skip
    _record(session, actor, Event.OBJECTION_FILED, objection, round_, content)
    return Receipt(objection, code)


def _receipt_and_code(notice: Notice, filing: Filing) -> tuple[str, str]:
    """Random; where the form brought its key, what follows from it and all that was written.

    The code is stored nowhere, so this alone can tell it again to whoever pressed twice. Another text is another objection.
    """
    said = json.dumps([notice.public_id, *(str(value) for name, value in asdict(filing).items() if name != "key")])
    receipt, code = (
        ids.check_code_of(filing.key, f"{name}:{said}") if filing.key else ids.new_check_code() for name in ("receipt", "code")
    )
    return f"YY-{receipt[:8]}", code


def due_on(session: Session, round_: Round, objection: Objection) -> date:
    """The last day for checking: the scheme's working days after the day it was received. Source: domain.md 3 (Hangzhou draft)."""
    return calendar_of(session).add_workdays(
        objection.received_on, round_.scheme.notice.answer_working_days
    )


def examine_objection(
    session: Session, actor: Actor, round_: Round, objection: Objection, *, findings: str, effect: str, answer: str,
    evidence_id: int | None, now: datetime,
) -> Objection:  # fmt: skip
    """Enters what was checked, what follows from it and the answer; another person confirms it. Until then it can be entered anew.

    Raises Refused (wrong stage or role), Conflict (answered, or examined by somebody else), Invalid (what is missing).
    """
    _held(session, actor, round_, objection, now)
    if objection.state == "answered":
        raise Conflict("objection.answered", N_("This objection has been answered already."))
    if objection.state == "examined" and objection.examined_by != actor.person_id:
        raise Conflict(
            "objection.examined", N_("A colleague has examined this objection. It is confirmed or sent back first.")
        )
    errors = []
    if not findings.strip():
        errors.append(FieldError("findings", N_("Write what was checked and what came of it.")))
    if effect not in EFFECTS:
        errors.append(FieldError("effect", N_("Choose one of the options.")))
    if not answer.strip():
        errors.append(FieldError("answer", N_("Write the answer as its author will read it.")))
    if errors:
        raise Invalid(errors)
    objection.findings, objection.effect, objection.answer = findings, effect, answer
    objection.evidence_id = evidence_id or objection.evidence_id
    objection.examined_at, objection.examined_by, objection.state = now, actor.person_id, "examined"
    objection.returned_reason = ""
    content = {"findings": findings, "effect": effect, "answer": answer, "evidence": objection.evidence_id}
    _record(session, actor, Event.OBJECTION_EXAMINED, objection, round_, content)
    place = f"/office/rounds/{round_.public_id}/notice/objections/{objection.public_id}"
    key = f"{objection.public_id}:{now:%Y%m%dT%H%M%S}"
    about = session.get(Application, objection.application_id) if objection.application_id is not None else None
    waits = Waiting(
        N_("Result of an objection"), objection.receipt, place, key, about.public_id if about else ""
    )
    barred = barred_from(session, Application.id == objection.application_id)
    ask_second_person(session, actor, round_, waits, now, without=queries.deciders_of(session, round_) | barred)
    return objection


def confirmers_missing(session: Session, actor: Actor, round_: Round, objection: Objection, now: datetime) -> Phrase | None:
    """What the actor should know before he examines an objection: that nobody would be left to confirm, and who examines instead."""
    deciders = queries.deciders_of(session, round_)
    barred = {actor.person_id, *barred_from(session, Application.id == objection.application_id)}
    others = [one for one in officers_of(session, round_, now) if one.id not in barred]
    if any(one.id not in deciders for one in others):
        return None
    if others and actor.person_id not in deciders:
        return Phrase(LEAVES_NOBODY, {"names": [one.name for one in others]})
    return Phrase(NOBODY)


def confirm_answer(
    session: Session, actor: Actor, round_: Round, objection: Objection, now: datetime, seen: datetime | None = None
) -> Objection:
    """Confirms the answer and wants its letter; by neither the one who examined nor the one who recorded the decision.

    seen: when what he looked at was entered. Asked again by the same person, answers with the first. Raises Refused (wrong
    stage or role, or one of these two), Conflict (not examined, entered anew meanwhile, or answered by somebody else).
    """
    _held(session, actor, round_, objection, now)
    if objection.state == "answered" and objection.answered_by == actor.person_id:
        return objection
    _require_examined(objection, seen)
    if objection.examined_by == actor.person_id:
        raise Refused("objection.same_person", EXAMINER, status=409)
    if actor.person_id in queries.deciders_of(session, round_):
        raise Refused("objection.decider", DECIDER, status=409)
    objection.answered_at, objection.answered_by, objection.state = now, actor.person_id, "answered"
    session.flush()
    want(session, "notice", subject_of(objection), "zh", to_json(letter_view(session, round_, objection)), now)
    _record(
        session,
        actor,
        Event.OBJECTION_ANSWERED,
        objection,
        round_,
        {"effect": objection.effect, "answer": objection.answer},
    )
    return objection


def tell_outcome(session: Session, round_: Round, decision: AwardDecision, *, is_kept: bool, now: datetime) -> None:
    """Wants the letter to everybody whose objection an amended decision follows from: the answer left open what would come of it."""
    for one in session.scalars(select(Objection).where(Objection.decision_id == decision.id).order_by(Objection.number)):
        view = outcome_view(session, round_, one, decision, is_kept=is_kept)
        want(session, "notice", outcome_subject_of(one), "zh", to_json(view), now)


def return_answer(
    session: Session, actor: Actor, round_: Round, objection: Objection, reason: str, now: datetime
) -> Objection:
    """Sends the examination back with a reason. Raises Refused, Conflict (nothing waits for confirmation), Invalid (no reason)."""
    _held(session, actor, round_, objection, now)
    _require_examined(objection, None)
    if not reason.strip():
        raise Invalid.one("returned_reason", N_("Say what is still to be checked or changed."))
    objection.state, objection.returned_reason = "filed", reason.strip()
    _record(session, actor, Event.OBJECTION_RETURNED, objection, round_, {"reason": reason})
    return objection


def _require_examined(objection: Objection, seen: datetime | None) -> None:
    if objection.state == "answered":
        raise Conflict("objection.answered", N_("This objection has been answered already."))
    if objection.state != "examined":
        raise Conflict(
            "objection.unexamined", N_("Nobody has examined this objection yet; there is no answer to confirm.")
        )
    if seen is not None and seen != objection.examined_at:
        raise Conflict("objection.changed", CHANGED)


def _held(session: Session, actor: Actor, round_: Round, objection: Objection, now: datetime) -> None:
    stage = guarded_stage(session, round_, now)
    policy.require(Action.OBJECTION_ANSWER, stage, standing_in(actor, round_))
    db.lock_row(session, "objection", objection.id, exclusive=True)
    session.refresh(objection)


def _record(
    session: Session, actor: Actor, event: Event, objection: Objection, round_: Round, content: Mapping[str, object]
) -> None:
    obj, stream = f"objection:{objection.public_id}", round_stream(round_.public_id)
    record(session, actor, event, obj, stream, content, stage="notice", rules=round_.scheme_sha256)
