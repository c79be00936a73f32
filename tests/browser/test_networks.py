"""A poor network and a moved clock, on the real pages of an applicant."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine

from award.applications import queries
from award.kernel import db
from tests.applications import world as worlds
from tests.applications.world import World
from tests.browser.live_server import serving
from tests.conftest import StandingClock

pytestmark = pytest.mark.browser


@pytest.fixture
def world(engine: Engine, clock: StandingClock) -> World:
    """A draft; the clock of the server stands at 1 March 2026, 09:00 in Beijing, whatever the browser's shows."""
    return worlds.build(engine)


@pytest.fixture
def page(context: BrowserContext, world: World) -> Iterator[Page]:
    """The owner's browser at the start of his application."""
    with serving(world.engine) as address:
        cookies = {"session": world.cookies["owner"], "lang": "en"}
        context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
        opened = context.new_page()
        opened.goto(f"{address}/apply/{world.application}")
        yield opened


def files(world: World) -> list[str]:
    with db.reading(world.engine) as session:
        return [one.file.name for one in queries.evidence_of(session, world.found(session))]


def test_an_upload_that_breaks_off_is_said_and_offered_again(page: Page, world: World) -> None:
    page.goto(page.url + "/evidence")
    page.route("**/evidence", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.set_input_files("#f-file", {"name": "年报.pdf", "mimeType": "application/pdf", "buffer": worlds.pdf_bytes(2)})
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("The connection broke off; nothing of this file was kept.")).to_be_visible()
    assert files(world) == []
    page.unroute("**/evidence")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("link", name="年报", exact=True)).to_be_visible()
    assert files(world) == ["年报.pdf"]


def test_a_content_that_is_there_under_another_name_is_said(page: Page, world: World) -> None:
    page.goto(page.url + "/evidence")
    for name in ("first.pdf", "second.pdf"):
        page.set_input_files("#f-file", {"name": name, "mimeType": "application/pdf", "buffer": worlds.pdf_bytes(2)})
        page.get_by_role("button", name="Upload").click()
        expect(page.get_by_role("link", name="first", exact=True)).to_be_visible()
    expect(page.get_by_text("already as E-1 (first.pdf), so it was not stored twice")).to_be_visible()
    assert files(world) == ["first.pdf"]


def test_the_line_of_saving_shows_the_servers_time(page: Page) -> None:
    page.goto(page.url + "/items/4.1.2")
    page.locator("#f-text").fill("第一句。")
    line = page.locator("[data-save-state][data-state=saved]")
    expect(line).to_be_visible(timeout=8000)
    expect(line).to_contain_text("09:00:00")
