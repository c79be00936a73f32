"""How severe each judge is, and what totals would look like without it: evidence beside the official score, never it.

Model: total = application (fixed) + u of the judge (random) + error; severity = -u; REML. With Z the judges, N the
sheets of application x judge, D the sheets per application and w = judge variance / error variance:

    S = Z'Z - N' D^-1 N + I / w                      (applications absorbed)
    u = S^-1 r,  r = Z'y - N' D^-1 A'y               (A'y: sums per application)
    error variance = (y'My - u'r) / (n - p)          (M: deviations from the mean of the application)
    -2 log REML = (n - p) log(error variance) + log |S| + J log w  (+ constant)

Source: Patterson and Thompson 1971, Biometrika 58(3), 545-554; Henderson's mixed-model equations.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import mul
from typing import Literal

Reason = Literal["no_sheets", "not_connected", "one_judge", "too_few_sheets", "all_agree"]
Matrix = list[list[float]]

_GOLDEN = (math.sqrt(5) - 1) / 2
_RATIOS = (-12.0, 12.0)
"""Bounds of log(judge variance / error variance): beyond them a fit means "none" or "nothing but severity"."""


@dataclass(frozen=True)
class ScoredSheet:
    """One sheet: whose, of what, its total (any unit; results come in the same)."""

    application: str
    judge: str
    total: float


@dataclass(frozen=True)
class Estimate:
    """A figure and its standard error."""

    value: float
    error: float


@dataclass(frozen=True)
class Severity:
    """judges: how many points a judge takes off (+, severe) or adds (-, lenient). adjusted: application -> total.

    Both are empty, with the reason, where nothing can be said; not_connected: panels fall into groups without a judge
    in common, and no figure compares across them.
    """

    judges: Mapping[str, Estimate]
    adjusted: Mapping[str, Estimate]
    judge_variance: float | None
    error_variance: float | None
    reason: Reason | None = None


def components(sheets: Sequence[ScoredSheet]) -> tuple[frozenset[str], ...]:
    """Groups of applications that are linked by common judges, in the order of their first sheet."""
    root: dict[str, str] = {}

    def find(node: str) -> str:
        while root.setdefault(node, node) != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for sheet in sheets:
        root[find("judge " + sheet.judge)] = find("application " + sheet.application)
    groups: dict[str, set[str]] = {}
    for sheet in sheets:
        groups.setdefault(find("application " + sheet.application), set()).add(sheet.application)
    return tuple(frozenset(group) for group in groups.values())


def severity(sheets: Sequence[ScoredSheet], ratio: float | None = None) -> Severity:
    """Severity of every judge and totals adjusted for it, with standard errors.

    ratio: judge variance / error variance, > 0; None finds it by REML. Up to some 200 judges: the cost is their cube.
    Raises ValueError for a judge with two sheets of one application, and a ratio that is not positive.
    """
    if ratio is not None and ratio <= 0:
        raise ValueError("a ratio of variances is more than 0")
    if len({(sheet.application, sheet.judge) for sheet in sheets}) != len(sheets):
        raise ValueError("a judge has two sheets of one application")
    if reason := _obstacle(sheets):
        return Severity({}, {}, None, None, reason)
    equations = _Equations(sheets)
    if equations.squares <= 1e-18 * math.fsum(sheet.total**2 for sheet in sheets):
        return Severity({}, {}, None, None, "all_agree")
    return equations.solve(ratio if ratio is not None else math.exp(_lowest(equations.criterion, *_RATIOS)))


def _obstacle(sheets: Sequence[ScoredSheet]) -> Reason | None:
    if not sheets:
        return "no_sheets"
    if len(components(sheets)) > 1:
        return "not_connected"
    judges = len({sheet.judge for sheet in sheets})
    if judges == 1:
        return "one_judge"
    applications = len({sheet.application for sheet in sheets})
    return "too_few_sheets" if len(sheets) <= applications + judges - 1 else None


class _Equations:
    """The equations of one set of sheets with the applications absorbed."""

    def __init__(self, sheets: Sequence[ScoredSheet]) -> None:
        self._judges = {judge: at for at, judge in enumerate(dict.fromkeys(sheet.judge for sheet in sheets))}
        self._panels: dict[str, list[tuple[int, float]]] = {}
        for sheet in sheets:
            self._panels.setdefault(sheet.application, []).append((self._judges[sheet.judge], sheet.total))
        self._freedom = len(sheets) - len(self._panels)
        size = len(self._judges)
        self._left: Matrix = [[0.0] * size for _ in range(size)]
        self._right = [0.0] * size
        self.squares = 0.0
        """Sum of squares within applications."""
        for panel in self._panels.values():
            self._absorb(panel)

    def _absorb(self, panel: Sequence[tuple[int, float]]) -> None:
        mean = math.fsum(total for _, total in panel) / len(panel)
        for judge, total in panel:
            self._left[judge][judge] += 1.0
            self._right[judge] += total - mean
            self.squares += (total - mean) ** 2
            for other, _ in panel:
                self._left[judge][other] -= 1.0 / len(panel)

    def _factor(self, ratio: float) -> Matrix:
        rows = [row[:] for row in self._left]
        for at, row in enumerate(rows):
            row[at] += 1.0 / ratio
        return _cholesky(rows)

    def _error_variance(self, effects: Sequence[float]) -> float:
        return (self.squares - math.fsum(map(mul, effects, self._right))) / self._freedom

    def criterion(self, log_ratio: float) -> float:
        """-2 log REML, up to a constant."""
        factor = self._factor(math.exp(log_ratio))
        variance = self._error_variance(_solve(factor, self._right))
        determinant = 2 * math.fsum(math.log(row[-1]) for row in factor)
        return self._freedom * math.log(variance) + determinant + len(factor) * log_ratio

    def solve(self, ratio: float) -> Severity:
        """Effects, totals and standard errors at this ratio of variances."""
        factor = self._factor(ratio)
        effects = _solve(factor, self._right)
        variance = self._error_variance(effects)
        size = len(factor)
        inverse = [_solve(factor, [float(at == row) for at in range(size)]) for row in range(size)]
        judges = {
            judge: Estimate(-effects[at], math.sqrt(variance * inverse[at][at])) for judge, at in self._judges.items()
        }
        adjusted = {}
        for application, panel in self._panels.items():
            count = len(panel)
            total = math.fsum(total - effects[judge] for judge, total in panel) / count
            shared = math.fsum(inverse[one][other] for one, _ in panel for other, _ in panel)
            adjusted[application] = Estimate(total, math.sqrt(variance * (1 / count + shared / count**2)))
        return Severity(judges, adjusted, variance * ratio, variance)


def _cholesky(matrix: Matrix) -> Matrix:
    """Rows of the lower factor, each up to its diagonal. matrix: symmetric, positive definite."""
    factor: Matrix = []
    for at, source in enumerate(matrix):
        row: list[float] = []
        for column in range(at):
            row.append((source[column] - sum(map(mul, row, factor[column]))) / factor[column][column])
        row.append(math.sqrt(source[at] - sum(map(mul, row, row))))
        factor.append(row)
    return factor


def _solve(factor: Matrix, right: Sequence[float]) -> list[float]:
    """Solves L L' x = right."""
    forward: list[float] = []
    for row, value in zip(factor, right, strict=True):
        forward.append((value - sum(map(mul, row, forward))) / row[-1])
    solution = forward
    for at in range(len(factor) - 1, -1, -1):
        solution[at] /= factor[at][at]
        value, row = solution[at], factor[at]
        for column in range(at):
            solution[column] -= row[column] * value
    return solution


def _lowest(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a function of one variable is lowest: a coarse grid against several valleys, then golden section."""
    grid = [low + (high - low) * at / 12 for at in range(13)]
    best = min(grid, key=function)
    low, high = max(low, best - grid[1] + grid[0]), min(high, best + grid[1] - grid[0])
    inner, outer = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_inner, at_outer = function(inner), function(outer)
    while high - low > 1e-6:
        if at_inner < at_outer:
            high, outer, at_outer = outer, inner, at_inner
            inner = high - _GOLDEN * (high - low)
            at_inner = function(inner)
        else:
            low, inner, at_inner = inner, outer, at_outer
            outer = low + _GOLDEN * (high - low)
            at_outer = function(outer)
    return (low + high) / 2
