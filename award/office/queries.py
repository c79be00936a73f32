"""What the office sees of a round as a whole: counts, and a line for each application. Conflicts hide an application."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from award.accounts.models import Person
from award.applications.facts import NOMINEE
from award.applications.models import LIVE, SHARING, Application
from award.applications.queries import LEFT_OUT_IN, STANDS, comes_to_judges, is_barred
from award.judging.models import FeedbackReport, Sheet
from award.kernel import db
from award.kernel.actor import Actor
from award.organisations.models import Claim, Organisation
from award.panels.models import PanelChange
from award.rounds.models import DateChange, Round
from award.standing.models import Assignment, Declaration

SIZE = 10
UNDECIDED = ("submitted", "resubmitted", "correction")


@dataclass(frozen=True)
class Counts:
    """A round in figures. due: sheets the present panels owe; submitted: those that are in, also where a later stage left out.

    unsigned: active assignments without a declaration. judges: people with an active assignment.
    judged: accepted applications that come to judges. open_gates: those all of whose sheets are in. unwritten: those of them
    whose feedback report is not begun. panel_changes, date_changes: those that wait for a second person.
    """

    drafts: int
    received: int
    accepted: int
    rejected: int
    withdrawn: int
    undecided: int
    due: int
    submitted: int
    judges: int
    unsigned: int
    judged: int
    open_gates: int
    pending_claims: int
    panel_changes: int
    date_changes: int
    unwritten: int


@dataclass(frozen=True)
class Seat:
    """A judge's seat on a panel. marked: items with a percentage so far; never the percentages themselves."""

    name: str
    is_leader: bool
    state: str
    marked: int
    total_hundredths: int | None


@dataclass(frozen=True)
class Line:
    """An application in the round's list. left_out_in: the kind of the stage on paper that left it out, however it reads now."""

    application: Application
    left_out_in: str


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed to; "" is everything."""

    search: str = ""
    state: str = ""
    category: str = ""
    sector: str = ""


def counts_of(session: Session, actor: Actor, round_: Round) -> Counts:
    """The figures of a round, without the applications a conflict hides from this actor."""
    states = db.rows_of(session, _state_counts(actor, round_)).all()
    by_state = {state: count for state, count, *_ in states}
    received = sum(count for state, count in by_state.items() if state != "draft")
    seats = db.rows_of(session, _seat_counts(actor, round_)).one()
    waiting = db.rows_of(session, _waiting_counts(actor, round_)).one()
    return Counts(
        drafts=by_state.get("draft", 0),
        received=received,
        accepted=sum(by_state.get(state, 0) for state in SHARING),
        rejected=by_state.get("rejected", 0),
        withdrawn=by_state.get("withdrawn", 0),
        undecided=sum(by_state.get(state, 0) for state in UNDECIDED),
        due=seats[0], submitted=seats[1], judges=seats[2], unsigned=seats[0] - seats[3],
        judged=sum(row[2] for row in states), open_gates=sum(row[3] for row in states), unwritten=sum(row[4] for row in states),
        pending_claims=waiting[0], panel_changes=waiting[1], date_changes=waiting[2],
    )  # fmt: skip


def _state_counts(actor: Actor, round_: Round) -> Select[str, int, int, int, int]:
    """By state how many, and of them: how many come to judges, whose gate has opened, whose report is not begun then.

    Whoever was judged counts, and is owed a report, also where a later stage left it out.
    """
    judged = comes_to_judges(round_)
    is_open = judged & Application.gate_opened_at.is_not(None)
    unwritten = is_open & FeedbackReport.id.is_(None) & Application.state.in_(LIVE)
    number = func.count(Application.id)
    return (
        select(Application.state, number, number.filter(judged), number.filter(is_open), number.filter(unwritten))
        .outerjoin(FeedbackReport, FeedbackReport.application_id == Application.id)
        .where(Application.round_id == round_.id, ~is_barred(actor))
        .group_by(Application.state)
    )


def _waiting_counts(actor: Actor, round_: Round) -> Select[int, int, int]:
    claims = select(func.count(Claim.id)).where(
        Claim.authority_id == round_.award.authority_id, Claim.state == "pending"
    )
    changes = (
        select(func.count(PanelChange.id))
        .join(Application, Application.id == PanelChange.application_id)
        .where(Application.round_id == round_.id, PanelChange.state == "proposed", ~is_barred(actor))
    )
    dates = select(func.count(DateChange.id)).where(DateChange.round_id == round_.id, DateChange.state == "proposed")
    return select(claims.scalar_subquery(), changes.scalar_subquery(), dates.scalar_subquery())


def _seat_counts(actor: Actor, round_: Round) -> Select[int, int, int, int]:
    signed = (Declaration.person_id == Assignment.person_id) & (Declaration.application_id == Assignment.application_id)
    return (
        select(
            func.count(Assignment.id),
            func.count(Sheet.id).filter(Sheet.state == "submitted"),
            func.count(Assignment.person_id.distinct()),
            func.count(Declaration.id),
        )
        .join(Application, Application.id == Assignment.application_id)
        .outerjoin(Sheet, Sheet.assignment_id == Assignment.id)
        .outerjoin(Declaration, signed)
        .where(
            Assignment.round_id == round_.id, Assignment.state == "active", comes_to_judges(round_), ~is_barred(actor)
        )
    )


def submissions_of(session: Session, actor: Actor, round_: Round) -> Sequence[datetime]:
    """When the sheets that count came in, in order; none of an application a conflict hides."""
    query = (
        select(Sheet.submitted_at)
        .join(Assignment, Assignment.id == Sheet.assignment_id)
        .join(Application, Application.id == Assignment.application_id)
        .where(
            Assignment.round_id == round_.id, Assignment.state == "active", Sheet.state == "submitted",
            comes_to_judges(round_), Sheet.submitted_at.is_not(None), ~is_barred(actor),
        )
        .order_by(Sheet.submitted_at)
    )  # fmt: skip
    return [moment for (moment,) in db.rows_of(session, query) if moment is not None]


def by_sector(session: Session, actor: Actor, round_: Round) -> dict[tuple[str, str], tuple[int, int]]:
    """(Category, sector) -> sheets due and submitted, without the applications a conflict hides."""
    query = (
        select(
            Application.category, Application.sector, func.count(Assignment.id),
            func.count(Sheet.id).filter(Sheet.state == "submitted"),
        )
        .join(Assignment, (Assignment.application_id == Application.id) & (Assignment.state == "active"))
        .outerjoin(Sheet, Sheet.assignment_id == Assignment.id)
        .where(Application.round_id == round_.id, comes_to_judges(round_), ~is_barred(actor))
        .group_by(Application.category, Application.sector)
        .order_by(Application.category, Application.sector)
    )  # fmt: skip
    return {(category, sector): (due, done) for category, sector, due, done in db.rows_of(session, query)}


def lines_of(session: Session, actor: Actor, round_: Round, wanted: Wanted, page: int, size: int = SIZE) -> tuple[list[Line], int]:
    """One page of the round's applications as this actor may see them, and how many there are. page: from 1."""
    condition = _shown(actor, round_, wanted)
    total = session.scalars(select(func.count(Application.id)).join(Application.organisation).where(condition)).one()
    query = select(Application, LEFT_OUT_IN).join(Application.organisation).options(contains_eager(Application.organisation))
    query = query.where(condition).order_by(Application.number, Application.id)
    found = session.execute(query.offset((page - 1) * size).limit(size))
    return [Line(application, kind or "") for application, kind in found], total


def _shown(actor: Actor, round_: Round, wanted: Wanted) -> ColumnElement[bool]:
    condition = (Application.round_id == round_.id) & (Application.state != "draft") & ~is_barred(actor)
    if wanted.state:
        condition &= wanted.state == STANDS
    if wanted.category:
        condition &= Application.category == wanted.category
    if wanted.sector:
        condition &= Application.sector == wanted.sector
    if wanted.search:
        condition &= or_(
            Organisation.name.contains(wanted.search, autoescape=True),
            Application.number.contains(wanted.search, autoescape=True),
            Application.profile[NOMINEE].as_string().contains(wanted.search, autoescape=True),
        )
    return condition


def seats_of(session: Session, applications: Sequence[Application]) -> dict[int, list[Seat]]:
    """Application id -> the seats of its panel, leader first."""
    found: dict[int, list[Seat]] = {one.id: [] for one in applications}
    for application_id, is_leader, name, state, marks, total in db.rows_of(session, _SEATS, applications=list(found)):
        seen = total if state == "submitted" else None
        found[application_id].append(Seat(name, is_leader, state or "not_started", len(marks or ()), seen))
    return found


_SEATS = (
    select(
        Assignment.application_id, Assignment.is_leader, Person.name, Sheet.state, Sheet.marks, Sheet.total_hundredths
    )
    .join(Person, Person.id == Assignment.person_id)
    .outerjoin(Sheet, Sheet.assignment_id == Assignment.id)
    .where(Assignment.application_id.in_(bindparam("applications", expanding=True)), Assignment.state == "active")
    .order_by(Assignment.is_leader.desc(), Assignment.id)
)
