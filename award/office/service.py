"""Running a round: moving it on from stage to stage."""

from datetime import datetime

from sqlalchemy.orm import Session

from award import policy
from award.judging.service.sheets import open_gates
from award.kernel.actor import Action, Actor
from award.kernel.audit.trail import record, round_stream
from award.kernel.errors import Conflict, Invalid, Stale
from award.kernel.events import Event
from award.kernel.i18n import N_, Phrase
from award.office.checks import Here, Missing, missing_in, needs_of
from award.rounds.models import Round
from award.rounds.queries import guarded_stage, spell, stage_of, standing_in
from award.rounds.service import publish_progress
from award.stages import Kind


class NotReady(Conflict):
    """The exit checks of a stage found something missing."""

    def __init__(self, missing: list[Missing]) -> None:
        text = N_("The round cannot leave this stage yet: {missing}.")
        super().__init__("round.not_ready", text, missing=[Phrase(one.text, one.params) for one in missing])
        self.missing = missing


def advance(
    session: Session, actor: Actor, round_: Round, expected_version: int, now: datetime, early_reason: str = ""
) -> None:
    """Moves the round on into its next stage.

    expected_version: of the round, as the office saw it. early_reason: why the next stage is entered before its planned
    first moment; asked for only then, and kept with the stage and in the trail. Locks the round, so that every act guarded by its stage
    either came before or meets the next stage. Leaving the preparation opens the round; entering the last stage closes it.
    Raises Refused for anybody but the office, Stale where another has changed the round, NotReady with what is
    missing, Conflict at the end of the round, Invalid where the reason for entering a stage early is missing.
    """
    stage_now = guarded_stage(session, round_, now, exclusive=True)
    policy.require(Action.ROUND_ADVANCE, stage_now, standing_in(actor, round_))
    if round_.version != expected_version:
        text = N_("Somebody else has changed this round since you opened the page. Look at it again first.")
        raise Stale("round.stale", text, version=round_.version, theirs={"stage": stage_now.kind.value})
    if round_.position + 1 >= len(round_.stages):
        raise Conflict("round.at_end", N_("The round is in its last stage."))
    missing = missing_in(Here(session, round_, now))
    if missing:
        raise NotReady(missing)
    is_early = opens_later(round_, now)
    if is_early and not early_reason.strip():
        raise Invalid.one("early_reason", N_("The next stage is planned for later. Say why it is entered now."))
    _move(session, actor, round_, now, early_reason.strip() if is_early else "")


def opens_later(round_: Round, now: datetime) -> bool:
    """Whether the next stage is planned to open at a moment still to come."""
    following = round_.stages[round_.position + 1 : round_.position + 2]
    return any(one.opens_at is not None and one.opens_at > now for one in following)


def _move(session: Session, actor: Actor, round_: Round, now: datetime, early_reason: str) -> None:
    left = stage_of(round_)
    left.left_at, left.left_by = now, actor.person_id
    round_.position += 1
    round_.version += 1
    entered = stage_of(round_)
    entered.entered_at, entered.early_reason = now, early_reason
    if left.kind == Kind.SETUP:
        round_.state = "open"
    if left.kind == Kind.SCORE:
        open_gates(session, actor, round_, now)
    if round_.position == len(round_.stages) - 1:
        round_.state = "closed"
    session.flush()
    publish_progress(session, actor, round_, now)
    content: dict[str, object] = {
        "left": left.kind,
        "entered": entered.kind,
        "checks": needs_of(round_, Kind(left.kind)),
        "at": spell(now),
    }
    if early_reason:
        content |= {"planned": spell(entered.opens_at), "early_reason": early_reason}
    record(
        session, actor, Event.STAGE_LEFT, f"round:{round_.public_id}", round_stream(round_.public_id), content,
        stage=left.kind, rules=round_.scheme_sha256,
    )  # fmt: skip
