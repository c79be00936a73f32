"""Dating the stages of a round and publishing its call."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from award.kernel import clock
from award.kernel.actor import Action, Actor
from award.kernel.errors import Invalid, Stale
from award.kernel.i18n import N_, translate
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.forms import YEARS, Form
from award.kernel.web.rendering import render, render_invalid
from award.policy import decide
from award.rounds import planning, queries, service
from award.rounds.forms import read_dates, typed_dates
from award.rounds.models import Round
from award.rounds.pages.place import place_of

router = APIRouter(prefix="/office/rounds/{round_id}")
TEMPLATE = "rounds/calendar.html"
DONE = {
    "dates": N_("The dates are saved."),
    "contact": N_("The contact is saved."),
    "call": N_("The call is published."),
}


@router.get("/calendar", dependencies=[Depends(guard.office_or_supervisor)])
def dates(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, first: str = "", done: str = ""
) -> Response:
    """The dates of a round. first: a day from which dates are proposed by the lengths the scheme plans."""
    round_ = queries.round_for(session, actor, round_id)
    zone = round_.award.authority.zone
    shown = queries.dates_of(round_)
    start = _day(first) if round_.position == 0 else None
    if start is not None:
        frame = queries.frame_for(session, round_, clock.now(session))
        shown |= planning.proposed_dates(round_.scheme, frame, start)
    page = _page(session, actor, round_, typed_dates(shown, zone))
    years = planning.unannounced_years(queries.calendar_of(session), shown)
    messages = [translate(request.state.language, DONE[done])] if done in DONE else []
    return render(request, session, TEMPLATE, **{**page, "unannounced": years}, proposed=start, messages=messages)


@router.post("/calendar", dependencies=[Depends(guard.office)])
def set_dates(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, form: Form
) -> Response:
    """Saves the dates, all at once."""
    round_ = queries.round_for(session, actor, round_id)
    typed = {name: form.get(name) for name in form.names()}
    try:
        wanted, version = read_dates(form, round_), form.version()
        form.check()
        service.set_dates(session, actor, round_, wanted, version, clock.now(session))
    except Invalid as error:
        session.rollback()
        return render_invalid(request, session, TEMPLATE, error, **_page(session, actor, round_, typed), proposed=None)
    except Stale as error:
        session.rollback()
        stored = typed_dates(queries.dates_of(round_), round_.award.authority.zone)
        # Saved once more, it is a decision made with both versions in view.
        typed["version"] = str(error.version)
        page = {**_page(session, actor, round_, typed), "stored": stored, "stale": error.text}
        return render(request, session, TEMPLATE, status_code=error.status, **page, proposed=None)
    return RedirectResponse(f"/office/rounds/{round_id}/calendar?done=dates", 303)


@router.post("/contact", dependencies=[Depends(guard.office)])
def set_contact(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, form: Form
) -> Response:
    """Says who answers questions; the next call carries it."""
    round_ = queries.round_for(session, actor, round_id)
    contact = form.text("contact")
    try:
        form.check()
    except Invalid as error:
        typed = typed_dates(queries.dates_of(round_), round_.award.authority.zone)
        return render_invalid(request, session, TEMPLATE, error, **_page(session, actor, round_, typed), proposed=None)
    service.set_contact(session, actor, round_.award.authority, contact)
    return RedirectResponse(f"/office/rounds/{round_id}/calendar?done=contact", 303)


@router.post("/call", dependencies=[Depends(guard.office)])
def publish_call(request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId) -> Response:
    """Publishes the call."""
    round_ = queries.round_for(session, actor, round_id)
    service.publish_call(session, actor, round_, clock.now(session))
    return RedirectResponse(f"/office/rounds/{round_id}/calendar?done=call", 303)


def _page(session: Session, actor: Actor, round_: Round, typed: Mapping[str, str]) -> dict[str, Any]:
    now = clock.now(session)
    place = place_of(actor, round_, "dates", now)
    queries.load_decisions(session, round_)
    frame = queries.frame_for(session, round_, now)
    stored = queries.dates_of(round_)
    scheme = round_.scheme
    call = queries.latest_snapshot(session, round_.id, "call")
    may_edit = decide(Action.ROUND_EDIT, queries.stage_now(round_, now), queries.standing_in(actor, round_)).allowed
    return {
        **place,
        "scheme": scheme,
        "rules": {stage.kind: stage for stage in scheme.stages},
        "typed": typed,
        "stored": {},
        "stale": "",
        "may_edit": may_edit,
        "missing": planning.missing_dates(frame, stored),
        "undated": planning.UNDATED,
        "unannounced": planning.unannounced_years(frame.calendar, stored),
        "call": call,
        "call_is_current": call is not None and service.is_same(call, service.call_content(session, round_)),
    }


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None
