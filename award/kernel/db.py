"""The database: one engine, how transactions begin, and the column types everything shares.

On SQLite a writing transaction begins with BEGIN IMMEDIATE and writers queue on a lock (in the process, and on a file
between processes) instead of busy-waiting; a reading one cannot write. On PostgreSQL the same code runs without locks
of its own, and reading transactions are READ ONLY and see one moment.
"""

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVarTuple, cast
from weakref import WeakKeyDictionary

from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    Insert,
    MetaData,
    Result,
    Select,
    String,
    Table,
    TypeDecorator,
    create_engine,
    event,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from award.kernel.ids import new_id

Ts = TypeVarTuple("Ts")
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. SQLite gives naive values back, so the zone is put on again; naive input is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Raises ValueError for a moment without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Always aware, always UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table; constraints are named so that migrations can drop them."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime}


class Row(Base):
    """A table with an inner number for joins and a public id for URLs, file names and exports."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, default=new_id)


LONGEST_WAIT = 120
"""Seconds; a healthy queue moves on in milliseconds."""


class WriterQueue:
    """One writer at a time on a SQLite file: a lock in the process, then a file lock between processes."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._path = path.with_suffix(path.suffix + ".writer")
        self._held: Any = None

    def acquire(self) -> None:
        """Waits its turn. Raises RuntimeError after two minutes: then somebody waits for himself."""
        if not self._lock.acquire(timeout=LONGEST_WAIT):
            raise RuntimeError("no turn to write came; is a writing transaction open inside another?")
        try:
            self._held = self._path.open("w")
            fcntl.flock(self._held, fcntl.LOCK_EX)
        except BaseException:
            if self._held is not None:
                self._held.close()
                self._held = None
            self._lock.release()
            raise

    def is_busy(self) -> bool:
        """Whether somebody writes just now, in this process or another."""
        if self._lock.locked():
            return True
        try:
            with self._path.open("w") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False

    def release(self) -> None:
        """Lets the next writer in."""
        self._held.close()
        self._held = None
        self._lock.release()


_queues: WeakKeyDictionary[Engine, WriterQueue] = WeakKeyDictionary()


def is_writing(engine: Engine) -> bool:
    """Whether who writes now would wait for another's whole act: only on SQLite, where one writes at a time."""
    queue = _queues.get(engine)
    return queue is not None and queue.is_busy()


def hurry(engine: Engine) -> None:
    """On SQLite nothing written from now on has to outlive a power cut: for what can be built again."""
    if engine.dialect.name == "sqlite":
        engine.dispose()
        event.listen(engine, "connect", lambda connection, record: connection.execute("PRAGMA synchronous=OFF"))


def _prepare_sqlite(engine: Engine, path: Path) -> None:
    queue = _queues[engine] = WriterQueue(path)

    @event.listens_for(engine, "connect")
    def configure(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # Told to the driver itself: through all layers it would cost every request ten times as much.
        tell = connection.connection.cursor().execute
        if not connection.get_execution_options().get("writes"):
            tell("PRAGMA query_only=ON")
            connection.exec_driver_sql("BEGIN")
            return
        if "writer" not in connection.info:
            queue.acquire()
            connection.info["writer"] = queue
        tell("PRAGMA query_only=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(engine, "do_connect")
    def make_folder(*_: Any) -> None:
        # Not before: who only looks whether there is a database leaves nothing behind.
        path.parent.mkdir(parents=True, exist_ok=True)

    @event.listens_for(engine, "checkin")
    def release(connection: Any, record: Any) -> None:
        # After the commit has reached the file, not before: the next writer must see it.
        held = record.info.pop("writer", None)
        if held is not None:
            held.release()


def _prepare_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if not connection.get_execution_options().get("writes"):
            # One moment for the whole of it, as on SQLite: a walk over the trail must not see its head move on.
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def _leave_nothing_open(engine: Engine) -> None:
    @event.listens_for(engine, "reset")
    def undo(connection: Any, record: Any, state: Any) -> None:
        # After a commit that failed (a full disk) SQLAlchemy takes the transaction for ended; the database may not.
        connection.rollback()


def make_engine(url: str, pool_size: int = 20) -> Engine:
    """An engine for SQLite (a file) or PostgreSQL, with its way of beginning transactions."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        path = Path(parsed.database or "")
        engine = create_engine(url, pool_size=pool_size, max_overflow=5, connect_args={"check_same_thread": False})
        _leave_nothing_open(engine)
        _prepare_sqlite(engine, path)
        return engine
    engine = create_engine(url, pool_size=pool_size, max_overflow=5, pool_pre_ping=True)
    _leave_nothing_open(engine)
    _prepare_postgresql(engine)
    return engine


@contextmanager
def connected(url: str) -> Iterator[Engine]:
    """An engine for one command; its connections are closed at the end."""
    engine = make_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def session_on(engine: Engine, *, writes: bool) -> Session:
    """A session whose transaction begins at its first use. writes: False makes the database refuse every change."""
    return Session(engine.execution_options(writes=writes), expire_on_commit=False)


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A transaction that only reads."""
    with session_on(engine, writes=False) as session:
        yield session


def is_reading(session: Session) -> bool:
    """Whether the transaction only reads; then all of it sees one moment."""
    return session.get_bind().get_execution_options().get("writes") is False


def rows_of(session: Session, statement: Select[*Ts], **params: object) -> Result[*Ts]:
    """What columns a statement finds. The connection itself answers in half the time that the layer for objects takes."""
    session.flush()
    return session.connection().execute(statement, params)


def is_sqlite(session: Session) -> bool:
    """Whether the session speaks to SQLite."""
    return session.get_bind().dialect.name == "sqlite"


def insert_into(session: Session, model: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that can say what happens where the row is there already; both dialects spell it the same way."""
    return sqlite.insert(model) if is_sqlite(session) else postgresql.insert(model)


def insert_new(session: Session, model: type[Base], **values: object) -> None:
    """Inserts a row, or does nothing where one with the same unique key is there: somebody else may have been faster."""
    session.flush()
    session.execute(_insertion(model, session.get_bind().dialect.name), values)


@lru_cache
def _insertion(model: type[Base], dialect: str) -> Insert:
    """Made once for a table: making it takes longer than it does. It names the table, for an object would cost more again."""
    table = cast(Table, model.__table__)
    if dialect == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


def read_afresh(session: Session, row: object, names: list[str]) -> None:
    """Reads columns of a row again, for another may have changed them while this session waited for a lock.

    On SQLite nobody can have: a writing transaction has its turn before it reads at all.
    """
    if not is_sqlite(session):
        session.refresh(row, names)


def lock_row(session: Session, table: str, row_id: int, *, exclusive: bool) -> None:
    """Holds one row until the transaction ends: shared for a write it guards, exclusive to change it.

    SQLite needs none: its writers are alone already.
    """
    if is_sqlite(session):
        return
    strength = "UPDATE" if exclusive else "SHARE"
    session.execute(text(f"SELECT id FROM {table} WHERE id = :id FOR {strength}"), {"id": row_id})  # noqa: S608
