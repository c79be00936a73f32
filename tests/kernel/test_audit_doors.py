"""The trail at the doors: `audit verify` names what is bad, and what is refused is recorded by itself."""

import json

from fastapi import APIRouter, Depends, FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text
from typer.testing import CliRunner

from award.app import make_app
from award.commands import app as commands
from award.kernel import db
from award.kernel.errors import Refused
from award.kernel.settings import settings
from award.kernel.web import guard
from award.kernel.web.context import RequestSession
from tests.conftest import StandingClock
from tests.kernel.test_audit import act, drop_triggers, execute, faults, stored
from tests.visiting import post

TODAY = "security:2026-03-02"


def verify(engine: Engine, *more: str) -> tuple[int, list[str]]:
    settings().database_url = engine.url.render_as_string(hide_password=False)
    done = CliRunner().invoke(commands, ["audit", "verify", *more])
    return done.exit_code, done.stdout.splitlines()


def test_a_whole_trail(any_engine: Engine) -> None:
    assert verify(any_engine) == (0, ["0 records in 0 streams: whole"])
    act(any_engine)
    act(any_engine, stream="admin")
    assert verify(any_engine) == (0, ["4 records in 2 streams: whole"])
    assert verify(any_engine, "--stream", "admin") == (0, ["2 records in 1 stream: whole"])


def test_the_first_bad_record_is_named(any_engine: Engine) -> None:
    for _ in range(3):
        act(any_engine)
        act(any_engine, stream="admin")
    drop_triggers(any_engine)
    execute(any_engine, "UPDATE audit_record SET body = replace(body, 'round:1', 'round:2') WHERE stream = 'admin' AND seq > 2")
    assert verify(any_engine) == (1, ["BAD admin record 3: link", "7 records in 2 streams: BROKEN"])
    assert verify(any_engine, "--stream", "round:abcdefghjkmn")[0] == 0


def client_of(engine: Engine) -> TestClient:
    """A site with a page that changes something and then refuses."""
    router = APIRouter(dependencies=[Depends(guard.public)])

    @router.post("/refuses")
    def refuses(session: RequestSession) -> None:
        session.execute(text("INSERT INTO acted VALUES (1)"))
        raise Refused("test.no", "No.")

    site: FastAPI = make_app(engine)
    site.include_router(router)
    return TestClient(site, base_url="http://localhost", follow_redirects=False)


def refusals(engine: Engine) -> list[dict[str, object]]:
    opened = stored(engine, "audit_opening")
    return [json.loads(row["content"]) for row in opened if row["stream"] == TODAY and row["seq"] > 1]


def test_a_refusal_is_recorded_in_a_transaction_of_its_own(any_engine: Engine, clock: StandingClock) -> None:
    execute(any_engine, "CREATE TABLE acted (number INTEGER)")
    answer = post(client_of(any_engine), "/refuses")
    assert answer.status_code == 403
    assert refusals(any_engine) == [{"code": "test.no", "path": "/refuses", "method": "POST"}]
    record = json.loads(stored(any_engine)[-1]["body"])
    assert (record["act"], record["stream"], record["obj"]) == ("act:refused", TODAY, f"request:{record['req']}")
    with db.reading(any_engine) as session:
        assert session.scalar(text("SELECT count(*) FROM acted")) == 0
    assert faults(any_engine) == ()


def test_one_time_links_do_not_enter_the_trail(engine: Engine, clock: StandingClock) -> None:
    secret = "s" * 43
    answer = TestClient(make_app(engine), base_url="http://localhost").post(f"/reset/{secret}", data={"password": "Lotus-pond-88"})
    assert answer.status_code == 403
    assert refusals(engine) == [{"code": "csrf.refused", "path": "/reset/…", "method": "POST"}]
    assert "Lotus-pond-88" not in answer.text
    assert secret not in str(stored(engine)) + str(stored(engine, "audit_opening"))


def test_what_cannot_be_recorded_is_not_answered_as_usual(engine: Engine) -> None:
    """Fail-closed for refusals too."""
    execute(engine, "CREATE TABLE acted (number INTEGER)")
    site = client_of(engine)
    site.get("/login")
    execute(engine, "ALTER TABLE audit_record RENAME TO hidden")
    quiet = TestClient(site.app, base_url="http://localhost", raise_server_exceptions=False, cookies=site.cookies)
    assert post(quiet, "/refuses").status_code == 500
