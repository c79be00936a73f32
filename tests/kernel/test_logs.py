"""The log: one object a line, what a request and a job cost, and nothing anybody is called, typed or was sent."""

import io
import json
import logging
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from award.kernel import db, logs
from award.kernel.actor import Role, Scope
from award.kernel.audit.trail import transaction
from award.kernel.errors import Conflict
from award.kernel.jobs.running import Task
from award.kernel.jobs.service import enqueue
from award.kernel.settings import Settings
from award.worker import run
from tests import make
from tests.conftest import StandingClock
from tests.kernel.site import site
from tests.visiting import sign_in

NAME = "李敏"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def written(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    root, ours = logging.getLogger(), logging.getLogger("award")
    before = (root.handlers[:], root.level, ours.level)
    stream = io.StringIO()
    logs.configure(Settings(log_level="DEBUG"), stream)
    yield stream
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    ours.setLevel(before[2])


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def requests(stream: io.StringIO) -> list[dict[str, Any]]:
    return [line for line in lines(stream) if line["message"] == "request"]


def visit(app: FastAPI) -> TestClient:
    return TestClient(app, base_url="http://localhost", raise_server_exceptions=False, follow_redirects=False)


def test_a_request_is_one_line(engine: Engine, written: io.StringIO) -> None:
    visit(site(engine)).get("/v/ABCD2345WXYZ")
    (line,) = requests(written)
    assert line["time"].endswith("Z")
    assert (line["level"], line["logger"], line["method"], line["route"], line["status"], line["role"]) == (
        "INFO", "award.access", "GET", "/v/{code}", 200, "public",
    )  # fmt: skip
    assert (len(line["id"]), line["statements"] > 0, line["ms"] >= 0) == (8, True, True)
    assert set(line) == {
        "time",
        "level",
        "logger",
        "message",
        "id",
        "method",
        "route",
        "status",
        "ms",
        "statements",
        "role",
    }
    assert "ABCD2345" not in written.getvalue()


def test_no_route_no_address(engine: Engine, written: io.StringIO) -> None:
    visit(site(engine)).get(f"/people/{NAME}?name={NAME}")
    assert [(line["route"], line["status"]) for line in requests(written)] == [("", 404)]


def test_the_role_and_nothing_else_of_who_asks(engine: Engine, clock: StandingClock, written: io.StringIO) -> None:
    app = site(engine)
    with transaction(engine) as session:
        officer, nobody = make.person(session, NAME), make.person(session, NAME)
        make.grant(session, officer, Role.AWARD_OFFICE, Scope.AUTHORITY, make.authority(session).id)
    for who in (officer, nobody):
        sign_in(visit(app), engine, who).get("/test/people")
    assert [(line["role"], line["status"]) for line in requests(written)] == [("award_office", 200), ("none", 403)]
    assert not any(one in written.getvalue() for one in (NAME, officer.username, officer.email, officer.public_id))


def test_statements_are_counted_once_for_each_request(engine: Engine, written: io.StringIO) -> None:
    """Two applications on one engine, as in tests, count no statement twice."""
    site(engine)
    app = site(engine)
    for _ in range(2):
        visit(app).get("/test/error/many")
        visit(app).get("/v/ABCD2345WXYZ")
    counts = [line["statements"] for line in requests(written)]
    assert counts[0:2] == counts[2:4]
    assert counts[0] < counts[1] < 6


def test_a_fault_is_traced_without_its_words(engine: Engine, written: io.StringIO) -> None:
    app = site(engine)

    @app.get("/test/insert", dependencies=app.router.dependencies)
    def insert() -> None:
        with db.reading(engine) as session:
            try:
                session.execute(text("SELECT no_such_function(:name)"), {"name": NAME})
            except Exception as error:
                raise ValueError(f"cannot read {NAME}") from error

    assert visit(app).get("/test/insert").status_code == 500
    faults = [line for line in lines(written) if line["level"] == "ERROR"]
    assert faults
    assert faults[0]["message"] == f"request {requests(written)[0]['id']} failed"
    trace = faults[0]["trace"]
    assert trace[-1] == "ValueError"
    assert "OperationalError" in trace
    assert any(line.startswith("tests/kernel/test_logs.py:") and line.endswith(" insert") for line in trace)
    assert NAME not in written.getvalue()
    assert "no_such_function" not in written.getvalue()


def test_an_error_of_ours_tells_its_code() -> None:
    assert list(logs.scrubbed(Conflict("thing.busy", f"{NAME} was first")))[-1] == "Conflict thing.busy"


def test_what_libraries_say_loses_its_values(written: io.StringIO) -> None:
    logging.getLogger("weasyprint").warning("Ignored %s", NAME)
    logging.getLogger("weasyprint").info("not heard at all")
    logging.getLogger("award.files").warning("%s took longer than %d seconds", "award.x", 3)
    assert [line["message"] for line in lines(written)] == ["Ignored %s", "award.x took longer than 3 seconds"]


def test_a_trace_a_library_wrote_out_loses_its_words(written: io.StringIO) -> None:
    """uvicorn tells so of an application that does not start."""
    try:
        raise ValueError(f"cannot read {NAME}\nof {NAME}")
    except ValueError:
        logging.getLogger("uvicorn.error").error(traceback.format_exc())
    (line,) = lines(written)
    assert line["message"] == "fault"
    assert line["trace"][-1] == "ValueError"
    assert line["trace"][0].startswith("tests/kernel/test_logs.py:")
    assert NAME not in written.getvalue()


def test_a_job_is_one_line(engine: Engine, written: io.StringIO) -> None:
    def fail(read: object) -> object:
        raise ValueError(NAME)

    good = Task[object, object](
        "test:good", lambda session, payload: None, lambda read: None, lambda session, made: None
    )
    bad = Task[object, object]("test:bad", lambda session, payload: None, fail, lambda session, made: None)
    with transaction(engine) as session:
        ids = {kind: enqueue(session, kind, {"name": NAME}).public_id for kind in ("test:good", "test:bad")}
    run(engine, [good, bad], once=True)
    told = {line["kind"]: line for line in lines(written) if line["message"] == "job"}
    assert {kind: (line["id"], line["outcome"], line["attempt"]) for kind, line in told.items()} == {
        "test:good": (ids["test:good"], "done", 1), "test:bad": (ids["test:bad"], "failed", 1),
    }  # fmt: skip
    assert NAME not in written.getvalue()


@pytest.mark.parametrize(
    ("stream", "chosen", "is_json"),
    [(io.StringIO, "auto", True), (Terminal, "auto", False), (Terminal, "json", True), (io.StringIO, "text", False)],
)
def test_people_read_it_at_a_terminal(
    written: io.StringIO, stream: type[io.StringIO], chosen: Any, is_json: bool
) -> None:
    out = stream()
    logs.configure(Settings(log_format=chosen), out)
    try:
        raise ValueError(NAME)
    except ValueError:
        logging.getLogger("award.x").exception("broken", extra={"fields": {"id": "abc", "role": ""}})
    said = out.getvalue()
    if is_json:
        assert json.loads(said)["id"] == "abc"
    else:
        first, *trace = said.splitlines()
        assert first.endswith(" ERROR broken id=abc")
        assert trace[-1] == "    ValueError"
    assert NAME not in said
