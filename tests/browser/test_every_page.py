"""Every page, taken from the route table, as somebody who works there sees it: axe, widths, headings, console, language, keyboard."""

import fcntl
import os
import pickle
from collections import defaultdict
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient
from playwright.sync_api import Browser
from starlette.routing import compile_path

from tests.browser.album import Album, Stop, photographed, standing_in
from tests.browser.browsing import BrowserVisitor
from tests.browser.live_server import serving
from tests.browser.looking import faults_of, faults_of_text
from tests.lasting import Engines, app_on

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
"""Whichever comes first waits for the album."""
FLOOR = 65
"""There are at least so many pages."""
PARTS = 4
"""Every page takes minutes; so many tests share them, that several processes can work on it."""
NO_PAGE = {
    "/home", "/lang/{language}", "/review/{assignment_id}/items", "/office/rounds/{round_id}/judges",
    "/office/claims/{claim_id}/licence", "/office/judges/template.xlsx",
    "/apply/{application_id}/items/{part}/history/{place}.txt",
    "/apply/{application_id}/submissions/{number}.json", "/evidence/{evidence_id}", "/evidence/{evidence_id}/pages/{number}",
    "/apply/{application_id}/feedback/report.pdf", "/office/rounds/{round_id}/feedback/{application_id}/report.pdf",
    "/notices/{notice_id}/document", "/office/rounds/{round_id}/notice/document",
    "/office/rounds/{round_id}/results/minutes/{category}", "/office/rounds/{round_id}/results/approval/{approval_id}/paper",
    "/office/rounds/{round_id}/outcomes/{application_id}/paper", "/office/rounds/{round_id}/trail/heads",
    "/office/rounds/{round_id}/certificates/{certificate_id}/document", "/papers/{kind}/{thing_id}/file",
    "/office/import/{table_kind}/template.xlsx", "/office/rounds/{round_id}/papers/bundle.zip",
    "/office/rounds/{round_id}/notice/objections/{objection_id}/letter",
    "/office/rounds/{round_id}/notice/objections/{objection_id}/files/{kind}",
    "/office/rounds/{round_id}/results/amendment/{decision_id}/minutes",
    "/office/rounds/{round_id}/outcomes/{application_id}/versions/{outcome_id}/paper",
}  # fmt: skip
"""What is asked for by GET and is no page: files, fragments, and ways on to somewhere else."""
SKIPPED = "() => document.querySelector('main').contains(document.activeElement) || document.activeElement.tagName === 'MAIN'"
OUTLINE = """() => { const one = document.activeElement, style = getComputedStyle(one);
    return [one.outerHTML.slice(0, 90), style.outlineStyle, style.outlineWidth, style.boxShadow] }"""


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Album]:
    """A round on its way, made once for all processes that run these tests."""
    base, worker = tmp_path_factory.getbasetemp(), os.environ.get("PYTEST_XDIST_WORKER")
    directory = (base.parent if worker else base) / "album"
    directory.mkdir(exist_ok=True)
    kept = directory / "album.pickle"
    with (directory / "lock").open("w") as lock, standing_in(directory):
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_bytes(pickle.dumps(photographed(directory)))
        fcntl.flock(lock, fcntl.LOCK_UN)
        yield pickle.loads(kept.read_bytes())


@pytest.fixture(autouse=True)
def _in_its_place(album: Album) -> Iterator[None]:
    """Its clock and its files, for each test."""
    with standing_in(album.directory):
        yield


def visitors(browser: Browser, address: str, stop: Stop, album: Album) -> dict[str, BrowserVisitor]:
    """A browser for everybody who looks at something, signed in."""
    found = {}
    for who in {who for who, _, _ in stop.pages}:
        found[who] = BrowserVisitor(browser, address)
        cookies = {**album.cookies.get(who, {}), "lang": "zh"}
        found[who].context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
    return found


def test_every_route_is_among_the_pages(album: Album, lasting_engines: Engines) -> None:
    with lasting_engines.on(f"sqlite:///{album.stops[-1].database}") as engine:
        routes = pages_of(app_on(engine))
    assert len(routes) >= FLOOR
    seen = {route_of(routes, address.partition("?")[0]) for stop in album.stops for _, address, _ in stop.pages}
    assert sorted(set(routes) - seen) == []


def pages_of(app: FastAPI) -> list[str]:
    """The paths of all pages, in the order they are tried."""
    contexts = [one for one in iter_route_contexts(app.routes) if isinstance(one.original_route, APIRoute)]
    paths = [str(one.path) for one in contexts if "GET" in (one.methods or set()) and one.path not in NO_PAGE]
    return [one for one in paths if not one.startswith("/api/")]


def route_of(routes: list[str], address: str) -> str | None:
    """The route an address leads to."""
    return next((one for one in routes if compile_path(one)[0].match(address)), None)


def told(faults: dict[str, set[str]]) -> str:
    """All faults, page by page."""
    return "\n".join(f"{place}: {one}" for place, found in faults.items() for one in sorted(found))


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_is_usable_by_everybody(album: Album, lasting_engines: Engines, browser: Browser, part: int) -> None:
    faults: dict[str, set[str]] = defaultdict(set)
    for stop in album.stops:
        with lasting_engines.on(f"sqlite:///{stop.database}") as engine, serving(engine) as address:
            people = visitors(browser, address, stop, album)
            for who, path, status in stop.pages[part::PARTS]:
                visitor = people[who]
                answer = visitor.page.goto(path)
                assert answer is not None
                place = f"{stop.name} {who} {path}"
                if answer.status != status:
                    faults[place].add(f"answers {answer.status}")
                    continue
                faults[place] |= {*faults_of(visitor.page), *faults_of_text(visitor.html(), "zh"), *visitor.problems}
                visitor.problems.clear()
            for visitor in people.values():
                visitor.context.close()
    assert told(faults) == ""


def test_every_page_speaks_english_where_english_is_asked_for(album: Album, lasting_engines: Engines) -> None:
    faults: dict[str, set[str]] = defaultdict(set)
    for stop in album.stops:
        with lasting_engines.on(f"sqlite:///{stop.database}") as engine:
            client = TestClient(app_on(engine), base_url="http://localhost")
            for who, path, status in stop.pages:
                client.cookies.clear()
                for name, value in {**album.cookies.get(who, {}), "lang": "en"}.items():
                    client.cookies.set(name, value)
                answer = client.get(path)
                assert answer.status_code == status, (stop.name, who, path, answer.status_code)
                faults[f"{stop.name} {who} {path}"] |= set(faults_of_text(answer.text, "en"))
    assert told(faults) == ""


@pytest.mark.parametrize(("who", "path"), [
    ("visitor", "/"), ("first", "/apply"), ("j1", "/review"), ("colleague", "/office"),
])  # fmt: skip
def test_by_keyboard_one_skips_to_the_content_and_sees_where_one_is(
    album: Album, lasting_engines: Engines, browser: Browser, who: str, path: str
) -> None:
    stop = album.stops[-1]
    with lasting_engines.on(f"sqlite:///{stop.database}") as engine, serving(engine) as address:
        visitor = visitors(browser, address, stop, album)[who]
        visitor.open(path)
        page = visitor.page
        page.keyboard.press("Tab")
        box = page.evaluate("document.activeElement.getBoundingClientRect().toJSON()")
        assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
        assert box["top"] >= 0
        assert box["width"] > 24
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate(SKIPPED)
        visitor.open(path)
        for _ in range(8):
            page.keyboard.press("Tab")
            tag, style, width, shadow = page.evaluate(OUTLINE)
            assert (style != "none" and width != "0px") or shadow != "none", tag
        visitor.context.close()
