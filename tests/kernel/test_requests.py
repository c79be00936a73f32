"""Requests that change something: from our own pages only, and no larger than what was told."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from award.accounts.identify import SESSION_COOKIE
from award.kernel.audit.trail import transaction
from award.kernel.web.csrf import HEADER, VISITOR_COOKIE, token_for
from tests import make
from tests.conftest import StandingClock
from tests.kernel.site import visit
from tests.visiting import sign_in

MIB = 2**20


@pytest.fixture
def browser(engine: Engine) -> Iterator[TestClient]:
    with visit(engine, body_mib=1) as client:
        client.get("/login")
        yield client


def token(client: TestClient) -> str:
    return token_for(client.cookies.get(SESSION_COOKIE) or client.cookies[VISITOR_COOKIE])


def test_our_own_form_is_taken(browser: TestClient) -> None:
    with_field = browser.post("/test/form", data={"csrf": token(browser), "name": "云川"})
    assert (with_field.status_code, with_field.json()) == (200, {"name": "云川"})
    assert browser.post("/test/form", data={"name": "x"}, headers={HEADER: token(browser)}).status_code == 200


@pytest.mark.parametrize("given", [{}, {"csrf": ""}, {"csrf": "0" * 40}, {"csrf": "é"}, {"csrf": token_for("another")}])
def test_without_the_token_nothing_is_done(browser: TestClient, given: dict[str, str]) -> None:
    answer = browser.post("/test/form", data=given)
    assert answer.status_code == 403
    assert "刷新" in answer.text


def test_a_token_of_another_session_is_not_taken(engine: Engine, browser: TestClient, clock: StandingClock) -> None:
    visitors = token(browser)
    with transaction(engine) as session:
        first, second = make.person(session), make.person(session)
    theirs = token(sign_in(browser, engine, first))
    mine = token(sign_in(browser, engine, second))
    answers = [browser.post("/test/form", data={"csrf": one}).status_code for one in (visitors, theirs, mine)]
    assert answers == [403, 403, 200]


def test_json_needs_the_token_too(browser: TestClient) -> None:
    assert browser.post("/test/form", json={"csrf": token(browser)}).status_code == 403
    assert browser.post("/test/form", json={}, headers={HEADER: token(browser)}).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://localhost", "sec-fetch-site": "same-origin"}, 200),
        ({"origin": "http://localhost"}, 200),
        ({"sec-fetch-site": "none"}, 200),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "http://localhost.evil.example"}, 403),
        ({"origin": "http://localhost:8000"}, 403),
        ({"origin": "http://evil.example", "sec-fetch-site": "same-origin"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "null", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, 200),
    ],
)
def test_another_site_is_refused_even_with_the_token(browser: TestClient, headers: dict[str, str], status: int) -> None:
    assert browser.post("/test/form", headers={**headers, HEADER: token(browser)}).status_code == status


def test_addresses_that_do_not_exist_tell_no_more_by_post(browser: TestClient) -> None:
    assert browser.post("/nowhere", data={"a": "b"}).status_code == 404


def test_reading_needs_no_token(browser: TestClient) -> None:
    assert browser.get("/test/page", headers={"sec-fetch-site": "cross-site"}).status_code == 200


def test_cookies_are_kept_from_scripts_and_other_sites(engine: Engine) -> None:
    for secure in (False, True):
        with visit(engine, secure_cookies=secure) as client:
            cookie = client.get("/login").headers["set-cookie"]
            assert "HttpOnly" in cookie
            assert "SameSite=Lax" in cookie
            assert ("Secure" in cookie) is secure


def chunks(total: int) -> Iterator[bytes]:
    """A body whose length nobody was told."""
    yield b"name="
    for _ in range(total // 1024):
        yield b"x" * 1024


def send(client: TestClient, content: object, **headers: str) -> int:
    typed = {HEADER: token(client), "content-type": "application/x-www-form-urlencoded", **headers}
    return int(client.post("/test/form", content=content, headers=typed).status_code)  # type: ignore[arg-type]


def test_a_body_is_counted_as_it_comes(browser: TestClient) -> None:
    assert send(browser, chunks(MIB // 2)) == 200
    assert send(browser, chunks(2 * MIB)) == 413
    assert send(browser, b"name=" + b"x" * (MIB // 2)) == 200
    assert send(browser, b"name=" + b"x" * MIB) == 413
    # Whatever is announced.
    assert send(browser, chunks(2 * MIB), **{"content-length": "10"}) == 413
    assert send(browser, b"name=x", **{"content-length": str(2 * MIB)}) == 413


def test_what_is_too_large_is_told_in_the_readers_language(browser: TestClient) -> None:
    typed = {HEADER: token(browser), "content-type": "application/x-www-form-urlencoded"}
    answer = browser.post("/test/form", content=chunks(2 * MIB), headers=typed)
    assert "1 MB" in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
