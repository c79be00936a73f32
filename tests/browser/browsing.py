"""Somebody at a real browser: fills forms by typing, choosing and clicking, and double-clicks where that could do harm."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Locator, Page, Response

from tests.journey.visitor import GOES_ON, Upload, Value, form_of

IMPATIENT = ("/submit", "/propose", "/publish", "/certificates")
"""Forms that are sent by a double click."""
OPEN_DETAILS = "e => { for (let d = e.closest('details'); d; d = d.parentElement.closest('details')) d.open = true }"
ENTRIES = "form => Array.from(new FormData(form)).filter(pair => typeof pair[1] === 'string')"


class BrowserVisitor:
    """A visitor of the journey in Chromium. problems: what scripts threw and what the content policy stopped."""

    def __init__(self, browser: Browser, address: str, language: str = "zh", width: int = 1440, *, scripts: bool = True) -> None:
        self.language = language
        self.address = address
        self.scripts = scripts
        self.problems: list[str] = []
        locale = "zh-CN" if language == "zh" else "en-GB"
        self.context = browser.new_context(
            locale=locale, viewport={"width": width, "height": 900}, base_url=address, java_script_enabled=scripts
        )
        self.context.set_default_timeout(10_000)
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", lambda message: self._heard(message.type, message.text))
        self.page.on("response", self._answered)
        self._sent: tuple[str, list[tuple[str, str | float | bool]]] = ("", [])

    def _heard(self, kind: str, text: str) -> None:
        # Chromium writes every refused page to the console; those the journey meets on purpose.
        if kind == "error" and "the server responded with a status of 4" not in text:
            self.problems.append(text)

    def _answered(self, answer: Response) -> None:
        if answer.status >= 400 and answer.request.resource_type in ("image", "script", "stylesheet", "font"):
            self.problems.append(f"{answer.status} {answer.url}")

    @property
    def path(self) -> str:
        """Where the visitor is, without the query."""
        return urlsplit(self.page.url).path

    def html(self) -> str:
        """The page as it stands."""
        return self.page.content()

    def open(self, path: str, expect: int = 200) -> None:
        """Goes to a page."""
        answer = self.page.goto(path)
        self._check(answer, expect)

    def _check(self, answer: Response | None, expect: int) -> None:
        assert answer is not None
        assert answer.status == expect, (answer.request.method, answer.url, answer.status, self.page.inner_text("body")[:800])
        assert not self.problems, (answer.url, self.problems)

    def send(
        self, action: str, fields: Mapping[str, Value] | None = None, *, button: str = "", where: Mapping[str, str] | None = None,
        expect: int = 200,
    ) -> None:  # fmt: skip
        """Fills in a form of the open page and presses its button. where: hidden fields that tell it from others like it."""
        form = self._form(action, list(fields or {}), button, where or {})
        for name, value in (fields or {}).items():
            self._fill(form, name, value)
        # A hidden button may stand first in a form, for the Enter key; a hand presses one that can be seen.
        pressed = form.locator(f'button:not(.sr)[value="{button}"]' if button else "button:not([type=button], .sr)").first
        pressed.evaluate(OPEN_DETAILS)
        if self.scripts and form.get_attribute("data-upload") is not None:
            self._upload(pressed, expect)
            return
        self._sent = (str(form.get_attribute("action")), form.evaluate(ENTRIES))
        if action.endswith(IMPATIENT) and expect == 200:
            self._check(self._press_twice(pressed), expect)
            return
        with self.page.expect_navigation() as arriving:
            pressed.click(no_wait_after=True)
        self._check(arriving.value, expect)

    def _press_twice(self, pressed: Locator) -> Response:
        """The answer the browser ends up with: the second press may break off the first one's navigation."""
        answers: list[Response] = []

        def keep(answer: Response) -> None:
            answers.append(answer)

        self.page.on("response", keep)
        with self.page.expect_event("load"):
            pressed.dblclick(no_wait_after=True)
        self.page.remove_listener("response", keep)
        return [one for one in answers if one.request.is_navigation_request() and one.status != 303][-1]

    def _form(self, action: str, fields: list[str], button: str, where: Mapping[str, str]) -> Locator:
        page = BeautifulSoup(self.html(), "html.parser")
        for template in page.find_all("template"):
            template.decompose()
        chosen = form_of(page, action, fields, button, where)
        place = next(place for place, one in enumerate(page.select("form")) if one is chosen)
        return self.page.locator("form").nth(place)

    def _fill(self, form: Locator, name: str, value: Value) -> None:
        control = form.locator(f'[name="{name}"]')
        control.first.evaluate(OPEN_DETAILS)
        kind = control.first.evaluate("e => e.localName === 'input' ? e.type : e.localName")
        if isinstance(value, Upload):
            control.set_input_files({"name": value.name, "mimeType": value.type, "buffer": value.content})
        elif isinstance(value, bool):
            control.first.set_checked(value, force=True)
        elif kind in ("radio", "checkbox"):
            form.locator(f'[name="{name}"][value="{value}"]').check(force=True)
        elif kind == "select":
            control.select_option(value)
        else:
            control.first.fill(value)

    def _upload(self, pressed: Locator, expect: int) -> None:
        """Files go by script: the page is loaded again when all have arrived, else the line says why not."""
        if expect != 200:
            pressed.click()
            self.page.wait_for_selector("[data-uploads] .is-bad")
            return
        with self.page.expect_navigation() as arriving:
            pressed.click()
        self._check(arriving.value, expect)

    def press_again(self) -> None:
        """Sends the last form a second time, as somebody does who went back."""
        action, entries = self._sent
        answer = self.context.request.post(action, form={str(name): value for name, value in entries})
        assert answer.status == 200, (action, answer.status)
        self._check(self.page.goto(answer.url), 200)

    def quick(self, action: str, fields: Mapping[str, str], expect: int = GOES_ON) -> None:
        """Posts fields with the token of the open page, where filling in the form once more would show nothing new."""
        token = self.page.locator("meta[name=csrf-token]").get_attribute("content") or ""
        answer = self.context.request.post(action, form={"csrf": token, **fields}, max_redirects=0)
        assert answer.status == expect, (action, fields, answer.status, answer.text()[:2000])

    def download(self, path: str) -> bytes:
        """A file."""
        answer = self.context.request.get(path)
        assert answer.status == 200, (path, answer.status)
        return answer.body()

