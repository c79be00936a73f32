"""The table of imports."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from award.kernel.db import Row
from award.kernel.files.models import StoredFile
from award.kernel.jobs.models import Job


class ImportState(StrEnum):
    """Where an import stands. Looked: its plan can be read and confirmed; a plan with faults cannot."""

    LOOKING = "looking"
    LOOKED = "looked"
    WRITING = "writing"
    DONE = "done"
    FAILED = "failed"


class Import(Row):
    """A table somebody brought. kind: what of, as office.imports calls it. place: public id of the authority or the round it is for.

    plan: what it would do, as JSON text, "" until it was looked at. fingerprint: of the plan; the act is refused where
    another plan has come of the same file meanwhile. person_id: inner number.
    """

    __tablename__ = "table_import"
    __table_args__ = (CheckConstraint("state IN ('looking', 'looked', 'writing', 'done', 'failed')", name="state"),)

    kind: Mapped[str] = mapped_column(String(32))
    place: Mapped[str] = mapped_column(String(12), default="")
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    person_id: Mapped[int] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(16), default=ImportState.LOOKING.value)
    plan: Mapped[str] = mapped_column(Text, default="")
    fingerprint: Mapped[str] = mapped_column(String(64), default="")
    has_changed: Mapped[bool] = mapped_column(default=False)
    error: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]

    file: Mapped[StoredFile] = relationship()
    job: Mapped[Job | None] = relationship()
