"""Finding a route among hundreds: a router is asked only for addresses that one of its own routes has."""

import re
from collections.abc import Iterator, MutableMapping
from typing import Any

from fastapi import APIRouter
from starlette.routing import Match

_NAMED = re.compile(r"\(\?P<\w+>")


def narrowed(router: APIRouter) -> APIRouter:
    """The router, which from now on turns away at once what cannot be its own; and so do the routers it is made of.

    The framework tries every route of every router in turn, three times over where they are nested. Nested routers are
    included without a prefix of their own.
    """
    if "matches" in vars(router):
        return router
    own = re.compile("|".join(_shapes(router)))
    look = router.matches

    def matches(scope: MutableMapping[str, Any]) -> tuple[Match, MutableMapping[str, Any]]:
        if not scope.get("root_path") and own.match(scope["path"]) is None:
            return Match.NONE, {}
        return look(scope)

    vars(router)["matches"] = matches
    for part in _parts(router):
        narrowed(part)
    return router


def _shapes(router: APIRouter) -> Iterator[str]:
    """The regular expressions of its addresses, without names, for the same name stands in many."""
    for route in router.routes:
        if hasattr(route, "path_regex"):
            yield _NAMED.sub("(?:", route.path_regex.pattern)
    for part in _parts(router):
        yield from _shapes(part)


def _parts(router: APIRouter) -> list[APIRouter]:
    return [route.original_router for route in router.routes if hasattr(route, "original_router")]
