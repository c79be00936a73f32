"""What happens to every request before a route sees it, and to every answer before it leaves."""

import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from award.kernel.errors import TooLarge
from award.kernel.i18n import DEFAULT, LANGUAGES, N_

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    b"content-security-policy": CONTENT_SECURITY_POLICY.encode(),
    b"referrer-policy": b"same-origin",
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"cross-origin-opener-policy": b"same-origin",
}


class RequestId:
    """Gives each request an id that appears in the trail, in the log and on error pages."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Sets state.request_id."""
        if scope["type"] == "http":
            scope.setdefault("state", {})["request_id"] = secrets.token_hex(4)
        await self.app(scope, receive, send)


class BodyLimit:
    """Counts the bytes that really come, whatever Content-Length says."""

    def __init__(self, app: App, mib: int) -> None:
        self.app = app
        self.mib = mib

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Raises TooLarge while the body is read."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.mib * 2**20:
                raise TooLarge("body.too_large", N_("What you sent is larger than {mib} MB. Split it."), mib=self.mib)
            return message

        await self.app(scope, counted, send)


class SafeHeaders:
    """Puts the protecting headers on every answer; nothing but static files may be kept by caches."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Adds headers an answer does not carry itself."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                extra = {**HEADERS, b"cache-control": b"private, no-store"}
                if scope["path"].startswith("/static/"):
                    extra[b"cache-control"] = b"public, max-age=31536000, immutable"
                message["headers"] = [
                    *message["headers"],
                    *((name, value) for name, value in extra.items() if name not in present),
                ]
            await send(message)

        await self.app(scope, receive, guarded if scope["type"] == "http" else send)


def language_of(cookie: str | None, accept: str) -> str:
    """The reader's language: what was chosen, else what the browser prefers, else Chinese."""
    if cookie in LANGUAGES:
        return str(cookie)
    for part in accept.split(","):
        wanted = part.split(";")[0].strip().lower()[:2]
        if wanted in LANGUAGES:
            return wanted
    return DEFAULT
