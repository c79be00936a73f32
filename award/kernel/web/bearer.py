"""Who may knock at a route of the API: somebody with a token that has the scope, in one of the roles."""

from collections.abc import Iterable

from fastapi import Request

from award.kernel.actor import Role, TokenScope
from award.kernel.errors import AwardError, Refused, SignInNeeded
from award.kernel.i18n import N_
from award.kernel.web.context import current_actor
from award.kernel.web.guard import Guard
from award.kernel.web.unreadable import known_query

MISSING = N_("Send a personal access token as “Authorization: Bearer award_…”. You make one under “My account”.")


class TokenGuard(Guard):
    """Lets through what a token was made for; its person's role and what policy decides still count."""

    def __init__(self, scope: TokenScope, roles: Iterable[Role] | None = None, *, hides: bool = False) -> None:
        super().__init__(f"token with {scope.value}", roles, hides=hides)
        self.scope = scope

    async def __call__(self, request: Request) -> None:
        """Raises SignInNeeded without a token that holds, TooMany for a network that tries, Refused without scope or role.

        Raises Unreadable for an address with parameters the route does not take, here because every route of the API comes here.
        """
        fault: AwardError | None = getattr(request.state, "bearer_fault", None)
        if fault is not None:
            raise fault
        if not current_actor(request).is_signed_in:
            raise SignInNeeded("token.missing", MISSING)
        if self.scope not in request.state.scopes:
            raise Refused(
                "token.scope", N_("This token lacks the scope {scope}; make one that has it."), scope=self.scope.value
            )
        await super().__call__(request)
        known_query(request)
