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
    return equations.solve(ratio if ratio is not None else equations.lowest_ratio())


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

    def lowest_ratio(self) -> float:
        """The ratio of variances at which the criterion is lowest."""
        diagonal, beside, right = _tridiagonal(self._left, self._right)
        size = len(right)

        def criterion(log_ratio: float) -> float:
            """-2 log REML, up to a constant. Elimination of the three diagonals, with u'r and the determinant on the way."""
            shift = math.exp(-log_ratio)
            pivot, value = diagonal[0] + shift, right[0]
            explained, determinant = value * value / pivot, math.log(pivot)
            for at in range(1, size):
                share = beside[at - 1] / pivot
                pivot = diagonal[at] + shift - share * beside[at - 1]
                value = right[at] - share * value
                explained += value * value / pivot
                determinant += math.log(pivot)
            variance = (self.squares - explained) / self._freedom
            return self._freedom * math.log(variance) + determinant + size * log_ratio

        return math.exp(_lowest(criterion, *_RATIOS))

    def solve(self, ratio: float) -> Severity:
        """Effects, totals and standard errors at this ratio of variances."""
        shifted = [row[:] for row in self._left]
        for at, row in enumerate(shifted):
            row[at] += 1.0 / ratio
        inverse = _inverse(_cholesky(shifted))
        effects = [sum(map(mul, row, self._right)) for row in inverse]
        variance = (self.squares - math.fsum(map(mul, effects, self._right))) / self._freedom
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


def _inverse(factor: Matrix) -> Matrix:
    """(L L')^-1, from the columns of L^-1, each from its diagonal on."""
    size = len(factor)
    columns: Matrix = []
    for start in range(size):
        column = [1.0 / factor[start][start]]
        for at in range(start + 1, size):
            row = factor[at]
            column.append(-sum(map(mul, row[start:at], column)) / row[at])
        columns.append(column)
    inverse = [[0.0] * size for _ in range(size)]
    for one, left in enumerate(columns):
        for other in range(one, size):
            inverse[one][other] = inverse[other][one] = sum(map(mul, left[other - one :], columns[other]))
    return inverse


def _tridiagonal(matrix: Matrix, right: Sequence[float]) -> tuple[list[float], list[float], list[float]]:
    """The diagonal of Q'MQ, what stands beside it, and Q'r: once made, each ratio of variances costs n steps and not n cubed.

    matrix: symmetric. Source: Householder 1958, J. ACM 5(4), 339-342; Golub and Van Loan, Matrix Computations, 8.3.1.
    """
    rows, turned = [row[: at + 1] for at, row in enumerate(matrix)], list(right)
    diagonal, beside = [], []
    for last in range(len(rows) - 1, 0, -1):
        # The last row's part left of the diagonal is mirrored onto its last entry; the rest of the matrix turns with it.
        *mirror, corner = rows.pop()
        length = math.sqrt(sum(map(mul, mirror, mirror)))
        entry = -math.copysign(length, mirror[-1])
        diagonal.append(corner)
        beside.append(entry)
        mirror[-1] -= entry
        norm = sum(map(mul, mirror, mirror)) / 2
        if norm == 0.0:
            continue
        _mirror(rows, mirror, norm)
        shift = sum(map(mul, mirror, turned)) / norm
        turned[:last] = [value - shift * one for value, one in zip(turned, mirror, strict=False)]
    diagonal.append(rows[0][0])
    return diagonal[::-1], beside[::-1], turned


def _mirror(rows: Matrix, mirror: Sequence[float], norm: float) -> None:
    """H M H with H = I - v v' / norm, on the lower half of a symmetric matrix, in place."""
    product = [sum(map(mul, row, mirror)) for row in rows]
    for at, row in enumerate(rows):
        for column in range(at):
            product[column] += row[column] * mirror[at]
    product = [value / norm for value in product]
    half = sum(map(mul, product, mirror)) / (2 * norm)
    side = [value - half * one for value, one in zip(product, mirror, strict=True)]
    for at, row in enumerate(rows):
        one, other = mirror[at], side[at]
        rows[at] = [value - one * w - other * v for value, v, w in zip(row, mirror, side, strict=False)]


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
