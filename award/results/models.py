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
    """Who decided on the candidates of a category, when and where. members: names as they stand in the minutes.

    number: of everything entered on the proposal, from 1. supersedes: the decision in force that it corrects or, once on
    notice, amends; none for a first one. state: waiting until another person confirms it, then in_force; dropped where it
    was withdrawn or entered anew before; replaced by what supersedes it. One is set_aside where an outcome that it rests on
    was corrected before the notice; it is decided anew, on another proposal. grades: public id -> grade, "" for none;
    reasons: public id -> why it differs from the proposal, or from the decision before. notice: which tells of it.
    """

    __tablename__ = "award_decision"
    __table_args__ = (UniqueConstraint("proposal_id", "number"),)

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    number: Mapped[int] = mapped_column(default=1)
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("award_decision.id"))
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    reason: Mapped[str] = mapped_column(Text, default="")
    held_on: Mapped[date]
    members: Mapped[list[str]] = mapped_column(JSON)
    grades: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    reasons: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    decided_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"))

    proposal: Mapped[Proposal] = relationship()


class Notice(Row):
    """A public notice with its period, both days counted. The public reads its snapshot; the paper is the document.

    number: from 1 in a round; one that corrects another names it and says why.
    """

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("round_id", "number"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    number: Mapped[int] = mapped_column(default=1)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
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
    """An objection during a notice, and what came of it.

    number: in the register of the round, from 1. receipt, code_sha256: what its author asks for its state with. channel:
    web or paper; organisation: where one objects under its seal. received_on: the day the time for checking counts from.
    state: filed, examined, answered. One person examines (findings, effect, answer), another confirms (answered_by), who
    is not the one who recorded the decision; returned_reason: why he has sent it back. effect: none, correction of the
    notice, or amendment of the decision; decision, settled: the amendment and the corrected notice that followed.
    """

    __tablename__ = "objection"
    __table_args__ = (UniqueConstraint("round_id", "number"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    number: Mapped[int]
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"))
    receipt: Mapped[str] = mapped_column(String(20), unique=True)
    code_sha256: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(8), default="web")
    name: Mapped[str] = mapped_column(String(80))
    organisation: Mapped[str] = mapped_column(String(120), default="")
    contact: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    state: Mapped[str] = mapped_column(String(16), default="filed")
    received_on: Mapped[date]
    filed_at: Mapped[datetime]
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    findings: Mapped[str] = mapped_column(Text, default="")
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    effect: Mapped[str] = mapped_column(String(16), default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    examined_at: Mapped[datetime | None]
    examined_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    returned_reason: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("award_decision.id"))
    settled_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"))

    application: Mapped[Application | None] = relationship()


class Approval(Row):
    """The government's approval as a recorded document: entered by one person, in force once another has confirmed it.

    number: of everything entered in the round, from 1. supersedes: the one in force that it corrects. state: as of a decision;
    reason: what was entered wrongly.
    """

    __tablename__ = "approval"
    __table_args__ = (UniqueConstraint("round_id", "number"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    number: Mapped[int] = mapped_column(default=1)
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("approval.id"))
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    reason: Mapped[str] = mapped_column(Text, default="")
    approved_by: Mapped[str] = mapped_column(String(120))
    document_number: Mapped[str] = mapped_column(String(40))
    approved_on: Mapped[date]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Publication(Base):
    """The publication of a round's result; the public reads its snapshot."""

    __tablename__ = "publication"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshot.id"))
    published_at: Mapped[datetime]
    published_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
