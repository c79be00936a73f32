"""Every part of the bench runs; what it measures is never asserted."""

import pytest

from tests.bench.__main__ import ROWS
from tests.bench.figures import Figure, at_least, at_most, table
from tests.bench.sizes import TINY

QUICK = {"G3", "G8"}
"""Rows of a few seconds. The others start processes and load them: they run with --all, so that the usual run stays short."""


@pytest.mark.parametrize("name", ROWS)
def test_a_row_runs(name: str, request: pytest.FixtureRequest) -> None:
    if name not in QUICK and not request.config.getoption("--all"):
        pytest.skip("runs with --all")
    found = ROWS[name](TINY)
    assert {one.goal for one in found} == {name}
    assert all(one.ours for one in found)


def test_the_table_says_what_was_reached() -> None:
    figures = [
        at_most("G3", "a list", 0.02, 0.03, 1.6), at_least("G1", "a save", 100.0, 50.0, 0.6), Figure("G5", "an export", "", "none"),
    ]  # fmt: skip
    assert table(figures).splitlines()[2:] == [
        "| G3 | a list | 20.0 ms | 30.0 ms | 1.50x | <= 1.6x | yes |",
        "| G1 | a save | 100/s | 50/s | 0.50x | >= 0.6x | NO |",
        "| G5 | an export |  | none |  |  |  |",
    ]
