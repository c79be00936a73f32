"""Signing in and out."""

from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from award.accounts import service
from award.accounts.identify import SESSION_COOKIE
from award.accounts.pages.display import YEAR
from award.accounts.pages.going import go, local_path, set_cookie
from award.kernel import clock, db, i18n
from award.kernel.errors import AwardError, Refused, TooMany
from award.kernel.i18n import N_
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, RequestSession
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render

router = APIRouter(dependencies=[Depends(guard.public)])
SHARED_COOKIE = "shared"
NOTES = {
    "ready": N_("Your account is ready. Sign in with your mail address and the password you chose."),
    "password": N_("The new password is set, and every session has ended. Sign in with it."),
    "out": N_("You are signed out."),
}
"""What a page that leads here wants said."""


@router.get("/login", name="sign_in")
def show(request: Request, session: RequestSession, actor: CurrentActor, next: str = "", note: str = "") -> Response:  # noqa: A002
    """The form; somebody who is signed in goes on at once."""
    if actor.is_signed_in:
        return go(local_path(next, "/home"))
    messages = [i18n.translate(request.state.language, NOTES[note])] if note in NOTES else []
    return render(request, session, "accounts/sign_in.html", next=next, account="", shared=False, messages=messages)


@router.post("/login")
def begin(request: Request, form: Form) -> Response:
    """Begins a session. It takes no session of the request: failures are recorded in a transaction of their own."""
    try:
        done = service.sign_in(
            request.app.state.engine, form.get("account"), form.get("password"), clock.real_now(),
            address=request.client.host if request.client else "", agent=request.headers.get("user-agent", ""),
            old_token=request.cookies.get(SESSION_COOKIE, ""),
        )  # fmt: skip
    except (Refused, TooMany) as error:
        return _again(request, form, error)
    response = go(local_path(form.get("next"), "/home"))
    set_cookie(request, response, SESSION_COOKIE, done.token)
    if not request.cookies.get("lang"):
        set_cookie(request, response, "lang", done.language, max_age=YEAR)
    set_cookie(request, response, SHARED_COOKIE, "1" if form.ticked("shared") else "", max_age=None if form.ticked("shared") else 0)
    return response


def _again(request: Request, form: Form, error: AwardError) -> Response:
    text = i18n.translate(request.state.language, error.text, error.params)
    given: dict[str, Any] = {"next": form.get("next"), "account": form.get("account"), "shared": form.ticked("shared")}
    status = 429 if isinstance(error, TooMany) else 422
    with db.reading(request.app.state.engine) as session:
        errors = [{"field": "account", "text": text}]
        return render(request, session, "accounts/sign_in.html", status_code=status, errors=errors, **given)


@router.post("/logout")
def end(request: Request, session: RequestSession, actor: CurrentActor) -> Response:
    """Ends the session here and on the server. On a shared computer the browser forgets local copies of drafts."""
    service.sign_out(session, actor, request.cookies.get(SESSION_COOKIE, ""), clock.real_now())
    response = go("/login?note=out")
    set_cookie(request, response, SESSION_COOKIE, "", max_age=0)
    set_cookie(request, response, SHARED_COOKIE, "", max_age=0)
    if request.cookies.get(SHARED_COOKIE) == "1":
        response.headers["clear-site-data"] = '"storage"'
    return response
