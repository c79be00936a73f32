"""Reading documents. Whether the actor may see the thing a document is about is decided by its feature."""


from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from award.kernel.documents.models import Document, DocumentState


def latest_for(session: Session, kind: str, subject: str, language: str, *, ready: bool = False) -> Document | None:
    """The document wanted last for a thing, or with `ready` the last that can be downloaded."""
    query = (
        select(Document)
        .options(joinedload(Document.file))
        .where(Document.kind == kind, Document.subject == subject, Document.language == language)
        .order_by(Document.wanted_at.desc(), Document.id.desc())
        .limit(1)
    )
    if ready:
        query = query.where(Document.state == DocumentState.READY.value)
    return session.scalars(query).first()


def document_by_id(session: Session, public_id: str) -> Document | None:
    """One document."""
    return session.scalars(select(Document).where(Document.public_id == public_id)).one_or_none()
