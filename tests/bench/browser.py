"""Asking the application without a network between: what is measured is ours, not a client's."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI

from award.accounts.identify import SESSION_COOKIE
from award.kernel.web.csrf import HEADER, token_for

KEPT = 2
"""Pieces of a body that are kept, so that a long file needs no memory here."""


@dataclass(frozen=True)
class Reply:
    """status, headers in lower case, and the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Browser:
    """Somebody signed in. It has an event loop of its own; close it."""

    def __init__(self, app: FastAPI, cookie: str = "") -> None:
        self.app, self.cookie = app, cookie
        self.loop = asyncio.new_event_loop()

    def get(self, path: str) -> Reply:
        """Raises RuntimeError unless the answer is 200."""
        return self.ask("GET", path)

    def put(self, path: str, content: object, version: int = 0) -> Reply:
        """Sends JSON as autosave does. Raises RuntimeError unless the answer is 200."""
        headers = {"content-type": "application/json", "if-match": f'"{version}"', HEADER: token_for(self.cookie)}
        return self.ask("PUT", path, json.dumps(content).encode(), headers)

    def ask(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Reply:
        reply = self.loop.run_until_complete(self._ask(method, path, body, headers or {}))
        if reply.status != 200:
            raise RuntimeError(f"{method} {path} was answered with {reply.status}: {reply.body[:300]!r}")
        return reply

    def seconds(self, path: str) -> float:
        """How long a page takes."""
        start = time.perf_counter()
        self.get(path)
        return time.perf_counter() - start

    def close(self) -> None:
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()

    async def _ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        bare, _, query = path.partition("?")
        sent = {"host": "127.0.0.1", "cookie": f"{SESSION_COOKIE}={self.cookie}", **headers}
        scope: dict[str, Any] = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.4"}, "http_version": "1.1", "method": method, "scheme": "http",
            "path": bare, "raw_path": bare.encode(), "query_string": query.encode(), "root_path": "",
            "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
            "client": ("127.0.0.1", 50_000), "server": ("127.0.0.1", 80), "state": {},
        }  # fmt: skip
        start: dict[str, Any] = {}
        parts: list[bytes] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            elif len(parts) < KEPT:
                parts.append(message.get("body", b""))

        await self.app(scope, receive, send)
        names = {name.decode().lower(): value.decode("latin-1") for name, value in start["headers"]}
        return Reply(start["status"], names, b"".join(parts))
