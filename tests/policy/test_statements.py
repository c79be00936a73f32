"""No page asks the database more than twelve statements, in any stage, whoever opens it."""

from collections.abc import Iterator

import pytest

from tests.bench.statements import counted
from tests.policy.doors import Door, doors_of
from tests.policy.routes import AS_BUILT, Everybody, is_open
from tests.policy.test_routes import PEOPLE, Browser, client, in_every_stage, tried

__all__ = ["client"]
LIMIT = 12
"""Source: performance.md, G12."""
MORE = {
    "/office/rounds/{round_id}": 14,
    "/office/rounds/{round_id}/stages": 18,
    "/office/rounds/{round_id}/stages/{kind}/dates": 20,
    "/office/rounds/{round_id}/notice": 16,
    "/office/rounds/{round_id}/notice/objections/{objection_id}": 14,
    "/office/rounds/{round_id}/reminders": 14,
    "/office/rounds/{round_id}/results": 14,
}
"""Pages that ask more where a decision is made and its notice is out, and how much."""
READERS = sorted(PEOPLE, key=lambda who: who not in ("office", "owner", "panel_leader"))
"""Those whose pages ask most come first."""


def pages(everybody: Everybody, client: Browser, *, is_thorough: bool) -> Iterator[tuple[str, str, Door]]:
    """Stage, reader and page: for each page one who may open it, in a third of the stages by turns."""
    doors = [door for door in doors_of(client) if door.method == "GET" and not door.path.startswith("/api/")]
    for turn, (kind, _) in enumerate(in_every_stage(everybody)):
        for at, door in enumerate(doors):
            who = next((one for one in READERS if is_open(door, one, kind, AS_BUILT)), "")
            if who and (is_thorough or turn % 3 == at % 3):
                yield kind, who, door


@pytest.mark.timeout(900)
def test_a_page_asks_twelve_statements_at_most(everybody: Everybody, client: Browser, request: pytest.FixtureRequest) -> None:
    engine, found, seen = everybody.doors.world.engine, dict[str, int](), set[str]()
    for kind, who, door in pages(everybody, client, is_thorough=bool(request.config.getoption("--all"))):
        asked = LIMIT + 1
        for _ in range(2):  # the first reader of a process fills what is read once in it
            if asked > LIMIT:
                with counted(engine) as said:
                    tried(client, everybody, door, who, kind)
                asked = len(said)
        seen.add(door.path)
        found[door.path] = max(asked, found.get(door.path, 0))
    assert {path: asked for path, asked in found.items() if asked > MORE.get(path, LIMIT)} == {}
    assert len(seen) >= 130
