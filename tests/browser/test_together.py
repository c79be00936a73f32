"""Two people on one application in two browsers: who is writing, what differs, and making an earlier text the present one."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import Engine

from award.applications import queries, service
from award.kernel import db
from award.kernel.audit.trail import transaction
from tests import make
from tests.applications import world as worlds
from tests.applications.world import World
from tests.browser.live_server import serving
from tests.conftest import StandingClock

pytestmark = pytest.mark.browser
PART = "4.1.2"


@pytest.fixture
def world(engine: Engine, clock: StandingClock) -> World:
    """A draft with a writer and a reader, and two versions of one part."""
    built = worlds.build(engine)
    worlds.invited(built)
    for version, text in enumerate(("我们每年评审一次。", "完全不同：每季度由质量委员会评审并公布。")):
        with transaction(engine) as session:
            service.save_answer(session, built.owner, built.found(session), PART, text, None, version, make.NOW)
    return built


@pytest.fixture
def address(world: World) -> Iterator[str]:
    """Where the application answers."""
    with serving(world.engine) as url:
        yield url


def page_of(context: BrowserContext, world: World, address: str, who: str, rest: str = "") -> Page:
    """The item, or a page below it, open as somebody."""
    context.add_cookies([{"name": "session", "value": world.cookies[who], "url": address}, {"name": "lang", "value": "en", "url": address}])
    page = context.new_page()
    page.goto(f"{address}/apply/{world.application}/items/{PART}{rest}")
    return page


def test_who_has_the_form_open_is_named_to_the_others(browser: Browser, world: World, address: str) -> None:
    writer = page_of(browser.new_context(), world, address, "writer")
    expect(writer.locator(".presence")).to_contain_text("李敏 is writing", timeout=8000)
    owner = page_of(browser.new_context(), world, address, "owner")
    expect(owner.locator(".presence")).to_contain_text("王立 has it open now", timeout=8000)
    reader = page_of(browser.new_context(), world, address, "reader")
    expect(reader.locator(".presence")).to_contain_text("王立 has it open now")
    expect(reader.locator("textarea")).to_have_count(0)
    owner.goto(f"{address}/apply/{world.application}")
    expect(owner.locator("a.task", has_text="4.1.2").locator(".presence")).to_have_text("王立 has it open now")


def test_two_versions_are_compared_and_the_earlier_is_restored(browser: Browser, world: World, address: str) -> None:
    """Without scripts: it is all links and forms."""
    page = page_of(browser.new_context(java_script_enabled=False), world, address, "owner", "/history")
    expect(page.locator(".diff del")).not_to_have_count(0)
    line = page.locator(".diff del").first.evaluate("one => getComputedStyle(one).textDecorationLine")
    assert line == "line-through"
    border = page.locator(".diff ins").first.evaluate("one => getComputedStyle(one).borderBottomStyle")
    assert border == "solid"
    page.get_by_role("button", name="Make this the present text").click()
    expect(page.locator("#f-text")).to_have_value("我们每年评审一次。")
    with db.reading(world.engine) as session:
        texts = [one.text for one in queries.revisions_of(session, world.found(session), PART)]
    assert texts == ["我们每年评审一次。", "完全不同：每季度由质量委员会评审并公布。"]
    page.goto(f"{address}/apply/{world.application}/items/{PART}/history")
    page.get_by_role("radio", name="Earlier one").nth(2).check()
    page.get_by_role("radio", name="Later one").nth(0).check()
    page.get_by_role("button", name="Show what differs").click()
    expect(page.get_by_text("The two texts are the same.")).to_be_visible()
