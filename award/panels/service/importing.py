"""The pool from a table: what each line would do, each fault by its cell, and the import of all lines or none."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from award.accounts.queries import actor_for, person_by_account
from award.kernel import clock
from award.kernel.actor import ADMINISTRATORS, Actor
from award.kernel.errors import FieldError, Invalid
from award.kernel.i18n import N_
from award.kernel.mail.service import NOT_AN_ADDRESS, is_address
from award.kernel.sheets.importing import Change, Field, Line, Plan, cell_of, twice
from award.panels import queries
from award.panels.models import PoolMember
from award.panels.service.pool import DAY_OVER, Facts, add_by_hand, change_judge, facts_of, require_office
from award.rounds.models import Authority

FIELDS = (
    Field("name", N_("Full name"), 80, is_needed=True, example="韩雪", width=14),
    Field(
        "email", N_("Mail address"), 64, is_needed=True, example="hanxue@example.cn", width=28,
        note=N_("The judge signs in with it. A judge who is in the pool already is found by it."),
    ),
    Field("institution", N_("Institution"), 120, is_needed=True, example="云川市质量协会", width=32),
    Field("title", N_("Professional title"), 80, example="高级工程师"),
    Field("speciality", N_("Speciality"), 80, example="管理"),
    Field("region", N_("Region"), 80, example="云川市"),
    Field(
        "last_day", N_("Last day of the appointment"), 11, is_day=True, example="2030-12-31", width=24,
        note=N_("Left empty, the appointment runs as long as the authority's rounds."),
    ),
)  # fmt: skip


def plan_import(session: Session, actor: Actor, authority: Authority, lines: Sequence[Line]) -> Plan:
    """Holds lines against the present pool and changes nothing. Raises Refused for anybody but the authority's office."""
    require_office(actor, authority)
    members = {one.person.username: one for one in queries.pool_of(session, authority.id)}
    today = clock.now(session).date()
    faults = twice(FIELDS, lines, "email")
    for line in lines:
        faults += _faults(session, actor, line, members, today)
    return Plan(tuple(_change(line, members.get(_email(line))) for line in lines if not line.wrong), tuple(faults))


def apply_import(session: Session, actor: Actor, authority: Authority, lines: Sequence[Line], now: datetime) -> Plan:
    """Does what plan_import says, all of it or nothing; one record for every judge added or changed.

    Raises Refused for anybody but the authority's office, Invalid with every fault by its cell.
    """
    plan = plan_import(session, actor, authority, lines)
    if plan.faults:
        raise Invalid(list(plan.faults))
    members = {one.person.username: one for one in queries.pool_of(session, authority.id)}
    for line, one in zip(lines, plan.changes, strict=True):
        if one.kind == "added":
            add_by_hand(session, actor, authority, line.values["name"], _email(line), _facts(line), now)
        elif one.kind == "changed":
            change_judge(session, actor, authority, members[_email(line)], _facts(line), now)
    return plan


def _email(line: Line) -> str:
    return line.values["email"].lower()


def _facts(line: Line) -> Facts:
    kept = {name: line.values[name] for name in ("institution", "title", "speciality", "region")}
    return Facts(**kept, last_day=date.fromisoformat(text) if (text := line.values["last_day"]) else None)


def _faults(
    session: Session, actor: Actor, line: Line, members: Mapping[str, PoolMember], today: date
) -> list[FieldError]:
    faults, email = [], _email(line)
    last_day = _facts(line).last_day
    if last_day is not None and last_day < today:
        faults.append(FieldError(cell_of(FIELDS, line, "last_day"), DAY_OVER))
    if "email" in line.wrong:
        return faults
    if not is_address(email):
        faults.append(FieldError(cell_of(FIELDS, line, "email"), NOT_AN_ADDRESS))
    elif email not in members and not _may_judge(session, actor, email):
        text = N_("The account of this address cannot be a judge's.")
        faults.append(FieldError(cell_of(FIELDS, line, "email"), text))
    return faults


def _may_judge(session: Session, actor: Actor, email: str) -> bool:
    person = person_by_account(session, email)
    if person is None:
        return True
    roles = actor_for(session, person, clock.now(session)).roles
    return person.id != actor.person_id and not roles & ADMINISTRATORS


def _change(line: Line, member: PoolMember | None) -> Change:
    if member is None:
        return Change(line.number, "added", line.values["name"], _email(line))
    before, after = facts_of(member).as_map(), _facts(line).as_map()
    changes = tuple((key, before[key], after[key]) for key in after if before[key] != after[key])
    return Change(line.number, "changed" if changes else "same", member.person.name, _email(line), changes)
