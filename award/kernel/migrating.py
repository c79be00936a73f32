"""Brings a database to the tables this version needs. The steps stand in migrations/versions; alembic is set up here."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, create_engine, text
from sqlalchemy.engine import make_url

from award.kernel.settings import ROOT

MIGRATIONS = ROOT / "migrations"
ADVISORY_LOCK = 7_203_119
"""Held on PostgreSQL while migrating, so that two processes starting together do not both do it."""


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Goes up to a revision, in one transaction. Does nothing where it is reached already."""
    with _migrating(engine) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Goes down to a revision; "base" leaves no table."""
    with _migrating(engine) as connection:
        command.downgrade(_config(connection), revision)


def draft(engine: Engine, message: str, metadata: MetaData) -> None:
    """Writes a new step with what the models have and the database has not, and says where; it is to be read by hand."""
    with _migrating(engine) as connection:
        command.revision(_config(connection, metadata), message, autogenerate=True)


def is_current(engine: Engine) -> bool:
    """Whether the database has every step."""
    with engine.connect() as connection:
        reached = MigrationContext.configure(connection).get_current_heads()
        return set(reached) == set(ScriptDirectory.from_config(_config(connection)).get_heads())


def revision_of(connection: Connection) -> str | None:
    """The revision a database has reached; None where there are no tables."""
    return MigrationContext.configure(connection).get_current_revision()


def known_revisions() -> frozenset[str]:
    """Every revision this version has a step to."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return frozenset(step.revision for step in ScriptDirectory.from_config(config).walk_revisions())


def create_database(url: str) -> bool:
    """Creates a PostgreSQL database that does not exist yet and says whether it did; SQLite makes its file itself."""
    wanted = make_url(url)
    if wanted.get_backend_name() == "sqlite":
        return False
    server = create_engine(wanted.set(database="postgres"), isolation_level="AUTOCOMMIT")
    try:
        with server.connect() as connection:
            known = connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": wanted.database})
            if known:
                return False
            quoted = connection.dialect.identifier_preparer.quote_identifier(str(wanted.database))
            connection.execute(text(f"CREATE DATABASE {quoted} ENCODING 'UTF8' TEMPLATE template0"))
            return True
    finally:
        server.dispose()


def _config(connection: Connection, metadata: MetaData | None = None) -> Config:
    config = Config()
    for name, value in {
        "script_location": str(MIGRATIONS),
        "prepend_sys_path": str(ROOT),
        "path_separator": "os",
        "file_template": "%(year)d_%(month).2d_%(day).2d_%(hour).2d%(minute).2d_%(slug)s",
    }.items():
        config.set_main_option(name, value.replace("%", "%%"))
    config.attributes.update(connection=connection, metadata=metadata)
    return config


@contextmanager
def _migrating(engine: Engine) -> Iterator[Connection]:
    with engine.connect().execution_options(writes=True) as connection:
        prepared = _without_foreign_keys if engine.dialect.name == "sqlite" else _alone
        with prepared(connection):
            yield connection


@contextmanager
def _without_foreign_keys(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by building it anew, which would delete what refers to it; all is checked at the end."""
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 (a connection that is open)
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        with connection.begin():
            yield
            faults = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if faults:
                raise RuntimeError(f"a migration left rows that refer to nothing: {faults[:5]}")
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """One migration at a time, and none that waits for ever behind a long transaction."""
    with connection.begin():
        connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
        connection.execute(text("SET LOCAL lock_timeout = '30s'"))
        yield
