"""A later end for a stage, by a decision whose reason is published."""

from datetime import datetime

from sqlalchemy.orm import Session

from award import policy
from award.kernel.actor import Action, Actor
from award.kernel.audit.trail import record, round_stream
from award.kernel.errors import Conflict, FieldError, Invalid
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.policy import Moment
from award.rounds.models import DateChange, Round, RoundStage, StageExtension
from award.rounds.moving import after_extension
from award.rounds.planning import Period
from award.rounds.queries import dates_of, frame_for, guarded_stage, spell, spelled_dates, stage_of, standing_in
from award.rounds.service.calls import publish_call_anew


def dates_if_extended(session: Session, round_: Round, closes_at: datetime, reason: str, now: datetime) -> dict[str, Period]:
    """The dates of the round as a later end of its present stage leaves them; nothing is changed.

    Raises Conflict for a stage without an end, Invalid for an end that is not later or a reason that is missing.
    """
    stage = stage_of(round_)
    _check_end(round_, stage, closes_at, reason, now)
    return after_extension(frame_for(session, round_, now), dates_of(round_), stage.kind, closes_at)


def already_decided(stage: RoundStage, opens_at: datetime | None, closes_at: datetime | None) -> StageExtension | None:
    """The last decision on the dates of a stage, where it gave it these and they still stand. opens_at: None for the end only."""
    last = stage.extensions[-1] if stage.extensions else None
    if last is None or (last.opens_at, last.closes_at) != (opens_at, closes_at):
        return None
    return last if closes_at == stage.closes_at and opens_at in (None, stage.opens_at) else None


def extend_stage(
    session: Session, actor: Actor, round_: Round, closes_at: datetime, reason: str, now: datetime, confirms: DateChange | None = None
) -> StageExtension:
    """Gives the present stage a later end, and publishes the call anew with the reason where one has been published.

    Where the next stage would otherwise begin before this one ends, later stages move on by as few whole days as keep
    their order; a notice that is moved across holidays is lengthened to its legal minimum of days.
    confirms: the proposal a second person confirms. Asked again for the same end, answers with the decision already taken.
    Raises Refused for anybody but the office, Conflict for a stage without an end, Invalid for an end that is not
    later or a reason that is missing.
    """
    now_stage = guarded_stage(session, round_, now, exclusive=True)
    policy.require(Action.STAGE_EXTEND, now_stage, standing_in(actor, round_))
    stage = stage_of(round_)
    if done := already_decided(stage, None, closes_at):
        return done
    before, dates = stage.closes_at, dates_if_extended(session, round_, closes_at, reason, now)
    extension = StageExtension(
        closed_at_before=before, closes_at=closes_at, reason=reason, decided_at=now, decided_by=actor.person_id,
        proposed_by=None if confirms is None else confirms.proposed_by,
    )  # fmt: skip
    stage.extensions.append(extension)
    for one in round_.stages:
        one.opens_at, one.closes_at = dates[one.kind]
    round_.version += 1
    session.flush()
    content = {
        "stage": stage.kind, "before": spell(before), "closes_at": spell(closes_at), "reason": reason,
        "dates": spelled_dates(round_),
    }  # fmt: skip
    record(
        session, actor, Event.STAGE_EXTENDED, f"round:{round_.public_id}", round_stream(round_.public_id), content,
        stage=stage.kind, rules=round_.scheme_sha256,
    )  # fmt: skip
    publish_call_anew(session, actor, round_, now)
    return extension


def _check_end(round_: Round, stage: RoundStage, closes_at: datetime, reason: str, now: datetime) -> None:
    if stage.closes_at is None:
        raise Conflict("stage.no_end", N_("This stage has no end that could be moved."))
    faults, earliest = [], max(stage.closes_at, now)
    if closes_at <= earliest:
        until = Moment(earliest, round_.award.authority.zone)
        faults.append(FieldError("closes_at", N_("The new end must be later than {earliest}."), {"earliest": until}))
    if not reason.strip():
        faults.append(FieldError("reason", N_("Give the reason; it is published with the new end.")))
    if faults:
        raise Invalid(faults)
