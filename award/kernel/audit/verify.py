"""Walking the trail: every link recomputed from the stored bytes, every commitment that can be opened, opened."""

import json
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from award.kernel.audit import chain
from award.kernel.audit.models import AuditHead, AuditOpening, AuditRecord
from award.kernel.counting import counted


@dataclass(frozen=True)
class Fault:
    """The first bad record of a stream. reason: gap, prev, link, body, copy, commitment or head."""

    stream: str
    seq: int
    reason: str


@dataclass(frozen=True)
class Verdict:
    """What a walk found: how many records in how many streams, and the first fault of each broken stream."""

    streams: int
    records: int
    faults: tuple[Fault, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing bad was found."""
        return not self.faults

    def __str__(self) -> str:
        walked = f"{counted(self.records, 'record')} in {counted(self.streams, 'stream')}"
        return f"{walked}: {'whole' if self.is_whole else 'BROKEN'}"


def verify(session: Session, stream: str | None = None) -> Verdict:
    """Walks one stream, or all of them."""
    names = [stream] if stream else sorted(_stream_names(session))
    faults, records = [], 0
    for name in names:
        count, fault = _walk(session, name)
        records += count
        if fault is not None:
            faults.append(fault)
    return Verdict(len(names), records, tuple(faults))


def _stream_names(session: Session) -> set[str]:
    heads = session.scalars(select(AuditHead.stream))
    return {*heads, *session.scalars(select(AuditRecord.stream).distinct())}


def _rows(session: Session, stream: str) -> Generator[tuple[AuditRecord, AuditOpening | None]]:
    joined = (AuditOpening.stream == AuditRecord.stream) & (AuditOpening.seq == AuditRecord.seq)
    query = (
        select(AuditRecord, AuditOpening)
        .outerjoin(AuditOpening, joined)
        .where(AuditRecord.stream == stream)
        .order_by(AuditRecord.seq)
        .execution_options(yield_per=1000)
    )
    with session.execute(query) as found:
        for row in found:
            yield row[0], row[1]


def _walk(session: Session, stream: str) -> tuple[int, Fault | None]:
    seq, link = 0, chain.GENESIS
    # Closed at the first fault too: the database holds a cursor for the rest.
    with closing(_rows(session, stream)) as rows:
        for record, opening in rows:
            seq += 1
            reason = _reason(record, opening, seq, link)
            if reason:
                return seq, Fault(stream, seq, reason)
            link = record.link
    head = session.get(AuditHead, stream)
    if head is None or (head.seq, head.link) != (seq, link):
        return seq, Fault(stream, seq + 1, "head")
    return seq, None


def _reason(record: AuditRecord, opening: AuditOpening | None, seq: int, prev: str) -> str | None:
    if record.seq != seq:
        return "gap"
    if record.prev != prev:
        return "prev"
    if record.link != chain.link_of(record.stream, seq, prev, record.body):
        return "link"
    try:
        body = json.loads(record.body)
        told = (body["act"], body["obj"], body["actor"]["id"], body["t"], body["stream"])
        commit = body["commit"]
    except (ValueError, KeyError, TypeError):
        # Only somebody who recomputed the chain can have written it; the walk says so instead of falling over it.
        return "body"
    if told != (record.act, record.obj, record.actor, chain.spell_moment(record.at), record.stream):
        return "copy"
    if opening is not None and chain.commitment(opening.salt, opening.content) != commit:
        return "commitment"
    return None
