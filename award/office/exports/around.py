"""The lists outside of any round: the rounds, the pool of judges, organisations, people, the calendar of working days."""

import re
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from award.accounts.queries import names_of
from award.administration.queries import last_seen, people, people_in_care, roles_of
from award.kernel.actor import Role
from award.kernel.errors import Invalid, Refused
from award.kernel.i18n import N_
from award.kernel.sheets.tables import Column, Kind, Table
from award.kernel.web.rendering import DEFAULT_ZONE
from award.office.exports.asked import Answer, Asked, Export
from award.office.exports.in_round import answer, round_of
from award.office.permissions import stages_of
from award.office.words import PEOPLE
from award.organisations.queries import (
    acting_in_register,
    claims_for_office,
    claims_in_register,
    offices_of,
    register_of,
)
from award.panels.pages.pool import authority_of
from award.panels.queries import found_in_pool
from award.regulations.loader import shipped_schemes
from award.rounds.queries import days_of, rounds_of, stage_of, title_of
from award.rounds.service.holidays import YEARS
from award.stages import DEADLINE_BOUND
from award.words import ACTIONS, WORDS


def _require_office(asked: Asked) -> None:
    """What the guard of these pages says to a supervisor."""
    if Role.AWARD_OFFICE not in asked.actor.roles:
        raise Refused(
            "role.missing", N_("Your account has no role for this page. The award office can tell you which.")
        )


def _pool(asked: Asked) -> Answer:
    _require_office(asked)
    authority = authority_of(asked.session, asked.actor, asked.get("authority"), asked.get("round"))
    columns = (
        Column(asked.say(N_("Full name"))), Column(asked.say(N_("Mail address")), width=28), Column(asked.say(N_("Institution")), width=32),
        Column(asked.say(N_("Professional title"))), Column(asked.say(N_("Speciality"))), Column(asked.say(N_("Region"))),
        Column(asked.say(N_("Last day of the appointment")), Kind.DAY, 22), Column(asked.say(N_("State"))),
    )  # fmt: skip
    rows = [
        (one.person.name, one.person.email, one.institution, one.title, one.speciality, one.region, one.last_day,
         asked.say(N_("Available")) if one.is_active else asked.say(N_("Resting")))
        for one in found_in_pool(asked.session, authority.id, asked.get("q"))
    ]  # fmt: skip
    return Answer(Table(columns, rows, len(rows), authority.zone, len(rows)), asked.tell(authority.name))


def _organisations(asked: Asked) -> Answer:
    """The register as its page has it."""
    _require_office(asked)
    found, total = register_of(asked.session, asked.actor, asked.get("q").strip())
    acting, claims = acting_in_register(asked.session, asked.actor), claims_in_register(asked.session, asked.actor)
    columns = (
        Column(asked.say(N_("Organisation")), width=32), Column(asked.say(N_("English name")), width=32),
        Column(asked.say(N_("Unified social credit code")), width=22), Column(asked.say(N_("Established on")), Kind.DAY),
        Column(asked.say(N_("Address")), width=40), Column(asked.say(N_("Acts for it")), width=24), Column(asked.say(N_("Claims"))),
    )  # fmt: skip
    rows = [
        (one.name, one.name_en, one.credit_code, one.established_on, one.address, "、".join(acting.get(one.id, ())),
         "、".join(asked.word("claim", claim.state) for claim in claims.get(one.id, ())))
        for one in found
    ]  # fmt: skip
    named = {name for one in found for name in acting.get(one.id, ())}
    return Answer(Table(columns, rows, total, DEFAULT_ZONE, len(named)), "")


def _claims(asked: Asked) -> Answer:
    _require_office(asked)
    state = asked.get("state")
    found = claims_for_office(asked.session, asked.actor, state if state in WORDS["claim"] else "")
    names = names_of(asked.session, [one.person_id for one in found])
    columns = (
        Column(asked.say(N_("Organisation")), width=32), Column(asked.say(N_("Unified social credit code")), width=22),
        Column(asked.say(N_("Claimed by"))), Column(asked.say(N_("Claimed")), Kind.MOMENT), Column(asked.say(N_("State"))),
        Column(asked.say(N_("Decided")), Kind.MOMENT),
    )  # fmt: skip
    rows = [
        (one.organisation.name, one.organisation.credit_code, names[one.person_id], one.made_at, asked.word("claim", one.state),
         one.decided_at)
        for one in found
    ]  # fmt: skip
    return Answer(Table(columns, rows, len(rows), DEFAULT_ZONE, len(names)), "")


def _rounds(asked: Asked) -> Answer:
    """The rounds as their page has them: also for a supervisor."""
    columns = (
        Column(asked.say(N_("Round")), width=40), Column(asked.say(N_("Authority")), width=28), Column(asked.say(N_("Year")), Kind.WHOLE),
        Column(asked.say(N_("Status"))), Column(asked.say(N_("Present stage")), width=24), Column(asked.say(N_("Ends")), Kind.MOMENT),
    )  # fmt: skip
    rows = []
    for one in rounds_of(asked.session, asked.actor):
        stage = stage_of(one)
        title = one.scheme.stage(stage.kind).title
        rows.append(
            (asked.tell(title_of(one)), asked.tell(one.award.authority.name), one.year, asked.word("round", one.state),
             asked.tell(title), stage.closes_at)
        )  # fmt: skip
    return Answer(Table(columns, rows, len(rows), DEFAULT_ZONE), "")


def _people(asked: Asked) -> Answer:
    _require_office(asked)
    offices = offices_of(asked.actor)
    found = people_in_care(asked.session, asked.actor, asked.get("q").strip())
    seen, roles = last_seen(asked.session, found), roles_of(asked.session, found, asked.now, named=offices)
    columns = (
        Column(asked.say(N_("Full name"))), Column(asked.say(N_("Mail address")), width=28), Column(asked.say(N_("Roles")), width=32),
        Column(asked.say(N_("Last here")), Kind.MOMENT),
    )  # fmt: skip
    rows = []
    for one in found:
        held = [role.role for role in roles[one.id] if role.place or role.role == Role.APPLICANT]
        rows.append((one.name, one.email, _roles(asked, held), seen.get(one.id)))
    return Answer(Table(columns, rows, len(rows), DEFAULT_ZONE, len(rows)), "")


def _accounts(asked: Asked) -> Answer:
    """Asked for behind the administrators' door only."""
    found, _ = people(asked.session, asked.get("q").strip(), 1, size=None)
    seen, roles = last_seen(asked.session, found), roles_of(asked.session, found, asked.now)
    columns = (
        Column(asked.say(N_("Full name"))), Column(asked.say(N_("Sign-in name")), width=28), Column(asked.say(N_("Roles")), width=32),
        Column(asked.say(N_("Last here")), Kind.MOMENT),
    )  # fmt: skip
    rows = [
        (one.name, one.username, _roles(asked, [role.role for role in roles[one.id]]), seen.get(one.id))
        for one in found
    ]
    return Answer(Table(columns, rows, len(rows), DEFAULT_ZONE, len(rows)), "")


def _roles(asked: Asked, roles: list[Role]) -> str:
    return "、".join(asked.word("role", role) for role in sorted(set(roles)))


def _workdays(asked: Asked) -> Answer:
    year = _year(asked)
    columns = (
        Column(asked.say(N_("Date")), Kind.DAY),
        Column(asked.say(N_("What it is"))),
        Column(asked.say(N_("Name"))),
    )
    rows = [
        (one.day, asked.say(N_("working day")) if one.is_workday else asked.say(N_("holiday")), one.name)
        for one in days_of(asked.session, year)
    ]
    return Answer(Table(columns, rows, len(rows), DEFAULT_ZONE), str(year))


def _year(asked: Asked) -> int:
    """The year asked for, the present one where none is. Raises Invalid for what is no year of the calendar."""
    text = asked.get("year") or str(asked.now.year)
    if not re.fullmatch(r"\d{4}", text, re.ASCII) or int(text) not in YEARS:
        raise Invalid.one("year", N_("The calendar has the years 2000 to 2100. Choose one of them."))
    return int(text)


def _permissions(asked: Asked) -> Answer:
    """The page row by row, each stage with all its acts; of one round's award where a round is named."""
    round_ = round_of(asked) if asked.get("round") else None
    columns = (
        Column(asked.say(N_("Stage")), width=28), Column(asked.say(N_("Act")), width=44), Column(asked.say(N_("Who")), width=60),
        Column(asked.say(N_("Deadline")), width=24),
    )  # fmt: skip
    rows = [
        (asked.tell(one.title) or asked.say(one.stage.title), asked.say(ACTIONS[act]),
         "、".join(asked.say(PEOPLE[who]) for who in sorted(one.grants[act])),
         asked.say(N_("by the server's clock")) if act in DEADLINE_BOUND else "")
        for one in stages_of(round_.scheme if round_ else None)
        for act in sorted(one.grants)
    ]  # fmt: skip
    if round_ is None:
        return Answer(Table(columns, rows, len(rows), DEFAULT_ZONE), "")
    return answer(asked, round_, columns, rows)


def _schemes(asked: Asked) -> Answer:
    columns = (
        Column(asked.say(N_("Scheme")), width=40), Column(asked.say(N_("Authority")), width=28), Column(asked.say(N_("Edition"))),
        Column(asked.say(N_("Categories")), width=40), Column(asked.say(N_("Stages")), Kind.WHOLE),
        Column(asked.say(N_("Number of values")), Kind.WHOLE), Column(asked.say(N_("Assumed values")), Kind.WHOLE),
    )  # fmt: skip
    rows = [
        (asked.tell(one.name), asked.tell(one.authority), one.edition, "、".join(asked.tell(category.name) for category in one.categories),
         len(one.stages), len(one.sources), len(one.assumed))
        for one in shipped_schemes().values()
    ]  # fmt: skip
    return Answer(Table(columns, rows, len(rows), DEFAULT_ZONE), "")


def _at(path: str, *names: str) -> Callable[[Mapping[str, str]], str]:
    def url(filters: Mapping[str, str]) -> str:
        asked = {name: filters[name] for name in names if filters.get(name)}
        return f"{path}?{urlencode(asked)}" if asked else path

    return url


EXPORTS = (
    Export(
        "judges", N_("Pool of judges"), ("authority", "round", "q"), _at("/office/judges", "authority", "round"), _pool
    ),
    Export("organisations", N_("Organisations"), ("q",), _at("/office/organisations", "q"), _organisations),
    Export("claims", N_("Claims of organisations"), ("state",), _at("/office/claims"), _claims),
    Export("rounds", N_("All rounds"), (), _at("/office"), _rounds),
    Export("people", N_("People"), ("q",), _at("/office/people"), _people),
    Export("accounts", N_("People with an account"), ("q",), _at("/admin/people"), _accounts, "admin"),
    Export("workdays", N_("Working days"), ("year",), _at("/office/calendar", "year"), _workdays),
    Export("schemes", N_("Schemes"), (), _at("/office/schemes"), _schemes),
    Export("permissions", N_("Who may do what"), ("round",), _at("/office/permissions", "round"), _permissions),
)
