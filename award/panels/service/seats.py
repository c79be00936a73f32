"""Who sits on the panel of an application."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from award import policy
from award.accounts.models import Person
from award.applications.models import Application
from award.applications.queries import barred_from, left_out_by
from award.kernel import db
from award.kernel.actor import Action, Actor
from award.kernel.audit.trail import record, round_stream
from award.kernel.errors import Conflict, Invalid, NotFound
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.panels import queries
from award.panels.models import PanelChange, PoolMember
from award.panels.queries import Seat
from award.panels.service.telling import tell_judge, tell_later, tell_leader
from award.regulations.model import PanelRules
from award.rounds.queries import guarded_stage
from award.stages import Kind, StageNow
from award.standing.models import Assignment
from award.standing.queries import standing_of


@dataclass(frozen=True)
class SeatFault:
    """The rule that keeps a judge off a panel. text: English msgid filled from params."""

    code: str
    text: str
    params: Mapping[str, object] = field(default_factory=dict)


def assign(
    session: Session,
    actor: Actor,
    application: Application,
    person: Person,
    now: datetime,
    *,
    is_leader: bool = False,
    replaces: Assignment | None = None,
    confirms: PanelChange | None = None,
) -> Assignment:
    """Gives a judge a seat on the panel of an application. Asked again for the same judge, answers with his seat.

    replaces: the ended seat this one takes over; a substitute may also be named while judges score, by two persons.
    confirms: the change a second person confirms. Effects: a letter to the judge, at once while judges score, before that one
    for the seats of some minutes.
    Raises Refused (wrong stage or role), Conflict (conflict on record, panel full, institution, not in the pool, too many
    applications, no second person), NotFound (replaces: a seat of another panel).
    """
    stage = guarded_stage(session, application.round, now)
    action = Action.JUDGE_REPLACE if replaces is not None else Action.JUDGE_ASSIGN
    policy.require(action, stage, standing_of(session, actor, application, now))
    require_two(stage, confirms)
    hold_panel(session, application)
    db.lock_row(session, "person", person.id, exclusive=True)
    seats = queries.seats_of(session, application)
    for seat in seats:
        if seat.assignment.person_id == person.id:
            return seat.assignment
    if replaces is not None:
        _check_replaced(replaces, application)
    check_seat(session, application, person, seats, now)
    if is_leader:
        _lay_down_lead(seats)
    assignment = Assignment(
        round_id=application.round_id, application_id=application.id, person_id=person.id,
        is_leader=is_leader, assigned_by=actor.person_id, assigned_at=now,
        replaces_id=replaces.id if replaces else None,
    )  # fmt: skip
    session.add(assignment)
    session.flush()
    event = Event.JUDGE_REPLACED if replaces else Event.JUDGE_ASSIGNED
    content = {"judge": person.public_id, "leader": is_leader, "replaces": replaces.public_id if replaces else None}
    note(session, actor, event, assignment, application, content)
    if stage.kind == Kind.SCORE:
        # A deadline runs: who takes a seat over now has no minutes to wait for others that may be given him.
        tell_judge(session, person.id, application.round_id)
    else:
        tell_later(session, application.round, person, now)
    return assignment


def require_two(stage: StageNow, confirms: PanelChange | None) -> None:
    """Raises Conflict where one person alone would change a panel whose judges score already.

    Source: security.md 5, row Assignment: W 3; from 4 on two-person with reason.
    """
    if stage.kind == Kind.SCORE and confirms is None:
        text = N_(
            "Judges are scoring: one person of the office proposes this change with a reason, another confirms it."
        )
        raise Conflict("panel.two_persons", text)


def hold_panel(session: Session, application: Application) -> None:
    """Lets one act at a time change a panel, and reads afresh what another may have changed while this one waited."""
    db.lock_row(session, "application", application.id, exclusive=True)
    session.refresh(application, ["feedback_waived_at", "gate_opened_at", "state", "values_seen_at"])


def _check_replaced(replaces: Assignment, application: Application) -> None:
    if replaces.application_id != application.id:
        raise NotFound
    if replaces.state == "active":
        raise Conflict("panel.seat_taken", N_("This seat has not ended; there is nobody to replace."))


def today_at(application: Application, now: datetime) -> date:
    """The day on the clock of the application's authority."""
    return application.round.award.authority.day_of(now)


def check_seat(
    session: Session, application: Application, person: Person, seats: Sequence[Seat], now: datetime
) -> None:
    """Raises Conflict with the rule that keeps the person off this panel."""
    fault = seat_fault(
        application.round.scheme.panel,
        application,
        seats,
        queries.member_of(session, application.authority_id, person.id),
        person.name,
        is_out=left_out_by(session, application) is not None,
        has_conflict=person.id in barred_from(session, Application.id == application.id),
        load=queries.loads_of(session, application.round_id).get(person.id, 0),
        today=today_at(application, now),
    )
    if fault is not None:
        raise Conflict(fault.code, fault.text, **fault.params)


def seat_fault(
    rules: PanelRules,
    application: Application,
    seats: Sequence[Seat],
    member: PoolMember | None,
    name: str,
    *,
    is_out: bool,
    has_conflict: bool,
    load: int,
    today: date,
) -> SeatFault | None:
    """The first rule that keeps somebody off a panel: open panel, number, pool, appointment, conflict, institution, load.

    seats: the active ones. is_out: a stage held on paper has left the application out. load: applications of the round he has already.
    """
    if is_out or not application.is_live or (application.gate_opened_at is not None and len(seats) >= rules.size):
        return SeatFault("panel.closed", N_("Judges can only be assigned to accepted applications still being judged."))
    if len(seats) >= rules.size:
        return SeatFault("panel.full", N_("This panel has its {size} judges."), {"size": rules.size})
    if (fault := _not_serving(member, name, today)) is not None or member is None:
        return fault
    if has_conflict:
        return SeatFault("panel.conflict", N_("A conflict of interest of {name} is on record."), {"name": name})
    if member.institution == application.organisation.name:
        return SeatFault("panel.own_institution", N_("{name} works for the applicant."), {"name": name})
    if sum(seat.institution == member.institution for seat in seats) >= rules.same_institution:
        text = N_("Only {limit} judges of {institution} may sit on this panel.")
        params = {"limit": rules.same_institution, "institution": member.institution}
        return SeatFault("panel.institution", text, params)
    if rules.most_applications is not None and load >= rules.most_applications:
        text = N_("{name} has {load} applications; no judge may have more.")
        return SeatFault("panel.load", text, {"name": name, "load": load})
    return None


def _not_serving(member: PoolMember | None, name: str, today: date) -> SeatFault | None:
    if member is None or not member.is_active:
        return SeatFault("panel.not_in_pool", N_("{name} is not an active judge of the pool."), {"name": name})
    if member.last_day < today:
        text = N_("The appointment of {name} ended on {day}.")
        return SeatFault("panel.appointment_over", text, {"name": name, "day": member.last_day})
    return None


def name_leader(
    session: Session, actor: Actor, application: Application, assignment: Assignment, now: datetime,
    confirms: PanelChange | None = None,
) -> None:  # fmt: skip
    """Makes one seat of the panel its leader. Asked again, nothing happens.

    Effects: where all sheets are in and a report is still to come, a message to him that it is his to write.
    Raises Refused (wrong stage or role), NotFound (no active seat of this panel), Conflict (no second person).
    """
    stage = guarded_stage(session, application.round, now)
    policy.require(Action.JUDGE_REPLACE, stage, standing_of(session, actor, application, now))
    require_two(stage, confirms)
    hold_panel(session, application)
    _require_active(session, application, assignment)
    if assignment.is_leader:
        return
    _lay_down_lead(queries.seats_of(session, application))
    assignment.is_leader = True
    note(session, actor, Event.LEADER_NAMED, assignment, application, {})
    if application.gate_opened_at is not None:
        tell_leader(session, application, assignment)


def unassign(
    session: Session, actor: Actor, application: Application, assignment: Assignment, reason: str, now: datetime
) -> None:
    """Takes a judge off a panel while panels are being made. Asked again, nothing happens.

    Raises Refused in any other stage, NotFound for a seat of another panel.
    """
    stage = guarded_stage(session, application.round, now)
    policy.require(Action.JUDGE_ASSIGN, stage, standing_of(session, actor, application, now))
    hold_panel(session, application)
    if assignment.application_id != application.id:
        raise NotFound
    if assignment.state == "active":
        end_seat(assignment, "removed", reason, now)
        note(session, actor, Event.JUDGE_UNASSIGNED, assignment, application, {"reason": reason})


def replace_judge(
    session: Session,
    actor: Actor,
    application: Application,
    assignment: Assignment,
    person: Person,
    reason: str,
    now: datetime,
    confirms: PanelChange | None = None,
) -> Assignment:
    """Names a substitute for a seat. One that is still taken (illness, absence) ends by this act, and its sheet is void.

    Raises Refused (wrong stage or role), Conflict (as assign; or the gate has opened: a sheet whose values can be seen is not
    taken out), NotFound (a seat of another panel), Invalid (a seat still taken ends without a reason).
    """
    stage = guarded_stage(session, application.round, now)
    policy.require(Action.JUDGE_REPLACE, stage, standing_of(session, actor, application, now))
    require_two(stage, confirms)
    hold_panel(session, application)
    if assignment.application_id != application.id:
        raise NotFound
    session.refresh(assignment, ["state", "is_leader"])
    was_leader = assignment.is_leader
    if assignment.state == "active":
        if not reason.strip():
            raise Invalid.one("reason", N_("Say in a few words why the judge is replaced."))
        require_unseen(application, assignment)
        end_seat(assignment, "removed", reason, now)
        note(session, actor, Event.JUDGE_UNASSIGNED, assignment, application, {"reason": reason})
        session.flush()
    return assign(
        session, actor, application, person, now, is_leader=was_leader, replaces=assignment, confirms=confirms
    )


def require_unseen(application: Application, assignment: Assignment) -> None:
    """Raises Conflict once the values of a seat's sheet could be seen: from then on nobody else takes it out.

    A recusal closes the gate again, but what was seen stays; only a substitute named since can still be replaced.
    """
    seen_at = application.values_seen_at
    if application.gate_opened_at is not None or (seen_at is not None and assignment.assigned_at <= seen_at):
        text = N_("The sheets of this panel could be seen already; only the judge can still step back.")
        raise Conflict("gate.open", text)


def require_own(actor: Actor, application: Application, assignment: Assignment) -> None:
    """Raises NotFound unless it is the actor's own seat on the panel of this application, and has not ended."""
    own = assignment.person_id == actor.person_id and assignment.application_id == application.id
    if not own or assignment.state != "active":
        raise NotFound


def end_seat(assignment: Assignment, state: str, reason: str, now: datetime) -> None:
    """state: recused or removed."""
    assignment.state, assignment.ended_at, assignment.end_reason = state, now, reason
    assignment.is_leader = False


def _require_active(session: Session, application: Application, assignment: Assignment) -> None:
    session.refresh(assignment, ["state", "is_leader"])
    if assignment.application_id != application.id or assignment.state != "active":
        raise NotFound


def _lay_down_lead(seats: Sequence[Seat]) -> None:
    for seat in seats:
        seat.assignment.is_leader = False


def note(
    session: Session,
    actor: Actor,
    event: Event,
    assignment: Assignment,
    application: Application,
    content: Mapping[str, object],
) -> None:
    """Records an act on a seat in the stream of its round."""
    round_ = application.round
    content = {**content, "application": application.public_id}
    obj = f"assignment:{assignment.public_id}"
    record(session, actor, event, obj, round_stream(round_.public_id), content, rules=round_.scheme_sha256)
