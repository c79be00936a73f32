"""No keystroke is lost. Source: ux.md 2.3, rules 1 to 5, each trouble played by a small server."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.autosave_form import draft, settle, state, write
from tests.browser.autosave_server import Answers

pytestmark = pytest.mark.browser


def test_each_keystroke_is_kept_at_once_before_anything_is_sent(page: Page, answers: Answers) -> None:
    write(page, "second")
    assert draft(page)["data"] == {"text": "second", "is_done": "no"}
    assert draft(page)["base"] == "1"
    assert answers.puts == []
    assert state(page) == "dirty"


def test_after_a_pause_it_is_saved_and_the_draft_dropped(page: Page, answers: Answers) -> None:
    write(page, "second")
    settle(page)
    assert answers.puts == [{"fields": {"text": "second", "is_done": "no"}, "match": '"1"', "token": "token-1"}]
    assert state(page) == "saved"
    assert "14:32:08" in page.locator("[data-save-text]").inner_text()
    assert draft(page) is None
    assert page.locator("[name=version]").input_value() == "2"


def test_a_second_save_carries_the_new_version(page: Page, answers: Answers) -> None:
    write(page, "second")
    settle(page)
    page.locator("#f-is_done").check()
    settle(page)
    assert [one["match"] for one in answers.puts] == ['"1"', '"2"']
    assert answers.is_done == "yes"


def test_what_is_typed_while_saving_stays_a_draft_and_is_sent_next(page: Page, answers: Answers) -> None:
    page.route("**/text", lambda route: (page.locator("#f-text").evaluate(
        "area => { area.value = 'third'; area.dispatchEvent(new Event('input', {bubbles: true})) }"), route.continue_()))  # fmt: skip
    write(page, "second")
    settle(page)
    assert answers.text == "second"
    assert draft(page)["data"]["text"] == "third"
    page.unroute("**/text")
    settle(page)
    assert answers.accepted == ["second", "third"]
    assert draft(page) is None


def conflicting(page: Page, answers: Answers) -> None:
    """Both have changed the text."""
    answers.colleague_saves("theirs")
    write(page, "mine")
    settle(page)
    expect(page.locator("dialog[open]")).to_be_visible()


def test_a_conflict_shows_both_texts_and_overwrites_nothing(page: Page, answers: Answers) -> None:
    conflicting(page, answers)
    assert page.locator("[data-mine]").inner_text() == "mine"
    assert page.locator("[data-theirs]").inner_text() == "theirs"
    assert "Li Min" in page.locator("[data-why]").inner_text()
    assert "14:20" in page.locator("[data-why]").inner_text()
    assert answers.text == "theirs"
    assert draft(page)["data"]["text"] == "mine"
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_be_visible()


def test_keep_mine_saves_mine_on_top_of_theirs(page: Page, answers: Answers) -> None:
    conflicting(page, answers)
    page.click("[data-choose=mine]")
    page.wait_for_timeout(150)
    assert answers.puts[-1]["match"] == '"2"'
    assert answers.text == "mine"
    assert state(page) == "saved"


def test_use_theirs_takes_their_text_and_keeps_mine_aside(page: Page, answers: Answers) -> None:
    conflicting(page, answers)
    page.click("[data-choose=theirs]")
    page.wait_for_timeout(150)
    assert page.locator("#f-text").input_value() == "theirs"
    assert page.locator("[name=version]").input_value() == "2"
    assert len(answers.puts) == 1
    assert draft(page) is None
    assert draft(page, "kept:p1:a1:4.5.3")["data"]["text"] == "mine"
    assert answers.posts == [("/keep", '{"fields":{"text":"mine","is_done":"no"}}')]


def test_merging_starts_from_both_texts(page: Page, answers: Answers) -> None:
    conflicting(page, answers)
    page.click("[data-choose=edit]")
    area = page.locator("dialog textarea")
    assert area.input_value() == "mine\n\ntheirs"
    area.fill("mine and theirs")
    page.click("[data-choose=merged]")
    page.wait_for_timeout(150)
    assert answers.text == "mine and theirs"
    assert page.locator("#f-text").input_value() == "mine and theirs"


def test_a_save_whose_answer_was_lost_is_no_conflict(page: Page, answers: Answers) -> None:
    answers.colleague_saves("same")
    write(page, "same")
    settle(page)
    assert page.locator("dialog").count() == 0
    assert state(page) == "saved"
    assert page.locator("[name=version]").input_value() == "2"


def test_offline_the_text_stays_here_and_goes_when_the_network_is_back(
    page: Page, answers: Answers, context: BrowserContext
) -> None:
    context.set_offline(True)
    write(page, "on the train")
    settle(page)
    assert state(page) == "local"
    assert draft(page)["data"]["text"] == "on the train"
    write(page, "on the train, on")
    context.set_offline(False)
    page.wait_for_timeout(200)
    assert answers.text == "on the train, on"
    assert draft(page) is None


def test_a_silent_server_is_asked_again_after_3_6_12_24_48_96_96_seconds(page: Page, answers: Answers) -> None:
    answers.trouble = "503"
    write(page, "second")
    settle(page)
    for tries, seconds in enumerate((3, 6, 12, 24, 48, 96, 96), start=1):
        assert len(answers.puts) == tries
        page.clock.fast_forward(seconds * 1000 - 700)
        page.wait_for_timeout(30)
        assert len(answers.puts) == tries
        settle(page, 800)
    answers.trouble = ""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(150)
    assert answers.text == "second"
    assert state(page) == "saved"


def test_after_the_session_ended_signing_in_again_saves_the_text(page: Page, answers: Answers) -> None:
    answers.user, answers.token = "", "none"
    write(page, "second")
    settle(page)
    assert state(page) == "auth"
    assert draft(page)["data"]["text"] == "second"
    assert page.locator("dialog[open] a[href='/login']").is_visible()
    page.click("[data-resume]")
    page.wait_for_timeout(150)
    expect(page.locator("dialog[open]")).to_be_visible()
    answers.user, answers.token = "p1", "token-2"
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.wait_for_timeout(300)
    assert page.locator("dialog").count() == 0
    assert answers.text == "second"
    assert answers.puts[-1]["token"] == "token-2"


def test_the_text_is_not_saved_for_somebody_else(page: Page, answers: Answers) -> None:
    answers.user = ""
    write(page, "second")
    settle(page)
    answers.user, answers.token = "p2", "token-2"
    page.click("[data-resume]")
    page.wait_for_timeout(200)
    assert len(answers.puts) == 1
    assert "Someone else" in page.locator("[data-save-text]").inner_text()
    assert draft(page)["data"]["text"] == "second"


def test_a_token_that_grew_old_is_renewed_once(page: Page, answers: Answers) -> None:
    answers.token = "token-2"
    write(page, "second")
    settle(page)
    page.wait_for_timeout(200)
    assert [one["token"] for one in answers.puts] == ["token-1", "token-2"]
    assert answers.text == "second"


def test_past_the_deadline_the_text_stays_and_can_be_downloaded(page: Page, answers: Answers) -> None:
    answers.trouble = "409"
    write(page, "too late")
    settle(page)
    assert state(page) == "locked"
    assert page.locator("dialog [data-why]").inner_text() == "Applications closed at 18:00."
    assert page.locator("#f-text").input_value() == "too late"
    with page.expect_download() as loading:
        page.click("[data-download]")
    assert loading.value.suggested_filename == "a1_4.5.3.txt"
    assert "too late" in loading.value.path().read_text(encoding="utf-8")
    page.click("[data-close]")
    write(page, "too late still")
    settle(page, 120_000)
    assert len(answers.puts) == 1
    assert draft(page)["data"]["text"] == "too late still"


def test_a_refused_content_is_told_and_sent_again_only_when_changed(page: Page, answers: Answers) -> None:
    answers.trouble = "422"
    write(page, "bad")
    settle(page, 120_000)
    assert page.locator("[data-save-text]").inner_text() == "Applications closed at 18:00."
    assert len(answers.puts) == 1
    answers.trouble = ""
    write(page, "good")
    settle(page)
    assert answers.text == "good"


def test_nothing_is_sent_while_an_input_method_composes(page: Page, answers: Answers, context: BrowserContext) -> None:
    page.locator("#f-text").focus()
    devtools = context.new_cdp_session(page)
    devtools.send("Input.imeSetComposition", {"text": "zhi liang", "selectionStart": 9, "selectionEnd": 9})
    settle(page, 10_000)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    settle(page, 10_000)
    assert answers.puts == []
    assert "zhi liang" in draft(page)["data"]["text"]
    devtools.send("Input.insertText", {"text": "质量"})
    settle(page)
    assert answers.text == "质量first"
    assert len(answers.puts) == 1


def test_the_guard_of_keys_knows_keycode_229_and_the_moment_after(page: Page) -> None:
    page.clock.pause_at(page.evaluate("Date.now() + 5000"))
    composing = "event => window.award.isComposing(event)"
    assert page.evaluate(composing, {"isComposing": False, "keyCode": 229}) is True
    assert page.evaluate(composing, {"isComposing": False, "keyCode": 13}) is False
    page.evaluate("document.dispatchEvent(new Event('compositionstart'))")
    assert page.evaluate(composing, {"keyCode": 13}) is True
    page.evaluate("document.dispatchEvent(new Event('compositionend'))")
    page.clock.run_for(99)
    assert page.evaluate(composing, {"keyCode": 13}) is True
    page.clock.run_for(1)
    assert page.evaluate(composing, {"keyCode": 13}) is False


def test_after_a_reload_the_unsent_text_is_back_and_sent(page: Page, answers: Answers) -> None:
    write(page, "unsent")
    page.reload()
    assert page.locator("#f-text").input_value() == "unsent"
    assert "restored" in page.locator("[data-save-text]").inner_text()
    settle(page)
    assert answers.text == "unsent"
    assert draft(page) is None


def test_a_draft_older_than_the_saved_text_is_offered_not_forced(page: Page, answers: Answers) -> None:
    answers.trouble = "503"
    write(page, "unsent")
    answers.colleague_saves("theirs")
    page.reload()
    expect(page.locator("dialog[open]")).to_be_visible()
    assert page.locator("#f-text").input_value() == "theirs"
    assert page.locator("[data-mine]").inner_text() == "unsent"
    answers.trouble = ""
    page.click("[data-choose=mine]")
    page.wait_for_timeout(150)
    assert answers.text == "unsent"
