"""How far the sheets of a round are: of all panels in plain rows, of one panel with its people."""

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import ColumnElement, case, exists, select
from sqlalchemy.orm import Session

from award.accounts.models import Person
from award.applications.facts import NOMINEE
from award.applications.models import Application, entrant_of
from award.applications.queries import comes_to_judges, is_barred
from award.judging.models import Sheet
from award.judging.queries import code_of, state_of
from award.kernel.actor import Actor
from award.organisations.models import Organisation
from award.panels.models import PoolMember
from award.rounds.models import Award, Round
from award.standing.models import Assignment, Declaration

_SIGNED: ColumnElement[bool] = exists().where(
    Declaration.person_id == Assignment.person_id, Declaration.application_id == Assignment.application_id
)


@dataclass(frozen=True)
class Seat:
    """How far an active seat is. state: words.WORDS["sheet"]; scored: items with a percentage, 0 once the sheet is submitted."""

    state: str
    scored: int


@dataclass(frozen=True)
class Panel:
    """One application and its active seats in order of assignment. id: public id. ended: names of judges who left it."""

    id: str
    entrant: str
    number: str | None
    category: str
    gate_open: bool
    seats: tuple[Seat, ...]
    ended: tuple[str, ...]


def panels_in(session: Session, actor: Actor, round_: Round) -> list[Panel]:
    """How far the sheets of a round are, by applicant; without applications the actor has a conflict with, or that went out before.

    Two statements and no objects of tables: a round may have 10,000 applications and 50,000 seats.
    """
    query = (
        select(
            Application.id, Application.public_id, Application.profile[NOMINEE].as_string(), Organisation.name,
            Application.number, Application.category, Application.gate_opened_at.is_not(None),
        )
        .join(Application.organisation)
        .where(Application.round_id == round_.id, comes_to_judges(round_), ~is_barred(actor))
        .order_by(Organisation.name, Application.id)
    )  # fmt: skip
    seats, ended = _seats_in(session, round_)
    return [
        Panel(public_id, entrant_of(nominee, name), number, category, is_open, tuple(seats.get(id_, ())), tuple(ended.get(id_, ())))
        for id_, public_id, nominee, name, number, category, is_open in session.execute(query)
    ]


@lru_cache(maxsize=1024)
def _seat(state: str, scored: int) -> Seat:
    # Seats that are as far as each other are one object: 50,000 of them would keep the collector of garbage busy.
    return Seat(state, scored)


def _seats_in(session: Session, round_: Round) -> tuple[dict[int, list[Seat]], dict[int, list[str]]]:
    """The active seats of a round, and the names of those who left theirs, by inner number of the application."""
    active = Assignment.state == "active"
    query = (
        select(
            Assignment.application_id, Person.name, Sheet.state, case((Sheet.state != "submitted", Sheet.marks)), _SIGNED
        )
        .outerjoin(Person, (Person.id == Assignment.person_id) & ~active)
        .outerjoin(Sheet, (Sheet.assignment_id == Assignment.id) & active)
        .where(Assignment.round_id == round_.id)
        .order_by(Assignment.id)
    )
    seats: dict[int, list[Seat]] = {}
    ended: dict[int, list[str]] = {}
    for application, gone, state, marks, has_signed in session.execute(query).yield_per(1000):
        if gone is not None:
            ended.setdefault(application, []).append(gone)
        else:
            seats.setdefault(application, []).append(_seat(code_of(state, has_signed=has_signed), len(marks or ())))
    return seats, ended


@dataclass(frozen=True)
class SeatProgress:
    """A seat and how far its sheet is. scored: items with a percentage, never which. state: words.WORDS["sheet"]."""

    assignment: Assignment
    name: str
    institution: str
    sheet: Sheet | None
    state: str

    @property
    def scored(self) -> int:
        """Items with a percentage."""
        return 0 if self.sheet is None else len(self.sheet.marks)


@dataclass(frozen=True)
class Progress:
    """One application with its people: its seats, active ones in order of assignment, and those that have ended."""

    application: Application
    seats: tuple[SeatProgress, ...]
    ended: tuple[SeatProgress, ...]


def progress_in(session: Session, application: Application) -> Progress:
    """How far one application is, which the caller may know."""
    query = (
        select(Assignment, Person.name, PoolMember.institution, Sheet, _SIGNED)
        .join(Person, Person.id == Assignment.person_id)
        .join(Round, Round.id == Assignment.round_id)
        .join(Award, Award.id == Round.award_id)
        .outerjoin(
            PoolMember,
            (PoolMember.person_id == Assignment.person_id) & (PoolMember.authority_id == Award.authority_id),
        )
        .outerjoin(Sheet, Sheet.assignment_id == Assignment.id)
        .where(Assignment.application_id == application.id)
        .order_by(Assignment.id)
    )
    seats = [
        SeatProgress(assignment, name, institution or "", sheet, state_of(sheet, has_signed=has_signed))
        for assignment, name, institution, sheet, has_signed in session.execute(query)
    ]
    active = tuple(one for one in seats if one.assignment.state == "active")
    return Progress(application, active, tuple(one for one in seats if one.assignment.state != "active"))
