"""Dates of a round: proposed, and held against the rules."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest

from award.kernel.workdays import Calendar
from award.regulations.loader import shipped_schemes
from award.rounds.planning import (
    Dates,
    Frame,
    earliest_notice_end,
    faults_of,
    frame_of,
    missing_dates,
    proposed_dates,
    unannounced_years,
)

BEIJING = ZoneInfo("Asia/Shanghai")
EXCEPTIONS = {**dict.fromkeys(chinese_calendar.holidays, False), **dict.fromkeys(chinese_calendar.workdays, True)}
CALENDAR = Calendar(EXCEPTIONS, range(2004, 2027))
SCHEME = shipped_schemes()["yunchuan-mayor"]
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


def frame(now: datetime = NOW) -> Frame:
    return frame_of(SCHEME, "Asia/Shanghai", CALENDAR, now)


def beijing(day: str, time: str = "00:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=BEIJING)


def good() -> dict[str, tuple[datetime | None, datetime | None]]:
    return proposed_dates(SCHEME, frame(), date(2026, 4, 1))


def fields(dates: Dates) -> list[str]:
    return [fault.field for fault in faults_of(frame(), dates)]


def test_stages_follow_each_other_without_a_gap_from_the_first_day() -> None:
    dates = good()
    assert dates["apply"] == (beijing("2026-04-01"), beijing("2026-05-16"))  # 45 days, 1 April to 15 May
    assert dates["accept"][0] == dates["apply"][1]
    assert dates["archive"][1] is None
    assert "setup" not in dates
    assert faults_of(frame(), dates) == []


def test_the_notice_is_lengthened_over_holidays() -> None:
    # Published on 30 September 2026, five working days from the next day: 1-7 October is holiday, 10 October (Saturday)
    # a working day; so 8, 9, 10, 12, 13 October.
    assert earliest_notice_end(frame(), date(2026, 9, 30)) == date(2026, 10, 13)
    first = date.fromordinal(date(2026, 9, 30).toordinal() - 45 - 15 - 7 - 30)
    notice = proposed_dates(SCHEME, frame(), first)["notice"]
    assert notice == (beijing("2026-09-30"), beijing("2026-10-14"))  # planned 10 days would end on 9 October


@pytest.mark.parametrize(
    ("published", "last"),
    [
        (date(2023, 10, 10), date(2023, 10, 17)),  # domain.md 4.9: 11-17 October 2023 has five working days
        (date(2024, 10, 8), date(2024, 10, 14)),  # Saturday 12 October 2024 is worked: 9, 10, 11, 12, 14
    ],
)
def test_the_day_of_publication_is_not_counted(published: date, last: date) -> None:
    assert earliest_notice_end(frame(), published) == last


def test_a_stage_may_not_begin_before_the_one_before_ends() -> None:
    dates = good() | {"accept": (beijing("2026-05-15"), beijing("2026-05-30"))}
    assert fields(dates) == ["accept.opens_at"]


def test_overlap_is_found_across_a_stage_without_dates() -> None:
    dates = good() | {"accept": (None, None), "assign": (beijing("2026-05-10"), beijing("2026-05-20"))}
    assert "assign.opens_at" in fields(dates)


def test_an_end_comes_after_its_beginning() -> None:
    assert fields({"apply": (beijing("2026-04-10"), beijing("2026-04-10"))}) == ["apply.closes_at"]


def test_an_end_alone_is_asked_for_its_beginning() -> None:
    assert fields({"apply": (None, beijing("2026-04-10"))}) == ["apply.opens_at"]


def test_today_can_be_the_first_day_but_not_yesterday() -> None:
    assert fields({"apply": (beijing("2026-03-02"), beijing("2026-04-10"))}) == []
    assert fields({"apply": (beijing("2026-03-01"), beijing("2026-04-10"))}) == ["apply.opens_at"]


def test_an_end_in_the_past_is_refused() -> None:
    assert fields({"apply": (beijing("2026-03-02"), beijing("2026-03-02", "08:00"))}) == ["apply.closes_at"]


def test_all_that_is_wrong_with_a_stage_is_told_at_once() -> None:
    assert fields({"notice": (beijing("2026-02-20"), beijing("2026-02-10"))}) == ["notice.opens_at", "notice.closes_at", "notice.closes_at"]


def test_a_notice_too_short_by_an_hour_is_refused_and_says_the_earliest_end() -> None:
    late_enough, too_early = beijing("2026-10-14"), beijing("2026-10-13", "23:00")
    assert fields({"notice": (beijing("2026-09-30", "09:00"), late_enough)}) == []
    (fault,) = faults_of(frame(), {"notice": (beijing("2026-09-30", "09:00"), too_early)})
    assert fault.field == "notice.closes_at"
    assert "13 October 2026 24:00" in fault.params["earliest"].in_language("en")  # type: ignore[attr-defined]


def test_every_stage_but_preparation_and_archive_needs_both_ends() -> None:
    assert [title.en for title in missing_dates(frame(), good())] == []
    without = good() | {"score": (beijing("2026-06-07"), None)}
    assert [title.en for title in missing_dates(frame(), without)] == ["Independent desk review"]
    assert len(missing_dates(frame(), {})) == len(SCHEME.stages) - 2


def test_a_year_without_announced_holidays_is_named() -> None:
    assert unannounced_years(CALENDAR, good()) == []
    assert unannounced_years(CALENDAR, {"apply": (beijing("2026-12-01"), beijing("2027-01-15"))}) == [2027]
