"""Jobs: wanted once, claimed by one, finished once, whatever happens to the worker."""

import random
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from award import worker
from award.kernel import clock as award_clock
from award.kernel import db
from award.kernel.audit.trail import transaction
from award.kernel.errors import AwardError, Conflict
from award.kernel.jobs import running, service
from award.kernel.jobs.models import Job, JobState
from award.kernel.jobs.running import Hopeless, Payload, Task
from award.kernel.jobs.service import LostLease
from award.kernel.settings import ROOT
from tests.conftest import StandingClock

SECOND = timedelta(seconds=1)
KIND = "test:note"


def read(session: Session, payload: Payload) -> str:
    return str(payload["word"])


class Notes:
    """A task that notes its effects."""

    def __init__(self, compute: Any = str.upper) -> None:
        self.applied: list[str] = []
        self.given_up: list[str] = []
        self.task = Task(KIND, read, compute, self.apply, self.give_up)

    def apply(self, session: Session, output: str) -> None:
        self.applied.append(output)

    def give_up(self, session: Session, payload: Payload, error: str) -> None:
        self.given_up.append(error)


def want(engine: Engine, word: str = "a", **how: Any) -> str:
    with transaction(engine) as session:
        return service.enqueue(session, KIND, {"word": word}, **how).public_id


def job_of(engine: Engine, public_id: str) -> Job:
    with db.reading(engine) as session:
        return session.scalars(select(Job).where(Job.public_id == public_id)).one()


def claim(engine: Engine, name: str = "w1") -> service.Claimed | None:
    return service.claim(engine, name, [KIND], award_clock.real_now())


def test_a_job_is_done_and_says_so(any_engine: Engine, clock: StandingClock) -> None:
    notes = Notes()
    job = want(any_engine)
    assert worker.run(any_engine, [notes.task], once=True) == 1
    assert notes.applied == ["A"]
    done = job_of(any_engine, job)
    assert (done.state, done.attempts, done.finished_at, done.lease_until) == (JobState.DONE, 1, clock.now, None)
    assert worker.run(any_engine, [notes.task], once=True) == 0


def test_wanting_the_same_twice_is_one_job(any_engine: Engine) -> None:
    assert want(any_engine, "a", dedup_key="k") == want(any_engine, "b", dedup_key="k")
    assert want(any_engine, "a") != want(any_engine, "a")


def test_a_job_wanted_in_an_act_that_fails_is_not_wanted(any_engine: Engine) -> None:
    def failing_act() -> None:
        with transaction(any_engine) as session:
            service.enqueue(session, KIND, {"word": "a"})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        failing_act()
    assert claim(any_engine) is None


def test_a_job_waits_for_its_time(any_engine: Engine, clock: StandingClock) -> None:
    want(any_engine, run_at=clock.now + timedelta(minutes=5))
    clock.forward(minutes=4, seconds=59)
    assert claim(any_engine) is None
    clock.forward(seconds=1)
    assert claim(any_engine) is not None


def test_a_demonstration_clock_moved_forward_makes_a_job_due(engine: Engine, clock: StandingClock) -> None:
    with transaction(engine) as session:
        session.add(
            award_clock.Installation(id=1, is_demonstration=True, clock_offset_seconds=0, first_start_token_hash=None)
        )
    want(engine, run_at=clock.now + timedelta(days=3))
    assert claim(engine) is None
    with transaction(engine) as session:
        award_clock.move_forward(session, timedelta(days=3))
    assert claim(engine) is not None


def test_only_kinds_the_worker_knows_are_claimed(engine: Engine) -> None:
    want(engine)
    assert service.claim(engine, "w", ["test:other"], award_clock.real_now()) is None


def test_the_job_due_longest_comes_first(any_engine: Engine, clock: StandingClock) -> None:
    late = want(any_engine, run_at=clock.now - SECOND)
    early = want(any_engine, run_at=clock.now - 2 * SECOND)
    claims = [claim(any_engine), claim(any_engine)]
    assert [one.public_id for one in claims if one] == [early, late]


def test_a_lease_that_ended_lets_another_worker_in_and_the_first_one_out(
    any_engine: Engine, clock: StandingClock
) -> None:
    want(any_engine)
    first = claim(any_engine, "w1")
    assert first is not None
    assert claim(any_engine, "w2") is None
    clock.now += service.LEASE + SECOND
    second = claim(any_engine, "w2")
    assert second is not None
    assert (second.id, second.attempt, second.fence) == (first.id, 2, first.fence + 1)
    with pytest.raises(LostLease), transaction(any_engine) as session:
        service.finish(session, first, clock.now)
    with pytest.raises(LostLease):
        service.heartbeat(any_engine, first, clock.now)
    with transaction(any_engine) as session:
        service.finish(session, second, clock.now)
    with pytest.raises(LostLease), transaction(any_engine) as session:
        service.finish(session, second, clock.now)


def test_a_heartbeat_keeps_the_lease(any_engine: Engine, clock: StandingClock) -> None:
    want(any_engine)
    first = claim(any_engine)
    assert first is not None
    clock.now += service.LEASE - SECOND
    service.heartbeat(any_engine, first, clock.now)
    clock.now += service.LEASE - SECOND
    assert claim(any_engine, "w2") is None


def test_the_heartbeat_of_a_running_job_outlives_its_lease(engine: Engine) -> None:
    lease = timedelta(seconds=0.3)
    stolen: list[object] = []

    def slow(word: str) -> str:
        time.sleep(0.8)
        stolen.append(service.claim(engine, "thief", [KIND], award_clock.real_now()))
        return word

    notes = Notes(slow)
    want(engine)
    worker.run(engine, [notes.task], once=True, lease=lease)
    assert stolen == [None]
    assert notes.applied == ["a"]


def test_a_failed_attempt_is_tried_again_later_and_at_last_given_up(any_engine: Engine, clock: StandingClock) -> None:
    def broken(word: str) -> str:
        raise ValueError(f"cannot do {word}")

    notes = Notes(broken)
    job = want(any_engine)
    for attempt, seconds in enumerate((10, 40, 160, 640), start=1):
        assert worker.run(any_engine, [notes.task], once=True) == 1
        failed = job_of(any_engine, job)
        assert (failed.state, failed.attempts, failed.error) == (JobState.QUEUED, attempt, "ValueError: cannot do a")
        assert failed.run_at == clock.now + timedelta(seconds=seconds)
        clock.now = failed.run_at
    assert worker.run(any_engine, [notes.task], once=True) == 1
    assert job_of(any_engine, job).state == JobState.FAILED
    assert notes.given_up == ["ValueError: cannot do a"]
    assert notes.applied == []
    clock.forward(days=1)
    assert claim(any_engine) is None


def test_what_can_never_succeed_is_given_up_at_once(any_engine: Engine) -> None:
    def hopeless(word: str) -> str:
        raise Hopeless(f"never {word}")

    notes = Notes(hopeless)
    job = want(any_engine)
    assert worker.run(any_engine, [notes.task], once=True) == 1
    assert (job_of(any_engine, job).state, job_of(any_engine, job).attempts) == (JobState.FAILED, 1)
    assert notes.given_up == ["never a"]


def test_a_refused_act_is_told_to_the_thing_and_leaves_nothing(any_engine: Engine) -> None:
    """Only where the task says what to do with a refusal; the transaction of the act is undone."""
    told: list[str] = []

    def apply(session: Session, output: str) -> None:
        session.execute(text("UPDATE job SET kind = 'test:changed'"))
        raise Conflict("thing.reason")

    def refuse(session: Session, payload: Payload, error: AwardError) -> None:
        told.append(f"{payload['word']} {error.code}")

    job = want(any_engine)
    task = Task(KIND, read, str.upper, apply, refuse=refuse)
    assert worker.run(any_engine, [task], once=True) == 1
    found = job_of(any_engine, job)
    assert (found.state, found.kind, found.attempts, found.error) == (JobState.FAILED, KIND, 1, "thing.reason")
    assert told == ["a thing.reason"]
    # Without it a refusal is a fault like any other.
    again = want(any_engine)
    assert worker.run(any_engine, [Task(KIND, read, str.upper, apply)], once=True) == 1
    assert job_of(any_engine, again).state == JobState.QUEUED


def test_a_job_that_kills_every_worker_is_given_up(any_engine: Engine, clock: StandingClock) -> None:
    notes = Notes()
    job = want(any_engine)
    for _ in range(5):
        assert claim(any_engine) is not None
        clock.now += service.LEASE + SECOND
    assert worker.run(any_engine, [notes.task], once=True) == 1
    assert job_of(any_engine, job).state == JobState.FAILED
    assert notes.given_up == ["the worker was lost every time"]
    assert notes.applied == []


def test_an_effect_that_fails_takes_the_end_of_the_job_with_it(any_engine: Engine) -> None:
    def half(session: Session, output: str) -> None:
        service.enqueue(session, "test:other", {}, dedup_key="half")
        raise ValueError("no")

    job = want(any_engine)
    worker.run(any_engine, [Task(KIND, read, str.upper, half)], once=True)
    assert job_of(any_engine, job).state == JobState.QUEUED
    with db.reading(any_engine) as session:
        assert session.scalars(select(Job).where(Job.dedup_key == "half")).one_or_none() is None


def test_a_cancelled_job_is_not_run(any_engine: Engine) -> None:
    notes = Notes()
    want(any_engine)
    with transaction(any_engine) as session:
        assert service.cancel(session, session.scalars(select(Job)).one(), award_clock.real_now())
        assert not service.cancel(session, session.scalars(select(Job)).one(), award_clock.real_now())
    assert worker.run(any_engine, [notes.task], once=True) == 0


def test_a_batch_shows_its_progress_and_stops_when_it_is_cancelled(any_engine: Engine) -> None:
    seen: list[tuple[int, int | None]] = []

    def batch(word: str) -> str:
        for done in range(1, 10):
            running.report_progress(done, 9)
            with transaction(any_engine) as session:
                job = session.scalars(select(Job)).one()
                seen.append((job.progress_done, job.progress_total))
                if done == 3:
                    service.cancel(session, job, award_clock.real_now())
        return word

    notes = Notes(batch)
    job = want(any_engine)
    worker.run(any_engine, [notes.task], once=True)
    assert seen == [(1, 9), (2, 9), (3, 9)]
    assert notes.applied == []
    assert job_of(any_engine, job).state == JobState.CANCELLED


def test_progress_outside_a_job_is_nobodys_business() -> None:
    running.report_progress(1, 2)


def test_two_workers_share_the_work_and_do_nothing_twice(any_engine: Engine) -> None:
    notes = Notes()
    for number in range(20):
        want(any_engine, f"job{number}")
    threads = [threading.Thread(target=worker.run, args=(any_engine, [notes.task], True)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(notes.applied) == Counter(f"JOB{number}" for number in range(20))


def test_a_worker_told_to_stop_finishes_what_it_has(engine: Engine) -> None:
    stop = threading.Event()

    def stopping(word: str) -> str:
        stop.set()
        return word

    notes = Notes(stopping)
    want(engine, "a")
    want(engine, "b")
    assert worker.run(engine, [notes.task], stop=stop) == 1
    assert notes.applied == ["a"]


def test_the_worker_process_ends_when_it_is_told_to(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole of door 3: it does what is due, plans its housekeeping, and ends with 0."""
    want(engine)
    monkeypatch.setenv("AWARD_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    process = subprocess.Popen([sys.executable, "-m", "award.worker"], cwd=ROOT, stderr=subprocess.PIPE)
    until = time.monotonic() + 20
    swept = select(Job.state).where(Job.kind == "files:sweep")
    with db.reading(engine) as session:
        while session.scalar(swept) != JobState.DONE and time.monotonic() < until:
            session.rollback()
            time.sleep(0.1)
        assert session.scalar(swept) == JobState.DONE
        assert session.scalar(select(Job.state).where(Job.kind == KIND)) == JobState.QUEUED, "a kind it does not know"
    process.terminate()
    _, said = process.communicate(timeout=10)
    assert process.returncode == 0, said


def test_a_worker_outlives_a_database_that_is_away(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    stop, failures = threading.Event(), iter([OSError("away"), OSError("still away")])

    def claim_later(*how: Any) -> service.Claimed | None:
        for failure in failures:
            raise failure
        stop.set()
        return service.claim(*how)

    monkeypatch.setattr(worker, "claim", claim_later)
    monkeypatch.setattr(worker, "POLL_SECONDS", 0.001)
    notes = Notes()
    want(engine)
    assert worker.run(engine, [notes.task], stop=stop) == 1
    assert notes.applied == ["A"]


def test_the_housekeeping_of_a_day_and_an_hour_is_planned_once(engine: Engine, clock: StandingClock) -> None:
    worker.plan_day(engine)
    worker.plan_day(engine)
    with db.reading(engine) as session:
        assert [job.kind for job in session.scalars(select(Job))] == ["files:sweep", "answers:forget", "messages:remind"]
    assert worker.run(engine, once=True) == 3


@pytest.mark.timeout(300)
def test_killed_workers_lose_no_job_and_take_effect_twice_for_none(any_engine: Engine) -> None:
    """A real process, killed a dozen times at moments nobody chose; leases are short so that little is waited for."""
    jobs, kills, chance = 120, 12, random.Random(20261121)
    with transaction(any_engine) as session:
        session.execute(text("CREATE TABLE effect (number INTEGER NOT NULL)"))
        for number in range(jobs):
            service.enqueue(session, "test:count", {"number": number})
    url = any_engine.url.render_as_string(hide_password=False)
    # A killed worker must not use up the attempts of a job here: what is proved is that none is lost.
    with transaction(any_engine) as session:
        session.execute(text("UPDATE job SET max_attempts = 100"))
    for _ in range(kills):
        process = start_worker(url)
        time.sleep(chance.uniform(0.0, 0.15))
        process.kill()
        process.wait()
    last = start_worker(url)
    try:
        assert wait_until_done(any_engine, seconds=120)
    finally:
        last.terminate()
        last.wait()
    with db.reading(any_engine) as session:
        effects = Counter(session.scalars(text("SELECT number FROM effect")))
        attempts = session.scalar(text("SELECT sum(attempts) FROM job"))
    assert effects == Counter(range(jobs))
    assert attempts > jobs, "no kill met a job in work: the test proves nothing"


def start_worker(url: str) -> subprocess.Popen[bytes]:
    program = Path(__file__).with_name("killed_worker.py")
    process = subprocess.Popen([sys.executable, str(program), url], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"working\n"
    process.stdout.close()
    return process


def wait_until_done(engine: Engine, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with db.reading(engine) as session:
            if session.scalar(text("SELECT count(*) FROM job WHERE state <> 'done'")) == 0:
                return True
        time.sleep(0.1)
    return False
