"""How severe the judges of a category were: evidence beside the official figures, never part of them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from award.accounts.models import Person
from award.kernel import db
from award.results.basis import Basis, Entry, StoredSheet
from award.scoring.severity import Reason, ScoredSheet, severity

MATERIAL = 100.0
"""Points of 1000 from which a judge's severity matters. Source: scoring.md 2.7."""
LEAST = 0.5
"""Points below which a severity reads 0. Where every one does, the fit found no variance between judges, and its margins say nothing."""
CLEAR = 3.0
"""Standard errors from which it is more than chance. Source: scoring.md 2.7."""


@dataclass(frozen=True)
class Judge:
    """A judge against the others. code: in place of the name; points: what he takes off (+) or adds (-).

    margin: half of the 95 % interval, in points. verdict: "severe", "lenient" or "". sheets: how many he has given.
    """

    code: str
    name: str
    points: float
    margin: float
    sheets: int
    verdict: str


@dataclass(frozen=True)
class Severities:
    """The judges, the most severe first; none, with the reason, where nothing can be said.

    not_told_apart: severity is no part of what the totals differ by; a figure of 0 for everybody would claim to know it.
    """

    judges: tuple[Judge, ...]
    reason: Reason | Literal["not_told_apart"] | None


class JudgedTotal(NamedTuple):
    """One sheet's total. judge: public id of the person, who is called name; total in hundredths of a point."""

    application: str
    judge: str
    name: str
    total_hundredths: int


def severities_in(session: Session, basis: Basis) -> Severities:
    """Compares the judges over all sheets of the applications that take part. Only once all gates are open."""
    people = db.rows_of(
        session,
        select(Person.id, Person.public_id, Person.name).where(
            Person.id.in_({sheet.person_id for sheet in basis.sheets})
        ),
    )
    return _compared(basis.entries, basis.sheets, tuple(sorted(map(tuple, people))))


@lru_cache(maxsize=8)
def _compared(
    entries: tuple[Entry, ...], sheets: tuple[StoredSheet, ...], people: tuple[tuple[int, str, str], ...]
) -> Severities:
    # Sheets do not change once all gates are open, and with 200 judges the equations take a second.
    named = {id_: (public_id, name) for id_, public_id, name in people}
    taking_part = {one.id: one.public_id for one in entries}
    return severities_of([
        JudgedTotal(taking_part[one.application_id], *named[one.person_id], one.total_hundredths)
        for one in sheets
        if one.application_id in taking_part
    ])  # fmt: skip


def severities_of(totals: Sequence[JudgedTotal]) -> Severities:
    """Compares the judges over all their sheets. Codes follow the public ids, so they say nothing about anybody.

    Source: scoring.md 2.4 and 2.7.
    """
    found = severity([ScoredSheet(one.application, one.judge, one.total_hundredths / 100) for one in totals])
    codes = {judge: f"R{at:02d}" for at, judge in enumerate(sorted({one.judge for one in totals}), start=1)}
    names = {one.judge: one.name for one in totals}
    counts = Counter(one.judge for one in totals)
    judges = [
        Judge(codes[key], names[key], one.value, 1.96 * one.error, counts[key], _verdict(one.value, one.error))
        for key, one in found.judges.items()
    ]
    if judges and all(abs(one.points) < LEAST for one in judges):
        return Severities((), "not_told_apart")
    return Severities(tuple(sorted(judges, key=lambda judge: -judge.points)), found.reason)


def _verdict(value: float, error: float) -> str:
    if abs(value) < MATERIAL or abs(value) <= CLEAR * error:
        return ""
    return "severe" if value > 0 else "lenient"
