"""The stages of a round: exit checks, moving on, and a later end by decision."""

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from award.accounts.queries import names_of
from award.kernel import clock
from award.kernel.actor import Actor
from award.kernel.errors import Conflict, Invalid, Stale
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render, render_invalid
from award.office import checks, dashboard, service
from award.rounds import queries
from award.rounds.forms import read_moment, typed_moment
from award.rounds.models import Round
from award.rounds.pages.place import place_of
from award.rounds.service import extend_stage
from award.stages import TABLE, Kind

router = APIRouter(prefix="/office/rounds/{round_id}")
TEMPLATE = "office/stages.html"


@router.get("/stages", dependencies=[Depends(guard.office_or_supervisor)])
def stages(request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId) -> Response:
    """Where the round stands, and what keeps it there."""
    round_ = queries.round_for(session, actor, round_id)
    return render(request, session, TEMPLATE, **_page(request, session, actor, round_))


@router.post("/advance", dependencies=[Depends(guard.office)])
def advance(request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, form: Form) -> Response:
    """Moves the round on into its next stage."""
    round_ = queries.round_for(session, actor, round_id)
    version = form.version()
    form.check()
    try:
        service.advance(session, actor, round_, version, clock.now(session))
    except (service.NotReady, Stale) as error:
        session.rollback()
        page = _page(request, session, actor, round_)
        return render(request, session, TEMPLATE, status_code=error.status, **page, refused=error)
    return RedirectResponse(f"/office/rounds/{round_id}/stages", 303)


@router.post("/extension", dependencies=[Depends(guard.office)])
def extend(request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, form: Form) -> Response:
    """Gives the present stage a later end."""
    round_ = queries.round_for(session, actor, round_id)
    try:
        closes_at = read_moment(form, "closes_at", round_.award.authority.zone)
        reason = form.text("reason", longest=1000, lines=True)
        if closes_at is None and not form.errors:
            form.day("closes_at")
        form.check()
        if closes_at is not None:
            extend_stage(session, actor, round_, closes_at, reason, clock.now(session))
    except Invalid as error:
        session.rollback()
        typed = {name: form.get(name) for name in form.names()}
        page = _page(request, session, actor, round_) | {"typed": typed}
        return render_invalid(request, session, TEMPLATE, error, **page)
    except Conflict as error:
        session.rollback()
        page = _page(request, session, actor, round_)
        return render(request, session, TEMPLATE, status_code=error.status, **page, refused=error)
    return RedirectResponse(f"/office/rounds/{round_id}/stages", 303)


def _page(request: Request, session: Session, actor: Actor, round_: Round) -> dict[str, Any]:
    now = clock.now(session)
    place = place_of(actor, round_, "stages", now)
    view = dashboard.view_of(session, round_, request.state.language, now)
    stage = queries.stage_of(round_)
    extensions = [(one, extension) for one in round_.stages for extension in one.extensions]
    return {
        **place,
        "stage": stage,
        "about": TABLE[Kind(stage.kind)].about,
        "scheme": view.scheme,
        "line": dashboard.stages_of(view),
        "checks": [(name, missing, checks.TITLES[name]) for name, missing in checks.results_of(session, round_, now)],
        "following": round_.stages[round_.position + 1] if round_.position + 1 < len(round_.stages) else None,
        "extensions": extensions,
        "deciders": names_of(session, [extension.decided_by for _, extension in extensions]),
        "typed": dict(typed_moment("closes_at", stage.closes_at, place["zone"])),
        "left": stage.closes_at - now if stage.closes_at is not None and stage.closes_at > now else None,
    }
