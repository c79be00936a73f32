"""The earliest day that a paper of the result can bear: what it rests on was there before."""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from award.applications.models import SHARING, Application, PaperOutcome
from award.kernel.errors import FieldError
from award.kernel.i18n import N_
from award.results.models import AwardDecision, Objection
from award.results.queries import decisions_of, notice_of
from award.rounds.models import Round


def first_of_decision(session: Session, round_: Round, category: str) -> date | None:
    """The day the last sheet came in or the last outcome was held that a decision rests on; None where nothing was."""
    concerned = (Application.round_id == round_.id, Application.category == category, Application.state.in_(SHARING))
    sheets_in = session.scalar(select(func.max(Application.gate_opened_at)).where(*concerned))
    held_on = session.scalar(
        select(func.max(PaperOutcome.held_on))
        .join(Application, Application.id == PaperOutcome.application_id)
        .where(*concerned, PaperOutcome.state == "confirmed")
    )
    days = [held_on, None if sheets_in is None else round_.award.authority.day_of(sheets_in)]
    return max((day for day in days if day is not None), default=None)


def first_of_amendment(before: AwardDecision, objections: Iterable[Objection]) -> date:
    """The day the last of the objections that an amended decision follows from was received, or that of the decision it amends."""
    return max([before.held_on, *(one.received_on for one in objections)])


def first_of_approval(session: Session, round_: Round) -> date | None:
    """The day after the last notice ended; later where a decision or the answer to an objection came later. None without a notice."""
    notice = notice_of(session, round_.id)
    if notice is None:
        return None
    answered_at = session.scalar(select(func.max(Objection.answered_at)).where(Objection.round_id == round_.id))
    answered_on = [] if answered_at is None else [round_.award.authority.day_of(answered_at)]
    return max([notice.last_day + timedelta(1), *answered_on, *(one.held_on for one in decisions_of(session, round_))])


def too_early(field: str, day: date, first: date | None, text: str) -> list[FieldError]:
    """The fault of a day before the first that is possible; text: says so, with {day}."""
    return [FieldError(field, text, {"day": first})] if first is not None and day < first else []


DECIDED_TOO_EARLY = N_(
    "The last sheet or outcome that this decision rests on is of {day}; it cannot have been decided before. Enter the day of the meeting."
)
AMENDED_TOO_EARLY = N_(
    "An amended decision follows the decision it amends and the objections behind it, the last of {day}. Enter the day of the meeting."
)
APPROVED_TOO_EARLY = N_(
    "The earliest day of an approval is {day}: the public notice has ended and every objection is answered by then. "
    "Enter the day of the document."
)
