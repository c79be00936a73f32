"""The style guide: every component in every state, on one page. Development only."""

from fastapi import APIRouter, Depends, Request, Response

from award.kernel.web import guard
from award.kernel.web.rendering import render

router = APIRouter(dependencies=[Depends(guard.public)])


@router.get("/styleguide")
def styleguide(request: Request) -> Response:
    """Shows the components."""
    return render(request, None, "styleguide/index.html")
