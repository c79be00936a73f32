"""Tables of rounds."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, select, text
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session, relationship

from award.kernel.db import Base, Row
from award.regulations.loader import scheme_from_canonical
from award.regulations.model import Scheme, Text


class Authority(Row):
    """A government whose award office runs awards. zone: the clock its deadlines are meant by."""

    __tablename__ = "authority"

    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120))
    zone: Mapped[str] = mapped_column(String(40), default="Asia/Shanghai")
    division_code: Mapped[str] = mapped_column(String(6), default="")
    contact: Mapped[str] = mapped_column(String(200), default="")
    """Who answers questions, as shown to people: name and telephone of the office."""

    @property
    def name(self) -> Text:
        """Its name in both languages."""
        return Text(self.name_zh, self.name_en)

    @property
    def clock(self) -> ZoneInfo:
        """What its dates and deadlines are read on."""
        return ZoneInfo(self.zone)

    def day_of(self, moment: datetime) -> date:
        """The calendar day a moment falls on by the authority's clock, which its dates and terms are meant by."""
        return moment.astimezone(self.clock).date()

    def end_of(self, day: date) -> datetime:
        """The moment a day ends by the authority's clock: terms that run "until" a day take it whole."""
        after = day + timedelta(1)
        return datetime(after.year, after.month, after.day, tzinfo=self.clock)


class Award(Row):
    """An award an authority gives."""

    __tablename__ = "award"

    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"), index=True)
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120))

    authority: Mapped[Authority] = relationship()

    @property
    def name(self) -> Text:
        """Its name in both languages."""
        return Text(self.name_zh, self.name_en)


class Ruleset(Base):
    """A scheme or criteria as canonical text under its SHA-256; never changed, shared by rounds. kind: scheme, criteria."""

    __tablename__ = "ruleset"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(LongText)


def ruleset_text(session: Session, sha256: str) -> str:
    """The text of a ruleset. None ever changes, so one read per process is enough."""
    if sha256 not in _texts:
        _texts[sha256] = session.scalars(select(Ruleset.text).where(Ruleset.sha256 == sha256)).one()
    return _texts[sha256]


_texts: dict[str, str] = {}


class Round(Row):
    """One round (届) of an award. position: index of the present stage. state: draft, open, closed, archived, cancelled."""

    __tablename__ = "round"
    __table_args__ = (UniqueConstraint("award_id", "number"),)

    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"), index=True)
    number: Mapped[int]
    """Which round it is: 6 for 第六届."""
    year: Mapped[int]
    scheme_sha256: Mapped[str] = mapped_column(ForeignKey("ruleset.sha256"))
    state: Mapped[str] = mapped_column(String(16), default="draft")
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    award: Mapped[Award] = relationship()
    stages: Mapped[list["RoundStage"]] = relationship(order_by="RoundStage.position", back_populates="round")
    present: Mapped["RoundStage | None"] = relationship(
        primaryjoin="and_(RoundStage.round_id == Round.id, RoundStage.position == Round.position)",
        viewonly=True, uselist=False, lazy="joined",
    )  # fmt: skip
    """The stage at its position as it was read with the round; ask `stage_of`, for the round may have moved on."""
    rubrics: Mapped[list["RoundRubric"]] = relationship(back_populates="round")

    @property
    def scheme(self) -> Scheme:
        """The frozen scheme it is run by."""
        session = object_session(self)
        if session is None:
            raise LookupError("a round that belongs to no session has no scheme to be read")
        return scheme_from_canonical(ruleset_text(session, self.scheme_sha256))

    @property
    def words(self) -> str:
        """The kind the states of its applications are called by in words.py."""
        return "recommendation" if self.scheme.recommends else "application"


class RoundRubric(Base):
    """The criteria of one category of a round."""

    __tablename__ = "round_rubric"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    category: Mapped[str] = mapped_column(String(16), primary_key=True)
    criteria_sha256: Mapped[str] = mapped_column(ForeignKey("ruleset.sha256"))

    round: Mapped[Round] = relationship(back_populates="rubrics")


class RoundStage(Row):
    """A dated stage of a round. entered_at and left_at: when the office moved the round into it and on.

    early_reason: why it was entered before its planned first moment, "" where it was not.
    """

    __tablename__ = "round_stage"
    __table_args__ = (UniqueConstraint("round_id", "position"), UniqueConstraint("round_id", "kind"))

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    entered_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    left_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    early_reason: Mapped[str] = mapped_column(LongText, default="")

    round: Mapped[Round] = relationship(back_populates="stages")
    extensions: Mapped[list["StageExtension"]] = relationship(order_by="StageExtension.decided_at")


class StageExtension(Row):
    """A decision that gave a stage a later end, or other dates before it began; its reason is published.

    opened_at_before and opens_at: None where only the end was moved. proposed_by: None where one person was enough.
    """

    __tablename__ = "stage_extension"

    round_stage_id: Mapped[int] = mapped_column(ForeignKey("round_stage.id"), index=True)
    opened_at_before: Mapped[datetime | None]
    opens_at: Mapped[datetime | None]
    closed_at_before: Mapped[datetime]
    closes_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(LongText)
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime]
    decided_by: Mapped[int] = mapped_column(ForeignKey("person.id"))


class DateChange(Row):
    """Other dates for a stage, proposed by one person of the office; another confirms or declines them.

    opens_at: None where only the end of the present stage is to be moved. dates: before and after, every stage of the round
    as both saw them, by kind. state: proposed, confirmed, dropped. refusal: why it was declined, "" otherwise.
    """

    __tablename__ = "date_change"
    __table_args__ = (
        Index(
            "uq_date_change_open", "round_id", unique=True,
            sqlite_where=text("state = 'proposed'"), postgresql_where=text("state = 'proposed'"),
        ),
    )  # fmt: skip

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    round_stage_id: Mapped[int] = mapped_column(ForeignKey("round_stage.id"))
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(LongText)
    dates: Mapped[dict[str, dict[str, list[str]]]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(16), default="proposed")
    refusal: Mapped[str] = mapped_column(LongText, default="")
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]

    stage: Mapped["RoundStage"] = relationship()


class CalendarYear(Base):
    """A year whose holidays have been announced. source: the notice they come from."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String(200))


class CalendarDay(Base):
    """A day that differs from Monday-to-Friday: a holiday, or a make-up working day."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    is_workday: Mapped[bool]
    name: Mapped[str] = mapped_column(String(80), default="")


class Snapshot(Row):
    """What the public sees, frozen. kind: call, progress, notice, result. Never changed; a later one of the same kind follows it."""

    __tablename__ = "snapshot"
    __table_args__ = (UniqueConstraint("round_id", "kind", "number"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    number: Mapped[int]
    content: Mapped[str] = mapped_column(LongText)
    sha256: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
