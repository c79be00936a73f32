"""The table of stored files."""

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from award.kernel.db import Row


class StoredFile(Row):
    """One file somebody uploaded or the press rendered. Two rows may share one content.

    name: as people called it, for display only. size: bytes. purpose: what it was kept for ("evidence", "document").
    created_by: the person's inner number, None where the system made it.
    """

    __tablename__ = "stored_file"

    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    extension: Mapped[str] = mapped_column(String(8))
    pages: Mapped[int | None]
    purpose: Mapped[str] = mapped_column(String(32))
    created_by: Mapped[int | None]
    created_at: Mapped[datetime]
