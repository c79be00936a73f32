"""The lists of a round: applications, panels, progress, outcomes, objections, certificates, stages, the trail."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import func, select

from award.accounts.queries import names_by_public_id
from award.applications.listing import Filters, list_for_office
from award.judging.progress import panels_in
from award.kernel.actor import Action
from award.kernel.audit.queries import records_of
from award.kernel.audit.trail import round_stream
from award.kernel.i18n import N_
from award.kernel.sheets.tables import Column, Kind, Table, Value
from award.office import outcomes
from award.office.event_words import EVENTS
from award.office.exports.asked import Answer, Asked, Export, points_of, streamed
from award.panels.queries import panels_of
from award.policy import require
from award.results.pages.shown import grade_names
from award.results.queries import objections_of
from award.results.wording import effect_of
from award.rounds.models import Round
from award.rounds.queries import calendar_of, round_for, stage_now, standing_in, title_of
from award.winners.queries import certificates_for, validity_of

EVERY = 1_000_000
"""More applications than a round can have."""


def page_of(path: str) -> Callable[[Mapping[str, str]], str]:
    """The address of a list's page, by the round among its filters."""
    return lambda filters: f"/office/rounds/{filters.get('round', '')}{path}"


def round_of(asked: Asked, action: Action = Action.ROUND_READ) -> Round:
    """The round the list is of. Raises NotFound or Refused as its page does."""
    round_ = round_for(asked.session, asked.actor, asked.get("round"))
    require(action, stage_now(round_, asked.now), standing_in(asked.actor, round_))
    return round_


def answer(
    asked: Asked, round_: Round, columns: Sequence[Column], rows: Sequence[Sequence[Value]], persons: int = 0
) -> Answer:
    """A list that fits in memory, as its page holds it."""
    table = Table(columns, rows, len(rows), round_.award.authority.zone, persons)
    return Answer(table, asked.tell(title_of(round_)), round_.public_id)


def _applications(asked: Asked) -> Answer:
    round_ = round_of(asked, Action.APPLICATION_LIST)
    filters = Filters(asked.get("q").strip()[:80], asked.get("state"), asked.get("sector"), asked.get("category"))
    found = list_for_office(asked.session, asked.actor, round_, filters, size=EVERY)
    scheme = round_.scheme
    categories: dict[str, str] = {one.key: asked.tell(one.name) for one in scheme.categories}
    sectors = {key: asked.tell(name) for one in scheme.categories for key, name in one.sectors.items()}
    columns = (
        Column(asked.say(N_("Applicant")), width=32), Column(asked.say(N_("Unified social credit code")), width=22),
        Column(asked.say(N_("Number"))), Column(asked.say(N_("Category"))), Column(asked.say(N_("Sector"))),
        Column(asked.say(N_("Submitted")), Kind.MOMENT), Column(asked.say(N_("State"))),
        Column(asked.say(N_("To be corrected until")), Kind.MOMENT), Column(asked.say(N_("Left out by"))),
    )  # fmt: skip
    titles = {one.kind: asked.tell(one.title) for one in scheme.stages}
    rows = [
        (one.name, one.credit_code, one.number, categories[one.category], sectors.get(one.sector, ""), one.submitted_at,
         asked.word(round_.words, one.state), one.correction_due_at if one.state == "correction" else None,
         titles[one.left_out_in] if one.state == "left_out" and one.left_out_in else "")
        for one in found.rows
    ]  # fmt: skip
    return answer(asked, round_, columns, rows)


def _yes(asked: Asked, fact: bool) -> str:
    return asked.say(N_("Yes")) if fact else asked.say(N_("No"))


def _assignments(asked: Asked) -> Answer:
    """One line for every seat; an application nobody is assigned to has one of its own."""
    round_ = round_of(asked)
    columns = (
        Column(asked.say(N_("Applicant")), width=32), Column(asked.say(N_("Number"))), Column(asked.say(N_("Judge"))),
        Column(asked.say(N_("Institution")), width=28), Column(asked.say(N_("Team leader"))),
        Column(asked.say(N_("Declaration signed"))),
    )  # fmt: skip
    rows: list[Sequence[Value]] = []
    people: set[int] = set()
    for one in panels_of(asked.session, asked.actor, round_):
        head = (one.application.entrant, one.application.number)
        people |= {seat.assignment.person_id for seat in one.seats}
        rows += [
            (*head, seat.name, seat.institution, _yes(asked, seat.assignment.is_leader), _yes(asked, seat.has_signed))
            for seat in one.seats
        ] or [(*head, "", "", "", "")]
    return answer(asked, round_, columns, rows, len(people))


def _progress(asked: Asked) -> Answer:
    """Counts only, as on the page: who has how much left is no value."""
    round_ = round_of(asked)
    size = round_.scheme.panel.size
    columns = (
        Column(asked.say(N_("Applicant")), width=32), Column(asked.say(N_("Number"))),
        Column(asked.say(N_("Sheets in")), Kind.WHOLE), Column(asked.say(N_("Sheets due")), Kind.WHOLE),
        Column(asked.say(N_("Declarations open")), Kind.WHOLE), Column(asked.say(N_("Sheets returned")), Kind.WHOLE),
        Column(asked.say(N_("Seats without a judge")), Kind.WHOLE), Column(asked.say(N_("Values can be seen"))),
    )  # fmt: skip
    rows = []
    for one in panels_in(asked.session, asked.actor, round_):
        states = [seat.state for seat in one.seats]
        rows.append((
            one.entrant, one.number, states.count("submitted"), max(size, len(states)),
            states.count("coi_pending"), states.count("returned"), max(0, size - len(states)),
            _yes(asked, one.gate_open),
        ))  # fmt: skip
    return answer(asked, round_, columns, rows)


def _outcomes(asked: Asked) -> Answer:
    """The stage its page shows, also one that is over; no row where nothing is held on paper."""
    round_ = round_of(asked)
    kinds = outcomes.stages_with_outcomes(asked.session, round_)
    kind = outcomes.stage_shown(round_, kinds, asked.get("stage"))
    columns = (
        Column(asked.say(N_("Applicant")), width=32), Column(asked.say(N_("Number"))), Column(asked.say(N_("Stage"))),
        Column(asked.say(N_("State"))), Column(asked.say(N_("Held on")), Kind.DAY),
        Column(asked.say(N_("Score (of 1000)")), Kind.HUNDREDTHS), Column(asked.say(N_("Goes on"))),
        Column(asked.say(N_("Summary")), width=60),
    )  # fmt: skip
    title = asked.tell(round_.scheme.stage(kind).title) if kind else ""
    rows: list[Sequence[Value]] = []
    for one, outcome in outcomes.lines_of(asked.session, asked.actor, round_, kind):
        head = (one.entrant, one.number, title)
        if outcome is None:
            rows.append((*head, asked.say(N_("Not entered")), None, None, "", ""))
            continue
        rows.append((
            *head, asked.word("outcome", outcome.state), outcome.held_on, points_of(outcome.score_hundredths),
            _yes(asked, outcome.goes_on), outcome.summary,
        ))  # fmt: skip
    return answer(asked, round_, columns, rows)


def _objections(asked: Asked) -> Answer:
    """The register as its page has it: who objected stands on the page of each only."""
    round_ = round_of(asked)
    columns = (
        Column(asked.say(N_("No.")), Kind.WHOLE, 8), Column(asked.say(N_("Receipt"))), Column(asked.say(N_("Received")), Kind.DAY),
        Column(asked.say(N_("About")), width=32), Column(asked.say(N_("Status"))), Column(asked.say(N_("To be checked by")), Kind.DAY),
        Column(asked.say(N_("Effect")), width=20), Column(asked.say(N_("Answered")), Kind.MOMENT),
    )  # fmt: skip
    whole, calendar = asked.say(N_("the notice as a whole")), calendar_of(asked.session)
    days = round_.scheme.notice.answer_working_days
    rows = [
        (one.number, one.receipt, one.received_on, one.application.entrant if one.application else whole,
         asked.word("objection", one.state), calendar.add_workdays(one.received_on, days),
         asked.say(effect_of(one)), one.answered_at)
        for one in objections_of(asked.session, asked.actor, round_)
    ]  # fmt: skip
    return answer(asked, round_, columns, rows)


def _certificates(asked: Asked) -> Answer:
    round_ = round_of(asked)
    scheme = round_.scheme
    names: dict[tuple[str, str], str] = {
        (one.key, grade): asked.tell(name)
        for one in scheme.categories for grade, name in grade_names(scheme, one.key).items()
    }  # fmt: skip
    today = round_.award.authority.day_of(asked.now)
    columns = (
        Column(asked.say(N_("Number"))), Column(asked.say(N_("Holder")), width=32), Column(asked.say(N_("Grade"))),
        Column(asked.say(N_("Issued on")), Kind.DAY), Column(asked.say(N_("Valid until")), Kind.DAY),
        Column(asked.say(N_("Check code"))), Column(asked.say(N_("State"))),
    )  # fmt: skip
    rows = [
        (one.number, one.holder, names.get((one.application.category, one.grade), one.grade), one.issued_on, one.valid_until, one.code,
         asked.word("certificate", state if (state := validity_of(one, today)) != "valid" else "issued"))
        for one in certificates_for(asked.session, asked.actor, round_.id)
    ]  # fmt: skip
    return answer(asked, round_, columns, rows)


def _stages(asked: Asked) -> Answer:
    round_ = round_of(asked)
    columns = (
        Column(asked.say(N_("Stage")), width=28), Column(asked.say(N_("Planned from")), Kind.MOMENT),
        Column(asked.say(N_("Planned until")), Kind.MOMENT), Column(asked.say(N_("Entered")), Kind.MOMENT),
        Column(asked.say(N_("Left")), Kind.MOMENT), Column(asked.say(N_("Why it was entered before its date")), width=40),
    )  # fmt: skip
    rows = [
        (asked.tell(round_.scheme.stage(one.kind).title), one.opens_at, one.closes_at, one.entered_at, one.left_at, one.early_reason)
        for one in round_.stages
    ]
    return answer(asked, round_, columns, rows)


def _trail(asked: Asked) -> Answer:
    """Read record by record: the trail is the longest list there is."""
    round_ = round_of(asked, Action.TRAIL_READ)
    query = records_of(round_stream(round_.public_id), asked.get("act"))
    found = query.order_by(None).subquery()
    count = asked.session.scalars(select(func.count()).select_from(found)).one()
    names = names_by_public_id(asked.session, asked.session.scalars(select(found.c.actor).distinct()))
    words = {code: asked.say(text) for code, text in EVENTS.items()} | {
        "system": asked.say(N_("the system")),
        "": asked.say(N_("anybody")),
    }
    columns = (
        Column(asked.say(N_("No.")), Kind.WHOLE, 8), Column(asked.say(N_("When")), Kind.MOMENT), Column(asked.say(N_("Who"))),
        Column(asked.say(N_("Act")), width=28), Column(asked.say(N_("About")), width=28), Column(asked.say(N_("Link")), width=66),
    )  # fmt: skip
    rows = (
        (one.seq, one.at, names.get(one.actor, words.get(one.actor, one.actor)), words.get(one.act, one.act), one.obj, one.link)
        for (one,) in streamed(asked.session, query)
    )  # fmt: skip
    table = Table(columns, rows, count, round_.award.authority.zone, len(names))
    return Answer(table, asked.tell(title_of(round_)), round_.public_id)


EXPORTS = (
    Export(
        "applications",
        N_("Applications"),
        ("round", "q", "state", "sector", "category"),
        page_of("/applications"),
        _applications,
    ),
    Export("assignments", N_("Assignment"), ("round",), page_of("/assign"), _assignments),
    Export("progress", N_("Progress of scoring"), ("round",), page_of("/progress"), _progress),
    Export("outcomes", N_("Stages held on paper"), ("round", "stage"), page_of("/outcomes"), _outcomes),
    Export("objections", N_("Register of objections"), ("round",), page_of("/notice/objections"), _objections),
    Export("certificates", N_("Certificates"), ("round",), page_of("/certificates"), _certificates),
    Export("stages", N_("Planned and actual dates"), ("round",), page_of("/stages"), _stages),
    Export("trail", N_("Trail"), ("round", "act"), page_of("/trail"), _trail),
)
