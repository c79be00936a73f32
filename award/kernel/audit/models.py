"""Tables of the trail. Triggers in the migrations refuse every change and removal of records."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from award.kernel.db import Base


class AuditHead(Base):
    """The last record of each stream; locked last in every transaction that appends to it."""

    __tablename__ = "audit_head"

    stream: Mapped[str] = mapped_column(String(64), primary_key=True)
    seq: Mapped[int]
    link: Mapped[str] = mapped_column(String(64))


class AuditRecord(Base):
    """One record. body: the exact bytes that were hashed; the columns after link only copy it for searching."""

    __tablename__ = "audit_record"
    __table_args__ = (UniqueConstraint("stream", "prev"), Index("ix_audit_record_act_obj", "act", "obj"))

    stream: Mapped[str] = mapped_column(String(64), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[str] = mapped_column(Text)
    prev: Mapped[str] = mapped_column(String(64))
    link: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(64), index=True)
    act: Mapped[str] = mapped_column(String(64))
    obj: Mapped[str] = mapped_column(String(96))


class AuditOpening(Base):
    """What opens a record's commitment: the salt and the content. Deleting it leaves the chain valid."""

    __tablename__ = "audit_opening"

    stream: Mapped[str] = mapped_column(String(64), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))
    content: Mapped[str] = mapped_column(Text)
