"""One line of the log for each request: its route, its answer, what it cost, and in which role somebody asked."""

import logging
import time
from collections.abc import Callable, MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from sqlalchemy import Engine, event

from award.kernel.actor import PUBLIC, Actor
from award.kernel.web.middleware import App, Message, Receive, Send

log = logging.getLogger("award.access")

STATIC = "/static"


@dataclass
class _Tally:
    statements: int = 0
    status: int = 500


_tally: ContextVar[_Tally | None] = ContextVar("tally", default=None)


def _count(*_: object) -> None:
    tally = _tally.get()
    if tally is not None:
        tally.statements += 1


def count_statements(engine: Engine) -> None:
    """From now on each request knows how many SQL statements it took."""
    if not event.contains(engine, "before_cursor_execute", _count):
        event.listen(engine, "before_cursor_execute", _count)


class LogRequests:
    """Writes the line when the answer has left. The address itself is not told: it may hold a code or a name."""

    def __init__(self, app: App, clock: Callable[[], float] = time.perf_counter) -> None:
        self.app = app
        self.clock = clock
        self.templates: dict[Any, str] = {}

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """A request that fails is told too; its fault is logged where it is answered, under the same id."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        tally, started = _Tally(), self.clock()
        token = _tally.set(tally)

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                tally.status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            _tally.reset(token)
            self._write(scope, tally, self.clock() - started)

    def _write(self, scope: MutableMapping[str, Any], tally: _Tally, seconds: float) -> None:
        actor: Actor = scope["state"].get("actor", PUBLIC)
        role = ",".join(sorted(actor.roles)) or ("none" if actor.is_signed_in else "public")
        route = self._template(scope)
        fields = {
            "id": scope["state"].get("request_id", ""), "method": scope["method"], "route": route, "status": tally.status,
            "ms": round(seconds * 1000), "statements": tally.statements, "role": role,
        }  # fmt: skip
        log.log(logging.DEBUG if route == STATIC else logging.INFO, "request", extra={"fields": fields})

    def _template(self, scope: MutableMapping[str, Any]) -> str:
        """The route as it is declared: /v/{code}. Empty where there is none."""
        if scope["path"].startswith(f"{STATIC}/"):
            return STATIC
        endpoint, app = scope.get("endpoint"), scope.get("app")
        if endpoint is not None and endpoint not in self.templates and isinstance(app, FastAPI):
            self.templates = {one.endpoint: str(one.path) for one in iter_route_contexts(app.routes)}
        return self.templates.get(endpoint, "")
