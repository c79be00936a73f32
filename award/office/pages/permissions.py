"""Who may do what in which stage: the stage table as people read it, whole or as the rules of a round's award narrow it."""

from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from award.kernel import clock
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, RequestSession
from award.kernel.web.rendering import render
from award.office.permissions import open_everywhere, stages_of
from award.office.words import PEOPLE
from award.rounds.narrowing import NARROWED
from award.rounds.pages.place import is_inspecting, place_of
from award.rounds.queries import round_for
from award.stages import DEADLINE_BOUND
from award.words import ACTIONS

router = APIRouter(prefix="/office", dependencies=[Depends(guard.office_or_supervisor)])


@router.get("/permissions")
def permissions(request: Request, session: RequestSession, actor: CurrentActor) -> Response:
    """Every stage with its acts and who may do them; made from the table that decides. ?round=: of that round's award only."""
    public_id = request.query_params.get("round", "")
    round_ = round_for(session, actor, public_id) if public_id else None
    context: dict[str, Any] = {"inspection": is_inspecting(actor), "current": "permissions", "round": None}
    if round_ is not None:
        context = place_of(actor, round_, "permissions", clock.now(session))
    shown = stages_of(round_.scheme if round_ else None)
    return render(
        request, session, "office/permissions.html", stages=shown, actions=ACTIONS, people=PEOPLE,
        everywhere=open_everywhere(shown), bound=DEADLINE_BOUND, narrowed=frozenset() if round_ else NARROWED, **context,
    )  # fmt: skip
