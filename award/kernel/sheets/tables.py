"""What a list is as a table: typed columns and its rows, and how a cell's value is spelled where a file has only text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

Value = str | int | Decimal | date | datetime | None


class Kind(StrEnum):
    """What a column holds. Codes and numbers of papers are text: their leading zeros and 18 digits stay."""

    TEXT = "text"
    WHOLE = "whole"
    HUNDREDTHS = "hundredths"
    DAY = "day"
    MOMENT = "moment"


@dataclass(frozen=True)
class Column:
    """A column as its reader sees it. title: in his language. width: in characters."""

    title: str
    kind: Kind = Kind.TEXT
    width: int = 18


@dataclass(frozen=True)
class Table:
    """A list on its way out. rows: may be read once only, so that a long list is never held whole.

    zone: whose clock moments are written by. persons: how many people are named in it.
    """

    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]
    count: int
    zone: str
    persons: int = 0


RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
"""What makes a spreadsheet compute a text that begins so. Source: OWASP ASVS 5.0, 1.2.10, with full-width forms."""


def harmless(text: str) -> str:
    """A text no spreadsheet computes when it opens a CSV: a risky beginning, also behind blanks, gets an apostrophe."""
    return f"'{text}" if text.startswith(RISKY) or text.lstrip().startswith(RISKY) else text


def spelled(value: Value, zone: ZoneInfo) -> str:
    """A value as a CSV has it: days and moments in ISO 8601 on the wall clock, hundredths with both digits."""
    if value is None:
        return ""
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return str(value)


def letter_of(index: int) -> str:
    """The letter over a column. index: from 0."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
