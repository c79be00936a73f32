"""The calendar of working days from a table: the days of a year's official notice, all at once."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from award.kernel.actor import Actor
from award.kernel.errors import FieldError, Invalid
from award.kernel.i18n import N_
from award.kernel.sheets.importing import Change, Field, Line, Plan, cell_of, twice
from award.rounds.models import CalendarDay
from award.rounds.service.calendar import forget_day, require_office, set_day

HOLIDAY, WORKDAY, ORDINARY = "holiday", "workday", "ordinary"
KINDS = ((HOLIDAY, N_("holiday")), (WORKDAY, N_("working day")), (ORDINARY, N_("as its day of the week")))
FIELDS = (
    Field("day", N_("Date"), 11, is_needed=True, is_day=True, example="2026-10-01", width=14),
    Field(
        "kind", N_("What it is"), 20, is_needed=True, choices=KINDS, example=HOLIDAY,
        note=N_("A Saturday or Sunday that is worked is a working day. “As its day of the week” takes an entry out again."),
    ),
    Field("name", N_("Name"), 80, example="国庆节", note=N_("Needed for a holiday: the name of the festival")),
)  # fmt: skip
YEARS = range(2000, 2101)
"""Years the calendar has."""


def plan_import(session: Session, actor: Actor, lines: Sequence[Line]) -> Plan:
    """Holds lines against the calendar and changes nothing. Raises Refused for anybody but an award office."""
    require_office(actor)
    faults = twice(FIELDS, lines, "day")
    known = {one.day.isoformat(): one for one in session.scalars(select(CalendarDay))}
    for line in lines:
        if line.values["day"] and int(line.values["day"][:4]) not in YEARS:
            faults.append(FieldError(cell_of(FIELDS, line, "day"), N_("Enter a day of the years 2000 to 2100.")))
        if line.values["kind"] == HOLIDAY and not line.values["name"] and "name" not in line.wrong:
            faults.append(FieldError(cell_of(FIELDS, line, "name"), N_("A holiday needs its name. Enter that of the festival.")))
    return Plan(
        tuple(_change(line, known.get(line.values["day"])) for line in lines if not line.wrong), tuple(faults)
    )


def apply_import(session: Session, actor: Actor, lines: Sequence[Line]) -> Plan:
    """Does what plan_import says, all of it or nothing; one record for every day that changes.

    Raises Refused for anybody but an award office, Invalid with every fault by its cell.
    """
    plan = plan_import(session, actor, lines)
    if plan.faults:
        raise Invalid(list(plan.faults))
    for line, change in zip(lines, plan.changes, strict=True):
        day, kind = date.fromisoformat(line.values["day"]), line.values["kind"]
        if change.kind != "same" and kind == ORDINARY:
            forget_day(session, actor, day)
        elif change.kind != "same":
            set_day(session, actor, day, line.values["name"], is_workday=kind == WORKDAY)
    return plan


def _change(line: Line, known: CalendarDay | None) -> Change:
    after = {"kind": line.values["kind"], "name": "" if line.values["kind"] == ORDINARY else line.values["name"]}
    before = {"kind": ORDINARY, "name": ""}
    if known is not None:
        before = {"kind": WORKDAY if known.is_workday else HOLIDAY, "name": known.name}
    changes = tuple((key, before[key], after[key]) for key in after if before[key] != after[key])
    if known is None and changes:
        return Change(line.number, "added", line.values["day"], line.values["name"])
    return Change(line.number, "changed" if changes else "same", line.values["day"], line.values["name"], changes)
