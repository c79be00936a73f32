"""From what a judge types to the exact total of a sheet. Points are kept as whole hundredths of a point."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Literal

GradeFault = Literal["blank", "not_a_number"]

_PERCENT = re.compile(r"0|[1-9][0-9]{0,2}")
_FULL_WIDTH = {ord("０") + digit: str(digit) for digit in range(10)}


class GradeError(ValueError):
    """What a judge entered is not a percentage. code: why; text: the input as it was typed."""

    def __init__(self, code: GradeFault, text: str) -> None:
        super().__init__(f"{code}: {text!r}")
        self.code = code
        self.text = text


class ItemsError(ValueError):
    """A sheet and its rubric do not have the same items. Both tuples are sorted by key."""

    def __init__(self, missing: Iterable[str], extra: Iterable[str]) -> None:
        self.missing = tuple(sorted(missing))
        self.extra = tuple(sorted(extra))
        super().__init__(f"missing {self.missing}, extra {self.extra}")


def parse_percent(text: str) -> int:
    """Reads a percentage as a judge types it. Full-width digits count; signs, spaces, points and leading zeros do not.

    Whether it is one of the rubric's is asked where it is saved. Raises GradeError: blank; not_a_number ("10.0", "八十", "٨٥").
    """
    # Not NFKC: it would read 5⁰ as 50.
    plain = text.translate(_FULL_WIDTH)
    if not plain.strip():
        raise GradeError("blank", text)
    if not _PERCENT.fullmatch(plain):
        raise GradeError("not_a_number", text)
    return int(plain)


def item_hundredths(points: int, percent: int) -> int:
    """Points scored on one item, in hundredths of a point, exactly: points x percent.

    points: whole points, > 0. percent: 0..100.
    Raises ValueError outside these ranges.
    Source: GB/Z 19579-2012, annex C (item score = item points x percentage).
    """
    if points <= 0:
        raise ValueError(f"an item has more than 0 points, not {points}")
    if not 0 <= percent <= 100:
        raise ValueError(f"a percentage lies in 0..100, not {percent}")
    return points * percent


def total_hundredths(marks: Mapping[str, int], points: Mapping[str, int]) -> int:
    """Total of a complete sheet in hundredths of a point.

    marks: item -> percentage, 0..100. points: item -> its whole points. Both have the same items: blank is never 0.
    Raises ItemsError where they differ, ValueError for values out of range.
    """
    if marks.keys() != points.keys():
        raise ItemsError(points.keys() - marks.keys(), marks.keys() - points.keys())
    return sum(item_hundredths(points[item], percent) for item, percent in marks.items())


def part_hundredths(marks: Mapping[str, int], points: Mapping[str, int], items: Collection[str]) -> int:
    """Points of a sheet on some items (a category, all results), in hundredths: what tie chains and charts need.

    Raises ItemsError where one of `items` has no mark or no points.
    """
    if missing := {item for item in items if item not in marks or item not in points}:
        raise ItemsError(missing, ())
    return sum(item_hundredths(points[item], marks[item]) for item in set(items))
