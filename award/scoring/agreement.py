"""How far judges agree: intraclass correlation and Krippendorff's alpha. For the office, never part of a score."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Literal

IccForm = Literal["1,1", "2,1", "3,1", "1,k", "2,k", "3,k"]
Level = Literal["nominal", "ordinal", "interval"]
Reason = Literal["one_judge", "one_application", "no_between_variance", "no_pairs", "all_equal"]


@dataclass(frozen=True)
class Figure:
    """A statistic, or None with the reason why it is not defined here."""

    value: float | None
    reason: Reason | None = None


@dataclass(frozen=True)
class MeanSquares:
    """Analysis of variance of a complete table: between applications, within, between judges, residual."""

    between: float
    within: float
    judges: float
    residual: float


def mean_squares(table: Sequence[Sequence[float]]) -> MeanSquares:
    """table: applications x judges, complete, at least 2 x 2. Raises ValueError for any other shape."""
    rows, columns = len(table), len(table[0]) if table else 0
    if rows < 2 or columns < 2 or any(len(row) != columns for row in table):
        raise ValueError("the table is not complete, or smaller than 2 x 2")
    row_means = [math.fsum(row) / columns for row in table]
    column_means = [math.fsum(row[at] for row in table) / rows for at in range(columns)]
    grand = math.fsum(row_means) / rows
    between = columns * math.fsum((mean - grand) ** 2 for mean in row_means)
    judges = rows * math.fsum((mean - grand) ** 2 for mean in column_means)
    within = math.fsum((x - mean) ** 2 for row, mean in zip(table, row_means, strict=True) for x in row)
    residual = math.fsum(
        (x - row_mean - column_mean + grand) ** 2
        for row, row_mean in zip(table, row_means, strict=True)
        for x, column_mean in zip(row, column_means, strict=True)
    )
    return MeanSquares(
        between=between / (rows - 1),
        within=within / (rows * (columns - 1)),
        judges=judges / (columns - 1),
        residual=residual / ((rows - 1) * (columns - 1)),
    )


def icc(table: Sequence[Sequence[float]], form: IccForm) -> Figure:
    """Intraclass correlation of a complete table of applications x judges.

    form: design 1 (other judges for each application), 2 (the same judges, drawn from a pool) or 3 (these judges only);
    for one judge's figure (1) or for the mean of all (k). None unless applications differ more than judges err.
    Raises ValueError for an incomplete table.
    Source: Shrout and Fleiss 1979, Psychological Bulletin 86(2), 420-428.
    """
    if len(table) < 2:
        return Figure(None, "one_application")
    if max(map(len, table)) < 2:
        return Figure(None, "one_judge")
    rows, columns = len(table), len(table[0])
    ms = mean_squares(table)
    error = ms.within if form[0] == "1" else ms.residual
    excess = ms.between - error
    # Below 0 up to rounding, the textbook formulas give -inf or figures above 1.
    if excess <= 1e-12 * (ms.between + error):
        return Figure(None, "no_between_variance")
    judges = (ms.judges - error) / rows if form[0] == "2" else 0.0
    if form[2] == "k":
        return Figure(excess / (ms.between + judges))
    return Figure(excess / (ms.between + (columns - 1) * error + columns * judges))


def icc_one_way(panels: Sequence[Sequence[float]]) -> Figure:
    """ICC(1,1) from raw sheets where panels differ in their judges and may differ in size.

    panels: per application the totals of its sheets. None unless applications differ more than judges err.
    Source: analysis-of-variance estimator for unequal groups, k0 = (N - sum k^2 / N) / (n - 1); Donner 1986,
    International Statistical Review 54(1), 67-82.
    """
    panels = [panel for panel in panels if panel]
    sheets, groups = sum(map(len, panels)), len(panels)
    if groups < 2:
        return Figure(None, "one_application")
    if sheets == groups:
        return Figure(None, "one_judge")
    means = [math.fsum(panel) / len(panel) for panel in panels]
    grand = math.fsum(x for panel in panels for x in panel) / sheets
    squares = math.fsum(len(panel) * (mean - grand) ** 2 for panel, mean in zip(panels, means, strict=True))
    between = squares / (groups - 1)
    within = math.fsum((x - mean) ** 2 for panel, mean in zip(panels, means, strict=True) for x in panel)
    within /= sheets - groups
    size = (sheets - sum(len(panel) ** 2 for panel in panels) / sheets) / (groups - 1)
    if between - within <= 1e-12 * (between + within):
        return Figure(None, "no_between_variance")
    return Figure((between - within) / (between + (size - 1) * within))


def krippendorff_alpha(units: Sequence[Sequence[float | None]], level: Level) -> Figure:
    """Krippendorff's alpha = 1 - observed / expected disagreement, for panels that differ and sheets that miss marks.

    units: per thing judged the marks it got (None: not given); a unit with fewer than two counts for nothing.
    level: nominal, ordinal (ranks) or interval (differences).
    Source: Krippendorff 2011, Computing Krippendorff's Alpha-Reliability (coincidence matrix).
    """
    coincidences: dict[tuple[float, float], float] = {}
    for unit in units:
        marks = [mark for mark in unit if mark is not None]
        for pair in permutations(marks, 2):
            coincidences[pair] = coincidences.get(pair, 0.0) + 1 / (len(marks) - 1)
    if not coincidences:
        return Figure(None, "no_pairs")
    totals: dict[float, float] = {}
    for (one, _), count in coincidences.items():
        totals[one] = totals.get(one, 0.0) + count
    if len(totals) == 1:
        return Figure(None, "all_equal")

    distance = _distance(level, totals)
    marks_paired = math.fsum(totals.values())
    observed = math.fsum(count * distance(*pair) for pair, count in coincidences.items()) / marks_paired
    expected = math.fsum(totals[one] * totals[other] * distance(one, other) for one, other in permutations(totals, 2))
    return Figure(1 - observed / (expected / (marks_paired * (marks_paired - 1))))


def _distance(level: Level, totals: Mapping[float, float]) -> Callable[[float, float], float]:
    """The squared distance of two marks. Ordinal: by how many marks lie between them."""
    if level == "nominal":
        return lambda one, other: float(one != other)
    if level == "interval":
        return lambda one, other: (one - other) ** 2

    middles: dict[float, float] = {}
    below = 0.0
    for mark in sorted(totals):
        middles[mark] = below + totals[mark] / 2
        below += totals[mark]
    return lambda one, other: (middles[one] - middles[other]) ** 2
