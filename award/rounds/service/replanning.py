"""Other dates for a stage that has not begun, by a decision whose reason is published."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from award import policy
from award.kernel.actor import Action, Actor
from award.kernel.audit.trail import record, round_stream
from award.kernel.errors import Conflict, FieldError, Invalid, NotFound
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.rounds.models import DateChange, Round, RoundStage, StageExtension
from award.rounds.planning import Period, faults_of
from award.rounds.queries import (
    dates_of,
    frame_for,
    guarded_stage,
    refresh_dates,
    spell,
    spelled_dates,
    stage_of_kind,
    standing_in,
)
from award.rounds.service.calls import publish_call_anew
from award.rounds.service.extensions import already_decided

BEGUN = N_("This stage has begun; people rely on its dates. Its end can only be made later, by an extension.")


def upcoming(round_: Round, kind: str) -> RoundStage:
    """A stage that has not begun. Raises NotFound for another kind, Conflict once it has begun or where it has no dates."""
    stage = stage_of_kind(round_, kind)
    if stage is None:
        raise NotFound
    if stage.position <= round_.position:
        raise Conflict("stage.begun", BEGUN)
    if stage.opens_at is None or stage.closes_at is None:
        raise Conflict("stage.undated", N_("This stage has no planned dates that could be changed."))
    return stage


def dates_if_replanned(
    session: Session, round_: Round, kind: str, period: Period, reason: str, now: datetime
) -> dict[str, Period]:
    """The dates of the round as another period of a later stage leaves them; nothing is changed.

    Raises NotFound and Conflict as `upcoming`, Invalid with every fault ("opens_at", "closes_at", "reason").
    """
    stage = upcoming(round_, kind)
    faults = [*_faults(session, round_, stage, period, now), *_unsaid(stage, period, reason)]
    if faults:
        raise Invalid(faults)
    return {**dates_of(round_), kind: period}


def replan_stage(
    session: Session, actor: Actor, round_: Round, kind: str, period: Period, reason: str, now: datetime,
    confirms: DateChange | None = None,
) -> StageExtension:  # fmt: skip
    """Gives a stage that has not begun an earlier or a later period; the call is published anew with the reason.

    The dates still follow the stages before and after it, and a notice keeps its legal minimum of days. The present
    stage is never touched. confirms: the proposal a second person confirms.
    Asked again for the same dates, answers with the decision already taken.
    Raises NotFound, Refused for anybody but the office, Conflict once the stage has begun, Invalid with every fault
    ("opens_at", "closes_at", "reason").
    """
    now_stage = guarded_stage(session, round_, now, exclusive=True)
    policy.require(Action.STAGE_EXTEND, now_stage, standing_in(actor, round_))
    refresh_dates(session, round_)
    stage = upcoming(round_, kind)
    if done := already_decided(stage, *period):
        return done
    dates_if_replanned(session, round_, kind, period, reason, now)
    decision = _changed(stage, period, reason, actor, now)
    decision.proposed_by = None if confirms is None else confirms.proposed_by
    round_.version += 1
    session.flush()
    content = {
        "stage": kind, "reason": reason,
        "before": [spell(decision.opened_at_before), spell(decision.closed_at_before)], "after": [spell(one) for one in period],
        "dates": spelled_dates(round_),
    }  # fmt: skip
    record(
        session, actor, Event.STAGE_EXTENDED, f"round:{round_.public_id}", round_stream(round_.public_id), content,
        stage=now_stage.kind, rules=round_.scheme_sha256,
    )  # fmt: skip
    publish_call_anew(session, actor, round_, now)
    return decision


def _changed(stage: RoundStage, period: Period, reason: str, actor: Actor, now: datetime) -> StageExtension:
    opens_at, closes_at = period
    if closes_at is None or stage.closes_at is None:
        raise ValueError("the dates were not checked")
    decision = StageExtension(
        opened_at_before=stage.opens_at, opens_at=opens_at, closed_at_before=stage.closes_at, closes_at=closes_at,
        reason=reason, decided_at=now, decided_by=actor.person_id,
    )  # fmt: skip
    stage.extensions.append(decision)
    stage.opens_at, stage.closes_at = period
    return decision


def _unsaid(stage: RoundStage, period: Period, reason: str) -> list[FieldError]:
    faults = [
        FieldError(end, N_("Fill this in."))
        for end, moment in zip(("opens_at", "closes_at"), period, strict=True)
        if moment is None
    ]
    if period == (stage.opens_at, stage.closes_at):
        faults.append(FieldError("opens_at", N_("These are the dates that stand already. Enter others.")))
    if not reason.strip():
        faults.append(FieldError("reason", N_("Give the reason; it is published with the new dates.")))
    return faults


def _faults(session: Session, round_: Round, stage: RoundStage, period: Period, now: datetime) -> Sequence[FieldError]:
    """What the new dates do to the order of the stages; a clash with a later stage is a fault of this one's end."""
    ahead = {one.kind for one in round_.stages[round_.position + 1 :]}
    found = []
    for fault in faults_of(frame_for(session, round_, now), {**dates_of(round_), stage.kind: period}):
        kind, _, end = fault.field.partition(".")
        if kind == stage.kind:
            found.append(FieldError(end, fault.text, fault.params))
        elif kind in ahead and "before" in fault.params and _overlaps(round_, kind, period):
            text = N_(
                "“{later}” would begin before this ends. Choose an earlier end, or change the dates of that stage first."
            )
            found.append(FieldError("closes_at", text, {"later": round_.scheme.stage(kind).title}))
    return found


def _overlaps(round_: Round, kind: str, period: Period) -> bool:
    later = next(one for one in round_.stages if one.kind == kind)
    return later.opens_at is not None and period[1] is not None and later.opens_at < period[1]
