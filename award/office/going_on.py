"""Which applications are still in the race: accepted, and not left behind by a stage held on paper."""

from sqlalchemy import ColumnElement, Select, exists, select

from award.applications.models import LIVE, Application, PaperOutcome
from award.rounds.models import Round, RoundStage


def is_going_on(round_: Round) -> ColumnElement[bool]:
    """Whether an application of the round is still in the race when the present stage begins."""
    return Application.state.in_(LIVE) & ~exists(
        select(PaperOutcome.id)
        .join(RoundStage, RoundStage.id == PaperOutcome.round_stage_id)
        .where(
            PaperOutcome.application_id == Application.id,
            PaperOutcome.state == "confirmed",
            PaperOutcome.goes_on.is_(False),
            RoundStage.position < round_.position,
        )
    )


def going_on(round_: Round) -> Select[Application]:
    """The applications of the round that are still in the race when the present stage begins."""
    return select(Application).where(Application.round_id == round_.id, is_going_on(round_))
