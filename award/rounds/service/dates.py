"""Dating the stages of a round while it is prepared."""

from datetime import datetime

from sqlalchemy.orm import Session

from award import policy
from award.kernel.actor import Action, Actor
from award.kernel.audit.trail import record, round_stream
from award.kernel.errors import FieldError, Invalid, Stale
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.rounds.models import Round
from award.rounds.planning import Dates, faults_of
from award.rounds.queries import dates_of, frame_for, guarded_stage, spell, spelled_dates, standing_in


def set_dates(session: Session, actor: Actor, round_: Round, dates: Dates, version: int, now: datetime) -> None:
    """Dates the stages of a round, all at once; a kind that is left out loses its dates.

    version: of the round, as the editor saw it. A year whose holidays have not been announced is no fault here
    (planning.unannounced_years names it); weekends are then counted.
    Raises Refused after the preparation, Stale where another changed the round, Invalid with every fault by field.
    """
    stage = guarded_stage(session, round_, now, exclusive=True)
    policy.require(Action.ROUND_EDIT, stage, standing_in(actor, round_))
    unknown = set(dates) - {one.kind for one in round_.stages}
    if unknown:
        raise Invalid([FieldError(kind, N_("This round has no such stage.")) for kind in sorted(unknown)])
    if round_.version != version:
        theirs = {kind: [spell(moment) for moment in period] for kind, period in dates_of(round_).items()}
        text = N_("Somebody else changed this round while you were working. Look at it again, then repeat your change.")
        raise Stale("round.stale", text, version=round_.version, theirs=theirs)
    faults = faults_of(frame_for(session, round_, now), dates)
    if faults:
        raise Invalid(faults)
    for one in round_.stages:
        one.opens_at, one.closes_at = dates.get(one.kind, (None, None))
    round_.version += 1
    record(
        session, actor, Event.ROUND_CHANGED, f"round:{round_.public_id}", round_stream(round_.public_id),
        {"dates": spelled_dates(round_)}, stage=stage.kind, rules=round_.scheme_sha256,
    )  # fmt: skip
