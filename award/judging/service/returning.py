"""Giving a submitted sheet back to its judge, while nobody has seen a value of it: by the office, or by the panel's leader."""

from datetime import datetime

from sqlalchemy.orm import Session

from award import policy
from award.accounts.models import Person
from award.applications.models import Application
from award.applications.service.holding import person_of
from award.judging.models import Sheet, SheetReturn
from award.judging.service.sheets import note
from award.kernel import db
from award.kernel.actor import Action, Actor
from award.kernel.errors import Conflict, Invalid, NotFound
from award.kernel.events import Event
from award.kernel.i18n import N_, format_moment
from award.kernel.mail.service import is_address, send
from award.kernel.settings import settings
from award.rounds.queries import guarded_stage, title_of
from award.stages import StageNow, Who
from award.standing.queries import standing_of

OFFICE, LEADER = "office", "leader"
"""Who gave a sheet back, as it is kept."""


def return_sheet(
    session: Session, actor: Actor, application: Application, sheet: Sheet, reason: str, now: datetime
) -> None:
    """Gives a submitted sheet back to its judge for correction; what he submits becomes a new version, the old one stays.

    Raises Refused (wrong stage or role, past the deadline, or the gate is or was open), NotFound (its judge has left the panel),
    Conflict (one's own sheet, or not submitted), Invalid (no reason). Effects: a message to the judge.
    """
    stage = guarded_stage(session, application.round, now)
    db.lock_row(session, "application", application.id, exclusive=True)
    db.read_afresh(session, application, ["gate_opened_at", "values_seen_at", "state"])
    session.refresh(sheet, ["state"])
    standing = standing_of(session, actor, application, now)
    policy.require(Action.SHEET_RETURN, stage, standing)
    db.read_afresh(session, sheet.assignment, ["state"])
    if sheet.assignment.state != "active":
        raise NotFound
    if sheet.person_id == actor.person_id:
        # Else whoever leads a panel could change what he submitted as often as he likes.
        raise Conflict("sheet.own", N_("This sheet is your own. Ask the award office to return it to you."))
    if not reason.strip():
        raise Invalid.one("reason", N_("Say what is to be corrected; the judge reads it."))
    if sheet.state != "submitted":
        raise Conflict("sheet.not_submitted", N_("Only a submitted sheet can be returned."))
    by = OFFICE if Who.OFFICE in standing.who else LEADER
    session.add(SheetReturn(
        sheet_id=sheet.id, number=sheet.number, returned_by=by, person_id=person_of(actor), reason=reason, returned_at=now,
    ))  # fmt: skip
    sheet.state, sheet.returned_reason, sheet.returned_by = "returned", reason, by
    content = {"reason": reason, "version": sheet.number, "returned_by": by}
    note(session, actor, Event.SHEET_RETURNED, sheet, application, content)
    _tell_judge(session, application, sheet, stage)


def _tell_judge(session: Session, application: Application, sheet: Sheet, stage: StageNow) -> None:
    judge, round_ = session.get_one(Person, sheet.person_id), application.round
    if not is_address(judge.email):
        return
    language = judge.language
    context = {
        "name": judge.name,
        "organisation": application.entrant,
        "round": title_of(round_).in_language(language),
        "by_leader": sheet.returned_by == LEADER,
        "reason": sheet.returned_reason,
        "closes_at": format_moment(language, stage.closes_at, stage.zone, with_zone=True) if stage.closes_at else "",
        "address": f"{settings().base_url}/review/{sheet.assignment.public_id}",
    }
    send(
        session, judge.email, "sheet_returned", context, language, person_id=judge.id, round_id=round_.id,
        dedup_key=f"sheet_returned:{sheet.public_id}:{sheet.number}", about=f"application:{application.public_id}",
    )  # fmt: skip
