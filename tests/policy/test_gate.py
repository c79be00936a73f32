"""The gate through every door: until all sheets of an application are in, nobody but their author sees a value of them."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from award.app import make_app
from award.judging import service
from award.judging.models import FeedbackReport
from award.judging.service import Comment, Entry
from award.kernel.audit.trail import transaction
from award.kernel.settings import Settings
from tests import make
from tests.conftest import StandingClock
from tests.judging import world as worlds
from tests.judging.world import World
from tests.policy.doors import Door, doors_of, knock

MARKS = (35, 45, 55, 75)
"""What four of five judges gave to every item but the first, to which they gave 5 more: 5% of its 50 points is 2.5."""
TOTALS = ("352.5", "452.5", "552.5", "752.5", "527.5", "502.5")
"""And what they would make together: the mean of all, and the middle."""
SECRET = "独见之明"
"""Stands in every comment, with the judge's number."""
EVERYBODY = ("", "office", "supervisor", "stranger", "owner0", "owner1", "judge0", "judge1", "judge4", "judge5")


@pytest.fixture
def world(engine: Engine, clock: StandingClock) -> World:
    """Two applications: of the first four sheets are in and one is open; of the second all are in."""
    world = worlds.build(engine, applications=2, judges=6)
    for judge, percent in enumerate(MARKS):
        _score(world, 0, judge, percent)
    _score(world, 0, 4, 85, submit=False)
    for judge in range(5):
        _score(world, 1, judge, 60 + 5 * judge)
    return world


def _score(world: World, at: int, judge: int, percent: int, *, submit: bool = True) -> None:
    with transaction(world.engine) as session:
        found = world.application(session, at)
        for place, item in enumerate(worlds.criteria(session, found).items()):
            comment = Comment(f"s{item.key}", "strength", "++", f"{SECRET}{at}{judge}")
            entry = Entry(percent if place else percent + 5, {}, (comment,), f"{SECRET}{at}{judge}")
            service.save_item(session, world.judges[judge], found, world.seat(session, at, judge), item.key, entry, 0, make.NOW)
    if submit:
        worlds.submit(world, at, judge)


@pytest.fixture
def client(engine: Engine) -> Iterator[TestClient]:
    app = make_app(engine, Settings())
    with TestClient(app, base_url="http://localhost", follow_redirects=False) as client:
        yield client


def addresses(world: World, application: int, judge: int) -> dict[str, str]:
    """What parameters of addresses name, for one seat."""
    with transaction(world.engine) as session:
        sheet = worlds.sheet(session, world, application, judge).public_id
        report = session.query(FeedbackReport).first()
        return {
            "application_id": world.applications[application], "assignment_id": world.seats[application, judge],
            "round_id": world.round, "sheet_id": sheet, "category": "organisation", "part": "4.1.2", "item": "4.1.2",
            "number": "1", "place": "1", "year": "2026", "name": "yunchuan-mayor", "language": "zh", "token": "t" * 43,
            "comment_id": report.public_id if report else make.NOW.strftime("%Y%m%d%H%M"),
        }  # fmt: skip


def shown(client: TestClient, world: World, application: int, who: str, doors: list[Door]) -> dict[str, set[str]]:
    """Values of an application that anybody reads behind any door: value -> the doors."""
    found: dict[str, set[str]] = {}
    for judge in range(5):
        ids = addresses(world, application, judge)
        for door in doors:
            if not door.params <= set(ids) or (judge and not door.params & {"assignment_id", "sheet_id"}):
                continue
            _, text = knock(client, door, ids, world.cookies.get(who, ""))
            for value in (*(f"{SECRET}{application}{number}" for number in range(5)), *TOTALS):
                if value in text:
                    found.setdefault(value, set()).add(door.path)
    return found


@pytest.mark.parametrize("who", EVERYBODY)
def test_no_value_passes_a_closed_gate(world: World, client: TestClient, who: str) -> None:
    doors = [door for door in doors_of(client.app) if door.method == "GET"]  # type: ignore[arg-type]
    found = shown(client, world, 0, who, doors)
    own = {"judge0": {f"{SECRET}00", TOTALS[0]}, "judge1": {f"{SECRET}01", TOTALS[1]}, "judge4": {f"{SECRET}04"}}
    assert {value: where for value, where in found.items() if value not in own.get(who, ())} == {}
    assert set(found) == own.get(who, set())


def test_values_are_seen_once_the_gate_is_open(world: World, client: TestClient) -> None:
    """Otherwise the test above would find nothing anywhere."""
    doors = [door for door in doors_of(client.app) if door.method == "GET"]  # type: ignore[arg-type]
    seen = {who: shown(client, world, 1, who, doors) for who in ("office", "judge0", "judge5", "supervisor", "owner1", "")}
    assert {f"{SECRET}1{number}" for number in range(5)} <= set(seen["judge0"])
    assert [value for who in ("judge5", "supervisor", "owner1", "") for value in seen[who] if SECRET in value] == []
