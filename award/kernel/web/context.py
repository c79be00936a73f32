"""What a route is given: its database session, who asks, and an id that cannot be guessed."""

from collections.abc import Iterator
from email.message import Message
from typing import Annotated

from fastapi import Depends, HTTPException, Path, Query, Request
from sqlalchemy.orm import Session

from award.kernel import clock, db, ids
from award.kernel.actor import PUBLIC, Actor
from award.kernel.audit.trail import transaction

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
API = "/api/v1"
"""Where programs knock; nothing there is signed in by a cookie."""


def is_api(path: str) -> bool:
    """Whether an address belongs to the API."""
    return path.startswith("/api/")


async def readable(request: Request) -> None:
    """Raises HTTPException for what no page of ours sends and no database keeps: NUL in an address, a form not in UTF-8."""
    if "\x00" in request.scope["path"] or b"%00" in request.scope["query_string"]:
        raise HTTPException(400)
    content_type = Message()
    content_type["content-type"] = request.headers.get("content-type", "")
    if content_type.get_content_charset("utf-8") not in ("utf-8", "utf8"):
        raise HTTPException(415)


def request_session(request: Request) -> Iterator[Session]:
    """One request is one transaction, committed before the answer leaves; GET cannot write at all."""
    engine = request.app.state.engine
    if request.method in SAFE_METHODS:
        with db.reading(engine) as session:
            _tell_clock(request, session)
            yield session
        return
    with transaction(engine) as session:
        _tell_clock(request, session)
        yield session


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
