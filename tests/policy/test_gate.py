"""The gate through every door: until all sheets of an application are in, nobody but their author sees a value of them."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from award.judging.models import FeedbackReport
from award.kernel.audit.trail import transaction
from tests import make
from tests.judging import world as worlds
from tests.judging.world import World
from tests.policy.doors import Door, doors_of, knock
from tests.policy.gated import SECRET, TOTALS

Visit = Callable[[Engine], TestClient]
EVERYBODY = ("", "office", "supervisor", "stranger", "owner0", "owner1", "judge0", "judge1", "judge4", "judge5")


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
            text = knock(client, door, ids, world.cookies.get(who, "")).text
            for value in (*(f"{SECRET}{application}{number}" for number in range(5)), *TOTALS):
                if value in text:
                    found.setdefault(value, set()).add(door.path)
    return found


@pytest.mark.parametrize("who", EVERYBODY)
def test_no_value_passes_a_closed_gate(gate: World, visit: Visit, who: str) -> None:
    client = visit(gate.engine)
    doors = [door for door in doors_of(client) if door.method == "GET"]
    found = shown(client, gate, 0, who, doors)
    own = {"judge0": {f"{SECRET}00", TOTALS[0]}, "judge1": {f"{SECRET}01", TOTALS[1]}, "judge4": {f"{SECRET}04"}}
    assert {value: where for value, where in found.items() if value not in own.get(who, ())} == {}
    assert set(found) == own.get(who, set())


def test_values_are_seen_once_the_gate_is_open(gate: World, visit: Visit) -> None:
    """Otherwise the test above would find nothing anywhere."""
    client = visit(gate.engine)
    doors = [door for door in doors_of(client) if door.method == "GET"]
    seen = {who: shown(client, gate, 1, who, doors) for who in ("office", "judge0", "judge5", "supervisor", "owner1", "")}
    assert {f"{SECRET}1{number}" for number in range(5)} <= set(seen["judge0"])
    assert [value for who in ("judge5", "supervisor", "owner1", "") for value in seen[who] if SECRET in value] == []
