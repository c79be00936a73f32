"""Every row of the forms' tables is refused in both languages, and nothing is left of it."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.bad_input.asking import assert_refused, send, told
from tests.bad_input.forms_table import PEOPLE_DOORS, FormDoor, Row
from tests.bad_input.rounds_table import ROUND_DOORS
from tests.bad_input.work_table import WORK_DOORS
from tests.bad_input.world import Place
from tests.lasting import Engines, app_on

DOORS = (*PEOPLE_DOORS, *ROUND_DOORS, *WORK_DOORS)
ROWS = [(door, row) for door in DOORS for row in door.rows]


def named(value: object) -> str:
    return value[0] if isinstance(value, tuple) else ""


@pytest.mark.parametrize(("door", "row"), ROWS, ids=named)
def test_refused(place: Place, shared_client: TestClient, door: FormDoor, row: Row) -> None:
    _, changes, words, *rest = row
    place.at(door.stage)
    for language in ("en", "zh"):
        answer = send(shared_client, place, door, changes, language)
        assert_refused(answer, rest[0] if rest else 422, words, language)
    assert place.touched() == {}


@pytest.mark.parametrize("door", DOORS, ids=lambda door: f"{door.who} {door.path}")
def test_taken_without_the_cause(place: Place, door: FormDoor, lasting_engines: Engines, tmp_path: Path) -> None:
    """Otherwise the form would be refused for another reason than the one the table names."""
    source = Path(str(place.doors.world.engine.url.database))
    shutil.copy(source, tmp_path / "copy.sqlite3")
    with lasting_engines.on(f"sqlite:///{tmp_path / 'copy.sqlite3'}") as engine:
        replace(place.doors.world, engine=engine).stage(door.stage or "score")
        with TestClient(app_on(engine), base_url="http://localhost", follow_redirects=False) as client:
            answer = send(client, place, door, {}, "en")
    assert answer.status_code == door.taken, told(answer)[:300]
