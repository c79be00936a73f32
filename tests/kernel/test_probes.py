"""What machines ask: alive, ready. Neither tells a stranger anything, sets a cookie or may be kept."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from award import worker
from award.app import make_app
from award.kernel import db, health
from award.kernel.jobs.service import show_worker
from award.kernel.migrating import downgrade
from award.kernel.settings import Settings, settings
from tests.conftest import StandingClock


def asked(engine: Engine, path: str = "/readyz", **config: object) -> tuple[int, dict[str, str]]:
    site = TestClient(make_app(engine, Settings.model_validate({**settings().model_dump(), **config})))
    # The address of a machine, which no operator lists among the hosts of the site.
    answer = site.get(path, headers={"host": "172.18.0.3:8000"})
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.json()


def test_alive_asks_no_database() -> None:
    nowhere = db.make_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert asked(nowhere, "/healthz") == (200, {"status": "ok"})


def test_ready(any_engine: Engine, clock: StandingClock) -> None:
    show_worker(any_engine, "host:1", clock.now)
    whole = {"status": "ok", "storage": "ok", "database": "ok", "revision": "ok", "worker": "ok"}
    assert asked(any_engine) == (200, whole)


def test_a_worker_that_is_late(any_engine: Engine, clock: StandingClock) -> None:
    assert asked(any_engine)[1]["worker"] == "not seen"
    show_worker(any_engine, "host:1", clock.now)
    clock.now += health.LATE - timedelta(seconds=1)
    assert asked(any_engine)[0] == 200
    clock.now += timedelta(seconds=1)
    status, found = asked(any_engine)
    assert (status, found["status"], found["worker"]) == (503, "unavailable", "not seen")
    show_worker(any_engine, "host:2", clock.now)
    assert asked(any_engine)[0] == 200


def test_a_worker_shows_itself_as_long_as_it_takes_up_jobs(engine: Engine) -> None:
    import threading

    stop, taking = threading.Event(), threading.Thread(target=lambda: stop.wait(20))
    taking.start()
    showing = threading.Thread(target=worker._show, args=(engine, stop, [taking]))
    showing.start()
    try:
        for _ in range(100):
            if asked(engine)[0] == 200:
                break
            stop.wait(0.05)
        assert asked(engine)[0] == 200
    finally:
        stop.set()
        showing.join()
        taking.join()


def test_without_a_database(tmp_path: object) -> None:
    nowhere = db.make_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert asked(nowhere) == (503, {"status": "unavailable", "storage": "ok", "database": "unreachable"})
    nowhere.dispose()


def test_tables_of_another_version(any_engine: Engine) -> None:
    downgrade(any_engine, "base")
    status, found = asked(any_engine)
    assert (status, found["database"], found["revision"], "worker" in found) == (503, "ok", "not current", False)


def test_a_folder_nobody_may_write_to(engine: Engine, clock: StandingClock, monkeypatch: pytest.MonkeyPatch) -> None:
    show_worker(engine, "host:1", clock.now)
    # A file where the folder should be stands in for a disk that is gone: also root cannot write there.
    blocked = settings().directory / "blocked"
    blocked.write_text("")
    assert asked(engine, directory=blocked / "folder") == (
        503,
        {"status": "unavailable", "storage": "not writable", "database": "ok", "revision": "ok", "worker": "ok"},
    )


def test_only_reading_is_a_probe(engine: Engine) -> None:
    site = TestClient(make_app(engine), base_url="http://localhost")
    assert site.post("/readyz").status_code in (404, 405)
    assert site.head("/healthz").status_code == 200
