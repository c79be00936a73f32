"""Who may do what in which stage: the stage table as people read it."""

from fastapi import APIRouter, Depends, Request, Response

from award.kernel.actor import Action
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, RequestSession
from award.kernel.web.rendering import render
from award.office.words import PEOPLE
from award.rounds.pages.place import is_inspecting
from award.stages import DEADLINE_BOUND, TABLE
from award.words import ACTIONS

router = APIRouter(prefix="/office", dependencies=[Depends(guard.office_or_supervisor)])


@router.get("/permissions")
def permissions(request: Request, session: RequestSession, actor: CurrentActor) -> Response:
    """Every stage with its acts and who may do them; made from the table that decides."""
    everywhere = [act for act in Action if all(act in stage.grants for stage in TABLE.values())]
    return render(
        request, session, "office/permissions.html", stages=list(TABLE.values()), actions=ACTIONS, people=PEOPLE,
        everywhere=everywhere, bound=DEADLINE_BOUND, current="permissions", inspection=is_inspecting(actor),
    )  # fmt: skip
