"""Routers that are asked only for what can be their own."""

from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from starlette.routing import Match

from award.kernel.web.routing import narrowed


def site() -> APIRouter:
    """A router made of one, with an address of its own below the same beginning."""
    inner = APIRouter(prefix="/rounds/{round_id}")
    inner.get("/notice")(lambda round_id: f"notice of {round_id}")
    outer = APIRouter()
    outer.include_router(inner)
    outer.get("/rounds/all")(lambda: "all")
    return outer


def test_every_address_is_answered_as_before() -> None:
    answers = {}
    for name, router in (("plain", site()), ("narrowed", narrowed(narrowed(site())))):
        app = FastAPI()
        app.include_router(router)
        client = TestClient(app)
        asked = [("GET", "/rounds/7/notice"), ("GET", "/rounds/all"), ("POST", "/rounds/all"), ("GET", "/rounds/7"), ("GET", "/")]
        answers[name] = [(client.request(*one).status_code, client.request(*one).text) for one in asked]
    assert answers["narrowed"] == answers["plain"]
    assert [status for status, _ in answers["plain"]] == [200, 200, 405, 404, 404]


def test_below_a_root_path_nothing_is_turned_away() -> None:
    app = FastAPI()
    app.include_router(narrowed(site()))
    assert TestClient(app, root_path="/award").get("/award/rounds/all").json() == "all"


def test_what_cannot_be_its_own_is_not_looked_for() -> None:
    router = narrowed(site())
    assert router.matches({"type": "http", "path": "/review/1", "method": "GET"}) == (Match.NONE, {})
