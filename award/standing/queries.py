"""How an actor stands to a round and to an application: the one place policy's question is prepared."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import BindParameter, Select, bindparam, exists, select
from sqlalchemy.orm import Session

from award.kernel import db
from award.kernel.actor import Actor, Role, Scope
from award.policy import Standing
from award.stages import APPLICANTS, Who
from award.standing.models import Assignment, Conflict, Declaration

_ROUND_ROLES = {
    Role.AWARD_OFFICE: Who.OFFICE,
    Role.COMMITTEE_MEMBER: Who.COMMITTEE,
    Role.RECOMMENDER: Who.RECOMMENDER,
    Role.SUPERVISOR: Who.SUPERVISOR,
}
_OWN_ROLES = {Role.WRITER: Who.WRITER, Role.READER: Who.READER}


class Entry(Protocol):
    """What of an application decides how people stand to it."""

    id: int
    round_id: int
    organisation_id: int
    state: str
    correction_due_at: datetime | None
    gate_opened_at: datetime | None
    values_seen_at: datetime | None

    @property
    def authority_id(self) -> int:
        """The authority whose round it is."""


@dataclass(frozen=True)
class Relations:
    """What is written between a person and an application. leads: whether his seat is the leader's, None without a seat."""

    is_conflicted: bool = False
    has_signed: bool = False
    leads: bool | None = None


_person: BindParameter[int] = bindparam("person")
_application: BindParameter[int] = bindparam("application")
_RELATIONS = select(
    exists().where(Conflict.person_id == _person, Conflict.application_id == _application),
    exists().where(Declaration.person_id == _person, Declaration.application_id == _application),
    select(Assignment.is_leader)
    .where(
        Assignment.person_id == _person, Assignment.application_id == _application, Assignment.state == "active"
    )
    .scalar_subquery(),
)  # fmt: skip
"""Made once: every act asks it, and making it takes longer than its answer."""


def roles_in_round(actor: Actor, round_id: int, authority_id: int) -> frozenset[Who]:
    """What an actor's grants make of him in a round, through the round itself or its authority."""
    who = {Who.PUBLIC}
    for role, meaning in _ROUND_ROLES.items():
        if actor.has(role, Scope.ROUND, round_id) or actor.has(role, Scope.AUTHORITY, authority_id):
            who.add(meaning)
    return frozenset(who)


def is_judge(actor: Actor, round_id: int, authority_id: int) -> bool:
    """Whether an actor may judge in a round at all, through the round itself or its authority's pool."""
    return actor.has(Role.JUDGE, Scope.ROUND, round_id) or actor.has(Role.JUDGE, Scope.AUTHORITY, authority_id)


def standing_in_round(actor: Actor, round_id: int, authority_id: int) -> Standing:
    """How an actor stands to a round as a whole."""
    return Standing(roles_in_round(actor, round_id, authority_id))


def standing_of(session: Session, actor: Actor, application: Entry, now: datetime) -> Standing:
    """How an actor stands to one application; a conflict is found whatever else he holds. now: UTC."""
    if actor.person_id is None:
        return standing_with(Relations(), actor, application, now)
    return standing_with(_relations(session, actor.person_id, application.id), actor, application, now)


def _relations(session: Session, person_id: int, application_id: int) -> Relations:
    """Asked once by a page, for a reading transaction sees one moment; an act asks again whenever it has got a lock."""
    asked = {"person": person_id, "application": application_id}
    if not db.is_reading(session):
        return Relations(*session.execute(_RELATIONS, asked).one())
    known: dict[tuple[int, int], Relations] = session.info.setdefault("relations", {})
    key = (person_id, application_id)
    if key not in known:
        known[key] = Relations(*db.rows_of(session, _RELATIONS, **asked).one())
    return known[key]


def standing_with(relations: Relations, actor: Actor, application: Entry, now: datetime) -> Standing:
    """The same from relations that were read with the application."""
    who = set(roles_in_round(actor, application.round_id, application.authority_id))
    who |= own_part(actor, application)
    # Work on what its applicant withdrew has ended, and so has that of a judge whose appointment is over.
    if application.state != "withdrawn" and is_judge(actor, application.round_id, application.authority_id):
        who |= _seat(relations)
    if who & APPLICANTS:
        who = _as_applicant(who)
    due = application.correction_due_at
    return Standing(
        frozenset(who),
        is_conflicted=bool(relations.is_conflicted),
        gate_open=application.gate_opened_at is not None,
        values_seen=application.values_seen_at is not None,
        in_correction=application.state == "correction",
        correction_over=due is not None and now >= due,
    )


def own_part(actor: Actor, application: Entry) -> frozenset[Who]:
    """What an actor is for the applicant: responsible, a writer, a reader; empty for everybody else."""
    who = {meaning for role, meaning in _OWN_ROLES.items() if actor.has(role, Scope.APPLICATION, application.id)}
    return frozenset(who | ({Who.OWNER} if actor.acts_for(application.organisation_id, application.authority_id) else set()))


def _seat(relations: Relations) -> set[Who]:
    if relations.leads is None:
        return set()
    if not relations.has_signed:
        return {Who.ASSIGNED_JUDGE}
    return {Who.CLEARED_JUDGE, *({Who.PANEL_LEADER} if relations.leads else ())}


def standing_held(session: Session, actor: Actor, application: Entry, now: datetime, known: Standing | None) -> Standing:
    """How an actor stands once a lock is held. known: as it was asked before, in this very transaction.

    On SQLite nothing can have changed since: a writing transaction has its turn before it reads at all.
    """
    if known is not None and db.is_sqlite(session):
        return known
    return standing_of(session, actor, application, now)


def _as_applicant(who: set[Who]) -> set[Who]:
    """Whoever works for the applicant decides nothing about it and judges nothing of it; a seat he has he can only give up."""
    seats = {Who.ASSIGNED_JUDGE, Who.CLEARED_JUDGE, Who.PANEL_LEADER}
    return {Who.PUBLIC, *(who & APPLICANTS), *({Who.ASSIGNED_JUDGE} if who & seats else ())}


def conflicts_of(person_id: int | None) -> Select[int]:
    """The inner numbers of the applications somebody has a conflict with on record."""
    return select(Conflict.application_id).where(Conflict.person_id == person_id)
