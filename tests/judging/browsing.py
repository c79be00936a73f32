"""Pages of judging as somebody of the world sees them."""

import re
from typing import Any

from bs4 import BeautifulSoup
from fastapi.testclient import TestClient

from award.accounts.identify import SESSION_COOKIE
from award.kernel.web.csrf import HEADER, token_for
from tests.judging.world import World


def as_(client: TestClient, world: World, who: str) -> TestClient:
    """The client, signed in as office, supervisor, judge0 …, owner0 …"""
    client.cookies.clear()
    client.cookies.set(SESSION_COOKIE, world.cookies[who])
    return client


def post(client: TestClient, url: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
    """Sends a form as our own pages do."""
    return client.post(url, data=data, headers={HEADER: token_for(client.cookies[SESSION_COOKIE])}, **more)


def put(client: TestClient, url: str, fields: dict[str, Any], version: int | None = 0) -> Any:
    """Saves as autosave.js does."""
    headers = {HEADER: token_for(client.cookies[SESSION_COOKIE]), "accept": "application/json"}
    if version is not None:
        headers["if-match"] = f'"{version}"'
    return client.put(url, json={"fields": fields}, headers=headers)


def doors(world: World, at: int = 0) -> dict[str, list[str]]:
    """Every page about one application, by who may knock at it."""
    application, base = world.applications[at], f"/office/rounds/{world.round}"
    office = [
        f"{base}/progress", f"{base}/progress/{application}", f"{base}/assign", f"{base}/assign/{application}",
        f"{base}/feedback", f"{base}/feedback/{application}", "/office/judges",
    ]  # fmt: skip
    found = {"office": office, "supervisor": office[:-1], f"owner{at}": [f"/apply/{application}", f"/apply/{application}/feedback"]}
    for (of, judge), seat in world.seats.items():
        if of == at:
            found[f"judge{judge}"] = ["/review", *review_doors(seat)]
    return found


def review_doors(seat: str) -> list[str]:
    """Every page of one review."""
    base = f"/review/{seat}"
    return [base, f"{base}/items/4.1.2", f"{base}/submit", f"{base}/panel", f"{base}/report", f"{base}/recuse", f"{base}/declaration"]


def without_token(body: str) -> str:
    """A page without what differs from answer to answer."""
    body = re.sub(r'(name="csrf(-token)?"[^>]*(content|value)=")[^"]*', r"\1", body)
    return re.sub(r"(编号|Reference) ?[0-9a-f]{8}|next=[^\"]*|value=\"/[^\"]*\"|[0-9a-f]{8}(?=</small>)", "", body)


def main_text(answer: Any) -> str:
    """What can be read in the main part."""
    main = BeautifulSoup(answer.text, "html.parser").find("main")
    assert main is not None, answer.text[:300]
    return " ".join(main.get_text(" ").split())
