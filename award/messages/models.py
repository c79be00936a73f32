"""Tables of reminders and bulk mail; messages themselves are the kernel's."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from award.kernel.db import Base, Row


class ReminderSetting(Base):
    """How a round departs from what is usual for one kind of reminder. days: before the deadline."""

    __tablename__ = "reminder_setting"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    days: Mapped[int]
    is_on: Mapped[bool]


class Mailing(Row):
    """A bulk mail as the office confirmed it. group: a key of groups.GROUPS.

    receivers: what the texts are filled with, by person: [{"person", "about", "values": {placeholder: text}}].
    """

    __tablename__ = "mailing"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    group: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    receivers: Mapped[list[dict[str, object]]] = mapped_column(JSON)
    sent_at: Mapped[datetime]
    sent_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
