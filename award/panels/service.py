"""What can be done with the pool and with panels. Each function is one whole act: check, change, record."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from award import policy
from award.accounts.models import Person
from award.accounts.service import give_grant
from award.applications.models import Application
from award.kernel import db
from award.kernel.actor import Action, Actor, Role, Scope
from award.kernel.audit.trail import ADMIN, record, round_stream
from award.kernel.errors import Conflict, Invalid, Refused
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.panels import queries
from award.panels.models import PoolMember
from award.rounds.models import Authority
from award.rounds.queries import guarded_stage, scheme_of
from award.standing.models import Assignment, Declaration
from award.standing.models import Conflict as ConflictRow
from award.standing.queries import standing_of


def add_judge(
    session: Session,
    actor: Actor,
    authority: Authority,
    person: Person,
    *,
    institution: str,
    title: str = "",
    speciality: str = "",
    region: str = "",
    now: datetime,
) -> PoolMember:
    """Takes a person into an authority's pool of judges and gives him the role. One who is in it already stays as he is.

    Raises Refused for anybody but the authority's office, Invalid without an institution.
    """
    _require_office(actor, authority)
    if not institution.strip():
        raise Invalid.one("institution", N_("Enter the institution; it decides who can sit on a panel together."))
    existing = queries.member_of(session, authority.id, person.id)
    if existing is not None:
        return existing
    member = PoolMember(
        authority_id=authority.id, person_id=person.id, institution=institution, title=title, speciality=speciality,
        region=region, added_at=now,
    )  # fmt: skip
    session.add(member)
    if not actor_holds_judge(session, person, authority):
        give_grant(session, actor, person, Role.JUDGE, Scope.AUTHORITY, authority.id, now)
    session.flush()
    content = {"person": person.public_id, "institution": institution, "speciality": speciality}
    record(session, actor, Event.JUDGE_ADDED, f"judge:{member.public_id}", ADMIN, content)
    return member


def actor_holds_judge(session: Session, person: Person, authority: Authority) -> bool:
    """Whether the person is a judge of this authority already."""
    return any(
        grant.role == Role.JUDGE and grant.scope == Scope.AUTHORITY and grant.scope_id == authority.id
        and grant.revoked_at is None
        for grant in person.grants
    )  # fmt: skip


def set_active(session: Session, actor: Actor, authority: Authority, member: PoolMember, is_active: bool) -> PoolMember:
    """Lets a judge rest, or takes him back: who rests is not offered for panels."""
    _require_office(actor, authority)
    member.is_active = is_active
    record(session, actor, Event.JUDGE_CHANGED, f"judge:{member.public_id}", ADMIN, {"active": is_active})
    return member


def _require_office(actor: Actor, authority: Authority) -> None:
    if not actor.has(Role.AWARD_OFFICE, Scope.AUTHORITY, authority.id):
        raise Refused("role.cannot", N_("Only the award office of this authority keeps its pool of judges."))


def assign(
    session: Session,
    actor: Actor,
    application: Application,
    person: Person,
    now: datetime,
    *,
    is_leader: bool = False,
    replaces: Assignment | None = None,
) -> Assignment:
    """Gives a judge a seat on the panel of an application. Asked again for the same judge, answers with his seat.

    replaces: the ended seat this one takes over; a substitute may also be named while judges score.
    Raises Refused (wrong stage or role), Conflict (conflict on record, panel full, institution, not in the pool).
    """
    stage = guarded_stage(session, application.round, now)
    action = Action.JUDGE_REPLACE if replaces is not None else Action.JUDGE_ASSIGN
    policy.require(action, stage, standing_of(session, actor, application, now))
    db.lock_row(session, "application", application.id, exclusive=True)
    seats = queries.seats_of(session, application)
    for seat in seats:
        if seat.assignment.person_id == person.id:
            return seat.assignment
    check_seat(session, application, person, seats)
    if is_leader:
        for seat in seats:
            seat.assignment.is_leader = False
    assignment = Assignment(
        round_id=application.round_id, application_id=application.id, person_id=person.id,
        is_leader=is_leader, assigned_by=actor.person_id, assigned_at=now,
        replaces_id=replaces.id if replaces else None,
    )  # fmt: skip
    session.add(assignment)
    session.flush()
    event = Event.JUDGE_REPLACED if replaces else Event.JUDGE_ASSIGNED
    content = {"judge": person.public_id, "leader": is_leader, "replaces": replaces.public_id if replaces else None}
    _record(session, actor, event, assignment, application, content)
    return assignment


def check_seat(session: Session, application: Application, person: Person, seats: list[queries.Seat]) -> None:
    """Raises Conflict with the rule that keeps the person off this panel: live application, number, pool, institution."""
    rules = scheme_of(session, application.round).panel
    if not application.is_live or application.gate_opened_at is not None:
        raise Conflict("panel.closed", N_("Judges can only be assigned to accepted applications still being judged."))
    if len(seats) >= rules.size:
        raise Conflict("panel.full", N_("This panel has its {size} judges."), size=rules.size)
    member = queries.member_of(session, application.authority_id, person.id)
    if member is None or not member.is_active:
        raise Conflict("panel.not_in_pool", N_("{name} is not an active judge of the pool."), name=person.name)
    if queries.has_conflict(session, person.id, application.id):
        raise Conflict("panel.conflict", N_("A conflict of interest of {name} is on record."), name=person.name)
    if member.institution == application.organisation.name:
        raise Conflict("panel.own_institution", N_("{name} works for the applicant."), name=person.name)
    same = sum(seat.institution == member.institution for seat in seats)
    if same >= rules.same_institution:
        raise Conflict(
            "panel.institution", N_("Only {limit} judges of {institution} may sit on this panel."),
            limit=rules.same_institution, institution=member.institution,
        )  # fmt: skip


def name_leader(session: Session, actor: Actor, application: Application, assignment: Assignment, now: datetime) -> None:
    """Makes one seat of the panel its leader."""
    stage = guarded_stage(session, application.round, now)
    policy.require(Action.JUDGE_REPLACE, stage, standing_of(session, actor, application, now))
    for seat in queries.seats_of(session, application):
        seat.assignment.is_leader = seat.assignment.id == assignment.id
    _record(session, actor, Event.LEADER_NAMED, assignment, application, {})


def unassign(
    session: Session, actor: Actor, application: Application, assignment: Assignment, reason: str, now: datetime
) -> None:
    """Takes a judge off a panel while panels are being made. Raises Refused in any other stage."""
    stage = guarded_stage(session, application.round, now)
    policy.require(Action.JUDGE_ASSIGN, stage, standing_of(session, actor, application, now))
    if assignment.state != "active":
        return
    assignment.state, assignment.ended_at, assignment.end_reason = "removed", now, reason
    _record(session, actor, Event.JUDGE_UNASSIGNED, assignment, application, {"reason": reason})


def sign_declaration(
    session: Session, actor: Actor, application: Application, assignment: Assignment, wording: str, now: datetime
) -> None:
    """The judge declares that no conflict exists; from the next request on the application is open to him.

    wording: the text he signed. Signed again: nothing happens. Raises Refused (not assigned, or wrong stage).
    """
    stage = guarded_stage(session, application.round, now)
    standing = standing_of(session, actor, application, now)
    if policy.decide(Action.CONFLICT_DECLARE, stage, standing).allowed and not policy.decide(
        Action.DECLARATION_SIGN, stage, standing
    ).allowed:
        return
    policy.require(Action.DECLARATION_SIGN, stage, standing)
    session.add(
        Declaration(person_id=assignment.person_id, application_id=application.id, signed_at=now, wording=wording)
    )
    _record(session, actor, Event.DECLARATION_SIGNED, assignment, application, {"wording": wording})


def declare_conflict(
    session: Session, actor: Actor, application: Application, assignment: Assignment, reason: str, now: datetime
) -> None:
    """The judge recuses himself: his seat ends, his sheet is void, and at the next request nothing of it exists for him.

    Raises Refused (not assigned, or wrong stage), Invalid (no reason).
    """
    stage = guarded_stage(session, application.round, now)
    policy.require(Action.CONFLICT_DECLARE, stage, standing_of(session, actor, application, now))
    if not reason.strip():
        raise Invalid.one("reason", N_("Say in a few words what the conflict is."))
    session.add(
        ConflictRow(
            person_id=assignment.person_id, application_id=application.id, source="judge", reason=reason,
            declared_by=actor.person_id, declared_at=now,
        )
    )  # fmt: skip
    assignment.state, assignment.ended_at, assignment.end_reason = "recused", now, reason
    assignment.is_leader = False
    _record(session, actor, Event.CONFLICT_DECLARED, assignment, application, {"reason": reason})


def record_conflict(
    session: Session, actor: Actor, application: Application, person: Person, reason: str, now: datetime
) -> None:
    """The office records a conflict it learned of; a seat the judge has on this panel ends at once.

    Raises Refused (wrong stage or role), Invalid (no reason).
    """
    stage = guarded_stage(session, application.round, now)
    policy.require(Action.JUDGE_REPLACE, stage, standing_of(session, actor, application, now))
    if not reason.strip():
        raise Invalid.one("reason", N_("Say in a few words what the conflict is."))
    if queries.has_conflict(session, person.id, application.id):
        return
    session.add(
        ConflictRow(
            person_id=person.id, application_id=application.id, source="office", reason=reason,
            declared_by=actor.person_id, declared_at=now,
        )
    )  # fmt: skip
    for seat in queries.seats_of(session, application):
        if seat.assignment.person_id == person.id:
            seat.assignment.state, seat.assignment.ended_at = "recused", now
            seat.assignment.end_reason, seat.assignment.is_leader = reason, False
    stream = round_stream(application.round.public_id)
    content = {"judge": person.public_id, "reason": reason, "source": "office"}
    record(session, actor, Event.CONFLICT_DECLARED, f"application:{application.public_id}", stream, content)


def _record(
    session: Session, actor: Actor, event: Event, assignment: Assignment, application: Application, content: Mapping[str, object]
) -> None:
    stream = round_stream(application.round.public_id)
    content = {**content, "application": application.public_id}
    rules = application.round.scheme_sha256
    record(session, actor, event, f"assignment:{assignment.public_id}", stream, content, rules=rules)
