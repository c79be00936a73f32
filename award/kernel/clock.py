"""What time it is. Real time, except in a demonstration database, which keeps an offset that can be moved forward."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import CheckConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from award.kernel.db import Base


class Installation(Base):
    """The one row that says what this database is: live, or a demonstration whose clock can be moved."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    is_demonstration: Mapped[bool]
    clock_offset_seconds: Mapped[int]
    first_start_token_hash: Mapped[str | None]


_INSTALLATION = select(Installation.is_demonstration, Installation.clock_offset_seconds)


def real_now() -> datetime:
    """UTC, for leases, tokens and sign-in. Tests replace this function to make time stand still."""
    return datetime.now(UTC)


def ahead(is_demonstration: bool | None, seconds: int | None) -> timedelta | None:
    """What a row of Installation, or its absence, says of the clock: how far it is ahead; None in a live database."""
    return timedelta(seconds=seconds or 0) if is_demonstration else None


def know_offset(session: Session, offset_: timedelta | None) -> None:
    """Tells a session what its request has read already, so that it need not ask again."""
    session.info["clock_offset"] = offset_


def offset(session: Session) -> timedelta | None:
    """How far a demonstration's clock is ahead; None in a live database. Read once per transaction."""
    if "clock_offset" not in session.info:
        row = session.execute(_INSTALLATION).one_or_none()
        know_offset(session, ahead(*row) if row is not None else None)
    found: timedelta | None = session.info["clock_offset"]
    return found


def now(session: Session) -> datetime:
    """The time acts are judged by, UTC. Ask for it inside the transaction of the act, once its lock is held."""
    moved = offset(session) or timedelta()
    # Only when the transaction has begun, which may have waited for the turn to write: a late act must not get an early time.
    session.connection()
    return real_now() + moved


def move_forward(session: Session, by: timedelta) -> datetime:
    """Moves the clock of a demonstration database and says what it now shows.

    Raises ValueError in a live database, or for a move that is not forward.
    """
    installation = session.get(Installation, 1)
    if installation is None or not installation.is_demonstration:
        raise ValueError("only the clock of a demonstration database can be moved")
    if by <= timedelta():
        raise ValueError("the clock can only be moved forward")
    installation.clock_offset_seconds += int(by.total_seconds())
    session.info.pop("clock_offset", None)
    session.flush()
    return now(session)
