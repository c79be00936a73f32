"""Where no feedback report can be written any more, the office says so to the applicant, with the reason; and takes it back."""

from datetime import datetime

from sqlalchemy.orm import Session

from award import policy
from award.applications.letters import write_to_applicant
from award.applications.models import Application
from award.judging import queries
from award.judging.models import FeedbackReport
from award.kernel import db
from award.kernel.actor import Action, Actor
from award.kernel.audit.trail import record, round_stream
from award.kernel.errors import Conflict, Invalid
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.panels.queries import leader_of
from award.panels.service.telling import tell_leader_after_all
from award.rounds.queries import guarded_stage, latest_snapshot
from award.standing.queries import standing_of

HANDED_IN = N_("This report has been handed in. Release it, or return it to the panel leader.")
OUT = N_("This applicant has got its report already.")
IN_THE_WAY = {"waiting": HANDED_IN, "released": OUT, "acknowledged": OUT}
"""States of a report in which the applicant is to get it, and why it cannot be given up."""


def require_wanted(application: Application) -> None:
    """Raises Conflict where the office has said that no report will come: nothing is written any more."""
    if application.feedback_waived_at is not None:
        text = N_("The award office has said that there will be no report for this application, so nothing is to be written.")
        raise Conflict("feedback.waived", text)


def why_not_waived(application: Application, report: FeedbackReport | None, *, is_published: bool) -> Conflict | None:
    """Why it cannot be said that an applicant gets no report; None where it can. is_published: the result of the round."""
    if application.feedback_waived_at is not None:
        return Conflict("feedback.waived", N_("This applicant has been told already that there is no report."))
    return _why_not_said(application, report, is_published=is_published)


def can_be_withdrawn(application: Application, report: FeedbackReport | None, *, is_published: bool) -> bool:
    """Whether it was said that an applicant gets no report, and can still be taken back."""
    is_said = application.feedback_waived_at is not None
    return is_said and _why_not_said(application, report, is_published=is_published) is None


def _why_not_said(application: Application, report: FeedbackReport | None, *, is_published: bool) -> Conflict | None:
    """Why there is nothing to say about a report, neither that none comes nor that one comes after all."""
    if not is_published:
        return Conflict("feedback.not_published", N_("Say this after the result has been published."))
    if application.gate_opened_at is None:
        return Conflict("feedback.not_judged", N_("This application has no score sheets, so no report is waited for."))
    if report is not None and report.state in IN_THE_WAY:
        return Conflict("feedback.not_missing", IN_THE_WAY[report.state])
    return None


def waive_report(session: Session, actor: Actor, application: Application, reason: str, now: datetime) -> Application:
    """The office says that an applicant gets no report, and why; what was written of one stays and is not shown to it.

    Said already, nothing happens. Raises Refused (wrong stage or role, or an award without reports), Conflict (the result is
    not published, the application was not judged, or its report was handed in), Invalid (no reason).
    Effects: a message to the applicant.
    """
    _hold(session, actor, application, now)
    if application.feedback_waived_at is not None:
        return application
    _require_said(session, application, reason, N_("Say why there is no report; the applicant reads it."))
    application.feedback_waived_at, application.feedback_waiver = now, reason.strip()
    _tell(session, actor, application, Event.FEEDBACK_WAIVED, "feedback_waived", reason, now)
    return application


def withdraw_waiver(session: Session, actor: Actor, application: Application, reason: str, now: datetime) -> Application:
    """The office takes back that an applicant gets no report, and why: it is written on and released like any other.

    Not said, nothing happens. Raises what waive_report raises. Effects: messages to the applicant and to the panel leader.
    """
    _hold(session, actor, application, now)
    waived_at = application.feedback_waived_at
    if waived_at is None:
        return application
    _require_said(session, application, reason, N_("Say why there will be a report after all; the applicant and the panel leader read it."))
    application.feedback_waived_at, application.feedback_waiver = None, ""
    _tell(session, actor, application, Event.FEEDBACK_WAIVER_WITHDRAWN, "feedback_after_all", reason, now)
    leader = leader_of(session, application.id)
    if leader is not None:
        tell_leader_after_all(session, application, leader, reason.strip(), waived_at)
    return application


def _hold(session: Session, actor: Actor, application: Application, now: datetime) -> None:
    """Locks the application and reads afresh what was said of its report; asks for the rights."""
    stage = guarded_stage(session, application.round, now)
    db.lock_row(session, "application", application.id, exclusive=True)
    session.refresh(application, ["feedback_waived_at", "feedback_waiver"])
    policy.require(Action.FEEDBACK_WAIVE, stage, standing_of(session, actor, application, now))


def _require_said(session: Session, application: Application, reason: str, unsaid: str) -> None:
    is_published = latest_snapshot(session, application.round_id, "result") is not None
    if fault := _why_not_said(application, queries.report_of(session, application.id), is_published=is_published):
        raise fault
    if not reason.strip():
        raise Invalid.one("reason", unsaid)


def _tell(
    session: Session, actor: Actor, application: Application, event: Event, template: str, reason: str, now: datetime
) -> None:
    round_, content = application.round, {"reason": reason.strip()}
    thing, stream = f"application:{application.public_id}", round_stream(round_.public_id)
    record(session, actor, event, thing, stream, content, rules=round_.scheme_sha256)
    write_to_applicant(session, application, template, now, content)
