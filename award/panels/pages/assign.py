"""The panels of a round: who judges what, who leads, what is missing; assigning, replacing, conflicts the office knows."""

from collections.abc import Collection, Sequence
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from award.accounts.models import Person
from award.accounts.queries import person_by_public_id
from award.applications.models import Application
from award.applications.queries import barred_from, left_out_by, office_application
from award.kernel import clock, i18n
from award.kernel.actor import Action, Actor
from award.kernel.errors import Conflict, FieldError, Invalid, NotFound
from award.kernel.i18n import N_
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.forms import Form, SubmittedForm
from award.kernel.web.rendering import render, render_invalid
from award.panels import queries
from award.panels.models import PanelChange, PoolMember
from award.panels.queries import Panel, Seat
from award.panels.service import (
    Wanted,
    assign,
    confirm_change,
    drop_change,
    name_leader,
    propose_change,
    record_conflict,
    replace_judge,
    unassign,
)
from award.panels.service.seats import seat_fault, today_at
from award.policy import decide
from award.regulations.model import PanelRules
from award.rounds.models import Round
from award.rounds.pages.place import place_of
from award.rounds.queries import round_for, stage_now, stage_of
from award.stages import Kind
from award.standing.models import Assignment
from award.standing.queries import standing_of

router = APIRouter(prefix="/office/rounds/{round_id}/assign", dependencies=[Depends(guard.office_or_supervisor)])


@router.get("")
def panels(request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId) -> Response:
    """Every application with its panel and what is missing, and how much each judge has to do."""
    round_ = round_for(session, actor, round_id)
    now = clock.now(session)
    place = place_of(actor, round_, "assign", now)
    rules = round_.scheme.panel
    waiting = queries.changes_waiting(session, round_.id)
    rows = [
        _panel(round_, one, rules, one.application.id in waiting) for one in queries.panels_of(session, actor, round_)
    ]
    pool = queries.pool_with_loads(session, round_.award.authority_id, round_.id)
    return render(
        request, session, "panels/assign.html", **place, rows=rows, size=rules.size,
        short=sum(one["missing"] > 0 for one in rows), headless=sum(one["no_leader"] for one in rows),
        unsigned=sum(one["unsigned"] for one in rows), most=rules.most_applications,
        loads=[
            {"name": one.person.name, "institution": one.institution, "load": load, "is_active": one.is_active}
            for one, load in pool if one.is_active or load
        ],
    )  # fmt: skip


def _panel(round_: Round, one: Panel, rules: PanelRules, has_change: bool) -> dict[str, Any]:
    application = one.application
    return {
        "name": application.entrant, "number": application.number or "", "sector": application.sector,
        "url": f"/office/rounds/{round_.public_id}/assign/{application.public_id}",
        "seats": [_seat(seat) for seat in one.seats],
        "missing": max(0, rules.size - len(one.seats)),
        "no_leader": rules.leader_required and not any(seat.assignment.is_leader for seat in one.seats),
        "unsigned": sum(not seat.has_signed for seat in one.seats),
        "ended": one.ended, "has_change": has_change, "gate_open": application.gate_opened_at is not None,
    }  # fmt: skip


def _seat(seat: Seat, barred: Collection[int] = ()) -> dict[str, Any]:
    return {
        "id": seat.assignment.public_id, "name": seat.name, "institution": seat.institution,
        "is_leader": seat.assignment.is_leader, "has_signed": seat.has_signed, "state": seat.assignment.state,
        "reason": seat.assignment.end_reason, "is_barred": seat.assignment.person_id in barred,
    }  # fmt: skip


@router.get("/{application_id}")
def panel(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, application_id: PublicId,
    replace: str = "",
) -> Response:  # fmt: skip
    """One panel, and every judge of the pool with the rule that keeps him off it. replace: the seat a substitute takes."""
    application = office_application(session, actor, application_id, clock.now(session), round_id)
    return render(request, session, "panels/panel.html", **_one(request, session, actor, application, replace))


def _one(
    request: Request, session: Session, actor: Actor, application: Application, replace: str = ""
) -> dict[str, Any]:
    now, round_ = clock.now(session), application.round
    stage, standing = stage_now(round_, now), standing_of(session, actor, application, now)
    rules = round_.scheme.panel
    seats = queries.seats_of(session, application, active_only=False)
    active = [one for one in seats if one.assignment.state == "active"]
    replaced = next((one for one in seats if one.assignment.public_id == replace), None)
    pool = queries.pool_with_loads(session, application.authority_id, round_.id)
    kept = [one for one in active if one is not replaced]
    barred = barred_from(session, Application.id == application.id)
    return {
        **place_of(actor, round_, "assign", now),
        "application": {
            "name": application.entrant, "number": application.number or "",
            "gate_open": application.gate_opened_at is not None, "is_live": application.is_live,
        },
        "url": f"/office/rounds/{round_.public_id}/assign/{application.public_id}",
        "size": rules.size,
        "seats": [_seat(one, barred) for one in active],
        "ended": [_seat(one) for one in seats if one.assignment.state != "active"],
        "vacancies": max(0, rules.size - len(active)),
        "leader_missing": rules.leader_required and not any(one.assignment.is_leader for one in active),
        "candidates": _candidates(request, session, application, rules, pool, seats, kept, barred),
        "everybody": [
            {"id": one.person.public_id, "name": one.person.name, "institution": one.institution} for one, _ in pool
        ],
        "replacing": _seat(replaced) if replaced is not None else None,
        "may_assign": decide(Action.JUDGE_ASSIGN, stage, standing).allowed,
        "may_replace": decide(Action.JUDGE_REPLACE, stage, standing).allowed,
        "by_two": stage.kind == Kind.SCORE,
        "change": _change(request, actor, queries.open_change(session, application), seats),
        "typed": {},
    }  # fmt: skip


def _candidates(
    request: Request, session: Session, application: Application, rules: PanelRules, pool: Sequence[tuple[PoolMember, int]],
    seats: Sequence[Seat], kept: Sequence[Seat], barred: Collection[int],
) -> list[dict[str, Any]]:  # fmt: skip
    """The judges of the pool who have no seat here, those who may take one first."""
    today = today_at(application, clock.now(session))
    sitting = {one.assignment.person_id for one in seats if one.assignment.state == "active"}
    is_out = left_out_by(session, application) is not None
    found = []
    for member, load in pool:
        if member.person_id in sitting or not member.is_active:
            continue
        name, has_conflict = member.person.name, member.person_id in barred
        fault = seat_fault(
            rules, application, kept, member, name, is_out=is_out, has_conflict=has_conflict, load=load, today=today
        )
        found.append({
            "id": member.person.public_id, "name": name, "institution": member.institution, "title": member.title,
            "speciality": member.speciality, "load": load, "has_conflict": has_conflict,
            "why": "" if fault is None else i18n.translate(request.state.language, fault.text, fault.params),
        })  # fmt: skip
    return sorted(found, key=lambda one: (bool(one["why"]), one["load"], one["name"]))


@router.post("/{application_id}", dependencies=[Depends(guard.office)])
def act(
    request: Request,
    session: RequestSession,
    actor: CurrentActor,
    round_id: PublicId,
    application_id: PublicId,
    form: Form,
) -> Response:
    """One act on the panel. act: assign, replace, leader, remove, conflict; confirm or drop what another proposed."""
    application = office_application(session, actor, application_id, clock.now(session), round_id)
    try:
        reason = form.text("reason", required=False, longest=500, lines=True)
        form.check()
        _do(session, actor, application, form, reason)
    except (Invalid, Conflict) as error:
        session.rollback()
        application = office_application(session, actor, application_id, clock.now(session), round_id)
        shown = _one(request, session, actor, application, form.get("replaces"))
        shown["typed"] = {name: form.get(name) for name in ("reason", "judge", "seat")}
        fault = error if isinstance(error, Invalid) else Invalid([FieldError("panel", error.text, error.params)])
        response = render_invalid(request, session, "panels/panel.html", fault, **shown)
        response.status_code = error.status
        return response
    return RedirectResponse(f"/office/rounds/{round_id}/assign/{application_id}", 303)


def _do(session: Session, actor: Actor, application: Application, form: SubmittedForm, reason: str) -> None:
    now, what = clock.now(session), form.get("act")
    if what in ("confirm", "drop"):
        change = queries.change_in(session, application, form.get("change"))
        (confirm_change if what == "confirm" else drop_change)(session, actor, change, now)
    elif what in ("replace", "leader", "conflict") and stage_of(application.round).kind == Kind.SCORE:
        propose_change(session, actor, application, _wanted(session, application, form, what, reason), now)
    elif what == "assign":
        assign(session, actor, application, _person(session, form), now, is_leader=form.ticked("leader"))
    elif what == "replace":
        seat = _assignment(session, application, form.get("replaces"))
        replace_judge(session, actor, application, seat, _person(session, form), reason, now)
    elif what == "leader":
        name_leader(session, actor, application, _assignment(session, application, form.get("seat")), now)
    elif what == "remove":
        unassign(session, actor, application, _assignment(session, application, form.get("seat")), reason, now)
    elif what == "conflict":
        record_conflict(session, actor, application, _person(session, form), reason, now)
    else:
        raise Invalid([FieldError("panel", N_("Choose one of the options."))])


def _wanted(session: Session, application: Application, form: SubmittedForm, what: str, reason: str) -> Wanted:
    if what == "leader":
        return Wanted(what, reason, seat=_assignment(session, application, form.get("seat")))
    seat = _assignment(session, application, form.get("replaces")) if what == "replace" else None
    return Wanted(what, reason, seat, _person(session, form))


def _change(request: Request, actor: Actor, change: PanelChange | None, seats: Sequence[Seat]) -> dict[str, Any] | None:
    """The change that waits, as the page shows it. kind: replace, conflict, leader."""
    if change is None:
        return None
    zone = change.application.round.award.authority.zone
    return {
        "id": change.public_id, "kind": change.kind, "reason": change.reason, "by": change.proposer.name,
        "at": i18n.format_moment(request.state.language, change.proposed_at, zone),
        "judge": change.person.name if change.person else "", "is_own": change.proposed_by == actor.person_id,
        "seat": next((one.name for one in seats if one.assignment.id == change.assignment_id), ""),
    }  # fmt: skip


def _person(session: Session, form: SubmittedForm) -> Person:
    person = person_by_public_id(session, form.get("judge"))
    if person is None:
        raise Invalid([FieldError("judge", N_("Choose a judge."))])
    return person


def _assignment(session: Session, application: Application, public_id: str) -> Assignment:
    for seat in queries.seats_of(session, application, active_only=False):
        if seat.assignment.public_id == public_id:
            return seat.assignment
    raise NotFound
