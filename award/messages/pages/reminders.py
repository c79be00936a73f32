"""The reminders of a round: which, when, whether they are switched on, and how many they would reach."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from award import policy
from award.kernel import clock
from award.kernel.actor import Action
from award.kernel.errors import Invalid
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render, render_invalid
from award.messages.queries.reminding import deadline_of, open_reminders, sent_counts, settings_of
from award.messages.reminders import MOST_DAYS, remind_at
from award.messages.service.reminding import Wish, set_reminders
from award.rounds.models import Round
from award.rounds.pages.place import place_of
from award.rounds.queries import round_for, stage_now, standing_in

router = APIRouter(prefix="/office/rounds/{round_id}/reminders", dependencies=[Depends(guard.office_or_supervisor)])
TEMPLATE = "messages/reminders.html"


@dataclass(frozen=True)
class Line:
    """One kind of reminder on the page. dates: (deadline, when the reminder leaves), soonest first; open: people concerned now."""

    key: str
    title: str
    about: str
    days: str
    is_on: bool
    dates: list[tuple[datetime, datetime]]
    open: int
    sent: int


def lines_of(session: Session, round_: Round, now: datetime) -> list[Line]:
    """Every kind of reminder of a round."""
    zone, sent = round_.award.authority.zone, sent_counts(session, round_)
    lines = []
    for one in settings_of(session, round_):
        waiting = open_reminders(session, round_, one.kind, now)
        stage_end = deadline_of(session, round_, one.kind)
        dates = sorted({reminder.due_at for reminder in waiting} or ({stage_end} if stage_end else set()))
        lines.append(
            Line(
                one.kind.key, one.kind.title, one.kind.about, str(one.days), one.is_on,
                [(due_at, remind_at(due_at, one.days, zone)) for due_at in dates],
                len({reminder.person.id for reminder in waiting}), sent.get(one.kind.template, 0),
            )
        )  # fmt: skip
    return lines


@router.get("")
def show(request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId) -> Response:
    """The list."""
    round_ = round_for(session, actor, round_id)
    now = clock.now(session)
    policy.require(Action.MESSAGE_READ, stage_now(round_, now), standing_in(actor, round_))
    place = place_of(actor, round_, "reminders", now)
    return render(request, session, TEMPLATE, **place, lines=lines_of(session, round_, now), typed={}, most=MOST_DAYS)


@router.post("")
def save(request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, form: Form) -> Response:
    """Switches kinds on and off and sets their days."""
    round_ = round_for(session, actor, round_id)
    now = clock.now(session)
    kinds = [one.kind.key for one in settings_of(session, round_)]
    typed = {key: {"days": form.get(f"days-{key}"), "is_on": form.ticked(f"on-{key}")} for key in kinds}
    try:
        wishes = {key: Wish(form.number(f"days-{key}", 1, MOST_DAYS), form.ticked(f"on-{key}")) for key in kinds}
        policy.require(Action.MESSAGE_SEND, stage_now(round_, now), standing_in(actor, round_))
        form.check()
        set_reminders(session, actor, round_, wishes, now)
    except Invalid as error:
        place = place_of(actor, round_, "reminders", now)
        return render_invalid(
            request, session, TEMPLATE, error, **place, lines=lines_of(session, round_, now), typed=typed, most=MOST_DAYS
        )
    return RedirectResponse(f"/office/rounds/{round_id}/reminders", 303)
