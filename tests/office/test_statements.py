"""Pages of the office ask little of the database, however many applications a round has."""

from typing import Any

import pytest
from sqlalchemy import Engine

from award.kernel.audit.trail import transaction
from tests.office import world
from tests.office.desk import Desk
from tests.results.test_pages import statements

LIMIT = 12
PAGES = ["", "/stages", "/stages/publish/dates", "/trail", "/outcomes", "/calendar", "/scheme", "/applications", "/results", "/notice"]


@pytest.fixture
def scored(desk: Desk) -> str:
    """A round being scored, with a panel on each of three applications."""
    public_id = desk.round("score")
    with transaction(desk.engine) as session:
        round_ = desk.found(session, public_id)
        judges = world.judges(session, 5)
        for number in (1, 2, 3):
            for place, seat in enumerate(world.panel(session, world.application(session, round_, number), judges)):
                world.sheet(session, seat, 50_000 + 1_000 * place)
    return public_id


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_a_round_needs_twelve_statements_at_most(engine: Engine, desk: Desk, client: Any, scored: str, page: str) -> None:
    address = f"/office/rounds/{scored}{page}"
    assert desk.get(client, "office", address).status_code == 200  # fills what is read once in a process
    assert statements(engine, lambda: desk.get(client, "office", address)) <= LIMIT


@pytest.mark.parametrize("stage", ["setup", "apply", "accept", "assign", "approve", "publish", "archive"])
def test_the_overview_needs_no_more_in_another_stage(engine: Engine, desk: Desk, client: Any, stage: str) -> None:
    """Each has other checks to ask for. In the stage of the notice it asks two more (tests/policy/test_statements.py)."""
    address = f"/office/rounds/{desk.round(stage)}"
    assert desk.get(client, "office", address).status_code == 200
    assert statements(engine, lambda: desk.get(client, "office", address)) <= LIMIT
