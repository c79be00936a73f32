"""From sheets to one figure."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from award.scoring.combine import (
    Exact,
    Method,
    Rounding,
    combine,
    combine_items,
    composite,
    published_figure,
    round_figure,
    to_full_marks,
)

totals = st.lists(st.integers(0, 4000).map(lambda quarter: quarter * 25), min_size=1, max_size=11)
plain_methods = st.sampled_from(["mean", "median", "drop"])


def test_a_mean_of_602_675_is_rounded_once_half_up() -> None:
    # The mean of these floats, rounded by round(), is 602.67.
    combined = combine([Fraction("60067.5"), 60200, 60535], "mean")
    assert combined.value == Fraction("60267.5")
    assert published_figure(combined.value, 2, "half_up") == Decimal("602.68")


def test_seven_sheets_worked_by_hand() -> None:
    sheets = [61000, 58000, 70000, 58000, 64000, 52000, 60000]
    assert combine(sheets, "mean").value == Fraction(423000, 7)
    assert combine(sheets, "median").value == 60000
    dropped = combine(sheets, "drop")
    assert dropped.value == 60200  # 610 + 580 + 580 + 640 + 600 over 5
    assert (dropped.used, dropped.dropped, dropped.flags) == ((0, 1, 3, 4, 6), (2, 5), ())
    assert combine(sheets, "drop", drop=2).value == Fraction(58000 + 60000 + 61000, 3)


def test_of_tied_extremes_exactly_one_is_dropped() -> None:
    assert combine([500, 500, 500, 700, 900, 900], "drop").value == Fraction(500 + 500 + 700 + 900, 4)
    same = combine([600, 600, 600], "drop")
    assert (same.value, len(same.dropped), len(set(same.dropped) | set(same.used))) == (600, 2, 3)


def test_three_sheets_without_extremes_are_the_median_and_say_so() -> None:
    combined = combine([400, 900, 500], "drop")
    assert (combined.value, combined.used, combined.flags) == (500, (2,), ("few_sheets",))


def test_too_few_sheets_to_drop_are_refused_unless_the_rules_say_otherwise() -> None:
    refused = combine([400, 900], "drop")
    assert (refused.value, refused.flags, refused.method) == (None, ("too_few_to_drop",), "drop")
    allowed = combine([400, 900], "drop", fallback="mean")
    assert (allowed.value, allowed.flags, allowed.method) == (650, ("fell_back_to_mean",), "mean")


@pytest.mark.parametrize("method", ["mean", "median", "drop"])
def test_below_the_minimum_there_is_no_figure(method: Method) -> None:
    assert combine([500] * 4, method, minimum=5, fallback="mean").flags == ("below_minimum",)
    assert combine([500] * 4, method, minimum=5, fallback="mean").value is None
    assert combine([500] * 5, method, minimum=5).value == 500
    assert combine([], method).flags == ("no_sheets",)


def test_weighted_mean_brings_its_weights_to_one() -> None:
    assert combine([600, 900], "weighted_mean", weights=[2, 1]).value == 700
    assert combine([600, 900], "weighted_mean", weights=[Fraction(1, 3), Fraction(1, 6)]).value == 700


@pytest.mark.parametrize(
    ("method", "weights"),
    [("weighted_mean", None), ("weighted_mean", [1]), ("weighted_mean", [0, 0]), ("weighted_mean", [2, -1]),
     ("drop", [1, 1]), ("mean", [1, 1])],
)  # fmt: skip
def test_weights_that_do_not_fit_are_refused(method: Method, weights: list[Exact] | None) -> None:
    with pytest.raises(ValueError, match="weight"):
        combine([600, 900], method, weights=weights)


def test_a_negative_number_of_sheets_cannot_be_dropped() -> None:
    with pytest.raises(ValueError, match="negative"):
        combine([1, 2, 3], "drop", drop=-1)


def test_items_combined_one_by_one_give_another_result_than_totals() -> None:
    sheets = [{"a": 0, "b": 100}, {"a": 10, "b": 50}, {"a": 100, "b": 0}]
    assert combine([100, 60, 100], "drop").value == 100
    combined = combine_items(sheets, "drop")
    assert combined.value == 60  # 10 + 50
    assert combined.items["a"].dropped == (0, 2)
    assert combine_items(sheets, "mean").value == Fraction(260, 3)


def test_items_without_enough_sheets_have_no_figure() -> None:
    refused = combine_items([{"a": 1, "b": 2}] * 2, "drop")
    assert (refused.value, refused.flags) == (None, ("too_few_to_drop",))
    assert combine_items([], "mean").flags == ("no_sheets",)
    with pytest.raises(ValueError, match="same items"):
        combine_items([{"a": 1}, {"b": 1}], "mean")


def test_stages_weighted_40_40_20() -> None:
    weights = {"score": 4000, "interview": 4000, "survey": 2000}
    whole = composite({"score": 60000, "interview": 70000, "survey": 80000}, weights)
    assert (whole.value, whole.missing) == (68000, ())
    part: dict[str, Exact | None] = {"score": 60000, "interview": 70000, "survey": None}
    assert composite(part, weights).value is None
    assert composite(part, weights).missing == ("survey",)
    assert composite(part, weights, "renormalise").value == 65000
    assert composite(part, weights, "zero").value == 52000
    assert composite({}, weights, "renormalise").value is None


@pytest.mark.parametrize("weights", [{"a": 9999}, {"a": 10001}, {"a": 11000, "b": -1000}, {}, {"b": 10000}])
def test_weights_of_stages_add_up(weights: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="weight"):
        composite({"a": 1}, weights)


def test_full_marks_are_brought_together_exactly() -> None:
    assert to_full_marks(67, 100) == 670
    assert to_full_marks(200, 300) == Fraction(2000, 3)
    with pytest.raises(ValueError, match="full marks"):
        to_full_marks(1, 0)


@pytest.mark.parametrize(
    ("value", "mode", "expected"),
    [
        ("612.125", "half_up", "612.13"), ("612.125", "half_even", "612.12"), ("612.125", "down", "612.12"),
        ("612.135", "half_even", "612.14"), ("612.1250001", "half_even", "612.13"), ("602.675", "half_up", "602.68"),
        ("599.995", "half_up", "600.00"), ("599.995", "down", "599.99"), ("0", "half_up", "0.00"),
        ("-0.005", "half_up", "-0.01"), ("-0.005", "half_even", "0.00"), ("-0.001", "down", "0.00"),
        ("1000", "half_up", "1000.00"),
    ],
)  # fmt: skip
def test_rounding_worked_by_hand(value: str, mode: Rounding, expected: str) -> None:
    assert str(round_figure(Fraction(value), 2, mode)) == expected


def test_places_are_kept_and_the_precision_of_decimals_plays_no_part() -> None:
    assert str(round_figure(Fraction(7, 2), 0, "half_up")) == "4"
    assert str(round_figure(10**40 + Fraction(1, 2), 1, "half_up")) == "1" + "0" * 40 + ".5"
    with pytest.raises(ValueError, match="decimals"):
        round_figure(1, -1, "down")


@given(st.decimals(-2000, 2000, places=6), st.integers(0, 4))
def test_rounding_agrees_with_decimal_arithmetic(value: Decimal, places: int) -> None:
    modes: dict[Rounding, str] = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN}
    for mode, theirs in modes.items():
        expected = value.quantize(Decimal(1).scaleb(-places), theirs, Context(prec=60))
        assert round_figure(Fraction(value), places, mode) == expected


@given(totals, plain_methods, st.integers(0, 2), st.randoms(use_true_random=False))
def test_a_figure_is_bounded_and_does_not_depend_on_the_order(
    sheets: list[int], method: Method, drop: int, random: Random
) -> None:
    combined = combine(sheets, method, drop, fallback="mean")
    assert combined.value is not None
    assert min(sheets) <= combined.value <= max(sheets)
    assert sorted(combined.used + combined.dropped) == list(range(len(sheets)))
    shuffled = sheets.copy()
    random.shuffle(shuffled)
    assert combine(shuffled, method, drop, fallback="mean").value == combined.value


@given(totals, plain_methods, st.data(), st.integers(1, 5000))
def test_a_figure_never_falls_when_a_sheet_rises(
    sheets: list[int], method: Method, data: st.DataObject, more: int
) -> None:
    at = data.draw(st.integers(0, len(sheets) - 1))
    risen = [total + more * (position == at) for position, total in enumerate(sheets)]
    before, after = combine(sheets, method, fallback="mean").value, combine(risen, method, fallback="mean").value
    assert before is not None
    assert after is not None
    assert before <= after <= before + more


@given(st.integers(0, 100_000), st.integers(1, 9), plain_methods)
def test_sheets_all_alike_give_their_figure(total: int, count: int, method: Method) -> None:
    assert combine([total] * count, method, fallback="mean").value == total


@given(totals)
def test_dropping_agrees_with_taking_away_the_extremes_one_by_one(sheets: list[int]) -> None:
    left = sheets.copy()
    if len(left) >= 3:
        left.remove(max(left))
        left.remove(min(left))
    assert combine(sheets, "drop", fallback="mean").value == Fraction(sum(left), len(left))
