"""Where people go next: only ever a place of this site."""

from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from award.accounts.identify import cookie_header
from award.kernel.actor import ADMINISTRATORS, APPLICANTS, Role

HOMES = (
    (ADMINISTRATORS, "/admin/people"),
    ({Role.AWARD_OFFICE, Role.SUPERVISOR}, "/office"),
    ({Role.JUDGE}, "/review"),
    (APPLICANTS, "/apply"),
    ({Role.COMMITTEE_MEMBER}, "/committee"),
    ({Role.RECOMMENDER}, "/me"),
)
"""Roles and where their work is; the first that fits."""


def local_path(wanted: str, otherwise: str = "/") -> str:
    """The address if it is a path of this site, else another. Nothing a link from outside can lead away with passes."""
    parts = urlsplit(wanted)
    is_local = wanted.startswith("/") and not wanted.startswith("//") and not parts.scheme and not parts.netloc
    if not is_local or "\\" in wanted or any(ord(character) < 33 for character in wanted):
        return otherwise
    return wanted


def home_of(roles: frozenset[Role]) -> str:
    """Where somebody with these roles works; a newcomer claims an organisation first."""
    return next((place for some, place in HOMES if roles & some), "/apply/organisation")


def go(path: str) -> RedirectResponse:
    """See other."""
    return RedirectResponse(path, 303)


def set_cookie(request: Request, response: Response, name: str, value: str, *, max_age: int | None = None) -> None:
    """A cookie as all of ours are; max_age 0 removes it."""
    secure = request.app.state.settings.secure_cookies
    response.headers.append("set-cookie", cookie_header(name, value, secure=secure, max_age=max_age))
