"""Severity of judges: hand-made cases, a published table, an independent computation, and what must not matter."""

import math
from collections.abc import Mapping
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from award.scoring.severity import Estimate, ScoredSheet, Severity, components, severity

SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


def sheets(rows: dict[str, dict[str, float]]) -> list[ScoredSheet]:
    return [ScoredSheet(application, judge, total) for application, row in rows.items() for judge, total in row.items()]


TRIANGLE = sheets({"a": {"p": 600, "q": 620}, "b": {"q": 520, "r": 540}, "c": {"p": 500, "r": 540}})


def rounded(estimates: Mapping[str, Estimate]) -> dict[str, tuple[float, float]]:
    return {key: (round(one.value, 2), round(one.error, 2)) for key, one in estimates.items()}


def test_three_judges_in_a_triangle_worked_by_hand() -> None:
    # Ratio 1: S = 2.5 I - 0.5 J, r = (-30, 0, 30), u = r / 2.5; error variance (1200 - 720) / 3;
    # S^-1 = 0.4 I + 0.2 J; totals: 1/2 + (2 x 0.6 + 2 x 0.2) / 4 = 0.9 of the error variance.
    found = severity(TRIANGLE, ratio=1)
    assert rounded(found.judges) == {"p": (12, 9.8), "q": (0, 9.8), "r": (-12, 9.8)}
    assert rounded(found.adjusted) == {"a": (616, 12), "b": (524, 12), "c": (520, 12)}
    assert found.error_variance == found.judge_variance == pytest.approx(160)


def test_totals_that_only_severity_explains_are_explained_by_it() -> None:
    found = severity(TRIANGLE)
    assert [round(one.value, 2) for one in found.judges.values()] == [20, 0, -20]
    assert [round(one.value, 2) for one in found.adjusted.values()] == [620, 520, 520]


def test_variances_of_a_complete_table_are_those_of_its_published_mean_squares() -> None:
    # Shrout and Fleiss 1979: judges 32.49, residual 1.02; on complete tables REML is (32.486 - 1.019) / 6.
    table = {f"a{at}": {f"j{judge}": float(x) for judge, x in enumerate(row)} for at, row in enumerate(SHROUT_FLEISS)}
    found = severity(sheets(table))
    assert found.error_variance == pytest.approx(1.01944, abs=1e-4)
    assert found.judge_variance == pytest.approx(5.24444, abs=1e-3)
    assert [one.value for one in found.adjusted.values()] == pytest.approx([sum(row) / 4 for row in SHROUT_FLEISS])


def test_an_incomplete_round_agrees_with_dense_restricted_likelihood() -> None:
    # Expected values: the likelihood with the full covariance matrix, minimised on a grid, by another program.
    found = severity(
        sheets(
            {
                "a0": {"j2": 473, "j0": 499, "j1": 470},
                "a1": {"j0": 554, "j1": 514, "j3": 469},
                "a2": {"j0": 580, "j1": 555, "j2": 535},
                "a3": {"j3": 565, "j0": 648, "j2": 603},
                "a4": {"j0": 669, "j2": 630, "j1": 639},
            }
        )
    )
    assert found.error_variance == pytest.approx(32.55391, abs=1e-3)
    assert found.judge_variance == pytest.approx(1083.952, abs=0.05)
    assert rounded(found.judges) == {
        "j0": (-37.67, 16.63), "j1": (-6.18, 16.69), "j2": (1.94, 16.69), "j3": (41.91, 16.87)
    }  # fmt: skip
    assert rounded(found.adjusted) == {
        "a0": (466.70, 16.83), "a1": (511.69, 16.81), "a2": (542.70, 16.83),
        "a3": (607.39, 16.81), "a4": (632.03, 16.83)
    }  # fmt: skip


def test_groups_without_a_judge_in_common_are_not_compared() -> None:
    apart = sheets({"a": {"p": 600, "q": 620}, "b": {"r": 500, "s": 540}, "c": {"q": 500, "p": 520}})
    assert components(apart) == (frozenset({"a", "c"}), frozenset({"b"}))
    assert severity(apart) == Severity({}, {}, None, None, "not_connected")
    assert len(components(TRIANGLE)) == 1


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ({}, "no_sheets"),
        ({"a": {"p": 600}}, "one_judge"),
        ({"a": {"p": 600, "q": 610}}, "too_few_sheets"),
        ({"a": {"p": 600, "q": 600}, "b": {"p": 500, "q": 500}}, "all_agree"),
    ],
)
def test_where_nothing_can_be_said_there_is_a_reason(rows: dict[str, dict[str, float]], reason: str) -> None:
    assert severity(sheets(rows)) == Severity({}, {}, None, None, reason)  # type: ignore[arg-type]


def test_refuses_what_cannot_be() -> None:
    with pytest.raises(ValueError, match="two sheets"):
        severity([*TRIANGLE, TRIANGLE[0]])
    with pytest.raises(ValueError, match="ratio"):
        severity(TRIANGLE, ratio=0)


def test_a_planted_harsh_judge_is_found_and_mends_the_order() -> None:
    random = Random(20261121)
    merit = {f"a{at}": 500 + 8 * at for at in range(24)}
    harshness = {f"j{at}": {0: 120, 1: -120}.get(at, 0) for at in range(18)}
    given_sheets = [
        ScoredSheet(application, judge, total - harshness[judge] + random.gauss(0, 10))
        for application, total in merit.items()
        for judge in random.sample(sorted(harshness), 5)
    ]
    found = severity(given_sheets)
    by_severity = sorted(found.judges, key=lambda judge: found.judges[judge].value)
    assert (by_severity[0], by_severity[-1]) == ("j1", "j0")
    assert found.judges["j0"].value / found.judges["j0"].error > 3

    def wrong(totals: dict[str, float]) -> int:
        return sum(totals[f"a{one}"] > totals[f"a{two}"] for two in range(24) for one in range(two))

    raw = {key: [sheet.total for sheet in given_sheets if sheet.application == key] for key in merit}
    means = {key: sum(totals) / len(totals) for key, totals in raw.items()}
    assert wrong({key: one.value for key, one in found.adjusted.items()}) < wrong(means) / 2


rounds = st.lists(
    st.lists(st.one_of(st.none(), st.integers(0, 1000)), min_size=4, max_size=4), min_size=2, max_size=6
).map(
    lambda rows: sheets(
        {f"a{a}": {f"j{j}": x for j, x in enumerate(row) if x is not None} for a, row in enumerate(rows)}
    )
)


@given(rounds, st.randoms(use_true_random=False), st.integers(-500, 500))
def test_order_and_zero_do_not_matter(given_sheets: list[ScoredSheet], random: Random, shift: int) -> None:
    found = severity(given_sheets, ratio=2)
    moved = [ScoredSheet(one.application, one.judge, one.total + shift) for one in given_sheets]
    random.shuffle(moved)
    again = severity(moved, ratio=2)
    assert again.reason == found.reason
    for judge, one in found.judges.items():
        assert again.judges[judge].value == pytest.approx(one.value, abs=1e-6)
    for application, one in found.adjusted.items():
        assert again.adjusted[application].value == pytest.approx(one.value + shift, abs=1e-6)
    assert math.fsum(one.value for one in found.judges.values()) == pytest.approx(0, abs=1e-6)
