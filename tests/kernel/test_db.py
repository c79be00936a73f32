"""How transactions begin and end: readers cannot write, writers queue, moments keep their zone, a failed commit is told."""

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from fastapi import APIRouter, Depends
from fastapi.testclient import TestClient
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import Session

from award.app import make_app
from award.kernel import db
from award.kernel.audit.trail import transaction
from award.kernel.clock import Installation
from award.kernel.web import guard
from award.kernel.web.context import RequestSession
from award.rounds.models import Authority, CalendarYear, Snapshot
from tests import make
from tests.visiting import post


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """What reaches the database meanwhile."""
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def year(number: int) -> CalendarYear:
    return CalendarYear(year=number, source="国办发明电〔2025〕7号")


def years(engine: Engine) -> list[int]:
    with db.reading(engine) as session:
        return list(session.scalars(text("SELECT year FROM calendar_year ORDER BY year")))


@pytest.mark.sqlite_only
def test_a_writer_takes_its_turn_at_its_first_use(engine: Engine) -> None:
    with statements(engine) as seen, transaction(engine) as session:
        assert seen == []
        session.add(year(2026))
        session.flush()
        assert "BEGIN IMMEDIATE" in seen[:2]


@pytest.mark.parametrize(("is_hurried", "synchronous"), [(False, 2), (True, 0)])
def test_sqlite_is_kept_safe(tmp_path: Path, *, is_hurried: bool, synchronous: int) -> None:
    engine = db.make_engine(f"sqlite:///{tmp_path / 'award.sqlite3'}")
    if is_hurried:
        db.hurry(engine)
    with db.reading(engine) as session:
        pragmas = {name: session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")}
    engine.dispose()
    assert pragmas == {"journal_mode": "wal", "synchronous": synchronous, "foreign_keys": 1}


def test_readers_cannot_write(any_engine: Engine) -> None:
    with db.reading(any_engine) as session:
        session.add(year(2026))
        with pytest.raises(DBAPIError, match=r"readonly|read-only"):
            session.flush()
    assert years(any_engine) == []


def test_a_reader_cannot_talk_itself_into_writing(any_engine: Engine) -> None:
    """Nor does reading leave a connection that refuses the next writer."""
    with db.reading(any_engine) as session, pytest.raises(DBAPIError):
        session.execute(text("DELETE FROM calendar_year"))
    with transaction(any_engine) as session:
        session.add(year(2026))
    assert years(any_engine) == [2026]


def test_readers_do_not_wait_for_a_writer(any_engine: Engine) -> None:
    with transaction(any_engine) as session:
        session.add(year(2026))
        session.flush()
        assert years(any_engine) == []
    assert years(any_engine) == [2026]


def held(engine: Engine) -> bool:
    """Whether somebody keeps the turn to write."""
    got: list[bool] = []

    def try_it() -> None:
        with transaction(engine) as session:
            session.execute(text("UPDATE calendar_year SET source = source"))
            got.append(True)

    thread = threading.Thread(target=try_it, daemon=True)
    thread.start()
    thread.join(20)
    return not got


def fail_in_python(session: Session) -> None:
    session.add(year(2026))
    session.flush()
    raise RuntimeError("broken")


def fail_in_the_database(session: Session) -> None:
    session.execute(text("INSERT INTO calendar_year (year) VALUES (NULL)"))


def fail_at_commit(session: Session) -> None:
    session.add(year(2026))
    session.add(year(2026))


@pytest.mark.filterwarnings("ignore:New instance")
@pytest.mark.parametrize("failing", [fail_in_python, fail_in_the_database, fail_at_commit])
def test_the_turn_ends_with_an_error(any_engine: Engine, failing: object) -> None:
    def fail() -> None:
        with transaction(any_engine) as session:
            failing(session)  # type: ignore[operator]

    with pytest.raises((RuntimeError, DBAPIError)):
        fail()
    assert years(any_engine) == []
    assert not held(any_engine)


def test_the_turn_ends_when_a_session_is_left_or_rolled_back(engine: Engine) -> None:
    with db.session_on(engine, writes=True) as session:
        session.execute(text("SELECT 1"))
        session.rollback()
        assert not held(engine)
        session.execute(text("SELECT 1"))
    assert not held(engine)


def test_the_turn_ends_when_a_connection_is_lost(engine: Engine) -> None:
    with db.session_on(engine, writes=True) as session:
        session.connection().invalidate()
    assert not held(engine)


def test_who_waits_sees_what_the_one_before_wrote(sqlite_template: Path, tmp_path: Path) -> None:
    """Eight threads read and add one: none is lost on SQLite, whose writers are alone."""
    engine = db.make_engine(f"sqlite:///{shutil.copy(sqlite_template, tmp_path)}")
    count_up(engine)
    works = [threading.Thread(target=add_one, args=(engine, 10)) for _ in range(8)]
    for work in works:
        work.start()
    for work in works:
        work.join()
    assert counted(engine) == 80
    engine.dispose()


def count_up(engine: Engine) -> None:
    with transaction(engine) as session:
        session.execute(text("CREATE TABLE counted (n INTEGER)"))
        session.execute(text("INSERT INTO counted VALUES (0)"))


def add_one(engine: Engine, times: int) -> None:
    for _ in range(times):
        with transaction(engine) as session:
            reached = session.scalar(text("SELECT n FROM counted"))
            time.sleep(0.001)
            session.execute(text("UPDATE counted SET n = :n"), {"n": (reached or 0) + 1})


def counted(engine: Engine) -> int | None:
    with db.reading(engine) as session:
        return session.scalar(text("SELECT n FROM counted"))


def test_processes_queue_without_an_error(any_engine: Engine) -> None:
    """Four processes, read then write: plain BEGIN gave "database is locked" here by the hundred thousand (security.md 0.4)."""
    count_up(any_engine)
    url = any_engine.url.render_as_string(hide_password=False)
    command = [sys.executable, str(Path(__file__).with_name("writing.py")), url, "40"]
    running = [subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    told = [process.communicate("go\n", timeout=90)[1] for process in running]
    assert told == [""] * 4
    assert counted(any_engine) == 160


def test_a_row_is_held_until_the_end(any_engine: Engine) -> None:
    """A shared hold keeps the exclusive one out; SQLite's writers are alone anyway."""
    with transaction(any_engine) as session:
        held_id = make.authority(session).id
    order: list[str] = []

    def change() -> None:
        with transaction(any_engine) as session:
            db.lock_row(session, "authority", held_id, exclusive=True)
            session.get_one(Authority, held_id).contact = "new"
            order.append("changed")

    with transaction(any_engine) as session:
        session.execute(text("SELECT 1"))
        db.lock_row(session, "authority", held_id, exclusive=False)
        other = threading.Thread(target=change)
        other.start()
        time.sleep(0.3)
        order.append("read")
    other.join()
    assert order == ["read", "changed"]


# Moments


def stored_moment(engine: Engine, moment: datetime) -> datetime:
    with transaction(engine) as session:
        round_ = make.round_(session, "setup")
        session.add(
            Snapshot(round_id=round_.id, kind="call", number=1, content="{}", sha256="0" * 64, published_at=moment)
        )
    with db.reading(engine) as session:
        return session.scalars(text("SELECT published_at FROM snapshot").columns(Snapshot.published_at)).one()


def test_moments_come_back_in_utc_to_the_microsecond(any_engine: Engine) -> None:
    moment = datetime(2026, 8, 28, 18, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    back = stored_moment(any_engine, moment)
    assert back == datetime(2026, 8, 28, 10, 0, 0, 123456, tzinfo=UTC)
    assert back.utcoffset() == timedelta()


def test_a_moment_without_zone_is_refused(any_engine: Engine) -> None:
    with pytest.raises(StatementError, match="a moment needs a time zone"):
        stored_moment(any_engine, datetime(2026, 8, 28, 18))


def test_foreign_keys_are_checked(any_engine: Engine) -> None:
    with pytest.raises(IntegrityError), transaction(any_engine) as session:
        session.execute(text("INSERT INTO award (public_id, authority_id, name_zh, name_en) VALUES ('a', 99, 'x', 'y')"))


# Requests


def site(engine: Engine) -> TestClient:
    router = APIRouter(dependencies=[Depends(guard.public)])

    @router.get("/reads")
    def reads(session: RequestSession) -> str:
        session.add(year(2026))
        session.flush()
        return "written"

    @router.post("/writes")
    def writes(session: RequestSession) -> str:
        session.add(year(2026))
        return "done"

    @router.post("/fails-at-commit")
    def fails(session: RequestSession) -> str:
        # Flushed at the very end only, when the route has answered already.
        session.add(Installation(id=2, is_demonstration=False, clock_offset_seconds=0))
        return "done"

    app = make_app(engine)
    app.include_router(router)
    return TestClient(app, base_url="http://localhost", raise_server_exceptions=False)


def test_get_cannot_write(any_engine: Engine) -> None:
    assert site(any_engine).get("/reads").status_code == 500
    assert years(any_engine) == []


def test_a_request_is_one_transaction(any_engine: Engine) -> None:
    answer = post(site(any_engine), "/writes")
    assert (answer.status_code, answer.json()) == (200, "done")
    assert years(any_engine) == [2026]


def test_a_refused_commit_is_told(any_engine: Engine) -> None:
    """And not answered as if all had gone well."""
    answer = post(site(any_engine), "/fails-at-commit")
    assert answer.status_code == 500
    assert "done" not in answer.text
    assert not held(any_engine)


def test_a_broken_commit_is_told(any_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full: nothing is done, nothing is left open, and the answer says so."""
    browser = site(any_engine)
    browser.get("/login")

    def fail(connection: object) -> None:
        dialect = any_engine.dialect
        assert dialect.dbapi is not None
        raise dialect.dbapi.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(any_engine.dialect, "do_commit", fail)
        answer = post(browser, "/writes")
    assert answer.status_code == 500
    assert "done" not in answer.text
    assert years(any_engine) == []
    assert not held(any_engine)


def test_who_would_wait_for_another_is_told_so(any_engine: Engine) -> None:
    """In the process and from another one; on PostgreSQL nobody waits for a whole act."""
    assert not db.is_writing(any_engine)
    with transaction(any_engine) as session:
        session.execute(text("SELECT 1"))
        assert db.is_writing(any_engine) == db.is_sqlite(session)
    assert not db.is_writing(any_engine)


def test_a_writer_in_another_process_is_seen(tmp_path: Path) -> None:
    here, there = (db.WriterQueue(tmp_path / "award.db") for _ in range(2))
    here.acquire()
    assert there.is_busy()
    here.release()
    assert not there.is_busy()
