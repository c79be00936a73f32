"""What browser tests share: Chromium, the small server behind autosave, and its form open under a clock the test moves."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.autosave_server import Answers, Server
from tests.browser.chromium import chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all cases."""
    with chromium() as one:
        yield one


@pytest.fixture
def server() -> Iterator[Server]:
    """A server of its own for each case."""
    one = Server()
    yield one
    one.shutdown()
    one.server_close()


@pytest.fixture
def answers(server: Server) -> Answers:
    """What the server holds."""
    return server.answers


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Fresh storage for each case."""
    one = browser.new_context(accept_downloads=True)
    yield one
    one.close()


@pytest.fixture
def page(context: BrowserContext, server: Server) -> Page:
    """The form, open, under a clock the test moves."""
    one = context.new_page()
    one.clock.install()
    one.goto(server.address)
    return one
