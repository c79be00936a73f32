"""Grades proposed from an order, each with its reason."""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations, groupby, permutations, product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from award.scoring.quotas import Award, Cutoff, Grade, Proposal, Refusal, Vacancy, apply_quotas
from award.scoring.ranking import Ranked, Standing, rank


def ranking(*figures: str) -> tuple[Ranked, ...]:
    """Applications a, b, c, ... with these published figures."""
    return rank([Standing(chr(ord("a") + at), Decimal(figure)) for at, figure in enumerate(figures)])


def short(proposal: Proposal) -> list[tuple[str, str | None, str | None]]:
    return [(one.key, one.grade, one.reason) for one in proposal.awards]


def test_who_misses_the_first_grade_competes_for_the_next() -> None:
    grades = [Grade("award", 2), Grade("nomination", 1)]
    proposal = apply_quotas(ranking("700", "690", "680", "670"), {}, grades, "refer")
    assert proposal == Proposal(
        (
            Award("a", "award", "within_quota", ()),
            Award("b", "award", "within_quota", ()),
            Award("c", "nomination", "within_quota", (Refusal("award", "quota_full"),)),
            Award("d", None, "quota_full", (Refusal("award", "quota_full"), Refusal("nomination", "quota_full"))),
        ),
        (),
    )


def test_the_minimum_is_compared_with_the_published_figure_and_leaves_seats_vacant() -> None:
    grades = [Grade("award", 3, minimum_hundredths=60000), Grade("nomination", 3, minimum_hundredths=50000)]
    proposal = apply_quotas(ranking("600.00", "599.99", "500.00", "499.99"), {}, grades, "refer")
    assert short(proposal) == [
        ("a", "award", "within_quota"),
        ("b", "nomination", "within_quota"),
        ("c", "nomination", "within_quota"),
        ("d", None, "below_minimum"),
    ]
    assert proposal.vacancies == (Vacancy("award", 2, False), Vacancy("nomination", 1, False))
    assert short(apply_quotas(ranking("599.995"), {}, grades, "refer"))[0][1] == "nomination"


def test_six_gold_of_which_three_in_each_sector() -> None:
    figures = [str(700 - at) for at in range(8)]
    sectors = dict(zip("abcdefgh", "mmmmmsss", strict=True))
    proposal = apply_quotas(ranking(*figures), sectors, [Grade("gold", 6, per_sector={"m": 3, "s": 3})], "refer")
    assert [one.key for one in proposal.awards if one.grade] == ["a", "b", "c", "f", "g", "h"]
    assert short(proposal)[3] == ("d", None, "sector_full")
    assert proposal.vacancies == ()


def test_a_seat_kept_for_small_firms() -> None:
    grades = [Grade("award", 3, at_least_sector={"small": 1})]
    figures = ["700", "690", "680", "670"]
    low = apply_quotas(ranking(*figures), {"d": "small"}, grades, "refer")
    assert short(low)[2:] == [("c", None, "seats_reserved"), ("d", "award", "reserved_seat")]
    high = apply_quotas(ranking(*figures), {"b": "small"}, grades, "refer")
    assert short(high)[1:] == [
        ("b", "award", "within_quota"), ("c", "award", "within_quota"), ("d", None, "quota_full")
    ]  # fmt: skip
    nobody = apply_quotas(ranking(*figures), {}, grades, "refer")
    assert short(nobody)[2] == ("c", None, "seats_reserved")
    assert nobody.vacancies == (Vacancy("award", 1, False),)


TIE = ("700", "690", "690", "680")


def test_a_tie_at_the_line_takes_all_in() -> None:
    proposal = apply_quotas(ranking(*TIE), {}, [Grade("award", 2), Grade("nomination", 1)], "include_all")
    assert short(proposal) == [
        ("a", "award", "within_quota"),
        ("b", "award", "tied_at_cutoff"),
        ("c", "award", "tied_at_cutoff"),
        ("d", "nomination", "within_quota"),
    ]


def test_equals_taken_in_beyond_a_sector_limit_count_towards_the_quota() -> None:
    grades = [Grade("award", 3, per_sector={"m": 1})]
    proposal = apply_quotas(ranking("700", "700", "690", "680"), {"a": "m", "b": "m"}, grades, "include_all")
    assert [one.grade for one in proposal.awards] == ["award", "award", "award", None]


def test_a_tie_at_the_line_leaves_all_out_and_nobody_overtakes() -> None:
    proposal = apply_quotas(ranking(*TIE), {}, [Grade("award", 2)], "exclude_all")
    assert short(proposal)[1:] == [
        ("b", None, "tied_at_cutoff"), ("c", None, "tied_at_cutoff"), ("d", None, "below_tie")
    ]  # fmt: skip
    assert proposal.vacancies == (Vacancy("award", 1, False),)
    behind = apply_quotas(ranking(*TIE), {"b": "m", "c": "m"}, [Grade("award", 3, per_sector={"m": 1})], "exclude_all")
    assert short(behind)[1:] == [
        ("b", None, "tied_at_cutoff"), ("c", None, "tied_at_cutoff"), ("d", "award", "within_quota")
    ]  # fmt: skip


def test_a_tie_referred_leaves_open_whatever_depends_on_it() -> None:
    grades = [Grade("award", 2), Grade("nomination", 2)]
    proposal = apply_quotas(ranking(*TIE, "670"), {}, grades, "refer")
    assert short(proposal) == [
        ("a", "award", "within_quota"),
        ("b", None, "referred"),
        ("c", None, "referred"),
        ("d", None, "awaits_referral"),
        ("e", None, "awaits_referral"),
    ]
    assert proposal.vacancies == (Vacancy("award", 1, True), Vacancy("nomination", 2, True))
    decided = rank([Standing(one.key, one.published, (int(one.key == "c"),)) for one in ranking(*TIE, "670")])
    assert [one.grade for one in apply_quotas(decided, {}, grades, "refer").awards] == [
        "award", "award", "nomination", "nomination", None
    ]  # fmt: skip


def test_equals_who_all_fit_are_no_case() -> None:
    proposal = apply_quotas(ranking("700", "690", "690", "690"), {}, [Grade("award", 4)], "refer")
    assert {one.reason for one in proposal.awards} == {"within_quota"}


def test_equals_of_different_sectors_are_judged_by_their_own_limit() -> None:
    grades = [Grade("award", 3, per_sector={"m": 1})]
    proposal = apply_quotas(ranking("690", "690", "690"), {"a": "m", "b": "m", "c": "s"}, grades, "refer")
    assert short(proposal) == [("a", None, "referred"), ("b", None, "referred"), ("c", "award", "within_quota")]


@pytest.mark.parametrize(
    "grades",
    [
        [Grade("a", -1)],
        [Grade("a", 1), Grade("a", 1)],
        [Grade("a", 1, at_least_sector={"m": 2})],
        [Grade("a", 3, per_sector={"m": 1}, at_least_sector={"m": 2})],
    ],
)
def test_grades_that_contradict_themselves_are_refused(grades: list[Grade]) -> None:
    with pytest.raises(ValueError, match="grade"):
        apply_quotas((), {}, grades, "refer")


def test_without_grades_nobody_is_proposed() -> None:
    assert apply_quotas(ranking("1"), {}, [], "refer").awards == (Award("a", None, None, ()),)


# --- properties ----------------------------------------------------------------------------------------------


@st.composite
def grade_lists(draw: st.DrawFn) -> list[Grade]:
    grades = []
    for name in ("first", "second")[: draw(st.integers(1, 2))]:
        seats = draw(st.integers(0, 4))
        kept = {"m": draw(st.integers(0, min(1, seats)))}
        most = {sector: draw(st.integers(1, 4)) for sector in draw(st.sets(st.sampled_from("ms")))}
        minimum = draw(st.sampled_from([None, 60100, 60200]))
        grades.append(Grade(name, seats, minimum, most, kept))
    return grades


rows = st.lists(st.tuples(st.integers(600, 603), st.sampled_from(["m", "s", ""])), max_size=6)
cutoffs = st.sampled_from(["include_all", "exclude_all", "refer"])


def fields(given_rows: list[tuple[int, str]]) -> tuple[tuple[Ranked, ...], dict[str, str]]:
    ranked = ranking(*(str(figure) for figure, _ in given_rows))
    return ranked, {chr(ord("a") + at): sector for at, (_, sector) in enumerate(given_rows) if sector}


def orders(ranked: Sequence[Ranked]) -> Iterator[list[Ranked]]:
    """Every way in which a committee could separate the equals."""
    groups = [list(permutations(list(group))) for _, group in groupby(ranked, key=lambda one: one.rank)]
    for choice in product(*groups):
        order = [one for group in choice for one in group]
        yield [Ranked(one.key, one.published, at, False, None) for at, one in enumerate(order, start=1)]


def fits(keys: Sequence[str], sectors: dict[str, str], grade: Grade) -> bool:
    taken = Counter(sectors.get(key, "") for key in keys)
    kept = sum(max(count, taken[sector]) for sector, count in grade.at_least_sector.items())
    others = sum(count for sector, count in taken.items() if sector not in grade.at_least_sector)
    return kept + others <= grade.seats and all(taken[one] <= most for one, most in grade.per_sector.items())


@given(rows, grade_lists())
def test_without_ties_the_best_possible_set_of_winners_is_found(
    given_rows: list[tuple[int, str]], grades: list[Grade]
) -> None:
    ranked, sectors = fields(given_rows)
    order = next(orders(ranked))
    proposal = apply_quotas(order, sectors, grades, "refer")
    left = [one.key for one in order]
    minimum = {one.key: int(one.published * 100) for one in order}
    for grade in grades:
        able = [key for key in left if grade.minimum_hundredths is None or minimum[key] >= grade.minimum_hundredths]
        sets = [chosen for size in range(len(able) + 1) for chosen in combinations(able, size)]
        best = max(
            (chosen for chosen in sets if fits(chosen, sectors, grade)),
            key=lambda chosen: [key in chosen for key in able],
        )
        assert {one.key for one in proposal.awards if one.grade == grade.key} == set(best)
        left = [key for key in left if key not in best]


@given(rows, grade_lists())
def test_what_is_proposed_beside_a_referral_holds_however_the_committee_decides(
    given_rows: list[tuple[int, str]], grades: list[Grade]
) -> None:
    ranked, sectors = fields(given_rows)
    proposed = {one.key: one for one in apply_quotas(ranked, sectors, grades, "refer").awards}
    outcomes: dict[str, set[str | None]] = {key: set() for key in proposed}
    for order in orders(ranked):
        for one in apply_quotas(order, sectors, grades, "refer").awards:
            outcomes[one.key].add(one.grade)
    for key, one in proposed.items():
        if one.reason not in ("referred", "awaits_referral"):
            assert outcomes[key] == {one.grade}
    if len(grades) == 1:
        for key, one in proposed.items():
            assert (one.reason == "referred") == (len(outcomes[key]) > 1)


@given(rows, grade_lists(), cutoffs, st.randoms(use_true_random=False))
def test_a_proposal_does_not_depend_on_the_order_of_equals(
    given_rows: list[tuple[int, str]], grades: list[Grade], cutoff: Cutoff, random: Random
) -> None:
    ranked, sectors = fields(given_rows)
    shuffled = list(ranked)
    random.shuffle(shuffled)
    one, other = (apply_quotas(field, sectors, grades, cutoff) for field in (ranked, shuffled))
    assert {award.key: award for award in one.awards} == {award.key: award for award in other.awards}
    assert one.vacancies == other.vacancies


@given(rows, grade_lists(), cutoffs)
def test_equals_of_one_sector_are_treated_alike(
    given_rows: list[tuple[int, str]], grades: list[Grade], cutoff: Cutoff
) -> None:
    ranked, sectors = fields(given_rows)
    ranks = {one.key: one.rank for one in ranked}
    seen: dict[tuple[int, str], tuple[str | None, str | None]] = {}
    for one in apply_quotas(ranked, sectors, grades, cutoff).awards:
        alike = (ranks[one.key], sectors.get(one.key, ""))
        assert seen.setdefault(alike, (one.grade, one.reason)) == (one.grade, one.reason)


@given(rows, grade_lists(), cutoffs)
def test_quotas_are_exceeded_by_nobody_but_equals_taken_in(
    given_rows: list[tuple[int, str]], grades: list[Grade], cutoff: Cutoff
) -> None:
    ranked, sectors = fields(given_rows)
    proposal = apply_quotas(ranked, sectors, grades, cutoff)
    vacant = {one.grade: one.seats for one in proposal.vacancies}
    for grade in grades:
        winners = [one for one in proposal.awards if one.grade == grade.key]
        if cutoff != "include_all":
            assert fits([one.key for one in winners], sectors, grade)
        if not any(one.reason == "tied_at_cutoff" for one in winners):
            assert len(winners) + vacant.get(grade.key, 0) == grade.seats


@given(rows, grade_lists(), cutoffs)
def test_within_a_sector_nobody_gets_a_better_grade_than_a_better_placed_one(
    given_rows: list[tuple[int, str]], grades: list[Grade], cutoff: Cutoff
) -> None:
    ranked, sectors = fields(given_rows)
    worth: dict[str | None, int] = {grade.key: at for at, grade in enumerate(grades)}
    reached: dict[str, int] = {}
    for one in apply_quotas(ranked, sectors, grades, cutoff).awards:
        if one.reason in ("referred", "awaits_referral"):
            continue
        mine = worth.get(one.grade, len(grades))
        assert mine >= reached.get(sectors.get(one.key, ""), 0)
        reached[sectors.get(one.key, "")] = mine
