"""Corrections of confirmed outcomes, while their stage runs: entered anew by one person, confirmed or refused by another."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from award import policy
from award.applications.models import Application, PaperOutcome
from award.applications.queries import barred_from, is_barred
from award.kernel.actor import Action, Actor
from award.kernel.errors import Conflict, FieldError, Invalid, NotFound, Refused
from award.kernel.events import Event
from award.kernel.files.service import kept_paper
from award.kernel.i18n import N_
from award.office import outcomes
from award.office.outcome_entry import Entry
from award.office.outcome_kinds import CONTENTS
from award.results.service.deciding import set_aside
from award.rounds.models import Round, RoundStage
from award.rounds.queries import guarded_stage, stage_of
from award.rounds.service.second_person import Waiting, ask_second_person, tell_first_person
from award.standing.queries import standing_of

WENT_ON = N_(
    "The stage has ended, and later stages rest on this outcome, so it stays as it was confirmed. Put the error before the "
    "committee, which may decide otherwise than proposed and says why."
)
LEFT_OUT = N_(
    "The stage has ended and this outcome left the application out: what followed was held without it, and no decision of this round, "
    "amended or not, can name it. Tell the applicant what went wrong, and answer an objection so."
)
WAITING = N_("A correction of this outcome waits for its second person already. It is confirmed or refused first.")

NO_REASON = N_("Say what was entered wrongly and what shows the right value.")


def corrections_of(session: Session, round_: Round) -> dict[int, PaperOutcome]:
    """Application id -> the correction that waits in the present stage."""
    waits = (PaperOutcome.state == "recorded") & (PaperOutcome.number > 1)
    query = select(PaperOutcome).where(PaperOutcome.round_stage_id == stage_of(round_).id, waits)
    return {one.application_id: one for one in session.scalars(query)}


def versions_of(session: Session, application: Application) -> Sequence[tuple[PaperOutcome, str]]:
    """Everything that was ever entered for an application, each with its kind of stage; newest first."""
    query = select(PaperOutcome, RoundStage.kind).join(RoundStage, RoundStage.id == PaperOutcome.round_stage_id)
    query = query.where(PaperOutcome.application_id == application.id)
    return [(one, kind) for one, kind in session.execute(query.order_by(RoundStage.position.desc(), PaperOutcome.number.desc()))]


def corrected_in(session: Session, actor: Actor, round_: Round) -> Sequence[tuple[PaperOutcome, Application, str]]:
    """Every correction in the round, newest first, with its application and kind of stage; none that a conflict hides."""
    query = (
        select(PaperOutcome, Application, RoundStage.kind)
        .join(Application, Application.id == PaperOutcome.application_id)
        .join(RoundStage, RoundStage.id == PaperOutcome.round_stage_id)
        .where(RoundStage.round_id == round_.id, PaperOutcome.number > 1, ~is_barred(actor))
        .options(joinedload(Application.organisation))
    )
    return [(one, application, kind) for one, application, kind in session.execute(query.order_by(PaperOutcome.id.desc()))]


def version_for(session: Session, application: Application, public_id: str) -> PaperOutcome:
    """One version of an outcome of an application. Raises NotFound."""
    query = select(PaperOutcome).where(PaperOutcome.application_id == application.id, PaperOutcome.public_id == public_id)
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def correct_outcome(
    session: Session, actor: Actor, round_: Round, application: Application, entry: Entry, reason: str, now: datetime
) -> PaperOutcome:
    """Enters a correction of a confirmed outcome. That one counts until another person has confirmed the correction.

    Entered again word for word by the same person, answers with the first. A place or number another application has is let
    through, so that two that were mixed up can be changed; the end of the stage asks that none is given twice.
    Raises what record_outcome raises, Conflict where the stage is over, nothing is confirmed yet or another correction waits,
    Invalid without a reason or where nothing changes. Effects: messages to colleagues.
    """
    stage = guarded_stage(session, round_, now, exclusive=True)
    require_stage(session, round_, application, next((kind for kind, cls in CONTENTS.items() if isinstance(entry.content, cls)), ""))
    policy.require(Action.OUTCOME_RECORD, stage, standing_of(session, actor, application, now))
    outcomes.require_in_race(session, round_, application)
    before = _confirmed(session, round_, application)
    entry = replace(entry, file_id=kept_paper(session, entry.file_id, before.file_id))
    made = PaperOutcome(
        round_stage_id=before.round_stage_id, application_id=application.id, number=_next_number(session, before),
        corrects_id=before.id, reason=reason.strip(),
    )  # fmt: skip
    outcomes.write(made, entry, outcomes.person_of(actor), now)
    if waiting := corrections_of(session, round_).get(application.id):
        return _the_same(waiting, made)
    if faults := _faults(session, round_, application, entry, before, made, now):
        raise Invalid(faults)
    session.add(made)
    session.flush()
    outcomes.note(session, actor, Event.OUTCOME_CORRECTED, application, made)
    barred = barred_from(session, Application.id == application.id)
    ask_second_person(session, actor, round_, _waiting(round_, application, made), now, without=barred)
    return made


def _waiting(round_: Round, application: Application, correction: PaperOutcome) -> Waiting:
    place = f"/office/rounds/{round_.public_id}/outcomes/{application.public_id}/versions"
    return Waiting(N_("Correction of an outcome"), application.entrant, place, correction.public_id, application.public_id)


def require_stage(session: Session, round_: Round, application: Application, kind: str) -> None:
    """Raises Conflict unless the round still stands in the stage whose outcome is to be corrected."""
    if stage_of(round_).kind != kind:
        here = (RoundStage.round_id == round_.id) & (RoundStage.kind == kind)
        query = select(PaperOutcome.goes_on).join(RoundStage, RoundStage.id == PaperOutcome.round_stage_id).where(here)
        confirmed = query.where(PaperOutcome.application_id == application.id, PaperOutcome.state == "confirmed")
        raise Conflict("correction.stage_over", LEFT_OUT if session.scalar(confirmed) is False else WENT_ON)


def confirm_correction(
    session: Session, actor: Actor, round_: Round, correction: PaperOutcome, now: datetime
) -> PaperOutcome:
    """Puts a correction in the place of the outcome it corrects, which stays readable.

    Effects: whatever follows from an outcome of this stage follows from the corrected one; a decision that rests on another
    ranking is set aside. Asked again by the same person, answers with it. Raises Refused for whoever entered it, Conflict where
    the stage is over, it does not wait any more, or a conflict of interest bars him from the result that it changes.
    """
    application = _held(session, actor, round_, correction, now)
    if correction.confirmed_by is not None and correction.confirmed_by == actor.person_id:
        return correction
    _require_waiting(correction)
    if correction.recorded_by == actor.person_id:
        raise Refused("correction.same_person", N_("You entered this correction; another person of the office must confirm it."))
    before = session.get_one(PaperOutcome, correction.corrects_id)
    if outcomes.changes_ranking(round_, correction, before):
        set_aside(session, actor, round_, application.category, correction.public_id)
    before.state = "replaced"
    session.flush()
    correction.state, correction.confirmed_by, correction.confirmed_at = "confirmed", outcomes.person_of(actor), now
    session.flush()
    outcomes.note(session, actor, Event.OUTCOME_CORRECTION_CONFIRMED, application, correction)
    return correction


def refuse_correction(
    session: Session, actor: Actor, round_: Round, correction: PaperOutcome, refusal: str, now: datetime
) -> PaperOutcome:
    """Gives up a correction: the outcome it was to correct stays. Whoever entered it may take it back so.

    Asked again by the same person, answers with it. Raises Conflict where the stage is over or it does not wait any more,
    Invalid without a reason. Effects: a message to whoever entered it, where another declines it.
    """
    application = _held(session, actor, round_, correction, now)
    if correction.refused_by is not None and correction.refused_by == actor.person_id:
        return correction
    _require_waiting(correction)
    if not refusal.strip():
        raise Invalid.one("refusal", N_("Say why the correction is not to take effect; who entered it reads it."))
    correction.state, correction.refusal = "refused", refusal.strip()
    correction.refused_by, correction.refused_at = outcomes.person_of(actor), now
    session.flush()
    outcomes.note(session, actor, Event.OUTCOME_CORRECTION_REFUSED, application, correction)
    tell_first_person(
        session, actor, round_, correction.recorded_by, _waiting(round_, application, correction), correction.refusal, now,
        without=barred_from(session, Application.id == application.id),
    )  # fmt: skip
    return correction


def _held(session: Session, actor: Actor, round_: Round, correction: PaperOutcome, now: datetime) -> Application:
    """The application of a correction, with the round held, the rights asked for and the row read afresh."""
    stage = guarded_stage(session, round_, now, exclusive=True)
    application = session.get_one(Application, correction.application_id)
    if application.round_id != round_.id or correction.number == 1:
        raise NotFound
    require_stage(session, round_, application, session.get_one(RoundStage, correction.round_stage_id).kind)
    policy.require(Action.OUTCOME_RECORD, stage, standing_of(session, actor, application, now))
    session.refresh(correction)
    return application


def _require_waiting(correction: PaperOutcome) -> None:
    if correction.state != "recorded":
        raise Conflict("correction.over", N_("This correction does not wait any more. Look at the outcome as it stands now."))


def _confirmed(session: Session, round_: Round, application: Application) -> PaperOutcome:
    found = outcomes.outcomes_of(session, round_).get(application.id)
    if found is None or found.state != "confirmed":
        raise Conflict("correction.unconfirmed", N_("Nothing is confirmed here yet. Enter the outcome anew instead of correcting it."))
    return found


def _the_same(waiting: PaperOutcome, made: PaperOutcome) -> PaperOutcome:
    """The correction that waits, where it is sent a second time. Raises Conflict for another one."""
    is_same = outcomes.fingerprint_of(waiting) == outcomes.fingerprint_of(made)
    if is_same and (waiting.recorded_by, waiting.reason) == (made.recorded_by, made.reason):
        return waiting
    raise Conflict("correction.waiting", WAITING)


def _faults(
    session: Session, round_: Round, application: Application, entry: Entry, before: PaperOutcome, made: PaperOutcome, now: datetime
) -> list[FieldError]:
    faults = outcomes.faults_of_entry(session, round_, application, entry, {}, now)
    if not made.reason:
        faults.insert(0, FieldError("reason", NO_REASON))
    if not faults and outcomes.fingerprint_of(before) == outcomes.fingerprint_of(made):
        faults.append(FieldError("held_on", N_("Nothing would change. Correct what was entered wrongly.")))
    return faults


def _next_number(session: Session, before: PaperOutcome) -> int:
    last = select(func.max(PaperOutcome.number)).where(
        PaperOutcome.round_stage_id == before.round_stage_id, PaperOutcome.application_id == before.application_id
    )
    return session.scalars(last).one() + 1
