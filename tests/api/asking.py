"""How tests speak to the API: as somebody with a token."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import Engine

from award.accounts.models import ApiToken
from award.accounts.queries import hash_token
from award.accounts.service.tokens import new_api_token
from award.kernel.actor import TokenScope
from award.kernel.audit.trail import transaction
from tests import make

API = "/api/v1"
ALL = frozenset(TokenScope)
OF_PAGES = re.compile("网页|页面|窗口|按钮|刷新|重新加载|请选择|首页|page|window|button|reload|choose|go back", re.IGNORECASE)
"""What only somebody before a page could do anything with."""


def token_for(
    engine: Engine, person_id: int | None, scopes: Iterable[TokenScope] = ALL, *, ends_at: datetime = make.NOW + timedelta(30)
) -> str:
    """A token of a person, made without the page."""
    assert person_id is not None
    token = new_api_token()
    with transaction(engine) as session:
        session.add(
            ApiToken(
                token_hash=hash_token(token), person_id=person_id, name="test", scopes=sorted(one.value for one in scopes),
                created_at=make.NOW, ends_at=ends_at,
            )
        )  # fmt: skip
    return token


class Program:
    """A program with a token. Every answer that is an error has the shape of one."""

    def __init__(self, client: TestClient, token: str) -> None:
        self.client = client
        self.token = token

    def ask(self, method: str, path: str, *, tag: str | None = None, key: str = "", **more: Any) -> Any:
        """tag: of If-Match; key: Idempotency-Key."""
        headers = {"authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        headers |= {"if-match": tag} if tag is not None else {}
        headers |= {"idempotency-key": key} if key else {}
        answer = self.client.request(method, API + path, headers=headers, **more)
        if answer.status_code >= 400:
            assert_problem(answer)
        return answer

    def get(self, path: str, **more: Any) -> Any:
        """Reads."""
        return self.ask("GET", path, **more)

    def put(self, path: str, body: Any, **more: Any) -> Any:
        """Writes."""
        return self.ask("PUT", path, json=body, **more)

    def post(self, path: str, body: Any, **more: Any) -> Any:
        """Submits."""
        return self.ask("POST", path, json=body, **more)


def assert_problem(answer: Any, status: int | None = None, code: str = "") -> None:
    """Source: RFC 9457: the media type, the members, the status once more."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body = answer.json()
    assert {"type", "title", "status", "detail", "code"} <= set(body)
    assert body["status"] == answer.status_code == (status or answer.status_code)
    assert body["type"] == f"urn:award:{body['code']}"
    assert body["title"]
    assert body["detail"]
    assert not code or body["code"] == code
    assert not OF_PAGES.search(f"{body['title']} {body['detail']}"), body
