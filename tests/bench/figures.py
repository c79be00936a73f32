"""Measuring two things side by side, and the table of what came out."""

import gc
import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One line of the table. ratio: ours against the yardstick, None where there is nothing to compare with.

    reached: None where the line only informs.
    """

    goal: str
    act: str
    yardstick: str
    ours: str
    ratio: float | None = None
    wanted: str = ""
    reached: bool | None = None


def at_most(
    goal: str, act: str, yardstick: float, ours: float, limit: float, show: Callable[[float], str] | None = None
) -> Figure:
    """Ours may be `limit` times the yardstick, both in seconds unless `show` says otherwise."""
    show = show or milliseconds
    ratio = ours / yardstick
    return Figure(goal, act, show(yardstick), show(ours), ratio, f"<= {limit:g}x", ratio <= limit)


def at_least(
    goal: str, act: str, yardstick: float, ours: float, limit: float, show: Callable[[float], str] | None = None
) -> Figure:
    """Ours should be `limit` times the yardstick; both are counts of something good, a minute or a second."""
    show = show or per_second
    ratio = ours / yardstick
    return Figure(goal, act, show(yardstick), show(ours), ratio, f">= {limit:g}x", ratio >= limit)


def limit(goal: str, act: str, ours: float, most: float, show: Callable[[float], str]) -> Figure:
    """An absolute limit."""
    return Figure(goal, act, "", show(ours), None, f"<= {show(most)}", ours <= most)


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms" if seconds < 1 else f"{seconds:,.2f} s"


def per_second(rate: float) -> str:
    return f"{rate:,.0f}/s"


def per_minute(rate: float) -> str:
    return f"{rate:,.0f}/min"


def count(number: float) -> str:
    return f"{number:,.0f}"


def mebibytes(number: float) -> str:
    return f"{number:,.0f} MiB"


def seconds_of(act: Callable[[], object]) -> float:
    """One run, after the garbage of the last one has been collected."""
    gc.collect()
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def side_by_side(acts: Sequence[Callable[[], object]], runs: int = 5) -> list[float]:
    """The median seconds of each act; they take turns, so that what slows the machine slows all of them."""
    taken: list[list[float]] = [[] for _ in acts]
    for _ in range(runs):
        for act, seconds in zip(acts, taken, strict=True):
            seconds.append(seconds_of(act))
    return [statistics.median(seconds) for seconds in taken]


def table(figures: Sequence[Figure]) -> str:
    """The figures as a table of Markdown."""
    lines = ["| goal | act | yardstick | ours | ratio | wanted | reached |", "|---|---|---:|---:|---:|---|---|"]
    for one in figures:
        ratio = "" if one.ratio is None else f"{one.ratio:.2f}x"
        reached = {None: "", True: "yes", False: "NO"}[one.reached]
        lines.append(f"| {one.goal} | {one.act} | {one.yardstick} | {one.ours} | {ratio} | {one.wanted} | {reached} |")
    return "\n".join(lines)


def busy() -> str:
    """How loaded the machine is, for the head of the table."""
    one, five, fifteen = os.getloadavg()
    state = "LOADED: figures are too slow" if one > (os.cpu_count() or 1) * 0.75 else "quiet"
    return f"load {one:.1f} {five:.1f} {fifteen:.1f} on {os.cpu_count()} cores ({state})"
