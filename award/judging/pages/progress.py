"""The office sees how far the sheets are: counts and states only, values once all sheets of an application are in."""

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from award.applications.models import Application
from award.applications.queries import office_application
from award.judging import queries
from award.judging.pages import returning, views
from award.judging.progress import Panel, SeatProgress, panels_in, progress_in
from award.judging.service import return_sheet
from award.kernel import clock, i18n
from award.kernel.actor import Action, Actor
from award.kernel.errors import Invalid
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render, render_invalid
from award.policy import decide
from award.regulations.model import Criteria
from award.rounds.models import Round
from award.rounds.pages.place import place_of
from award.rounds.queries import criteria_of, round_for, stage_now
from award.standing.queries import standing_of

router = APIRouter(prefix="/office/rounds/{round_id}", dependencies=[Depends(guard.office_or_supervisor)])

@router.get("/progress")
def progress(request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId) -> Response:
    """Every application with the states of its sheets, and the seats that need a substitute."""
    round_ = round_for(session, actor, round_id)
    now = clock.now(session)
    place = place_of(actor, round_, "progress", now)
    rows = panels_in(session, actor, round_)
    counts = _item_counts(session, round_)
    language, size = request.state.language, round_.scheme.panel.size
    shown = [_row(round_, one, counts, size) for one in rows]
    done, due = sum(one["in"] for one in shown), sum(one["due"] for one in shown)
    return render(
        request, session, "judging/progress.html", **place, rows=shown,
        deadline=views.deadline(language, round_, now), done=done, due=due,
        open_gates=sum(one["gate_open"] for one in shown),
        vacancies=[one for one in shown if one["missing"] > 0],
    )  # fmt: skip


def _item_counts(session: Session, round_: Round) -> dict[str, int]:
    return {
        one.key: len(list(criteria_of(session, round_, one.key).items()))
        for one in round_.scheme.categories
    }


def _row(round_: Round, one: Panel, counts: dict[str, int], size: int) -> dict[str, Any]:
    total, missing = counts[one.category], max(0, size - len(one.seats))
    base = f"/office/rounds/{round_.public_id}"
    states = [seat.state for seat in one.seats]
    return {
        "name": one.entrant, "number": one.number or "", "url": f"{base}/progress/{one.id}",
        "assign_url": f"{base}/assign/{one.id}",
        "squares": [
            "in" if seat.state == "submitted" else round(100 * seat.scored / total) for seat in one.seats
        ] + [None] * missing,
        "in": states.count("submitted"), "due": max(size, len(one.seats)), "missing": missing, "recused": one.ended,
        "gate_open": one.gate_open, "returned": states.count("returned"), "unsigned": states.count("coi_pending"),
    }  # fmt: skip


@router.get("/progress/{application_id}")
def one_application(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, application_id: PublicId
) -> Response:
    """The seats of one panel with the states of their sheets; totals once all are in."""
    application = office_application(session, actor, application_id, clock.now(session), round_id)
    return render(request, session, "judging/one_progress.html", **_one(request, session, actor, application))


def _one(request: Request, session: Session, actor: Actor, application: Application) -> dict[str, Any]:
    now, language, round_ = clock.now(session), request.state.language, application.round
    stage, standing = stage_now(round_, now), standing_of(session, actor, application, now)
    found = progress_in(session, application)
    criteria = criteria_of(session, round_, application.category)
    may_see = decide(Action.SHEETS_READ, stage, standing).allowed
    may_return = decide(Action.SHEET_RETURN, stage, standing)
    base = f"/office/rounds/{round_.public_id}"
    return {
        **place_of(actor, round_, "progress", now),
        "application": {
            "name": application.entrant, "number": application.number or "", "public_id": application.public_id,
            "gate_open": application.gate_opened_at is not None,
        },
        "seats": [_seat(language, base, application, one, criteria, may_see=may_see) for one in found.seats],
        "ended": [_ended(language, round_, one) for one in found.ended],
        "total_items": len(list(criteria.items())),
        "may_see": may_see,
        "may_return": may_return.allowed,
        "why_not": views.why_not(language, may_return),
        "reasons": returning.choices(language),
        "assign_url": f"{base}/assign/{application.public_id}",
        "url": f"{base}/progress/{application.public_id}",
    }  # fmt: skip


def _seat(
    language: str, base: str, application: Application, one: SeatProgress, criteria: Criteria, *, may_see: bool
) -> dict[str, Any]:
    zone, sheet = application.round.award.authority.zone, one.sheet
    total = sheet.total_hundredths if sheet is not None and may_see and sheet.state == "submitted" else None
    return {
        "name": one.name, "institution": one.institution, "is_leader": one.assignment.is_leader, "code": one.state,
        "scored": one.scored,
        "submitted_at": i18n.format_moment(language, sheet.submitted_at, zone) if sheet and sheet.submitted_at else "",
        "version": sheet.number if sheet else 0,
        "returned": returning.said(language, sheet),
        "total": views.points_text(total) if total is not None else "",
        "papers": sheet.public_id if sheet is not None and total is not None else "",
        "return_url": f"{base}/progress/{application.public_id}/sheets/{sheet.public_id}/return"
        if sheet is not None and one.state == "submitted" else "",
    }  # fmt: skip


def _ended(language: str, round_: Round, one: SeatProgress) -> dict[str, Any]:
    ended_at, zone = one.assignment.ended_at, round_.award.authority.zone
    return {
        "name": one.name, "institution": one.institution, "code": "recused" if one.assignment.state == "recused" else "superseded",
        "reason": one.assignment.end_reason, "at": i18n.format_moment(language, ended_at, zone) if ended_at else "",
    }  # fmt: skip


@router.post("/progress/{application_id}/sheets/{sheet_id}/return", dependencies=[Depends(guard.office)])
def give_back(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, application_id: PublicId,
    sheet_id: PublicId, form: Form,
) -> Response:  # fmt: skip
    """Returns a submitted sheet to its judge with a reason; only while values are still hidden."""
    application = office_application(session, actor, application_id, clock.now(session), round_id)
    sheet = queries.sheet_in(session, application, sheet_id)
    try:
        reason = returning.reason_of(form, request.state.language)
        return_sheet(session, actor, application, sheet, reason, clock.now(session))
    except Invalid as error:
        application = office_application(session, actor, application_id, clock.now(session), round_id)
        shown = _one(request, session, actor, application) | {"typed": returning.typed_in(form, sheet_id)}
        return render_invalid(request, session, "judging/one_progress.html", error, **shown)
    return RedirectResponse(f"/office/rounds/{round_id}/progress/{application_id}", 303)
