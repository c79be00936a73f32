"""Handing an application in, and taking it back."""

import json
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from award.accounts.queries import names_of
from award.applications.check import check_application
from award.applications.letters import write_to_applicant
from award.applications.models import Application, Submission
from award.applications.queries import answers_of, evidence_of, latest_submission
from award.applications.service.holding import hold, note, person_of, take_up
from award.kernel import ids
from award.kernel.actor import Action, Actor
from award.kernel.errors import Conflict, FieldError, Invalid, NotFound, Refused
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.policy import require
from award.regulations.canonical import sha256_of
from award.rounds.models import Round, RoundRubric
from award.rounds.narrowing import grants_in
from award.rounds.queries import spell
from award.stages import APPLICANTS, StageNow, Who

DECLARATIONS: Mapping[str, str] = {
    "true": N_("Everything in this application is true, and we can prove it."),
    "clean": N_("We meet the conditions of the award and have concealed nothing that would exclude us."),
    "secrets": N_("It contains no state secrets; what is a business secret is marked as such."),
    "check": N_("We agree that the award office and its judges check what we say, also on site."),
}
"""What an applicant declares when it submits, by key."""
UNCHANGED = "unchanged"
"""Declared besides where a correction is handed in with nothing changed."""
_SUBMITTED = ("submitted", "resubmitted")
WITHDRAWABLE = ("submitted", "resubmitted", "correction", "accepted", "candidate")


def submit_application(
    session: Session, actor: Actor, application: Application, declarations: Collection[str], now: datetime
) -> Submission:
    """Freezes the application as it stands and hands it in, or hands it in again after a correction.

    declarations: keys of DECLARATIONS, all of which are needed, and UNCHANGED after a correction that changes nothing.
    Pressed again by the same person, answers with the first receipt.
    Raises Refused (not open, past the deadline), Invalid (what is missing, part by part), Conflict (not a draft).
    Effects: the number of the application, a record, a message to the contact person.
    """
    stage, standing = hold(session, actor, application, now, exclusive=True)
    if not standing.who & APPLICANTS:
        raise NotFound
    if Who.OWNER in standing.who and application.state in _SUBMITTED:
        return _receipt(session, actor, application)
    require(Action.APPLICATION_SUBMIT, stage, standing)
    if application.state not in ("draft", "correction"):
        raise Conflict("application.closed", N_("This application has been submitted and can no longer be changed."))
    _check_complete(session, application)
    _check_declarations(declarations, is_unchanged=is_unchanged(session, application))
    taken_up = take_up(actor, application)
    submission = _freeze(session, actor, application, sorted(declarations), now)
    again = submission.number > 1
    application.state = "resubmitted" if again else "submitted"
    application.submitted_at = now
    content = {
        "submission": submission.number, "sha256": submission.sha256, "number": application.number, "submitted_at": spell(now),
        **taken_up,
    }  # fmt: skip
    event = Event.APPLICATION_RESUBMITTED if again else Event.APPLICATION_SUBMITTED
    note(session, actor, event, application, stage, content)
    write_to_applicant(session, application, "application_submitted", now, {"sha256": submission.sha256})
    return submission


def _receipt(session: Session, actor: Actor, application: Application) -> Submission:
    submission = latest_submission(session, application)
    if submission is None:
        raise RuntimeError(f"application {application.public_id} is submitted without a submission")
    if submission.submitted_by != actor.person_id:
        by = names_of(session, [submission.submitted_by]).get(submission.submitted_by, "")
        raise Conflict("application.submitted_already", N_("{by} has submitted this application already."), by=by)
    return submission


def is_unchanged(session: Session, application: Application) -> bool:
    """Whether an application that was returned says, word for word and file for file, what was submitted before."""
    last = latest_submission(session, application) if application.state == "correction" else None
    if last is None:
        return False
    before: dict[str, object] = json.loads(last.content)
    return before | {"declarations": []} == _content(session, application, [])


def _check_declarations(declarations: Collection[str], *, is_unchanged: bool) -> None:
    text = N_("Confirm each declaration; without them the application cannot be submitted.")
    faults = [FieldError(key, text) for key in DECLARATIONS if key not in declarations]
    if is_unchanged and UNCHANGED not in declarations:
        unsaid = N_(
            "Nothing has been changed since the application was returned. Correct it first, or confirm that nothing is to be changed."
        )
        faults.insert(0, FieldError(UNCHANGED, unsaid))
    if faults:
        raise Invalid(faults)


def _check_complete(session: Session, application: Application) -> None:
    problems = [one for one in check_application(session, application) if not one.is_warning]
    if problems:
        raise Invalid([FieldError(one.part, one.text, one.params) for one in problems])


def _freeze(session: Session, actor: Actor, application: Application, declarations: list[str], now: datetime) -> Submission:
    last = latest_submission(session, application)
    text = json.dumps(_content(session, application, declarations), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    submission = Submission(
        application_id=application.id, number=last.number + 1 if last else 1, content=text, sha256=sha256_of(text),
        submitted_at=now, submitted_by=person_of(actor),
    )  # fmt: skip
    session.add(submission)
    if application.number is None:
        application.number = _new_number(session, application.round)
    session.flush()
    return submission


def _content(session: Session, application: Application, declarations: list[str]) -> dict[str, object]:
    organisation, round_ = application.organisation, application.round
    criteria_sha256 = session.scalar(
        select(RoundRubric.criteria_sha256).where(
            RoundRubric.round_id == round_.id, RoundRubric.category == application.category
        )
    )
    established = organisation.established_on
    return {
        "format": 1,
        "round": round_.public_id,
        "scheme_sha256": round_.scheme_sha256,
        "criteria_sha256": criteria_sha256,
        "application": application.public_id,
        "organisation": {
            "credit_code": organisation.credit_code, "name": organisation.name, "name_en": organisation.name_en,
            "address": organisation.address, "established_on": established.isoformat() if established else "",
        },
        "category": application.category,
        "sector": application.sector,
        "profile": application.profile,
        "parts": {part: answer.text for part, answer in answers_of(session, application).items()},
        "evidence": [
            {"id": one.public_id, "code": one.code, "title": one.title, "name": one.file.name,
             "sha256": one.file.sha256, "size": one.file.size, "pages": one.file.pages}
            for one in evidence_of(session, application)
        ],
        "declarations": declarations,
    }  # fmt: skip


def _new_number(session: Session, round_: Round) -> str:
    """Random, so that nobody can count applications by it; unique in the table."""
    while True:
        number = f"{round_.year}-{''.join(secrets.choice(ids.ALPHABET) for _ in range(6)).upper()}"
        if session.scalar(select(Application.id).where(Application.number == number)) is None:
            return number


def withdraw(session: Session, actor: Actor, application: Application, reason: str, now: datetime) -> Application:
    """Takes a submitted application out of the round for good; asked again, answers with the same.

    reason: shown to the office. Raises Refused after the scheme's last stage for it, Conflict for a draft.
    """
    stage, standing = hold(session, actor, application, now, exclusive=True)
    if Who.OWNER in standing.who and application.state == "withdrawn":
        return application
    require(Action.APPLICATION_WITHDRAW, stage, standing)
    if not may_withdraw(application, stage):
        raise Refused("withdraw.too_late", N_("In this stage an application can no longer be withdrawn."), status=409)
    if application.state not in WITHDRAWABLE:
        raise Conflict("application.not_submitted", N_("There is nothing to withdraw: it is not submitted, or decided already."))
    if not reason:
        raise Invalid.one("reason", N_("Say why the application is withdrawn."))
    application.state, application.withdrawn_at = "withdrawn", now
    note(session, actor, Event.APPLICATION_WITHDRAWN, application, stage, {"reason": reason})
    write_to_applicant(session, application, "application_withdrawn", now, {})
    return application


def may_withdraw(application: Application, stage: StageNow) -> bool:
    """Whether the scheme still lets applications be withdrawn in this stage."""
    scheme = application.round.scheme
    return stage.kind in stage.kinds and Action.APPLICATION_WITHDRAW in grants_in(scheme, stage.kind)
