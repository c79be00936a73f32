"""The real application on a bench database, with one route more: `python -m tests.bench.serving DATABASE PORT`.

The pages save item by item; the act that saves a whole sheet is the demonstration's, so G1 knocks at it through a route of
its own, behind the same middleware, guard, transaction and CSRF check as every other.
"""

import sys
from typing import Annotated, Any

import uvicorn
from fastapi import Body, Depends, FastAPI, Response
from fastapi.responses import JSONResponse
from sqlalchemy import Engine

from award.app import make_app
from award.judging import queries
from award.judging.service import Comment, Entry, save_items
from award.kernel import clock, db
from award.kernel.settings import Settings
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession


def save_sheet(
    session: RequestSession, actor: CurrentActor, assignment_id: PublicId, body: Annotated[dict[str, Any], Body()]
) -> Response:
    """Saves all items: {item: {percent, comments, version}}; answers with their versions."""
    review = queries.review_for(session, actor, assignment_id, clock.now(session))
    entries = {
        item: (Entry(one["percent"], {}, [Comment(**comment) for comment in one["comments"]]), one["version"])
        for item, one in body.items()
    }
    saved = save_items(
        session, actor, review.application, review.assignment, entries, clock.now(session), review.standing
    )
    return JSONResponse({item: row.version for item, row in saved.items()})


def make(engine: Engine) -> FastAPI:
    """The application and the route."""
    app = make_app(engine, Settings())
    app.put("/review/{assignment_id}/sheet", dependencies=[Depends(guard.judges)])(save_sheet)
    return app


if __name__ == "__main__":
    uvicorn.run(
        make(db.make_engine(f"sqlite:///{sys.argv[1]}")),
        port=int(sys.argv[2]),
        log_level="warning",
        server_header=False,
    )
