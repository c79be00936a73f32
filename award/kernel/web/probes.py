"""What machines ask before people do: is the process alive, can the installation work. Nothing else is answered here."""

import json
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from award.kernel.web.middleware import App, Receive, Send

ALIVE, READY = "/healthz", "/readyz"
Checks = Mapping[str, str]
"""What was looked at -> "ok", or in a word what is wrong."""


class Probes:
    """Answers before hosts are checked and visitors get a cookie: whoever asks sends the address of the machine."""

    def __init__(self, app: App, look: Callable[[], Checks]) -> None:
        self.app = app
        self.look = look

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """200, or 503 where a check failed."""
        if scope["type"] != "http" or scope["path"] not in (ALIVE, READY) or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        checks: Checks = {}
        if scope["path"] == READY:
            checks = await run_in_threadpool(self.look)
        ready = all(found == "ok" for found in checks.values())
        body = json.dumps({"status": "ok" if ready else "unavailable", **checks})
        headers = {"cache-control": "no-store"}
        answer = Response(body, 200 if ready else 503, headers=headers, media_type="application/json")
        await answer(scope, receive, send)
