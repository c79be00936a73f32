"""Who may knock at a route at all. Every route declares one guard; the application refuses to start without."""

from collections.abc import Iterable

from fastapi import FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.staticfiles import StaticFiles
from starlette.routing import Mount

from award.kernel.actor import APPLICANTS, Role
from award.kernel.errors import NotFound, Refused, SignInNeeded
from award.kernel.i18n import N_
from award.kernel.web.context import current_actor


class Guard:
    """A dependency that lets some actors through. What they may do to a thing is decided by policy, not here."""

    def __init__(
        self, name: str, roles: Iterable[Role] | None = None, *, public: bool = False, hides: bool = False
    ) -> None:
        self.name = name
        self.roles = frozenset(roles or ())
        self.public = public
        self.hides = hides

    async def __call__(self, request: Request) -> None:
        """Raises SignInNeeded; for a person without any of the roles Refused, or NotFound where that would tell too much."""
        if self.public:
            return
        actor = current_actor(request)
        if not actor.is_signed_in:
            raise SignInNeeded("sign_in.needed", N_("Sign in to continue."))
        if self.roles and not actor.roles & self.roles:
            if self.hides:
                raise NotFound
            raise Refused("role.missing", N_("Your account has no role for this page. The award office can tell you which."))


public = Guard("public", public=True)
signed_in = Guard("signed in")
applicants = Guard("applicants", APPLICANTS, hides=True)
"""Whoever has been taken out of his only application is told no more about it than a stranger."""
judges = Guard("judges", {Role.JUDGE})
committee = Guard("committee", {Role.COMMITTEE_MEMBER})
office = Guard("office", {Role.AWARD_OFFICE})
office_or_supervisor = Guard("office or supervisor", {Role.AWARD_OFFICE, Role.SUPERVISOR})
administrators = Guard("administrators", {Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR})


def guard_of(dependant: Dependant) -> Guard | None:
    """The guard among a route's own dependencies and those of its routers."""
    for one in dependant.dependencies:
        if isinstance(one.call, Guard):
            return one.call
    return None


def require_guards(app: FastAPI) -> int:
    """Raises RuntimeError naming every route, mount or websocket without a guard; answers how many routes there are."""
    missing, count = [], 0
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute):
            count += 1
            if guard_of(context.dependant) is None:
                missing.append(str(context.path))
        elif not (isinstance(route, Mount) and isinstance(route.app, StaticFiles)):
            missing.append(str(getattr(route, "path", route)))
    if missing:
        raise RuntimeError(f"routes without a guard: {', '.join(sorted(missing))}")
    return count
