"""Reading the pool of judges and who is on which panel."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from award.accounts.models import Person
from award.applications.models import LIVE, Application
from award.applications.queries import comes_to_judges, is_barred, with_round
from award.kernel.actor import Actor
from award.kernel.errors import NotFound
from award.organisations.models import Organisation
from award.panels.models import PanelChange, PoolMember
from award.rounds.models import Award, Round, RoundStage
from award.standing.models import Assignment, Conflict, Declaration


@dataclass(frozen=True)
class Seat:
    """A judge's seat on a panel, as the office sees it."""

    assignment: Assignment
    name: str
    institution: str
    has_signed: bool


def pool_of(session: Session, authority_id: int) -> Sequence[PoolMember]:
    """The authority's judges with their persons, by name."""
    return session.scalars(_pool(authority_id)).all()


def found_in_pool(session: Session, authority_id: int, text: str) -> list[PoolMember]:
    """Those whose name, institution, speciality, title or region contains a text, by name."""
    wanted = text.strip().lower()
    return [
        one for one in pool_of(session, authority_id)
        if wanted in " ".join((one.person.name, one.institution, one.speciality, one.title, one.region)).lower()
    ]  # fmt: skip


def members_in(session: Session, authority_id: int, public_ids: Collection[str]) -> Sequence[PoolMember]:
    """Judges of the authority's pool by their public ids, by name. Raises NotFound where one is not in it."""
    found = session.scalars(_pool(authority_id).where(PoolMember.public_id.in_(public_ids))).all()
    if len(found) != len(set(public_ids)):
        raise NotFound
    return found


def _pool(authority_id: int) -> Select[PoolMember]:
    return (
        select(PoolMember)
        .join(Person, Person.id == PoolMember.person_id)
        .where(PoolMember.authority_id == authority_id)
        .options(contains_eager(PoolMember.person))
        .order_by(Person.name, PoolMember.id)
    )


def last_closing(session: Session, authority_id: int) -> datetime | None:
    """The latest planned end of a stage in any round of an authority."""
    query = (
        select(func.max(RoundStage.closes_at))
        .join(Round, Round.id == RoundStage.round_id)
        .join(Award, Award.id == Round.award_id)
        .where(Award.authority_id == authority_id)
    )
    return session.scalar(query)


def member_of(session: Session, authority_id: int, person_id: int) -> PoolMember | None:
    """The person's entry in the authority's pool."""
    query = select(PoolMember).where(PoolMember.authority_id == authority_id, PoolMember.person_id == person_id)
    return session.scalar(query)


def seats_of(session: Session, application: Application, *, active_only: bool = True) -> list[Seat]:
    """The seats of an application's panel, in order of assignment, leader first."""
    query = _seats(application.authority_id).where(Assignment.application_id == application.id)
    if active_only:
        query = query.where(Assignment.state == "active")
    return [_seat(row) for row in session.execute(query)]


def _seats(authority_id: int) -> Select[Assignment, str, str, int]:
    return (
        select(Assignment, Person.name, PoolMember.institution, Declaration.id)
        .join(Person, Person.id == Assignment.person_id)
        .outerjoin(
            PoolMember, (PoolMember.person_id == Assignment.person_id) & (PoolMember.authority_id == authority_id)
        )
        .outerjoin(
            Declaration,
            (Declaration.person_id == Assignment.person_id) & (Declaration.application_id == Assignment.application_id),
        )
        .order_by(Assignment.is_leader.desc(), Assignment.id)
    )


def _seat(row: Any) -> Seat:
    assignment, name, institution, signed = row
    return Seat(assignment, name, institution or "", signed is not None)


def loads_of(session: Session, round_id: int) -> Mapping[int, int]:
    """How many active seats each judge of a round has."""
    query = (
        select(Assignment.person_id, func.count())
        .where(Assignment.round_id == round_id, Assignment.state == "active")
        .group_by(Assignment.person_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def pool_with_loads(session: Session, authority_id: int, round_id: int) -> list[tuple[PoolMember, int]]:
    """The authority's judges by name, each with how many active seats he has in a round."""
    seats = (
        select(func.count())
        .where(
            Assignment.person_id == PoolMember.person_id, Assignment.round_id == round_id, Assignment.state == "active"
        )
        .scalar_subquery()
    )
    return [(member, load) for member, load in session.execute(_pool(authority_id).add_columns(seats))]


def has_conflict(session: Session, person_id: int, application_id: int) -> bool:
    """Whether a conflict is on record."""
    query = select(Conflict.id).where(Conflict.person_id == person_id, Conflict.application_id == application_id)
    return session.scalar(query) is not None


def assignment_for(session: Session, actor: Actor, public_id: str) -> Assignment:
    """The actor's own active assignment. Raises NotFound for another's, an ended or a missing one: the same."""
    query = select(Assignment).where(
        Assignment.public_id == public_id, Assignment.person_id == actor.person_id, Assignment.state == "active"
    )
    assignment = session.scalar(query)
    if assignment is None or has_conflict(session, assignment.person_id, assignment.application_id):
        raise NotFound
    return assignment


def assignments_of(session: Session, actor: Actor) -> Sequence[Assignment]:
    """All active assignments of the actor, oldest first."""
    query = select(Assignment).where(Assignment.person_id == actor.person_id, Assignment.state == "active")
    return session.scalars(query.order_by(Assignment.id)).all()


@dataclass(frozen=True)
class Panel:
    """An application and the seats of its panel. ended: seats that have ended, by names."""

    application: Application
    seats: tuple[Seat, ...]
    ended: tuple[str, ...]


def panels_of(session: Session, actor: Actor, round_: Round) -> list[Panel]:
    """The panels of a round by applicant; without applications the actor has a conflict with, or that went out before."""
    applications = session.scalars(
        select(Application)
        .options(joinedload(Application.organisation))
        .join(Application.organisation)
        .where(Application.round_id == round_.id, comes_to_judges(round_), ~is_barred(actor))
        .order_by(Organisation.name, Application.id)
    ).all()
    seats: dict[int, list[Seat]] = defaultdict(list)
    for row in session.execute(_seats(round_.award.authority_id).where(Assignment.round_id == round_.id)):
        seats[row[0].application_id].append(_seat(row))
    return [_panel(one, seats[one.id]) for one in applications]


def _panel(application: Application, seats: Sequence[Seat]) -> Panel:
    active = tuple(one for one in seats if one.assignment.state == "active")
    return Panel(application, active, tuple(one.name for one in seats if one.assignment.state != "active"))


def open_change(session: Session, application: Application) -> PanelChange | None:
    """The change of a panel that waits for a second person."""
    return session.scalar(
        select(PanelChange)
        .where(PanelChange.application_id == application.id, PanelChange.state == "proposed")
        .options(joinedload(PanelChange.assignment), joinedload(PanelChange.person), joinedload(PanelChange.proposer))
    )


def change_in(session: Session, application: Application, public_id: str) -> PanelChange:
    """A change of this panel, whatever became of it. Raises NotFound."""
    change = session.scalar(
        select(PanelChange).where(PanelChange.public_id == public_id, PanelChange.application_id == application.id)
    )
    if change is None:
        raise NotFound
    return change


def changes_waiting(session: Session, round_id: int) -> frozenset[int]:
    """The applications (inner numbers) of a round whose panel has a change that waits for a second person."""
    query = (
        select(PanelChange.application_id)
        .join(Application, Application.id == PanelChange.application_id)
        .where(Application.round_id == round_id, PanelChange.state == "proposed")
    )
    return frozenset(session.scalars(query))


def leader_of(session: Session, application_id: int) -> Assignment | None:
    """The seat that leads a panel."""
    query = select(Assignment).where(
        Assignment.application_id == application_id, Assignment.state == "active", Assignment.is_leader
    )
    return session.scalar(query.limit(1))


def untold_seats(session: Session, person_id: int, round_id: int) -> list[tuple[Assignment, Application]]:
    """The seats a judge has in a round and was not written of, with their applications, in order of assignment."""
    query = (
        with_round()
        .add_columns(Assignment)
        .join(Assignment, Assignment.application_id == Application.id)
        .where(
            Assignment.person_id == person_id, Assignment.round_id == round_id, Assignment.state == "active",
            Assignment.told_at.is_(None), Application.state.in_(LIVE),
        )
        .order_by(Assignment.id)
    )  # fmt: skip
    return [(row[1], row[0]) for row in session.execute(query)]
