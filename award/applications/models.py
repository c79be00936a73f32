"""Tables of applications."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from award.applications.facts import NOMINEE
from award.kernel.db import Base, Row
from award.kernel.files.models import StoredFile
from award.organisations.models import Organisation
from award.rounds.models import Round

LIVE = ("accepted", "candidate", "publicised", "awarded", "not_awarded")
"""States of an application that judges score and the result ranks."""
SHARING = (*LIVE, "revoked")
"""States of an application that shares in the review, or did: what is told of a round rests on these for good."""


def entrant_of(nominee: str | None, organisation: str) -> str:
    """钱伟（云川重工有限公司） for an individual or a team, else the organisation's name."""
    name = (nominee or "").strip()
    return f"{name}（{organisation}）" if name else organisation


class Application(Row):
    """An organisation's entry in one category of a round. state: a code of words.WORDS["application"].

    number: shown on papers, given at the first submission; random, so that nobody can count by it.
    profile: the facts of the organisation at the time, by field; frozen with each submission.
    gate_opened_at: when the last valid score sheet came in; from then on values can be seen. A recusal takes it back.
    values_seen_at: when the gate last opened. Never taken back: what has been seen is neither returned nor taken out.
    contact_person_id: whom messages go to; None for one that came on paper until somebody of the organisation takes it up.
    certified_at, certificate_code, certificate_number, feedback_released_at: what its owner was handed, set by the acts that hand it over.
    feedback_waived_at, feedback_waiver: when the office said that no report will come, and why ("" before).
    """

    __tablename__ = "application"
    __table_args__ = (
        UniqueConstraint("round_id", "organisation_id", "category"),
        Index("ix_application_round_state", "round_id", "state", "submitted_at"),
        Index("ix_application_round_submitted", "round_id", "submitted_at"),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    category: Mapped[str] = mapped_column(String(16))
    sector: Mapped[str] = mapped_column(String(40), default="")
    number: Mapped[str | None] = mapped_column(String(24), unique=True)
    state: Mapped[str] = mapped_column(String(16), default="draft")
    profile: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    profile_version: Mapped[int] = mapped_column(default=1)
    contact_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    started_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    correction_due_at: Mapped[datetime | None]
    corrections: Mapped[int] = mapped_column(default=0)
    gate_opened_at: Mapped[datetime | None]
    values_seen_at: Mapped[datetime | None]
    certified_at: Mapped[datetime | None]
    certificate_code: Mapped[str | None] = mapped_column(String(12))
    certificate_number: Mapped[str | None] = mapped_column(String(40))
    feedback_released_at: Mapped[datetime | None]
    feedback_waived_at: Mapped[datetime | None]
    feedback_waiver: Mapped[str] = mapped_column(Text, default="")

    round: Mapped[Round] = relationship()
    organisation: Mapped[Organisation] = relationship()

    @property
    def authority_id(self) -> int:
        """The authority whose round it is."""
        return self.round.award.authority_id

    @property
    def entrant(self) -> str:
        """Who is to be awarded, as lists and certificates name him: the organisation, or the individual or team it enters."""
        return entrant_of(self.profile.get(NOMINEE), self.organisation.name)

    @property
    def entrant_en(self) -> str:
        """The same in English; "" where none is stored, and for an individual or a team, who are known by Chinese names."""
        return "" if (self.profile.get(NOMINEE) or "").strip() else self.organisation.name_en

    @property
    def words(self) -> str:
        """The kind its state is called by in words.py: what its round decides is an award, or whom it recommends."""
        return self.round.words

    @property
    def is_live(self) -> bool:
        """Whether it is judged and ranked."""
        return self.state in LIVE


class Answer(Base):
    """The text of one part: an item key, or "profile.<section key>". Two people on two parts do not collide."""

    __tablename__ = "answer"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(40), primary_key=True)
    text: Mapped[str] = mapped_column(Text, default="")
    is_complete: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime]
    updated_by: Mapped[int] = mapped_column(ForeignKey("person.id"))


class AnswerRevision(Base):
    """An earlier text of a part, or one that lost against a newer one (kind: saved, rejected). Append-only."""

    __tablename__ = "answer_revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    part: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(16), default="saved")
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))


class Presence(Base):
    """Somebody has a part open to write in it. seen_at: his page's last sign. A hint for colleagues, no proof and no lock."""

    __tablename__ = "presence"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(40), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    seen_at: Mapped[datetime]


class Evidence(Row):
    """A file that proves something; referred to in texts by its code, e.g. [E-3]."""

    __tablename__ = "evidence"
    __table_args__ = (UniqueConstraint("application_id", "code"),)

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    code: Mapped[str] = mapped_column(String(8))
    title: Mapped[str] = mapped_column(String(120))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    added_at: Mapped[datetime]
    added_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[datetime | None]

    file: Mapped[StoredFile] = relationship()


class Submission(Row):
    """What was submitted, frozen: canonical text of profile, parts and evidence, with its SHA-256. Never changed."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("application_id", "number"),)

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    number: Mapped[int]
    content: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    submitted_at: Mapped[datetime]
    submitted_by: Mapped[int] = mapped_column(ForeignKey("person.id"))


class AcceptanceDecision(Row):
    """What the office decided about an application. kind: accept, return, refuse. A refusal waits for a second person.

    state: waiting, in_force, rejected. points: what is to be corrected, [{"part": ..., "text": ...}].
    reason: the applicant reads it. remark: the office keeps it, why one is accepted that has won before.
    """

    __tablename__ = "acceptance_decision"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    article: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    remark: Mapped[str] = mapped_column(Text, default="")
    points: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    decided_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]

    @property
    def is_waiting_refusal(self) -> bool:
        """Whether it is a refusal that a second person has not looked at yet."""
        return self.kind == "refuse" and self.state == "waiting"


class PaperOutcome(Row):
    """The outcome of a stage held on paper for one application, entered by one person and confirmed by another.

    score_hundredths: hundredths of a point out of 1000, None where the stage gives none. goes_on: stays in the round.
    content: what this kind of stage says besides, as office.outcome_json writes it. number: 1 is what was entered first;
    more are corrections, each a row of its own: corrects names the confirmed one it is to replace, reason says why, refusal
    why it was not confirmed. state: recorded (waits for the second person), confirmed (counts), replaced, refused.
    """

    __tablename__ = "paper_outcome"
    __table_args__ = (
        UniqueConstraint("round_stage_id", "application_id", "number"),
        Index(
            "uq_paper_outcome_waiting", "round_stage_id", "application_id", unique=True,
            sqlite_where=text("state = 'recorded'"), postgresql_where=text("state = 'recorded'"),
        ),
        Index(
            "uq_paper_outcome_confirmed", "round_stage_id", "application_id", unique=True,
            sqlite_where=text("state = 'confirmed'"), postgresql_where=text("state = 'confirmed'"),
        ),
    )  # fmt: skip

    round_stage_id: Mapped[int] = mapped_column(ForeignKey("round_stage.id"), index=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    number: Mapped[int] = mapped_column(default=1)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("paper_outcome.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(16), default="recorded")
    score_hundredths: Mapped[int | None]
    goes_on: Mapped[bool] = mapped_column(default=True)
    summary: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    held_on: Mapped[date]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    refusal: Mapped[str] = mapped_column(Text, default="")
    refused_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    refused_at: Mapped[datetime | None]


LEAVES_OUT = (PaperOutcome.state == "confirmed") & PaperOutcome.goes_on.is_(False)
"""An outcome after which its application is no longer in the race."""
