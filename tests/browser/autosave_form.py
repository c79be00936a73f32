"""The form of autosave_server as a test handles it."""

from typing import Any

from playwright.sync_api import Page

KEY = "draft:p1:a1:4.5.3"
IDLE = 1600


def write(page: Page, text: str) -> None:
    """Replaces the answer by typing."""
    page.locator("#f-text").fill(text)


def settle(page: Page, wait: int = IDLE) -> None:
    """Lets the idle time pass, and the answer arrive."""
    page.clock.fast_forward(wait)
    page.wait_for_timeout(150)


def state(page: Page) -> str | None:
    """The state the line under the form shows."""
    return page.locator("[data-save-state]").get_attribute("data-state")


def draft(page: Page, key: str = KEY) -> Any:
    """The copy on this computer."""
    return page.evaluate("key => JSON.parse(localStorage.getItem(key))", key)
