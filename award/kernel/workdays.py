"""Working days: counting them when the days that differ from Monday-to-Friday are known.

Pure: the table of holidays and make-up days is kept by the rounds; here it is a mapping.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Calendar:
    """exceptions: day -> is it a working day; announced: years whose holidays have been announced."""

    exceptions: Mapping[date, bool]
    announced: Collection[int]

    def is_workday(self, day: date) -> bool:
        """An exception decides; otherwise Monday to Friday."""
        return self.exceptions.get(day, day.weekday() < 5)

    def is_announced(self, first: date, last: date) -> bool:
        """Whether every year the period touches has been announced."""
        return all(year in self.announced for year in range(first.year, last.year + 1))

    def workdays(self, first: date, last: date) -> int:
        """Working days in the period, both ends counted."""
        days = (last - first).days + 1
        return sum(self.is_workday(first + timedelta(n)) for n in range(days))

    def add_workdays(self, start: date, count: int) -> date:
        """The count-th working day after start; start itself is not counted.

        Source: Civil Code art. 201 (the first day of a period is not counted).
        """
        day = start
        while count > 0:
            day += timedelta(1)
            if self.is_workday(day):
                count -= 1
        return day


def period_end(calendar: Calendar, first: date, days: int, unit: str) -> date:
    """The last day of a period of `days` that begins on `first`, both counted. unit: "working" or "calendar".

    Source: Civil Code art. 203 (a period of calendar days that would end on a day off ends on the next working day).
    """
    if unit == "calendar":
        last = first + timedelta(days - 1)
        return last if calendar.is_workday(last) else calendar.add_workdays(last, 1)
    return calendar.add_workdays(first - timedelta(1), days)
