"""How the table is asked: a request as somebody, and what every refusal has to be."""

import re
from typing import Any

from bs4 import BeautifulSoup
from fastapi.testclient import TestClient

from award.accounts.identify import SESSION_COOKIE
from award.kernel.web.csrf import HEADER, VISITOR_COOKIE, token_for
from tests.bad_input.forms_table import FormDoor
from tests.bad_input.world import Place
from tests.kernel import bad_files

HAN = re.compile("[\u4e00-\u9fff]")
TRACES = ("Traceback", "sqlalchemy", "sqlite3.", 'File "', "/site-packages/", "pydantic", "Internal Server Error")
VISITOR = "v" * 43


def known(client: TestClient, place: Place, who: str, language: str = "en") -> dict[str, str]:
    """The client becomes somebody; answers with the headers his pages send."""
    client.cookies.clear()
    cookie = place.doors.cookies[who] if who else VISITOR
    client.cookies.set(SESSION_COOKIE if who else VISITOR_COOKIE, cookie)
    client.cookies.set("lang", language)
    return {HEADER: token_for(cookie)}


def send(client: TestClient, place: Place, door: FormDoor, changes: dict[str, str | None], language: str) -> Any:
    """A form with something else in it."""
    headers = known(client, place, door.who, language)
    merged = {**door.base, **changes}
    data = {name: filled(value, place) for name, value in merged.items() if value is not None}
    files = {name: (called, bad_files.pdf(1)) for name, called in door.files.items()}
    return client.post(filled(door.path, place), data=data, files=files or None, headers=headers)


def filled(text: str, place: Place) -> str:
    """With the ids of the world where it names them."""
    return re.sub(r"\{(\w+)\}", lambda found: place.ids[found[1]], text)


def told(answer: Any) -> str:
    """What is said of the fault: the summary of a form, the text of an error page, or the sentence of a problem."""
    if "json" in answer.headers.get("content-type", ""):
        body = answer.json()
        return f"{body.get('title', '')} {body.get('detail', '')}"
    page = BeautifulSoup(answer.text, "html.parser")
    found = page.select(".summary, .error, .callout-bad, .callout-warn, [role=alert]") or page.select("main") or [page]
    return " ".join(" ".join(one.get_text(" ").split()) for one in found)


def assert_refused(answer: Any, status: int, words: str, language: str) -> None:
    """A clear refusal, in the reader's language, that gives nothing of the program away."""
    said = told(answer)
    assert answer.status_code == status, (answer.status_code, answer.headers.get("location"), said[:400])
    assert [one for one in TRACES if one in answer.text] == []
    if language == "en":
        assert words in said, said[:600]
    else:
        assert HAN.search(said), said[:400]
        assert not words or words not in said, said[:400]
