"""Tables of the pool of judges, and of changes of a panel that wait for a second person."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from award.accounts.models import Person
from award.applications.models import Application
from award.kernel.db import Row
from award.standing.models import Assignment


class PoolMember(Row):
    """A judge in an authority's pool. speciality: management, industry or finance, as the office groups them.

    last_day: of the appointment, on the authority's calendar; afterwards neither panel nor sheet is open to the judge.
    """

    __tablename__ = "pool_member"
    __table_args__ = (UniqueConstraint("authority_id", "person_id"),)

    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    institution: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(80), default="")
    speciality: Mapped[str] = mapped_column(String(80), default="")
    region: Mapped[str] = mapped_column(String(80), default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    last_day: Mapped[date]
    added_at: Mapped[datetime]

    person: Mapped[Person] = relationship()


class PanelChange(Row):
    """A change of a panel while judges score: one person of the office proposes it, another confirms it or drops it.

    kind: replace (a seat, by a person), conflict (of a person), leader (a seat). state: proposed, confirmed, dropped.
    """

    __tablename__ = "panel_change"
    __table_args__ = (
        Index(
            "uq_panel_change_open", "application_id", unique=True,
            sqlite_where=text("state = 'proposed'"), postgresql_where=text("state = 'proposed'"),
        ),
    )  # fmt: skip

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16), default="proposed")
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]

    application: Mapped[Application] = relationship()
    assignment: Mapped[Assignment | None] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    proposer: Mapped[Person] = relationship(foreign_keys=[proposed_by])
