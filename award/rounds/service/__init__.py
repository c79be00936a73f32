"""What can be done with authorities, awards, rounds and the calendar. Each function is one whole act."""

from award.rounds.service.calendar import forget_day, seed_calendar, set_day, set_year
from award.rounds.service.calls import call_content, is_same, publish_call, publish_progress, publish_snapshot
from award.rounds.service.dates import set_dates
from award.rounds.service.extensions import extend_stage
from award.rounds.service.founding import (
    change_authority,
    create_authority,
    create_award,
    create_round,
    rename_award,
    set_contact,
)
from award.rounds.service.replanning import replan_stage

__all__ = [
    "call_content",
    "change_authority",
    "create_authority",
    "create_award",
    "create_round",
    "extend_stage",
    "forget_day",
    "is_same",
    "publish_call",
    "publish_progress",
    "publish_snapshot",
    "rename_award",
    "replan_stage",
    "seed_calendar",
    "set_contact",
    "set_dates",
    "set_day",
    "set_year",
]
