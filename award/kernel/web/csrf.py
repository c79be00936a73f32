"""Requests that change something must come from our own pages: a token bound to the session, and the origin."""

import hashlib
import hmac
from urllib.parse import urlsplit

from fastapi import Request

from award.kernel.errors import Refused
from award.kernel.i18n import N_
from award.kernel.web.context import SAFE_METHODS, is_api

FIELD = "csrf"
HEADER = "x-csrf-token"
VISITOR_COOKIE = "visitor"


def token_for(secret: str) -> str:
    """The token of a session (or of a visitor who has not signed in), from its secret."""
    return hmac.new(secret.encode(), b"csrf", hashlib.sha256).hexdigest()[:40]


def token_of(request: Request) -> str:
    """The token pages of this request carry."""
    return token_for(request.state.secret)


async def csrf_checked(request: Request) -> None:
    """Raises Refused for an unsafe request from another site or without the token.

    The API is left out: no cookie signs in there, and a browser sends no bearer by itself.
    """
    if request.method in SAFE_METHODS or is_api(request.url.path):
        return
    refusal = Refused("csrf.refused", N_("This page was open too long or came from another site. Reload it and try again."))
    site = request.headers.get("sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        raise refusal
    origin = request.headers.get("origin")
    # A browser sends "null" from sandboxed frames and files; one that says it is on the same site may hide its origin.
    hidden = origin == "null" and site == "same-origin"
    if origin and not hidden and urlsplit(origin).netloc != request.headers.get("host", ""):
        raise refusal
    given = request.headers.get(HEADER) or str((await request.form()).get(FIELD, ""))
    if not hmac.compare_digest(given.encode(), token_of(request).encode()):
        raise refusal
