"""Turns errors into answers: an HTML page for people, problem+json for programs. Refusals enter the trail."""

import logging
import re
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.routing import APIRoute, iter_route_contexts
from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import compile_path

from award.kernel import clock, db, i18n
from award.kernel.audit.trail import record, security_stream, transaction
from award.kernel.errors import (
    AwardError,
    Conflict,
    FieldError,
    Invalid,
    NotFound,
    Refused,
    SignInNeeded,
    Stale,
    TooMany,
    Unreadable,
)
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.kernel.web import api
from award.kernel.web.context import SAFE_METHODS, current_actor, is_api
from award.kernel.web.forms import clean_text
from award.kernel.web.labels import HIDDEN, label_of, named_fault
from award.kernel.web.middleware import App, Message, Receive, Send
from award.kernel.web.rendering import render
from award.kernel.web.unreadable import unreadable

log = logging.getLogger("award.web")

TITLES = {
    400: N_("This request cannot be understood"),
    401: N_("Sign in to continue"),
    403: N_("This is not open to you"),
    404: N_("Nothing here"),
    405: N_("This cannot be done here"),
    409: N_("This cannot be done now"),
    412: N_("Somebody changed this meanwhile"),
    413: N_("Too large"),
    415: N_("Send another form of data"),
    422: N_("There are things to fix"),
    428: N_("Reload the page first"),
    429: N_("Too many tries"),
    500: N_("Something went wrong; nothing is lost"),
}
NOT_FOUND = N_("There is no such page, or it is not open to you. Check the address, or go back to the start.")
BROKEN = N_(
    "The system cannot do this right now; what you had saved is safe. Try again later and give this reference: {ref}"
)
RACE = N_(
    "Somebody did the same at the same moment. Reload the page, look at what stands now, and try again if need be."
)
REASONS = {
    400: N_(
        "Part of this cannot be read: a character that cannot be, or a form that is too large or was cut off on its way. "
        "Check the address, or shorten the text and send it again."
    ),
    405: N_("Nothing of this kind can be sent here. Go back and use the buttons and links of the page."),
    415: N_("This cannot be read as what it says it is. Use the form of the page; programs send JSON as application/json."),
}
"""What to do about what the framework refused, by status."""
CLIENT_GONE = 499
"""What logs call a request whose sender did not stay for the answer (nginx's word for it)."""
UNFIT = N_("Something you sent is too long or too large to be kept. Shorten it and send it again.")
LOST = frozenset({"23505", "40001", "40P01"})
"""SQLSTATE of an act that another was first in: unique constraint, not serialisable, deadlock."""
SECRET = re.compile(r"/[A-Za-z0-9_-]{32,}")
"""The one-time secret of a link, in its path."""


def wants_json(request: Request) -> bool:
    """Programs and scripts ask for JSON; people's browsers for HTML."""
    accept = request.headers.get("accept", "")
    return is_api(request.url.path) or ("json" in accept and "text/html" not in accept)


def sentence(request: Request, error: AwardError) -> str:
    """What happened and what to do, in the reader's language: a program's, or a person's before a page."""
    text = NOT_FOUND if isinstance(error, NotFound) else error.text
    said = api.for_programs(error) if is_api(request.url.path) else text
    return i18n.translate(request.state.language, said, error.params)


def title_of(status: int, *, is_program: bool) -> str:
    """The sort of thing that happened; English msgid. is_program: for one, not for a person before a page."""
    titles = TITLES | api.TITLES if is_program else TITLES
    return titles.get(status, TITLES[500])


def title(request: Request, error: AwardError) -> str:
    """The same in the reader's language."""
    return i18n.translate(request.state.language, title_of(error.status, is_program=is_api(request.url.path)))


def problem(request: Request, error: AwardError) -> JSONResponse:
    """RFC 9457 problem details."""
    body: dict[str, Any] = {
        "type": f"urn:award:{error.code}",
        "title": title(request, error),
        "status": error.status,
        "detail": sentence(request, error),
        "code": error.code,
    }
    if isinstance(error, Invalid | Unreadable):
        body["errors"] = [_told_of(request, one) for one in error.errors]
        sentences = list(dict.fromkeys(one["detail"] for one in body["errors"]))
        body["detail"] = " ".join(sentences if isinstance(error, Invalid) else [body["detail"], *sentences])
    if isinstance(error, Stale):
        said = {key: _said(request, value) for key, value in error.params.items()}
        body |= {} if error.version is None else {"version": error.version}
        body |= {"theirs": dict(error.theirs), **said}
    headers = {"content-language": request.state.language, "vary": "accept-language", **_next_step(error)}
    return JSONResponse(body, error.status, headers, media_type="application/problem+json")


def _said(request: Request, value: object) -> str | None:
    """A param of an error. A moment as programs read it, null where there is none, or as the script of a page shows it."""
    moment = getattr(value, "at", value)
    if is_api(request.url.path) and (moment is None or isinstance(moment, datetime)):
        return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(i18n.spoken(request.state.language, value))


def _told_of(request: Request, fault: FieldError) -> dict[str, str]:
    """One fault, as a program takes it apart. Its place is that in a body of the API; scripts of pages send other ones."""
    told = {"field": fault.field, "detail": i18n.translate(request.state.language, fault.text, fault.params)}
    return told | ({"pointer": fault.pointer} if fault.pointer and is_api(request.url.path) else {})


def _next_step(error: AwardError) -> dict[str, str]:
    """What a program is told in headers. Source: RFC 6750, 3; RFC 9110, 10.2.3."""
    if isinstance(error, SignInNeeded):
        return {"www-authenticate": 'Bearer realm="award"'}
    return {"retry-after": "300"} if isinstance(error, TooMany) else {}


def page(request: Request, error: AwardError) -> Response:
    """The error as a page. Signed-out people are sent to sign in and come back."""
    if isinstance(error, SignInNeeded) and request.method in SAFE_METHODS:
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/login?next={quote(target, safe='/')}", 303)
    details = []
    if isinstance(error, Invalid):
        details = [_named_fault(request, one) for one in error.errors]
    with _clock_of(request, error) as session:
        return render(
            request, session, "errors/error.html", status_code=error.status,
            title=title(request, error),
            text=sentence(request, error), details=details, code=error.code,
            reference=getattr(request.state, "request_id", ""),
            typed=_typed(request), back=way_back(request),
        )  # fmt: skip


def way_back(request: Request) -> str:
    """Where whatever was sent stands: the page it was sent from, else the next page above its address. "" for what was only read.

    A page made anew after a refusal has an address that is only sent to, so that one is not asked for.
    """
    if request.method in SAFE_METHODS:
        return ""
    came = urlsplit(request.headers.get("referer", ""))
    if came.netloc == request.headers.get("host") and "GET" in allowed_at(request.app, came.path):
        return came.path + (f"?{came.query}" if came.query else "")
    parts = request.url.path.split("/")
    above = ("/".join(parts[:length]) for length in range(len(parts), 1, -1))
    return next((path for path in above if "GET" in allowed_at(request.app, path)), "")


def _label(request: Request, name: str) -> str:
    return label_of(request.state.language, name, request.scope.get("endpoint"))


def _named_fault(request: Request, fault: FieldError) -> str:
    language, label = request.state.language, _label(request, fault.field)
    text = i18n.translate(language, fault.text, fault.params)
    return named_fault(language, label, text)


def _typed(request: Request) -> list[tuple[str, str]]:
    """What the person had typed, by the words of the form; what a page carries along unseen has none and is left out.

    A page whose form is made from data says it itself, in its state.
    """
    if hasattr(request.state, "typed"):
        shown_by_page: list[tuple[str, str]] = request.state.typed
        return shown_by_page
    form = getattr(request, "_form", None)
    values = form.multi_items() if form else []
    shown = [
        (name, one) for name, one in values if isinstance(one, str) and name not in HIDDEN and "password" not in name
    ]
    labelled = [(_label(request, name), clean_text(one, lines=True)) for name, one in shown]
    return [(label, one) for label, one in labelled if label]


@contextmanager
def _clock_of(request: Request, error: AwardError) -> Iterator[Session | None]:
    """Where the page's clock is read, so that a demonstration says so here too; nowhere when something is broken."""
    if error.status >= 500:
        yield None
        return
    with db.reading(request.app.state.engine) as session:
        yield session


def answer(request: Request, error: AwardError) -> Response:
    """JSON or a page."""
    return problem(request, error) if wants_json(request) else page(request, error)


def record_refusal(request: Request, error: Refused) -> None:
    """Puts a refusal into the day's security stream, in a transaction of its own."""
    actor = current_actor(request)
    with transaction(request.app.state.engine) as session:
        path = SECRET.sub("/…", request.url.path)
        content = {"code": error.code, "path": path, "method": request.method}
        stream = security_stream(clock.now(session))
        record(session, actor, Event.REFUSAL, f"request:{request.state.request_id}", stream, content)


def from_database(error: DBAPIError) -> AwardError | None:
    """What a constraint says, the last word on who was first and on what fits; None for a fault of ours."""
    if getattr(error.orig, "sqlstate", "") in LOST or "UNIQUE constraint failed" in str(error.orig):
        return Conflict("race.lost", RACE)
    if not isinstance(error, DataError):
        return None
    unfit = AwardError("request.unfit", UNFIT)
    unfit.status = 422
    return unfit


def _refusal(error: HTTPException) -> AwardError:
    """What the framework refused, in our words; a refusal of ours it met while it read the body stays what it is."""
    if error.status_code == 404:
        return NotFound()
    if isinstance(error.__cause__, AwardError):
        return error.__cause__
    wrong = AwardError("request.refused", REASONS.get(error.status_code, TITLES.get(error.status_code, TITLES[400])))
    wrong.status = error.status_code
    return wrong


def allowed_at(app: FastAPI, path: str) -> list[str]:
    """What may be sent to an address, by all its routes; the framework names those of the first alone.

    Source: RFC 9110, 10.2.1 and 15.5.6.
    """
    found = {
        method
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute) and _pattern(str(context.path)).match(path)
        for method in context.methods or ()
    }
    return sorted(found | ({"HEAD"} if "GET" in found else set()))


def _told(request: Request, error: HTTPException) -> dict[str, str]:
    """What the framework says in headers, put right."""
    if error.status_code == 405:
        return {"allow": ", ".join(allowed_at(request.app, request.url.path))}
    return dict(error.headers or {})


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return compile_path(path)[0]


def install(app: FastAPI) -> None:
    """Registers the handlers."""

    @app.exception_handler(AwardError)
    async def on_award_error(request: Request, error: AwardError) -> Response:
        if isinstance(error, Refused):
            await run_in_threadpool(record_refusal, request, error)
        return await run_in_threadpool(answer, request, error)

    @app.exception_handler(RequestValidationError)
    async def on_validation(request: Request, error: RequestValidationError) -> Response:
        if any(one["loc"][0] == "path" for one in error.errors()):
            return await run_in_threadpool(answer, request, NotFound())
        return await run_in_threadpool(answer, request, unreadable(request, error))

    @app.exception_handler(HTTPException)
    async def on_http(request: Request, error: HTTPException) -> Response:
        response = await run_in_threadpool(answer, request, _refusal(error))
        response.headers.update(_told(request, error))
        return response

    @app.exception_handler(ClientDisconnect)
    async def on_gone(request: Request, error: ClientDisconnect) -> Response:
        # Nobody reads the answer (a form was sent twice, a network broke); the status tells the log that it is no fault of ours.
        return Response(status_code=CLIENT_GONE)

    @app.exception_handler(DBAPIError)
    async def on_database(request: Request, error: DBAPIError) -> Response:
        told = from_database(error)
        return await run_in_threadpool(answer, request, told) if told else on_fault(request, error)


def on_fault(request: Request, error: Exception) -> Response:
    """The answer to a fault of ours, which is logged here and nowhere else."""
    log.error("request %s failed", request.state.request_id, exc_info=error)
    return answer(request, AwardError("fault", BROKEN, ref=request.state.request_id))


class Faults:
    """Answers what nothing inside could, where the answer still passes the middleware that logs and protects.

    Left to the framework a fault would be raised again after its answer: the server would log it a second time and close
    the connection under the client's next request. Only an answer that has begun cannot be put right: that is cut off.
    """

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Raises what happens after the answer has begun."""
        has_begun = False

        async def noting(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self.app(scope, receive, noting)
        except Exception as fault:
            if has_begun or scope["type"] != "http":
                raise
            await on_fault(Request(scope, receive), fault)(scope, receive, send)
