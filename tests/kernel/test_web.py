"""What every answer carries, whoever asks for whatever; and how errors are told."""

import logging
import re
from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup
from fastapi import APIRouter, Depends, FastAPI, WebSocket
from fastapi.testclient import TestClient
from jinja2 import UndefinedError
from sqlalchemy import Engine
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute

from award.kernel import db
from award.kernel.actor import Role
from award.kernel.audit.models import AuditRecord
from award.kernel.audit.trail import transaction
from award.kernel.clock import Installation
from award.kernel.web import guard, rendering
from award.kernel.web.guard import require_guards
from award.kernel.web.middleware import HEADERS, language_of
from award.rounds.models import CalendarYear
from tests import make
from tests.conftest import StandingClock
from tests.kernel.site import visit
from tests.visiting import post, sign_in

MISSING = "zzzzzzzzzzzz"


@pytest.fixture
def browser(engine: Engine) -> Iterator[TestClient]:
    with visit(engine) as client:
        yield client


# Headers


@pytest.mark.parametrize(
    ("address", "status"),
    [("/test/page", 200), ("/nowhere", 404), ("/test/error/fault", 500), ("/test/people", 303), ("/static/none.css", 404),
     ("/static/base.css", 200)],
)  # fmt: skip
def test_every_answer_is_protected(browser: TestClient, address: str, status: int) -> None:
    answer = browser.get(address)
    assert answer.status_code == status
    assert {name.decode(): answer.headers.get(name.decode()) for name in HEADERS} == {
        name.decode(): value.decode() for name, value in HEADERS.items()
    }
    policy = answer.headers["content-security-policy"]
    assert "'unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_another_host_is_not_answered(engine: Engine) -> None:
    with visit(engine) as client:
        assert client.get("/login", headers={"host": "evil.example"}).status_code == 400
        assert client.get("/login", headers={"host": "localhost:8000"}).status_code == 200
    with visit(engine, allowed_hosts="award.example, localhost") as client:
        assert client.get("/login", headers={"host": "award.example"}).status_code == 200
        assert client.get("/login", headers={"host": "127.0.0.1"}).status_code == 400


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("/static/base.css?v=0123456789", "public, max-age=31536000, immutable"),
        ("/static/base.css", "public, max-age=3600"),
        ("/static/none.css?v=0123456789", "private, no-store"),
        ("/test/page", "private, no-store"),
        ("/test/error/fault", "private, no-store"),
    ],
)
def test_what_caches_may_keep(browser: TestClient, address: str, kept: str) -> None:
    assert browser.get(address).headers["cache-control"] == kept


def test_static_addresses_change_with_their_content() -> None:
    assert re.fullmatch(r"/static/base\.css\?v=[0-9a-f]{10}", rendering.static_url("base.css"))
    with pytest.raises(FileNotFoundError):
        rendering.static_url("missing.css")


def test_head_answers_as_get_without_the_body(browser: TestClient) -> None:
    head, got = browser.head("/test/page"), browser.get("/test/page")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == got.headers["content-type"]
    assert (browser.head("/nowhere").status_code, browser.head("/static/base.css").content) == (404, b"")


@pytest.mark.parametrize(
    "wrong", ["bytes=9-1", "bytes=", "bytes=a-b", "lines=1-2", "9-1", "bytes=-", "bytes=0-3,9-1", "bytes=" + "9" * 5000 + "-"]
)
def test_a_range_that_is_none_gives_the_whole_file(browser: TestClient, wrong: str) -> None:
    whole, part = browser.get("/static/base.css"), browser.get("/static/base.css", headers={"range": "bytes=2-5"})
    answer = browser.get("/static/base.css", headers={"range": wrong})
    assert (answer.status_code, answer.content) == (200, whole.content)
    assert (part.status_code, part.content) == (206, whole.content[2:6])


def test_what_a_route_does_not_take_is_told(browser: TestClient) -> None:
    answer = browser.put("/test/page")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


# Errors


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [("conflict", 409, "thing.busy"), ("missing", 404, "not_found"), ("stale", 412, "thing.stale"), ("many", 429, "too.many"),
     ("unversioned", 428, "version.missing"), ("invalid", 422, "invalid"), ("fault", 500, "fault")],
)  # fmt: skip
def test_errors_for_people_and_for_programs(browser: TestClient, name: str, status: int, code: str) -> None:
    page = browser.get(f"/test/error/{name}", headers={"accept": "text/html,*/*"})
    assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
    heading = BeautifulSoup(page.text, "html.parser").find("h1")
    assert heading is not None
    assert re.search("[\u4e00-\u9fff]", heading.get_text())

    problem = browser.get(f"/test/error/{name}", headers={"accept": "application/json", "accept-language": "en"})
    assert (problem.status_code, problem.headers["content-type"]) == (status, "application/problem+json")
    told = problem.json()
    assert (told["type"], told["status"]) == (f"urn:award:{code}", status)
    assert told["title"]
    assert told["detail"]


def test_problems_carry_what_a_program_needs(browser: TestClient) -> None:
    accept = {"accept": "application/json", "accept-language": "en"}
    stale = browser.get("/test/error/stale", headers=accept).json()
    assert (stale["version"], stale["theirs"], stale["at"]) == (3, {"text": "theirs"}, "noon")
    invalid = browser.get("/test/error/invalid", headers=accept).json()
    sentence = "At most 1 characters; you have 3. Remove 2."
    assert (invalid["errors"], invalid["detail"]) == ([{"field": "name", "detail": sentence}], sentence)


def test_a_fault_tells_nothing_but_a_reference(browser: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    text = browser.get("/test/error/fault").text
    (fault,) = [one for one in caplog.records if one.levelno >= logging.ERROR]
    reference = re.search(r"[0-9a-f]{8}", fault.getMessage())
    assert reference is not None
    assert reference[0] in text
    assert "broken" not in text
    assert "Traceback" not in text


def bare(text: str, *vary: str) -> str:
    """An answer without what differs between any two requests: token, reference, its own address."""
    for one in vary:
        text = text.replace(one, "ID")
    return re.sub(r"\b[0-9a-f]{40}\b|\b[0-9a-f]{8}\b", "X", text)


def test_hidden_missing_and_misspelt_look_the_same(browser: TestClient) -> None:
    there, nowhere = "abcdefghjkmn", "0OIl-not-an-id"
    answers = [browser.get(f"/test/thing/{one}") for one in (there, MISSING, nowhere)] + [browser.get("/test/thing/")]
    bodies = {bare(answer.text, there, MISSING, nowhere, "/test/thing/") for answer in answers[:3]}
    assert {answer.status_code for answer in answers} == {404}
    assert len(bodies) == 1
    kept = [{k: v for k, v in answer.headers.items() if k not in ("set-cookie", "content-length", "date")} for answer in answers]
    assert all(one == kept[0] for one in kept)


def test_a_demonstration_says_so_on_every_page(engine: Engine, browser: TestClient) -> None:
    with transaction(engine) as session:
        session.add(Installation(id=1, is_demonstration=True, clock_offset_seconds=3600))
    for address in ("/login", "/nowhere", "/test/error/conflict", "/static/none.css", "/test/page"):
        page = BeautifulSoup(browser.get(address, headers={"accept-language": "en"}).text, "html.parser")
        assert page.select(".band"), address


def test_what_was_typed_is_shown_again_but_secrets_are_not(browser: TestClient) -> None:
    browser.get("/login")
    typed = {"name": "<i>云川</i>", "password": "Lotus-1", "new_password": "Lotus-2", "password_again": "Lotus-3", "csrf": "Lotus-4"}
    answer = browser.post("/test/form", data=typed)
    assert answer.status_code == 403
    assert "&lt;i&gt;云川&lt;/i&gt;" in answer.text
    assert "Lotus" not in answer.text


@pytest.mark.parametrize(
    ("method", "address", "came_from", "back"),
    [
        ("POST", "/test/form", "http://localhost/test/page?page=2", "/test/page?page=2"),
        ("POST", "/test/form", "http://evil.example/test/page", "/login"),
        ("POST", "/test/form", "http://localhost/test/invalid", "/login"),
        ("POST", f"/test/thing/{MISSING}/confirm", "", f"/test/thing/{MISSING}"),
        ("GET", "/test/error/conflict", "http://localhost/test/page", "/login"),
    ],
)  # fmt: skip
def test_a_refusal_leads_back_to_where_what_was_sent_stands(
    browser: TestClient, method: str, address: str, came_from: str, back: str
) -> None:
    """Never to another site, nor to an address that is only sent to; signing in is offered where there is none."""
    answer = browser.request(method, address, headers={"referer": came_from})
    assert answer.status_code in (403, 404, 409)
    primary = BeautifulSoup(answer.text, "html.parser").select("main a.btn-primary")
    assert [one["href"] for one in primary] == [back]


def test_an_invalid_form_leaves_nothing_done(engine: Engine, browser: TestClient) -> None:
    answer = post(browser, "/test/invalid", {"name": "kept"})
    assert answer.status_code == 422
    assert "kept" in answer.text
    with db.reading(engine) as session:
        assert session.get(CalendarYear, 2026) is None
        assert session.query(AuditRecord).count() == 0


# Who may knock


def test_signed_out_people_are_sent_to_sign_in_and_come_back(browser: TestClient) -> None:
    answer = browser.get("/test/people?page=2&sort=name", headers={"accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/test/people%3Fpage%3D2%26sort%3Dname")
    program = browser.get("/test/people", headers={"accept": "application/json"})
    assert (program.status_code, program.json()["type"]) == (401, "urn:award:sign_in.needed")


def test_a_guard_asks_for_the_role(engine: Engine, browser: TestClient, clock: StandingClock) -> None:
    with transaction(engine) as session:
        authority = make.authority(session)
        officer, auditor = make.officer(session, authority), make.officer(session, authority, role=Role.SUPERVISOR)
    assert sign_in(browser, engine, officer).get("/test/people").json() == "office only"
    assert sign_in(browser, engine, auditor).get("/test/people").status_code == 403


def plain(request: object) -> PlainTextResponse:
    return PlainTextResponse("open")


async def socket(websocket: WebSocket) -> None:
    await websocket.accept()


@pytest.mark.parametrize("route", [Route("/open", plain), Mount("/open", FastAPI()), WebSocketRoute("/open", socket)])
def test_nothing_stands_open_without_a_guard(route: object) -> None:
    app = FastAPI(openapi_url=None)
    app.router.routes.append(route)  # type: ignore[arg-type]
    with pytest.raises(RuntimeError, match="/open"):
        require_guards(app)


def test_routes_behind_prefixes_are_seen() -> None:
    inner, outer = APIRouter(prefix="/inner"), APIRouter(prefix="/outer")
    inner.add_api_route("/open", lambda: None)
    outer.include_router(inner)
    app = FastAPI(openapi_url=None)
    app.include_router(outer)
    with pytest.raises(RuntimeError, match="/outer/inner/open"):
        require_guards(app)
    guarded = FastAPI(openapi_url=None, dependencies=[Depends(guard.public)])
    guarded.include_router(outer)
    assert require_guards(guarded) == 1


# Language


@pytest.mark.parametrize(
    ("cookie", "accept", "language"),
    [
        (None, "", "zh"), (None, "zh-CN,zh;q=0.9,en;q=0.8", "zh"), (None, "en-GB,en;q=0.9,zh;q=0.8", "en"), ("zh", "en", "zh"),
        ("en", "zh", "en"), ("fr", "en", "en"), (None, "fr,de", "zh"), (None, "zh;q=0.1, en;q=0.9", "en"), (None, "en;q=0", "zh"),
        (None, "en;q=x,zh", "zh"), (None, "english", "zh"), (None, "*", "zh"), (None, "fr, en;q=0.5", "en"),
    ],
)  # fmt: skip
def test_the_readers_language(cookie: str | None, accept: str, language: str) -> None:
    assert language_of(cookie, accept) == language


def test_pages_say_their_language(browser: TestClient) -> None:
    for language in ("zh", "en"):
        html = BeautifulSoup(browser.get("/login", headers={"accept-language": language}).text, "html.parser").html
        assert html is not None
        assert str(html["lang"]).startswith(language)


# Templates


def test_what_people_wrote_is_escaped_in_every_template(browser: TestClient) -> None:
    assert "&lt;b&gt;T&lt;/b&gt;" in browser.get("/test/page").text
    env = rendering.environment()
    for name in ("a.html", "a.txt", "a.svg", "a.html.j2"):
        template = env.from_string("{{ x }}")
        template.name = name
        assert template.render(x="<script>") == "&lt;script&gt;"


def test_a_name_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        rendering.environment().from_string("{{ nothing }}").render()
