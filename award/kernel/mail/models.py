"""The table of messages."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from award.kernel.db import Row


class MessageState(StrEnum):
    """Where a message stands. Failed: given up after the last attempt."""

    WANTED = "wanted"
    SENT = "sent"
    FAILED = "failed"


class Message(Row):
    """One message to one address. context: JSON of what its template is filled with.

    link: the one address in it that opens something (invitation, new password); wiped once the message is sent.
    by_mail_only: it carried such a link and is not shown in the inbox. round_id: the round it was written in, about: what
    it is about, "<thing>:<public id>"; both for the log. read_at: when its person opened it in the inbox.
    """

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint("state IN ('wanted', 'sent', 'failed')", name="state"),
        Index("ix_message_person_id_read_at", "person_id", "read_at"),
    )

    person_id: Mapped[int | None]
    round_id: Mapped[int | None] = mapped_column(index=True)
    about: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(8))
    template: Mapped[str] = mapped_column(String(64))
    context: Mapped[str] = mapped_column(Text)
    link: Mapped[str | None] = mapped_column(Text)
    by_mail_only: Mapped[bool] = mapped_column(default=False)
    dedup_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    state: Mapped[str] = mapped_column(String(16), default=MessageState.WANTED.value, index=True)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(String(500))
