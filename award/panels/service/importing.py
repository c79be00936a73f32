"""The pool from a table: what each line would do, each fault by its cell, and the import of all lines or none."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from award.accounts.queries import actor_for, person_by_account
from award.kernel import clock
from award.kernel.actor import ADMINISTRATORS, Actor
from award.kernel.errors import FieldError, Invalid
from award.kernel.i18n import N_, translate
from award.kernel.mail.service import is_address
from award.panels import queries
from award.panels.models import PoolMember
from award.panels.service.pool import Facts, add_by_hand, change_judge, facts_of, require_office
from award.rounds.models import Authority

COLUMNS = (
    ("name", N_("Full name"), 80, True),
    ("email", N_("Mail address"), 64, True),
    ("institution", N_("Institution"), 120, True),
    ("title", N_("Professional title"), 80, False),
    ("speciality", N_("Speciality"), 80, False),
    ("region", N_("Region"), 80, False),
    ("last_day", N_("Last day of the appointment"), 10, False),
)
"""Columns of the table in their order: name, heading, most characters, needed."""
MOST_LINES = 500


@dataclass(frozen=True)
class Change:
    """What one line does. kind: added, changed, same. number: of the row in the table. changes: (column, before, after)."""

    number: int
    kind: str
    name: str
    email: str
    facts: Facts
    changes: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Plan:
    """What a table would do to a pool. faults: field is a cell ("B3"); with any, nothing is imported."""

    changes: tuple[Change, ...]
    faults: tuple[FieldError, ...] = field(default=())

    @property
    def is_empty(self) -> bool:
        """Whether importing would change nothing."""
        return all(one.kind == "same" for one in self.changes)


def plan_import(session: Session, actor: Actor, authority: Authority, rows: Sequence[Sequence[str]]) -> Plan:
    """Reads a table against the present pool and changes nothing. rows: with the heading, texts only.

    Raises Refused for anybody but the authority's office.
    """
    require_office(actor, authority)
    if not rows or not _is_heading(rows[0]):
        return Plan((), (FieldError("A1", N_("The first row has to be the headings of the template.")),))
    lines = [(number, _cells(row)) for number, row in enumerate(rows[1:], 2) if any(cell.strip() for cell in row)]
    if len(lines) > MOST_LINES:
        text = N_("At most {most} judges can be imported at once; the table has {count}.")
        return Plan((), (FieldError(f"A{MOST_LINES + 2}", text, {"most": MOST_LINES, "count": len(lines)}),))
    members = {one.person.username: one for one in queries.pool_of(session, authority.id)}
    changes, faults, seen = [], [], dict[str, int]()
    for number, cells in lines:
        found = _faults(session, actor, number, cells, seen, members)
        faults += found
        if not found:
            changes.append(_change(number, cells, members.get(cells["email"].lower())))
    if not lines:
        faults.append(FieldError("A2", N_("The table has no judges.")))
    return Plan(tuple(changes), tuple(faults))


def apply_import(
    session: Session, actor: Actor, authority: Authority, rows: Sequence[Sequence[str]], now: datetime
) -> Plan:
    """Does what plan_import says, all of it or nothing; one record for every judge added or changed.

    Raises Refused for anybody but the authority's office, Invalid with every fault by its cell.
    """
    plan = plan_import(session, actor, authority, rows)
    if plan.faults:
        raise Invalid(list(plan.faults))
    members = {one.person.username: one for one in queries.pool_of(session, authority.id)}
    for one in plan.changes:
        if one.kind == "added":
            add_by_hand(session, actor, authority, one.name, one.email, one.facts, now)
        elif one.kind == "changed":
            change_judge(session, actor, authority, members[one.email], one.facts, now)
    return plan


def headings(language: str) -> list[str]:
    """The first row of the template."""
    return [translate(language, title) for _, title, _, _ in COLUMNS]


def _is_heading(row: Sequence[str]) -> bool:
    cells = [cell.strip() for cell in row[: len(COLUMNS)]]
    return cells in (headings("zh"), headings("en"))


def _cells(row: Sequence[str]) -> dict[str, str]:
    padded = [*row, *("" for _ in COLUMNS)]
    return {name: padded[at].strip() for at, (name, _, _, _) in enumerate(COLUMNS)}


def _faults(
    session: Session,
    actor: Actor,
    number: int,
    cells: dict[str, str],
    seen: dict[str, int],
    members: dict[str, PoolMember],
) -> list[FieldError]:
    faults = []
    for letter, (name, _, longest, needed) in zip("ABCDEFG", COLUMNS, strict=True):
        cell, value = f"{letter}{number}", cells[name]
        if needed and not value:
            faults.append(FieldError(cell, N_("Fill this in.")))
        elif len(value) > longest:
            text = N_("At most {longest} characters; you have {count}. Remove {over}.")
            faults.append(FieldError(cell, text, {"longest": longest, "count": len(value), "over": len(value) - longest}))
    if cells["last_day"] and _day(cells["last_day"]) is None:
        text = N_("Enter a day as year-month-day, for example 2026-08-28.")
        faults.append(FieldError(f"G{number}", text))
    elif (last_day := _day(cells["last_day"])) is not None and last_day < clock.now(session).date():
        faults.append(FieldError(f"G{number}", N_("This day is over. Enter the last day on which the judge is to serve.")))
    email = cells["email"].lower()
    if not email:
        return faults
    if not is_address(email):
        faults.append(FieldError(f"B{number}", N_("This is not a mail address. Enter one like name@example.cn.")))
    elif email in seen:
        faults.append(FieldError(f"B{number}", N_("This address stands in row {row} already."), {"row": seen[email]}))
    elif email not in members and not _may_judge(session, actor, email):
        faults.append(FieldError(f"B{number}", N_("The account of this address cannot be a judge's.")))
    seen.setdefault(email, number)
    return faults


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _may_judge(session: Session, actor: Actor, email: str) -> bool:
    person = person_by_account(session, email)
    if person is None:
        return True
    roles = actor_for(session, person, clock.now(session)).roles
    return person.id != actor.person_id and not roles & ADMINISTRATORS


def _change(number: int, cells: dict[str, str], member: PoolMember | None) -> Change:
    last_day = _day(cells["last_day"])
    facts = Facts(cells["institution"], cells["title"], cells["speciality"], cells["region"], last_day)
    email = cells["email"].lower()
    if member is None:
        return Change(number, "added", cells["name"], email, facts)
    before, after = facts_of(member).as_map(), facts.as_map()
    changes = tuple((key, before[key], after[key]) for key in after if before[key] != after[key])
    return Change(number, "changed" if changes else "same", member.person.name, email, facts, changes)
