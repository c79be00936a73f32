"""The register from a table: organisations the office enters before they come themselves."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from award.kernel import clock
from award.kernel.actor import Actor, Role, Scope
from award.kernel.audit.trail import ADMIN, record
from award.kernel.errors import FieldError, Invalid, Refused
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.kernel.sheets.importing import Change, Field, Line, Plan, cell_of, twice
from award.organisations.credit_code import check_credit_code
from award.organisations.models import Claim, Organisation, RegisterEntry
from award.organisations.queries import REFUSED
from award.rounds.models import Authority

_STAYS = N_("Left empty, an organisation that is registered already keeps what is stored.")
FIELDS = (
    Field(
        "credit_code", N_("Unified social credit code"), 24, is_needed=True, example="91350100M000100Y43", width=24,
        note=N_("18 characters, as on the licence. An organisation that is registered already is found by it."),
    ),
    Field("name", N_("Name of the organisation"), 120, is_needed=True, example="云川样例制造有限公司", width=36),
    Field("name_en", N_("English name"), 160, width=36, note=_STAYS),
    Field("established_on", N_("Established on"), 11, is_day=True, example="1998-06-18", note=_STAYS),
    Field("address", N_("Address"), 200, example="云川市高新区一号", width=40, note=_STAYS),
)  # fmt: skip
FACTS = ("name", "name_en", "established_on", "address")
OLDEST = date(1600, 1, 1)
"""Nothing that is registered is older; a year typed with a digit too few is."""
AT_ONCE = 500
"""Codes looked up in one query."""


def plan_import(session: Session, actor: Actor, authority: Authority, lines: Sequence[Line]) -> Plan:
    """Holds lines against the register and changes nothing. An empty cell leaves what is known.

    What another authority alone has to do with is not changed from here, and not told.
    Raises Refused for anybody but the authority's office.
    """
    require_office(actor, authority)
    faults, checked = [], []
    for line in lines:
        if "credit_code" in line.wrong:
            continue
        try:
            checked.append(
                replace(line, values={**line.values, "credit_code": check_credit_code(line.values["credit_code"])})
            )
        except Invalid as error:
            faults += [FieldError(cell_of(FIELDS, line, "credit_code"), one.text, one.params) for one in error.errors]
    faults += _wrong_days(lines, authority.day_of(clock.now(session)))
    faults += twice(FIELDS, checked, "credit_code")
    known = known_by_code(session, [one.values["credit_code"] for one in checked])
    ties = _ties(session, authority, [one.id for one in known.values()])
    changes = []
    for line in checked:
        one = known.get(line.values["credit_code"])
        change = _change(line, one, is_new=one is None or one.id not in ties.listed)
        if change.kind == "changed" and one is not None and one.id in ties.elsewhere:
            text = N_("This organisation is registered with other facts, and not by your office. Leave the line out.")
            faults.append(FieldError(cell_of(FIELDS, line, "name"), text))
        elif not line.wrong:
            changes.append(change)
    return Plan(tuple(changes), tuple(faults))


def _wrong_days(lines: Sequence[Line], today: date) -> list[FieldError]:
    return [
        FieldError(cell_of(FIELDS, line, "established_on"), N_("Enter a day from 1600 on and not one to come."))
        for line in lines
        if (text := line.values["established_on"]) and not OLDEST <= date.fromisoformat(text) <= today
    ]


def apply_import(session: Session, actor: Actor, authority: Authority, lines: Sequence[Line], now: datetime) -> Plan:
    """Does what plan_import says, all of it or nothing; one record for every organisation entered or changed.

    Raises Refused for anybody but the authority's office, Invalid with every fault by its cell.
    """
    plan = plan_import(session, actor, authority, lines)
    if plan.faults:
        raise Invalid(list(plan.faults))
    known = known_by_code(session, [one.detail for one in plan.changes])
    entered = [
        _entered(line, change.detail, now)
        for line, change in zip(lines, plan.changes, strict=True)
        if change.detail not in known
    ]
    session.add_all(entered)
    session.flush()
    added = [known[one.detail] for one in plan.changes if one.kind == "added" and one.detail in known]
    for one in (*entered, *added):
        content = {"credit_code": one.credit_code, **_facts(one), "authority": authority.public_id}
        record(session, actor, Event.ORGANISATION_REGISTERED, f"organisation:{one.public_id}", ADMIN, content)
    for change in plan.changes:
        if change.kind == "changed":
            _alter(session, actor, authority, known[change.detail], change)
    touched = {known[one.detail].id for one in plan.changes if one.kind != "same" and one.detail in known}
    enter_in_register(session, authority, [one.id for one in entered], now, is_first=True)
    enter_in_register(session, authority, sorted(touched), now)
    return plan


def enter_in_register(
    session: Session, authority: Authority, ids: Sequence[int], now: datetime, *, is_first: bool = False
) -> None:
    """The authority's office finds the organisations in its register from now on; those that stand there stay as they are."""
    there: set[int] = set()
    for part in _parts(ids):
        query = select(RegisterEntry.organisation_id).where(RegisterEntry.organisation_id.in_(part))
        there |= set(session.scalars(query.where(RegisterEntry.authority_id == authority.id)))
    session.add_all(
        RegisterEntry(organisation_id=one, authority_id=authority.id, is_first=is_first, entered_at=now)
        for one in ids
        if one not in there
    )
    session.flush()


def require_office(actor: Actor, authority: Authority) -> None:
    """Raises Refused for anybody but the office of the authority."""
    if not actor.has(Role.AWARD_OFFICE, Scope.AUTHORITY, authority.id):
        raise Refused("role.cannot", N_("Only the award office of this authority enters organisations."))


def known_by_code(session: Session, codes: Sequence[str]) -> dict[str, Organisation]:
    """The organisations of the register with one of the codes, by code."""
    found: dict[str, Organisation] = {}
    for part in _parts(codes):
        query = select(Organisation).where(Organisation.credit_code.in_(part))
        found |= {one.credit_code: one for one in session.scalars(query)}
    return found


@dataclass(frozen=True)
class _Ties:
    """Who has to do with organisations. listed: those of the office's own register. elsewhere: those that another authority
    alone may correct, because they came to it, or it entered them first, and did not come to this one.
    """

    listed: frozenset[int]
    elsewhere: frozenset[int]


def _ties(session: Session, authority: Authority, ids: Sequence[int]) -> _Ties:
    listed, own, others = set[int](), set[int](), set[int]()
    for part in _parts(ids):
        claims = select(Claim.organisation_id, Claim.authority_id, Claim.state != REFUSED)
        entries = select(RegisterEntry.organisation_id, RegisterEntry.authority_id, RegisterEntry.is_first)
        for query in (claims.where(Claim.organisation_id.in_(part)), entries.where(RegisterEntry.organisation_id.in_(part))):
            for organisation_id, authority_id, counts in session.execute(query):
                if authority_id == authority.id:
                    listed.add(organisation_id)
                if counts:
                    (own if authority_id == authority.id else others).add(organisation_id)
    return _Ties(frozenset(listed), frozenset(others - own))


def _parts(values: Sequence[object]) -> Iterator[Sequence[object]]:
    return (values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE))


def _facts(one: Organisation) -> Mapping[str, str]:
    return {
        "name": one.name,
        "name_en": one.name_en,
        "established_on": str(one.established_on or ""),
        "address": one.address,
    }


def _change(line: Line, one: Organisation | None, *, is_new: bool) -> Change:
    """is_new: to the office's register; of one that is registered already nothing is told but that."""
    code, name = line.values["credit_code"], line.values["name"]
    changes = () if one is None else _alters(line, one)
    if changes:
        return Change(line.number, "changed", name, code, changes)
    return Change(line.number, "added" if is_new else "same", name, code)


def _alters(line: Line, one: Organisation) -> tuple[tuple[str, str, str], ...]:
    before = _facts(one)
    return tuple((key, before[key], after) for key in FACTS if (after := line.values[key]) and after != before[key])


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _entered(line: Line, code: str, now: datetime) -> Organisation:
    return Organisation(
        credit_code=code, name=line.values["name"], name_en=line.values["name_en"], address=line.values["address"],
        established_on=_day(line.values["established_on"]), registered_at=now,
    )  # fmt: skip


def _alter(session: Session, actor: Actor, authority: Authority, one: Organisation, change: Change) -> None:
    for key, _, after in change.changes:
        setattr(one, key, _day(after) if key == "established_on" else after)
    content = {"authority": authority.public_id, **{key: after for key, _, after in change.changes}}
    record(session, actor, Event.ORGANISATION_CHANGED, f"organisation:{one.public_id}", ADMIN, content)
