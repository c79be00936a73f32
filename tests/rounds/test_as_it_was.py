"""The days of a stage as they are told: as planned until the office entered it, then as they were."""

from datetime import UTC, datetime

import pytest

from award.rounds.planning import as_it_was


def day(number: int | None) -> datetime | None:
    return None if number is None else datetime(2026, 3, number, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "entered", "left", "told"),
    [
        ("accept", 10, None, (10, 20)),
        ("accept", 8, 18, (8, 18)),  # before its plan
        ("accept", 12, 24, (12, 24)),  # after it
        ("accept", 11, 21, (10, 20)),  # within a day, as offices do
        ("accept", 22, None, (10, 20)),  # so late that its planned end had passed: nothing else can be told yet
        ("accept", 22, 25, (22, 25)),
        ("score", 8, 24, (10, 24)),  # nobody could score before the planned first moment
        ("apply", 8, 24, (10, 20)),  # nor apply after the deadline
        ("notice", 9, 24, (9, 20)),
    ],
)
def test_as_it_was(kind: str, entered: int, left: int | None, told: tuple[int, int]) -> None:
    planned = (day(10), day(20))
    assert as_it_was(kind, planned, None, None) == planned
    assert as_it_was(kind, planned, day(entered), day(left)) == tuple(map(day, told))


def test_a_stage_without_days_is_told_without() -> None:
    assert as_it_was("setup", (None, None), day(3), day(5)) == (None, None)
