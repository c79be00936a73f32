"""Working days, against notices that were really published and the year's arrangement of holidays."""

from datetime import date

import pytest

from award.kernel.workdays import Calendar, period_end

# 国办发明电〔2022〕16号: holiday 29 September to 6 October 2023; Saturday 7 and Sunday 8 October are worked.
AUTUMN_2023 = {date(2023, 9, 29): False, date(2023, 9, 30): False} | {date(2023, 10, day): False for day in range(1, 7)} | {
    date(2023, 10, 7): True, date(2023, 10, 8): True,
}  # fmt: skip
# 国办发明电〔2023〕7号: holiday 1 to 7 October 2024; Sunday 29 September and Saturday 12 October are worked.
AUTUMN_2024 = {date(2024, 9, 29): True, date(2024, 10, 12): True} | {date(2024, 10, day): False for day in range(1, 8)}
CALENDAR = Calendar(AUTUMN_2023 | AUTUMN_2024, {2023, 2024})


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2023, 10, 6), False), (date(2023, 10, 7), True), (date(2023, 10, 8), True), (date(2023, 10, 9), True),
        (date(2023, 10, 14), False), (date(2024, 10, 12), True), (date(2024, 10, 13), False), (date(2024, 9, 29), True),
    ],
)  # fmt: skip
def test_single_days(day: date, worked: bool) -> None:
    assert CALENDAR.is_workday(day) is worked


def test_the_notice_of_wuhu() -> None:
    """Published on 10 October 2023, period 11 to 17 October, both counted: 7 calendar days, 5 working days (domain.md 0.7)."""
    first, last = date(2023, 10, 11), date(2023, 10, 17)
    assert CALENDAR.workdays(first, last) == 5
    assert (last - first).days + 1 == 7
    assert period_end(CALENDAR, first, 5, "working") == last
    assert period_end(CALENDAR, first, 7, "calendar") == last
    assert CALENDAR.add_workdays(date(2023, 10, 10), 5) == last


def test_days_worked_instead_count() -> None:
    # Friday 6 October is a holiday; Sat 7, Sun 8, Mon 9, Tue 10, Wed 11.
    assert CALENDAR.workdays(date(2023, 9, 29), date(2023, 10, 11)) == 5
    assert period_end(CALENDAR, date(2023, 9, 29), 5, "working") == date(2023, 10, 11)
    assert CALENDAR.add_workdays(date(2023, 9, 28), 1) == date(2023, 10, 7)


def test_a_period_that_begins_on_a_day_off_counts_from_the_next() -> None:
    assert period_end(CALENDAR, date(2024, 10, 5), 1, "working") == date(2024, 10, 8)
    assert period_end(CALENDAR, date(2024, 10, 8), 5, "working") == date(2024, 10, 12)


@pytest.mark.parametrize(
    ("first", "days", "last"),
    [
        # A Sunday would end it: Monday does.
        (date(2024, 10, 14), 7, date(2024, 10, 21)),
        # The holiday would end it: the first working day after, 8 October.
        (date(2024, 9, 25), 7, date(2024, 10, 8)),
        # A Saturday that is worked ends it.
        (date(2024, 10, 8), 5, date(2024, 10, 12)),
        (date(2024, 10, 14), 1, date(2024, 10, 14)),
    ],
)
def test_calendar_days_end_on_a_working_day(first: date, days: int, last: date) -> None:
    """Civil Code art. 203."""
    assert period_end(CALENDAR, first, days, "calendar") == last


def test_an_unknown_year_is_known_to_be_unknown() -> None:
    assert CALENDAR.is_announced(date(2023, 12, 1), date(2024, 1, 31))
    assert not CALENDAR.is_announced(date(2024, 12, 30), date(2025, 1, 3))
    assert Calendar({}, set()).workdays(date(2025, 1, 1), date(2025, 1, 5)) == 3


def test_an_empty_period_has_no_days() -> None:
    assert CALENDAR.workdays(date(2024, 10, 9), date(2024, 10, 8)) == 0
    assert CALENDAR.add_workdays(date(2024, 10, 9), 0) == date(2024, 10, 9)
