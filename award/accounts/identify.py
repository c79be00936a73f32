"""Finds out who asks, before any route runs: the session cookie, what its person holds, and the language."""

from collections.abc import MutableMapping
from dataclasses import replace
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

from sqlalchemy import Engine, update
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from award.accounts import queries
from award.accounts.bearer import bearer_of
from award.accounts.models import SignIn
from award.accounts.queries import Visit
from award.kernel import clock, db, ids
from award.kernel.actor import ADMINISTRATORS, PUBLIC
from award.kernel.audit.trail import transaction
from award.kernel.web.context import is_api
from award.kernel.web.csrf import VISITOR_COOKIE
from award.kernel.web.middleware import App, Message, Receive, Send, language_of

SESSION_COOKIE = "session"
IDLE = timedelta(minutes=30)
IDLE_ADMINISTRATOR = timedelta(minutes=15)
TOUCH_EVERY = timedelta(minutes=1)
TOUCH_AT_LAST = timedelta(minutes=5)
"""So long a page passes by a long act of another, for example an import, and does not wait for its end to note this."""


def find_visit(engine: Engine, token: str) -> Visit | None:
    """Whose the cookie is, or None where the session has ended or was idle too long.

    Effects: notes at most once a minute that the session is alive, a little later while somebody else writes.
    """
    now = clock.real_now()
    with db.reading(engine) as session:
        visit = queries.visit_of(session, token, now)
    if visit is None:
        return None
    idle = now - visit.seen_at
    if idle > (IDLE_ADMINISTRATOR if visit.actor.roles & ADMINISTRATORS else IDLE):
        return None
    if idle > TOUCH_AT_LAST or (idle > TOUCH_EVERY and not db.is_writing(engine)):
        with transaction(engine) as session:
            session.execute(update(SignIn).where(SignIn.id == visit.sign_in_id).values(seen_at=now))
    return visit


class Identify:
    """Sets state.actor, state.secret (what CSRF tokens are bound to) and state.language for every request.

    Of whoever is signed in also state.clock_offset, which comes with who he is.
    """

    def __init__(self, app: App, engine: Engine, *, secure: bool) -> None:
        self.app = app
        self.engine = engine
        self.secure = secure

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """A visitor without a cookie is given one, so that his forms are bound to his browser too."""
        if scope["type"] != "http" or scope["path"].startswith("/static/"):
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        state = scope.setdefault("state", {})
        if is_api(scope["path"]):
            await self._identify_program(request, state)
            await self.app(scope, receive, send)
            return
        token = request.cookies.get(SESSION_COOKIE, "")
        visit = await run_in_threadpool(find_visit, self.engine, token) if token else None
        actor = visit.actor if visit else None
        visitor = request.cookies.get(VISITOR_COOKIE, "")
        new_visitor = "" if visitor or actor else ids.new_token()
        language = language_of(request.cookies.get("lang"), request.headers.get("accept-language", ""))
        address = request.client.host if request.client else ""
        state["actor"] = replace(actor or PUBLIC, language=language, address=address, request_id=state.get("request_id", ""))
        state["secret"] = token if actor else (visitor or new_visitor)
        state["language"] = language
        if visit:
            state["clock_offset"] = visit.clock_offset

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and new_visitor:
                cookie = cookie_header(VISITOR_COOKIE, new_visitor, secure=self.secure)
                message["headers"] = [*message["headers"], (b"set-cookie", cookie.encode())]
            await send(message)

        await self.app(scope, receive, with_cookie)

    async def _identify_program(self, request: Request, state: dict[str, Any]) -> None:
        """By its token alone: cookies neither sign in nor choose the language."""
        language = language_of(None, request.headers.get("accept-language", ""))
        address = request.client.host if request.client else ""
        authorization = request.headers.get("authorization", "")
        bearer = await run_in_threadpool(bearer_of, self.engine, authorization, address)
        actor = replace(bearer.actor, language=language, address=address, request_id=state.get("request_id", ""))
        state.update(actor=actor, language=language, scopes=bearer.scopes, bearer_fault=bearer.fault)


def cookie_header(name: str, value: str, *, secure: bool, max_age: int | None = None) -> str:
    """A cookie scripts cannot read and other sites do not send."""
    cookie: SimpleCookie = SimpleCookie()
    cookie[name] = value
    attributes: dict[str, Any] = {"path": "/", "httponly": True, "samesite": "Lax"}
    cookie[name].update(attributes)
    if secure:
        cookie[name]["secure"] = True
    if max_age is not None:
        cookie[name]["max-age"] = max_age
    return cookie[name].OutputString()
