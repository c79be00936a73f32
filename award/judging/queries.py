"""Reading sheets: a judge's own, and after the gate those of a panel."""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from award.applications.models import Application
from award.judging.models import Sheet, SheetItem, SheetVersion
from award.standing.models import Assignment


def sheet_of(session: Session, assignment: Assignment, *, fresh: bool = False) -> Sheet | None:
    """The sheet of a seat, or None before its first item was saved. fresh: read again after a lock."""
    query = select(Sheet).where(Sheet.assignment_id == assignment.id)
    return session.scalar(query.execution_options(populate_existing=fresh))


def items_of(session: Session, sheet: Sheet | None) -> Mapping[str, SheetItem]:
    """What was entered, by item key."""
    if sheet is None:
        return {}
    return {one.item: one for one in session.scalars(select(SheetItem).where(SheetItem.sheet_id == sheet.id))}


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
