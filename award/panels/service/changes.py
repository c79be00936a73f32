"""Changes of a panel while judges score: proposed by one person of the office with a reason, confirmed by another."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from award import policy
from award.accounts.models import Person
from award.applications.models import Application
from award.applications.queries import barred_from
from award.kernel.actor import Action, Actor
from award.kernel.audit.trail import record, round_stream
from award.kernel.errors import Conflict, Invalid, NotFound, Refused
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.panels import queries
from award.panels.models import PanelChange
from award.panels.service.conflicts import record_conflict
from award.panels.service.seats import check_seat, hold_panel, name_leader, replace_judge, require_unseen
from award.rounds.queries import guarded_stage
from award.rounds.service.second_person import Waiting, ask_second_person
from award.stages import Kind
from award.standing.models import Assignment
from award.standing.queries import standing_of


@dataclass(frozen=True)
class Wanted:
    """What is proposed. kind: replace (seat by person), conflict (of person), leader (seat)."""

    kind: str
    reason: str
    seat: Assignment | None = None
    person: Person | None = None


def propose_change(
    session: Session, actor: Actor, application: Application, wanted: Wanted, now: datetime
) -> PanelChange:
    """Puts a change of a panel before a second person; nothing of the panel changes yet.

    Where the seat has ended, the reason it ended for is enough. Raises Refused (wrong stage or role), Conflict (another one
    waits, or what confirming would be refused for), NotFound (a seat of another panel, not in the pool), Invalid (no reason).
    Effects: messages to those who may confirm it.
    """
    stage = guarded_stage(session, application.round, now)
    policy.require(Action.JUDGE_REPLACE, stage, standing_of(session, actor, application, now))
    if stage.kind != Kind.SCORE:
        raise Conflict(
            "panel.at_once", N_("While panels are made, one person changes them; nothing has to be confirmed.")
        )
    hold_panel(session, application)
    if queries.open_change(session, application) is not None:
        raise Conflict(
            "panel.change_waits", N_("A change of this panel waits for a second person. Confirm or drop it first.")
        )
    reason = wanted.reason.strip() or (wanted.seat.end_reason if wanted.seat is not None else "")
    if not reason:
        raise Invalid.one("reason", N_("Say in a few words why; the second person and the trail keep it."))
    _check(session, application, wanted, now)
    change = PanelChange(
        application_id=application.id, kind=wanted.kind, reason=reason, proposed_by=_person_of(actor), proposed_at=now,
        assignment_id=None if wanted.seat is None else wanted.seat.id,
        person_id=None if wanted.person is None else wanted.person.id,
    )  # fmt: skip
    session.add(change)
    session.flush()
    session.refresh(change)
    _note(session, actor, Event.PANEL_CHANGE_PROPOSED, change)
    place = f"/office/rounds/{application.round.public_id}/assign/{application.public_id}"
    name = application.entrant
    waits = Waiting(N_("Change of a panel"), name, place, change.public_id, application.public_id)
    barred = barred_from(session, Application.id == application.id)
    ask_second_person(session, actor, application.round, waits, now, without=barred)
    return change


def _check(session: Session, application: Application, wanted: Wanted, now: datetime) -> None:
    """What can be known now of what confirming would be refused for."""
    seat, person = wanted.seat, wanted.person
    seats = queries.seats_of(session, application)
    if seat is not None and seat.application_id != application.id:
        raise NotFound
    if wanted.kind == "replace" and seat is not None and person is not None:
        if seat.state == "active":
            require_unseen(application, seat)
        check_seat(session, application, person, [one for one in seats if one.assignment is not seat], now)
    elif wanted.kind == "conflict" and person is not None:
        if queries.member_of(session, application.authority_id, person.id) is None:
            raise NotFound
        for one in seats:
            if one.assignment.person_id == person.id:
                require_unseen(application, one.assignment)
    elif wanted.kind != "leader" or seat is None or seat.state != "active":
        raise NotFound


def confirm_change(session: Session, actor: Actor, change: PanelChange, now: datetime) -> PanelChange:
    """Does what was proposed, in the name of both. Confirmed by the same person already, nothing happens.

    Raises Refused (wrong stage or role, or the person who proposed it), Conflict (decided otherwise, or as the act itself),
    NotFound and Invalid as the act itself.
    """
    application = change.application
    if change.state == "confirmed" and change.decided_by == actor.person_id:
        return change
    _hold(session, actor, change, now)
    if change.proposed_by == actor.person_id:
        raise Refused(
            "panel.same_person", N_("You proposed this change; another person of the office must confirm it.")
        )
    _decided(change, "confirmed", actor, now)
    _note(session, actor, Event.PANEL_CHANGE_CONFIRMED, change)
    session.flush()
    if change.kind == "replace" and change.assignment is not None and change.person is not None:
        replace_judge(session, actor, application, change.assignment, change.person, change.reason, now, change)
    elif change.kind == "conflict" and change.person is not None:
        record_conflict(session, actor, application, change.person, change.reason, now, change)
    elif change.assignment is not None:
        name_leader(session, actor, application, change.assignment, now, change)
    return change


def drop_change(session: Session, actor: Actor, change: PanelChange, now: datetime) -> PanelChange:
    """Takes a proposed change back: its proposer, or the second person who does not agree. Dropped already, nothing happens.

    Raises Refused (wrong stage or role), Conflict (confirmed already).
    """
    if change.state == "dropped":
        return change
    _hold(session, actor, change, now)
    _decided(change, "dropped", actor, now)
    _note(session, actor, Event.PANEL_CHANGE_DROPPED, change)
    return change


def _hold(session: Session, actor: Actor, change: PanelChange, now: datetime) -> None:
    application = change.application
    stage = guarded_stage(session, application.round, now)
    policy.require(Action.JUDGE_REPLACE, stage, standing_of(session, actor, application, now))
    hold_panel(session, application)
    session.refresh(change, ["state"])
    if change.state != "proposed":
        raise Conflict("panel.change_decided", N_("This change was decided on already. Open the panel again."))


def _decided(change: PanelChange, state: str, actor: Actor, now: datetime) -> None:
    change.state, change.decided_by, change.decided_at = state, _person_of(actor), now


def _person_of(actor: Actor) -> int:
    if actor.person_id is None:
        raise NotFound
    return actor.person_id


def _note(session: Session, actor: Actor, event: Event, change: PanelChange) -> None:
    round_ = change.application.round
    content: Mapping[str, object] = {
        "application": change.application.public_id, "kind": change.kind, "reason": change.reason,
        "seat": change.assignment.public_id if change.assignment else None,
        "judge": change.person.public_id if change.person else None,
        "proposed_by": change.proposer.public_id,
    }  # fmt: skip
    obj = f"panel_change:{change.public_id}"
    record(session, actor, event, obj, round_stream(round_.public_id), content, rules=round_.scheme_sha256)
