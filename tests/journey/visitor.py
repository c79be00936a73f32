"""Somebody at a browser: opens pages, fills their forms as they stand there, and reads what comes of it.

The journey is told once, over `Visitor`; `HttpVisitor` takes it without scripts and without a browser.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from fastapi import FastAPI
from fastapi.testclient import TestClient

from award.kernel.i18n import translate

GOES_ON = 303


@dataclass(frozen=True)
class Upload:
    """A file to be chosen in a form."""

    name: str
    content: bytes
    type: str = "application/pdf"


Value = str | bool | Upload
"""Text, the value of a choice, whether a box is ticked, or a file."""


class Visitor(Protocol):
    """One person's browser. Every act asserts that the answer has the status expected of it."""

    language: str

    @property
    def path(self) -> str:
        """Where the visitor is, without the query."""

    def open(self, path: str, expect: int = 200) -> None:
        """Goes to a page."""

    def send(
        self, action: str, fields: Mapping[str, Value] | None = None, *, button: str = "", where: Mapping[str, str] | None = None,
        expect: int = 200,
    ) -> None:  # fmt: skip
        """Fills in a form of the open page and presses its button. where: hidden fields that tell it from others like it."""

    def press_again(self) -> None:
        """Sends the last form a second time, as a double click does."""

    def quick(self, action: str, fields: Mapping[str, str], expect: int = GOES_ON) -> None:
        """Posts fields with the token of the open page, where filling in the form once more would show nothing new."""

    def html(self) -> str:
        """The page as it stands."""

    def download(self, path: str) -> bytes:
        """A file."""


def soup(visitor: Visitor) -> BeautifulSoup:
    """The page, parsed."""
    return BeautifulSoup(visitor.html(), "html.parser")


def words(visitor: Visitor) -> str:
    """The text of the page's main part, spaces joined."""
    main = soup(visitor).find("main")
    assert main is not None
    return " ".join(main.get_text(" ").split())


def says(visitor: Visitor, text: str, **params: object) -> None:
    """Asserts that a sentence, named by its English text, stands on the page in the visitor's language."""
    expected = " ".join(translate(visitor.language, text, params).split())
    assert expected in words(visitor), (expected, words(visitor)[:2000])


def link(visitor: Visitor, part: str) -> str:
    """The first link of the page's main part whose address holds this."""
    found = links(visitor, part)
    assert found, (part, [one.get("href") for one in soup(visitor).select("main a")])
    return found[0]


def links(visitor: Visitor, part: str) -> list[str]:
    """The addresses of the page's main part that hold this, in order, each once."""
    addresses = [str(one["href"]) for one in soup(visitor).select("main a[href]")]
    return list(dict.fromkeys(one for one in addresses if part in one))


def link_beside(visitor: Visitor, name: str, part: str = "") -> str:
    """The address of the link that stands in the same row or card as a name."""
    rows = [one for one in soup(visitor).select("main tr, main article, main li") if name in one.get_text()]
    assert rows, (name, words(visitor)[:1000])
    found = [str(one["href"]) for one in rows[0].select("a[href]") if part in str(one["href"])]
    assert found, (name, part, str(rows[0]))
    return found[0]


def faults(visitor: Visitor) -> list[str]:
    """The sentences of the summary of errors; each leads to a place that is there."""
    page = soup(visitor)
    found = page.select(".summary li a")
    for one in found:
        assert page.find(id=str(one["href"]).removeprefix("#")) is not None, one
    return [one.get_text().strip() for one in found]


class HttpVisitor:
    """A browser without scripts."""

    def __init__(self, app: FastAPI, language: str = "en") -> None:
        self.language = language
        self._client = TestClient(app, base_url="http://localhost", follow_redirects=False)
        self._client.cookies.set("lang", language)
        self._page: Any = None
        self._sent: tuple[str, dict[str, Any], dict[str, Any]] = ("", {}, {})

    @property
    def cookies(self) -> dict[str, str]:
        """What the browser holds of this site."""
        return dict(self._client.cookies.items())

    @property
    def path(self) -> str:
        """Where the visitor is, without the query."""
        return str(self._page.request.url.path)

    def html(self) -> str:
        """The page as it stands."""
        return str(self._page.text)

    def open(self, path: str, expect: int = 200) -> None:
        """Goes to a page."""
        self._arrive(self._client.get(path.partition("#")[0]), expect)

    def _arrive(self, answer: Any, expect: int) -> None:
        steps = 0
        while answer.status_code in (GOES_ON, 302, 307) and steps < 5:
            target = urlsplit(answer.headers["location"])
            answer = self._client.get(target.path + (f"?{target.query}" if target.query else ""))
            steps += 1
        assert answer.status_code == expect, (answer.request.method, answer.request.url.path, answer.status_code, _main(answer.text))
        self._page = answer

    def send(
        self, action: str, fields: Mapping[str, Value] | None = None, *, button: str = "", where: Mapping[str, str] | None = None,
        expect: int = 200,
    ) -> None:  # fmt: skip
        """Fills in a form of the open page and presses its button. where: hidden fields that tell it from others like it."""
        form = form_of(BeautifulSoup(self.html(), "html.parser"), action, list(fields or {}), button, where or {})
        data, files = _filled(form, fields or {})
        data |= _pressed(form, button)
        if form.get("method") == "get":
            self._arrive(self._client.get(action, params=data), expect)
            return
        self._sent = (str(form["action"]), data, files)
        self._arrive(self._post(), expect)

    def _post(self) -> Any:
        action, data, files = self._sent
        return self._client.post(action, data=data, files=files or None)

    def press_again(self) -> None:
        """Sends the last form a second time, as a double click does."""
        self._arrive(self._post(), 200)

    def quick(self, action: str, fields: Mapping[str, str], expect: int = GOES_ON) -> None:
        """Posts fields with the token of the open page."""
        token = BeautifulSoup(self.html(), "html.parser").select_one("meta[name=csrf-token]")
        assert token is not None
        answer = self._client.post(action, data={"csrf": str(token["content"]), **fields})
        assert answer.status_code == expect, (action, fields, answer.status_code, _main(answer.text))

    def download(self, path: str) -> bytes:
        """A file."""
        answer = self._client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.content


def _main(html: str) -> str:
    """What a page that was not expected says, for the report of a failure."""
    main = BeautifulSoup(html, "html.parser").find("main")
    return " ".join((main.get_text(" ") if main else html).split())[:800]


def form_of(page: BeautifulSoup, action: str, fields: Sequence[str], button: str, where: Mapping[str, str]) -> Tag:
    """The first form of a page that posts there, holds these fields and hidden values, and has the button."""
    found = list(page.select("form"))
    wanted = [f'[name="{name}"]' for name in fields]
    wanted += [f'[type=hidden][name="{name}"][value="{value}"]' for name, value in where.items()]
    wanted += [f'button[value="{button}"]'] if button else []
    found = [one for one in found if str(one.get("action", "")).partition("?")[0] == action.partition("?")[0]]
    assert found, (f"no form posts to {action}", [one.get("action") for one in page.select("form")], _main(str(page)))
    fitting = [one for one in found if all(one.select(part) for part in wanted)]
    assert fitting, (f"no form to {action} has {wanted}", [sorted(_names(one)) for one in found])
    return fitting[0]


def _names(form: Tag) -> set[str]:
    return {str(one["name"]) for one in form.select("[name]")}


def _filled(form: Tag, fields: Mapping[str, Value]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the form would send: what stands in it, changed as the visitor types. Only fields that are there can be filled."""
    data: dict[str, Any] = {}
    for one in form.select("input[name], textarea[name], select[name]"):
        if not one.has_attr("disabled") and (standing := _standing(one)) is not None:
            data[str(one["name"])] = standing
    files: dict[str, Any] = {}
    for name, value in fields.items():
        control = form.select(f'[name="{name}"]')[0]
        assert not control.has_attr("disabled"), f"{name} is disabled"
        data.pop(name, None)
        if isinstance(value, Upload):
            files[name] = (value.name, value.content, value.type)
        elif isinstance(value, bool):
            data |= {name: str(control.get("value", "on"))} if value else {}
        else:
            _check_choice(form, name, value)
            data[name] = value
    return data, files


def _standing(control: Tag) -> str | None:
    """What a control sends as it stands; None where it sends nothing."""
    if control.name == "textarea":
        return control.get_text().removeprefix("\n")
    if control.name == "select":
        chosen = control.select_one("option[selected]") or control.select_one("option")
        return str(chosen.get("value", "")) if chosen else None
    kind = control.get("type", "text")
    if kind in ("radio", "checkbox"):
        return str(control.get("value", "on")) if control.has_attr("checked") else None
    return None if kind in ("file", "submit", "button") else str(control.get("value", ""))


def _check_choice(form: Tag, name: str, value: str) -> None:
    """A visitor can only choose what is offered."""
    radios = [str(one["value"]) for one in form.select(f'input[type=radio][name="{name}"]')]
    options = [str(one["value"]) for one in form.select(f'select[name="{name}"] option')]
    offered = radios or options
    assert not offered or value in offered, (name, value, offered)


def _pressed(form: Tag, button: str) -> dict[str, str]:
    buttons = [one for one in form.find_all("button") if one.get("type", "submit") == "submit"]
    chosen = [one for one in buttons if one.get("value", "") == button] if button else buttons
    assert chosen, (f"no button {button}", [one.get("value") for one in buttons])
    assert not chosen[0].has_attr("disabled"), f"the button is disabled: {form.get_text(' ', strip=True)}"
    return {str(chosen[0]["name"]): str(chosen[0].get("value", ""))} if chosen[0].has_attr("name") else {}
