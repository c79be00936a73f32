"""The trail of a round: who did what and when, without the values; and whether the chain is whole."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from award import policy
from award.accounts.queries import names_by_public_id
from award.kernel import clock
from award.kernel.actor import Action
from award.kernel.audit.models import AuditHead, AuditRecord
from award.kernel.audit.queries import records_of
from award.kernel.audit.trail import round_stream
from award.kernel.audit.verify import verify
from award.kernel.events import Event
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PageNumber, PublicId, RequestSession
from award.kernel.web.rendering import Page, render
from award.office.event_words import EVENTS, THINGS
from award.rounds.pages.place import place_of
from award.rounds.queries import round_for, stage_now, standing_in

router = APIRouter(prefix="/office/rounds/{round_id}", dependencies=[Depends(guard.office_or_supervisor)])
SIZE = 50


@router.get("/trail")
def trail(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId,
    act: str = "", page: PageNumber = 1, walk: bool = False,
) -> Response:  # fmt: skip
    """The records of the round's stream, newest first. walk: every link is recomputed before the page is shown."""
    round_ = round_for(session, actor, round_id)
    now = clock.now(session)
    policy.require(Action.TRAIL_READ, stage_now(round_, now), standing_in(actor, round_))
    stream = round_stream(round_.public_id)
    records, total = _records(session, stream, act, page)
    return render(
        request, session, "office/trail.html",
        **place_of(actor, round_, "trail", now),
        records=records,
        names=names_by_public_id(session, {one.actor for one in records}),
        words=EVENTS,
        things=THINGS,
        events=list(Event),
        act=act,
        page=Page(list(records), page, SIZE, total, partial(_link, act)),
        head=session.get(AuditHead, stream),
        verdict=verify(session, stream) if walk else None,
    )  # fmt: skip


def _records(session: Session, stream: str, act: str, page: int) -> tuple[Sequence[AuditRecord], int]:
    query = records_of(stream, act)
    total = session.scalars(select(func.count()).select_from(query.order_by(None).subquery())).one()
    return list(session.scalars(query.offset((page - 1) * SIZE).limit(SIZE))), total


def _link(act: str, number: int) -> str:
    asked: dict[str, Any] = {"act": act} if act else {}
    return "?" + urlencode({**asked, "page": number})
