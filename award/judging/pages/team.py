"""A panel's leader sees how far its sheets are, by letters and states alone, and gives one back while none can be seen."""

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from award.judging import queries
from award.judging.pages import returning, views
from award.judging.pages.views import Bench
from award.judging.progress import SeatProgress, progress_in
from award.judging.queries import Review
from award.judging.service import return_sheet
from award.kernel import clock
from award.kernel.actor import Action
from award.kernel.errors import Invalid
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render, render_invalid
from award.policy import Decision, enforce

router = APIRouter(prefix="/review/{assignment_id}/team", dependencies=[Depends(guard.judges)])

SHOWN = frozenset({"gate.open", "gate.was_open", "stage.over"})
"""Why no sheet can be returned while judges score: the page says so and still tells how far they are."""


def may_lead(review: Review) -> bool:
    """Whether the page is there for whoever has this review."""
    return _is_shown(review.decide(Action.SHEET_RETURN))


def _is_shown(decision: Decision) -> bool:
    return decision.allowed or decision.code in SHOWN


@router.get("")
def team(request: Request, session: RequestSession, actor: CurrentActor, assignment_id: PublicId) -> Response:
    """The seats of one's own panel by letters with the states of their sheets: no names, no marks, no counts of items."""
    review = queries.review_for(session, actor, assignment_id, clock.now(session))
    if not review.has_signed:
        return RedirectResponse(f"/review/{assignment_id}/declaration", 303)
    return render(request, session, "judging/team.html", **_team(request, session, review))


def _team(request: Request, session: Session, review: Review) -> dict[str, Any]:
    decision = review.decide(Action.SHEET_RETURN)
    if not _is_shown(decision):
        enforce(decision)
    bench = views.bench_of(request, session, review)
    seats = progress_in(session, review.application).seats
    return {
        "site_name": views.award_name(bench.language, review.application.round),
        "sheet": views.head(bench),
        "deadline": views.deadline(bench.language, review.application.round, review.stage.now),
        "seats": [_seat(bench, letter, one, decision) for letter, one in zip(queries.LETTERS, seats, strict=False)],
        "done": sum(one.state == "submitted" for one in seats),
        "why_not": views.why_not(bench.language, decision),
        "reasons": returning.choices(bench.language),
    }


def _seat(bench: Bench, letter: str, one: SeatProgress, decision: Decision) -> dict[str, Any]:
    sheet, is_own = one.sheet, one.assignment.id == bench.review.assignment.id
    is_in = sheet is not None and one.state == "submitted"
    return {
        "letter": letter, "is_own": is_own, "code": one.state,
        "submitted_at": bench.moment(sheet.submitted_at) if sheet and is_in and sheet.submitted_at else "",
        "version": sheet.number if sheet and is_in else 0,
        "return_url": f"{bench.base}/team/{sheet.public_id}/return" if sheet and is_in and not is_own and decision.allowed else "",
    }  # fmt: skip


@router.post("/{sheet_id}/return")
def give_back(
    request: Request, session: RequestSession, actor: CurrentActor, assignment_id: PublicId, sheet_id: PublicId, form: Form
) -> Response:
    """Returns a submitted sheet of the panel to its judge with a reason; only while values are still hidden."""
    review = queries.review_for(session, actor, assignment_id, clock.now(session))
    enforce(review.decide(Action.SHEET_RETURN))
    sheet = queries.sheet_in(session, review.application, sheet_id)
    try:
        reason = returning.reason_of(form, request.state.language)
        return_sheet(session, actor, review.application, sheet, reason, clock.now(session))
    except Invalid as error:
        review = queries.review_for(session, actor, assignment_id, clock.now(session))
        shown = _team(request, session, review) | {"typed": returning.typed_in(form, sheet_id)}
        return render_invalid(request, session, "judging/team.html", error, **shown)
    return RedirectResponse(f"/review/{assignment_id}/team", 303)
