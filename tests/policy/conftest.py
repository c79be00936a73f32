"""The worlds whose doors are knocked at: built once, copied for each test."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from award.kernel import clock as award_clock
from award.kernel import db
from award.kernel.settings import settings
from tests import make
from tests.conftest import StandingClock
from tests.judging.world import World
from tests.lasting import Engines, app_on
from tests.policy import doors as all_doors
from tests.policy import gated
from tests.policy import routes as all_routes
from tests.policy import whole as wholes
from tests.policy.doors import Doors
from tests.policy.routes import Everybody

T = TypeVar("T")


@dataclass(frozen=True)
class Built(Generic[T]):
    """A database and its files in a folder, and what names the things in it."""

    folder: Path
    world: T


def build_in(folder: Path, template: Path, build: Callable[[Engine], T]) -> Built[T]:
    """Built with the clock at make.NOW."""
    shutil.copy(template, folder / "award.sqlite3")
    engine = db.make_engine(f"sqlite:///{folder / 'award.sqlite3'}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(award_clock, "real_now", lambda: make.NOW)
        patch.setenv("AWARD_DIRECTORY", str(folder))
        settings.cache_clear()
        world = build(engine)
    engine.dispose()
    settings.cache_clear()
    return Built(folder, world)


@pytest.fixture(scope="session")
def built_doors(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Built[Doors]:
    return build_in(tmp_path_factory.mktemp("doors"), sqlite_template, all_doors.build)


@pytest.fixture(scope="session")
def built_everybody(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Built[Everybody]:
    return build_in(tmp_path_factory.mktemp("everybody"), sqlite_template, all_routes.build)


@pytest.fixture(scope="session")
def built_gate(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Built[World]:
    return build_in(tmp_path_factory.mktemp("gate"), sqlite_template, gated.build)


@pytest.fixture(scope="session")
def built_whole(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Built[World]:
    return build_in(tmp_path_factory.mktemp("whole"), sqlite_template, wholes.build)


@pytest.fixture
def copied_engine(tmp_path: Path, lasting_engines: Engines) -> Iterator[Callable[[Path], Engine]]:
    """An engine on the test's own copy of what was built."""
    with ExitStack() as stack:

        def copy(folder: Path) -> Engine:
            shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
            return stack.enter_context(lasting_engines.on(f"sqlite:///{tmp_path / 'award.sqlite3'}"))

        yield copy


@pytest.fixture
def doors(built_doors: Built[Doors], copied_engine: Callable[[Path], Engine], clock: StandingClock) -> Doors:
    world = replace(built_doors.world.world, engine=copied_engine(built_doors.folder))
    return replace(built_doors.world, world=world)


@pytest.fixture
def everybody(built_everybody: Built[Everybody], copied_engine: Callable[[Path], Engine], clock: StandingClock) -> Everybody:
    built = built_everybody.world
    world = replace(built.doors.world, engine=copied_engine(built_everybody.folder))
    return replace(built, doors=replace(built.doors, world=world))


@pytest.fixture
def gate(built_gate: Built[World], copied_engine: Callable[[Path], Engine], clock: StandingClock) -> World:
    return replace(built_gate.world, engine=copied_engine(built_gate.folder))


@pytest.fixture
def whole(built_whole: Built[World], copied_engine: Callable[[Path], Engine], clock: StandingClock) -> World:
    return replace(built_whole.world, engine=copied_engine(built_whole.folder))


@pytest.fixture
def visit() -> Iterator[Callable[[Engine], TestClient]]:
    """Browsers on the application; they follow no redirects, and a fault is an answer."""
    open_ones: list[TestClient] = []

    def start(engine: Engine) -> TestClient:
        client = TestClient(
            app_on(engine), base_url="http://localhost", follow_redirects=False, raise_server_exceptions=False
        )
        open_ones.append(client.__enter__())
        return client

    yield start
    for client in open_ones:
        client.__exit__(None, None, None)
