"""What every page inside a round is given: the round, and whether it is only being inspected."""

from datetime import datetime
from typing import Any

from award import policy
from award.kernel.actor import Action, Actor, Role
from award.rounds.models import Round
from award.rounds.queries import stage_now, standing_in, title_of
from award.stages import Who


def place_of(actor: Actor, round_: Round, current: str, now: datetime) -> dict[str, Any]:
    """Context of a page inside a round. current: key of its entry in the menu. Raises Refused for who may not read it.

    inspection: the supervisor's band; pages then show no control that changes anything.
    """
    standing = standing_in(actor, round_)
    policy.require(Action.ROUND_READ, stage_now(round_, now), standing)
    award = round_.award
    return {
        "round": round_,
        "site_name": award.name.in_language(actor.language),
        "title": title_of(round_),
        "zone": round_.award.authority.zone,
        "current": current,
        "inspection": Who.OFFICE not in standing.who,
        "base": f"/office/rounds/{round_.public_id}",
    }


def is_inspecting(actor: Actor) -> bool:
    """Whether an actor outside of any round only looks on."""
    return Role.AWARD_OFFICE not in actor.roles
