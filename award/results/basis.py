"""What the ranking of a category and the comparison of its judges follow from, as it is stored: plain rows, read once for both."""

from collections.abc import Sequence
from itertools import starmap
from typing import NamedTuple

from sqlalchemy import Text, cast, func, select
from sqlalchemy.orm import Session

from award.applications.facts import NOMINEE
from award.applications.models import SHARING, Application, PaperOutcome, entrant_of
from award.judging.models import Sheet
from award.kernel import db
from award.organisations.models import Organisation
from award.rounds.models import Round, RoundStage
from award.standing.models import Assignment


class Entry(NamedTuple):
    """An application that takes part."""

    id: int
    public_id: str
    number: str | None
    sector: str
    name: str


class StoredSheet(NamedTuple):
    """A submitted sheet of an active judge. marks: JSON, taken apart only where a ranking is made anew; leads: it is the leader's."""

    application_id: int
    public_id: str
    person_id: int
    marks: str
    total_hundredths: int
    leads: bool


class Outcome(NamedTuple):
    """A confirmed outcome of a stage held on paper. score: hundredths of 1000 points, None where it gave none."""

    application_id: int
    stage: str
    score: int | None
    goes_on: bool


class Basis(NamedTuple):
    """sheets: by application, in order of assignment. What is equal to it gives the same ranking and the same comparison."""

    entries: tuple[Entry, ...]
    sheets: tuple[StoredSheet, ...]
    outcomes: tuple[Outcome, ...]


def basis_of(session: Session, round_: Round, category: str) -> Basis:
    """All of a category. Void sheets and those of judges who stepped back are not among them."""
    return Basis(
        tuple(_entries(session, round_, category)), sheets_of(session, round_, category), outcomes_of(session, round_)
    )


def _entries(session: Session, round_: Round, category: str) -> Sequence[Entry]:
    query = (
        select(
            Application.id, Application.public_id, Application.number, Application.sector,
            Application.profile[NOMINEE].as_string(), Organisation.name,
        )
        .join(Application.organisation)
        .where(Application.round_id == round_.id, Application.category == category, Application.state.in_(SHARING))
        .order_by(Application.id)
    )  # fmt: skip
    return [
        Entry(id_, public_id, number, sector, entrant_of(nominee, name))
        for id_, public_id, number, sector, nominee, name in db.rows_of(session, query).all()
    ]


def sheets_of(session: Session, round_: Round, category: str, application_id: int | None = None) -> tuple[StoredSheet, ...]:
    """application_id: only of this application; None: of all."""
    query = (
        select(
            Sheet.application_id, Sheet.public_id, Sheet.person_id, cast(Sheet.marks, Text),
            func.coalesce(Sheet.total_hundredths, 0), Assignment.is_leader,
        )
        .join(Assignment, Assignment.id == Sheet.assignment_id)
        .join(Application, Application.id == Sheet.application_id)
        .where(
            Sheet.round_id == round_.id,
            Application.category == category,
            Assignment.state == "active",
            Sheet.state == "submitted",
        )
        .order_by(Sheet.application_id, Assignment.id)
    )  # fmt: skip
    if application_id is not None:
        query = query.where(Sheet.application_id == application_id)
    return tuple(starmap(StoredSheet, db.rows_of(session, query).all()))


def outcomes_of(session: Session, round_: Round) -> tuple[Outcome, ...]:
    """Of all categories, in the order in which they were entered; none where the rules hold nothing on paper."""
    if all(stage.held != "paper" for stage in round_.scheme.stages):
        return ()
    query = (
        select(PaperOutcome.application_id, RoundStage.kind, PaperOutcome.score_hundredths, PaperOutcome.goes_on)
        .join(RoundStage, RoundStage.id == PaperOutcome.round_stage_id)
        .where(RoundStage.round_id == round_.id, PaperOutcome.state == "confirmed")
        .order_by(PaperOutcome.id)
    )
    return tuple(starmap(Outcome, db.rows_of(session, query).all()))
