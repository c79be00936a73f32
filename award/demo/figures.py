"""The figures of an organisation of the demonstration: three years each, one model for all texts, facts and tables."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

RATIO = "分之"
"""A unit that ends so is written before its number: 万分之4.8."""


@dataclass(frozen=True)
class Figure:
    """A measure over three years, oldest first. bench: what it is compared with; vs, trend: how it stands, in words."""

    name: str
    unit: str
    places: int
    values: tuple[float, float, float]
    bench_name: str
    bench: float
    target: float
    vs: str
    trend: str

    @property
    def v1(self) -> str:
        """The first year."""
        return shown(self.values[0], self.unit, self.places)

    @property
    def v2(self) -> str:
        """The second year."""
        return shown(self.values[1], self.unit, self.places)

    @property
    def v3(self) -> str:
        """The last year."""
        return shown(self.values[2], self.unit, self.places)

    @property
    def series(self) -> str:
        """All three years."""
        return "、".join((self.v1, self.v2, self.v3))

    @property
    def goal(self) -> str:
        """What it is to be next year."""
        return shown(self.target, self.unit, self.places)

    @property
    def compared(self) -> str:
        """The value it is compared with."""
        return shown(self.bench, self.unit, self.places)


def shown(value: float, unit: str, places: int) -> str:
    """A number with its unit as it is written: 96.5%, 万分之4.8, 412条."""
    number = f"{value:.{places}f}"
    return unit + number if unit.endswith(RATIO) else number + unit


@dataclass(frozen=True)
class Model:
    """How an organisation does. merit: 0..1. words: how comparisons and trends are put."""

    merit: float
    rng: random.Random
    compared: Mapping[str, Sequence[str]]
    trends: Mapping[str, Sequence[str]]

    def figure(self, told: Sequence[Any], names: Mapping[str, str], size: float) -> Figure:
        """A figure from its entry in the texts. size: what one scaled by revenue is multiplied with."""
        name, unit, start, best, bench_name, bench, places, scale = told
        factor = {"": 1.0, "spread": self.rng.uniform(0.7, 1.5), "revenue": size}[scale]
        start, best, bench = start * factor, best * factor, bench * factor
        first = start + (best - start) * (0.05 + 0.3 * self.merit + self.rng.uniform(-0.05, 0.08))
        last = first + (best - first) * (0.14 + 0.66 * self.merit + self.rng.uniform(-0.1, 0.1))
        dips = self.rng.random() < 0.4 * (1 - self.merit)
        middle = first + (last - first) * (self.rng.uniform(-0.4, -0.15) if dips else self.rng.uniform(0.3, 0.7))
        values = (first, middle, last)
        target = last + (best - last) * 0.4
        return self.made(name.format_map(names), unit, places, values, bench_name, bench, target, best - start)

    def made(
        self,
        name: str,
        unit: str,
        places: int,
        values: tuple[float, float, float],
        bench_name: str,
        bench: float,
        target: float,
        gap: float,
    ) -> Figure:
        """A figure of these values, with its words. gap: from poor to best; negative where less is better."""
        first, middle, last = values = tuple3(max(round(one, places), 0.0) for one in values)
        bench = round(bench, places)
        ahead = (last - bench) / gap
        key = "better" if ahead > 0.04 else "worse" if ahead < -0.04 else "equal"
        vs = self.rng.choice(self.compared[key]).format(name=bench_name, value=shown(bench, unit, places))
        better = (last - first) / gap
        rising = (middle - first) / gap > 0 and (last - middle) / gap > 0
        way = "flat" if better < 0.06 else "steady" if rising else "mixed"
        trend = self.rng.choice(self.trends[way])
        return Figure(name, unit, places, values, bench_name, bench, round(target, places), vs, trend)


def tuple3(values: Any) -> tuple[float, float, float]:
    """Exactly three numbers."""
    first, second, third = values
    return first, second, third


def money(model: Model, names: Mapping[str, Any], revenue: int, margin: float, tax: float, staff: int) -> dict[str, Figure]:
    """Revenue, profit and tax in 10,000 yuan, the margin in percent and revenue for each member of staff.

    revenue: of the last year; margin, tax: shares of it in percent.
    """
    rng, merit = model.rng, model.merit
    growth = [0.025 + 0.1 * merit + rng.uniform(-0.01, 0.02) for _ in range(2)]
    sales = tuple3((revenue / (1 + growth[0]) / (1 + growth[1]), revenue / (1 + growth[1]), revenue))
    sales = tuple3(round(one) for one in sales)
    shares = tuple3(margin * (0.75 + 0.25 * step + 0.2 * (merit - 0.5)) for step in (0.0, 0.5, 1.0))
    profit = tuple3(round(one * share / 100) for one, share in zip(sales, shares, strict=True))
    paid = tuple3(round(one * tax / 100) for one in sales)
    margins = tuple3(100 * gain / one for gain, one in zip(profit, sales, strict=True))
    output = tuple3(one / (staff * part) for one, part in zip(sales, (0.96, 0.98, 1.0), strict=True))
    peers, lead = str(names["peers"]), 0.9 + 0.2 * (0.5 - merit)
    steps: list[tuple[str, str, int, tuple[float, float, float], float]] = [
        ("revenue", "万元", 0, sales, 0.2), ("profit", "万元", 0, profit, 0.2), ("tax", "万元", 0, paid, 0.2),
        ("margin", "%", 1, margins, 0.3), ("output", "万元", 1, output, 0.2),
    ]  # fmt: skip
    return {
        key: model.made(str(names[key]), unit, places, values, peers, values[2] * lead, values[2], values[2] * width)
        for key, unit, places, values, width in steps
    }
