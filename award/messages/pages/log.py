"""The log of a round's messages. The office sees what was written, the supervisor only that it was."""

from functools import partial
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from award import policy
from award.kernel import clock
from award.kernel.actor import Action
from award.kernel.mail.models import MessageState
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PageNumber, PublicId, RequestSession
from award.kernel.web.rendering import Page, render
from award.messages.pages.letters import letter_of
from award.messages.queries.log import Filters, log_of
from award.messages.reasons import REASONS
from award.messages.service import reading
from award.messages.service.mailing import receivers_of_mailing
from award.rounds.pages.place import place_of
from award.rounds.queries import round_for, stage_now, standing_in

router = APIRouter(prefix="/office/rounds/{round_id}/messages", dependencies=[Depends(guard.office_or_supervisor)])
SIZE = 50
SearchText = Annotated[str, Query(max_length=100)]


@router.get("")
def log(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId,
    state: str = "", reason: str = "", q: SearchText = "", page: PageNumber = 1, sent: str = "",
) -> Response:  # fmt: skip
    """To whom, why, when, and what became of it. sent: the bulk mail that has just been sent."""
    round_ = round_for(session, actor, round_id)
    now = clock.now(session)
    policy.require(Action.MESSAGE_READ, stage_now(round_, now), standing_in(actor, round_))
    place = place_of(actor, round_, "messages", now)
    found = log_of(session, actor, round_, Filters(state, reason, q.strip()), page=page, size=SIZE)
    return render(
        request, session, "messages/log.html", **place,
        rows=[
            {"message": one, "name": name, "subject": "" if place["inspection"] else letter_of(one).subject}
            for one, name in found.rows
        ],
        states=[(one.value, found.states.get(one.value, 0)) for one in MessageState],
        reasons=REASONS,
        sending=0 if place["inspection"] or not sent else receivers_of_mailing(session, round_, sent), sent=sent,
        found_reasons=found.reasons, state=state, reason=reason, q=q,
        page=Page(found.rows, page, SIZE, found.total, partial(_link, state, reason, q)),
    )  # fmt: skip


def _link(state: str, reason: str, q: str, number: int) -> str:
    asked = {"state": state, "reason": reason, "q": q}
    return "?" + urlencode({**{key: value for key, value in asked.items() if value}, "page": number})


@router.post("/{message_id}/again")
def again(session: RequestSession, actor: CurrentActor, round_id: PublicId, message_id: PublicId) -> Response:
    """Sends a message again that was not delivered."""
    round_ = round_for(session, actor, round_id)
    reading.repeat_message(session, actor, round_, message_id, clock.now(session))
    return RedirectResponse(f"/office/rounds/{round_id}/messages?state=wanted", 303)
