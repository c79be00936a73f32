"""The world of the table: built once for all of it, since nothing in the table may change it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from award.app import make_app
from award.kernel import clock as award_clock
from award.kernel import db
from award.kernel.settings import Settings, settings
from tests import make
from tests.bad_input import world as worlds
from tests.bad_input.world import Place
from tests.policy.conftest import build_in


@pytest.fixture(scope="package")
def built_place(sqlite_template, tmp_path_factory):  # type: ignore[no-untyped-def]
    """A folder with the database and its files."""
    return build_in(tmp_path_factory.mktemp("place"), sqlite_template, worlds.build)


@pytest.fixture(scope="package")
def shared_engine(built_place) -> Iterator[Engine]:  # type: ignore[no-untyped-def]
    """One engine for all rows."""
    engine = db.make_engine(f"sqlite:///{built_place.folder / 'award.sqlite3'}")
    yield engine
    engine.dispose()


@pytest.fixture(scope="package")
def shared_client(shared_engine: Engine) -> Iterator[TestClient]:
    """One application for all rows; a fault of ours is an answer."""
    app = make_app(shared_engine, Settings())
    with TestClient(app, base_url="http://localhost", follow_redirects=False, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def place(built_place, shared_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Place:  # type: ignore[no-untyped-def]
    """The world at make.NOW, its files where they are."""
    monkeypatch.setattr(award_clock, "real_now", lambda: make.NOW)
    monkeypatch.setenv("AWARD_DIRECTORY", str(built_place.folder))
    settings.cache_clear()
    doors = built_place.world.doors
    found = Place(
        replace(doors, world=replace(doors.world, engine=shared_engine)), built_place.world.ids, built_place.world.seen
    )
    if not found.seen:
        found.touched()
    return found
