"""Planning the dates of a round: a proposal from the scheme's lengths, and what is wrong with dates. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from award.kernel.errors import FieldError
from award.kernel.i18n import N_
from award.kernel.workdays import Calendar, period_end
from award.policy import Moment
from award.regulations.model import Scheme, Text

Period = tuple[datetime | None, datetime | None]
"""When a stage opens and when it closes; the closing moment itself is already too late. None: not dated."""
Dates = Mapping[str, Period]
"""Stage kind -> its period."""

UNDATED = ("setup", "archive")
"""Kinds that may stay without dates: they begin and end when the office advances the round."""
BOUND_TO_OPEN = ("apply", "score")
"""Kinds in which nothing can be done before their planned first moment."""
BOUND_TO_CLOSE = ("apply", "notice")
"""Kinds whose deadline ends them for the public, however late the office moves on."""
IN_TIME = timedelta(days=1)
"""How long after its planned moment a stage may be entered or left and is still told as planned."""


@dataclass(frozen=True)
class Frame:
    """What dates are held against. notice_days: how long the public notice lasts at least; notice_unit: what they count."""

    stages: tuple[tuple[str, Text], ...]
    zone: ZoneInfo
    calendar: Calendar
    notice_days: int
    notice_unit: str
    now: datetime


def frame_of(scheme: Scheme, zone: str, calendar: Calendar, now: datetime) -> Frame:
    """What the dates of a round of this scheme are held against. now: UTC."""
    stages = tuple((stage.kind, stage.title) for stage in scheme.stages)
    return Frame(stages, ZoneInfo(zone), calendar, scheme.notice.days, scheme.notice.unit, now)


def proposed_dates(scheme: Scheme, frame: Frame, first_day: date) -> dict[str, Period]:
    """Dates for every stage after the preparation, one after the other from 00:00 of a day, as long as the scheme plans.

    The notice is lengthened where its planned days hold too few working days.
    """
    dates: dict[str, Period] = {}
    day = first_day
    for stage in scheme.stages[1:]:
        after = day + timedelta(stage.planned_days)
        if stage.kind == "notice":
            after = max(after, earliest_notice_end(frame, day) + timedelta(1))
        dates[stage.kind] = (_midnight(day, frame.zone), None if stage.kind == "archive" else _midnight(after, frame.zone))
        day = after
    return dates


def earliest_notice_end(frame: Frame, published: date) -> date:
    """The last day of the shortest notice that may follow a publication on this day.

    Source: Civil Code art. 201 (the day of publication is not counted).
    """
    return period_end(frame.calendar, published + timedelta(1), frame.notice_days, frame.notice_unit)


def earliest_notice_close(frame: Frame, opens_at: datetime) -> datetime:
    """When a notice that is published on its first planned day may close at the earliest."""
    last = earliest_notice_end(frame, opens_at.astimezone(frame.zone).date())
    return _midnight(last + timedelta(1), frame.zone)


def days_later(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same time of day on a zone's clock so many days later."""
    return (moment.astimezone(zone) + timedelta(days)).astimezone(UTC)


def days_until(first: datetime, last: datetime, zone: ZoneInfo) -> int:
    """How many whole days on a zone's clock lead from one moment to another or just past it."""
    return -((first.astimezone(zone) - last.astimezone(zone)) // timedelta(1))


def faults_of(frame: Frame, dates: Dates) -> list[FieldError]:
    """Everything that is wrong with dates: order, overlap, the past, a notice that is too short.

    Fields are named "<kind>.opens_at" and "<kind>.closes_at".
    """
    faults: list[FieldError] = []
    before: tuple[Text, datetime] | None = None
    for kind, title in frame.stages:
        opens_at, closes_at = dates.get(kind, (None, None))
        faults += _faults_of_one(frame, kind, opens_at, closes_at)
        if before is not None and opens_at is not None and opens_at < before[1]:
            ends = Moment(before[1], str(frame.zone))
            text = N_("This begins before “{before}” ends ({ends}). Choose a later day, or end that stage earlier.")
            faults.append(FieldError(f"{kind}.opens_at", text, {"before": before[0], "ends": ends}))
        last = closes_at or opens_at
        if last is not None and (before is None or last > before[1]):
            before = (title, last)
    return faults


def _faults_of_one(frame: Frame, kind: str, opens_at: datetime | None, closes_at: datetime | None) -> list[FieldError]:
    if closes_at is not None and opens_at is None and kind != "setup":
        return [FieldError(f"{kind}.opens_at", N_("Say when this begins as well."))]
    faults = []
    is_reversed = opens_at is not None and closes_at is not None and closes_at <= opens_at
    today = _midnight(frame.now.astimezone(frame.zone).date(), frame.zone)
    if opens_at is not None and opens_at < today and kind != "setup":
        faults.append(FieldError(f"{kind}.opens_at", N_("This day has passed. Choose today or a later day.")))
    if is_reversed:
        faults.append(FieldError(f"{kind}.closes_at", N_("This ends before it begins. Choose a later end.")))
    if closes_at is not None and closes_at <= frame.now:
        faults.append(FieldError(f"{kind}.closes_at", N_("This moment has passed. Choose a later one.")))
    if kind == "notice" and opens_at is not None and closes_at is not None and not is_reversed:
        faults += _faults_of_notice(frame, opens_at, closes_at)
    return faults


def _faults_of_notice(frame: Frame, opens_at: datetime, closes_at: datetime) -> list[FieldError]:
    earliest = earliest_notice_close(frame, opens_at)
    if closes_at >= earliest:
        return []
    text = N_("Published on its first day, the notice must run {days} working days from the next day on: until {earliest} at least.")
    if frame.notice_unit == "calendar":
        text = N_("Published on its first day, the notice must run {days} days from the next day on: until {earliest} at least.")
    params = {"days": frame.notice_days, "earliest": Moment(earliest, str(frame.zone))}
    return [FieldError("notice.closes_at", text, params)]


def missing_dates(frame: Frame, dates: Dates) -> list[Text]:
    """Titles of the stages that still need a first or a last moment before the call can be published."""
    return [title for kind, title in frame.stages if kind not in UNDATED and None in dates.get(kind, (None, None))]


def unannounced_years(calendar: Calendar, dates: Dates) -> list[int]:
    """Years these dates touch whose holidays have not been announced; their weekends are counted as they stand."""
    years = {moment.year for period in dates.values() for moment in period if moment is not None}
    return sorted(year for year in years if year not in calendar.announced)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def as_it_was(kind: str, planned: Period, entered_at: datetime | None, left_at: datetime | None) -> Period:
    """The days of a stage as they are told once the office has entered it, and left it: where they were not as planned, as they were.

    Whoever applies or scores is bound by the planned first moment, even where the office entered the stage before; and an
    application or an objection by its deadline, even where the office went on later.
    """
    opens_at, closes_at = planned
    if left_at is not None and closes_at is not None:
        closes_at = min(closes_at, left_at) if kind in BOUND_TO_CLOSE else _real(closes_at, left_at)
    if opens_at is not None and entered_at is not None and kind not in BOUND_TO_OPEN:
        came_in_time = closes_at is None or entered_at <= closes_at
        opens_at = _real(opens_at, entered_at) if came_in_time else min(opens_at, entered_at)
    return opens_at, closes_at


def _real(planned: datetime, real: datetime) -> datetime:
    """An office that moves on when it comes to work has kept its plan."""
    return planned if planned <= real <= planned + IN_TIME else real
