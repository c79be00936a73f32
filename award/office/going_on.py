"""Which applications are still in the race: submitted or, once that is decided, accepted; not left behind on paper."""

from functools import lru_cache

from sqlalchemy import ColumnElement, Select, select

from award.applications.models import SHARING, Application
from award.applications.queries import is_left_out
from award.rounds.models import Round

HANDED_IN = ("submitted", "resubmitted")
"""States of an application nobody has decided on yet."""


def is_going_on(round_: Round) -> ColumnElement[bool]:
    """Whether an application of the round is still in the race when the present stage begins."""
    return _in_the_race(_states(round_), round_.position)


@lru_cache
def _in_the_race(states: tuple[str, ...], position: int) -> ColumnElement[bool]:
    """Made once for a stage: a page of the office asks half a dozen questions with it."""
    return Application.state.in_(states) & ~is_left_out(position)


def _states(round_: Round) -> tuple[str, ...]:
    accept_lies_ahead = any(stage.kind == "accept" and stage.position > round_.position for stage in round_.stages)
    return (*SHARING, *HANDED_IN) if accept_lies_ahead else SHARING


def going_on(round_: Round) -> Select[Application]:
    """The applications of the round that are still in the race when the present stage begins."""
    return select(Application).where(Application.round_id == round_.id, is_going_on(round_))
