"""Agreement among judges: published data with published answers."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from award.scoring.agreement import IccForm, Level, icc, icc_one_way, krippendorff_alpha, mean_squares

# Shrout and Fleiss 1979, table 2: six targets, four judges; table 3: mean squares; table 4: the coefficients.
SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]

# Krippendorff 2011, section C: four observers, twelve units.
KRIPPENDORFF = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]
UNITS = list(zip(*KRIPPENDORFF, strict=True))

tables = st.integers(2, 5).flatmap(
    lambda judges: st.lists(st.lists(st.integers(0, 20), min_size=judges, max_size=judges), min_size=2, max_size=6)
)
forms = st.sampled_from(["1,1", "2,1", "3,1", "1,k", "2,k", "3,k"])


def test_mean_squares_as_published() -> None:
    ms = mean_squares(SHROUT_FLEISS)
    assert [round(one, 2) for one in (ms.between, ms.within, ms.judges, ms.residual)] == [11.24, 6.26, 32.49, 1.02]


@pytest.mark.parametrize(
    ("form", "published"), [("1,1", 0.17), ("2,1", 0.29), ("3,1", 0.71), ("1,k", 0.44), ("2,k", 0.62), ("3,k", 0.91)]
)
def test_intraclass_correlations_as_published(form: IccForm, published: float) -> None:
    value = icc(SHROUT_FLEISS, form).value
    assert value is not None
    assert round(value, 2) == published


def test_one_way_from_raw_sheets_is_the_same_on_a_complete_table() -> None:
    assert icc_one_way(SHROUT_FLEISS).value == pytest.approx(icc(SHROUT_FLEISS, "1,1").value)


def test_one_way_with_unequal_panels_worked_by_hand() -> None:
    # Panels (0, 2), (9, 10, 11): grand mean 6.4; between 2 x 5.4^2 + 3 x 3.6^2 = 97.2; within (2 + 2) / 3 = 4/3;
    # k0 = (5 - 13/5) / 1 = 2.4; (97.2 - 4/3) / (97.2 + 1.4 x 4/3).
    assert icc_one_way([[0, 2], [9, 10, 11], []]).value == pytest.approx((97.2 - 4 / 3) / (97.2 + 1.4 * 4 / 3))


@pytest.mark.parametrize("form", ["1,1", "2,1", "3,1", "1,k", "2,k", "3,k"])
def test_where_no_correlation_is_defined_there_is_a_reason(form: IccForm) -> None:
    assert icc([], form).reason == icc([[1, 2, 3]], form).reason == "one_application"
    assert icc([[1], [2]], form).reason == "one_judge"
    assert icc([[5, 5], [5, 5]], form).reason == "no_between_variance"
    assert icc([[1, 9, 5], [9, 5, 1]], form).reason == "no_between_variance"
    assert icc_one_way([[1, 2]]).reason == "one_application"
    assert icc_one_way([[1], [2]]).reason == "one_judge"
    assert icc_one_way([[1, 9], [9, 1]]).reason == "no_between_variance"


def test_an_incomplete_table_is_refused() -> None:
    with pytest.raises(ValueError, match="complete"):
        icc([[1, 2], [1]], "1,1")


@given(tables, forms)
def test_a_correlation_lies_between_nothing_and_one(table: list[list[float]], form: IccForm) -> None:
    found = icc(table, form)
    assert (found.value is None) != (found.reason is None)
    if found.value is not None and form[0] != "2":
        assert 0 < found.value <= 1 + 1e-9
    if found.value is not None:
        assert math.isfinite(found.value)


@pytest.mark.parametrize(("level", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha_as_published(level: Level, published: float) -> None:
    value = krippendorff_alpha(UNITS, level).value
    assert value is not None
    assert round(value, 3) == published


def test_alpha_of_two_observers_and_two_values_as_published() -> None:
    # Krippendorff 2011, section A: ten units, binary: 0.095.
    meg = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    owen = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    value = krippendorff_alpha(list(zip(meg, owen, strict=True)), "nominal").value
    assert value is not None
    assert round(value, 3) == 0.095


def test_alpha_without_pairs_or_without_variation_is_not_defined() -> None:
    assert krippendorff_alpha([[1, None], [None, 2], []], "interval").reason == "no_pairs"
    assert krippendorff_alpha([[50, 50], [50, 50]], "interval").reason == "all_equal"


@given(st.lists(st.lists(st.one_of(st.none(), st.integers(0, 4)), max_size=4), max_size=6))
def test_alpha_does_not_depend_on_who_judged_and_at_most_is_one(units: list[list[float | None]]) -> None:
    for level in ("nominal", "ordinal", "interval"):
        found = krippendorff_alpha(units, level)
        turned = krippendorff_alpha([unit[::-1] for unit in reversed(units)], level)
        assert found.reason == turned.reason
        if found.value is not None:
            assert found.value <= 1
            assert found.value == pytest.approx(turned.value)
