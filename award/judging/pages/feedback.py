"""Feedback reports for the office, which releases or returns them, and for the applicant, who reads its own."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from award.applications.models import Application
from award.applications.queries import office_application, own_application
from award.judging import papers, queries, service
from award.judging.models import RELEASED, FeedbackReport
from award.judging.pages import views
from award.judging.service.feedback import KIND, subject_of
from award.kernel import clock, i18n
from award.kernel.actor import Action, Actor
from award.kernel.documents.queries import latest_for
from award.kernel.errors import Invalid, NotFound
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.downloads import send_file
from award.kernel.web.forms import Form, SubmittedForm
from award.kernel.web.rendering import render, render_invalid
from award.policy import decide, require
from award.press.document import from_json
from award.press.views import FeedbackReportView
from award.rounds.models import Round
from award.rounds.pages.place import place_of
from award.rounds.queries import latest_snapshot, round_for, stage_now, standing_in
from award.standing.queries import standing_of

office = APIRouter(
    prefix="/office/rounds/{round_id}/feedback", dependencies=[Depends(guard.office_or_supervisor)]
)
applicant = APIRouter(prefix="/apply/{application_id}/feedback", dependencies=[Depends(guard.applicants)])


@office.get("")
def reports(request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId) -> Response:
    """All applications whose sheets are in, with the state of their report."""
    round_ = round_for(session, actor, round_id)
    return render(request, session, "judging/reports.html", **_reports(request, session, actor, round_))


def _reports(request: Request, session: Session, actor: Actor, round_: Round) -> dict[str, Any]:
    now, language = clock.now(session), request.state.language
    place = place_of(actor, round_, "feedback", now)
    release, waive = (
        decide(one, stage_now(round_, now), standing_in(actor, round_)) for one in (Action.FEEDBACK_RELEASE, Action.FEEDBACK_WAIVE)
    )
    is_published = latest_snapshot(session, round_.id, "result") is not None
    zone, base = round_.award.authority.zone, f"/office/rounds/{round_.public_id}/feedback"
    rows = [
        {
            "name": application.entrant, "number": application.number or "",
            "state": queries.state_of_report(application, report), "url": f"{base}/{application.public_id}" if report else "",
            "why_none": application.feedback_waiver,
            "waive_url": f"{base}/{application.public_id}/none"
            if waive.allowed and service.why_not_waived(application, report, is_published=is_published) is None else "",
            "withdraw_url": f"{base}/{application.public_id}/none"
            if waive.allowed and service.can_be_withdrawn(application, report, is_published=is_published) else "",
            "leader": leader,
            "handed_in": i18n.format_moment(language, report.handed_in_at, zone) if report and report.handed_in_at else "",
            "released": i18n.format_moment(language, report.released_at, zone) if report and report.released_at else "",
        }
        for application, report, leader in queries.reports_in(session, actor, round_)
    ]  # fmt: skip
    waiting = sum(one["state"] == ("feedback", "waiting") for one in rows)
    return {
        **place, "rows": rows, "waiting": waiting, "url": base,
        "may_release": release.allowed, "why_not": views.why_not(language, release),
        "is_published": is_published, "are_given": round_.scheme.feedback_reports,
    }  # fmt: skip


def _waiver(session: Session, application: Application, report: FeedbackReport | None, language: str) -> tuple[str, bool]:
    """What stands in the way of saying that no report will come, in words, and whether that can be taken back."""
    is_published = latest_snapshot(session, application.round_id, "result") is not None
    fault = service.why_not_waived(application, report, is_published=is_published)
    closed = i18n.translate(language, fault.text) if fault else ""
    return closed, service.can_be_withdrawn(application, report, is_published=is_published)


@office.post("", dependencies=[Depends(guard.office)])
def release_all(request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId) -> Response:
    """Releases every report that waits."""
    round_ = round_for(session, actor, round_id)
    require(Action.FEEDBACK_RELEASE, stage_now(round_, clock.now(session)), standing_in(actor, round_))
    for _, report, _ in queries.reports_in(session, actor, round_):
        if report is not None and report.state == "waiting":
            service.release_report(session, actor, report, clock.now(session))
    return RedirectResponse(f"/office/rounds/{round_id}/feedback", 303)


def _judged(session: Session, actor: Actor, round_id: str, application_id: str) -> Application:
    """An application of the round whose sheets are all in, for who may read them."""
    now = clock.now(session)
    application = office_application(session, actor, application_id, now, round_id)
    if application.gate_opened_at is None:
        raise NotFound
    require(Action.SHEETS_READ, stage_now(application.round, now), standing_of(session, actor, application, now))
    return application


def _found(
    session: Session, actor: Actor, round_id: str, application_id: str
) -> tuple[Application, FeedbackReport]:
    application = _judged(session, actor, round_id, application_id)
    report = queries.report_of(session, application.id)
    if report is None:
        raise NotFound
    return application, report


@office.get("/{application_id}/none", dependencies=[Depends(guard.office)])
def before_waiving(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, application_id: PublicId
) -> Response:
    """Asks for the reason why an applicant gets no report; once that was said, for the reason why it gets one after all."""
    application = _judged(session, actor, round_id, application_id)
    return render(request, session, "judging/no_report.html", **_waiving(request, session, actor, application))


def _waiving(request: Request, session: Session, actor: Actor, application: Application, reason: str = "") -> dict[str, Any]:
    now, round_ = clock.now(session), application.round
    require(Action.FEEDBACK_WAIVE, stage_now(round_, now), standing_of(session, actor, application, now))
    report = queries.report_of(session, application.id)
    leader = next((name for one, _, name in queries.reports_in(session, actor, round_) if one.id == application.id), "")
    closed, can_be_withdrawn = _waiver(session, application, report, request.state.language)
    return {
        **place_of(actor, round_, "feedback", now),
        "name": application.entrant, "number": application.number or "", "leader": leader, "reason": reason,
        "state": queries.state_of_report(application, report),
        "closed": closed, "can_be_withdrawn": can_be_withdrawn, "why_none": application.feedback_waiver,
        "url": f"/office/rounds/{round_.public_id}/feedback/{application.public_id}/none",
    }  # fmt: skip


@office.post("/{application_id}/none", dependencies=[Depends(guard.office)])
def waive(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, application_id: PublicId, form: Form
) -> Response:
    """The applicant gets no report, for this reason."""
    return _said(request, session, actor, _judged(session, actor, round_id, application_id), form, service.waive_report)


@office.post("/{application_id}/none/withdraw", dependencies=[Depends(guard.office)])
def withdraw(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, application_id: PublicId, form: Form
) -> Response:
    """The applicant gets a report after all, for this reason."""
    return _said(request, session, actor, _judged(session, actor, round_id, application_id), form, service.withdraw_waiver)


def _said(
    request: Request, session: Session, actor: Actor, application: Application, form: SubmittedForm,
    act: Callable[[Session, Actor, Application, str, datetime], Application],
) -> Response:  # fmt: skip
    reason = form.text("reason", required=False, longest=1000, lines=True)
    try:
        form.check()
        act(session, actor, application, reason, clock.now(session))
    except Invalid as error:
        shown = _waiving(request, session, actor, application, reason)
        return render_invalid(request, session, "judging/no_report.html", error, **shown)
    return RedirectResponse(f"/office/rounds/{application.round.public_id}/feedback", 303)


@office.get("/{application_id}")
def one_report(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, application_id: PublicId
) -> Response:
    """The report as the applicant will read it."""
    application, report = _found(session, actor, round_id, application_id)
    return render(request, session, "judging/one_report.html", **_one(request, session, actor, application, report))


def _one(
    request: Request, session: Session, actor: Actor, application: Application, report: FeedbackReport
) -> dict[str, Any]:
    now, language, round_ = clock.now(session), request.state.language, application.round
    stage, standing = stage_now(round_, now), standing_of(session, actor, application, now)
    decision = decide(Action.FEEDBACK_RELEASE, stage, standing)
    may_waive = decide(Action.FEEDBACK_WAIVE, stage, standing).allowed
    closed, can_be_withdrawn = _waiver(session, application, report, language)
    return {
        **place_of(actor, round_, "feedback", now),
        "view": _view(session, report, language),
        "report": {
            "code": report.state, "name": application.entrant, "number": application.number or "",
            "url": f"/office/rounds/{round_.public_id}/feedback/{application.public_id}",
            "returned": report.returned_reason, "state": queries.state_of_report(application, report),
            "why_none": application.feedback_waiver,
        },
        "may_waive": may_waive and not closed, "may_withdraw": may_waive and can_be_withdrawn,
        "may_release": decision.allowed and report.state == "waiting",
        "why_not": views.why_not(language, decision),
        "pdf": _pdf(session, report, language),
    }  # fmt: skip


def _view(session: Session, report: FeedbackReport, language: str) -> FeedbackReportView:
    """What was released, frozen; before, what it would be now."""
    document = latest_for(session, KIND, subject_of(report), language) if report.state in RELEASED else None
    if document is not None:
        return from_json(FeedbackReportView, document.view)
    return papers.report_view(session, report, language, clock.now(session))


def _pdf(session: Session, report: FeedbackReport, language: str) -> dict[str, Any] | None:
    if report.state not in RELEASED:
        return None
    document = latest_for(session, KIND, subject_of(report), language)
    return None if document is None else {"is_ready": document.is_ready, "pages": document.pages}


@office.post("/{application_id}/release", dependencies=[Depends(guard.office)])
def release(session: RequestSession, actor: CurrentActor, round_id: PublicId, application_id: PublicId) -> Response:
    """Gives the report to its applicant."""
    _, report = _found(session, actor, round_id, application_id)
    service.release_report(session, actor, report, clock.now(session))
    return RedirectResponse(f"/office/rounds/{round_id}/feedback/{application_id}", 303)


@office.post("/{application_id}/return", dependencies=[Depends(guard.office)])
def give_back(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, application_id: PublicId, form: Form
) -> Response:
    """Returns the report to the panel leader."""
    application, report = _found(session, actor, round_id, application_id)
    try:
        reason = form.text("reason", required=False, longest=1000, lines=True)
        form.check()
        service.return_report(session, actor, report, reason, clock.now(session))
    except Invalid as error:
        application, report = _found(session, actor, round_id, application_id)
        shown = _one(request, session, actor, application, report)
        return render_invalid(request, session, "judging/one_report.html", error, **shown)
    return RedirectResponse(f"/office/rounds/{round_id}/feedback/{application_id}", 303)


@office.get("/{application_id}/report.pdf")
def office_pdf(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, application_id: PublicId
) -> Response:
    """The released paper."""
    _, report = _found(session, actor, round_id, application_id)
    return _send(session, report, request.state.language)


def _send(session: Session, report: FeedbackReport, language: str) -> Response:
    document = latest_for(session, KIND, subject_of(report), language, ready=True)
    if report.state not in RELEASED or document is None or document.file is None:
        raise NotFound
    return send_file(document.file, name=papers.file_name(report.application, language))


def _own(session: Session, actor: Actor, application_id: str) -> FeedbackReport:
    """The released report of an organisation the actor acts for. Raises NotFound before that, and for any other."""
    application = own_application(session, actor, application_id)
    report = queries.report_of(session, application.id)
    if report is None or report.state not in RELEASED:
        raise NotFound
    _require_reading(session, actor, application)
    return report


def _require_reading(session: Session, actor: Actor, application: Application) -> None:
    now = clock.now(session)
    require(Action.FEEDBACK_READ, stage_now(application.round, now), standing_of(session, actor, application, now))


@applicant.get("")
def own_report(request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId) -> Response:
    """The report as a page, and its paper; or that there is none, and why."""
    application, language = own_application(session, actor, application_id), request.state.language
    zone = application.round.award.authority.zone
    shown: dict[str, Any] = {
        "application": {
            "name": application.entrant, "url": f"/apply/{application_id}", "public_id": application_id,
            "is_writable": False, "is_submitted": True, "has_feedback": True,
        },
        "site_name": views.award_name(language, application.round),
    }  # fmt: skip
    if application.feedback_waived_at is not None:
        _require_reading(session, actor, application)
        return render(
            request, session, "judging/own_no_report.html", **shown, reason=application.feedback_waiver,
            on=i18n.format_moment(language, application.feedback_waived_at, zone), contact=application.round.award.authority.contact,
        )  # fmt: skip
    report = _own(session, actor, application_id)
    at = report.acknowledged_at
    return render(
        request, session, "judging/own_report.html", view=_view(session, report, language), pdf=_pdf(session, report, language),
        report={
            "code": report.state, "url": f"/apply/{application_id}/feedback",
            "acknowledged_at": i18n.format_moment(language, at, zone) if at else "",
        },
        **shown,
    )  # fmt: skip


@applicant.get("/report.pdf")
def own_pdf(request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId) -> Response:
    """The paper."""
    return _send(session, _own(session, actor, application_id), request.state.language)


@applicant.post("/acknowledge")
def acknowledge(session: RequestSession, actor: CurrentActor, application_id: PublicId) -> Response:
    """The applicant confirms that it has read the report."""
    service.acknowledge(session, actor, _own(session, actor, application_id), clock.now(session))
    return RedirectResponse(f"/apply/{application_id}/feedback", 303)
