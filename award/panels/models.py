"""Tables of the pool of judges."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from award.accounts.models import Person
from award.kernel.db import Row


class PoolMember(Row):
    """A judge in an authority's pool. speciality: management, industry or finance, as the office groups them."""

    __tablename__ = "pool_member"
    __table_args__ = (UniqueConstraint("authority_id", "person_id"),)

    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    institution: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(80), default="")
    speciality: Mapped[str] = mapped_column(String(80), default="")
    region: Mapped[str] = mapped_column(String(80), default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    added_at: Mapped[datetime]

    person: Mapped[Person] = relationship()
