"""The tables of documents and of batches of them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from award.kernel.db import Base, Row
from award.kernel.files.models import StoredFile


class DocumentState(StrEnum):
    """Where a document stands. Failed: given up; cancelled: its batch was stopped; wanting it again tries again."""

    WANTED = "wanted"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Document(Row):
    """One document in one language from one state of its data. The stored file is the original.

    kind: name of its template ("certificate"). subject: "<thing>:<public id>". view: the frozen data as JSON text;
    data_hash: its SHA-256. template_version: of the template it was rendered with, "" until then.
    """

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("kind", "subject", "language", "data_hash"),
        CheckConstraint("state IN ('wanted', 'ready', 'failed', 'cancelled')", name="state"),
        CheckConstraint("state <> 'ready' OR file_id IS NOT NULL", name="ready_has_file"),
    )

    kind: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(96), index=True)
    language: Mapped[str] = mapped_column(String(8))
    view: Mapped[str] = mapped_column(Text)
    data_hash: Mapped[str] = mapped_column(String(64))
    template_version: Mapped[str] = mapped_column(String(64), default="")
    state: Mapped[str] = mapped_column(String(16), default=DocumentState.WANTED.value)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"), index=True)
    pages: Mapped[int | None]
    error: Mapped[str | None] = mapped_column(String(500))
    wanted_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]

    file: Mapped[StoredFile | None] = relationship()

    @property
    def is_ready(self) -> bool:
        """Whether it can be downloaded."""
        return self.state == DocumentState.READY


class Batch(Row):
    """Many documents of one kind wanted in one act. kind: as the feature calls it. subject: "round:<public id>".

    started_by: the person's inner number, None for the operator's command. It is over when no entry is open.
    """

    __tablename__ = "document_batch"

    kind: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(96), index=True)
    language: Mapped[str] = mapped_column(String(8))
    started_by: Mapped[int | None]
    started_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]


class BatchEntry(Base):
    """One document of a batch. thing: public id of what it is about; name: as people call that. error: why no document
    could be wanted for it; a document that could not be rendered says so itself.
    """

    __tablename__ = "document_batch_entry"

    batch_id: Mapped[int] = mapped_column(ForeignKey("document_batch.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    thing: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)
    error: Mapped[str | None] = mapped_column(String(500))

    document: Mapped[Document | None] = relationship()

    @property
    def why(self) -> str:
        """Why there is no document, as the machine said it."""
        return self.error or (self.document.error if self.document else "") or ""
