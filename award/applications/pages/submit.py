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
from award.applications.pages.content import own_viewer, shown_content, shown_draft
from award.applications.service.submitting import may_withdraw
from award.kernel import clock
from award.kernel.actor import Actor
from award.kernel.audit.queries import place_of
from award.kernel.errors import Invalid, NotFound
from award.kernel.events import Event
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.downloads import disposition
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render, render_invalid
from award.rounds.queries import stage_now

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
        deadline=views.deadline(desk), closed=views.closed_reason(session, actor, desk),
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
        "application": views.head(desk), "deadline": views.deadline(desk), "closed": views.closed_reason(session, actor, desk),
        "open": sum(not one.is_warning for one in check_application(session, application)),
        "declarations": [(key, desk.tell(text), key in ticked) for key, text in service.DECLARATIONS.items()],
    }  # fmt: skip


@router.post("/submit")
def submit(request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId, form: Form) -> Response:
    """Hands it in, once however often it is pressed."""
    application = queries.own_application(session, actor, application_id)
    ticked = tuple(key for key in service.DECLARATIONS if form.ticked(key))
    try:
        service.submit_application(session, actor, application, ticked, clock.now(session))
    except Invalid as error:
        session.rollback()
        session.info.pop("trail", None)
        application = queries.own_application(session, actor, application_id)
        if error.errors[0].field not in service.DECLARATIONS:
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
        may_withdraw=_may_withdraw(session, desk),
        may_be_returned=application.corrections < desk.scheme.application.corrections, contact=application.round.award.authority.contact,
    )  # fmt: skip


def _may_withdraw(session: Session, desk: views.Desk) -> bool:
    application = desk.application
    is_in = application.state in ("submitted", "resubmitted", "correction", "accepted")
    return is_in and may_withdraw(session, application, stage_now(application.round, desk.now))


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
        name = f"{application.number}-{application.organisation.name}.html"
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
    answers = queries.answers_of(session, application)
    changed = {part for part, answer in answers.items() if answer.text != content.parts.get(part, "")}
    if application.profile != dict(content.profile):
        changed.add("facts")
    if {one.public_id for one in queries.evidence_of(session, application)} != {one.id for one in content.evidence}:
        changed.add("evidence")
    points = queries.open_points(session, application)
    return render(
        request, session, "applications/corrections.html", application=views.head(desk), deadline=views.deadline(desk),
        closed=views.closed_reason(session, actor, desk),
        points=[
            {"text": one["text"], "name": part_title(desk, one["part"]), "url": part_url(desk, one["part"]),
             "is_changed": one["part"] in changed}
            for one in points
        ],
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
        request, session, "applications/withdraw.html", application=views.head(desk), may=_may_withdraw(session, desk), reason=""
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
