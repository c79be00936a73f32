"""The ranking of a category, and the score sheets behind it with the percentage of every item."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Select, func, select

from award.accounts.models import Person
from award.applications.facts import NOMINEE
from award.applications.models import SHARING, Application, entrant_of
from award.applications.queries import is_barred
from award.judging.models import Sheet
from award.judging.pages.returned import BY
from award.judging.returns import returns_in
from award.kernel.actor import Action
from award.kernel.errors import Conflict, NotFound
from award.kernel.i18n import N_
from award.kernel.sheets.tables import Column, Kind, Table
from award.office.exports.asked import Answer, Asked, Export, points_of, streamed
from award.office.exports.in_round import answer, page_of, round_of
from award.organisations.models import Organisation
from award.policy import Decision, decide, enforce
from award.results.pages.desk import desk_of
from award.results.pages.ranking import left_behind_of, shown_ranking
from award.results.pages.shown import rows_of
from award.results.queries import closed_gates
from award.rounds.models import Round
from award.rounds.queries import criteria_of, stage_now, standing_in, title_of
from award.standing.models import Assignment


def _ranking(asked: Asked) -> Answer:
    desk = desk_of(asked.session, asked.actor, asked.get("round"), "results", asked.get("category"))
    enforce(desk.may(Action.RESULT_READ))
    if not desk.decision and closed_gates(asked.session, desk.round, desk.category):
        raise Conflict("gate.closed", N_("Ranks can be seen once all score sheets of the category are in."))
    proposal = desk.proposal
    lines = {line.application.public_id: line for line in proposal.lines} if proposal and desk.decision else {}
    columns = (
        Column(asked.say(N_("Rank")), Kind.WHOLE, 8), Column(asked.say(N_("Applicant")), width=32), Column(asked.say(N_("Number"))),
        Column(asked.say(N_("Sector"))), Column(asked.say(N_("Total (of 1000)")), Kind.HUNDREDTHS), Column(asked.say(N_("Tied"))),
        Column(asked.say(N_("Proposed"))), Column(asked.say(N_("Reason")), width=40), Column(asked.say(N_("Decided"))),
        Column(asked.say(N_("Reason for deviating")), width=40),
    )  # fmt: skip
    ranking = shown_ranking(desk)
    published = {one.public_id: one.published for one in ranking.lines}
    rows = [
        (one.rank, one.name, one.number, asked.tell(one.sector), published[one.public_id], asked.say(N_("Yes")) if one.is_tied else "",
         asked.tell(one.grade), asked.say(one.reason), asked.tell(one.decided), one.deviation)
        for one in rows_of(desk.scheme, ranking, lines, desk.hidden, desk.criteria.total * 100)
    ]  # fmt: skip
    return answer(asked, desk.round, columns, rows)


def _left_behind(asked: Asked) -> Answer:
    """Which applications of a category a stage on paper left out, as the page of the ranking has them."""
    desk = desk_of(asked.session, asked.actor, asked.get("round"), "results", asked.get("category"))
    enforce(desk.may(Action.RESULT_READ))
    columns = (
        Column(asked.say(N_("Applicant")), width=32), Column(asked.say(N_("Number"))), Column(asked.say(N_("Stage"))),
        Column(asked.say(N_("Reason")), width=60),
    )  # fmt: skip
    rows = [(one.entrant, one.number, asked.tell(stage), reason) for one, stage, reason in left_behind_of(desk)]
    return answer(asked, desk.round, columns, rows)


def _may_read(asked: Asked, round_: Round) -> Decision:
    """Sheets of an application whose gate is open; the others are left out by the query."""
    standing = replace(standing_in(asked.actor, round_), gate_open=True)
    return decide(Action.SHEETS_READ, stage_now(round_, asked.now), standing)


def _sheets(asked: Asked) -> Answer:
    """Every sheet in force of the applications all of whose sheets are in, read portion by portion."""
    round_ = round_of(asked)
    enforce(_may_read(asked, round_))
    categories: list[str] = [one.key for one in round_.scheme.categories]
    category = asked.get("category") or categories[0]
    if category not in categories:
        raise NotFound
    items = list(criteria_of(asked.session, round_, category).items())
    query = _valid(asked, round_, category)
    found = query.with_only_columns(Sheet.person_id).order_by(None).subquery()
    count, persons = asked.session.execute(
        select(func.count(), func.count(found.c.person_id.distinct())).select_from(found)
    ).one()
    columns = (
        Column(asked.say(N_("Applicant")), width=32), Column(asked.say(N_("Number"))), Column(asked.say(N_("Judge"))),
        Column(asked.say(N_("Submitted")), Kind.MOMENT), Column(asked.say(N_("Total")), Kind.HUNDREDTHS, 10),
        *(Column(f"{one.key} {asked.tell(one.name)} (%)", Kind.WHOLE, 12) for one in items),
    )  # fmt: skip
    keys = [one.key for one in items]
    rows = (
        (entrant_of(nominee, name), *head, points_of(total), *map(marks.get, keys))
        for nominee, name, *head, total, marks in streamed(asked.session, query)
    )
    table = Table(columns, rows, count, round_.award.authority.zone, persons)
    return Answer(table, asked.tell(title_of(round_)), round_.public_id)


def _valid(
    asked: Asked, round_: Round, category: str
) -> Select[str | None, str, str | None, str, datetime | None, int | None, dict[str, int]]:
    return (
        select(
            Application.profile[NOMINEE].as_string(), Organisation.name, Application.number, Person.name, Sheet.submitted_at,
            Sheet.total_hundredths, Sheet.marks,
        )
        .join(Application, Application.id == Sheet.application_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .join(Assignment, Assignment.id == Sheet.assignment_id)
        .join(Person, Person.id == Sheet.person_id)
        .where(
            Application.round_id == round_.id, Application.category == category, Application.state.in_(SHARING),
            Application.gate_opened_at.is_not(None), ~is_barred(asked.actor),
            Assignment.state == "active", Sheet.state == "submitted",
        )
        .order_by(Organisation.name, Application.id, Sheet.id)
    )  # fmt: skip


def _returns(asked: Asked) -> Answer:
    """Every return as the page has it; what changed only where the values are open to whoever takes it out."""
    round_ = round_of(asked)
    columns = (
        Column(asked.say(N_("Judge"))), Column(asked.say(N_("Returns of this judge")), Kind.WHOLE),
        Column(asked.say(N_("Applicant")), width=32), Column(asked.say(N_("Number"))),
        Column(asked.say(N_("Version returned")), Kind.WHOLE), Column(asked.say(N_("Returned")), Kind.MOMENT),
        Column(asked.say(N_("Returned by"))), Column(asked.say(N_("In the part of"))), Column(asked.say(N_("Reason")), width=60),
        Column(asked.say(N_("Submitted again"))), Column(asked.say(N_("Total before")), Kind.HUNDREDTHS),
        Column(asked.say(N_("Total after")), Kind.HUNDREDTHS), Column(asked.say(N_("Change of the total")), Kind.HUNDREDTHS),
    )  # fmt: skip
    found = returns_in(asked.session, asked.actor, round_, asked.now)
    rows = [
        (
            one.judge, len(all_), one.entrant, one.number, one.version, one.returned_at, one.returner, asked.say(BY[one.by]), one.reason,
            asked.say(N_("Yes")) if one.is_in_again else asked.say(N_("No")),
            *((points_of(was.before), points_of(was.after), points_of(was.after - was.before)) if (was := one.change) else (None,) * 3),
        )
        for all_ in found.values()
        for one in all_
    ]  # fmt: skip
    return answer(asked, round_, columns, rows, len(found))


EXPORTS = (
    Export("ranking", N_("Ranking"), ("round", "category"), page_of("/results"), _ranking),
    Export("left_behind", N_("Left out before the ranking"), ("round", "category"), page_of("/results"), _left_behind),
    Export("returns", N_("Returned sheets"), ("round",), page_of("/returns"), _returns),
    Export("sheets", N_("Score sheets"), ("round", "category"), page_of("/results"), _sheets),
)
