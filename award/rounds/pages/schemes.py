"""The schemes that can be chosen, value by value, with where each comes from."""

from fastapi import APIRouter, Depends, Request, Response

from award.kernel.errors import NotFound
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.rendering import render
from award.regulations.loader import shipped_schemes
from award.rounds import queries
from award.rounds.pages.place import is_inspecting
from award.rounds.schemes import sections_of

router = APIRouter(prefix="/office", dependencies=[Depends(guard.office_or_supervisor)])


@router.get("/schemes")
def schemes(request: Request, session: RequestSession, actor: CurrentActor) -> Response:
    """All schemes that are shipped."""
    found = list(shipped_schemes().values())
    return render(
        request, session, "rounds/schemes.html", schemes=found, current="rounds", inspection=is_inspecting(actor)
    )


@router.get("/schemes/{name}")
def scheme(request: Request, session: RequestSession, actor: CurrentActor, name: str) -> Response:
    """One scheme; what nobody has yet read in the regulation is marked."""
    found = shipped_schemes().get(name)
    if found is None:
        raise NotFound
    return render(
        request, session, "rounds/scheme.html", scheme=found, sections=sections_of(found), current="rounds",
        inspection=is_inspecting(actor),
    )  # fmt: skip


@router.get("/rounds/{round_id}/scheme")
def frozen(request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId) -> Response:
    """The scheme a round was frozen with."""
    round_ = queries.round_for(session, actor, round_id)
    found = round_.scheme
    return render(
        request, session, "rounds/scheme.html", scheme=found, sections=sections_of(found), round=round_,
        title=queries.title_of(round_), current="dates", inspection=is_inspecting(actor),
    )  # fmt: skip
