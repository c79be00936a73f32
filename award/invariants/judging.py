"""What holds of panels, score sheets and gates."""

import json
from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from award.applications.models import Application
from award.invariants.finding import Found, among, reading
from award.judging.models import Sheet, SheetItem, SheetVersion
from award.judging.queries import marks_of
from award.regulations.canonical import criteria_from_canonical
from award.rounds.models import Round, RoundRubric, Ruleset
from award.scoring.grades import total_hundredths
from award.standing.models import Assignment, Conflict, Declaration

ACTIVE, SUBMITTED = "active", "submitted"


def no_seat_in_conflict(session: Session) -> Found:
    """Whoever has a conflict with an application has no seat on its panel."""
    same = (Conflict.person_id == Assignment.person_id) & (Conflict.application_id == Assignment.application_id)
    query = select(Assignment.public_id, Conflict.id).outerjoin(Conflict, same).where(Assignment.state == ACTIVE)
    return among(session.execute(query), lambda one: f"seat {one[0]} is held in spite of a conflict" if one[1] else "")


def sheets_after_declarations(session: Session) -> Found:
    """Every score sheet was begun by the judge of its seat, who had signed his declaration."""
    signed = (Declaration.person_id == Sheet.person_id) & (Declaration.application_id == Sheet.application_id)
    query = (
        select(Sheet.public_id, Sheet.started_at, Declaration.signed_at, Sheet.person_id, Assignment.person_id)
        .join(Assignment, Sheet.assignment_id == Assignment.id)
        .outerjoin(Declaration, signed)
    )

    def offence(sheet: str, started: datetime, signed_at: datetime | None, judge: int, seated: int) -> str:
        if judge != seated:
            return f"sheet {sheet} belongs to another than the judge of its seat"
        return "" if signed_at is not None and signed_at <= started else f"sheet {sheet} has no declaration before it"

    return among(session.execute(query), lambda one: offence(*one))


def one_valid_sheet(session: Session) -> Found:
    """A judge has at most one valid sheet for an application."""
    query = (
        select(Application.public_id, Sheet.person_id, func.count())
        .join(Sheet, Sheet.application_id == Application.id)
        .join(Assignment, Sheet.assignment_id == Assignment.id)
        .where(Assignment.state == ACTIVE, Sheet.state == SUBMITTED)
        .group_by(Application.public_id, Sheet.person_id)
    )
    return among(
        session.execute(query),
        lambda one: f"application {one[0]}: {one[2]} valid sheets of one judge" if one[2] > 1 else "",
    )


def history_whole(session: Session) -> Found:
    """The versions of a sheet are numbered without gap, and as many as it was submitted."""
    numbers: dict[int, list[int]] = defaultdict(list)
    for sheet_id, number in session.execute(select(SheetVersion.sheet_id, SheetVersion.number)):
        numbers[sheet_id].append(number)

    def offence(id_: int, public_id: str, number: int, state: str) -> str:
        if sorted(numbers[id_]) != list(range(1, number + 1)):
            return f"sheet {public_id} was submitted {number} times and has versions {sorted(numbers[id_])}"
        return f"sheet {public_id} is submitted without a version" if state == SUBMITTED and not number else ""

    query = select(Sheet.id, Sheet.public_id, Sheet.number, Sheet.state)
    return among(session.execute(query), lambda one: offence(*one))


def sheets_as_submitted(session: Session) -> Found:
    """The marks and the total of a submitted sheet are those of its last version; nobody has changed a value since."""
    query = select(Sheet, SheetVersion).join(
        SheetVersion, (SheetVersion.sheet_id == Sheet.id) & (SheetVersion.number == Sheet.number)
    )

    def offence(sheet: Sheet, version: SheetVersion) -> str:
        if sheet.marks != marks_of(version):
            return f"sheet {sheet.public_id} shows other marks than were submitted"
        same = sheet.total_hundredths == version.total_hundredths
        return "" if same else f"sheet {sheet.public_id} shows another total than was submitted"

    return among(session.execute(query.where(Sheet.state == SUBMITTED)), lambda one: offence(*one))


def items_as_submitted(session: Session) -> Found:
    """What stands on each item of a submitted sheet is what its last version holds: percentage, factors and comments."""
    query = (
        select(Sheet.public_id, SheetItem, SheetVersion.id, SheetVersion.public_id)
        .join(SheetItem, SheetItem.sheet_id == Sheet.id)
        .join(SheetVersion, (SheetVersion.sheet_id == Sheet.id) & (SheetVersion.number == Sheet.number))
        .where(Sheet.state == SUBMITTED)
        .order_by(Sheet.id)
    )
    submitted: dict[int, dict[str, Any]] = {}

    def offence(sheet: str, item: SheetItem, version_id: int, version: str) -> str:
        with reading(f"score sheet version {version}"):
            if version_id not in submitted:
                submitted.clear()
                submitted[version_id] = json.loads(session.get_one(SheetVersion, version_id).content)["items"]
            told = submitted[version_id].get(item.item, {"percent": None, "factors": {}, "comments": []})
        same = told == {"percent": item.percent, "factors": item.factors, "comments": item.comments}
        return "" if same else f"sheet {sheet} shows item {item.item} otherwise than it was submitted"

    return among(session.execute(query), lambda one: offence(*one))


def totals_recomputed(session: Session) -> Found:
    """The total of every submitted version is what its percentages make of the points of the criteria."""
    rubrics = select(RoundRubric.round_id, RoundRubric.category, Ruleset.sha256, Ruleset.text).join(
        Ruleset, Ruleset.sha256 == RoundRubric.criteria_sha256
    )
    points = {(round_id, category): _points(*criteria) for round_id, category, *criteria in session.execute(rubrics)}
    query = (
        select(SheetVersion, Application.round_id, Application.category)
        .join(Sheet, SheetVersion.sheet_id == Sheet.id)
        .join(Application, Sheet.application_id == Application.id)
    )

    def offence(version: SheetVersion, round_id: int, category: str) -> str:
        try:
            total = total_hundredths(marks_of(version), points[round_id, category])
        except ValueError:
            return f"version {version.public_id} is no complete sheet of its criteria"
        return (
            ""
            if total == version.total_hundredths
            else f"version {version.public_id} says {version.total_hundredths}, not {total}"
        )

    return among(session.execute(query), lambda one: offence(*one))


def _points(sha256: str, text: str) -> dict[str, int]:
    with reading(f"criteria {sha256}"):
        return {item.key: item.points for item in criteria_from_canonical(text).items()}


def gates_open_when_all_are_in(session: Session) -> Found:
    """Where values of an application can be seen, every judge with a seat has submitted."""
    seats, sheets = Counter[int](), Counter[int]()
    query = select(Assignment.application_id, Sheet.state).outerjoin(Sheet, Sheet.assignment_id == Assignment.id)
    for application_id, state in session.execute(query.where(Assignment.state == ACTIVE)):
        seats[application_id] += 1
        sheets[application_id] += state == SUBMITTED
    opened = select(Application.id, Application.public_id).where(Application.gate_opened_at.is_not(None))

    def offence(id_: int, public_id: str) -> str:
        return (
            ""
            if seats[id_] == sheets[id_] > 0
            else f"application {public_id}: open with {sheets[id_]} of {seats[id_]} sheets"
        )

    return among(session.execute(opened), lambda one: offence(*one))


def stages_in_order(session: Session) -> Found:
    """A round has left every stage before its present one and none from there on, and is open or closed accordingly."""

    def offence(round_: Round) -> str:
        left = [stage.position for stage in round_.stages if stage.left_at is not None]
        if left != list(range(round_.position)):
            return f"round {round_.public_id} is at {round_.position} and has left {left}"
        ahead = len(round_.stages) - 1 - round_.position
        state = "draft" if not left else "open" if ahead else "closed"
        return "" if round_.state == state else f"round {round_.public_id} is {round_.state}, not {state}"

    return among(session.scalars(select(Round)), offence)
