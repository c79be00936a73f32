"""Tables of organisations."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from award.kernel.db import Row


class Organisation(Row):
    """An organisation by its unified social credit code (统一社会信用代码, GB 32100-2015)."""

    __tablename__ = "organisation"

    credit_code: Mapped[str] = mapped_column(String(18), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(160), default="")
    established_on: Mapped[date | None]
    address: Mapped[str] = mapped_column(String(200), default="")
    registered_at: Mapped[datetime]


class RegisterEntry(Row):
    """The office of an authority has entered an organisation, so that it stands in the office's register.

    is_first: nobody had to do with it before; then its facts are this office's to correct.
    """

    __tablename__ = "register_entry"
    __table_args__ = (UniqueConstraint("authority_id", "organisation_id"),)

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"))
    is_first: Mapped[bool] = mapped_column(default=False)
    entered_at: Mapped[datetime]


class Claim(Row):
    """Somebody says he acts for an organisation before an authority. claimed_name: as he typed it.

    state: pending until the authority's office has seen the licence, confirmed, refused.
    """

    __tablename__ = "claim"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"), index=True)
    claimed_name: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[str] = mapped_column(String(16), default="pending")
    licence_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    made_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text, default="")

    organisation: Mapped[Organisation] = relationship()
