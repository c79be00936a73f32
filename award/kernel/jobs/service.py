"""What happens to a job: wanted, claimed, kept alive, finished once, tried again or given up."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Engine, Select, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from award.kernel import clock, db
from award.kernel.audit.trail import transaction
from award.kernel.ids import new_id
from award.kernel.jobs.models import Job, JobState, WorkerSeen

LEASE = timedelta(seconds=60)
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=1)
FORGOTTEN = timedelta(days=1)
"""A worker that was not seen for so long is no longer listed."""


class LostLease(Exception):
    """The job was cancelled, or another worker took it up: nothing of this run may take effect."""


@dataclass(frozen=True)
class Claimed:
    """A job in a worker's hands. fence: proves the claim when the job is finished."""

    id: int
    public_id: str
    kind: str
    payload: Mapping[str, Any]
    attempt: int
    max_attempts: int
    worker: str
    fence: int

    @property
    def is_exhausted(self) -> bool:
        """Whether every allowed attempt ended with a lost worker; such a job is only given up."""
        return self.attempt > self.max_attempts


def enqueue(
    session: Session,
    kind: str,
    payload: Mapping[str, object],
    *,
    dedup_key: str | None = None,
    run_at: datetime | None = None,
) -> Job:
    """Wants a job, in the caller's transaction; the same dedup_key again answers with the first job.

    run_at: not before this moment of the award's clock; None means at once.
    """
    now = clock.now(session)
    values = {
        "public_id": new_id(), "kind": kind, "payload": json.dumps(dict(payload), ensure_ascii=False),
        "dedup_key": dedup_key, "state": JobState.QUEUED.value, "run_at": run_at or now,
        "attempts": 0, "max_attempts": 5, "fence": 0, "progress_done": 0, "created_at": now,
    }  # fmt: skip
    db.insert_new(session, Job, **values)
    same = Job.dedup_key == dedup_key if dedup_key is not None else Job.public_id == values["public_id"]
    return session.scalars(select(Job).where(same)).one()


def claim(
    engine: Engine, worker: str, kinds: Collection[str], now: datetime, lease: timedelta = LEASE
) -> Claimed | None:
    """Takes the job that has been due longest, or one whose worker was lost; None when there is nothing to do.

    now: real time. Looking costs no write; only a job that was seen is fought for.
    """
    with db.reading(engine) as session:
        if session.execute(_due(session, kinds, now)).first() is None:
            return None
    with transaction(engine) as session:
        query = _due(session, kinds, now)
        job = session.scalars(query if db.is_sqlite(session) else query.with_for_update(skip_locked=True)).first()
        if job is None:
            return None
        job.state, job.worker = JobState.RUNNING.value, worker
        job.attempts, job.fence = job.attempts + 1, job.fence + 1
        job.lease_until = now + lease
        job.progress_done, job.progress_total = 0, None
        return Claimed(
            job.id, job.public_id, job.kind, json.loads(job.payload), job.attempts, job.max_attempts, worker, job.fence
        )


def _due(session: Session, kinds: Collection[str], now: datetime) -> Select[Job]:
    award_now = now + (clock.offset(session) or timedelta())
    waiting = and_(Job.state == JobState.QUEUED.value, Job.run_at <= award_now)
    lost = and_(Job.state == JobState.RUNNING.value, Job.lease_until < now)
    return select(Job).where(Job.kind.in_(kinds), or_(waiting, lost)).order_by(Job.run_at, Job.id).limit(1)


def _held(claimed: Claimed) -> ColumnElement[bool]:
    return and_(Job.id == claimed.id, Job.fence == claimed.fence, Job.state == JobState.RUNNING.value)


def _change(session: Session, claimed: Claimed, **values: object) -> bool:
    result = cast(CursorResult[Any], session.execute(update(Job).where(_held(claimed)).values(**values)))
    return result.rowcount == 1


def heartbeat(engine: Engine, claimed: Claimed, now: datetime, lease: timedelta = LEASE) -> None:
    """Keeps a claim alive while its work goes on. Raises LostLease when it is no longer this worker's."""
    with transaction(engine) as session:
        if not _change(session, claimed, lease_until=now + lease):
            raise LostLease(claimed.public_id)


def show_progress(engine: Engine, claimed: Claimed, done: int, total: int) -> None:
    """Tells people how far the job is. Raises LostLease when the job was cancelled or taken over."""
    with transaction(engine) as session:
        if not _change(session, claimed, progress_done=done, progress_total=total):
            raise LostLease(claimed.public_id)


def finish(session: Session, claimed: Claimed, now: datetime) -> None:
    """Marks the job done, in the transaction that applies its effect, before anything else is changed there.

    Raises LostLease when the fence has moved on; the caller's transaction must then not commit.
    """
    if not _change(session, claimed, state=JobState.DONE.value, finished_at=now, lease_until=None, error=None):
        raise LostLease(claimed.public_id)


def fail(session: Session, claimed: Claimed, error: str, now: datetime, *, is_final: bool = False) -> bool:
    """Notes why an attempt failed and puts the job back, later each time, or gives it up after the last attempt.

    is_final: no further attempt could end otherwise. Answers whether it was given up. Raises LostLease when it is no longer this worker's.
    """
    given_up = is_final or claimed.attempt >= claimed.max_attempts
    values: dict[str, object] = {"error": error[:500], "lease_until": None}
    if given_up:
        values |= {"state": JobState.FAILED.value, "finished_at": now}
    else:
        values |= {"state": JobState.QUEUED.value, "run_at": clock.now(session) + wait_after(claimed.attempt)}
    if not _change(session, claimed, **values):
        raise LostLease(claimed.public_id)
    return given_up


def wait_after(attempt: int) -> timedelta:
    """How long after the n-th failed attempt the next one waits: 10 s, 40 s, 160 s ..., at most an hour."""
    wait: timedelta = FIRST_WAIT * 4 ** (attempt - 1)
    return min(wait, LONGEST_WAIT)


def cancel(session: Session, job: Job, now: datetime) -> bool:
    """Stops a job that is not over; a worker that has it can no longer finish it. False when it was over already."""
    open_states = (JobState.QUEUED.value, JobState.RUNNING.value)
    stop = update(Job).where(Job.id == job.id, Job.state.in_(open_states))
    result = cast(
        CursorResult[Any],
        session.execute(stop.values(state=JobState.CANCELLED.value, finished_at=now, lease_until=None)),
    )
    session.refresh(job)
    return result.rowcount == 1


def show_worker(engine: Engine, name: str, now: datetime) -> None:
    """Notes that a worker's process lives, and forgets those long gone. now: real time."""
    with transaction(engine) as session:
        session.merge(WorkerSeen(name=name[:100], seen_at=now))
        session.execute(delete(WorkerSeen).where(WorkerSeen.seen_at < now - FORGOTTEN))
