"""What happens to every request before a route sees it, and to every answer before it leaves."""

import re
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection

from award.kernel.errors import TooLarge
from award.kernel.i18n import DEFAULT, LANGUAGES, N_

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

RANGE = re.compile(rb"\s*([0-9]{0,15})-([0-9]{0,15})\s*")
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
    """Gives each request an id that appears in the trail, in the log and on error pages, and the reader's language."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Sets state.request_id and state.language; state.secret to one no form was made with, until it is known better."""
        if scope["type"] == "http":
            connection = HTTPConnection(scope)
            chosen, accepted = connection.cookies.get("lang"), connection.headers.get("accept-language", "")
            scope.setdefault("state", {}).update(
                request_id=secrets.token_hex(4), language=language_of(chosen, accepted), secret=secrets.token_hex(16)
            )
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
        seen, limit = 0, self.mib * 2**20
        refusal = TooLarge("body.too_large", N_("What you sent is larger than {mib} MB. Split it."), mib=self.mib)
        declared = Headers(scope=scope).get("content-length", "0")
        announced = int(declared) if declared.isdecimal() else 0

        async def counted() -> Message:
            nonlocal seen
            if announced > limit:
                raise refusal
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise refusal
            return message

        await self.app(scope, counted, send)


class AnswerHead:
    """Answers HEAD as GET would be answered, without the body."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Routes are declared for GET only."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self.app({**scope, "method": "GET"}, receive, without_body)


class KnownRange:
    """Takes out a Range header that names no range, so that the whole file is given. Source: RFC 9110, 14.2.

    The framework would answer it in words of its own, which are nobody's language here.
    """

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Other headers are left as they are."""
        if scope["type"] == "http" and not all(_is_range(value) for name, value in scope["headers"] if name == b"range"):
            scope = {**scope, "headers": [(name, value) for name, value in scope["headers"] if name != b"range"]}
        await self.app(scope, receive, send)


def _is_range(header: bytes) -> bool:
    units, _, ranges = header.partition(b"=")
    found = [RANGE.fullmatch(one) for one in ranges.split(b",")]
    return units.strip().lower() == b"bytes" and all(
        one is not None and (one[1] or one[2]) and not (one[1] and one[2] and int(one[1]) > int(one[2])) for one in found
    )


class SafeHeaders:
    """Puts the protecting headers on every answer; nothing but static files may be kept by caches."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Adds headers an answer does not carry itself."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                extra = {**HEADERS, b"cache-control": _kept(scope, message["status"])}
                message["headers"] = [
                    *message["headers"],
                    *((name, value) for name, value in extra.items() if name not in present),
                ]
            await send(message)

        await self.app(scope, receive, guarded if scope["type"] == "http" else send)


def _kept(scope: MutableMapping[str, Any], status: int) -> bytes:
    """What caches may do: keep a static file for ever under the hash of its content, for an hour without, nothing else."""
    if not scope["path"].startswith("/static/") or status not in (200, 206, 304):
        return b"private, no-store"
    return b"public, max-age=31536000, immutable" if b"v=" in scope["query_string"] else b"public, max-age=3600"


def language_of(cookie: str | None, accept: str) -> str:
    """The reader's language: what was chosen, else what the browser prefers, else Chinese."""
    if cookie in LANGUAGES:
        return str(cookie)
    wishes = [_wish(part) for part in accept.split(",")]
    for weight, wanted in sorted(wishes, key=lambda wish: -wish[0]):
        if wanted in LANGUAGES and weight > 0:
            return wanted
    return DEFAULT


def _wish(part: str) -> tuple[float, str]:
    """Weight and language of one part of Accept-Language. Source: RFC 9110, 12.5.4."""
    tag, _, weight = part.partition(";")
    language = tag.strip().lower().partition("-")[0]
    try:
        return float(weight.strip().removeprefix("q=") or 1), language
    except ValueError:
        return 0.0, language
