"""The calendar of working days: seeded for the years a library knows, then the office's own."""

from datetime import date
from importlib.metadata import version

import chinese_calendar
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from award.kernel.actor import SYSTEM, Actor, Role
from award.kernel.audit.trail import ADMIN, record
from award.kernel.errors import Invalid, Refused
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.rounds.models import CalendarDay, CalendarYear

LIBRARY = "chinesecalendar"
SOURCE = f"{LIBRARY} {version(LIBRARY)}"
NAMES = {holiday.value: holiday.chinese for holiday in chinese_calendar.Holiday}


def seed_calendar(session: Session) -> int:
    """Enters the announced holidays and make-up working days of every year the library knows and the table does not.

    Returns how many years were added. Days the office has edited are left alone.
    """
    known = set(session.scalars(select(CalendarYear.year)))
    holidays, makeups = chinese_calendar.holidays, chinese_calendar.workdays
    added = {day.year for day in holidays} - known
    kept = set(session.scalars(select(CalendarDay.day)))
    # A holiday on a Saturday or Sunday changes nothing, but its name is worth showing.
    entered = [
        CalendarDay(day=day, is_workday=is_workday, name=NAMES[name])
        for days, is_workday in ((holidays, False), (makeups, True))
        for day, name in days.items()
        if day.year in added and day not in kept
    ]
    session.add_all(entered)
    session.add_all(CalendarYear(year=year, source=SOURCE) for year in sorted(added))
    session.flush()
    if added:
        content = {"source": SOURCE, "years": sorted(added), "days": {str(one.day): one.is_workday for one in entered}}
        record(session, SYSTEM, Event.CALENDAR_CHANGED, "calendar:seed", ADMIN, content)
    return len(added)


def set_year(session: Session, actor: Actor, year: int, source: str, *, may_be_empty: bool = False) -> None:
    """Says that the holidays of a year have been announced and are all entered. source: the notice they come from.

    may_be_empty: a demonstration counts weekends alone where nothing is known yet.
    Raises Refused for anybody but an award office, Invalid where no holiday of the year is entered.
    """
    require_office(actor)
    if not may_be_empty and not _has_holiday(session, year):
        text = N_("No holiday of {year} is entered. Enter the days of the notice first, one by one or from a table, then mark the year.")
        raise Invalid.one("source", text, year=year)
    row = session.get(CalendarYear, year)
    if row is None:
        session.add(CalendarYear(year=year, source=source))
    else:
        row.source = source
    record(session, actor, Event.CALENDAR_CHANGED, f"year:{year}", ADMIN, {"source": source})


def _has_holiday(session: Session, year: int) -> bool:
    """Whether a day of the year is entered as free, as in every year there has been."""
    free = select(CalendarDay.day).where(CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31)), ~CalendarDay.is_workday)
    return session.scalar(free.limit(1)) is not None


def set_day(session: Session, actor: Actor, day: date, name: str, *, is_workday: bool) -> None:
    """Makes a day a holiday or a make-up working day. Raises Refused for anybody but an award office."""
    require_office(actor)
    row = session.get(CalendarDay, day)
    if row is None:
        session.add(CalendarDay(day=day, is_workday=is_workday, name=name))
    else:
        row.is_workday, row.name = is_workday, name
    content = {"is_workday": is_workday, "name": name}
    record(session, actor, Event.CALENDAR_CHANGED, f"day:{day.isoformat()}", ADMIN, content)


def forget_day(session: Session, actor: Actor, day: date) -> None:
    """Lets a day be again what its day of the week says. Raises Refused for anybody but an award office."""
    require_office(actor)
    session.execute(delete(CalendarDay).where(CalendarDay.day == day))
    record(session, actor, Event.CALENDAR_CHANGED, f"day:{day.isoformat()}", ADMIN, {"removed": True})


def require_office(actor: Actor) -> None:
    """Raises Refused for anybody but an award office."""
    if Role.AWARD_OFFICE not in actor.roles:
        raise Refused("role.cannot", N_("Only an award office changes the calendar."))

