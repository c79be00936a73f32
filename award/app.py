"""Door 1: the web application. Every feature's routers, the middleware, the error pages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from anyio.to_thread import current_default_thread_limiter
from fastapi import APIRouter, Depends, FastAPI
from fastapi.staticfiles import StaticFiles
from sqlalchemy import Engine
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from award.accounts import pages as accounts
from award.accounts.identify import Identify
from award.administration import pages as administration
from award.applications import api as applications_api
from award.applications import pages as applications
from award.judging import api as judging_api
from award.judging import pages as judging
from award.kernel import db, health
from award.kernel.settings import Settings, settings
from award.kernel.web import access, failures, openapi, rendering, styleguide
from award.kernel.web.access import LogRequests
from award.kernel.web.context import API, readable
from award.kernel.web.csrf import csrf_checked
from award.kernel.web.guard import require_guards
from award.kernel.web.middleware import AnswerHead, BodyLimit, KnownRange, RequestId, SafeHeaders
from award.kernel.web.probes import Probes
from award.kernel.web.routing import narrowed
from award.messages import pages as messages
from award.office import pages as office
from award.organisations import api as organisations_api
from award.organisations import pages as organisations
from award.panels import pages as panels
from award.papers import api as papers_api
from award.papers import pages as papers
from award.results import api as results_api
from award.results import pages as results
from award.rounds import api as rounds_api
from award.rounds import pages as rounds
from award.winners import pages as winners
from award.words import word_of

ROUTERS: tuple[Any, ...] = (
    accounts.router,
    administration.router,
    organisations.router,
    rounds.router,
    applications.router,
    panels.router,
    judging.router,
    results.router,
    winners.router,
    messages.router,
    papers.router,
    office.router,
)
"""Every feature's routers, in the order of an award's life."""
API_ROUTERS: tuple[APIRouter, ...] = (
    rounds_api.router,
    organisations_api.router,
    applications_api.router,
    judging_api.router,
    results_api.router,
    papers_api.router,
)
"""The same for programs; each feature's api.py."""


@asynccontextmanager
async def _threads(app: FastAPI) -> AsyncIterator[None]:
    """As many requests at once as the database pool has connections."""
    current_default_thread_limiter().total_tokens = app.state.settings.threads
    yield


def make_app(engine: Engine | None = None, config: Settings | None = None) -> FastAPI:
    """The application on an engine (by default the settings' database). Raises RuntimeError if a route has no guard."""
    config = config or settings()
    engine = engine or db.make_engine(config.database, config.threads)
    hosts = [host.strip() for host in config.allowed_hosts.split(",")]
    app = FastAPI(
        title="award", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False, lifespan=_threads,
        dependencies=[Depends(readable), Depends(csrf_checked)],
        middleware=[
            Middleware(Probes, look=partial(health.look, engine, config)),
            Middleware(RequestId),
            Middleware(LogRequests),
            Middleware(SafeHeaders),
            Middleware(failures.Faults),
            Middleware(AnswerHead),
            Middleware(KnownRange),
            Middleware(TrustedHostMiddleware, allowed_hosts=hosts),
            Middleware(BodyLimit, mib=config.body_mib),
            Middleware(Identify, engine=engine, secure=config.secure_cookies),
        ],
    )  # fmt: skip
    app.state.engine = engine
    access.count_statements(engine)
    app.state.settings = config
    app.mount("/static", StaticFiles(directory=rendering.STATIC), name="static")
    rendering.add_globals(status_word=word_of)
    failures.install(app)
    for router in (*ROUTERS, *((styleguide.router,) if config.development else ())):
        app.include_router(narrowed(router))
    for router in API_ROUTERS:
        app.include_router(router, prefix=API)
    app.include_router(openapi.router)
    require_guards(app)
    return app
