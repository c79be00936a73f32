"""A judged round, and a press that prints nothing."""

from collections.abc import Sequence

import pytest
from sqlalchemy import Engine

from award import worker
from award.press import tasks
from award.press.document import PressError, Rendered, data_hash
from tests.conftest import StandingClock
from tests.judging import world as worlds
from tests.judging.world import World


class Press:
    """Stands where the rendering processes would. broken: organisations whose papers cannot be made."""

    def __init__(self) -> None:
        self.broken: dict[str, str] = {}
        self.made: list[str] = []

    def render_batch(self, views: Sequence[object]) -> list[Rendered | PressError]:
        return [self._one("certificate", view) for view in views]

    def render(self, kind: str, view: object) -> Rendered:
        made = self._one(kind, view)
        if isinstance(made, PressError):
            raise made
        return made

    def _one(self, kind: str, view: object) -> Rendered | PressError:
        name = getattr(getattr(view, "head", view), "organisation", getattr(view, "recipient", ""))
        if name in self.broken:
            return PressError(self.broken[name])
        self.made.append(f"{kind} {name}")
        return Rendered(f"%PDF-{kind}-{data_hash(view)}".encode(), "", 1, (), data_hash(view), "v1")


@pytest.fixture
def press(monkeypatch: pytest.MonkeyPatch) -> Press:
    press = Press()
    monkeypatch.setattr(tasks, "pool", lambda: press)
    monkeypatch.setattr("award.papers.bundle.pool", lambda: press)
    return press


@pytest.fixture
def world(any_engine: Engine, clock: StandingClock) -> World:
    """Three applications; the sheets of the first two are in."""
    world = worlds.build(any_engine, applications=3)
    worlds.all_in(world, 0)
    worlds.all_in(world, 1)
    return world


def work(world: World) -> int:
    """What a worker does until nothing is due."""
    return worker.run(world.engine, once=True)
