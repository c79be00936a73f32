"""What a route is given: its database session, who asks, and an id that cannot be guessed."""

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from email.message import Message
from typing import Annotated, Any

from anyio import CancelScope, CapacityLimiter, to_thread
from fastapi import Depends, HTTPException, Path, Query, Request
from sqlalchemy.orm import Session

from award.kernel import clock, db, ids
from award.kernel.actor import PUBLIC, Actor
from award.kernel.audit.trail import transaction
from award.kernel.web.bodies import readable_json

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
API = "/api/v1"
"""Where programs knock; nothing there is signed in by a cookie."""


def is_api(path: str) -> bool:
    """Whether an address belongs to the API."""
    return path.startswith("/api/")


async def readable(request: Request) -> None:
    """Raises HTTPException for what no page of ours sends and no database keeps: NUL in an address, a form or JSON not in UTF-8.

    Raises Unreadable for JSON that names something twice.
    """
    if "\x00" in request.scope["path"] or b"%00" in request.scope["query_string"]:
        raise HTTPException(400)
    content_type = Message()
    content_type["content-type"] = request.headers.get("content-type", "")
    if content_type.get_content_charset("utf-8") not in ("utf-8", "utf8"):
        raise HTTPException(415)
    await readable_json(request)


async def request_session(request: Request) -> AsyncIterator[Session]:
    """One request is one transaction, committed before the answer leaves; GET cannot write at all."""
    engine = request.app.state.engine
    async with _ended_in_a_thread(db.reading(engine) if request.method in SAFE_METHODS else transaction(engine)) as session:
        _tell_clock(request, session)
        yield session


@asynccontextmanager
async def _ended_in_a_thread(act: AbstractContextManager[Session]) -> AsyncIterator[Session]:
    """Begins an act here, for nothing is asked of the database before its first statement, and commits or undoes it in a thread.

    That thread is not one of those that requests share: all of them may be waiting for the turn to write which this act holds.
    """
    session = act.__enter__()
    try:
        yield session
    except BaseException as fault:
        if not await _end(act, type(fault), fault, fault.__traceback__):
            raise
    else:
        await _end(act, None, None, None)


async def _end(act: AbstractContextManager[Session], *fault: Any) -> bool | None:
    with CancelScope(shield=True):
        return await to_thread.run_sync(act.__exit__, *fault, limiter=CapacityLimiter(1))
    return None


def _tell_clock(request: Request, session: Session) -> None:
    """Whoever found out who asks has read the clock of a demonstration with it."""
    if "clock_offset" in request.scope["state"]:
        clock.know_offset(session, request.state.clock_offset)


def current_actor(request: Request) -> Actor:
    """Who asks, as the identifying middleware found out."""
    actor: Actor = getattr(request.state, "actor", PUBLIC)
    return actor


async def _asking(request: Request) -> Actor:
    return current_actor(request)


RequestSession = Annotated[Session, Depends(request_session, scope="function")]
CurrentActor = Annotated[Actor, Depends(_asking)]
PublicId = Annotated[str, Path(pattern=ids.PATTERN)]
PageNumber = Annotated[int, Query(ge=1, le=100_000)]
"""Which page of a list."""
