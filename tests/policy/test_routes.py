"""Every route with each of its methods, in every stage, by everybody: whom it answers is what routes.csv says.

A refusal has to be the policy's own: a form that is found wrong before anybody asks whether it may be sent at all shows nothing.
"""

import asyncio
import json
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from award.results.pages.objecting import objections
from award.stages import Kind
from tests.policy.doors import Answer, Door, doors_of, knock
from tests.policy.routes import AS_BUILT, FILES, FILLED, MORE, Everybody, State, depends_on, is_open, lines
from tests.policy.test_doors import FLOOR, STRANGERS, business, hidden_at

PEOPLE = (
    "public", "owner", "writer", "reader", "office", "supervisor", "assigned_judge", "cleared_judge", "panel_leader", "committee",
    "recommender", "system_administrator", "security_administrator", "trail_administrator",
)  # fmt: skip
NOT_THERE = {
    "/office/rounds/{round_id}/notice/objections/{objection_id}/letter", "/office/rounds/{round_id}/papers/bundle.zip",
    "/office/rounds/{round_id}/papers/batches/{batch_id}/again", "/office/applications/{application_id}/changes",
}  # fmt: skip
"""An answer nobody wrote yet, a ZIP nobody asked for, a paper that did not fail, a correction nobody sent."""
KEPT = {"owner": {"answer_revision"}, "writer": {"answer_revision"}}
"""What is kept of a refusal: the text somebody typed who may write at other times."""
WITH_A_FOOT_IN = [name for name, (who, _) in STRANGERS.items() if who not in ("", "nobody", *PEOPLE) and who != "committee_member"]
"""Those who have the right role, but not here; the others are among the people above."""
ANOTHERS = {("GET", "/messages/read"), ("GET", "/office/rounds/{round_id}/results/propose")}
"""Addresses that another route answers, for which the last part is a name."""
LEAST = {"an officer who reads for the applicant": 40}
"""At how many doors something is hidden, where it is less than 100."""
POLICY = {
    "stage.wrong", "stage.not_open", "stage.over", "scheme.without", "gate.closed", "gate.open", "gate.was_open",
    "application.closed", "correction.over", "declaration.unsigned", "stage.not_on_paper", "correction.stage_over",
}  # fmt: skip
"""Why something is not open to somebody who may know of it."""


class Browser:
    """A client on the application in the test's own thread: with one beside it, as in TestClient, a knock takes twice as long."""

    def __init__(self, app: FastAPI) -> None:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://localhost")
        self._loop = asyncio.new_event_loop()
        self.app, self.cookies = app, self._client.cookies

    def request(self, method: str, address: str, **sent: Any) -> httpx.Response:
        return self._loop.run_until_complete(self._client.request(method, address, **sent))

    def close(self) -> None:
        self._loop.run_until_complete(self._client.aclose())
        self._loop.close()


@pytest.fixture
def client(
    everybody: Everybody, visit: Callable[[Engine], TestClient], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Browser]:
    monkeypatch.setitem(sys.modules, "sniffio", None)  # else httpx looks through all folders for it at every request
    with closing(Browser(cast(FastAPI, visit(everybody.doors.world.engine).app))) as browser:
        yield browser


def test_every_route_is_written_down(client: Browser) -> None:
    found = {(door.method, door.path) for door in doors_of(client)}
    assert {line.door for line in lines()} == found
    assert len(found) >= FLOOR


def code_of(answer: Answer) -> str:
    return str(json.loads(answer.text)["code"]) if answer.status >= 400 and answer.text.startswith("{") else ""


def is_shut(answer: Answer) -> bool:
    """Not signed in, not of his role, hidden, or not now."""
    if answer.status == 303:
        return answer.headers["location"].startswith("/login?next") or answer.headers["location"].endswith("/declaration")
    return answer.status in (401, 403, 404) or code_of(answer) in POLICY


def told(door: Door, stage: str, answer: Answer) -> str:
    return f"{stage} {door.method} {door.path}: {answer.status} {code_of(answer)}"


def tried(client: Browser, everybody: Everybody, door: Door, who: str, kind: str) -> Answer:
    ids = everybody.ids(who, kind, door.path)
    fields = FILLED | {"judge": ids["judge"], "stage": kind} | MORE.get(door.path, {})
    objections.forget()
    with_file = door.method == "POST" and door.path in FILES
    return knock(client, door, ids, everybody.cookie(who), accept="application/json", with_file=with_file, **fields)


class Stage:
    """The world in one stage, which is put back after whatever was done."""

    def __init__(self, everybody: Everybody, kind: str) -> None:
        everybody.doors.world.stage(kind)
        self._file = sqlite3.connect(str(everybody.doors.world.engine.url.database))
        self._kept = sqlite3.connect(":memory:")
        self.keep()

    def keep(self) -> None:
        """From now on it is put back to this."""
        self._file.backup(self._kept)

    def put_back(self) -> None:
        self._kept.backup(self._file)

    def close(self) -> None:
        self._file.close()
        self._kept.close()


def in_every_stage(everybody: Everybody) -> Iterator[tuple[str, Stage]]:
    for kind in Kind:
        with closing(Stage(everybody, kind.value)) as stage:
            yield kind.value, stage


def changes_for(door: Door, who: str) -> bool:
    """Whether it is open to somebody in some stages and not in others."""
    return len({is_open(door, who, kind.value) for kind in Kind}) == 2


def faults(
    client: Browser, everybody: Everybody, who: str, kind: str, stage: Stage, doors: list[Door], state: State
) -> tuple[list[str], Counter[str]]:
    """What is answered otherwise than written: first the doors that are shut, behind which nothing may change, then the others."""
    wrong, seen, engine = [], Counter[str](), everybody.doors.world.engine
    expected = {door: is_open(door, who, kind, state) for door in doors}
    before = business(engine)
    for door in [door for door in doors if not expected[door]]:
        answer = tried(client, everybody, door, who, kind)
        seen["shut"] += 1
        if not is_shut(answer):
            wrong.append(told(door, kind, answer) + ", not shut")
    after, kept = business(engine), KEPT.get(who, set())
    wrong += [f"{kind}: what was refused changed {table}" for table in before.keys() - kept if before[table] != after[table]]
    for door in [door for door in doors if expected[door]]:
        answer = tried(client, everybody, door, who, kind)
        seen["open"] += 1
        is_there = door.path not in NOT_THERE
        if is_shut(answer) == is_there or answer.status >= 500:
            wrong.append(told(door, kind, answer) + ", not open")
        if door.method != "GET" and answer.status < 400:
            stage.put_back()
    return wrong, seen


@pytest.mark.timeout(900)
@pytest.mark.parametrize("who", PEOPLE)
def test_as_written(everybody: Everybody, client: Browser, who: str, request: pytest.FixtureRequest) -> None:
    """In every stage; what is open to somebody in all of them, or in none, in five of the fifteen by turns, and in all with --all."""
    is_thorough = bool(request.config.getoption("--all"))
    wrong: list[str] = []
    seen = Counter[str]()
    doors = [(at, door, changes_for(door, who)) for at, door in enumerate(doors_of(client))]
    for turn, (kind, stage) in enumerate(in_every_stage(everybody)):
        here = [door for at, door, changes in doors if is_thorough or changes or turn % 3 == at % 3]
        fault, count = faults(client, everybody, who, kind, stage, here, AS_BUILT)
        wrong += fault
        seen += count
    assert wrong == [], "\n".join(["", *wrong])
    assert seen.total() >= len(Kind) * FLOOR / (1 if is_thorough else 3)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("who", PEOPLE)
def test_as_written_otherwise(everybody: Everybody, client: Browser, who: str) -> None:
    """One sheet is missing: what shows values, or acts upon them, waits, and what cannot be once they were seen, can be.

    And the applicant has the application in hand, in its stage and for a correction; and when the time for that is over.
    """
    doors = doors_of(client)
    by_gate, by_hand = ([door for door in doors if depends_on(door, *cells)] for cells in ("gb", "cd"))
    wrong = []
    everybody.close_the_gate()
    for kind, stage in in_every_stage(everybody):
        wrong += faults(client, everybody, who, kind, stage, by_gate, State(gate_open=False))[0]
    for is_over in (False, True):
        state = State(gate_open=False, in_hand=True, is_over=is_over)
        for kind in (Kind.APPLY, Kind.ACCEPT, Kind.SCORE):
            with closing(Stage(everybody, kind.value)) as stage:
                everybody.put_in_hand("draft" if kind == Kind.APPLY else "correction", is_over=is_over)
                stage.keep()
                wrong += faults(client, everybody, who, kind.value, stage, by_hand, state)[0]
    assert wrong == [], "\n".join(["", *wrong])
    assert len(by_gate) >= 11
    assert len(by_hand) >= 15


@pytest.mark.timeout(900)
@pytest.mark.parametrize("stranger", WITH_A_FOOT_IN)
def test_strangers_find_nothing_in_any_stage(everybody: Everybody, client: Browser, stranger: str) -> None:
    who, _ = STRANGERS[stranger]
    doors = [door for door in doors_of(client) if hidden_at(door, stranger) and not is_open(door, "trail_administrator", "apply")]
    cookie, wrong = everybody.doors.cookies[who] if who else "", []
    for kind, _ in in_every_stage(everybody):
        before = business(everybody.doors.world.engine)
        for door in doors:
            answer = knock(client, door, everybody.ids("public", kind, door.path), cookie, accept="application/json", **FILLED)
            if answer.status not in (303, 401, 403, 404):
                wrong.append(told(door, kind, answer))
        assert business(everybody.doors.world.engine) == before
    assert wrong == [], "\n".join(["", *wrong])
    assert len(doors) >= LEAST.get(stranger, 100)


@pytest.mark.parametrize("who", ["", "owner0", "office"])
def test_no_route_takes_another_method(everybody: Everybody, client: Browser, who: str) -> None:
    taken: dict[str, set[str]] = {}
    for door in doors_of(client):
        taken.setdefault(door.path, set()).add(door.method)
    before = business(everybody.doors.world.engine)
    cookie = everybody.doors.cookies[who] if who else ""
    answers = {
        (method, path): knock(client, Door(method, path, is_public=False), everybody.doors.ids, cookie).status
        for path, methods in taken.items() for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - methods
        if (method, path) not in ANOTHERS
    }  # fmt: skip
    assert {door: status for door, status in answers.items() if status != 405} == {}
    assert len(answers) >= 3 * len(taken)
    assert business(everybody.doors.world.engine) == before
