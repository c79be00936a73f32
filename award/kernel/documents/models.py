"""The table of documents."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from award.kernel.db import Row
from award.kernel.files.models import StoredFile


class DocumentState(StrEnum):
    """Where a document stands. Failed: given up; wanting it again tries again."""

    WANTED = "wanted"
    READY = "ready"
    FAILED = "failed"


class Document(Row):
    """One document in one language from one state of its data. The stored file is the original.

    kind: name of its template ("certificate"). subject: "<thing>:<public id>". view: the frozen data as JSON text;
    data_hash: its SHA-256. template_version: of the template it was rendered with, "" until then.
    """

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("kind", "subject", "language", "data_hash"),
        CheckConstraint("state IN ('wanted', 'ready', 'failed')", name="state"),
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
