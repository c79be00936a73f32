"""Wanting documents, and what became of them."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from award.kernel import db
from award.kernel.documents.models import Document, DocumentState
from award.kernel.files.models import StoredFile
from award.kernel.ids import new_id
from award.kernel.jobs.service import enqueue

RENDER = "document:render"
PER_JOB = {"certificate": 50}
"""Documents of a kind rendered by one job; of every other kind one, so that several workers share a batch of long papers."""


@dataclass(frozen=True)
class Request:
    """One document that is wanted; the fields are those of Document."""

    kind: str
    subject: str
    language: str
    view_json: str


def want(session: Session, kind: str, subject: str, language: str, view_json: str, now: datetime) -> Document:
    """Wants one document; the same data again is the same document, and one that failed is tried again."""
    return want_many(session, [Request(kind, subject, language, view_json)], now)[0]


def want_many(session: Session, requests: Sequence[Request], now: datetime, job_key: str | None = None) -> list[Document]:
    """Wants documents, in the order asked; certificates are rendered by one job for every 50, others each by its own.

    now: the award's clock, becomes wanted_at. job_key: begins the keys of the jobs, so that they can be found again.
    """
    documents: list[Document] = []
    to_render: list[Document] = []
    for request in requests:
        document, is_new = _row_for(session, request, now)
        if not is_new and document.state in (DocumentState.FAILED, DocumentState.CANCELLED):
            document.state, document.error, document.wanted_at = DocumentState.WANTED.value, None, now
            is_new = True
        documents.append(document)
        if is_new:
            to_render.append(document)
    for kind, found in _by_kind(to_render).items():
        size = PER_JOB.get(kind, 1)
        for chunk in (found[start : start + size] for start in range(0, len(found), size)):
            key = f"{job_key}:{chunk[0].public_id}" if job_key else None
            enqueue(session, RENDER, {"documents": [one.public_id for one in chunk]}, dedup_key=key)
    return documents


def _by_kind(documents: Iterable[Document]) -> dict[str, list[Document]]:
    found: dict[str, list[Document]] = {}
    for one in documents:
        found.setdefault(one.kind, []).append(one)
    return found


def place_for(session: Session, request: Request, now: datetime) -> Document:
    """The row of a document that somebody else than the press makes; wants no rendering."""
    return _row_for(session, request, now)[0]


def _row_for(session: Session, request: Request, now: datetime) -> tuple[Document, bool]:
    public_id = new_id()
    digest = hashlib.sha256(request.view_json.encode()).hexdigest()
    values = {
        "public_id": public_id, "kind": request.kind, "subject": request.subject, "language": request.language,
        "view": request.view_json, "data_hash": digest, "template_version": "",
        "state": DocumentState.WANTED.value, "wanted_at": now,
    }  # fmt: skip
    key = (Document.kind, Document.subject, Document.language, Document.data_hash)
    db.insert_new(session, Document, **values)
    wanted = (request.kind, request.subject, request.language, digest)
    same = (column == value for column, value in zip(key, wanted, strict=True))
    document = session.scalars(select(Document).where(*same)).one()
    return document, document.public_id == public_id


def mark_ready(
    session: Session, document: Document, file: StoredFile, pages: int, template_version: str, now: datetime
) -> None:
    """Notes that a document was rendered; its file was stored before. now: the award's clock."""
    document.file_id, document.pages, document.template_version = file.id, pages, template_version
    document.state, document.error, document.ready_at = DocumentState.READY.value, None, now


def mark_failed(session: Session, public_ids: Iterable[str], error: str) -> None:
    """Notes that documents were given up; those that are ready stay so."""
    for document in session.scalars(select(Document).where(Document.public_id.in_(list(public_ids)))):
        if document.state == DocumentState.WANTED:
            document.state, document.error = DocumentState.FAILED.value, error[:500]


def paper_name(number: str | None, name: str, title: str) -> str:
    """What a paper is called on the reader's machine: number of the application or year, whom it is about, its title."""
    return "_".join(one for one in (number, name, title) if one) + ".pdf"
