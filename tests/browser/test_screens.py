"""The screens are usable by everybody: no axe finding, nothing wider than the window, scoring by keyboard."""

import json
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.screen_server import Screens
from tests.browser.screens import SCREENS

pytestmark = pytest.mark.browser
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def screens() -> Iterator[Screens]:
    """All screens behind one address."""
    one = Screens(SCREENS)
    yield one
    one.shutdown()
    one.server_close()


def opened(browser: Browser, address: str, width: int) -> Page:
    """A page whose console must stay silent: the content policy is in force."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(address)
    return page


@pytest.mark.parametrize("width", [1440, 820])
@pytest.mark.parametrize("name", SCREENS)
def test_axe_finds_nothing(browser: Browser, screens: Screens, name: str, width: int) -> None:
    page = opened(browser, f"{screens.address}/{name}", width)
    result = Axe().run(page, options={"runOnly": RULES})
    assert len(result.response["passes"]) > 20
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in result.response["violations"]] == []
    page.close()


@pytest.mark.parametrize("name", SCREENS)
def test_nothing_is_wider_than_a_window_of_320(browser: Browser, screens: Screens, name: str) -> None:
    page = opened(browser, f"{screens.address}/{name}?en", 320)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.close()


@pytest.fixture
def scoring(browser: Browser, screens: Screens) -> Iterator[Page]:
    """The judge's screen."""
    screens.puts.clear()
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(f"{screens.address}/judge")
    yield page
    context.close()


def shown(page: Page) -> tuple[str, str]:
    """The percentage and the points on the screen."""
    return page.locator("[data-score-value]").inner_text(), page.locator("[data-score-points]").inner_text()


def test_arrows_go_in_steps_of_five_and_stop_at_the_ends(scoring: Page) -> None:
    scoring.keyboard.press("ArrowRight")
    assert shown(scoring) == ("75", "37.5")
    for _ in range(8):
        scoring.keyboard.press("ArrowRight")
    assert shown(scoring) == ("100", "50.0")
    assert scoring.locator(".score-band.is-on .score-band-name").inner_text() == "90–100"


def test_a_percentage_is_typed_and_27_is_refused_with_a_sentence(scoring: Page) -> None:
    for key in ("2", "7", "Enter"):
        scoring.keyboard.press(key)
    assert scoring.locator("[data-score-error]").inner_text() == "得分率须为 0 到 100 之间 5 的倍数，例如 65"
    assert shown(scoring)[0] == "70"
    for key in ("6", "5", "Enter"):
        scoring.keyboard.press(key)
    assert shown(scoring) == ("65", "32.5")
    assert scoring.locator("[data-score-error]").is_hidden()


def test_digits_typed_into_a_comment_are_text(scoring: Page) -> None:
    area = scoring.locator("[name='comments-0-text']")
    area.focus()
    scoring.keyboard.type("95")
    scoring.keyboard.press("Enter")
    assert shown(scoring)[0] == "70"


def test_comments_are_added_by_keyboard_and_saved_with_the_rest(scoring: Page, screens: Screens) -> None:
    scoring.keyboard.press("Alt+s")
    scoring.keyboard.type("新的优势")
    scoring.keyboard.press("Alt+o")
    scoring.keyboard.type("新的机会")
    scoring.wait_for_timeout(1900)
    fields = json.loads(screens.puts[-1])["fields"]
    assert (fields["comments-2-kind"], fields["comments-2-text"], fields["comments-2-mark"]) == (
        "strength",
        "新的优势",
        "+",
    )
    assert (fields["comments-3-kind"], fields["comments-3-text"], fields["comments-3-mark"]) == (
        "opportunity",
        "新的机会",
        "-",
    )
    assert (fields["percent"], fields["comments-0-refs"], fields["factor-approach"]) == (
        "70",
        "自评 p71, E-31",
        "70–85",
    )


def test_references_become_boxes_that_can_be_removed(scoring: Page) -> None:
    scoring.locator("[data-refs] .ref button").first.click()
    assert scoring.locator("[name='comments-0-refs']").input_value() == "E-31"
    scoring.locator("[data-refs] input:not([name])").first.fill("p. 72")
    scoring.keyboard.press("Enter")
    assert scoring.locator("[name='comments-0-refs']").input_value() == "E-31, p. 72"


def test_unsent_rows_come_back_after_a_reload(scoring: Page) -> None:
    scoring.keyboard.press("Alt+o")
    scoring.keyboard.type("还没有发出")
    scoring.reload()
    row = scoring.locator("[name='comments-2-text']")
    assert row.input_value() == "还没有发出"
    assert row.locator("xpath=ancestor::section[@data-kind]").get_attribute("data-kind") == "opportunity"


def test_control_enter_saves_and_goes_on(scoring: Page, screens: Screens) -> None:
    scoring.keyboard.press("ArrowLeft")
    scoring.keyboard.press("Control+Enter")
    scoring.wait_for_url("**/save")
    assert json.loads(screens.puts[-1])["fields"]["percent"] == "65"


def test_alt_arrow_goes_to_the_next_item(scoring: Page) -> None:
    scoring.keyboard.press("Alt+ArrowDown")
    scoring.wait_for_url("**/462")


def test_the_question_mark_shows_the_keys(scoring: Page) -> None:
    scoring.keyboard.press("?")
    assert scoring.locator("dialog[open] h2").inner_text() == "快捷键"
    scoring.keyboard.press("Escape")
    scoring.locator("dialog").wait_for(state="detached")


def test_without_scripts_a_comment_is_added_by_posting(browser: Browser, screens: Screens) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{screens.address}/judge")
    with page.expect_request("**/save") as sending:
        page.click("button[value='add:strength']")
    assert "act=add%3Astrength" in (sending.value.post_data or "")
    context.close()
