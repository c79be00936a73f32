"""A later end for a stage, by a decision whose reason is published."""

from datetime import datetime

from sqlalchemy.orm import Session

from award import policy
from award.kernel.actor import Action, Actor
from award.kernel.audit.trail import record, round_stream
from award.kernel.errors import Conflict, Invalid
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.policy import Moment
from award.rounds.models import Round, RoundStage, StageExtension
from award.rounds.planning import days_later, days_until, earliest_notice_close
from award.rounds.queries import frame_for, guarded_stage, spell, spelled_dates, stage_of, standing_in
from award.rounds.service.calls import publish_call_anew
from award.stages import Kind


def extend_stage(
    session: Session, actor: Actor, round_: Round, closes_at: datetime, reason: str, now: datetime
) -> StageExtension:
    """Gives the present stage a later end, and publishes the call anew with the reason where one has been published.

    Where the next stage would otherwise begin before this one ends, later stages move on by as few whole days as keep
    their order; a notice that is moved across holidays is lengthened to its legal minimum of days.
    Asked again for the same end, answers with the decision already taken.
    Raises Refused for anybody but the office, Conflict for a stage without an end, Invalid for an end that is not
    later or a reason that is missing.
    """
    now_stage = guarded_stage(session, round_, now, exclusive=True)
    policy.require(Action.STAGE_EXTEND, now_stage, standing_in(actor, round_))
    stage = stage_of(round_)
    if stage.extensions and stage.extensions[-1].closes_at == closes_at == stage.closes_at:
        return stage.extensions[-1]
    before = _checked_end(round_, stage, closes_at, reason, now)
    extension = StageExtension(
        closed_at_before=before, closes_at=closes_at, reason=reason, decided_at=now, decided_by=actor.person_id
    )
    stage.extensions.append(extension)
    stage.closes_at = closes_at
    _move_on(session, round_, now)
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


def _checked_end(round_: Round, stage: RoundStage, closes_at: datetime, reason: str, now: datetime) -> datetime:
    if stage.closes_at is None:
        raise Conflict("stage.no_end", N_("This stage has no end that could be moved."))
    if not reason.strip():
        raise Invalid.one("reason", N_("Give the reason; it is published with the new end."))
    earliest = max(stage.closes_at, now)
    if closes_at <= earliest:
        text = N_("The new end must be later than {earliest}.")
        raise Invalid.one("closes_at", text, earliest=Moment(earliest, round_.award.authority.zone))
    return stage.closes_at


def _move_on(session: Session, round_: Round, now: datetime) -> None:
    """Later stages move by whole days, so that what lasts from midnight to midnight still does.

    A notice that would then hold too few days ends later, and so does what follows.
    """
    present = stage_of(round_)
    later = round_.stages[round_.position + 1 :]
    following = next((stage for stage in later if stage.opens_at is not None), None)
    if following is None or following.opens_at is None or present.closes_at is None:
        return
    if following.opens_at >= present.closes_at:
        return
    frame = frame_for(session, round_, now)
    days = days_until(following.opens_at, present.closes_at, frame.zone)
    for stage in later:
        stage.opens_at = None if stage.opens_at is None else days_later(stage.opens_at, days, frame.zone)
        if stage.closes_at is None:
            continue
        before, closes_at = stage.closes_at, days_later(stage.closes_at, days, frame.zone)
        if stage.kind == Kind.NOTICE and stage.opens_at is not None:
            closes_at = max(closes_at, earliest_notice_close(frame, stage.opens_at))
        stage.closes_at, days = closes_at, days_until(before, closes_at, frame.zone)
