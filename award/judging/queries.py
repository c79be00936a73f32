"""Reading sheets: a judge's own, and after the gate those of a panel."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, exists, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from award.accounts.models import Person
from award.applications.models import SHARING, Application
from award.applications.queries import is_barred, of_many_rounds, with_round
from award.judging.combining import Marked
from award.judging.models import FeedbackReport, Sheet, SheetItem, SheetVersion
from award.kernel.actor import Action, Actor
from award.kernel.errors import NotFound
from award.organisations.models import Organisation
from award.policy import Decision, Standing, decide
from award.rounds.models import Round
from award.rounds.queries import stage_now
from award.stages import StageNow, Who
from award.standing.models import Assignment, Conflict, Declaration
from award.standing.queries import Relations, own_part, standing_with

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""What sheets are called where judges' names are not shown, in order of assignment."""


_SHEET = select(Sheet).where(Sheet.assignment_id == bindparam("seat"))
_ITEMS = select(SheetItem).where(SheetItem.sheet_id == bindparam("sheet"))
_SHEET_AND_ITEMS = (
    select(Sheet, SheetItem)
    .outerjoin(SheetItem, (SheetItem.sheet_id == Sheet.id) & SheetItem.item.in_(bindparam("items", expanding=True)))
    .where(Sheet.assignment_id == bindparam("seat"))
    .execution_options(populate_existing=True)
)


def sheet_of(session: Session, assignment: Assignment, *, fresh: bool = False) -> Sheet | None:
    """The sheet of a seat, or None before its first item was saved. fresh: read again after a lock."""
    query = _SHEET.execution_options(populate_existing=True) if fresh else _SHEET
    return session.scalar(query, {"seat": assignment.id})


def sheet_with(
    session: Session, assignment: Assignment, items: Collection[str]
) -> tuple[Sheet | None, dict[str, SheetItem]]:
    """The sheet of a seat as `sheet_of` gives it, and what stands on it for some items by key, read again after a lock."""
    rows = session.execute(_SHEET_AND_ITEMS, {"seat": assignment.id, "items": list(items)}).all()
    return rows[0][0] if rows else None, {row[1].item: row[1] for row in rows if row[1] is not None}


def items_of(session: Session, sheet: Sheet | None) -> Mapping[str, SheetItem]:
    """What was entered, by item key."""
    if sheet is None:
        return {}
    return {one.item: one for one in session.scalars(_ITEMS, {"sheet": sheet.id})}


def valid_sheets(session: Session, application: Application) -> Sequence[Sheet]:
    """The submitted sheets of active judges, in order of assignment. Ask policy (SHEETS_READ) before showing any value."""
    query = (
        select(Sheet)
        .join(Assignment, Assignment.id == Sheet.assignment_id)
        .where(Sheet.application_id == application.id, Sheet.state == "submitted", Assignment.state == "active")
        .order_by(Assignment.id)
    )
    return session.scalars(query).all()


def seats_and_submissions(session: Session, application_id: int) -> tuple[int, int]:
    """How many active seats the panel has, and how many of them have submitted."""
    seats = session.scalar(
        select(func.count()).where(Assignment.application_id == application_id, Assignment.state == "active")
    )
    submitted = session.scalar(
        select(func.count())
        .select_from(Sheet)
        .join(Assignment, Assignment.id == Sheet.assignment_id)
        .where(Sheet.application_id == application_id, Assignment.state == "active", Sheet.state == "submitted")
    )
    return seats or 0, submitted or 0


def latest_version(session: Session, sheet: Sheet) -> SheetVersion:
    """The last submitted version of a sheet that was submitted at least once."""
    query = select(SheetVersion).where(SheetVersion.sheet_id == sheet.id, SheetVersion.number == sheet.number)
    return session.scalars(query).one()


def versions_of(session: Session, sheet_ids: Sequence[int]) -> Mapping[int, SheetVersion]:
    """The last submitted version of each sheet, in one query."""
    query = select(SheetVersion).where(SheetVersion.sheet_id.in_(sheet_ids)).order_by(SheetVersion.number)
    return {version.sheet_id: version for version in session.scalars(query)}


@dataclass(frozen=True)
class Review:
    """One review as its judge has it at a moment: his seat, the application, the stage and how he stands to it."""

    assignment: Assignment
    application: Application
    stage: StageNow
    standing: Standing

    @property
    def has_signed(self) -> bool:
        """Whether he has declared that no conflict exists; before, only the organisation's name is his to know."""
        return Who.CLEARED_JUDGE in self.standing.who

    def decide(self, action: Action) -> Decision:
        """Whether an act is open to him now."""
        return decide(action, self.stage, self.standing)


def _of_the_seat(table: type[Conflict] | type[Declaration]) -> ColumnElement[bool]:
    return exists().where(
        table.person_id == Assignment.person_id, table.application_id == Assignment.application_id
    )


_REVIEW = (
    with_round()
    .add_columns(Assignment, _of_the_seat(Conflict), _of_the_seat(Declaration))
    .join(Assignment, Assignment.application_id == Application.id)
    .where(
        Assignment.public_id == bindparam("seat"),
        Assignment.person_id == bindparam("person"),
        Assignment.state == "active",
    )
)


def review_for(session: Session, actor: Actor, assignment_id: str, now: datetime) -> Review:
    """The actor's own review. Raises NotFound for another's, an ended, a conflicted, a withdrawn or a missing one: the same."""
    row = session.execute(_REVIEW, {"seat": assignment_id, "person": actor.person_id}).one_or_none()
    if row is None:
        raise NotFound
    application, assignment, is_conflicted, has_signed = row
    relations = Relations(is_conflicted, has_signed, leads=assignment.is_leader)
    standing = standing_with(relations, actor, application, now)
    if standing.is_conflicted or not standing.who & {Who.ASSIGNED_JUDGE, Who.CLEARED_JUDGE}:
        raise NotFound
    return Review(assignment, application, stage_now(application.round, now), standing)


_CARDS = (
    of_many_rounds(with_round())
    .add_columns(Assignment, Sheet, FeedbackReport.state, _of_the_seat(Declaration))
    .join(Assignment, Assignment.application_id == Application.id)
    .outerjoin(Sheet, Sheet.assignment_id == Assignment.id)
    .outerjoin(FeedbackReport, FeedbackReport.application_id == Application.id)
    .where(Assignment.person_id == bindparam("person"), Assignment.state == "active", ~_of_the_seat(Conflict))
    .order_by(Assignment.id)
)


@dataclass(frozen=True)
class Card:
    """One of a judge's reviews in his list. state: a code of words.WORDS["sheet"]."""

    assignment: Assignment
    application: Application
    state: str
    marks: Mapping[str, int]
    is_leader: bool
    report: str
    """State of the feedback report of its application, "" before it is begun."""


def cards_of(session: Session, actor: Actor) -> list[Card]:
    """All reviews of the actor in rounds that are running, in the order they were given to him."""
    cards = []
    for application, assignment, sheet, report, has_signed in session.execute(_CARDS, {"person": actor.person_id}):
        # Who came to work for the applicant has lost what he signed for; his seat he can still give up.
        state = state_of(sheet, has_signed=has_signed and not own_part(actor, application))
        marks = sheet.marks if sheet else {}
        cards.append(Card(assignment, application, state, marks, assignment.is_leader, report or ""))
    return cards


def state_of(sheet: Sheet | None, *, has_signed: bool) -> str:
    """How far a judge is with a sheet, as a code of words.WORDS["sheet"]."""
    return code_of(sheet.state if sheet is not None else None, has_signed=has_signed)


def code_of(state: str | None, *, has_signed: bool) -> str:
    """The same from the state of the sheet, None before its first item was saved."""
    return (state or "not_started") if has_signed else "coi_pending"


def valid_versions(session: Session, application: Application) -> list[SheetVersion]:
    """The latest version of each valid sheet, in order of assignment. Ask policy before showing any value."""
    sheets = valid_sheets(session, application)
    versions = versions_of(session, [sheet.id for sheet in sheets])
    return [versions[sheet.id] for sheet in sheets if sheet.id in versions]


@dataclass(frozen=True)
class Source:
    """A comment of a submitted sheet. key: "<sheet version>/<comment key>". letter: of the sheet, never a name."""

    key: str
    letter: str
    item: str
    kind: str
    weight: str
    text: str
    references: tuple[str, ...]


def sources_of(session: Session, report: FeedbackReport) -> dict[str, list[Source]]:
    """The comments a report can be made from, by item, in the order of its sheets."""
    return comments_in(versions_in(session, report.sheets))


def comments_in(versions: Sequence[SheetVersion]) -> dict[str, list[Source]]:
    """The comments of submitted versions by item; letters in the order given."""
    found: dict[str, list[Source]] = {}
    for letter, version in zip(LETTERS, versions, strict=False):
        for item, entry in json.loads(version.content)["items"].items():
            for one in entry["comments"]:
                key = f"{version.public_id}/{one['key']}"
                source = Source(key, letter, item, one["kind"], one["weight"], one["text"], tuple(one["references"]))
                found.setdefault(item, []).append(source)
    return found


def versions_in(session: Session, public_ids: Sequence[str]) -> list[SheetVersion]:
    """Submitted versions by their public ids, in that order."""
    found = {one.public_id: one for one in session.scalars(select(SheetVersion).where(SheetVersion.public_id.in_(public_ids)))}
    return [found[one] for one in public_ids if one in found]


def marks_of(version: SheetVersion) -> dict[str, int]:
    """The percentages of a submitted version by item."""
    entries = json.loads(version.content)["items"]
    return {item: entry["percent"] for item, entry in entries.items() if entry["percent"] is not None}


def report_of(session: Session, application_id: int) -> FeedbackReport | None:
    """The feedback report of an application with its comments."""
    query = select(FeedbackReport).where(FeedbackReport.application_id == application_id)
    return session.scalar(query.options(selectinload(FeedbackReport.comments)))


def marked_in(session: Session, public_ids: Sequence[str]) -> list[Marked]:
    """The marks of submitted versions by their public ids, in that order."""
    query = (
        select(SheetVersion, Assignment.is_leader)
        .join(Sheet, Sheet.id == SheetVersion.sheet_id)
        .join(Assignment, Assignment.id == Sheet.assignment_id)
        .where(SheetVersion.public_id.in_(public_ids))
    )
    found = {version.public_id: Marked(marks_of(version), leads) for version, leads in session.execute(query)}
    return [found[one] for one in public_ids if one in found]


def scored_in(session: Session, application: Application) -> dict[int, list[Marked]]:
    """The marks of all valid sheets of the round and category, by application, of those whose sheets are all in."""
    query = (
        select(Sheet.application_id, Sheet.marks, Assignment.is_leader)
        .join(Assignment, Assignment.id == Sheet.assignment_id)
        .join(Application, Application.id == Sheet.application_id)
        .where(
            Application.round_id == application.round_id,
            Application.category == application.category,
            Application.state.in_(SHARING),
            Application.gate_opened_at.is_not(None),
            Assignment.state == "active",
            Sheet.state == "submitted",
        )
        .order_by(Sheet.application_id, Assignment.id)
    )
    found: dict[int, list[Marked]] = {}
    for application_id, marks, leads in session.execute(query):
        found.setdefault(application_id, []).append(Marked(marks, leads))
    return found


def sheet_in(session: Session, application: Application, public_id: str) -> Sheet:
    """A sheet of a seat that has not ended, of this application. Raises NotFound."""
    query = (
        select(Sheet)
        .join(Assignment, Assignment.id == Sheet.assignment_id)
        .where(Sheet.public_id == public_id, Sheet.application_id == application.id, Assignment.state == "active")
    )
    sheet = session.scalar(query)
    if sheet is None:
        raise NotFound
    return sheet


def state_of_report(application: Application, report: FeedbackReport | None) -> tuple[str, str]:
    """How far the report of an application is, as a kind and a code of words.WORDS."""
    if application.feedback_waived_at is not None:
        return "feedback", "waived"
    return ("feedback", report.state) if report is not None else ("item", "not_started")


def reports_in(session: Session, actor: Actor, round_: Round) -> list[tuple[Application, FeedbackReport | None, str]]:
    """Every application of a round whose sheets are all in, with its report and its panel's leader, by applicant."""
    query = (
        select(Application, FeedbackReport, Person.name)
        .options(joinedload(Application.organisation))
        .join(Application.organisation)
        .outerjoin(FeedbackReport, FeedbackReport.application_id == Application.id)
        .outerjoin(
            Assignment,
            (Assignment.application_id == Application.id) & (Assignment.state == "active") & Assignment.is_leader,
        )
        .outerjoin(Person, Person.id == Assignment.person_id)
        .where(
            Application.round_id == round_.id,
            Application.state.in_(SHARING),
            Application.gate_opened_at.is_not(None),
            ~is_barred(actor),
        )
        .order_by(Organisation.name, Application.id)
    )
    return [(row[0], row[1], row[2] or "") for row in session.execute(query)]
