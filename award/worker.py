"""Door 3: the background process. Its tasks are written out here; nothing is discovered."""

import logging
import os
import signal
import socket
import threading
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Engine

from award.accounts.tasks import FORGET_ANSWERS
from award.kernel import clock, db, logs
from award.kernel.audit.trail import transaction
from award.kernel.ids import new_id
from award.kernel.jobs.housekeeping import SWEEP_FILES
from award.kernel.jobs.running import AnyTask, run_claimed
from award.kernel.jobs.service import LEASE, claim, enqueue, show_worker
from award.kernel.mail.tasks import SEND_MAIL
from award.kernel.settings import settings
from award.messages.tasks import REMIND_PEOPLE, SEND_MAILING
from award.office.imports.tasks import LOOK_AT_TABLE, WRITE_TABLE
from award.panels.tasks import TELL_JUDGE
from award.papers.bundle import WRITE_BUNDLE
from award.papers.tasks import STATE_PAPERS
from award.press.tasks import RENDER_DOCUMENTS

log = logging.getLogger("award.worker")

POLL_SECONDS = 0.5
SHOW_SECONDS = 30
PLAN_SECONDS = 300
TASKS: tuple[AnyTask, ...] = (
    SEND_MAIL,
    SWEEP_FILES,
    FORGET_ANSWERS,
    TELL_JUDGE,
    REMIND_PEOPLE,
    SEND_MAILING,
    RENDER_DOCUMENTS,
    STATE_PAPERS,
    WRITE_BUNDLE,
    LOOK_AT_TABLE,
    WRITE_TABLE,
)
"""Every kind of job: the kernel's own, then those of the features (their tasks.py), in the order of the house."""
DAILY = (SWEEP_FILES.kind, FORGET_ANSWERS.kind)
HOURLY = (REMIND_PEOPLE.kind,)
"""By the award's clock, so that a demonstration whose clock is moved reminds people too."""


def run(
    engine: Engine,
    tasks: Sequence[AnyTask] = TASKS,
    once: bool = False,
    stop: threading.Event | None = None,
    lease: timedelta = LEASE,
) -> int:
    """Does jobs until told to stop, or with `once` until none is due; answers how many it took up.

    Several of these may run on one database. A job in hand is finished before stopping.
    """
    stop = stop or threading.Event()
    by_kind = {task.kind: task for task in tasks}
    worker = f"{socket.gethostname()}:{os.getpid()}:{new_id()}"
    taken = 0
    while not stop.is_set():
        try:
            claimed = claim(engine, worker, list(by_kind), clock.real_now(), lease)
            if claimed is not None:
                run_claimed(engine, by_kind[claimed.kind], claimed, lease)
        except Exception:
            if once:
                raise
            # The database is away. What was in hand is taken up again when its lease has ended.
            log.exception("no job can be taken up or ended; trying again")
            stop.wait(POLL_SECONDS * 10)
            continue
        taken += claimed is not None
        if claimed is None and once:
            break
        if claimed is None:
            stop.wait(POLL_SECONDS)
    return taken


def plan_day(engine: Engine) -> None:
    """Wants today's housekeeping and this hour's; any number of workers and starts want it once."""
    with transaction(engine) as session:
        today = clock.real_now().date().isoformat()
        for kind in DAILY:
            enqueue(session, kind, {}, dedup_key=f"{kind}:{today}")
        hour = f"{clock.now(session):%Y-%m-%dT%H}"
        for kind in HOURLY:
            enqueue(session, kind, {}, dedup_key=f"{kind}:{hour}")


def _plan_days(engine: Engine, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            plan_day(engine)
        except Exception:
            log.exception("the day's housekeeping could not be planned")
        stop.wait(PLAN_SECONDS)


def _show(engine: Engine, stop: threading.Event, loops: Sequence[threading.Thread]) -> None:
    """Shows that this process lives, as long as it takes up jobs."""
    name = f"{socket.gethostname()}:{os.getpid()}"
    while not stop.is_set() and all(loop.is_alive() for loop in loops):
        try:
            show_worker(engine, name, clock.real_now())
        except Exception:
            log.exception("the worker could not show itself")
        stop.wait(SHOW_SECONDS)


def main(threads: int = 2) -> None:
    """Runs until SIGTERM or Ctrl-C; jobs in hand are finished first.

    threads: jobs done side by side; the heavy work is in child processes.
    """
    logs.configure(settings())
    engine = db.make_engine(settings().database)
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    loops = [threading.Thread(target=run, args=(engine, TASKS, False, stop)) for _ in range(threads)]
    loops.append(threading.Thread(target=_plan_days, args=(engine, stop)))
    for loop in loops:
        loop.start()
    loops.append(threading.Thread(target=_show, args=(engine, stop, tuple(loops))))
    loops[-1].start()
    while not stop.wait(1):
        pass
    for loop in loops:
        loop.join()


if __name__ == "__main__":
    main()
