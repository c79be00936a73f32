"""Votes in whole numbers."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from award.scoring.voting import is_quorate, vote_passes, votes_needed

TWO_THIRDS = (2, 3)


@pytest.mark.parametrize(("present", "needed"), [(0, 0), (1, 1), (2, 2), (3, 2), (9, 6), (10, 7), (11, 8), (31, 21)])
def test_two_thirds_worked_by_hand(present: int, needed: int) -> None:
    assert votes_needed(present, TWO_THIRDS) == needed


def test_a_vote_needs_its_share_and_its_quorum() -> None:
    assert vote_passes(7, 10, 15, TWO_THIRDS, TWO_THIRDS)
    assert not vote_passes(6, 10, 15, TWO_THIRDS, TWO_THIRDS)
    assert not vote_passes(9, 9, 15, TWO_THIRDS, TWO_THIRDS)
    assert not vote_passes(0, 0, 0, TWO_THIRDS, TWO_THIRDS)


@pytest.mark.parametrize(("yes", "present", "members"), [(5, 4, 9), (4, 10, 9), (-1, 4, 9)])
def test_refuses_numbers_that_cannot_be(yes: int, present: int, members: int) -> None:
    with pytest.raises(ValueError, match="together"):
        vote_passes(yes, present, members, TWO_THIRDS, TWO_THIRDS)


def test_refuses_shares_that_cannot_be() -> None:
    with pytest.raises(ValueError, match="share"):
        votes_needed(9, (3, 2))
    with pytest.raises(ValueError, match="share"):
        is_quorate(9, 9, (0, 1))


@pytest.mark.parametrize(("present", "needed"), [(0, 1), (1, 1), (2, 2), (3, 2), (8, 5), (9, 5), (10, 6)])
def test_more_than_half_worked_by_hand(present: int, needed: int) -> None:
    assert votes_needed(present, (1, 2), more_than=True) == needed
    assert vote_passes(needed, max(present, needed), 99, (1, 2), (1, 99), more_than=True)


def test_half_is_not_more_than_half() -> None:
    assert vote_passes(4, 8, 9, (1, 2), TWO_THIRDS)
    assert not vote_passes(4, 8, 9, (1, 2), TWO_THIRDS, more_than=True)
    assert vote_passes(5, 8, 9, (1, 2), TWO_THIRDS, more_than=True)
    with pytest.raises(ValueError, match="all votes"):
        votes_needed(8, (2, 2), more_than=True)


@given(st.integers(0, 99), st.integers(0, 99), st.integers(1, 9), st.integers(2, 9))
def test_more_than_a_share_is_exact(present: int, yes: int, one: int, other: int) -> None:
    share = (min(one, other - 1), other)
    assert (yes >= votes_needed(present, share, more_than=True)) == (Fraction(yes) > present * Fraction(*share))


@given(st.integers(1, 99), st.integers(0, 99), st.integers(1, 9), st.integers(1, 9))
def test_needed_is_the_least_number_that_reaches_the_share(present: int, yes: int, one: int, other: int) -> None:
    share = (min(one, other), max(one, other))
    assert (yes >= votes_needed(present, share)) == (yes * share[1] >= present * share[0])
