"""What the trail tells of things, and whether the tables say the same. Each kind of thing is read in bulk, not row by row."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from award.accounts.models import Person
from award.invariants.finding import Found, Unreadable, among, reading
from award.kernel.audit.models import AuditOpening, AuditRecord
from award.kernel.events import Event
from award.rounds.queries import spell

BY, OF, STATE = "by", "of", "state"
"""What a record tells besides its content: who acted, the id of its object, and the state its act leaves."""
UNTOLD = object()
Column = InstrumentedAttribute[Any] | ColumnElement[Any] | ScalarSelect[Any]


@dataclass(frozen=True)
class Told:
    """One kind of thing: which records tell of it, and where its row says the same.

    acts: each with the state it leaves the thing in, "" where it leaves none; what a later record says goes over what an
    earlier one said. rows: made by `said`. gathered: key -> what other rows say under it, by the thing's id. key: of the
    content, where the thing is named there and is not the record's object. is_part: some things that are told of
    have no such row any more. Source of the keys: what the act gives `record`; a key an older record lacks is not compared.
    """

    thing: str
    acts: Mapping[Event, str]
    rows: Select[Any]
    gathered: Mapping[str, Callable[[Session], Mapping[str, object]]] = field(default_factory=dict)
    key: str = ""
    is_part: bool = False


@dataclass(frozen=True)
class Record:
    """A record of the trail with the content it opens."""

    stream: str
    seq: int
    actor: str
    event: Event
    obj: str
    content: Mapping[str, Any]


def said(of: Column, /, **columns: Column) -> Select[Any]:
    """The id of a thing, and the columns of its row by the keys of the records' content."""
    return select(of.label("id"), *(column.label(key) for key, column in columns.items()))


def person(column: Column) -> ScalarSelect[Any]:
    """The public id of the person a column names."""
    return select(Person.public_id).where(Person.id == column).scalar_subquery()


def records_of(session: Session, acts: Iterable[Event]) -> Iterator[Record]:
    """The records of some acts, each stream in its order. Raises Unreadable where the content of one is gone or damaged."""
    query = (
        select(
            AuditRecord.stream, AuditRecord.seq, AuditRecord.actor, AuditRecord.act, AuditRecord.obj, AuditOpening.content
        )
        .outerjoin(AuditOpening, (AuditOpening.stream == AuditRecord.stream) & (AuditOpening.seq == AuditRecord.seq))
        .where(AuditRecord.act.in_([one.value for one in acts]))
        .order_by(AuditRecord.stream, AuditRecord.seq)
        .execution_options(yield_per=1000)
    )
    for stream, seq, actor, act, obj, text in session.execute(query):
        if text is None:
            raise Unreadable(f"the content of record {seq} of {stream}, {act}, is gone")
        with reading(f"record {seq} of {stream}"):
            content = dict(json.loads(text).items())
        yield Record(stream, seq, actor, Event(act), obj.partition(":")[2], content)


def as_told(*kinds: Told) -> Callable[[Session], Found]:
    """A check: what stands in the rows of these kinds of things is what the latest records tell of them."""

    def check(session: Session) -> Found:
        return among((one for kind in kinds for one in _pairs(session, kind)), lambda one: _offence(*one))

    return check


def _pairs(session: Session, kind: Told) -> Iterator[tuple[str, Mapping[str, object] | None, Mapping[str, object] | None]]:
    """Every thing with what its row says and what is told of it, None where there is no row or nothing is told."""
    told = _told_of(session, kind)
    gathered = {key: gather(session) for key, gather in kind.gathered.items()}
    for row in session.execute(kind.rows):
        values = dict(row._mapping)
        id_ = values.pop("id")
        values |= {key: found.get(id_) for key, found in gathered.items()}
        yield f"{kind.thing} {id_}", values, told.pop(id_, None)
    if not kind.is_part:
        yield from ((f"{kind.thing} {id_}", None, one) for id_, one in told.items())


def _told_of(session: Session, kind: Told) -> dict[str, dict[str, object]]:
    told: dict[str, dict[str, object]] = {}
    for one in records_of(session, kind.acts):
        with reading(f"record {one.seq} of {one.stream}"):
            id_ = str(one.content[kind.key]) if kind.key else one.obj
        known = told.setdefault(id_, {})
        known |= one.content
        known |= {BY: one.actor, OF: one.obj}
        if kind.acts[one.event]:
            known[STATE] = kind.acts[one.event]
    return told


def _offence(name: str, row: Mapping[str, object] | None, told: Mapping[str, object] | None) -> str:
    if row is None:
        return f"{name} is told of in the trail and is not in the tables"
    if told is None:
        return f"{name} stands in the tables and the trail tells nothing of it"
    other = [key for key, value in row.items() if told.get(key, UNTOLD) not in (UNTOLD, plain(value))]
    return f"{name} says another {' and '.join(other)} than the trail tells" if other else ""


def plain(value: object) -> object:
    """A value as the content of a record has it."""
    if isinstance(value, datetime):
        return spell(value)
    return value.isoformat() if isinstance(value, date) else value
