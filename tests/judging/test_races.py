"""Many at once: a panel submits together, one judge submits in eight windows."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine, func, select

from award.judging import service
from award.judging.models import SheetVersion
from award.kernel.audit.models import AuditRecord
from award.kernel.audit.trail import transaction
from award.kernel.errors import AwardError
from award.kernel.events import Event
from tests import make
from tests.conftest import StandingClock
from tests.judging import world as worlds
from tests.judging.world import World


def together(acts: list[Callable[[], object]]) -> list[object]:
    """Results, or what was raised."""

    def run(act: Callable[[], object]) -> object:
        try:
            return act()
        except AwardError as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def count(world: World, event: Event) -> int:
    with transaction(world.engine) as session:
        return session.scalars(select(func.count()).select_from(AuditRecord).where(AuditRecord.act == event.value)).one()


def test_a_panel_that_submits_together_opens_the_gate_once(any_engine: Engine, clock: StandingClock) -> None:
    world = worlds.build(any_engine)
    for judge in range(5):
        worlds.score(world, 0, judge)
    acts = [lambda judge=judge: worlds.submit(world, 0, judge) for judge in (0, 1, 2, 3, 4, 0, 1, 2)]
    assert all(isinstance(one, str) for one in together(acts))  # type: ignore[arg-type]
    with transaction(any_engine) as session:
        assert world.application(session).gate_opened_at == make.NOW
        assert session.scalars(select(func.count(SheetVersion.id))).one() == 5
    assert count(world, Event.GATE_OPENED) == 1
    assert count(world, Event.SHEET_SUBMITTED) == 5


def test_eight_windows_submit_one_version(any_engine: Engine, clock: StandingClock) -> None:
    world = worlds.build(any_engine)
    worlds.score(world, 0, 0)
    found = together([lambda: worlds.submit(world, 0, 0) for _ in range(8)])
    assert len(set(found)) == 1
    assert isinstance(found[0], str)
    assert count(world, Event.SHEET_SUBMITTED) == 1


def test_of_eight_windows_on_one_item_one_saves(any_engine: Engine, clock: StandingClock) -> None:
    world = worlds.build(any_engine)

    def save(percent: int) -> int:
        with transaction(any_engine) as session:
            found, seat = world.application(session), world.seat(session, 0, 0)
            given = worlds.entry(percent)
            return service.save_item(session, world.judges[0], found, seat, "4.1.2", given, 0, make.NOW).version

    found = together([lambda percent=percent: save(percent) for percent in range(10, 90, 10)])  # type: ignore[misc]
    assert sorted(type(one).__name__ for one in found) == ["Stale"] * 7 + ["int"]
    assert count(world, Event.SHEET_EDITED) == 1
