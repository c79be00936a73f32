"""Every row of the table of requests is refused in both languages, and nothing is left of it."""

import time
from typing import Any

import pytest
from fastapi.testclient import TestClient

from award.kernel.web.context import is_api
from tests.bad_input.asking import assert_refused, filled, known
from tests.bad_input.requests_table import REQUESTS, Sent
from tests.bad_input.world import Place
from tests.policy.doors import api_token

SLOW = 5
"""Seconds; a refusal is no work."""


def ask(client: TestClient, place: Place, sent: Sent, language: str) -> Any:
    """The request as the row says; headers may hold what no client would write."""
    headers: dict[str, str] = known(client, place, sent.who, language)
    headers = {} if sent.plain else headers
    if is_api(sent.path) and sent.who:
        headers["authorization"] = f"Bearer {api_token(place.doors.cookies[sent.who])}"
    headers |= {"accept-language": language, **sent.headers}
    for name, value in sent.cookies.items():
        client.cookies.set(name, value)
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    return client.request(sent.method, filled(sent.path, place), headers=raw, content=sent.body)


@pytest.mark.parametrize("sent", REQUESTS, ids=lambda sent: sent.cause)
def test_refused(place: Place, shared_client: TestClient, sent: Sent) -> None:
    place.at("score")
    begun = time.perf_counter()
    for language in ("en", "zh"):
        answer = ask(shared_client, place, sent, language)
        if sent.headers.get("host") is not None:
            assert answer.status_code == sent.status
            continue
        assert_refused(answer, sent.status, sent.words, language)
    assert time.perf_counter() - begun < SLOW
    assert place.touched() == {}
