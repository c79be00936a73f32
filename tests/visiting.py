"""How tests knock at pages: as somebody with a session, with the token every form carries."""

from typing import Any

from bs4 import BeautifulSoup, Tag
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from award.accounts.identify import SESSION_COOKIE
from award.accounts.models import Person
from award.kernel.audit.trail import transaction
from award.kernel.web.csrf import HEADER, VISITOR_COOKIE, token_for
from tests import make


def sign_in(client: TestClient, engine: Engine, who: Person) -> TestClient:
    """The client, from now on with a running session of the person."""
    with transaction(engine) as session:
        token = make.signed_in(session, who)
    client.cookies.clear()
    client.cookies.set(SESSION_COOKIE, token)
    return client


def post(client: TestClient, url: str, data: dict[str, str] | None = None, **more: Any) -> Any:
    """Sends a form as our own pages do."""
    if not client.cookies.get(SESSION_COOKIE) and not client.cookies.get(VISITOR_COOKIE):
        client.get("/login")
    secret = client.cookies.get(SESSION_COOKIE) or client.cookies.get(VISITOR_COOKIE) or ""
    return client.post(url, data=data, headers={HEADER: token_for(secret)}, **more)


def only(page: Tag, selector: str) -> Tag:
    """The one element of a page, or of a part of it, that a selector finds."""
    found = page.select(selector)
    assert len(found) == 1, f"{selector} finds {len(found)}"
    return found[0]


def words(answer: Any) -> str:
    """The text of a page's main part, spaces joined."""
    return " ".join(only(BeautifulSoup(answer.text, "html.parser"), "main").get_text(" ").split())


def faults(answer: Any, *, named: bool = False) -> list[str]:
    """The sentences of the summary of errors, with the names of their fields or without."""
    return [(one if named else one.span or one).get_text() for one in BeautifulSoup(answer.text, "html.parser").select(".summary li")]
