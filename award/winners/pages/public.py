"""Award winners by the published results, and the check of a certificate by its code."""

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from award.kernel import clock, ids
from award.kernel.web import guard
from award.kernel.web.context import RequestSession
from award.kernel.web.rendering import render
from award.results.pages.site import site_of, winners_of
from award.results.published import latest_of
from award.winners.queries import Verification, verify

router = APIRouter(dependencies=[Depends(guard.public)])


@router.get("/winners")
def winners(request: Request, session: RequestSession, year: str = "") -> Response:
    """Everybody who was given an award, by year; whom a round recommended only is named by its announcement. year: one only."""
    language, published = request.state.language, latest_of(session, "call", "result")
    results = [one for one in published if one.kind == "result" and not one.recommends]
    years = sorted({str(one.content["year"]) for one in results}, reverse=True)
    shown = [
        (one, winners_of(one, language)) for one in results if not year or str(one.content["year"]) == year
    ]
    calls = [one for one in published if one.kind == "call"]
    return render(request, session, "winners/public.html", **site_of(calls, language), results=shown, years=years, year=year)


@router.get("/v")
def verify_form(request: Request, session: RequestSession, code: str | None = None) -> Response:
    """The form; a code that was typed leads to its answer."""
    tidy = ids.tidy_code(code or "")
    if tidy:
        return RedirectResponse(f"/v/{tidy}", 303)
    return _page(request, session, None, is_empty=code is not None)


@router.get("/v/{code}")
def verify_code(request: Request, session: RequestSession, code: str) -> Response:
    """What a code says, read from the register of certificates at this moment."""
    return _page(request, session, verify(session, code, clock.now(session)), is_empty=False)


def _page(request: Request, session: RequestSession, answer: Verification | None, *, is_empty: bool) -> Response:
    calls = latest_of(session, "call")
    return render(
        request, session, "winners/verify.html", **site_of(calls, request.state.language), answer=answer, is_empty=is_empty
    )
