"""How far the judges of one application lie apart: what the office is told before it asks them to look again."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Exact = Fraction | int
Reference = Literal["median_of_others", "mean_of_all"]


@dataclass(frozen=True)
class Spread:
    """Where values lie and how far apart. All in the unit of the values; None where a figure is not defined.

    range and deviation (standard deviation, n - 1) are None, with the reason, for one value and for equal values.
    """

    count: int
    low: Exact | None
    high: Exact | None
    mean: Fraction | None
    median: Fraction | None
    lower_quartile: Fraction | None
    upper_quartile: Fraction | None
    range: Exact | None
    deviation: float | None
    reason: Literal["no_values", "one_value", "all_equal"] | None


@dataclass(frozen=True)
class DispersedItem:
    """An item whose marks lie too far apart. low, high, range: percent and percentage points."""

    item: str
    low: int
    high: int
    range: int


@dataclass(frozen=True)
class Deviation:
    """A sheet that lies too far from the others. difference: total - reference, in the unit of the totals."""

    key: str
    total: Fraction
    reference: Fraction
    difference: Fraction


def spread(values: Sequence[Exact]) -> Spread:
    """Range, standard deviation, median and quartiles of percentages or totals; all but the deviation exact.

    Source: quartiles by linear interpolation between order statistics (type 7 of Hyndman and Fan 1996).
    """
    if not values:
        return Spread(0, None, None, None, None, None, None, None, None, "no_values")
    ordered = sorted(values)
    low, high = ordered[0], ordered[-1]
    is_flat = low == high
    return Spread(
        count=len(ordered),
        low=low,
        high=high,
        mean=Fraction(sum(ordered)) / len(ordered),
        median=_quantile(ordered, Fraction(1, 2)),
        lower_quartile=_quantile(ordered, Fraction(1, 4)),
        upper_quartile=_quantile(ordered, Fraction(3, 4)),
        range=None if is_flat else high - low,
        deviation=None if is_flat else float(statistics.stdev(map(Fraction, ordered))),
        reason=None if not is_flat else "one_value" if len(ordered) == 1 else "all_equal",
    )


def dispersed_items(marks_by_judge: Mapping[str, Mapping[str, int]], limit: int) -> tuple[DispersedItem, ...]:
    """Items whose highest and lowest mark lie more than `limit` percentage points apart, in the order of the sheets.

    marks_by_judge: judge -> item -> percent; an item that fewer than two judges have marked is never dispersed.
    """
    percents: dict[str, list[int]] = {}
    for marks in marks_by_judge.values():
        for item, percent in marks.items():
            percents.setdefault(item, []).append(percent)
    return tuple(
        DispersedItem(item, min(given), max(given), max(given) - min(given))
        for item, given in percents.items()
        if max(given) - min(given) > limit
    )


def deviation_flags(
    totals: Mapping[str, Exact], limit: Exact, reference: Reference = "median_of_others"
) -> tuple[Deviation, ...]:
    """Sheets whose total lies more than `limit` from the others, in the order given. One pass: nothing is taken out.

    totals: sheet -> total; limit in the same unit. A single sheet has nothing to be compared with.
    """
    found = []
    for key, total in totals.items():
        others = [other for name, other in totals.items() if name != key]
        if not others:
            continue
        compared = others if reference == "median_of_others" else list(totals.values())
        middle = _middle(compared, reference)
        if abs(total - middle) > limit:
            found.append(Deviation(key, Fraction(total), middle, total - middle))
    return tuple(found)


def _middle(values: Sequence[Exact], reference: Reference) -> Fraction:
    if reference == "median_of_others":
        return _quantile(sorted(values), Fraction(1, 2))
    return Fraction(sum(values)) / len(values)


def _quantile(ordered: Sequence[Exact], share: Fraction) -> Fraction:
    position = (len(ordered) - 1) * share
    below = position.numerator // position.denominator
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (position - below) * (ordered[above] - ordered[below])
