"""The list of rounds, and opening a new one."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from award.kernel import clock
from award.kernel.actor import Actor
from award.kernel.errors import Invalid
from award.kernel.i18n import N_
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, RequestSession
from award.kernel.web.forms import Form, SubmittedForm
from award.kernel.web.rendering import render, render_invalid
from award.regulations.loader import shipped_schemes
from award.rounds import queries, service
from award.rounds.models import Award, Round
from award.rounds.pages.place import is_inspecting
from award.stages import Kind

router = APIRouter(prefix="/office")
NEW_AWARD = "new"


@router.get("", dependencies=[Depends(guard.office_or_supervisor)])
def rounds(request: Request, session: RequestSession, actor: CurrentActor) -> Response:
    """All rounds the actor works in."""
    found = queries.rounds_of(session, actor)
    until = queries.notices_until(session)
    rows = [_row(one, until.get(one.id)) for one in found]
    return render(
        request, session, "rounds/list.html", rows=rows, current="rounds", inspection=is_inspecting(actor),
        may_create=bool(queries.authorities_of(session, actor)),
    )  # fmt: skip


@router.get("/rounds/new", dependencies=[Depends(guard.office)])
def new(request: Request, session: RequestSession, actor: CurrentActor, scheme: str = "") -> Response:
    """The form of a new round."""
    awards = queries.awards_of(session, actor)
    now = clock.now(session)
    found = queries.rounds_of(session, actor)
    number, year = max((one.number for one in found), default=0) + 1, max([now.year, *(one.year + 1 for one in found)])
    typed = {"scheme": scheme, "number": number, "year": year, "award": awards[0].public_id if awards else NEW_AWARD}
    return render(request, session, "rounds/new.html", **_choices(session, actor), typed=typed)


@router.post("/rounds/new", dependencies=[Depends(guard.office)])
def create(request: Request, session: RequestSession, actor: CurrentActor, form: Form) -> Response:
    """Opens the round for preparation and goes on to its dates."""
    choices = _choices(session, actor)
    try:
        award = _award(session, actor, form)
        scheme = form.choice("scheme", list(shipped_schemes()))
        _require_meant(session, actor, form, scheme)
        number, year = form.number("number", 1, 99), form.number("year", 2000, 2100)
        form.check()
        round_ = service.create_round(session, actor, award(), number, year, scheme, clock.now(session))
    except Invalid as error:
        return render_invalid(
            request, session, "rounds/new.html", error, **choices, typed={name: form.get(name) for name in form.names()}
        )
    return RedirectResponse(f"/office/rounds/{round_.public_id}/calendar", 303)


def _require_meant(session: Session, actor: Actor, form: SubmittedForm, scheme: str) -> None:
    """Notes a fault where the rules are another authority's and nobody said that they are meant: they are frozen with the round."""
    awards = {one.public_id: one.authority for one in queries.awards_of(session, actor)}
    authorities = {one.public_id: one for one in queries.authorities_of(session, actor)}
    own = awards.get(form.get("award")) or authorities.get(form.get("authority"))
    rules = shipped_schemes().get(scheme)
    if own and rules and rules.authority.zh != own.name_zh and not form.ticked("foreign"):
        text = N_("These are the rules of {authority}, not of {own}. Choose others, or tick that they are meant.")
        form.fault("foreign", text, authority=rules.authority, own=own.name)


def _row(round_: Round, notice_ends: datetime | None) -> dict[str, Any]:
    stage = queries.stage_of(round_)
    title = round_.scheme.stage(stage.kind).title
    ends_at = notice_ends if stage.kind == Kind.NOTICE and notice_ends else stage.closes_at
    return {"round": round_, "title": queries.title_of(round_), "ends_at": ends_at, "stage_title": title}


def _choices(session: Session, actor: Actor) -> dict[str, Any]:
    authorities = queries.authorities_of(session, actor)
    return {
        "awards": queries.awards_of(session, actor),
        "authorities": authorities,
        "own_names": [one.name_zh for one in authorities],
        "schemes": list(shipped_schemes().values()),
    }


def _award(session: Session, actor: Actor, form: SubmittedForm) -> Callable[[], Award]:
    """Gives the award that was chosen, or makes a new one by the names typed; asked once nothing in the form is at fault."""
    awards = {one.public_id: one for one in queries.awards_of(session, actor)}
    chosen = form.choice("award", [*awards, NEW_AWARD])
    if chosen in awards or not chosen:
        return lambda: awards[chosen]
    authorities = {one.public_id: one for one in queries.authorities_of(session, actor)}
    of = form.choice("authority", list(authorities))
    name_zh, name_en = form.text("name_zh", longest=80), form.text("name_en", longest=120)
    return lambda: service.create_award(session, actor, authorities[of], name_zh, name_en, clock.now(session))
