"""Wanting documents, and what became of them."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from award.kernel import db
from award.kernel.documents.models import Document, DocumentState
from award.kernel.files.models import StoredFile
from award.kernel.ids import new_id
from award.kernel.jobs.service import enqueue

RENDER = "document:render"
BATCH = 50
"""Documents rendered by one job."""


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


def want_many(session: Session, requests: Sequence[Request], now: datetime) -> list[Document]:
    """Wants a batch, in the order asked, rendered by one job for every 50. now: the award's clock, becomes wanted_at."""
    documents: list[Document] = []
    to_render: list[Document] = []
    for request in requests:
        document, is_new = _row_for(session, request, now)
        if not is_new and document.state == DocumentState.FAILED:
            document.state, document.error, document.wanted_at = DocumentState.WANTED.value, None, now
            is_new = True
        documents.append(document)
        if is_new:
            to_render.append(document)
    for start in range(0, len(to_render), BATCH):
        enqueue(session, RENDER, {"documents": [one.public_id for one in to_render[start : start + BATCH]]})
    return documents


def _row_for(session: Session, request: Request, now: datetime) -> tuple[Document, bool]:
    public_id = new_id()
    digest = hashlib.sha256(request.view_json.encode()).hexdigest()
    dialect = sqlite if db.is_sqlite(session) else postgresql
    values = {
        "public_id": public_id, "kind": request.kind, "subject": request.subject, "language": request.language,
        "view": request.view_json, "data_hash": digest, "template_version": "",
        "state": DocumentState.WANTED.value, "wanted_at": now,
    }  # fmt: skip
    key = (Document.kind, Document.subject, Document.language, Document.data_hash)
    session.execute(dialect.insert(Document).values(**values).on_conflict_do_nothing(index_elements=key))
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
        if document.state != DocumentState.READY:
            document.state, document.error = DocumentState.FAILED.value, error[:500]
