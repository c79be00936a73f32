"""The trail: an act and its record are one; what is written can be checked by anybody; every tampering is found."""

import hashlib
import json
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from award.kernel import db
from award.kernel.actor import SYSTEM, Actor, Held, Role, Scope
from award.kernel.audit import chain
from award.kernel.audit.queries import place_of
from award.kernel.audit.trail import record, round_stream, security_stream, transaction
from award.kernel.audit.verify import Fault, verify
from award.kernel.events import Event
from tests.conftest import StandingClock

STREAM = round_stream("abcdefghjkmn")
OFFICE = Actor(
    7, "office234567", "林晓", "zh", frozenset({Held(Role.AWARD_OFFICE, Scope.AUTHORITY, 1)}), session="c0ffee" * 8, request_id="r1"
)


def act(engine: Engine, number: int = 1, stream: str = STREAM, **content: object) -> None:
    with transaction(engine) as session:
        record(session, OFFICE, Event.ROUND_CHANGED, f"round:{number}", stream, {"number": number, **content}, rules="ab" * 32)


def stored(engine: Engine, table: str = "audit_record") -> list[dict[str, Any]]:
    with db.reading(engine) as session:
        return [dict(row) for row in session.execute(text(f"SELECT * FROM {table} ORDER BY stream, seq")).mappings()]


def execute(engine: Engine, *statements: str, **params: object) -> None:
    """Past the code, as whoever holds the database can."""
    with db.session_on(engine, writes=True) as session:
        for statement in statements:
            session.execute(text(statement), params)
        session.connection().commit()


def drop_triggers(engine: Engine) -> None:
    on = "" if engine.dialect.name == "sqlite" else " ON audit_record"
    execute(engine, f"DROP TRIGGER audit_record_no_update{on}", f"DROP TRIGGER audit_record_no_delete{on}")


def faults(engine: Engine) -> tuple[Fault, ...]:
    with db.reading(engine) as session:
        return verify(session).faults


# What is written


def link_by_the_written_format(stream: str, seq: int, prev: str, body: str) -> str:
    """security.md 6.1, anew: leaf = H(0x00 body); link = H(0x02 stream 0x00 seq prev leaf)."""
    leaf = hashlib.sha256(b"\x00" + body.encode()).digest()
    return hashlib.sha256(b"\x02" + stream.encode() + b"\x00" + struct.pack(">Q", seq) + bytes.fromhex(prev) + leaf).hexdigest()


def test_anybody_can_check_it_from_the_written_format(any_engine: Engine) -> None:
    for number in (1, 2, 3):
        act(any_engine, number)
    rows, openings = stored(any_engine), stored(any_engine, "audit_opening")
    assert [row["seq"] for row in rows] == [1, 2, 3, 4]
    prev = "00" * 32
    for row, opening in zip(rows, openings, strict=True):
        assert row["prev"] == prev
        assert row["link"] == link_by_the_written_format(STREAM, row["seq"], prev, row["body"])
        commit = hashlib.sha256(b"\x10" + bytes(opening["salt"]) + opening["content"].encode()).hexdigest()
        assert json.loads(row["body"])["commit"] == commit
        assert len(opening["salt"]) == 32
        prev = row["link"]
    assert stored(any_engine, "audit_head")[-1]["link"] == prev


def test_what_a_record_says(any_engine: Engine, clock: StandingClock) -> None:
    act(any_engine)
    first, second = (json.loads(row["body"]) for row in stored(any_engine))
    assert (first["act"], first["obj"], first["rules"]) == ("chain:started", STREAM, "ab" * 32)
    assert {key: value for key, value in second.items() if key != "commit"} == {
        "v": 1, "stream": STREAM, "t": "2026-03-02T01:00:00.000000Z", "act": "round:changed", "obj": "round:1", "stage": "",
        "actor": {"id": "office234567", "role": "award_office", "session": "c0ffeec0ffeec0ff"}, "rules": "ab" * 32, "req": "r1",
    }  # fmt: skip


def test_a_body_has_one_spelling(any_engine: Engine) -> None:
    act(any_engine)
    for row in stored(any_engine):
        again = json.dumps(json.loads(row["body"]), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert row["body"] == again


@pytest.mark.parametrize("inexact", [0.1, {"share": 0.5}, [1.0], datetime(2026, 1, 1), b"x", {1, 2}])
def test_what_has_no_exact_spelling_is_refused(inexact: object) -> None:
    with pytest.raises(TypeError, match="no exact spelling"):
        chain.canonical({"value": inexact})


def test_values_cannot_be_guessed_from_the_chain(any_engine: Engine) -> None:
    """A score has 101 values; without the salt each could be tried."""
    act(any_engine, 1, percent=65)
    act(any_engine, 1, percent=65)
    bodies = [json.loads(row["body"]) for row in stored(any_engine)][1:]
    guessed = {hashlib.sha256(b"\x10" + chain.canonical({"number": 1, "percent": n}).encode()).hexdigest() for n in range(101)}
    assert bodies[0]["commit"] != bodies[1]["commit"]
    assert not {body["commit"] for body in bodies} & guessed
    assert not [row for row in stored(any_engine) if "65" in json.loads(row["body"])["obj"] or "percent" in row["body"]]


def test_streams_are_named(clock: StandingClock) -> None:
    assert round_stream("x") == "round:x"
    assert security_stream(datetime(2026, 11, 21, 23, 59, tzinfo=UTC)) == "security:2026-11-21"


def test_several_streams_in_one_act(any_engine: Engine) -> None:
    with transaction(any_engine) as session:
        for stream in ("round:b", "admin", "round:a", "admin"):
            record(session, SYSTEM, Event.ROUND_CHANGED, "round:1", stream)
    assert [(row["stream"], row["seq"]) for row in stored(any_engine)] == [
        ("admin", 1), ("admin", 2), ("admin", 3), ("round:a", 1), ("round:a", 2), ("round:b", 1), ("round:b", 2),
    ]  # fmt: skip
    assert faults(any_engine) == ()


def test_the_place_on_a_receipt(any_engine: Engine) -> None:
    act(any_engine, 5)
    with db.reading(any_engine) as session:
        place = place_of(session, Event.ROUND_CHANGED, "round:5")
        assert place is not None
        assert (place.stream, place.seq, place.link) == (STREAM, 2, stored(any_engine)[1]["link"][:16])
        assert place_of(session, Event.ROUND_CHANGED, "round:6") is None


# One with the act


def write(engine: Engine, failure: Exception | None = None, **content: object) -> None:
    """An act that changes something besides its record."""
    with transaction(engine) as session:
        session.execute(text("INSERT INTO acted VALUES (1)"))
        record(session, SYSTEM, Event.ROUND_CHANGED, "round:1", STREAM, content)
        if failure is not None:
            raise failure


def test_a_failed_act_leaves_no_record(any_engine: Engine) -> None:
    execute(any_engine, "CREATE TABLE acted (number INTEGER)")
    with pytest.raises(RuntimeError, match="after all"):
        write(any_engine, RuntimeError("not after all"))
    assert stored(any_engine) == []
    assert stored(any_engine, "audit_head") == []


def test_no_record_no_act(any_engine: Engine) -> None:
    """The trail cannot be written: nothing is done."""
    execute(any_engine, "CREATE TABLE acted (number INTEGER)")
    execute(any_engine, "ALTER TABLE audit_record RENAME TO hidden")
    with pytest.raises(DatabaseError):
        write(any_engine)
    execute(any_engine, "ALTER TABLE hidden RENAME TO audit_record")
    with db.reading(any_engine) as session:
        assert session.scalar(text("SELECT count(*) FROM acted")) == 0
    act(any_engine)
    assert faults(any_engine) == ()


def test_an_act_that_is_undone_leaves_no_record(any_engine: Engine) -> None:
    """Also where the session goes on, to show a page or to do something else."""
    execute(any_engine, "CREATE TABLE acted (number INTEGER)")
    with transaction(any_engine) as session:
        session.execute(text("INSERT INTO acted VALUES (1)"))
        record(session, SYSTEM, Event.ROUND_CHANGED, "round:1", STREAM)
        session.rollback()
        record(session, SYSTEM, Event.ROUND_CHANGED, "round:2", STREAM)
    assert [row["obj"] for row in stored(any_engine)] == [STREAM, "round:2"]


def test_what_is_undone_inside_an_act_keeps_the_acts_records(any_engine: Engine) -> None:
    with transaction(any_engine) as session:
        record(session, SYSTEM, Event.ROUND_CHANGED, "round:1", STREAM)
        inner = session.begin_nested()
        inner.rollback()
    assert [row["obj"] for row in stored(any_engine)] == [STREAM, "round:1"]


def test_what_cannot_be_spelled_undoes_the_act(any_engine: Engine) -> None:
    execute(any_engine, "CREATE TABLE acted (number INTEGER)")
    with pytest.raises(TypeError):
        write(any_engine, share=0.5)
    with db.reading(any_engine) as session:
        assert session.scalar(text("SELECT count(*) FROM acted")) == 0


@pytest.mark.parametrize("change", ["UPDATE audit_record SET body = '{}'", "DELETE FROM audit_record"])
def test_the_database_refuses_changes(any_engine: Engine, change: str) -> None:
    act(any_engine)
    with pytest.raises(DatabaseError, match="written once"):
        execute(any_engine, change)
    assert faults(any_engine) == ()


# Tampering

EDIT_BODY = """UPDATE audit_record SET body = replace(body, 'round:2', 'round:9'), obj = 'round:9' WHERE seq = 3"""
SWAP = "UPDATE audit_record SET seq = {} WHERE seq = {}"
DUPLICATE = """INSERT INTO audit_record (stream, seq, body, prev, link, at, actor, act, obj)
    SELECT stream, 7, body, link, link, at, actor, act, obj FROM audit_record WHERE seq = 6"""
TAMPERINGS: dict[str, tuple[tuple[str, ...], int, str]] = {
    "a body edited": ((EDIT_BODY,), 3, "link"),
    "two records swapped": ((SWAP.format(99, 3), SWAP.format(3, 4), SWAP.format(4, 99)), 3, "prev"),
    "one removed": (("DELETE FROM audit_record WHERE seq = 3",), 3, "gap"),
    "the first removed": (("DELETE FROM audit_record WHERE seq = 1",), 1, "gap"),
    "one doubled": ((DUPLICATE,), 7, "link"),
    "the tail cut": (("DELETE FROM audit_record WHERE seq >= 5",), 5, "head"),
    "a stream dropped": (("DELETE FROM audit_record",), 1, "head"),
    "a head turned back": (("UPDATE audit_head SET seq = 5",), 7, "head"),
    "a head dropped": (("DELETE FROM audit_head",), 7, "head"),
    "a copy edited": (("UPDATE audit_record SET actor = 'somebody' WHERE seq = 4",), 4, "copy"),
    "a time edited": (("UPDATE audit_record SET at = '2020-01-01 00:00:00.000000' WHERE seq = 4",), 4, "copy"),
    "a link edited": (("UPDATE audit_record SET link = prev WHERE seq = 4",), 4, "link"),
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_tampering_is_found_at_the_first_bad_record(any_engine: Engine, tampering: str) -> None:
    for number in (1, 2, 3, 4, 5):
        act(any_engine, number)
        act(any_engine, number, stream="admin")
    drop_triggers(any_engine)
    statements, seq, reason = TAMPERINGS[tampering]
    only = [f"{one} {'AND' if 'WHERE' in one else 'WHERE'} stream = '{STREAM}'" for one in statements]
    execute(any_engine, *only)
    assert faults(any_engine) == (Fault(STREAM, seq, reason),)


def test_edited_content_is_found(any_engine: Engine) -> None:
    act(any_engine, 1, reason="missing seal")
    execute(any_engine, "UPDATE audit_opening SET content = replace(content, 'missing', 'perfect')")
    assert faults(any_engine) == (Fault(STREAM, 2, "commitment"),)


def test_a_recomputed_chain_of_nonsense_is_named(any_engine: Engine) -> None:
    act(any_engine)
    drop_triggers(any_engine)
    prev = stored(any_engine)[0]["link"]
    link = link_by_the_written_format(STREAM, 2, prev, "nonsense")
    execute(any_engine, "UPDATE audit_record SET body = 'nonsense', link = :link WHERE seq = 2", link=link)
    assert faults(any_engine) == (Fault(STREAM, 2, "body"),)


def test_removing_what_opens_a_record_leaves_the_chain_whole(any_engine: Engine) -> None:
    """Personal data can be deleted; that something was decided stays proven."""
    act(any_engine)
    execute(any_engine, "DELETE FROM audit_opening")
    assert stored(any_engine, "audit_opening") == []
    assert faults(any_engine) == ()


# Many at once


def test_threads_neither_fork_nor_raise_false_alarm(any_engine: Engine) -> None:
    start, errors = threading.Barrier(8), []

    def append(worker: int) -> None:
        start.wait()
        try:
            for number in range(12):
                act(any_engine, number, stream=("admin", STREAM)[number % 2])
        except Exception as error:
            errors.append(error)

    together([lambda worker=worker: append(worker) for worker in range(8)])
    assert errors == []
    with db.reading(any_engine) as session:
        verdict = verify(session)
    assert (verdict.faults, verdict.records, verdict.streams) == ((), 8 * 12 + 2, 2)


def together(works: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_processes_neither_fork_nor_raise_false_alarm(any_engine: Engine) -> None:
    """Eight processes, one stream: others judged 33 of 48 honest records tampered (security.md 6.2)."""
    execute(any_engine, "CREATE TABLE acted (number INTEGER)")
    url = any_engine.url.render_as_string(hide_password=False)
    command = [sys.executable, str(Path(__file__).with_name("appending.py")), url, STREAM, "6"]
    running = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(8)
    ]
    told = [process.communicate("go\n", timeout=90) for process in running]
    assert [error for _, error in told if error] == []
    assert {process.returncode for process in running} == {0}
    with db.reading(any_engine) as session:
        verdict = verify(session)
        assert session.scalar(text("SELECT count(*) FROM acted")) == 48
    assert (verdict.faults, verdict.records) == ((), 49)
