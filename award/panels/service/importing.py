"""The pool from a table: what each line would do, each fault by its cell, and the import of all lines or none."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from award.accounts.models import Person
from award.accounts.queries import actor_for, has_namesakes, person_by_account
from award.kernel import clock
from award.kernel.actor import ADMINISTRATORS, Actor
from award.kernel.errors import FieldError, Invalid
from award.kernel.i18n import N_
from award.kernel.mail.service import NOT_AN_ADDRESS, is_address
from award.kernel.sheets.importing import Change, Field, Line, Plan, cell_of, in_row, twice
from award.panels import queries
from award.panels.models import PoolMember
from award.panels.service.pool import DAY_OVER, Facts, add_by_hand, change_judge, facts_of, require_office
from award.rounds.models import Authority

_STAYS = N_("Left empty, a judge who is in the pool already keeps what is stored.")
FIELDS = (
    Field("name", N_("Full name"), 80, is_needed=True, example="韩雪", width=14),
    Field(
        "email", N_("Mail address"), 64, is_needed=True, example="hanxue@example.cn", width=28,
        note=N_("The judge signs in with it. A judge who is in the pool already is found by it."),
    ),
    Field("institution", N_("Institution"), 120, is_needed=True, example="云川市质量协会", width=32),
    Field("title", N_("Professional title"), 80, example="高级工程师", note=_STAYS),
    Field("speciality", N_("Speciality"), 80, example="管理", note=_STAYS),
    Field("region", N_("Region"), 80, example="云川市", note=_STAYS),
    Field(
        "last_day", N_("Last day of the appointment"), 11, is_day=True, example="2030-12-31", width=24,
        note=N_(
            "Left empty, a new judge's appointment runs as long as the authority's rounds; a judge who is in the pool already "
            "keeps the day that is stored."
        ),
    ),
)  # fmt: skip


def plan_import(session: Session, actor: Actor, authority: Authority, lines: Sequence[Line]) -> Plan:
    """Holds lines against the present pool and changes nothing. Raises Refused for anybody but the authority's office."""
    require_office(actor, authority)
    today = authority.day_of(clock.now(session))
    whom = _found(session, authority, lines)
    faults = [*twice(FIELDS, lines, "email"), *_same_judge(lines, whom)]
    for line in lines:
        faults += _faults(session, actor, line, whom[line.number], today)
    return Plan(tuple(_change(line, whom[line.number]) for line in lines if not line.wrong), tuple(faults))


def apply_import(session: Session, actor: Actor, authority: Authority, lines: Sequence[Line], now: datetime) -> Plan:
    """Does what plan_import says, all of it or nothing; one record for every judge added or changed.

    Raises Refused for anybody but the authority's office, Invalid with every fault by its cell.
    """
    plan = plan_import(session, actor, authority, lines)
    if plan.faults:
        raise Invalid(list(plan.faults))
    whom = _found(session, authority, lines)
    for line in lines:
        member = whom[line.number].member
        with in_row(FIELDS, line):
            if member is None:
                add_by_hand(session, actor, authority, line.values["name"], _email(line), _facts(line), now)
            else:
                change_judge(session, actor, authority, member, _facts(line, member), now)
    return plan


@dataclass(frozen=True)
class _Whom:
    """Whom a line means. person: the account of its address. member: him in the pool. is_unclear: several have the address."""

    person: Person | None = None
    member: PoolMember | None = None
    is_unclear: bool = False


def _found(session: Session, authority: Authority, lines: Sequence[Line]) -> Mapping[int, _Whom]:
    """Whom each line means, by its number: first the judge who alone in the pool has the address, then as signing in finds him."""
    members = queries.pool_of(session, authority.id)
    times = Counter(one.person.email for one in members)
    by_mail = {one.person.email: one for one in members if times[one.person.email] == 1}
    by_person = {one.person_id: one for one in members}
    return {line.number: _whom(session, _email(line), by_mail, by_person) for line in lines}


def _whom(
    session: Session, email: str, by_mail: Mapping[str, PoolMember], by_person: Mapping[int, PoolMember]
) -> _Whom:
    if email in by_mail:
        return _Whom(by_mail[email].person, by_mail[email])
    person = person_by_account(session, email) if email else None
    if person is None:
        return _Whom(is_unclear=bool(email) and has_namesakes(session, email))
    return _Whom(person, by_person.get(person.id))


def _same_judge(lines: Sequence[Line], whom: Mapping[int, _Whom]) -> list[FieldError]:
    """A fault for every line that means a person an earlier line means by another address."""
    seen: dict[int, Line] = {}
    faults = []
    for line in lines:
        person = whom[line.number].person
        first = line if person is None else seen.setdefault(person.id, line)
        if _email(first) != _email(line):
            text = N_("This address belongs to the person of row {row}. Leave one of the two rows out.")
            faults.append(FieldError(cell_of(FIELDS, line, "email"), text, {"row": first.number}))
    return faults


def _email(line: Line) -> str:
    return line.values["email"].lower()


def _facts(line: Line, member: PoolMember | None = None) -> Facts:
    """What a line says; what it leaves empty is as it is stored. member: None for a new judge."""
    stored = Facts("") if member is None else facts_of(member)
    said = {name: line.values[name] or getattr(stored, name) for name in ("institution", "title", "speciality", "region")}
    return Facts(**said, last_day=date.fromisoformat(text) if (text := line.values["last_day"]) else stored.last_day)


def _faults(session: Session, actor: Actor, line: Line, whom: _Whom, today: date) -> list[FieldError]:
    faults, member = [], whom.member
    last_day = _facts(line).last_day
    # What the pool says already is no fault: a list that was exported can come back as it is.
    if last_day is not None and last_day < today and (member is None or member.last_day != last_day):
        faults.append(FieldError(cell_of(FIELDS, line, "last_day"), DAY_OVER))
    if "email" not in line.wrong and (text := _wrong_address(session, actor, _email(line), whom)):
        faults.append(FieldError(cell_of(FIELDS, line, "email"), text))
    elif "name" not in line.wrong and whom.person is not None and whom.person.name != line.values["name"]:
        text = N_("The account of this address is in another name. Check the name and the mail address.")
        faults.append(FieldError(cell_of(FIELDS, line, "name"), text))
    return faults


def _wrong_address(session: Session, actor: Actor, email: str, whom: _Whom) -> str:
    """What is wrong with whom a line means, a msgid; nothing with a judge of the pool."""
    if not is_address(email):
        return NOT_AN_ADDRESS
    if whom.is_unclear:
        return N_("Several accounts have this address. Ask the person to enter an address of his own in his account.")
    if whom.member is None and whom.person is not None and not _may_judge(session, actor, whom.person):
        return N_("The account of this address cannot be a judge's.")
    return ""


def _may_judge(session: Session, actor: Actor, person: Person) -> bool:
    roles = actor_for(session, person, clock.now(session)).roles
    return person.id != actor.person_id and not roles & ADMINISTRATORS


def _change(line: Line, whom: _Whom) -> Change:
    member = whom.member
    if member is None:
        remark = N_("Has an account already and becomes a judge with it.") if whom.person is not None else ""
        return Change(line.number, "added", line.values["name"], _email(line), remark=remark)
    before, after = facts_of(member).as_map(), _facts(line, member).as_map()
    changes = tuple((key, before[key], after[key]) for key in after if before[key] != after[key])
    return Change(line.number, "changed" if changes else "same", member.person.name, _email(line), changes)
