"""Batches of documents: started in one act, followed, cancelled; one bad record stops no other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Integer, and_, case, cast, func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from award.kernel import clock
from award.kernel.documents.models import Batch, BatchEntry, Document, DocumentState
from award.kernel.jobs import service as jobs
from award.kernel.jobs.models import Job, JobState


@dataclass(frozen=True)
class Thing:
    """What a document of a batch is about. id: public id."""

    id: str
    name: str


@dataclass(frozen=True)
class Progress:
    """How far a batch is, in documents."""

    total: int
    ready: int
    failed: int
    cancelled: int

    @property
    def open(self) -> int:
        """Still to be made."""
        return self.total - self.ready - self.failed - self.cancelled

    @property
    def percent(self) -> int:
        """Of what is made, 0..100."""
        return 100 if not self.total else self.ready * 100 // self.total


def start(
    session: Session,
    kind: str,
    subject: str,
    language: str,
    things: Sequence[Thing],
    person_id: int | None,
    now: datetime,
) -> Batch:
    """Notes a batch and what is in it; who calls it enqueues its jobs under `job_key`."""
    batch = Batch(kind=kind, subject=subject, language=language, started_by=person_id, started_at=now)
    session.add(batch)
    session.flush()
    session.add_all(
        BatchEntry(batch_id=batch.id, position=at, thing=one.id, name=one.name[:200]) for at, one in enumerate(things)
    )
    session.flush()
    return batch


def give_documents(session: Session, batch: Batch, documents: Sequence[Document]) -> None:
    """The documents of a batch that are wanted with it, in the order of its things."""
    entries = session.scalars(select(BatchEntry).where(BatchEntry.batch_id == batch.id).order_by(BatchEntry.position))
    for entry, document in zip(entries, documents, strict=True):
        entry.document_id = document.id


def job_key(batch_id: str) -> str:
    """What the keys of a batch's jobs begin with. batch_id: public id."""
    return f"batch:{batch_id}"


def cancel(session: Session, batch: Batch, now: datetime) -> bool:
    """Stops what is not made yet; what is made stays. False when it was over or cancelled already."""
    if batch.cancelled_at is not None or not progress_of(session, [batch])[batch.id].open:
        return False
    batch.cancelled_at = now
    open_states = (JobState.QUEUED.value, JobState.RUNNING.value)
    query = select(Job).where(Job.dedup_key.startswith(f"{job_key(batch.public_id)}:"), Job.state.in_(open_states))
    for job in session.scalars(query):
        jobs.cancel(session, job, clock.real_now())
    mine = select(BatchEntry.document_id).where(BatchEntry.batch_id == batch.id)
    open_ones = select(Document.id).where(Document.id.in_(mine), Document.state == DocumentState.WANTED.value)
    stopped = list(session.scalars(open_ones))
    # The next batch makes the same documents; this one shall not count them as its own then.
    mine_stopped = update(BatchEntry).where(BatchEntry.batch_id == batch.id, BatchEntry.document_id.in_(stopped))
    cancelled = update(Document).where(Document.id.in_(stopped)).values(state=DocumentState.CANCELLED.value)
    for change in (mine_stopped.values(document_id=None), cancelled):
        session.execute(change.execution_options(synchronize_session="fetch"))
    return True


_READY = Document.state == DocumentState.READY.value
_FAILED = or_(BatchEntry.error.is_not(None), Document.state == DocumentState.FAILED.value)
_CANCELLED = and_(
    BatchEntry.error.is_(None),
    or_(
        Document.state == DocumentState.CANCELLED.value,
        and_(BatchEntry.document_id.is_(None), Batch.cancelled_at.is_not(None)),
    ),
)


def progress_of(session: Session, batches: Sequence[Batch]) -> dict[int, Progress]:
    """How far batches are, by their inner numbers, in one query."""
    query = (
        select(BatchEntry.batch_id, func.count(), _count(_READY), _count(_FAILED), _count(_CANCELLED))
        .join(Batch, Batch.id == BatchEntry.batch_id)
        .outerjoin(Document, Document.id == BatchEntry.document_id)
        .where(BatchEntry.batch_id.in_([one.id for one in batches]))
        .group_by(BatchEntry.batch_id)
    )
    found = {row[0]: Progress(*row[1:]) for row in session.execute(query)}
    return {one.id: found.get(one.id, Progress(0, 0, 0, 0)) for one in batches}


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return cast(func.coalesce(func.sum(case((condition, 1), else_=0)), 0), Integer)


def failures_of(session: Session, batch: Batch) -> list[BatchEntry]:
    """What could not be made, in the order of the batch."""
    query = (
        select(BatchEntry)
        .options(joinedload(BatchEntry.document))
        .outerjoin(Document, Document.id == BatchEntry.document_id)
        .where(BatchEntry.batch_id == batch.id, _FAILED)
    )
    return list(session.scalars(query.order_by(BatchEntry.position)))


def unstated(session: Session, subject: str, language: str) -> set[tuple[str, str]]:
    """(kind of batch, thing) where the latest batch of a subject in a language found no record to make a document from."""
    query = (
        select(Batch.kind, BatchEntry.thing, BatchEntry.error)
        .join(Batch, Batch.id == BatchEntry.batch_id)
        .where(Batch.subject == subject, Batch.language == language)
    )
    latest = {(kind, thing): error for kind, thing, error in session.execute(query.order_by(Batch.id))}
    return {about for about, error in latest.items() if error is not None}


def entry_of(session: Session, batch: Batch, thing: str) -> BatchEntry | None:
    """A batch's entry about a thing."""
    return session.scalar(select(BatchEntry).where(BatchEntry.batch_id == batch.id, BatchEntry.thing == thing))


def batches_about(session: Session, subject: str, limit: int = 20) -> list[Batch]:
    """The latest batches about a thing, newest first."""
    query = select(Batch).where(Batch.subject == subject).order_by(Batch.id.desc()).limit(limit)
    return list(session.scalars(query))


def batch_by_id(session: Session, public_id: str) -> Batch | None:
    """One batch."""
    return session.scalar(select(Batch).where(Batch.public_id == public_id))
