"""Tables of results."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from award.applications.models import Application
from award.kernel.db import Base, Row


class Proposal(Row):
    """The ranking of one category as the scheme makes it, and who is proposed. content: canonical text that explains it."""

    __tablename__ = "proposal"
    __table_args__ = (UniqueConstraint("round_id", "category", "number"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    category: Mapped[str] = mapped_column(String(16))
    number: Mapped[int] = mapped_column(default=1)
    content: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))

    lines: Mapped[list["ResultLine"]] = relationship(
        order_by="ResultLine.rank.is_(None), ResultLine.rank, ResultLine.id", back_populates="proposal"
    )


class ResultLine(Row):
    """One application in a proposal. published: the exact figure as text; rank: competition rank on it.

    proposed_grade: by the scheme, "" for none. decided_grade: None until decided. deviation: why it differs.
    """

    __tablename__ = "result_line"
    __table_args__ = (UniqueConstraint("proposal_id", "application_id"),)

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    published: Mapped[str | None] = mapped_column(String(16))
    rank: Mapped[int | None]
    proposed_grade: Mapped[str] = mapped_column(String(32), default="")
    proposed_reason: Mapped[str] = mapped_column(String(40), default="")
    decided_grade: Mapped[str | None] = mapped_column(String(32))
    deviation: Mapped[str] = mapped_column(Text, default="")

    proposal: Mapped[Proposal] = relationship(back_populates="lines")
    application: Mapped[Application] = relationship()


class AwardDecision(Row):
    """Who decided on the candidates of a category, when and where. members: names as they stand in the minutes."""

    __tablename__ = "award_decision"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), unique=True)
    held_on: Mapped[date]
    members: Mapped[list[str]] = mapped_column(JSON)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    decided_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))

    proposal: Mapped[Proposal] = relationship()


class Notice(Row):
    """A public notice with its period, both days counted. The public reads its snapshot; the paper is the document."""

    __tablename__ = "notice"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), unique=True)
    document_number: Mapped[str] = mapped_column(String(40))
    first_day: Mapped[date]
    last_day: Mapped[date]
    closes_at: Mapped[datetime]
    contact: Mapped[str] = mapped_column(Text)
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshot.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    published_at: Mapped[datetime]
    published_by: Mapped[int] = mapped_column(ForeignKey("person.id"))


class Objection(Row):
    """An objection during a notice. receipt: the number its author keeps. The answer comes from another person than
    the one who recorded the decision."""

    __tablename__ = "objection"

    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"))
    receipt: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    contact: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16), default="filed")
    filed_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Approval(Base):
    """The government's approval as a recorded document."""

    __tablename__ = "approval"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    approved_by: Mapped[str] = mapped_column(String(120))
    document_number: Mapped[str] = mapped_column(String(40))
    approved_on: Mapped[date]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))


class Publication(Base):
    """The publication of a round's result; the public reads its snapshot."""

    __tablename__ = "publication"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshot.id"))
    published_at: Mapped[datetime]
    published_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
