"""Tables of judging."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from award.applications.models import Application
from award.kernel.db import Base, Row
from award.standing.models import Assignment

STRENGTH, OPPORTUNITY = "strength", "opportunity"
"""The kinds of comments."""


class Sheet(Row):
    """A judge's score sheet. state: in_progress, submitted, returned. It is void when its assignment has ended.

    marks: item key -> percent, once more on the sheet itself because lists read it. total_hundredths: hundredths of a
    point, set at submission. number: how often it was submitted.
    """

    __tablename__ = "sheet"
    __table_args__ = (Index("ix_sheet_round_state", "round_id", "state"),)

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), unique=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[str] = mapped_column(String(16), default="in_progress")
    number: Mapped[int] = mapped_column(default=0)
    marks: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    total_hundredths: Mapped[int | None]
    started_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    returned_reason: Mapped[str] = mapped_column(Text, default="")
    returned_by: Mapped[str] = mapped_column(String(16), default="")
    """Who gave it back: office or leader, "" before."""

    application: Mapped[Application] = relationship()
    assignment: Mapped[Assignment] = relationship()


class SheetItem(Base):
    """One item of a sheet with its own version, so that two tabs on two items do not collide.

    percent: 0..100 in the rubric's allowed values, None while blank. factors: factor key -> band key, advisory.
    comments: [{"key", "kind": "strength"|"opportunity", "weight": "++"|"+"|"-"|"--", "text", "references": [...]}].
    """

    __tablename__ = "sheet_item"

    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheet.id"), primary_key=True)
    item: Mapped[str] = mapped_column(String(16), primary_key=True)
    percent: Mapped[int | None]
    factors: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    comments: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    note: Mapped[str] = mapped_column(Text, default="")
    """The judge's own note; nobody else ever reads it."""
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime]


class SheetVersion(Row):
    """A sheet as it was submitted: canonical text with its SHA-256. Never changed, whatever happens to the sheet."""

    __tablename__ = "sheet_version"
    __table_args__ = (UniqueConstraint("sheet_id", "number"),)

    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheet.id"), index=True)
    number: Mapped[int]
    content: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    total_hundredths: Mapped[int]
    submitted_at: Mapped[datetime]


class SheetReturn(Base):
    """A submitted sheet was given back: which version, by whom, why. Never changed, whatever the judge submits then.

    returned_by: office or leader. Source: security.md T5, the supervisor counts returns and sees what changed after each.
    """

    __tablename__ = "sheet_return"

    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheet.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    returned_by: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text)
    returned_at: Mapped[datetime]


RELEASED = ("released", "acknowledged")
"""States of a feedback report that its applicant may read."""


class FeedbackReport(Row):
    """What an applicant will read. state: a code of words.WORDS["feedback"]. sheets: public ids of the versions used."""

    __tablename__ = "feedback_report"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    state: Mapped[str] = mapped_column(String(16), default="drafting")
    summary: Mapped[str] = mapped_column(Text, default="")
    next_steps: Mapped[str] = mapped_column(Text, default="")
    sheets: Mapped[list[str]] = mapped_column(JSON, default=list)
    version: Mapped[int] = mapped_column(default=1)
    returned_reason: Mapped[str] = mapped_column(Text, default="")
    """Why the office gave it back to the panel leader, "" before and once it was handed in again."""
    started_at: Mapped[datetime]
    written_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    handed_in_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    released_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))

    application: Mapped[Application] = relationship()
    comments: Mapped[list["FeedbackComment"]] = relationship(order_by="FeedbackComment.position", cascade="all, delete-orphan")


class FeedbackComment(Row):
    """One comment of a report, under its item. sources: where it was merged from, ["<sheet version>/<comment key>"]."""

    __tablename__ = "feedback_comment"

    report_id: Mapped[int] = mapped_column(ForeignKey("feedback_report.id"), index=True)
    item: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(16))
    weight: Mapped[str] = mapped_column(String(2))
    text: Mapped[str] = mapped_column(Text)
    is_key: Mapped[bool] = mapped_column(default=False)
    """Shown on the summary page among the main strengths or opportunities."""
    effect: Mapped[int | None]
    effort: Mapped[int | None]
    """Of a priority, as the leader places it: 1 (little) .. 5 (much), None: not placed."""
    sources: Mapped[list[str]] = mapped_column(JSON, default=list)
    position: Mapped[int] = mapped_column(default=0)
