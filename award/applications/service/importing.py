"""Applications that came to the office on paper, from a table: each becomes a draft of its organisation.

The office enters what the cover of the paper says and nothing else; the organisation's people find the draft once they act
for it, write in it and submit it themselves, because nobody but the owner hands an application in. Whom the paper names
with a mail address is told of it, and so is whoever acts for the organisation already.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from award.accounts.contact import NOT_A_PHONE, PHONE
from award.applications.facts import CONTACT, NAME_LENGTH, NOMINEE, WITH_NOMINEE, plain_value
from award.applications.letters import write_of_paper
from award.applications.models import Application
from award.applications.service.holding import note
from award.kernel import clock
from award.kernel.actor import Action, Actor
from award.kernel.errors import Conflict, FieldError, Invalid
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.kernel.mail.service import NOT_AN_ADDRESS, is_address
from award.kernel.sheets.importing import Change, Field, Line, Plan, cell_of, spoken_value
from award.organisations.credit_code import check_credit_code
from award.organisations.importing import enter_in_register, known_by_code
from award.organisations.models import Organisation
from award.policy import require
from award.regulations.model import CategoryRules, Scheme
from award.rounds.models import Round
from award.rounds.queries import dates_of, guarded_stage, stage_now, standing_in
from award.stages import Kind, StageNow

_STATED = ("contact_name", "contact_phone", "contact_email", "contact_address")
"""Columns that are facts of the application, under their own names."""

_ENTERED = Field(
    NOMINEE, N_("Individual or team"), NAME_LENGTH, width=24,
    note=N_("The name, where the category is for individuals or teams; left empty where it is for organisations."),
)  # fmt: skip


def fields_of(scheme: Scheme) -> tuple[Field, ...]:
    """The columns, with the categories and sectors of the round to choose from; whom it enters where one is not for organisations."""
    categories = tuple((one.key, one.name) for one in scheme.categories)
    sectors = {key: name for one in scheme.categories for key, name in one.sectors.items()}
    return (
        Field(
            "credit_code", N_("Unified social credit code"), 24, is_needed=True, example="91350100M000100Y43", width=24,
            note=N_("The organisation has to be registered. One that is not is imported as an organisation first."),
        ),
        Field("name", N_("Name of the organisation"), 120, is_needed=True, example="云川样例制造有限公司", width=36,
              note=N_("As it is registered; so a mistyped code is noticed.")),
        Field("category", N_("Category"), 80, is_needed=True, choices=categories, example=categories[0][0]),
        Field("sector", N_("Sector"), 80, choices=tuple(sectors.items()), example=next(iter(sectors), ""),
              note=N_("Where the category has sectors.")),
        Field("received_on", N_("Received on"), 11, is_needed=True, is_day=True, example="2026-04-02", width=14,
              note=N_("The day the paper came to the office.")),
        Field("contact_name", N_("Contact person"), 80, is_needed=True, example="林秋", width=14),
        Field("contact_phone", N_("Telephone"), 25, is_telephone=True, example="0552-3001234"),
        Field("contact_email", N_("Mail address"), 64, example="linqiu@example.cn", width=28),
        Field("contact_address", N_("Postal address"), 200, example="云川市高新区一号", width=36),
        *((_ENTERED,) if any(one.key in WITH_NOMINEE for one in scheme.categories) else ()),
    )  # fmt: skip


def plan_import(session: Session, actor: Actor, round_: Round, lines: Sequence[Line]) -> Plan:
    """Holds lines against the round and the register and changes nothing.

    Raises Refused outside the stage of applications and for anybody but the office, Conflict while the round is not open.
    """
    now = clock.now(session)
    require_enter(actor, round_, stage_now(round_, now))
    return _checked(session, round_, lines, now).plan


def apply_import(session: Session, actor: Actor, round_: Round, lines: Sequence[Line], now: datetime) -> Plan:
    """Does what plan_import says, all of it or nothing; one record for every application entered.

    Effects: a message to whom a line names with a mail address, and to everybody who acts for its organisation already.

    Raises as plan_import does, Invalid with every fault by its cell.
    """
    stage = guarded_stage(session, round_, now)
    require_enter(actor, round_, stage)
    checked = _checked(session, round_, lines, now)
    if checked.plan.faults:
        raise Invalid(list(checked.plan.faults))
    entered = [
        _entered(round_, checked.known[change.detail], line, now)
        for line, change in zip(lines, checked.plan.changes, strict=True)
    ]
    session.add_all(entered)
    session.flush()
    ids = {one.organisation_id for one in entered}
    enter_in_register(session, round_.award.authority, sorted(ids), now)
    fields = fields_of(round_.scheme)
    for one, line in zip(entered, lines, strict=True):
        _note(session, actor, one, line, stage)
        write_of_paper(session, one, _spoken(fields, line), now)
    return checked.plan


def _spoken(fields: Sequence[Field], line: Line) -> list[tuple[str, object]]:
    """What a line enters, by the titles of its columns."""
    return [(one.title, spoken_value(one, line.values[one.name])) for one in fields if line.values[one.name]]


def require_enter(actor: Actor, round_: Round, stage: StageNow) -> None:
    """Raises as plan_import does."""
    require(Action.APPLICATION_ENTER, stage, standing_in(actor, round_))
    if round_.state != "open":
        raise Conflict("round.not_open", N_("This round takes no applications now."))


@dataclass(frozen=True)
class _Checked:
    """A plan, and the organisations it names by their codes."""

    plan: Plan
    known: Mapping[str, Organisation]


def _checked(session: Session, round_: Round, lines: Sequence[Line], now: datetime) -> _Checked:
    scheme, day_of = round_.scheme, round_.award.authority.day_of
    opens_at = dates_of(round_)[Kind.APPLY][0]
    days = (day_of(opens_at) if opens_at else date.min, day_of(now))
    fields = fields_of(scheme)
    rules: Mapping[str, CategoryRules] = {one.key: one for one in scheme.categories}
    codes = {one.number: _code(one) for one in lines}
    known = known_by_code(session, list(codes.values()))
    query = select(Application.organisation_id, Application.category).where(Application.round_id == round_.id)
    there = {(row[0], row[1]) for row in session.execute(query)}
    faults, seen = [], dict[tuple[str, str], int]()
    for line in lines:
        code, category = codes[line.number], line.values["category"]
        organisation = known.get(code)
        found = _faults_of_who(organisation, line, organisation is not None and (organisation.id, category) in there)
        found |= _faults_of_what(rules.get(category), line)
        faults += [FieldError(cell_of(fields, line, name), text) for name, text in found.items()]
        faults += _wrong_day(fields, line, days)
        first = seen.setdefault((code, category), line.number) if code and category else line.number
        if first != line.number:
            text = N_("The same stands in row {row} already. Keep one of the two.")
            faults.append(FieldError(cell_of(fields, line, "credit_code"), text, {"row": first}))
    changes = [
        Change(one.number, "added", one.values["name"], codes[one.number], _told(one)) for one in lines if not one.wrong
    ]
    return _Checked(Plan(tuple(changes), tuple(faults)), known)


def _told(line: Line) -> tuple[tuple[str, str, str], ...]:
    """What the application will say besides whose it is: nothing stood there before."""
    told = ("category", NOMINEE, "sector", "received_on", *_STATED)
    return tuple((key, "", line.values[key]) for key in told if line.values.get(key))


def _code(line: Line) -> str:
    """The code as the register has it; one that cannot be right as it stands, for it is in no register."""
    try:
        return check_credit_code(line.values["credit_code"])
    except Invalid:
        return line.values["credit_code"]


def _faults_of_who(organisation: Organisation | None, line: Line, is_there: bool) -> dict[str, str]:
    """What is wrong with whom a line names, by field."""
    if "credit_code" in line.wrong:
        return {}
    if organisation is None:
        return {"credit_code": N_("No organisation with this code is registered. Import the organisation first, then this table.")}
    if is_there:
        return {"credit_code": N_("This organisation has an application in this category already. Leave the line out.")}
    if organisation.name != line.values["name"] and "name" not in line.wrong:
        return {"name": N_("The organisation of this code is registered under another name. Check code and name.")}
    return {}


def _wrong_day(fields: Sequence[Field], line: Line, days: tuple[date, date]) -> list[FieldError]:
    """days: the first on which applications are taken, and today."""
    received = date.fromisoformat(line.values["received_on"]) if line.values["received_on"] else days[1]
    if days[0] <= received <= days[1]:
        return []
    text = N_("This day is still to come. Enter the day the paper came to the office.")
    if received < days[0]:
        text = N_("Applications are taken from {day} on. Enter the day the paper came to the office.")
    return [FieldError(cell_of(fields, line, "received_on"), text, {"day": days[0]})]


def _faults_of_what(rules: CategoryRules | None, line: Line) -> dict[str, str]:
    """What is wrong with the rest of a line, by field. rules: None where its category cannot be read."""
    found, contact = {}, _contact(line)
    if rules is not None and "sector" not in line.wrong and line.values["sector"] not in (rules.sectors or {""}):
        found["sector"] = N_("Choose a sector of this category.") if rules.sectors else N_("This category has no sectors. Leave it empty.")
    if rules is not None and NOMINEE not in line.wrong and (text := _wrong_nominee(rules.key, line.values.get(NOMINEE, ""))):
        found[NOMINEE] = text
    if contact["contact_phone"] and not PHONE.fullmatch(contact["contact_phone"]):
        found["contact_phone"] = NOT_A_PHONE
    if contact["contact_email"] and not is_address(contact["contact_email"]):
        found["contact_email"] = NOT_AN_ADDRESS
    return found


def _wrong_nominee(category: str, name: str) -> str:
    """What is wrong with whom an application of a category enters, a msgid."""
    if category in WITH_NOMINEE:
        return "" if name else N_("This category is for individuals or teams. Enter the name of the one who applies.")
    return N_("This category is for organisations. Leave it empty.") if name else ""


def _contact(line: Line) -> dict[str, str]:
    return {key: plain_value(CONTACT[key], line.values[key]) for key in _STATED}


def _entered(round_: Round, organisation: Organisation, line: Line, now: datetime) -> Application:
    stated = {NOMINEE: line.values.get(NOMINEE, ""), **_contact(line)}
    profile = {key: value for key, value in stated.items() if value}
    return Application(
        round=round_, organisation=organisation, category=line.values["category"], sector=line.values["sector"],
        profile=profile, state="draft", profile_version=1, contact_person_id=None, started_at=now,
    )  # fmt: skip


def _note(session: Session, actor: Actor, application: Application, line: Line, stage: StageNow) -> None:
    content = {
        "organisation": application.organisation.public_id, "category": application.category, "sector": application.sector,
        "received_on": line.values["received_on"], "fields": application.profile, "contact": None,
    }  # fmt: skip
    note(session, actor, Event.APPLICATION_STARTED, application, stage, content)
