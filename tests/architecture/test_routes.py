"""Every route says who may knock at it."""

import pytest
from fastapi import APIRouter, FastAPI
from sqlalchemy import Engine

from award.app import make_app
from award.kernel.web.guard import require_guards

FLOOR = 205
"""There are at least so many; fewer means the walk over the routes misses some."""


def test_every_route_is_guarded(engine: Engine) -> None:
    assert require_guards(make_app(engine)) >= FLOOR


def test_a_route_without_guard_is_found() -> None:
    router = APIRouter(prefix="/inner")
    router.add_api_route("/open", lambda: None)
    app = FastAPI(openapi_url=None)
    app.include_router(router)
    with pytest.raises(RuntimeError, match="/inner/open"):
        require_guards(app)
