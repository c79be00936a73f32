"""Competition ranks, the chain for ties, and seats shared out."""

from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from award.scoring.ranking import Standing, apportion, rank

figures = st.integers(0, 6).map(lambda step: Decimal("600.00") + Decimal(step) / 100)
fields = st.lists(st.tuples(figures, st.integers(0, 2), st.integers(0, 1)), max_size=9).map(
    lambda rows: [Standing(f"k{at}", figure, (first, second)) for at, (figure, first, second) in enumerate(rows)]
)


def test_ranks_as_in_competitions() -> None:
    ranked = rank(
        [Standing("a", Decimal("600")), Standing("b", Decimal("650")), Standing("c", Decimal("700")),
         Standing("d", Decimal("650.00"))]
    )  # fmt: skip
    assert [(one.key, one.rank, one.tied) for one in ranked] == [
        ("c", 1, False), ("b", 2, True), ("d", 2, True), ("a", 4, False)
    ]  # fmt: skip
    assert {one.decided_by for one in ranked} == {None}


def test_the_chain_is_applied_before_a_rank_is_shared() -> None:
    ranked = rank(
        [
            Standing("a", Decimal("650.00"), (Fraction(240), Fraction(55))),
            Standing("b", Decimal("650.00"), (Decimal("250.5"), Fraction(50))),
            Standing("c", Decimal("650.00"), (240, 60)),
            Standing("d", Decimal("650.01"), (0, 0)),
            Standing("e", Decimal("650.00"), (240, 55)),
        ]
    )
    assert [(one.key, one.rank, one.tied, one.decided_by) for one in ranked] == [
        ("d", 1, False, None),
        ("b", 2, False, 0),
        ("c", 3, False, 1),
        ("a", 4, True, 1),
        ("e", 4, True, 1),
    ]


def test_keys_never_decide() -> None:
    ranked = rank([Standing("z", Decimal(1)), Standing("a", Decimal(1))])
    assert [(one.key, one.rank) for one in ranked] == [("z", 1), ("a", 1)]


def test_refuses_what_cannot_be_ranked() -> None:
    with pytest.raises(ValueError, match="twice"):
        rank([Standing("a", Decimal(1)), Standing("a", Decimal(2))])
    with pytest.raises(ValueError, match="length"):
        rank([Standing("a", Decimal(1), (1,)), Standing("b", Decimal(1))])
    with pytest.raises(ValueError, match="NaN"):
        rank([Standing("a", Decimal("NaN"))])
    assert rank([]) == ()


@given(fields, st.randoms(use_true_random=False))
def test_ranks_do_not_depend_on_the_order_of_input(field: list[Standing], random: Random) -> None:
    shuffled = field.copy()
    random.shuffle(shuffled)
    assert {one.key: one for one in rank(shuffled)} == {one.key: one for one in rank(field)}


@given(fields)
def test_a_rank_is_one_more_than_the_number_of_better_ones(field: list[Standing]) -> None:
    by_key = {one.key: (one.published, one.tie_values) for one in field}
    for one in rank(field):
        mine = by_key[one.key]
        assert one.rank == 1 + sum(other > mine for other in by_key.values())
        assert one.tied == (sum(other == mine for other in by_key.values()) > 1)


@given(fields.filter(bool), st.data())
def test_a_better_figure_never_ranks_worse(field: list[Standing], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(field) - 1))
    better = field.copy()
    better[at] = Standing(field[at].key, field[at].published + Decimal("0.02"), field[at].tie_values)
    before = {one.key: one.rank for one in rank(field)}
    assert {one.key: one.rank for one in rank(better)}[field[at].key] <= before[field[at].key]


def test_seats_by_largest_remainder() -> None:
    # 21 : 17 : 12 of 10 seats: 4.2, 3.4, 2.4 -> 4, 3, 2; the tenth is between two equal remainders.
    shared = apportion(10, {"a": 21, "b": 17, "c": 12})
    assert (shared.seats, shared.undecided, shared.tied) == ({"a": 4, "b": 3, "c": 2}, 1, ("b", "c"))
    # 47 : 16 : 37 of 10 seats: 4.7, 1.6, 3.7.
    shared = apportion(10, {"a": 47, "b": 16, "c": 37})
    assert (shared.seats, shared.undecided, shared.tied) == ({"a": 5, "b": 1, "c": 4}, 0, ())


def test_seats_without_applications_stay_undecided() -> None:
    assert apportion(3, {"a": 0, "b": 0}).undecided == 3
    with pytest.raises(ValueError, match="0 or more"):
        apportion(-1, {"a": 1})


@given(st.integers(0, 30), st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 40), min_size=1))
def test_seats_keep_the_quota_rule(seats: int, counts: dict[str, int]) -> None:
    shared = apportion(seats, counts)
    assert sum(shared.seats.values()) + shared.undecided == seats
    whole = sum(counts.values())
    if whole:
        assert all(0 <= shared.seats[one] - seats * count // whole <= 1 for one, count in counts.items())
        assert all(
            shared.seats[one] >= shared.seats[two] for one in counts for two in counts if counts[one] > counts[two]
        )
        assert shared.undecided < max(len(shared.tied), 1)
