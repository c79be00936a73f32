"""One's own messages: the list, one of them, and what has been read."""

from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from award.kernel import clock
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PageNumber, PublicId, RequestSession
from award.kernel.web.rendering import Page, render
from award.messages.pages.letters import shown
from award.messages.queries.inbox import inbox_of, message_for
from award.messages.reasons import REASONS
from award.messages.service import reading

router = APIRouter(prefix="/messages", dependencies=[Depends(guard.signed_in)])
SIZE = 25


@router.get("")
def inbox(request: Request, session: RequestSession, actor: CurrentActor, page: PageNumber = 1) -> Response:
    """All of one's messages, the newest first."""
    rows, total = inbox_of(session, actor, page, SIZE)
    return render(
        request, session, "messages/inbox.html", rows=[shown(one) for one in rows], reasons=REASONS,
        page=Page(rows, page, SIZE, total, lambda number: "?" + urlencode({"page": number})),
    )  # fmt: skip


@router.post("/read")
def read_all(session: RequestSession, actor: CurrentActor) -> Response:
    """Marks all of them as read."""
    reading.mark_all_read(session, actor, clock.now(session))
    return RedirectResponse("/messages", 303)


@router.get("/{message_id}")
def message(request: Request, session: RequestSession, actor: CurrentActor, message_id: PublicId) -> Response:
    """One message."""
    one = shown(message_for(session, actor, message_id))
    return render(request, session, "messages/message.html", one=one, reasons=REASONS)


@router.post("/{message_id}/open")
def open_message(session: RequestSession, actor: CurrentActor, message_id: PublicId) -> Response:
    """Marks a message as read, then shows it: what only looks changes nothing."""
    reading.mark_read(session, actor, message_id, clock.now(session))
    return RedirectResponse(f"/messages/{message_id}", 303)
