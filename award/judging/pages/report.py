"""The panel leader writes the feedback report: the sheets' comments on the left, the report on the right."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from award.judging import queries, service
from award.judging.models import FeedbackComment, FeedbackReport
from award.judging.pages import views
from award.judging.queries import Review, Source
from award.judging.service.feedback import LONGEST_STEPS, LONGEST_SUMMARY
from award.kernel import clock
from award.kernel.actor import Action
from award.kernel.errors import Invalid, NotFound
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.forms import Form, SubmittedForm
from award.kernel.web.rendering import render, render_invalid
from award.policy import require

router = APIRouter(prefix="/review/{assignment_id}/report", dependencies=[Depends(guard.judges)])


@router.get("")
def editor(request: Request, session: RequestSession, actor: CurrentActor, assignment_id: PublicId) -> Response:
    """The editor; before the report is begun, a page that begins it."""
    review = queries.review_for(session, actor, assignment_id, clock.now(session))
    require(Action.FEEDBACK_WRITE, review.stage, review.standing)
    return render(request, session, "judging/report.html", **_editor(request, session, review))


def _editor(request: Request, session: Session, review: Review) -> dict[str, Any]:
    bench = views.bench_of(request, session, review)
    report = queries.report_of(session, review.application.id)
    site_name = views.award_name(bench.language, review.application.round)
    shown: dict[str, Any] = {"site_name": site_name, "sheet": views.head(bench), "url": f"{bench.base}/report", "report": None, "parts": []}
    if report is None:
        return shown
    sources = queries.sources_of(session, report)
    taken = {key for comment in report.comments for key in comment.sources}
    return shown | {
        "report": {
            "code": report.state, "version": report.version, "summary": report.summary, "next_steps": report.next_steps,
            "returned": report.returned_reason, "is_open": report.state == "drafting",
            "letters": list(queries.LETTERS[: len(report.sheets)]), "comments": len(report.comments),
            "longest_summary": LONGEST_SUMMARY, "longest_steps": LONGEST_STEPS,
        },
        "parts": [
            {
                "key": item.key, "number": item.number, "name": bench.say(item.name), "points": item.points,
                "sources": [_source(one, taken) for one in sources.get(item.key, ())],
                "comments": [_comment(one) for one in report.comments if one.item == item.key],
            }
            for item in bench.criteria.items()
        ],
    }  # fmt: skip


def _source(one: Source, taken: set[str]) -> dict[str, Any]:
    return {
        "key": one.key, "letter": one.letter, "kind": one.kind, "mark": one.weight, "text": one.text,
        "refs": list(one.references), "is_taken": one.key in taken,
    }  # fmt: skip


def _comment(one: FeedbackComment) -> dict[str, Any]:
    return {
        "id": one.public_id, "kind": one.kind, "mark": one.weight, "text": one.text, "is_key": one.is_key,
        "sources": len(one.sources),
    }  # fmt: skip


Act = Callable[[FeedbackReport], object]


def _do(
    request: Request, session: Session, actor: CurrentActor, assignment_id: str, act: Act, typed: dict[str, str], anchor: str = ""
) -> Response:
    """One act on the report, then the editor again at the same place."""
    review = queries.review_for(session, actor, assignment_id, clock.now(session))
    report = queries.report_of(session, review.application.id)
    if report is None:
        raise NotFound
    try:
        act(report)
    except Invalid as error:
        session.rollback()
        session.info.pop("trail", None)
        review = queries.review_for(session, actor, assignment_id, clock.now(session))
        shown = _editor(request, session, review)
        shown["report"] |= typed
        return render_invalid(request, session, "judging/report.html", error, **shown)
    return RedirectResponse(f"/review/{assignment_id}/report{anchor}", 303)


@router.post("/start")
def start(session: RequestSession, actor: CurrentActor, assignment_id: PublicId) -> Response:
    """Begins the report, or brings a draft in step with the sheets."""
    review = queries.review_for(session, actor, assignment_id, clock.now(session))
    service.start_report(session, actor, review.application, clock.now(session))
    return RedirectResponse(f"/review/{assignment_id}/report", 303)


@router.post("")
def save(request: Request, session: RequestSession, actor: CurrentActor, assignment_id: PublicId, form: Form) -> Response:
    """Saves summary and next steps; with act=hand_in gives the report to the office as well."""
    typed = {name: form.text(name, required=False, longest=10_000, lines=True) for name in ("summary", "next_steps")}
    version = form.version()

    def act(report: FeedbackReport) -> None:
        form.check()
        now = clock.now(session)
        service.save_report(session, actor, report, typed["summary"], typed["next_steps"], version, now)
        if form.get("act") == "hand_in":
            session.flush()
            service.hand_in(session, actor, report, report.version, now)

    return _do(request, session, actor, assignment_id, act, typed)


@router.post("/take")
def take(request: Request, session: RequestSession, actor: CurrentActor, assignment_id: PublicId, form: Form) -> Response:
    """Takes the ticked comments of an item, one by one or as one."""
    item, keys, version = form.get("item"), form.all("source"), form.version()
    as_one = form.get("act") == "as_one"

    def act(report: FeedbackReport) -> object:
        form.check()
        return service.take_comment(session, actor, report, item, keys, version, clock.now(session), as_one=as_one)

    return _do(request, session, actor, assignment_id, act, {}, f"#item-{item}")


@router.post("/merge")
def merge(request: Request, session: RequestSession, actor: CurrentActor, assignment_id: PublicId, form: Form) -> Response:
    """Merges the ticked comments of the report into the first."""
    ids, version, item = form.all("comment"), form.version(), form.get("item")

    def act(report: FeedbackReport) -> object:
        form.check()
        return service.merge_comments(session, actor, report, ids, version, clock.now(session))

    return _do(request, session, actor, assignment_id, act, {}, f"#item-{item}")


@router.post("/comments/{comment_id}")
def change(
    request: Request, session: RequestSession, actor: CurrentActor, assignment_id: PublicId, comment_id: PublicId, form: Form
) -> Response:
    """Saves a comment's words and weight, removes it, or makes it a main one. act: save, remove, key, unkey."""
    version, item = form.version(), form.get("item")

    def act(report: FeedbackReport) -> None:
        form.check()
        _change(session, actor, report, comment_id, form, version)

    return _do(request, session, actor, assignment_id, act, {}, f"#item-{item}")


def _change(
    session: Session, actor: CurrentActor, report: FeedbackReport, comment_id: str, form: SubmittedForm, version: int
) -> None:
    """A text that was typed is saved whatever button was pressed, but for the one that removes it."""
    now, act = clock.now(session), form.get("act")
    if act == "remove":
        service.remove_comment(session, actor, report, comment_id, version, now)
        return
    text = form.text("text", required=False, longest=10_000, lines=True)
    service.edit_comment(session, actor, report, comment_id, text, form.get("mark"), version, now)
    if act in ("key", "unkey"):
        session.flush()
        service.set_key(session, actor, report, comment_id, act == "key", report.version, now)
