"""One database as one file at one moment, and back: SQLite's own backup, PostgreSQL's pg_dump and pg_restore."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, Engine, column, inspect, table, text, update
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import Session

from award.kernel import db
from award.kernel.backup.archive import BackupError
from award.kernel.counting import counted

SQLITE, POSTGRESQL = "sqlite", "postgresql"
NAMES = {SQLITE: "database/award.sqlite3", POSTGRESQL: "database/award.pgdump"}
"""What the database is called in an archive."""
SQLITE_FILE = "award.sqlite3"
SIGN_INS = table("sign_in", column("revoked_at", db.UtcDateTime), column("ends_at", db.UtcDateTime))
"""The sessions of people: what a restored database must not bring back. Named here, because the kernel knows no accounts."""


@dataclass(frozen=True)
class Copied:
    """A database as a file, and a connection that reads exactly what is in it. version: of the database's software."""

    path: Path
    reader: Connection
    version: str


@contextmanager
def copied(engine: Engine, into: Path) -> Iterator[Copied]:
    """Copies the database while others write to it; what the reader sees is the copied moment, nothing later."""
    copy = _copied_sqlite if engine.dialect.name == SQLITE else _dumped_postgresql
    with copy(engine, into) as made:
        yield made


@contextmanager
def _copied_sqlite(engine: Engine, into: Path) -> Iterator[Copied]:
    target = into / SQLITE_FILE
    source = Path(engine.url.database or "")
    if not source.is_file():
        raise BackupError(f"there is no database {source}; name the directory with AWARD_DIRECTORY")
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        # All pages in one step: one reading transaction, which stops no writer in WAL mode.
        live.backup(copy)
        faults = copy.execute("PRAGMA integrity_check").fetchall()
    if faults != [("ok",)]:
        raise BackupError(f"the copy of the database is damaged: {faults[0][0]}")
    other = db.make_engine(f"sqlite:///{target}")
    try:
        with other.connect() as connection:
            yield Copied(target, connection, sqlite3.sqlite_version)
    finally:
        other.dispose()


@contextmanager
def _dumped_postgresql(engine: Engine, into: Path) -> Iterator[Copied]:
    program, target = _program("pg_dump"), into / "award.pgdump"
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
        version = str(connection.scalar(text("SHOW server_version")))
        options = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={target}")
        _call(program, engine.url, *options)
        yield Copied(target, connection, version)


def require_empty(url: URL) -> None:
    """Raises BackupError for a PostgreSQL database in which there is a table."""
    engine = db.make_engine(url.render_as_string(hide_password=False))
    try:
        tables = inspect(engine).get_table_names()
    finally:
        engine.dispose()
    if tables:
        raise BackupError(f"the database {url.database} is not empty: it has {counted(len(tables), 'table')}. Name an empty one")


def load_postgresql(dump: Path, url: URL) -> None:
    """Fills an empty database from a dump, wholly or not at all."""
    program = _program("pg_restore")
    options = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
    _call(program, url, *options, str(dump))


def postgresql_url(text_: str) -> URL:
    """Raises BackupError for what is no address of a PostgreSQL database."""
    try:
        url = make_url(text_)
    except Exception as error:
        raise BackupError("this is no database URL; write postgresql+psycopg://USER@HOST/NAME") from error
    if url.get_backend_name() != POSTGRESQL:
        raise BackupError("--database takes a PostgreSQL URL; a SQLite database goes into the folder of --into")
    return url


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise BackupError(
            f"{name} is not installed. Install PostgreSQL's client programs, as new as the server: "
            "apt-get install postgresql-client"
        )
    return found


def _call(program: str, url: URL, *arguments: str) -> None:
    told = {
        "host": url.host, "port": url.port, "user": url.username, "dbname": url.database,
        **{name: value for name, value in url.query.items() if isinstance(value, str)},
    }  # fmt: skip
    # The password goes by the environment: everybody on the machine may read the arguments of a process.
    environment = dict(os.environ) | ({"PGPASSWORD": str(url.password)} if url.password else {})
    conninfo = make_conninfo("", **{name: str(value) for name, value in told.items() if value is not None})
    done = subprocess.run(
        [program, f"--dbname={conninfo}", *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or ["it gave no reason"]
        raise BackupError(f"{Path(program).name} failed: {' '.join(lines[:3])}")


def end_sessions(session: Session, now: datetime) -> int:
    """Ends every session that runs; answers how many. now: real time."""
    running = (SIGN_INS.c.revoked_at.is_(None), SIGN_INS.c.ends_at > now)
    return len(session.execute(update(SIGN_INS).where(*running).values(revoked_at=now).returning(SIGN_INS.c.ends_at)).all())
