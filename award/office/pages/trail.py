"""The trail of a round: who did what and when, without the values; whether the chain is whole; its ends, to be kept elsewhere."""

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
from award.kernel.audit.heads import heads_beside, kept_now
from award.kernel.audit.models import AuditRecord
from award.kernel.audit.queries import records_of
from award.kernel.audit.trail import round_stream
from award.kernel.audit.verify import verify
from award.kernel.events import Event
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PageNumber, PublicId, RequestSession
from award.kernel.web.downloads import disposition
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
    heads = heads_beside(session, stream)
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
        head=heads.get(stream),
        ends=len(heads),
        verdict=verify(session, stream) if walk else None,
    )  # fmt: skip


@router.get("/trail/heads")
def trail_heads(session: RequestSession, actor: CurrentActor, round_id: PublicId) -> Response:
    """The ends of the round's stream and of those of no round, as `./run audit heads` prints all of them."""
    round_ = round_for(session, actor, round_id)
    policy.require(Action.TRAIL_READ, stage_now(round_, clock.now(session)), standing_in(actor, round_))
    # The file is compared with backups and with what is printed elsewhere, so a demonstration's clock has no say.
    now = clock.real_now()
    text = kept_now(heads_beside(session, round_stream(round_.public_id)), now).as_json()
    name = f"trail-heads-{round_.public_id}-{now:%Y%m%d-%H%M%S}.json"
    headers = {"content-disposition": disposition(name, inline=False), "cache-control": "private, no-store"}
    return Response(text, media_type="application/json", headers=headers)


def _records(session: Session, stream: str, act: str, page: int) -> tuple[Sequence[AuditRecord], int]:
    query = records_of(stream, act)
    total = session.scalars(select(func.count()).select_from(query.order_by(None).subquery())).one()
    return list(session.scalars(query.offset((page - 1) * SIZE).limit(SIZE))), total


def _link(act: str, number: int) -> str:
    asked: dict[str, Any] = {"act": act} if act else {}
    return "?" + urlencode({**asked, "page": number})
