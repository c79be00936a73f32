"""Running one job: read, compute with no transaction open, then the effect and the end of the job in one transaction."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from award.kernel import clock, db
from award.kernel.audit.trail import transaction
from award.kernel.errors import AwardError
from award.kernel.jobs import service
from award.kernel.jobs.service import LEASE, Claimed, LostLease

log = logging.getLogger("award.jobs")

Input = TypeVar("Input")
Output = TypeVar("Output")
Payload = Mapping[str, Any]


def _nothing_more(session: Session, payload: Payload, error: str) -> None:
    """Nothing to say to the thing whose job was given up."""


class Hopeless(Exception):
    """Raised by a compute: no further attempt could end otherwise, so that the job is given up at once."""


@dataclass(frozen=True)
class Task(Generic[Input, Output]):
    """How jobs of one kind are done.

    read: the payload's ids -> plain values, in a reading transaction. compute: the slow part, without a database; may be
    repeated. apply: changes and records, in the finishing transaction; happens once. give_up: says so on the thing the
    job was for, after the last attempt. refuse: the same where the act was refused with an AwardError, at once, because
    the same rule would refuse the next attempt; None: it is tried again like any other fault.
    """

    kind: str
    read: Callable[[Session, Payload], Input]
    compute: Callable[[Input], Output]
    apply: Callable[[Session, Output], None]
    give_up: Callable[[Session, Payload, str], None] = _nothing_more
    refuse: Callable[[Session, Payload, AwardError], None] | None = None


AnyTask = Task[Any, Any]

_reporter: ContextVar[Callable[[int, int], None] | None] = ContextVar("reporter", default=None)


def report_progress(done: int, total: int) -> None:
    """Called by a compute in a batch: how many of how many are done. Outside a job it does nothing.

    Raises LostLease when the job was cancelled meanwhile, so that the batch stops.
    """
    reporter = _reporter.get()
    if reporter is not None:
        reporter(done, total)


def run_claimed(engine: Engine, task: AnyTask, claimed: Claimed, lease: timedelta = LEASE) -> None:
    """Does a claimed job to its end, or notes why not; a lost claim leaves no trace."""
    started = time.perf_counter()
    outcome = _run(engine, task, claimed, lease)
    fields = {
        "id": claimed.public_id, "kind": claimed.kind, "attempt": claimed.attempt, "outcome": outcome,
        "ms": round((time.perf_counter() - started) * 1000),
    }  # fmt: skip
    log.info("job", extra={"fields": fields})


def _run(engine: Engine, task: AnyTask, claimed: Claimed, lease: timedelta) -> str:
    try:
        if claimed.is_exhausted:
            _fail(engine, task, claimed, "the worker was lost every time")
            return "given up"
        try:
            output = _work(engine, task, claimed, lease)
            with transaction(engine) as session:
                service.finish(session, claimed, clock.real_now())
                task.apply(session, output)
            return "done"
        except LostLease:
            raise
        except Exception as fault:
            if task.refuse is not None and isinstance(fault, AwardError):
                _refuse(engine, task.refuse, claimed, fault)
                return "refused"
            log.exception("job %s (%s), attempt %d failed", claimed.public_id, claimed.kind, claimed.attempt)
            is_final = isinstance(fault, Hopeless)
            _fail(engine, task, claimed, str(fault) if is_final else f"{type(fault).__name__}: {fault}", is_final=is_final)
            return "failed"
    except LostLease:
        log.warning("job %s (%s) was cancelled or taken over", claimed.public_id, claimed.kind)
        return "lost"


def _work(engine: Engine, task: AnyTask, claimed: Claimed, lease: timedelta) -> Any:
    with _beating(engine, claimed, lease):
        with db.reading(engine) as session:
            found = task.read(session, claimed.payload)
        token = _reporter.set(lambda done, total: service.show_progress(engine, claimed, done, total))
        try:
            return task.compute(found)
        finally:
            _reporter.reset(token)


def _fail(engine: Engine, task: AnyTask, claimed: Claimed, error: str, *, is_final: bool = False) -> None:
    with transaction(engine) as session:
        if service.fail(session, claimed, error, clock.real_now(), is_final=is_final):
            task.give_up(session, claimed.payload, error)


def _refuse(
    engine: Engine, refuse: Callable[[Session, Payload, AwardError], None], claimed: Claimed, fault: AwardError
) -> None:
    log.warning("job %s (%s) was refused: %s", claimed.public_id, claimed.kind, fault.code)
    with transaction(engine) as session:
        service.fail(session, claimed, fault.code, clock.real_now(), is_final=True)
        refuse(session, claimed.payload, fault)


@contextmanager
def _beating(engine: Engine, claimed: Claimed, lease: timedelta) -> Iterator[None]:
    stopped = threading.Event()

    def beat() -> None:
        while not stopped.wait(lease.total_seconds() / 3):
            try:
                service.heartbeat(engine, claimed, clock.real_now(), lease)
            except LostLease:
                return
            except Exception:
                # The next beat may succeed; if none does, the fence refuses what this run would have done.
                log.exception("no heartbeat for job %s", claimed.public_id)

    thread = threading.Thread(target=beat, name=f"heartbeat-{claimed.public_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()
