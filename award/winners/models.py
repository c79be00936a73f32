"""Tables of what winners hold."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from award.applications.models import Application
from award.kernel.db import Row


class Certificate(Row):
    """A certificate. code: 12 characters that anybody can check at /v/{code}. Expiry follows from valid_until."""

    __tablename__ = "certificate"
    __table_args__ = (UniqueConstraint("round_id", "number"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    number: Mapped[str] = mapped_column(String(40))
    holder: Mapped[str] = mapped_column(String(170))
    grade: Mapped[str] = mapped_column(String(32))
    award_title: Mapped[str] = mapped_column(String(120))
    issuer: Mapped[str] = mapped_column(String(120))
    issued_on: Mapped[date]
    valid_until: Mapped[date | None]
    issued_at: Mapped[datetime]
    issued_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revoked_reason: Mapped[str] = mapped_column(Text, default="")
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))

    application: Mapped[Application] = relationship()
