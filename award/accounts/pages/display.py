"""Language and size of type, kept in cookies of the browser."""

from datetime import timedelta
from typing import Literal

from fastapi import APIRouter, Depends, Request, Response

from award.accounts.pages.going import go, local_path, set_cookie
from award.kernel.web import guard
from award.kernel.web.forms import Form

router = APIRouter(dependencies=[Depends(guard.public)])
YEAR = int(timedelta(days=365).total_seconds())


@router.get("/lang/{language}")
def language(request: Request, language: Literal["zh", "en"], next: str = "/") -> Response:  # noqa: A002 (its name in addresses)
    """Shows everything in this language from now on."""
    response = go(local_path(next))
    set_cookie(request, response, "lang", language, max_age=YEAR)
    return response


@router.post("/display")
def display(request: Request, form: Form) -> Response:
    """Makes the type large or normal. size: l, m."""
    response = go(local_path(form.get("next", "/")))
    set_cookie(request, response, "size", "l" if form.get("size") == "l" else "m", max_age=YEAR)
    return response
