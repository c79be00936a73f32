"""Every route says who may knock at it."""

from typing import get_type_hints

import pytest
from fastapi import APIRouter, FastAPI, Response
from fastapi.routing import APIRoute, iter_route_contexts
from sqlalchemy import Engine

from award.app import make_app
from award.kernel.web.guard import require_guards

FLOOR = 264
"""There are at least so many; fewer means the walk over the routes misses some."""


def test_every_route_is_guarded(engine: Engine) -> None:
    assert require_guards(make_app(engine)) >= FLOOR


def test_every_route_answers_by_itself(engine: Engine) -> None:
    """What FastAPI would turn into JSON it does in a further thread: while writers fill all of them, that is never its turn."""
    routes = [one.original_route for one in iter_route_contexts(make_app(engine).routes)]
    answers = {one.path: get_type_hints(one.endpoint).get("return") for one in routes if isinstance(one, APIRoute)}
    assert [path for path, answer in answers.items() if not (isinstance(answer, type) and issubclass(answer, Response))] == []


def test_a_route_without_guard_is_found() -> None:
    router = APIRouter(prefix="/inner")
    router.add_api_route("/open", lambda: None)
    app = FastAPI(openapi_url=None)
    app.include_router(router)
    with pytest.raises(RuntimeError, match="/inner/open"):
        require_guards(app)
