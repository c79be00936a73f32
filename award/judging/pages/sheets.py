"""The whole sheet: what is scored and missing, submitting it once, its receipt; after the gate the sheets of the panel."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from award.judging import queries
from award.judging.models import Sheet, SheetItem, SheetVersion
from award.judging.pages import returning, views
from award.judging.pages.reviews import DONE
from award.judging.pages.team import may_lead
from award.judging.pages.views import Bench
from award.judging.service import submit_sheet
from award.judging.service.sheets import missing_of
from award.kernel import clock
from award.kernel.actor import Action, Actor
from award.kernel.audit.queries import place_of
from award.kernel.errors import Invalid
from award.kernel.events import Event
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.rendering import render
from award.policy import decide, require
from award.scoring.grades import item_hundredths

router = APIRouter(prefix="/review/{assignment_id}", dependencies=[Depends(guard.judges)])


@router.get("")
def sheet_page(
    request: Request, session: RequestSession, actor: CurrentActor, assignment_id: PublicId, done: str = ""
) -> Response:
    """All items with the judge's own marks, what is missing, and the receipt once it is submitted."""
    review = queries.review_for(session, actor, assignment_id, clock.now(session))
    if not review.has_signed:
        return RedirectResponse(f"/review/{assignment_id}/declaration", 303)
    # Once judging has ended the material closes, the judge's own sheet stays his to read.
    if not decide(Action.SHEET_READ, review.stage, review.standing).allowed:
        require(Action.APPLICATION_READ, review.stage, review.standing)
    bench = views.bench_of(request, session, review)
    messages = [bench.tell(DONE[done])] if done in DONE else []
    return render(request, session, "judging/sheet.html", messages=messages, **_sheet(session, bench))


def _sheet(session: Session, bench: Bench) -> dict[str, Any]:
    review = bench.review
    sheet = queries.sheet_of(session, review.assignment)
    rows = queries.items_of(session, sheet)
    closed = views.closed_reason(bench, sheet)
    version = queries.latest_version(session, sheet) if sheet is not None and sheet.state == "submitted" else None
    blank = views.next_blank(bench.criteria, _marks(rows))
    scored = sum(
        item_hundredths(item.points, row.percent)
        for item in bench.criteria.items()
        if (row := rows.get(item.key)) is not None and row.percent is not None
    )
    missing = [] if version else missing_of(bench.criteria, bench.scheme.panel.strengths_from_percent, rows)
    return {
        "site_name": views.award_name(bench.language, review.application.round),
        "sheet": views.head(bench) | {
            "application_id": review.application.public_id,
            "scored_items": len(_marks(rows)), "total_items": len(list(bench.criteria.items())),
            "scored": views.points_text(scored), "full": bench.criteria.total,
            "code": queries.state_of(sheet, has_signed=True), "closed": closed,
            "returned": returning.said(bench.language, sheet),
            "submit_url": f"{bench.base}/submit", "may_submit": not closed and not missing,
        },
        "groups": views.groups_of(bench, rows),
        "items_open": review.decide(Action.APPLICATION_READ).allowed,
        "deadline": views.deadline(bench.language, review.application.round, review.stage.now),
        "missing": [{"text": bench.tell(one.text, one.params), "url": bench.url(one.field)} for one in missing],
        "next": {"url": bench.url(blank.key), "number": blank.number} if blank is not None and not closed else None,
        "receipt": _receipt(session, bench, sheet, version),
        "team_url": f"{bench.base}/team" if may_lead(review) else "",
        "panel_url": f"{bench.base}/panel" if review.decide(Action.SHEETS_READ).allowed else "",
        "report_url": f"{bench.base}/report" if _may_report(review) else "",
        "recuse_url": f"{bench.base}/recuse" if review.decide(Action.CONFLICT_DECLARE).allowed else "",
    }  # fmt: skip


def _may_report(review: queries.Review) -> bool:
    return review.decide(Action.FEEDBACK_WRITE).allowed and review.application.feedback_waived_at is None


def _marks(rows: Mapping[str, SheetItem]) -> dict[str, int]:
    return {key: row.percent for key, row in rows.items() if row.percent is not None}


def _receipt(session: Session, bench: Bench, sheet: Sheet | None, version: SheetVersion | None) -> dict[str, Any] | None:
    if sheet is None or version is None:
        return None
    place = place_of(session, Event.SHEET_SUBMITTED, f"sheet:{sheet.public_id}")
    return {
        "sheet": sheet.public_id, "number": f"{version.public_id}-{version.number}", "version": version.number, "sha256": version.sha256,
        "at": bench.moment(version.submitted_at, with_zone=True), "total": views.points_text(version.total_hundredths),
        "stream": place.stream if place else "", "seq": place.seq if place else None, "link": place.link if place else "",
    }  # fmt: skip


@router.get("/submit")
def before_submitting(
    request: Request, session: RequestSession, actor: CurrentActor, assignment_id: PublicId
) -> Response:
    """Says what submitting means, before it is done."""
    review = queries.review_for(session, actor, assignment_id, clock.now(session))
    if not review.has_signed:
        return RedirectResponse(f"/review/{assignment_id}/declaration", 303)
    require(Action.APPLICATION_READ, review.stage, review.standing)
    bench = views.bench_of(request, session, review)
    return render(request, session, "judging/submit.html", **_sheet(session, bench))


@router.post("/submit")
def submit(request: Request, session: RequestSession, actor: CurrentActor, assignment_id: PublicId) -> Response:
    """Submits the sheet, then shows its receipt; what is missing is listed with links."""
    review = queries.review_for(session, actor, assignment_id, clock.now(session))
    try:
        submit_sheet(session, actor, review.application, review.assignment, clock.now(session))
    except Invalid:
        session.rollback()
        review = queries.review_for(session, actor, assignment_id, clock.now(session))
        bench = views.bench_of(request, session, review)
        return render(request, session, "judging/submit.html", status_code=422, **_sheet(session, bench))
    return RedirectResponse(f"/review/{assignment_id}", 303)


@router.get("/panel")
def panel(request: Request, session: RequestSession, actor: CurrentActor, assignment_id: PublicId) -> Response:
    """The sheets of the judge's own panel by letters, once all of them are in."""
    review = queries.review_for(session, actor, assignment_id, clock.now(session))
    require(Action.SHEETS_READ, review.stage, review.standing)
    bench = views.bench_of(request, session, review)
    shown = sheets_side_by_side(session, bench, actor)
    return render(request, session, "judging/panel.html", sheet=views.head(bench), **shown)


def sheets_side_by_side(session: Session, bench: Bench, actor: Actor) -> dict[str, Any]:
    """Percentages and comments of all valid sheets under each item. Whether the reader may see them is asked before."""
    application = bench.review.application
    sheets = queries.valid_sheets(session, application)
    versions = queries.versions_of(session, [sheet.id for sheet in sheets])
    letters = [
        {"letter": letter, "is_own": sheet.person_id == actor.person_id,
         "total": views.points_text(versions[sheet.id].total_hundredths)}
        for letter, sheet in zip(queries.LETTERS, sheets, strict=False)
    ]  # fmt: skip
    marks = [queries.marks_of(versions[sheet.id]) for sheet in sheets]
    comments = queries.comments_in([versions[sheet.id] for sheet in sheets])
    lines = [
        {
            "key": item.number, "name": bench.say(item.name), "points": item.points,
            "percents": [one.get(item.key) for one in marks],
            "spread": max(one[item.key] for one in marks) - min(one[item.key] for one in marks) if marks else 0,
            "comments": comments.get(item.key, []),
        }
        for item in bench.criteria.items()
    ]  # fmt: skip
    site_name = views.award_name(bench.language, application.round)
    return {"site_name": site_name, "letters": letters, "lines": lines, "limit": bench.scheme.scoring.dispersion_limit}

