"""Checking an application, handing it in, the receipt, reading what was sent, correcting it and taking it back."""

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse
from sqlalchemy.orm import Session

from award.accounts.queries import names_of
from award.applications import queries, service
from award.applications.check import Problem, check_application, title_of
from award.applications.models import Application, Submission
from award.applications.pages import views
from award.applications.pages.changes import corrected, draft_changes
from award.applications.pages.content import own_viewer, shown_content, shown_draft
from award.applications.service.submitting import may_withdraw
from award.kernel import clock
from award.kernel.actor import Action, Actor
from award.kernel.audit.queries import place_of
from award.kernel.errors import Invalid, NotFound
from award.kernel.events import Event
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.downloads import disposition
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render, render_invalid
from award.policy import decide
from award.rounds.queries import stage_now
from award.standing.queries import standing_of

router = APIRouter(prefix="/apply/{application_id}", dependencies=[Depends(guard.applicants)])


@router.get("/check")
def check(request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId) -> Response:
    """What still stands between the draft and its submission."""
    application = queries.own_application(session, actor, application_id)
    return _check_page(request, session, actor, application)


def _check_page(request: Request, session: Session, actor: Actor, application: Application, status_code: int = 200) -> Response:
    desk = views.desk_of(request, session, application)
    problems = check_application(session, application)
    return render(
        request, session, "applications/check.html", status_code=status_code, application=views.head(desk),
        deadline=views.deadline(desk), closed=views.closed_reason(session, actor, desk), not_yours=_not_yours(session, actor, desk),
        blocking=[_shown(desk, one) for one in problems if not one.is_warning],
        warnings=[_shown(desk, one) for one in problems if one.is_warning],
    )  # fmt: skip


def _shown(desk: views.Desk, problem: Problem) -> dict[str, str]:
    return {
        "text": desk.tell(problem.text, problem.params), "url": f"{desk.base}/{problem.link}".rstrip("/"),
        "level": "warn" if problem.is_warning else "bad",
    }  # fmt: skip


@router.get("/submit")
def before_submitting(request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId) -> Response:
    """The declarations, and what submitting means, before it is done."""
    application = queries.own_application(session, actor, application_id)
    if application.state in ("submitted", "resubmitted"):
        return RedirectResponse(f"/apply/{application_id}/receipt", 303)
    return render(request, session, "applications/submit.html", **_submit(request, session, actor, application, ()))


def _submit(
    request: Request, session: Session, actor: Actor, application: Application, ticked: tuple[str, ...]
) -> dict[str, Any]:
    desk = views.desk_of(request, session, application)
    return {
        "application": views.head(desk), "deadline": views.deadline(desk),
        "closed": views.closed_reason(session, actor, desk, Action.APPLICATION_SUBMIT),
        "open": sum(not one.is_warning for one in check_application(session, application)),
        "declarations": [(key, desk.tell(text), key in ticked) for key, text in service.DECLARATIONS.items()],
        "may_be_returned": _may_be_returned(desk),
        "unchanged": service.is_unchanged(session, application), "says_unchanged": service.UNCHANGED in ticked,
    }  # fmt: skip


@router.post("/submit")
def submit(request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId, form: Form) -> Response:
    """Hands it in, once however often it is pressed."""
    application = queries.own_application(session, actor, application_id)
    declared = (*service.DECLARATIONS, service.UNCHANGED)
    ticked = tuple(key for key in declared if form.ticked(key))
    try:
        service.submit_application(session, actor, application, ticked, clock.now(session))
    except Invalid as error:
        session.rollback()
        application = queries.own_application(session, actor, application_id)
        if error.errors[0].field not in declared:
            return _check_page(request, session, actor, application, 422)
        shown = _submit(request, session, actor, application, ticked)
        return render_invalid(request, session, "applications/submit.html", error, **shown)
    return RedirectResponse(f"/apply/{application_id}/receipt", 303)


@router.get("/receipt")
def receipt(request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId) -> Response:
    """Proof of what was handed in and when: number, fingerprint, place in the trail."""
    application = queries.own_application(session, actor, application_id)
    desk = views.desk_of(request, session, application)
    submission = queries.latest_submission(session, application)
    if submission is None:
        raise NotFound
    event = Event.APPLICATION_SUBMITTED if submission.number == 1 else Event.APPLICATION_RESUBMITTED
    return render(
        request, session, "applications/receipt.html", application=views.head(desk), submission=submission,
        when=desk.moment(submission.submitted_at, with_zone=True),
        by=names_of(session, [submission.submitted_by]).get(submission.submitted_by, ""),
        place=place_of(session, event, f"application:{application.public_id}"),
        may_withdraw=_may_withdraw(session, actor, desk),
        may_be_returned=_may_be_returned(desk),
        gives_reports=desk.scheme.feedback_reports, contact=application.round.award.authority.contact,
    )  # fmt: skip


def _not_yours(session: Session, actor: Actor, desk: views.Desk) -> str:
    """Why somebody who may write cannot hand it in, or ""."""
    is_closed = views.closed_reason(session, actor, desk)
    return "" if is_closed else views.closed_reason(session, actor, desk, Action.APPLICATION_SUBMIT)


def _may_be_returned(desk: views.Desk) -> bool:
    """Whether the rules leave a correction."""
    return desk.application.corrections < desk.scheme.application.corrections


def _may_withdraw(session: Session, actor: Actor, desk: views.Desk) -> bool:
    application, stage = desk.application, stage_now(desk.application.round, desk.now)
    is_in = application.state in ("submitted", "resubmitted", "correction", "accepted")
    standing = standing_of(session, actor, application, desk.now)
    is_his = decide(Action.APPLICATION_WITHDRAW, stage, standing).allowed
    return is_in and is_his and may_withdraw(application, stage)


def _submission(session: Session, application: Application, number: int | None) -> Submission | None:
    found = queries.submissions_of(session, application)
    if number is None:
        return found[-1] if found else None
    if not 1 <= number <= len(found):
        raise NotFound
    return found[number - 1]


@router.get("/print")
def sent(
    request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId,
    number: int | None = None, draft: bool = False, download: bool = False,
) -> Response:  # fmt: skip
    """What was sent as one page to print or keep; the draft as it stands where nothing was sent yet."""
    application = queries.own_application(session, actor, application_id)
    desk = views.desk_of(request, session, application)
    submission = None if draft else _submission(session, application, number)
    viewer = own_viewer(session, desk)
    content = shown_content(desk, queries.content_of(submission), viewer) if submission else shown_draft(session, desk)
    keeps = download and submission is not None
    template = "applications/sent.html" if keeps else "applications/print.html"
    page = render(request, session, template, application=views.head(desk), content=content)
    if keeps:
        name = f"{application.number}-{application.entrant}.html"
        page.headers["content-disposition"] = disposition(name, inline=False)
    return page


@router.get("/submissions/{number}.json")
def frozen(session: RequestSession, actor: CurrentActor, application_id: PublicId, number: int) -> Response:
    """The very bytes whose fingerprint the receipt shows."""
    application = queries.own_application(session, actor, application_id)
    submission = _submission(session, application, number)
    if submission is None:
        raise NotFound
    headers = {"content-disposition": disposition(f"{application.number}-{number}.json", inline=False)}
    return PlainTextResponse(submission.content, media_type="application/json", headers=headers)


@router.get("/corrections")
def corrections(request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId) -> Response:
    """What the office wants corrected, point by point, and what has been changed since."""
    application = queries.own_application(session, actor, application_id)
    desk = views.desk_of(request, session, application)
    content = queries.submission_content(session, application)
    if content is None:
        raise NotFound
    is_open = application.state == "correction"
    changes = draft_changes(session, desk, content) if is_open else corrected(session, desk)
    for one in changes["groups"] if changes else []:
        one["url"] = part_url(desk, one["key"])
    return render(
        request, session, "applications/corrections.html", application=views.head(desk), deadline=views.deadline(desk),
        closed=views.closed_reason(session, actor, desk), is_open=is_open, changes=changes, not_yours=_not_yours(session, actor, desk),
    )  # fmt: skip


def part_title(desk: views.Desk, part: str) -> str:
    """How a part a correction names is called, with its number."""
    return title_of(desk.part(part), part, desk.language)


def part_url(desk: views.Desk, part: str) -> str:
    """Where it is mended."""
    if desk.part(part):
        return desk.url(part)
    return {"facts": f"{desk.base}/profile", "evidence": f"{desk.base}/evidence"}.get(part, desk.base)


@router.get("/withdraw")
def before_withdrawing(request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId) -> Response:
    """Says what withdrawing means, before it is done."""
    application = queries.own_application(session, actor, application_id)
    desk = views.desk_of(request, session, application)
    return render(
        request, session, "applications/withdraw.html", application=views.head(desk), may=_may_withdraw(session, actor, desk), reason=""
    )


@router.post("/withdraw")
def withdraw(request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId, form: Form) -> Response:
    """Takes it out of the round."""
    application = queries.own_application(session, actor, application_id)
    try:
        reason = form.text("reason", longest=1000, lines=True)
        form.check()
        service.withdraw(session, actor, application, reason, clock.now(session))
    except Invalid as error:
        desk = views.desk_of(request, session, application)
        shown = {"application": views.head(desk), "may": True, "reason": form.get("reason")}
        return render_invalid(request, session, "applications/withdraw.html", error, **shown)
    return RedirectResponse(f"/apply/{application_id}", 303)
