"""How far judges lie apart."""

import statistics
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from award.scoring.dispersion import Deviation, DispersedItem, deviation_flags, dispersed_items, spread


def test_spread_worked_by_hand() -> None:
    # Around the mean of 55 the squares are 225 + 25 + 25 + 25 + 400 = 700, over 4.
    found = spread([40, 50, 50, 60, 75])
    assert (found.low, found.high, found.range, found.mean, found.median) == (40, 75, 35, 55, 50)
    assert (found.lower_quartile, found.upper_quartile) == (50, 60)
    assert found.deviation == pytest.approx((700 / 4) ** 0.5)
    assert found.reason is None


def test_quartiles_lie_between_values_exactly() -> None:
    found = spread([0, 10, 20, 35])
    assert (found.lower_quartile, found.median, found.upper_quartile) == (Fraction(15, 2), 15, Fraction(95, 4))


@pytest.mark.parametrize(("values", "reason"), [([], "no_values"), ([50], "one_value"), ([50, 50], "all_equal")])
def test_without_a_spread_there_is_a_reason(values: list[int], reason: str) -> None:
    found = spread(values)
    assert (found.range, found.deviation, found.reason) == (None, None, reason)
    assert found.median == (50 if values else None)


@given(st.lists(st.integers(0, 4000), min_size=2, max_size=12))
def test_spread_agrees_with_statistics(values: list[int]) -> None:
    found = spread(values)
    quartiles = statistics.quantiles(map(Fraction, values), n=4, method="inclusive")
    assert [found.lower_quartile, found.median, found.upper_quartile] == quartiles
    assert found.range in (max(values) - min(values), None)


def test_items_beyond_the_limit_are_dispersed_and_at_the_limit_are_not() -> None:
    marks = {"j1": {"a": 30, "b": 50, "c": 0}, "j2": {"a": 55, "b": 70}, "j3": {"a": 45, "b": 60}}
    assert dispersed_items(marks, 20) == (DispersedItem("a", 30, 55, 25),)
    assert dispersed_items(marks, 25) == ()
    assert dispersed_items({"j1": {"a": 0}}, 0) == ()


def test_sheets_far_from_the_median_of_the_others() -> None:
    totals = {"a": 50000, "b": 52000, "c": 54000, "d": 70000}
    assert deviation_flags(totals, 10000) == (Deviation("d", Fraction(70000), Fraction(52000), Fraction(18000)),)
    assert deviation_flags(totals, 18000) == ()
    assert [one.key for one in deviation_flags(totals, 6000, "mean_of_all")] == ["a", "d"]


def test_one_sheet_has_nothing_to_be_compared_with() -> None:
    assert deviation_flags({"a": 1}, 0) == ()
    assert deviation_flags({"a": 1}, 0, "mean_of_all") == ()
    assert deviation_flags({}, 0) == ()


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 100), max_size=7), st.integers(0, 60), st.integers(-50, 50))
def test_deviation_does_not_depend_on_where_zero_is(totals: dict[str, int], limit: int, shift: int) -> None:
    moved = {key: total + shift for key, total in totals.items()}
    assert [(one.key, one.difference) for one in deviation_flags(moved, limit)] == [
        (one.key, one.difference) for one in deviation_flags(totals, limit)
    ]
