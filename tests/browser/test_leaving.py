"""Leaving a form that saves itself: by its button, by signing out, after a month, and without scripts. Source: ux.md 2.3, rules 6 and 8."""

from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.autosave_form import KEY, draft, write
from tests.browser.autosave_server import Answers, Server

pytestmark = pytest.mark.browser


def stored_keys(page: Page) -> list[str]:
    """What lies on this computer."""
    return sorted(page.evaluate("Object.keys(localStorage)"))


def with_other_things_stored(page: Page) -> None:
    """Another person's draft and something that is not ours."""
    page.reload()
    write(page, "mine")
    page.evaluate(
        "localStorage.setItem('draft:p2:x', JSON.stringify({at: Date.now()})); localStorage.setItem('other', '1')"
    )
    page.click("text=Sign out")


def test_sign_out_on_a_shared_computer_saves_and_clears_ones_own_drafts(page: Page, answers: Answers) -> None:
    answers.shared = True
    with_other_things_stored(page)
    page.wait_for_url("**/logout")
    assert answers.text == "mine"
    assert stored_keys(page) == ["draft:p2:x", "other"]


def test_sign_out_on_a_shared_computer_waits_while_the_text_cannot_be_saved(page: Page, answers: Answers) -> None:
    answers.shared, answers.trouble = True, "503"
    with_other_things_stored(page)
    page.wait_for_timeout(200)
    assert answers.posts == []
    assert draft(page)["data"]["text"] == "mine"


def test_sign_out_on_ones_own_computer_keeps_drafts(page: Page, answers: Answers) -> None:
    answers.trouble = "503"
    with_other_things_stored(page)
    page.wait_for_url("**/logout")
    assert stored_keys(page) == [KEY, "draft:p2:x", "other"]


def test_drafts_are_forgotten_after_30_days(page: Page) -> None:
    for name, days in (("draft:p1:old", 31), ("draft:p1:young", 29), ("kept:p1:old", 31)):
        page.evaluate(
            "([name, days]) => localStorage.setItem(name, JSON.stringify({at: Date.now() - days * 864e5}))",
            [name, days],
        )
    page.reload()
    assert stored_keys(page) == ["draft:p1:young"]


def test_the_button_saves_first_and_then_goes_its_way(page: Page, answers: Answers) -> None:
    write(page, "second")
    page.click("button[name=act]")
    page.wait_for_url("**/form")
    assert answers.text == "second"
    sent = parse_qs(answers.posts[-1][1])
    assert (sent["text"], sent["version"], sent["act"]) == (["second"], ["2"], ["next"])
    assert draft(page) is None


def test_offline_the_button_does_not_leave_the_page(page: Page, answers: Answers, context: BrowserContext) -> None:
    context.set_offline(True)
    write(page, "second")
    page.click("button[name=act]")
    page.wait_for_timeout(200)
    assert page.locator("#f-text").input_value() == "second"
    assert answers.posts == []


def test_without_scripts_the_same_form_posts_with_its_version(browser: Browser, server: Server) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.address)
    page.fill("#f-text", "plain")
    page.click("button[name=act]")
    page.wait_for_url("**/form")
    sent = parse_qs(server.answers.posts[-1][1])
    assert (sent["text"], sent["version"], sent["csrf"]) == (["plain"], ["1"], ["token-1"])
    context.close()


def test_the_counter_tells_at_90_percent_and_past_the_limit(page: Page) -> None:
    write(page, "x" * 17)
    assert page.locator("#c-text").get_attribute("class") == "counter"
    write(page, "x" * 18)
    assert "is-near" in (page.locator("#c-text").get_attribute("class") or "")
    write(page, "质" * 23)
    assert page.locator("#c-text").inner_text() == "23 of 20 characters: remove 3"
