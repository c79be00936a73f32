"""From the sheets of a panel to one figure: by the scheme's rule, in exact fractions, rounded once at the end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

Exact = Fraction | int
Method = Literal["mean", "weighted_mean", "median", "drop"]
Fallback = Literal["refuse", "mean"]
Missing = Literal["ineligible", "renormalise", "zero"]
Rounding = Literal["half_up", "half_even", "down"]
CombineFlag = Literal["no_sheets", "below_minimum", "too_few_to_drop", "fell_back_to_mean", "few_sheets"]

FEW_SHEETS = 5
"""Below this number a figure with the extremes dropped rests on one or two sheets and is flagged."""


@dataclass(frozen=True)
class Combined:
    """A combined figure and how it came about.

    value: in the unit of the totals, None where the rule gives none (flags say why). used, dropped: positions in the
    input, ascending; a median uses every sheet. method: the one really applied.
    """

    value: Fraction | None
    used: tuple[int, ...]
    dropped: tuple[int, ...]
    flags: tuple[CombineFlag, ...]
    method: Method


@dataclass(frozen=True)
class CombinedItems:
    """Items combined one by one, then added. value: None as soon as one item has none."""

    value: Fraction | None
    items: Mapping[str, Combined]
    flags: tuple[CombineFlag, ...]


@dataclass(frozen=True)
class Composite:
    """One figure from several stages. shares: stage -> share used; they add up to 1 unless a stage counted as zero."""

    value: Fraction | None
    shares: Mapping[str, Fraction]
    missing: tuple[str, ...]


def combine(
    totals: Sequence[Exact],
    method: Method,
    drop: int = 1,
    minimum: int = 1,
    fallback: Fallback = "refuse",
    weights: Sequence[Exact] | None = None,
) -> Combined:
    """Combines the totals of the valid sheets of one application; void sheets are left out before.

    drop: sheets left out at each end by method "drop" (去掉一个最高分和一个最低分 is 1); of equal sheets exactly that
    many go, not all. minimum: with fewer sheets there is no figure. fallback: what "drop" does with fewer than
    2 x drop + 1 sheets. weights: one per sheet, only and always with "weighted_mean"; brought to a sum of 1.
    Raises ValueError for weights that do not fit the method or the sheets, and for a negative `drop`.
    """
    _check(totals, method, drop, weights)
    count = len(totals)
    if count < max(minimum, 1):
        return Combined(None, (), (), ("no_sheets" if count == 0 else "below_minimum",), method)

    everyone = tuple(range(count))
    if method == "drop":
        return _without_extremes(totals, drop, fallback)
    if method == "median":
        return Combined(_median(totals), everyone, (), (), method)
    if weights is not None:
        value = Fraction(sum(map(_product, weights, totals))) / sum(weights)
        return Combined(value, everyone, (), (), method)
    return Combined(_mean(totals), everyone, (), (), method)


def combine_items(
    sheets: Sequence[Mapping[str, Exact]],
    method: Method,
    drop: int = 1,
    minimum: int = 1,
    fallback: Fallback = "refuse",
    weights: Sequence[Exact] | None = None,
) -> CombinedItems:
    """Combines item by item across the sheets, then adds: another result than combining totals, where extremes drop.

    sheets: per sheet item -> points scored (hundredths), all with the same items. The rest as in `combine`.
    Raises ValueError for sheets with different items, and as `combine` does.
    """
    items = sheets[0].keys() if sheets else ()
    if any(sheet.keys() != items for sheet in sheets):
        raise ValueError("the sheets do not have the same items")

    combined = {
        item: combine([sheet[item] for sheet in sheets], method, drop, minimum, fallback, weights) for item in items
    }
    flags = tuple(dict.fromkeys(flag for one in combined.values() for flag in one.flags))
    if not combined:
        return CombinedItems(None, {}, ("no_sheets",))
    values = [one.value for one in combined.values() if one.value is not None]
    return CombinedItems(sum(values, Fraction(0)) if len(values) == len(combined) else None, combined, flags)


def composite(
    scores: Mapping[str, Exact | None], weights_hundredths: Mapping[str, int], missing: Missing = "ineligible"
) -> Composite:
    """Combines the figures of several stages, each brought to the same full marks before (see `to_full_marks`).

    weights_hundredths: stage -> share in hundredths of a percent, together exactly 10000. A stage that is absent from
    `scores` or None there is missing: the application gets no figure, its share goes to the others, or it counts 0.
    Raises ValueError for weights that do not add up, are negative, and for a score of a stage without a weight.
    """
    if sum(weights_hundredths.values()) != 10000 or min(weights_hundredths.values()) < 0:
        raise ValueError("the weights of the stages do not add up to 100 %")
    if unknown := scores.keys() - weights_hundredths.keys():
        raise ValueError(f"no weight for {sorted(unknown)}")

    present = {stage: score for stage in weights_hundredths if (score := scores.get(stage)) is not None}
    absent = tuple(stage for stage, weight in weights_hundredths.items() if stage not in present and weight > 0)
    if absent and missing == "ineligible":
        return Composite(None, {}, absent)
    whole = sum(weights_hundredths[stage] for stage in present) if missing == "renormalise" else 10000
    if whole == 0:
        return Composite(None, {}, absent)
    shares = {stage: Fraction(weights_hundredths[stage], whole) for stage in present}
    return Composite(sum((shares[stage] * present[stage] for stage in present), Fraction(0)), shares, absent)


def to_full_marks(score: Exact, full: int, to: int = 1000) -> Fraction:
    """Brings a score out of `full` to a score out of `to`, exactly. Raises ValueError unless `full` is positive."""
    if full <= 0:
        raise ValueError("full marks are more than 0")
    return Fraction(score * to, full)


def round_figure(value: Exact, places: int, mode: Rounding) -> Decimal:
    """Rounds once, exactly, to a decimal with exactly `places` decimals.

    mode: half_up 四舍五入 (a half goes away from zero), half_even 四舍六入五成双, down (towards zero).
    Raises ValueError for negative `places`.
    Source: half_even as in GB/T 8170.
    """
    if places < 0:
        raise ValueError("a figure has 0 or more decimals")
    exact = Fraction(value) * 10**places
    whole, rest = divmod(abs(exact.numerator), exact.denominator)
    twice = 2 * rest - exact.denominator
    if (mode == "half_up" and twice >= 0) or (mode == "half_even" and (twice > 0 or (twice == 0 and whole % 2 == 1))):
        whole += 1
    sign = "-" if exact < 0 and whole else ""
    # From text: arithmetic on decimals would round to the precision of the context.
    return Decimal(f"{sign}{whole}E-{places}")


def published_figure(hundredths: Exact, places: int, mode: Rounding) -> Decimal:
    """The figure people see and ranks are made from: points, rounded once, from an exact value in hundredths."""
    return round_figure(Fraction(hundredths) / 100, places, mode)


def _check(totals: Sequence[Exact], method: Method, drop: int, weights: Sequence[Exact] | None) -> None:
    if drop < 0:
        raise ValueError("a negative number of sheets cannot be dropped")
    if (weights is not None) != (method == "weighted_mean"):
        raise ValueError("weights go with weighted_mean, and only with it")
    if weights is not None and (len(weights) != len(totals) or any(weight < 0 for weight in weights)):
        raise ValueError("one weight of 0 or more for each sheet")
    if weights is not None and totals and not any(weights):
        raise ValueError("at least one weight is more than 0")


def _without_extremes(totals: Sequence[Exact], drop: int, fallback: Fallback) -> Combined:
    count = len(totals)
    if count < 2 * drop + 1:
        if fallback == "refuse":
            return Combined(None, (), (), ("too_few_to_drop",), "drop")
        return Combined(_mean(totals), tuple(range(count)), (), ("fell_back_to_mean",), "mean")
    order = sorted(range(count), key=_by_value(totals))
    used = tuple(sorted(order[drop : count - drop]))
    dropped = tuple(sorted(order[:drop] + order[count - drop :]))
    flags: tuple[CombineFlag, ...] = ("few_sheets",) if drop and count < FEW_SHEETS else ()
    return Combined(_mean([totals[at] for at in used]), used, dropped, flags, "drop")


def _by_value(totals: Sequence[Exact]) -> Callable[[int], Exact]:
    return lambda position: totals[position]


def _mean(values: Sequence[Exact]) -> Fraction:
    return Fraction(sum(values), len(values))


def _median(values: Sequence[Exact]) -> Fraction:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return _mean(ordered[middle : middle + 1] if len(ordered) % 2 else ordered[middle - 1 : middle + 1])


def _product(weight: Exact, total: Exact) -> Fraction:
    return Fraction(weight) * total
