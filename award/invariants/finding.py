"""What a check answers with, also where it met a record that cannot be read."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from award.kernel.db import Base

Thing = TypeVar("Thing")
DAMAGE = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
"""What reading a damaged record ends in."""


class Unreadable(Exception):
    """A record that cannot be read. Its text says which, and why."""


@contextmanager
def reading(record: str) -> Iterator[None]:
    """Names the record where what is done with it fails for damage; raises Unreadable."""
    try:
        yield
    except DAMAGE as error:
        raise Unreadable(f"{record} cannot be read: {type(error).__name__}: {error}") from error


@dataclass(frozen=True)
class Found:
    """How many things a check looked at, how many of them offend, and the first of these in words."""

    looked: int
    offences: int = 0
    first: str = ""


@dataclass(frozen=True)
class Invariant:
    """One thing that must hold. says: as a sentence."""

    name: str
    says: str
    check: Callable[[Session], Found]

    def ask(self, session: Session) -> Found:
        """What it finds; a record that keeps it from looking is its offence, and the others are asked all the same."""
        try:
            return self.check(session)
        except Unreadable as error:
            return Found(0, 1, str(error))
        except DAMAGE as error:
            return Found(0, 1, f"{_damaged_row(session) or 'a record'} cannot be read: {type(error).__name__}: {error}")


def among(things: Iterable[Thing], offence: Callable[[Thing], str]) -> Found:
    """Looks at every thing. offence: what is wrong with one, "" for nothing; one that cannot be read offends by that."""
    looked, told = 0, []
    for one in things:
        looked += 1
        try:
            with reading(_name_of(one)):
                said = offence(one)
        except Unreadable as error:
            said = str(error)
        if said:
            told.append(said)
    return Found(looked, len(told), told[0] if told else "")


def _name_of(thing: object) -> str:
    """The rows of tables in it, by table and public id; of plain columns the first word."""
    parts = [thing] if isinstance(thing, Base | str) or not isinstance(thing, Iterable) else list(thing)
    rows = [_row_name(one) for one in parts if isinstance(one, Base)]
    return " of ".join(rows) or next((one for one in parts if isinstance(one, str)), "a record")


def _row_name(row: Base) -> str:
    name = getattr(row, "public_id", None) or "/".join(str(one) for one in inspect(row).identity or ())
    return f"{row.__tablename__} {name}"


def _damaged_row(session: Session) -> str:
    """The first row of any table that the database hands out and no value can be made of, "" for none."""
    for table in Base.metadata.sorted_tables:
        for key in session.execute(select(*table.primary_key.columns)).all():
            query = select(table).where(*(column == value for column, value in zip(table.primary_key.columns, key, strict=True)))
            try:
                session.execute(query).all()
            except DAMAGE:
                return f"{table.name} {'/'.join(str(one) for one in key)}"
    return ""
