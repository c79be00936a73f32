"""Who may do what in which stage: the stage table as people read it, whole or as the rules of a round's award narrow it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from award.kernel import clock
from award.kernel.actor import Action
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, RequestSession
from award.kernel.web.rendering import render
from award.office.words import PEOPLE
from award.regulations.model import Scheme
from award.rounds.narrowing import NARROWED, closed_in, grants_in
from award.rounds.pages.place import is_inspecting, place_of
from award.rounds.queries import round_for
from award.stages import DEADLINE_BOUND, TABLE, Kind, Stage, Who
from award.words import ACTIONS

router = APIRouter(prefix="/office", dependencies=[Depends(guard.office_or_supervisor)])


@dataclass(frozen=True)
class Shown:
    """A stage of the page. title: a msgid, or of the scheme. closed: what the table grants and the award's rules close."""

    stage: Stage
    title: object
    grants: Mapping[Action, frozenset[Who]]
    closed: tuple[Action, ...] = ()


@router.get("/permissions")
def permissions(request: Request, session: RequestSession, actor: CurrentActor) -> Response:
    """Every stage with its acts and who may do them; made from the table that decides. ?round=: of that round's award only."""
    context: dict[str, Any] = {"inspection": is_inspecting(actor), "current": "permissions", "round": None}
    shown = [Shown(one, None, one.grants) for one in TABLE.values()]
    if public_id := request.query_params.get("round"):
        round_ = round_for(session, actor, public_id)
        context = place_of(actor, round_, "permissions", clock.now(session))
        shown = stages_of(round_.scheme)
    everywhere = [act for act in Action if all(act in one.grants for one in shown)]
    return render(
        request, session, "office/permissions.html", stages=shown, actions=ACTIONS, people=PEOPLE, everywhere=everywhere,
        bound=DEADLINE_BOUND, narrowed=frozenset() if public_id else NARROWED, **context,
    )  # fmt: skip


def stages_of(scheme: Scheme) -> list[Shown]:
    """The stages of an award in its order, as its rules narrow them."""
    return [
        Shown(TABLE[kind], one.title, grants_in(scheme, kind), tuple(sorted(closed_in(scheme, kind))))
        for one in scheme.stages
        for kind in [Kind(one.kind)]
    ]
