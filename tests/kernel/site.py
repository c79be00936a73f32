"""A small site behind the real application: pages that answer, refuse, fail and take forms."""

from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from award.app import make_app
from award.kernel.actor import SYSTEM
from award.kernel.audit.trail import record
from award.kernel.errors import Conflict, Invalid, NotFound, Stale, TooMany, VersionMissing
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.kernel.settings import Settings
from award.kernel.web import guard
from award.kernel.web.context import PublicId, RequestSession
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render, render_invalid
from award.rounds.models import CalendarYear

ERRORS: dict[str, Exception] = {
    "conflict": Conflict("thing.busy", N_("Nothing here")),
    "missing": NotFound(),
    "stale": Stale("thing.stale", "Changed.", version=3, theirs={"text": "theirs"}, at="noon"),
    "unversioned": VersionMissing("version.missing", "Say which version."),
    "invalid": Invalid.one("name", "At most {longest} characters; you have {count}. Remove {over}.", longest=1, count=3, over=2),
    "many": TooMany("too.many", "Later."),
    "fault": RuntimeError("broken"),
}


def routes() -> APIRouter:
    router = APIRouter(prefix="/test", dependencies=[Depends(guard.public)])

    @router.get("/page")
    def page(request: Request, session: RequestSession) -> Response:
        return render(request, session, "errors/error.html", title="<b>T</b>", text="x", details=[], code="", reference="", typed=[])

    @router.get("/error/{name}")
    def error(name: str) -> None:
        raise ERRORS[name]

    @router.get("/thing/{thing_id}")
    def thing(thing_id: PublicId) -> None:
        raise NotFound

    @router.post("/form")
    def form(form: Form) -> dict[str, Any]:
        return {"name": form.get("name")}

    @router.post("/invalid")
    def invalid(request: Request, session: RequestSession, form: Form) -> Response:
        session.add(CalendarYear(year=2026, source="x"))
        record(session, SYSTEM, Event.CALENDAR_CHANGED, "calendar:2026", "admin")
        session.flush()
        error = Invalid.one("name", N_("Fill this in."))
        return render_invalid(
            request, session, "errors/error.html", error, title="", text="", details=[], code="", reference="",
            typed=[("name", form.get("name"))],
        )  # fmt: skip

    @router.get("/people", dependencies=[Depends(guard.office)])
    def people() -> str:
        return "office only"

    return router


def site(engine: Engine, **settings: Any) -> FastAPI:
    """The application with these routes beside its own."""
    app = make_app(engine, Settings(**settings))
    app.include_router(routes())
    return app


def visit(engine: Engine, **settings: Any) -> TestClient:
    """A browser on it; faults are answered as a server answers them."""
    app = site(engine, **settings)
    return TestClient(app, base_url="http://localhost", raise_server_exceptions=False, follow_redirects=False)
