"""What the dates of a round look like in a form: a day and a time for each end of a stage."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from award.kernel.i18n import N_
from award.kernel.web.forms import SubmittedForm
from award.rounds.models import Round
from award.rounds.planning import Dates, Period

ENDS = ("opens_at", "closes_at")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)|24:00")


def read_dates(form: SubmittedForm, round_: Round) -> dict[str, Period]:
    """The dates as typed, in the authority's zone; faults are noted by "<kind>.<end>"."""
    zone = round_.award.authority.clock
    return {
        stage.kind: (_moment(form, stage.kind, "opens_at", zone), _moment(form, stage.kind, "closes_at", zone))
        for stage in round_.stages
    }


def read_moment(form: SubmittedForm, name: str, zone: str) -> datetime | None:
    """A day and, in "<name>.time", a time of it; without a time the day ends at 24:00."""
    return _joined(form, name, "24:00", ZoneInfo(zone))


def read_period(form: SubmittedForm, zone: str) -> Period:
    """The fields "opens_at" and "closes_at", each with its ".time"; both are asked for."""
    clock = ZoneInfo(zone)
    for end in ENDS:
        if not form.get(end).strip():
            form.fault(end, N_("Fill this in."))
    return _joined(form, ENDS[0], "00:00", clock), _joined(form, ENDS[1], "24:00", clock)


def typed_dates(dates: Dates, zone: str) -> dict[str, str]:
    """Dates as the form shows them: "<kind>.<end>" and "<kind>.<end>.time". The end of a day is shown as its 24:00."""
    shown: dict[str, str] = {}
    for kind, period in dates.items():
        for end, moment in zip(ENDS, period, strict=True):
            day, clock = _split(moment, zone, ends_day=end == "closes_at")
            shown |= {f"{kind}.{end}": day, f"{kind}.{end}.time": clock}
    return shown


def typed_moment(name: str, moment: datetime | None, zone: str) -> Mapping[str, str]:
    """One moment as the form shows it."""
    day, clock = _split(moment, zone, ends_day=True)
    return {name: day, f"{name}.time": clock}


def _moment(form: SubmittedForm, kind: str, end: str, zone: ZoneInfo) -> datetime | None:
    return _joined(form, f"{kind}.{end}", "00:00" if end == "opens_at" else "24:00", zone)


def _joined(form: SubmittedForm, name: str, default: str, zone: ZoneInfo) -> datetime | None:
    day = form.day(name, required=False)
    clock = form.get(f"{name}.time").strip().replace("：", ":") or default
    if not _TIME.fullmatch(clock):
        form.fault(name, N_("Enter a time like 18:00; 24:00 is the end of the day."))
        return None
    return None if day is None else _at(day, clock, zone)


def _at(day: date, clock: str, zone: ZoneInfo) -> datetime:
    if clock == "24:00":
        return datetime.combine(day + timedelta(1), time(), zone)
    hours, minutes = clock.split(":")
    return datetime.combine(day, time(int(hours), int(minutes)), zone)


def _split(moment: datetime | None, zone: str, *, ends_day: bool) -> tuple[str, str]:
    if moment is None:
        return "", "24:00" if ends_day else "00:00"
    local = moment.astimezone(ZoneInfo(zone))
    if ends_day and local.time() == time():
        return (local.date() - timedelta(1)).isoformat(), "24:00"
    return local.date().isoformat(), f"{local:%H:%M}"
