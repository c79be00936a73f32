"""Reading the trail: where a receipt stands, and the records of a stream."""

from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from award.kernel.audit.models import AuditRecord
from award.kernel.events import Event


@dataclass(frozen=True)
class Place:
    """Where an act stands in the trail; printed on receipts. link: the first 16 hex digits."""

    stream: str
    seq: int
    link: str


def place_of(session: Session, event: Event, obj: str) -> Place | None:
    """The last record of an event about one thing, or None before it is committed."""
    query = (
        select(AuditRecord.stream, AuditRecord.seq, AuditRecord.link)
        .where(AuditRecord.act == event.value, AuditRecord.obj == obj)
        .order_by(AuditRecord.seq.desc())
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    return Place(row[0], row[1], row[2][:16]) if row else None


def records_of(stream: str, act: str = "") -> Select[AuditRecord]:
    """The records of a stream, newest first. act: an event's code, "" for all."""
    query = select(AuditRecord).where(AuditRecord.stream == stream).order_by(AuditRecord.seq.desc())
    return query.where(AuditRecord.act == act) if act else query
