"""Tables that come in: their fields, a workbook's rows as lines of them, and what is wrong with each cell."""

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

from award.kernel.errors import FieldError, Invalid
from award.kernel.i18n import LANGUAGES, N_, spoken, translate
from award.kernel.sheets.tables import letter_of

DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
PORTION = 1000
"""Rows after which somebody is told how far it is."""
NOT_A_DAY = N_("Enter a day as year-month-day, for example 2026-08-28.")


@dataclass(frozen=True)
class Field:
    """A column of a table that comes in. title, note: msgids. choices: (value, word), where only these are taken.

    longest: characters of what is typed; a choice is as long as its word. word: a msgid, or what knows its own words.
    is_day: its texts are days. is_telephone: a cell kept as a number has lost the 0 they begin with. example: of the template's second row.
    """

    name: str
    title: str
    longest: int
    is_needed: bool = False
    is_day: bool = False
    is_telephone: bool = False
    choices: tuple[tuple[str, object], ...] = ()
    example: str = ""
    note: str = ""
    width: int = 20


@dataclass(frozen=True)
class Line:
    """One row. number: in the sheet. values: by field; days in ISO 8601, choices by their value, "" where empty.

    wrong: fields whose cell cannot be taken as it is; they are "" among the values, and nothing else is said about them.
    """

    number: int
    values: Mapping[str, str]
    wrong: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Change:
    """What one line does. kind: added, changed, same. detail: what tells it from another of its name.

    changes: (field, before, after). remark: a msgid, where the kind alone does not say it.
    """

    number: int
    kind: str
    name: str
    detail: str
    changes: tuple[tuple[str, str, str], ...] = ()
    remark: str = ""


@dataclass(frozen=True)
class Plan:
    """What a table would do. faults: field is a cell ("B3"); with any, nothing is imported."""

    changes: tuple[Change, ...]
    faults: tuple[FieldError, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether importing would change nothing."""
        return all(one.kind == "same" for one in self.changes)

    @property
    def counts(self) -> dict[str, int]:
        """Lines by what they do."""
        return {kind: sum(one.kind == kind for one in self.changes) for kind in ("added", "changed", "same")}

    @property
    def fingerprint(self) -> str:
        """SHA-256 of all it would do: another one means that the data has changed since it was shown."""
        told = [[one.number, one.kind, one.name, one.detail, one.changes, one.remark] for one in self.changes]
        return hashlib.sha256(json.dumps(told, ensure_ascii=True).encode()).hexdigest()


def word_of(language: str, word: object) -> str:
    """The word of a choice in a language."""
    return translate(language, word) if isinstance(word, str) else str(spoken(language, word))


def spoken_value(field: Field, value: str) -> object:
    """What a value says, in any language: the word of a choice, a day, or the text itself."""
    if field.choices:
        return dict(field.choices)[value]
    return date.fromisoformat(value) if field.is_day else value


def headings(fields: Sequence[Field], language: str) -> list[str]:
    """The first row of the template."""
    return [translate(language, one.title) for one in fields]


def lines_of(
    fields: Sequence[Field], rows: Sequence[Sequence[str]], told: Callable[[int, int], None] = lambda done, total: None,
    unread: Collection[str] = (),
) -> tuple[list[Line], list[FieldError]]:
    """The lines of a table and every fault a cell has by itself. rows: with the heading, texts only; empty rows are passed over.

    unread: cells whose fault is told already. A line with a fault is among the lines, so that what else is wrong with it
    can be told too. told: hears how many rows of how many are done, at the beginning, now and then, and at the end.
    """
    if not rows or _cells(fields, rows[0]) not in [headings(fields, language) for language in LANGUAGES]:
        return [], [FieldError("A1", N_("The first row has to be the headings of the template."))]
    lines, faults = [], []
    told(0, len(rows))
    for number, row in enumerate(rows[1:], 2):
        if number % PORTION == 0:
            told(number, len(rows))
        if not any(cell.strip() for cell in row) and not _unread_in(fields, number, unread):
            continue
        line, wrong = _line(fields, number, row, unread)
        lines.append(line)
        faults += wrong
    told(len(rows), len(rows))
    if not lines and not faults:
        faults.append(FieldError("A2", N_("The table has no lines below its headings.")))
    return lines, faults


def _line(
    fields: Sequence[Field], number: int, row: Sequence[str], unread: Collection[str]
) -> tuple[Line, list[FieldError]]:
    values, faults, wrong = {}, [], _unread_in(fields, number, unread)
    for at, (one, text) in enumerate(zip(fields, _cells(fields, row), strict=True)):
        value, fault = ("", None) if one.name in wrong else _value(one, text)
        values[one.name] = value
        if fault is not None:
            faults.append(FieldError(f"{letter_of(at)}{number}", fault.text, fault.params))
            wrong |= {one.name}
    return Line(number, values, wrong), faults


def _unread_in(fields: Sequence[Field], number: int, unread: Collection[str]) -> frozenset[str]:
    """The fields of a row whose cells are among those."""
    return frozenset(one.name for at, one in enumerate(fields) if f"{letter_of(at)}{number}" in unread)


def cell_of(fields: Sequence[Field], line: Line, name: str) -> str:
    """Where a field of a line stands: "C14"."""
    return f"{letter_of([one.name for one in fields].index(name))}{line.number}"


@contextmanager
def in_row(fields: Sequence[Field], line: Line) -> Iterator[None]:
    """What an act says of a field is said of its cell. Raises Invalid so; what is no field of the table keeps its name."""
    try:
        yield
    except Invalid as error:
        names = {one.name for one in fields}
        raise Invalid([
            replace(one, field=cell_of(fields, line, one.field)) if one.field in names else one for one in error.errors
        ]) from error  # fmt: skip


def twice(fields: Sequence[Field], lines: Sequence[Line], name: str) -> list[FieldError]:
    """A fault for every line whose field says what an earlier line says; an empty one says nothing."""
    seen: dict[str, int] = {}
    faults = []
    for line in lines:
        if not line.values[name]:
            continue
        first = seen.setdefault(line.values[name].lower(), line.number)
        if first != line.number:
            text = N_("The same stands in row {row} already. Keep one of the two.")
            faults.append(FieldError(cell_of(fields, line, name), text, {"row": first}))
    return faults


def day_of(text: str) -> date | None:
    """A day as people type it: 2026-08-28, 2026/8/28, 2026年8月28日. None for anything else."""
    found = DAY.fullmatch(text)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _cells(fields: Sequence[Field], row: Sequence[str]) -> list[str]:
    return [cell.strip() for cell in [*row, *("" for _ in fields)][: len(fields)]]


def _value(field: Field, text: str) -> tuple[str, FieldError | None]:
    """What a cell says, and what is wrong with it."""
    if not text:
        return "", FieldError("", N_("Fill this in.")) if field.is_needed else None
    if field.choices:
        words = {word_of(language, word): value for value, word in field.choices for language in LANGUAGES}
        if text not in words:
            return "", FieldError("", N_("Choose one of the words the template offers in this column."))
        return words[text], None
    if len(text) > field.longest:
        fault = N_("At most {longest} characters; you have {count}. Remove {over}.")
        return "", FieldError(
            "", fault, {"longest": field.longest, "count": len(text), "over": len(text) - field.longest}
        )
    if field.is_day:
        day = day_of(text)
        return ("", FieldError("", NOT_A_DAY)) if day is None else (day.isoformat(), None)
    return text, None
