"""The jobs of papers: stating the views of a batch, and writing a round's bundle."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from award.kernel import clock
from award.kernel.documents import batches
from award.kernel.documents.models import BatchEntry
from award.kernel.documents.service import Request, want_many
from award.kernel.errors import NotFound
from award.kernel.jobs.running import Payload, Task
from award.papers.kinds import KINDS
from award.papers.reasons import NOTHING, UNREADABLE
from award.papers.service import STATE

log = logging.getLogger("award.papers")


@dataclass(frozen=True)
class Stated:
    """What became of one entry: the document to want, or why there is none (a msgid)."""

    position: int
    request: Request | None
    error: str = ""


@dataclass(frozen=True)
class Part:
    """A part of a batch with its views. batch: public id."""

    batch: str
    entries: Sequence[Stated]


def read(session: Session, payload: Payload) -> Part:
    """States the views; a record that cannot be read is an outcome, and stops no other."""
    batch = batches.batch_by_id(session, payload["batch"])
    if batch is None or batch.cancelled_at is not None:
        return Part(payload["batch"], ())
    query = select(BatchEntry).where(
        BatchEntry.batch_id == batch.id, BatchEntry.position >= payload["from"], BatchEntry.position < payload["to"],
        BatchEntry.document_id.is_(None),
    )  # fmt: skip
    found = session.scalars(query.order_by(BatchEntry.position)).all()
    return Part(batch.public_id, [_stated(session, batch.kind, one, batch.language) for one in found])


def _stated(session: Session, key: str, entry: BatchEntry, language: str) -> Stated:
    kind = KINDS[key]
    try:
        view = kind.view(session, entry.thing, language)
    except NotFound:
        return Stated(entry.position, None, NOTHING)
    except (MemoryError, DBAPIError):
        raise  # that may pass, so the job is tried again
    except Exception:  # whatever is wrong with one record, the others are made
        log.exception("the view of %s %s cannot be stated", key, entry.thing)
        return Stated(entry.position, None, UNREADABLE)
    return Stated(entry.position, Request(kind.template, kind.subject(entry.thing), language, view))


def compute(part: Part) -> Part:
    """Nothing slow is left to do."""
    return part


def apply(session: Session, part: Part) -> None:
    """Wants the documents; the press's jobs render them."""
    batch = batches.batch_by_id(session, part.batch)
    if batch is None or batch.cancelled_at is not None:
        return
    positions = [one.position for one in part.entries]
    query = select(BatchEntry).where(BatchEntry.batch_id == batch.id, BatchEntry.position.in_(positions))
    entries = {one.position: one for one in session.scalars(query)}
    wanted = [one for one in part.entries if one.request is not None]
    requests = [one.request for one in wanted if one.request is not None]
    documents = want_many(session, requests, clock.now(session), batches.job_key(batch.public_id))
    for one, document in zip(wanted, documents, strict=True):
        entries[one.position].document_id = document.id
    for one in part.entries:
        if one.request is None:
            entries[one.position].error = one.error[:500]


def give_up(session: Session, payload: Payload, error: str) -> None:
    """The entries of the part are failed, each for this reason."""
    batch = batches.batch_by_id(session, payload["batch"])
    if batch is None:
        return
    query = select(BatchEntry).where(
        BatchEntry.batch_id == batch.id, BatchEntry.position >= payload["from"], BatchEntry.position < payload["to"],
        BatchEntry.document_id.is_(None),
    )  # fmt: skip
    for one in session.scalars(query):
        one.error = error[:500]


STATE_PAPERS = Task(STATE, read, compute, apply, give_up)
