"""The screens are usable by everybody: no axe finding, nothing wider than the window, scoring by keyboard."""

import json
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from award.kernel.settings import ROOT
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
    screens.visitor = str(int(screens.visitor or 0) + 1)
    screens.puts.clear()
    context = browser.new_context(viewport={"width": 1440, "height": 900}, extra_http_headers={"x-visitor": screens.visitor})
    page = context.new_page()
    page.goto(f"{screens.address}/judge")
    yield page
    context.close()


def shown(page: Page) -> tuple[str, str]:
    """The percentage and the points on the screen."""
    return page.locator("[data-score-value]").inner_text(), page.locator("[data-score-points]").inner_text()


def test_arrows_go_in_steps_of_five_and_stop_at_the_ends(scoring: Page) -> None:
    scoring.keyboard.press("ArrowRight")
    assert shown(scoring) == ("75", "37.50")
    for _ in range(8):
        scoring.keyboard.press("ArrowRight")
    assert shown(scoring) == ("100", "50.00")
    assert scoring.locator(".score-band.is-on .score-band-name").inner_text() == "90–100"


def test_a_percentage_is_typed_and_27_is_refused_with_a_sentence(scoring: Page) -> None:
    for key in ("2", "7", "Enter"):
        scoring.keyboard.press(key)
    assert scoring.locator("[data-score-error]").inner_text() == "得分率须为以下取值之一：0、5、10、……、100。"
    assert shown(scoring)[0] == "70"
    for key in ("6", "5", "Enter"):
        scoring.keyboard.press(key)
    assert shown(scoring) == ("65", "32.50")
    assert scoring.locator("[data-score-error]").is_hidden()


STEP = "得分率须为以下取值之一：0、5、10、……、100。"
NOT_STEPS = ["7", "27", "10.0", "7.5", "-5", "065", "1065", "2100", "65%", "6 5", "a5", "八十", "６５"]


PRESS = "key => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}))"


def type_keys(page: Page, text: str) -> None:
    """Each character as a key of its own, also those no American keyboard has."""
    for key in text:
        if key.isascii():
            page.keyboard.press("Space" if key == " " else key)
        else:
            page.evaluate(PRESS, key)


def is_refused(page: Page, screens: Screens) -> None:
    """The sentence stands, the score is what it was, the page is the same, and nothing was saved or waits to be."""
    page.wait_for_timeout(200)
    assert page.locator("[data-score-error]").inner_text() == STEP
    assert shown(page) == ("70", "35.00")
    assert page.url.endswith("/judge")
    assert page.evaluate("award.autosaves[0].isDirty()") is False
    assert screens.puts == []


@pytest.mark.parametrize("leave", ["Enter", "Control+Enter", "Alt+ArrowDown", "Tab"])
@pytest.mark.parametrize("text", NOT_STEPS)
def test_what_is_no_step_is_shown_as_typed_and_refused(scoring: Page, screens: Screens, text: str, leave: str) -> None:
    type_keys(scoring, text)
    assert shown(scoring)[0] == text + "…"
    scoring.keyboard.press(leave)
    is_refused(scoring, screens)


@pytest.mark.parametrize("leave", ["Enter", "Control+Enter", "Alt+ArrowDown", "Tab"])
def test_an_emptied_score_is_refused(scoring: Page, screens: Screens, leave: str) -> None:
    type_keys(scoring, "6")
    scoring.keyboard.press("Backspace")
    scoring.keyboard.press(leave)
    is_refused(scoring, screens)


def test_enter_without_any_score_says_what_a_score_is(scoring: Page) -> None:
    scoring.evaluate("document.querySelector('[data-score] input:checked').checked = false")
    scoring.keyboard.press("Enter")
    assert scoring.locator("[data-score-error]").inner_text() == STEP


def test_more_characters_than_a_step_has_are_refused_while_typing(scoring: Page) -> None:
    type_keys(scoring, "100")
    assert scoring.locator("[data-score-error]").is_hidden()
    type_keys(scoring, "0")
    assert (shown(scoring)[0], scoring.locator("[data-score-error]").inner_text()) == ("1000…", STEP)
    scoring.keyboard.press("Backspace")
    scoring.keyboard.press("Enter")
    assert shown(scoring) == ("100", "50.00")


def test_escape_gives_up_what_was_typed(scoring: Page) -> None:
    type_keys(scoring, "27")
    scoring.keyboard.press("Escape")
    assert (shown(scoring)[0], scoring.locator("[data-score-error]").is_hidden()) == ("70", True)


@pytest.mark.parametrize("leave", ["Control+Enter", "Alt+ArrowDown", "Tab", "Alt+s"])
def test_a_step_typed_is_taken_by_whatever_comes_next(scoring: Page, screens: Screens, leave: str) -> None:
    type_keys(scoring, "65")
    scoring.keyboard.press(leave)
    scoring.wait_for_timeout(1900)
    if leave == "Alt+ArrowDown":
        kept = scoring.evaluate("JSON.parse(localStorage.getItem('draft:p1:s1:4.5.3')).data.percent")
        assert (kept, scoring.url.rpartition("/")[2]) == ("65", "462")
    else:
        assert json.loads(screens.puts[-1])["fields"]["percent"] == "65"


def test_typing_waits_for_its_end_however_long_it_takes(scoring: Page) -> None:
    type_keys(scoring, "7")
    scoring.wait_for_timeout(3500)
    type_keys(scoring, "5")
    scoring.keyboard.press("Enter")
    assert shown(scoring)[0] == "75"


@pytest.mark.parametrize("target", ["[data-save-next]", ".sheet .action-bar a", ".context-back"])
def test_a_click_that_leaves_stays_where_the_score_is_no_step(scoring: Page, screens: Screens, target: str) -> None:
    type_keys(scoring, "27")
    scoring.locator(target).click()
    is_refused(scoring, screens)
    scoring.locator(target).click()
    scoring.wait_for_function("!location.pathname.endsWith('/judge')")


def test_the_time_of_a_save_is_that_of_the_authority(browser: Browser, screens: Screens) -> None:
    """10:01:19 UTC is 18:01:19 in Beijing, wherever the judge's computer stands."""
    context = browser.new_context(timezone_id="America/New_York")
    page = context.new_page()
    for screen, change in (("judge", "ArrowRight"), ("item", "x")):
        page.goto(f"{screens.address}/{screen}")
        if screen == "item":
            page.locator("textarea").first.focus()
        page.keyboard.press(change)
        page.locator("[data-save-state][data-state=saved]").filter(has_text="18:01:19").wait_for(timeout=5000)
    context.close()


def test_every_form_that_saves_itself_names_its_zone() -> None:
    pages = [path.read_text() for path in (ROOT / "templates").rglob("*.html")]
    forms = [line for text in pages for line in text.splitlines() if "<form" in line and "data-autosave" in line]
    assert len(forms) == 4
    assert [line for line in forms if "data-zone=" not in line] == []


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
    # Nothing of a long one is cut; that it is too long is said once it is saved.
    scoring.locator("[data-refs] input:not([name])").first.fill("图" * 51)
    scoring.keyboard.press("Enter")
    assert scoring.locator("[name='comments-0-refs']").input_value() == f"E-31, p. 72, {'图' * 51}"


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
