"""The panel leader writes the feedback report: the sheets' comments on the left, the report on the right, one form for all."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy.orm import Session

from award.applications.forms import Saved, typed_text, version_of
from award.judging import queries, service
from award.judging.models import FeedbackComment, FeedbackReport
from award.judging.pages import views
from award.judging.queries import Review, Source
from award.judging.service.feedback import LEVELS, LONGEST_STEPS, LONGEST_SUMMARY, Written, report_fields
from award.kernel import clock, i18n
from award.kernel.actor import Action, Actor
from award.kernel.errors import Invalid, NotFound, Stale
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.failures import TITLES
from award.kernel.web.forms import Form, SubmittedForm
from award.kernel.web.rendering import render, render_invalid
from award.policy import require

router = APIRouter(prefix="/review/{assignment_id}/report", dependencies=[Depends(guard.judges)])
Fields = Mapping[str, str]


@router.get("")
def editor(request: Request, session: RequestSession, actor: CurrentActor, assignment_id: PublicId) -> Response:
    """The editor; before the report is begun, a page that begins it."""
    review = queries.review_for(session, actor, assignment_id, clock.now(session))
    require(Action.FEEDBACK_WRITE, review.stage, review.standing)
    service.require_wanted(review.application)
    return render(request, session, "judging/report.html", **_editor(request, session, review))


def _editor(request: Request, session: Session, review: Review, typed: Fields | None = None) -> dict[str, Any]:
    """typed: what was sent and could not be saved, shown instead of what is stored."""
    bench = views.bench_of(request, session, review)
    report = queries.report_of(session, review.application.id)
    site_name = views.award_name(bench.language, review.application.round)
    shown: dict[str, Any] = {"site_name": site_name, "sheet": views.head(bench), "url": f"{bench.base}/report", "report": None, "parts": []}
    if report is None:
        return shown
    sources = queries.sources_of(session, report)
    taken = {key for comment in report.comments for key in comment.sources}
    fields = report_fields(report) if typed is None else typed
    return shown | {
        "report": {
            "code": report.state, "version": (typed or {}).get("version", report.version),
            "summary": fields.get("summary", ""), "next_steps": fields.get("next_steps", ""),
            "returned": report.returned_reason, "is_open": report.state == "drafting",
            "letters": list(queries.LETTERS[: len(report.sheets)]), "comments": len(report.comments),
            "longest_summary": LONGEST_SUMMARY, "longest_steps": LONGEST_STEPS,
        },
        "levels": list(LEVELS),
        "parts": [
            {
                "key": item.key, "number": item.number, "name": bench.say(item.name), "points": item.points,
                "sources": [_source(one, taken) for one in sources.get(item.key, ())],
                "comments": [_comment(one, fields) for one in report.comments if one.item == item.key],
            }
            for item in bench.criteria.items()
        ],
    }  # fmt: skip


def _source(one: Source, taken: set[str]) -> dict[str, Any]:
    return {
        "key": one.key, "letter": one.letter, "kind": one.kind, "mark": one.weight, "text": one.text,
        "refs": list(one.references), "is_taken": one.key in taken,
    }  # fmt: skip


def _comment(one: FeedbackComment, fields: Fields) -> dict[str, Any]:
    key = one.public_id
    return {
        "id": key, "kind": one.kind, "mark": fields.get(f"mark-{key}", one.weight), "text": fields.get(f"text-{key}", ""),
        "is_key": f"key-{key}" in fields, "sources": len(one.sources),
        "effect": fields.get(f"effect-{key}", ""), "effort": fields.get(f"effort-{key}", ""),
    }  # fmt: skip


@router.post("/start")
def start(session: RequestSession, actor: CurrentActor, assignment_id: PublicId) -> Response:
    """Begins the report, or brings a draft in step with the sheets."""
    review = queries.review_for(session, actor, assignment_id, clock.now(session))
    service.start_report(session, actor, review.application, clock.now(session))
    return RedirectResponse(f"/review/{assignment_id}/report", 303)


@router.put("")
def autosave(
    request: Request, session: RequestSession, actor: CurrentActor, assignment_id: PublicId, body: Saved,
    if_match: Annotated[str | None, Header()] = None,
) -> Response:  # fmt: skip
    """Saves while the leader writes; see static/autosave.js."""
    version, fields = version_of(if_match), body.texts()
    report = _report(session, actor, assignment_id)
    now = clock.now(session)
    try:
        _save(session, actor, report, fields, version)
    except Stale as stale:
        session.rollback()
        return _both(request, stale)
    session.flush()
    return JSONResponse({"version": report.version, "saved_at": now.isoformat()}, headers={"ETag": f'"{report.version}"'})


def _both(request: Request, stale: Stale) -> Response:
    language = request.state.language
    body = {
        "type": f"urn:award:{stale.code}", "title": i18n.translate(language, TITLES[412]), "status": 412,
        "detail": i18n.translate(language, stale.text, stale.params), "version": stale.version, "theirs": stale.theirs,
    }  # fmt: skip
    return JSONResponse(body, 412, media_type="application/problem+json")


@router.post("")
def save(request: Request, session: RequestSession, actor: CurrentActor, assignment_id: PublicId, form: Form) -> Response:
    """Saves all that was written, then does what the button says.

    act: save, hand_in, take:<item>, as_one:<item>, merge:<item>, remove:<comment>.
    """
    fields = {name: typed_text(form.get(name)) for name in form.names() if name not in ("csrf", "act")}
    what, _, key = form.act("save", "hand_in", "take:", "as_one:", "merge:", "remove:").partition(":")
    report = _report(session, actor, assignment_id)
    try:
        version = form.version()
        form.check()
        _save(session, actor, report, fields, version)
        session.flush()
        _act(session, actor, report, form, what, key)
    except (Invalid, Stale) as error:
        session.rollback()
        review = queries.review_for(session, actor, assignment_id, clock.now(session))
        if isinstance(error, Stale):
            # What was typed is shown over what is stored; saved again, it counts.
            fields["version"] = str(error.version)
        shown = _editor(request, session, review, fields)
        fault = error if isinstance(error, Invalid) else Invalid.one("stale", error.text)
        response = render_invalid(request, session, "judging/report.html", fault, **shown)
        response.status_code = error.status
        return response
    anchor = f"#item-{key}" if what in ("take", "as_one", "merge") else ""
    return RedirectResponse(f"/review/{assignment_id}/report{anchor}", 303)


def _report(session: Session, actor: Actor, assignment_id: str) -> FeedbackReport:
    review = queries.review_for(session, actor, assignment_id, clock.now(session))
    report = queries.report_of(session, review.application.id)
    if report is None:
        raise NotFound
    return report


def _save(session: Session, actor: Actor, report: FeedbackReport, fields: Fields, version: int) -> None:
    written = {
        one.public_id: Written(
            fields[f"text-{one.public_id}"], fields.get(f"mark-{one.public_id}", one.weight), f"key-{one.public_id}" in fields,
            _level(fields.get(f"effect-{one.public_id}", "")), _level(fields.get(f"effort-{one.public_id}", "")),
        )
        for one in report.comments
        if f"text-{one.public_id}" in fields
    }  # fmt: skip
    summary, steps = fields.get("summary", report.summary), fields.get("next_steps", report.next_steps)
    service.save_report(session, actor, report, summary, steps, version, clock.now(session), written)


def _level(text: str) -> int | None:
    """Another text than a digit is a level there is not."""
    return None if not text else int(text) if text in "12345" else 0


def _act(session: Session, actor: Actor, report: FeedbackReport, form: SubmittedForm, what: str, key: str) -> None:
    now, version = clock.now(session), report.version
    if what == "hand_in":
        service.hand_in(session, actor, report, version, now)
    elif what in ("take", "as_one"):
        keys = form.all(f"source-{key}")
        service.take_comment(session, actor, report, key, keys, version, now, as_one=what == "as_one")
    elif what == "merge":
        service.merge_comments(session, actor, report, form.all(f"merge-{key}"), version, now)
    elif what == "remove":
        service.remove_comment(session, actor, report, key, version, now)
