"""What tests are given: a database built by the migrations, a clock that stands still, and no way to other hosts."""

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from sqlalchemy import Engine
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from award.accounts.bearer import calls
from award.kernel import clock as award_clock
from award.kernel import db, ids
from award.kernel.migrating import upgrade
from award.kernel.settings import PREFIX, Settings, settings
from award.results.pages.objecting import lookups, objections, uploads
from tests import lasting, postgres

hypothesis.settings.register_profile("award", deadline=None)
hypothesis.settings.load_profile("award")


def pytest_addoption(parser: pytest.Parser) -> None:
    told = "run every test that uses a database on PostgreSQL too, and in full what is done by turns otherwise"
    parser.addoption("--all", action="store_true", help=told)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A database test runs on SQLite; on PostgreSQL too with --all, `any_engine` or the mark `both_databases`.

    The mark `sqlite_only` is for what is particular to SQLite.
    """
    if "database" not in metafunc.fixturenames:
        return
    both = not metafunc.definition.get_closest_marker("sqlite_only") and (
        metafunc.config.getoption("--all")
        or "any_engine" in metafunc.fixturenames
        or metafunc.definition.get_closest_marker("both_databases")
    )
    wanted = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)] if both else ["sqlite"]
    metafunc.parametrize("database", wanted, indirect=True)


@pytest.fixture(scope="session", autouse=True)
def _no_other_hosts() -> Iterator[None]:
    """A test that would reach another machine fails."""
    connect = socket.socket.connect

    def only_here(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise OSError(f"tests reach no other host: {address}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", only_here)
        yield


@pytest.fixture(autouse=True)
def _limits() -> None:
    """No test pays for what another asked with the same token or from the same address."""
    for one in (calls, objections, uploads, lookups):
        one.forget()


@pytest.fixture(autouse=True)
def _settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing of the operator's settings is seen; files go to the test's own folder."""
    for name in [one for one in os.environ if one.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWARD_DIRECTORY", str(tmp_path))
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with every table, copied for each test."""
    path = tmp_path_factory.mktemp("template") / "award.sqlite3"
    engine = db.make_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[URL]:
    """A running PostgreSQL."""
    with postgres.server() as url:
        yield url


@pytest.fixture
def postgres_database(postgres_url: URL) -> Iterator[URL]:
    """A PostgreSQL database without tables."""
    with _database(postgres_url, "template0") as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_url: URL) -> Iterator[str]:
    """The name of an empty database with every table."""
    with _database(postgres_url, "template0") as url:
        engine = db.make_engine(url)
        upgrade(engine)
        engine.dispose()
        yield str(url.database)


@pytest.fixture(scope="session")
def postgres_name() -> str:
    """What the databases of tests are called, one after another; other processes may use the same server."""
    return f"test_{ids.new_id()}"


@contextmanager
def _database(server: URL, template: str, name: str = "") -> Iterator[URL]:
    name = name or f"test_{ids.new_id()}"
    postgres.execute(server, f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE {template}")
    yield server.set(database=name)
    postgres.execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str | URL]:
    """The URL of an empty database with every table. request.param: sqlite or postgresql."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "award.sqlite3")
        yield f"sqlite:///{tmp_path / 'award.sqlite3'}"
        return
    template = request.getfixturevalue("postgres_template")
    with _database(request.getfixturevalue("postgres_url"), template, request.getfixturevalue("postgres_name")) as url:
        yield url


@pytest.fixture(scope="session")
def lasting_engines(tmp_path_factory: pytest.TempPathFactory) -> lasting.Engines:
    return lasting.Engines(tmp_path_factory.mktemp("engines"))


@pytest.fixture
def engine(database: str | URL, lasting_engines: lasting.Engines) -> Iterator[Engine]:
    """An engine on an empty database."""
    with lasting_engines.on(database) as engine:
        yield engine


@pytest.fixture
def any_engine(engine: Engine) -> Engine:
    """The same; asking for it makes the test run on both databases."""
    return engine


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A transaction that writes and is rolled back. On SQLite nobody else can write while it is open."""
    with db.session_on(engine, writes=True) as session:
        yield session


class StandingClock:
    """Real time as the code sees it; it moves when a test moves it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def forward(self, **by: float) -> datetime:
        """By days, hours, minutes, seconds, as timedelta takes them."""
        self.now += timedelta(**by)
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> StandingClock:
    """Monday, 2 March 2026, 09:00 in Beijing."""
    standing = StandingClock(datetime(2026, 3, 2, 1, tzinfo=UTC))
    monkeypatch.setattr(award_clock, "real_now", lambda: standing.now)
    return standing


@pytest.fixture
def client(engine: Engine) -> Iterator[Any]:
    """A browser without JavaScript, signed out."""
    from fastapi.testclient import TestClient

    with TestClient(lasting.app_on(engine), base_url="http://localhost", follow_redirects=False) as client:
        yield client
