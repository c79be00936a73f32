"""The government's approval: one person enters its document, another confirms it; until the publication it can be put right."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy.orm import Session

from award import policy
from award.kernel.actor import Action, Actor
from award.kernel.audit.trail import record, round_stream
from award.kernel.errors import Conflict, FieldError, Invalid, NotFound, Refused
from award.kernel.events import Event
from award.kernel.files.service import kept_paper
from award.kernel.i18n import N_
from award.results import queries
from award.results.models import Approval
from award.results.service.days import APPROVED_TOO_EARLY, first_of_approval, too_early
from award.rounds.models import Round
from award.rounds.queries import guarded_stage, standing_in
from award.rounds.service.second_person import Waiting, ask_second_person

SAME_PERSON = N_(
    "You entered this approval; another person of the office must confirm it. Where the office has no other account, ask the "
    "system administrator to invite a second person."
)


def record_approval(
    session: Session, actor: Actor, round_: Round, *, approved_by: str, document_number: str, approved_on: date,
    reason: str = "", file_id: int | None = None, now: datetime,
) -> Approval:  # fmt: skip
    """Enters the government's approval; it counts once another person has confirmed it.

    reason: what was entered wrongly, where it corrects the approval in force. file_id: the document; None keeps that of the
    version before. Effects: a version that waits is dropped for it; messages to colleagues. Entered again word for word by
    the same person, answers with the first. Raises Refused, Conflict (nothing decided, or published already), Invalid (who,
    number, a day to come or before the notice ended, a correction without a reason or that changes nothing).
    """
    _hold(session, actor, round_, now)
    if queries.undecided(session, round_):
        raise Conflict("approval.undecided", N_("Decide on the candidates of every category first."))
    if errors := _faults(session, round_, approved_by, document_number, approved_on, now):
        raise Invalid(errors)
    versions = queries.approvals_of(session, round_)
    before, waiting = (next((one for one in versions if one.state == state), None) for state in ("in_force", "waiting"))
    former = waiting or before
    made = Approval(
        round_id=round_.id, number=versions[0].number + 1 if versions else 1, supersedes_id=before.id if before else None,
        state="waiting", reason=reason.strip() if before else "", approved_by=approved_by, document_number=document_number,
        approved_on=approved_on, file_id=kept_paper(session, file_id, former.file_id if former else None), recorded_at=now,
        recorded_by=actor.person_id,
    )  # fmt: skip
    if waiting is not None and (waiting.recorded_by, waiting.reason, _said(waiting)) == (made.recorded_by, made.reason, _said(made)):
        return waiting
    _check_correction(before, made)
    if waiting is not None:
        _drop(session, actor, round_, waiting)
    session.add(made)
    session.flush()
    _record(session, actor, Event.APPROVAL_RECORDED, round_, made, _content(made))
    waits = Waiting(N_("Approval"), "", f"/office/rounds/{round_.public_id}/results/approval", made.public_id)
    ask_second_person(session, actor, round_, waits, now)
    return made


def confirm_approval(session: Session, actor: Actor, round_: Round, approval: Approval, now: datetime) -> Approval:
    """Puts an approval in force, in the place of the one it corrects where there is one.

    Asked again by the same person, answers with it. Raises Refused for whoever entered it, Conflict where it does not wait any
    more, the result is published, or something later than its day came in meanwhile.
    """
    _hold(session, actor, round_, now, approval)
    if approval.state == "in_force" and approval.confirmed_by == actor.person_id:
        return approval
    _require_waiting(approval)
    if approval.recorded_by == actor.person_id:
        raise Refused("approval.same_person", SAME_PERSON, status=409)
    for fault in _faults(session, round_, approval.approved_by, approval.document_number, approval.approved_on, now):
        raise Conflict("approval.outdated", fault.text, **fault.params)
    before = queries.approval_of(session, round_.id)
    if before is not None:
        before.state = "replaced"
    approval.state, approval.confirmed_at, approval.confirmed_by = "in_force", now, actor.person_id
    session.flush()
    _record(session, actor, Event.APPROVAL_CONFIRMED, round_, approval, {"supersedes": before and before.public_id})
    return approval


def drop_approval(session: Session, actor: Actor, round_: Round, approval: Approval, now: datetime) -> None:
    """Withdraws an approval that waits; it stays readable. Twice is once. Raises Conflict once it was confirmed."""
    _hold(session, actor, round_, now, approval)
    if approval.state != "dropped":
        _require_waiting(approval)
        _drop(session, actor, round_, approval)


def _hold(session: Session, actor: Actor, round_: Round, now: datetime, approval: Approval | None = None) -> None:
    stage = guarded_stage(session, round_, now, exclusive=True)
    policy.require(Action.APPROVAL_RECORD, stage, standing_in(actor, round_))
    if approval is not None:
        if approval.round_id != round_.id:
            raise NotFound
        session.refresh(approval)
    if queries.publication_of(session, round_.id) is not None:
        text = N_("The result has been published on this approval, which stays as it is.")
        raise Conflict("approval.published", text)


def _faults(
    session: Session, round_: Round, approved_by: str, document_number: str, approved_on: date, now: datetime
) -> list[FieldError]:
    errors = []
    if not approved_by.strip():
        errors.append(FieldError("approved_by", N_("Enter who approved.")))
    if not document_number.strip():
        errors.append(FieldError("document_number", N_("Enter the number of the approving document.")))
    if approved_on > round_.award.authority.day_of(now):
        errors.append(FieldError("approved_on", N_("An approval is recorded after it was given; this day is still to come.")))
    return errors + too_early("approved_on", approved_on, first_of_approval(session, round_), APPROVED_TOO_EARLY)


def _check_correction(before: Approval | None, made: Approval) -> None:
    if before is None:
        return
    if not made.reason:
        raise Invalid.one("reason", N_("Say what was entered wrongly and what shows the right value."))
    if _said(before) == _said(made):
        raise Invalid.one("approved_on", N_("Nothing would change. Correct what was entered wrongly."))


def _said(approval: Approval) -> list[object]:
    return [approval.approved_by, approval.document_number, approval.approved_on, approval.file_id]


def _require_waiting(approval: Approval) -> None:
    if approval.state != "waiting":
        raise Conflict("approval.over", N_("This approval does not wait any more. Look at the approval as it stands now."))


def _drop(session: Session, actor: Actor, round_: Round, approval: Approval) -> None:
    approval.state = "dropped"
    session.flush()
    _record(session, actor, Event.APPROVAL_DROPPED, round_, approval, {})


def _content(approval: Approval) -> dict[str, object]:
    return {
        "approved_by": approval.approved_by, "number": approval.document_number, "on": str(approval.approved_on),
        "file": approval.file_id, "reason": approval.reason,
    }  # fmt: skip


def _record(
    session: Session, actor: Actor, event: Event, round_: Round, approval: Approval, content: Mapping[str, object]
) -> None:
    stream = round_stream(round_.public_id)
    record(session, actor, event, f"approval:{approval.public_id}", stream, content, rules=round_.scheme_sha256)
