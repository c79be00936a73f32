"""Who may not be one and the same person."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from award.accounts.models import Grant, Person
from award.applications.models import AcceptanceDecision, Application, PaperOutcome
from award.applications.queries import WORKS_FOR
from award.invariants.finding import Found, among
from award.kernel import clock
from award.kernel.actor import ADMINISTRATORS
from award.panels.models import PanelChange
from award.results.models import Approval, AwardDecision, Objection, Proposal, Publication
from award.rounds.models import DateChange, RoundStage, StageExtension
from award.standing.models import Assignment
from award.winners.models import Certificate

PAIRS = (
    ("acceptance decision", AcceptanceDecision, "decided_by", "confirmed_by", {"kind": "refuse", "state": "in_force"}),
    ("outcome", PaperOutcome, "recorded_by", "confirmed_by", {"state": "confirmed"}),
    ("replaced outcome", PaperOutcome, "recorded_by", "confirmed_by", {"state": "replaced"}),
    ("decision", AwardDecision, "recorded_by", "confirmed_by", {"state": "in_force"}),
    ("replaced decision", AwardDecision, "recorded_by", "confirmed_by", {"state": "replaced"}),
    ("approval", Approval, "recorded_by", "confirmed_by", {"state": "in_force"}),
    ("replaced approval", Approval, "recorded_by", "confirmed_by", {"state": "replaced"}),
    ("change of a panel", PanelChange, "proposed_by", "decided_by", {"state": "confirmed"}),
    ("change of dates", DateChange, "proposed_by", "decided_by", {"state": "confirmed"}),
    ("answer to an objection", Objection, "examined_by", "answered_by", {"state": "answered"}),
)
"""What two persons do: the table, the columns of the first and of the second, and when both must be there."""


def two_persons(session: Session) -> Found:
    """A decision and its confirmation are different persons, and the second is named."""
    return among(_pairs(session), lambda one: _same(*one))


def _same(what: str, public_id: str, first: int | None, second: int | None) -> str:
    if first is None or second is None:
        return f"{what} {public_id} lacks one of its two persons"
    return f"{what} {public_id}: the same person twice" if first == second else ""


def _pairs(session: Session) -> Iterator[tuple[Any, ...]]:
    for what, model, first, second, where in PAIRS:
        table: Any = model
        query = select(table.public_id, getattr(table, first), getattr(table, second)).filter_by(**where)
        yield from ((what, *row) for row in session.execute(query))
    yield from (("decision on dates", *row) for row in session.execute(_decided_late()))
    revoked = select(Certificate.public_id, Certificate.issued_by, Certificate.revoked_by)
    for row in session.execute(revoked.where(Certificate.revoked_at.is_not(None))):
        yield ("revoked certificate", *row)


def _decided_late() -> Select[str, int | None, int]:
    """The decisions on dates of a round taken after anything was handed in there."""
    first = (
        select(Application.round_id, func.min(Application.submitted_at).label("at"))
        .where(Application.submitted_at.is_not(None)).group_by(Application.round_id).subquery()
    )  # fmt: skip
    return (
        select(StageExtension.public_id, StageExtension.proposed_by, StageExtension.decided_by)
        .join(RoundStage, RoundStage.id == StageExtension.round_stage_id)
        .join(first, (first.c.round_id == RoundStage.round_id) & (first.c.at < StageExtension.decided_at))
    )


def publisher_decided_nothing(session: Session) -> Found:
    """Who published a result has recorded no decision of it that was in force."""
    published = (
        select(Proposal.public_id, AwardDecision.recorded_by, Publication.published_by)
        .join(AwardDecision, AwardDecision.proposal_id == Proposal.id)
        .join(Publication, Publication.round_id == Proposal.round_id)
        .where(AwardDecision.state == "in_force")
    )
    return among(session.execute(published), lambda one: _same("published decision of", *one))


def administrators_apart(session: Session) -> Found:
    """Nobody holds two of the administrators' roles, nor one of them and any other."""
    now = clock.now(session)
    query = select(Person.public_id, Grant.role).join(Grant, Grant.person_id == Person.id)
    in_force = query.where(Grant.revoked_at.is_(None), (Grant.valid_until.is_(None)) | (Grant.valid_until > now))
    held: dict[str, set[str]] = defaultdict(set)
    for public_id, role in session.execute(in_force):
        held[public_id].add(role)
    return among(held.items(), lambda one: _mixed(*one))


def _mixed(public_id: str, roles: set[str]) -> str:
    if len(roles) < 2 or not roles & {role.value for role in ADMINISTRATORS}:
        return ""
    return f"person {public_id} holds {' and '.join(sorted(roles))}"


def roles_from_others(session: Session) -> Found:
    """Nobody has given a role to himself."""
    query = select(Person.public_id, Grant.person_id, Grant.given_by, Grant.role).join(
        Grant, Grant.person_id == Person.id
    )
    return among(
        session.execute(query.where(Grant.given_by.is_not(None))),
        lambda one: f"person {one[0]} gave himself {one[3]}" if one[1] == one[2] else "",
    )


def judges_apart(session: Session) -> Found:
    """Nobody judges the application of an organisation he acts for, or one he was invited to write or to read."""
    query = (
        select(Assignment.public_id, Grant.id)
        .join(Application, Assignment.application_id == Application.id)
        .outerjoin(Grant, (Grant.person_id == Assignment.person_id) & WORKS_FOR)
        .where(Assignment.state == "active")
    )
    return among(
        session.execute(query), lambda one: f"seat {one[0]}: its judge works for the applicant" if one[1] else ""
    )
