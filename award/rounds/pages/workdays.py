"""The calendar of working days, as the office keeps it."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from award.kernel import clock
from award.kernel.actor import Actor
from award.kernel.errors import Invalid
from award.kernel.i18n import N_
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, RequestSession
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render, render_invalid
from award.rounds import service
from award.rounds.models import CalendarYear
from award.rounds.pages.place import is_inspecting
from award.rounds.queries import days_of
from award.rounds.service.calendar import LIBRARY

router = APIRouter(prefix="/office/calendar")
TEMPLATE = "rounds/workdays.html"
Year = Annotated[int, Path(ge=2000, le=2100)]


@router.get("", dependencies=[Depends(guard.office_or_supervisor)])
def workdays(request: Request, session: RequestSession, actor: CurrentActor, year: int = 0) -> Response:
    """The days of a year that differ from Monday to Friday."""
    year = year if 2000 <= year <= 2100 else clock.now(session).year
    return render(request, session, TEMPLATE, **_year(session, actor, year), typed={})


@router.post("/{year}/day", dependencies=[Depends(guard.office)])
def set_day(request: Request, session: RequestSession, actor: CurrentActor, year: Year, form: Form) -> Response:
    """Makes a day a holiday, a working day, or an ordinary day again."""
    shown = _year(session, actor, year)
    try:
        day, kind = form.day("day") or date.min, form.choice("kind", ("holiday", "workday", "ordinary"))
        name = form.text("name", required=kind == "holiday", longest=80)
        form.check()
        if kind == "ordinary":
            service.forget_day(session, actor, day)
        else:
            service.set_day(session, actor, day, name, is_workday=kind == "workday")
    except Invalid as error:
        return render_invalid(
            request, session, TEMPLATE, error, **shown, typed={one: form.get(one) for one in form.names()}
        )
    return RedirectResponse(f"/office/calendar?year={day.year}", 303)


@router.post("/{year}/announced", dependencies=[Depends(guard.office)])
def announce(request: Request, session: RequestSession, actor: CurrentActor, year: Year, form: Form) -> Response:
    """Says that all holidays of a year have been announced and entered."""
    shown = _year(session, actor, year)
    try:
        source = form.text("source")
        form.check()
        service.set_year(session, actor, year, source)
    except Invalid as error:
        return render_invalid(request, session, TEMPLATE, error, **shown, typed={"source": form.get("source")})
    return RedirectResponse(f"/office/calendar?year={year}", 303)


SHIPPED = N_("the yearly notices of the General Office of the State Council, as this program brings them")


def _source(announced: CalendarYear | None) -> str:
    """Where the holidays of a year come from, as msgid or as somebody typed it; "" before they are announced."""
    if announced is None:
        return ""
    return SHIPPED if announced.source.startswith(LIBRARY) else announced.source


def _year(session: Session, actor: Actor, year: int) -> dict[str, Any]:
    return {
        "year": year,
        "days": days_of(session, year),
        "announced": _source(session.get(CalendarYear, year)),
        "shipped": SHIPPED,
        "current": "workdays",
        "inspection": is_inspecting(actor),
    }
