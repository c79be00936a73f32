"""The whole job of a round in Chromium, in Chinese: as tests/journey, with typing, autosave, keyboard, mouse and double clicks."""

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from tests.browser.browsing import BrowserVisitor
from tests.browser.live_server import serving
from tests.conftest import StandingClock
from tests.journey import after, applying, deciding, founding, judging
from tests.journey.applying import PARTS, text_of
from tests.journey.story import Entry, Story
from tests.journey.visitor import Visitor
from tests.journey.world import World

pytestmark = pytest.mark.browser
WITHOUT_SCRIPTS = ("wangfang@wanjiang.example", judging.JUDGES["j4"][1])
"""The second applicant and the substitute sign in, write, upload, score and submit in browsers that run no scripts."""


def browser_of(visitor: Visitor) -> BrowserVisitor:
    """A visitor of this journey."""
    assert isinstance(visitor, BrowserVisitor)
    return visitor


def page_of(visitor: Visitor) -> Page:
    """Its page."""
    return browser_of(visitor).page


def by_typing(visitor: Visitor, entry: Entry, part: str) -> None:
    """Typed, saved by itself, and there again after a reload."""
    page, text = page_of(visitor), text_of(entry, part)
    page.goto(f"{entry.path}/items/{part}")
    with page.expect_response(lambda answer: answer.request.method == "PUT") as saving:
        page.locator("#f-text").press_sequentially(text)
    assert saving.value.status == 200
    expect(page.locator("[data-save-state][data-state=saved]")).to_be_visible()
    page.reload()
    assert page.locator("#f-text").input_value() == text
    page.locator("[name=is_done][value=yes]").check(force=True)
    with page.expect_navigation():
        page.locator("button[value=next]").click()
    assert visitor.path == f"{entry.path}/items/{PARTS[PARTS.index(part) + 1]}"


def by_typing_offline(visitor: Visitor, entry: Entry, part: str) -> None:
    """Typed while the network is away: kept here, said so, and sent when it is back."""
    page, text = page_of(visitor), text_of(entry, part)
    page.goto(f"{entry.path}/items/{part}")
    page.context.set_offline(True)
    page.locator("#f-text").press_sequentially(text)
    page.locator("[name=is_done][value=yes]").check(force=True)
    expect(page.locator("[data-save-state][data-state=local]")).to_be_visible()
    with page.expect_response(lambda answer: answer.request.method == "PUT") as saving:
        page.context.set_offline(False)
    assert saving.value.status == 200
    expect(page.locator("[data-save-state][data-state=saved]")).to_be_visible()
    # What failed while the network was away is in the console, as it should be.
    browser_of(visitor).problems.clear()


def by_keyboard(judge: Visitor, path: str, item: str, percent: int) -> None:
    """Without a mouse: 27 is refused with a sentence, the percentage typed, a strength added, and on to the next item."""
    page = page_of(judge)
    page.goto(path)
    for key in ("2", "7", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("[data-score-error]")).to_be_visible()
    for key in (*str(percent), "Enter"):
        page.keyboard.press(key)
    expect(page.locator("[data-score-value]")).to_have_text(str(percent))
    page.keyboard.press("Alt+s")
    page.keyboard.type(f"方法系统，{item} 每季度评审并改进。")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert judge.path.endswith(judging.ITEMS[judging.ITEMS.index(item) + 1])
    judge.open(path)
    assert page.locator(f'input[name="percent"][value="{percent}"]').is_checked()
    assert "每季度评审" in page.locator('[name="comments-0-text"]').input_value()


def by_mouse(judge: Visitor, path: str, item: str, percent: int) -> None:
    """With the mouse: the step clicked, a row added, its mark chosen, saved by itself and by the button."""
    page = page_of(judge)
    page.goto(path)
    page.locator(f'label:has(> input[name="percent"][value="{percent}"])').click()
    page.locator('button[value="add:strength"]').click()
    page.locator('[name="comments-0-text"]').fill(f"{item}：职责落实到岗位。")
    with page.expect_response(lambda answer: answer.request.method == "PUT") as saving:
        page.locator('label:has(> input[name="comments-0-mark"][value="++"])').click()
    assert saving.value.status == 200
    with page.expect_navigation():
        page.locator("[data-save-next]").click()
    judge.open(path)
    assert page.locator('[name="comments-0-mark"][value="++"]').is_checked()


BY_HAND = {
    "j1": {judging.ITEMS[0]: by_keyboard, judging.ITEMS[1]: by_mouse},
    "j4": {judging.ITEMS[0]: judging.by_form},
}


def apply(story: Story) -> None:
    """Three organisations begin; one writes and submits without scripts; one is too late."""
    for entry in (story.first, story.second, story.late):
        applying.register(story, entry)
        applying.confirm_claim(story, entry)
        applying.begin(story, entry)
    applying.write(story.first, {PARTS[4]: by_typing, PARTS[5]: by_typing_offline})
    applying.write(story.second)
    for entry in (story.first, story.second):
        applying.give_evidence(entry)
        applying.submit(story, entry)
    applying.late(story, story.late)
    applying.accept(story)


@pytest.mark.timeout(400)
def test_a_round_in_the_browser(engine: Engine, clock: StandingClock, browser: Browser) -> None:
    with serving(engine) as address:
        story = Story(World(engine, lambda who: BrowserVisitor(browser, address, scripts=who not in WITHOUT_SCRIPTS)))
        founding.start(story)
        founding.invite_office(story)
        founding.found_round(story)
        founding.publish_call(story)
        apply(story)
        judging.fill_pool(story)
        judging.make_panels(story)
        judging.recuse(story)
        judging.score_all(story, BY_HAND)
        judging.on_paper(story, "site", {"first": "700.25", "second": "600"})
        judging.on_paper(story, "interview", {"first": "800", "second": "612.50"})
        for step in (deciding.rank, deciding.propose, deciding.decide, deciding.give_notice, deciding.object_to_it):
            step(story)
        for step in (deciding.approve, deciding.publish):
            step(story)
        for step in (after.certify, after.write_feedback, after.release_feedback, after.look_at_trail):
            step(story)
