"""A judge scores and submits on the real pages with the keyboard alone; every page of judging is usable by everybody."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import Engine, select

from award.judging import service
from award.judging.models import SheetItem
from award.kernel.audit.trail import transaction
from tests.browser.live_server import serving
from tests.browser.test_screens import RULES
from tests.judging import world as worlds
from tests.judging.browsing import doors
from tests.judging.world import World

pytestmark = pytest.mark.browser
SAVED = "[data-save-state][data-state=saved]"


@pytest.fixture
def world(engine: Engine) -> World:
    """A panel under the real clock, because the browser has one of its own; one seat has not been signed for."""
    return worlds.build(engine, datetime.now(UTC), applications=2, unsigned=((1, 0),))


@pytest.fixture
def address(world: World) -> Iterator[str]:
    """Where the application answers."""
    with serving(world.engine) as url:
        yield url


def open_as(context: BrowserContext, world: World, address: str, who: str, path: str) -> Page:
    """A page, signed in, in English."""
    cookies = {"session": world.cookies[who], "lang": "en"}
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
    page = context.new_page()
    page.goto(f"{address}{path}")
    return page


def tab_to(page: Page, name: str) -> None:
    """Presses Tab until a link, button or box of that name has the focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        focused = page.evaluate("(document.activeElement.getAttribute('aria-label') || document.activeElement.textContent || '').trim()")
        if re.search(name, str(focused)):
            return
    raise AssertionError(f"the focus never came to {name}")


def test_scoring_with_the_keyboard_alone(world: World, address: str, context: BrowserContext) -> None:
    now = datetime.now(UTC)
    worlds.score(world, 0, 0, now, percent=60, leave=2)
    page = open_as(context, world, address, "judge0", "/review")
    tab_to(page, r"Continue scoring \(4\.7\.6\)")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/items/4\.7\.6$"))
    for key in ("6", "5", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("[data-score-value]")).to_have_text("65")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-score-points]")).to_have_text("35.00")
    page.keyboard.press("Alt+s")
    page.keyboard.type("Results of key processes rise for four years, p. 118.")
    expect(page.locator(SAVED)).to_be_visible(timeout=8000)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/items/4\.7\.7$"))
    for key in ("2", "7", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("[data-score-error]")).to_be_visible()
    for key in ("4", "5", "Enter", "Control+Enter"):
        page.keyboard.press(key)
    page.wait_for_url(re.compile(r"/review/[a-z0-9]+$"))
    tab_to(page, "Submit the sheet")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/submit$"))
    tab_to(page, "Submit the sheet")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Receipt")).to_be_visible()
    with transaction(world.engine) as session:
        sheet = worlds.sheet(session, world, 0, 0)
        # 950 + 50 points: 21 items at 60 % of 900 points, then 70 % of 50 and 45 % of 50.
        assert sheet.total_hundredths == 900 * 60 + 50 * 70 + 50 * 45
        assert sheet.state == "submitted"


def test_leaving_an_item_loses_nothing(world: World, address: str, context: BrowserContext) -> None:
    """Away at once, before anything was sent: the text waits in the browser and is saved on return."""
    url = f"/review/{world.seats[0, 0]}/items/4.1.2"
    page = open_as(context, world, address, "judge0", url)
    page.keyboard.press("Alt+s")
    page.keyboard.type("Leaders talk to every shift each month.")
    page.get_by_role("link", name="Organizational profile").click()
    page.wait_for_url(re.compile("tab=profile"))
    expect(page.locator("[data-row] textarea").first).to_have_value("Leaders talk to every shift each month.")
    expect(page.locator(SAVED)).to_be_visible(timeout=8000)
    with transaction(world.engine) as session:
        row = session.scalars(select(SheetItem)).one()
        assert [one["text"] for one in row.comments] == ["Leaders talk to every shift each month."]


def test_two_windows_choose_between_both_versions(world: World, address: str, context: BrowserContext) -> None:
    url = f"/review/{world.seats[0, 0]}/items/4.1.2"
    first = open_as(context, world, address, "judge0", url)
    # Another computer: no copy in this browser.
    with transaction(world.engine) as session:
        found, seat = world.application(session), world.seat(session, 0, 0)
        service.save_item(session, world.judges[0], found, seat, "4.1.2", worlds.entry(40), 0, datetime.now(UTC))
    first.locator("[data-score] label").filter(has_text=re.compile("^70$")).click()
    dialog = first.get_by_role("dialog")
    expect(dialog).to_be_visible(timeout=8000)
    expect(dialog.get_by_text("40", exact=True)).to_be_visible()
    dialog.get_by_role("button", name="Keep mine").click()
    expect(first.locator(SAVED)).to_be_visible(timeout=8000)
    with transaction(world.engine) as session:
        row = session.scalars(select(SheetItem)).one()
        assert (row.percent, row.version) == (70, 2)


@pytest.fixture
def full(world: World) -> World:
    """Every page has something to show: a panel that is done and a report begun, and another that scores."""
    now = datetime.now(UTC)
    worlds.all_in(world, 0, now=now)
    worlds.score(world, 1, 1, now, leave=3)
    with transaction(world.engine) as session:
        report = service.start_report(session, world.judges[0], world.application(session), now)
        key = next(iter(service.feedback.queries.sources_of(session, report)["4.1.2"])).key
        service.take_comment(session, world.judges[0], report, "4.1.2", [key], report.version, now)
    return world


def paths(world: World, who: str) -> list[str]:
    """What this person can open."""
    if who == "judge1":
        return doors(world, 1)[who]
    found = doors(world, 0)[who]
    if who == "judge0":
        return [*found, f"/review/{world.seats[1, 0]}/declaration", f"/review/{world.seats[0, 0]}/items/4.1.2?tab=evidence"]
    return [*found, *(url for url in doors(world, 1)[who] if world.applications[1] in url), "/office/import/judges"]


@pytest.mark.parametrize("width", [1440, 820])
@pytest.mark.parametrize(("who", "least"), [("judge0", 9), ("judge1", 7), ("office", 10)])
@pytest.mark.timeout(400)
def test_axe_finds_nothing_and_no_page_is_too_wide(full: World, address: str, browser: Browser, who: str, least: int, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    looked = 0
    for path in paths(full, who):
        page = open_as(context, full, address, who, path)
        result = Axe().run(page, options={"runOnly": RULES})
        found = [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in result.response["violations"]]
        assert found == [], (who, path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        looked += 1
        page.close()
    context.close()
    assert looked >= least
