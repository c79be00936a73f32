"""What a judge may type, and the exact total it makes."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from award.scoring.grades import (
    GradeError,
    ItemsError,
    item_hundredths,
    parse_percent,
    part_hundredths,
    total_hundredths,
)

STEPS = tuple(range(0, 101, 5))
FULL_WIDTH = {ord("０") + digit: str(digit) for digit in range(10)}
PROCESS = {
    "4.1.2": 50, "4.1.3": 30, "4.1.4": 30, "4.2.2": 40, "4.2.3": 50, "4.3.2": 40, "4.3.3": 50,
    "4.4.2": 60, "4.4.3": 15, "4.4.4": 20, "4.4.5": 15, "4.4.6": 10, "4.4.7": 10,
    "4.5.2": 50, "4.5.3": 50, "4.6.2": 40, "4.6.3": 40,
}  # fmt: skip
RESULTS = {"4.7.2": 80, "4.7.3": 80, "4.7.4": 80, "4.7.5": 60, "4.7.6": 50, "4.7.7": 50}
POINTS = PROCESS | RESULTS

marks = st.fixed_dictionaries({item: st.sampled_from(STEPS) for item in POINTS})


@pytest.mark.parametrize(("text", "percent"), [("0", 0), ("5", 5), ("85", 85), ("100", 100), ("８５", 85)])
def test_reads_what_is_a_percentage(text: str, percent: int) -> None:
    assert parse_percent(text) == percent


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "blank"), ("  ", "blank"), ("\u3000", "blank"),
        ("10.0", "not_a_number"), ("0.85", "not_a_number"), ("八十", "not_a_number"), ("1_0", "not_a_number"),
        ("٨٥", "not_a_number"), ("+5", "not_a_number"), ("-5", "not_a_number"), ("－５", "not_a_number"),
        ("005", "not_a_number"), ("05", "not_a_number"), ("85%", "not_a_number"), ("85\n", "not_a_number"),
        ("8 5", "not_a_number"), ("1e2", "not_a_number"), ("½", "not_a_number"), ("5\u200b", "not_a_number"),
        ("0100", "not_a_number"), ("1000", "not_a_number"), ("nan", "not_a_number"), ("0x5", "not_a_number"),
    ],
)  # fmt: skip
def test_refuses_everything_else_with_its_reason(text: str, code: str) -> None:
    with pytest.raises(GradeError) as refused:
        parse_percent(text)
    assert (refused.value.code, refused.value.text) == (code, text)


@given(st.text(max_size=6))
def test_never_guesses(text: str) -> None:
    try:
        percent = parse_percent(text)
    except GradeError:
        return
    assert str(percent) == text.translate(FULL_WIDTH)


@given(st.sampled_from(STEPS))
def test_reads_back_what_it_shows(percent: int) -> None:
    assert parse_percent(str(percent)) == percent


@pytest.mark.parametrize(
    ("points", "percent", "hundredths"),
    [(15, 35, 525), (15, 55, 825), (80, 45, 3600), (50, 55, 2750), (15, 5, 75), (10, 0, 0), (80, 100, 8000)],
)
def test_item_scores_worked_by_hand(points: int, percent: int, hundredths: int) -> None:
    assert item_hundredths(points, percent) == hundredths


@pytest.mark.parametrize(("points", "percent"), [(0, 50), (-10, 50), (10, -5), (10, 105)])
def test_item_scores_refuse_what_cannot_be(points: int, percent: int) -> None:
    with pytest.raises(ValueError, match="0"):
        item_hundredths(points, percent)


def test_half_of_process_and_two_fifths_of_results_is_460() -> None:
    assert sum(POINTS.values()) == 1000
    sheet = dict.fromkeys(PROCESS, 50) | dict.fromkeys(RESULTS, 40)
    assert total_hundredths(sheet, POINTS) == 46000
    assert part_hundredths(sheet, POINTS, PROCESS) == 30000
    assert part_hundredths(sheet, POINTS, RESULTS) == 16000


def test_a_blank_item_is_missing_and_never_zero() -> None:
    sheet = dict.fromkeys(POINTS, 50)
    del sheet["4.4.3"]
    sheet["4.9.9"] = 50
    with pytest.raises(ItemsError) as refused:
        total_hundredths(sheet, POINTS)
    assert (refused.value.missing, refused.value.extra) == (("4.4.3",), ("4.9.9",))
    with pytest.raises(ItemsError) as refused:
        part_hundredths(sheet, POINTS, ["4.4.3", "4.4.4"])
    assert refused.value.missing == ("4.4.3",)


@given(marks)
def test_totals_are_exact_and_bounded(sheet: dict[str, int]) -> None:
    total = total_hundredths(sheet, POINTS)
    assert 0 <= total <= 100_000
    assert Fraction(total, 100) == sum(Fraction(POINTS[item]) * Fraction(mark, 100) for item, mark in sheet.items())
    assert total == part_hundredths(sheet, POINTS, PROCESS) + part_hundredths(sheet, POINTS, RESULTS)


@given(marks, st.sampled_from(sorted(POINTS)), st.sampled_from(STEPS))
def test_totals_grow_with_each_percentage(sheet: dict[str, int], item: str, percent: int) -> None:
    changed = total_hundredths(sheet | {item: percent}, POINTS) - total_hundredths(sheet, POINTS)
    assert changed == POINTS[item] * (percent - sheet[item])


@given(marks, st.randoms(use_true_random=False))
def test_totals_do_not_depend_on_the_order_of_items(sheet: dict[str, int], random: object) -> None:
    items = list(sheet.items())
    random.shuffle(items)  # type: ignore[attr-defined]
    assert total_hundredths(dict(items), POINTS) == total_hundredths(sheet, POINTS)
