"""G3, G4 and G12: pages and lists beside their own templates, filled with data that lies ready."""

import gc
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from statistics import median
from typing import Any
from unittest import mock

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from sqlalchemy import Column, Integer, MetaData, Table, Text, create_engine, insert, select
from sqlalchemy.orm import Session

from award.app import make_app
from award.kernel.settings import Settings
from award.kernel.web import rendering
from award.kernel.web.labels import with_labels
from award.rounds.models import Round
from tests.bench import figures
from tests.bench.browser import Browser
from tests.bench.figures import Figure
from tests.bench.sizes import Sizes
from tests.bench.statements import counted
from tests.bench.world import World, scratch, world

Template = Callable[[], str]


@contextmanager
def browsing(made: World, name: str) -> Iterator[Browser]:
    """Somebody of a world, signed in."""
    browser = Browser(make_app(made.engine, Settings()), made.cookies[name])
    yield browser
    browser.close()


def prepared(browser: Browser, path: str) -> Template:
    """The template of a page with what the page was filled with, to be rendered again."""
    caught: list[tuple[Session, str, dict[str, Any]]] = []
    render = rendering.render_text

    def note(request: Any, session: Session, template: str, context: Mapping[str, Any]) -> str:
        # A round reads its scheme through the session it belongs to: one that outlives the request.
        caught.append((Session(session.get_bind()), template, {**rendering.base_context(request, session), **context}))
        return render(request, session, template, context)

    with mock.patch.object(rendering, "render_text", note):
        browser.get(path)
    session, template, context = caught[-1]
    rounds, language = [one for one in context.values() if isinstance(one, Round)], context["lang"]

    def again() -> str:
        session.add_all(rounds)
        return with_labels(rendering.environment().get_template(template).render(context), language)

    return again


def big_list(sizes: Sizes) -> list[Figure]:
    """G3: the ranking of a round with every sheet's total, on one page. No page shows the averages of 23 items yet."""
    made = world(sizes.middle, sizes.judges, scored=True)
    path = f"/office/rounds/{made.round}/results"
    with browsing(made, "office") as browser:
        template = prepared(browser, path)
        with _aggregates(made) as stored:
            least, ours = figures.side_by_side([lambda: (stored(), template()), lambda: browser.get(path)], sizes.runs)
        asked = _statements(made, browser, path)
    few = world(10, sizes.judges, scored=True)
    with browsing(few, "office") as browser:
        asked_of_few = _statements(few, browser, f"/office/rounds/{few.round}/results")
    act = f"the ranking of {sizes.middle:,} applications with totals of all sheets"
    return [
        figures.at_most("G3", act, least, ours, 1.6),
        figures.limit("G3", "its statements", asked, 6, figures.count),
        figures.at_most("G3", f"its statements at 10 and at {sizes.middle:,}", asked_of_few, asked, 1, figures.count),
    ]


@contextmanager
def _aggregates(made: World) -> Iterator[Callable[[], object]]:
    """Reads one stored row for each application, as large as its line."""
    engine = create_engine(f"sqlite:///{scratch() / 'aggregates.sqlite3'}")
    table = Table("aggregate", MetaData(), Column("id", Integer, primary_key=True), Column("line", Text))
    table.metadata.drop_all(engine)
    table.metadata.create_all(engine)
    line = json.dumps({"total": 65432, "sheets": [65432] * 5, "items": dict.fromkeys(made.items, 6543)})
    with engine.begin() as connection:
        connection.execute(insert(table), [{"line": line}] * len(made.applications))

    def read() -> object:
        with engine.connect() as connection:
            return [json.loads(row) for row in connection.scalars(select(table.c.line))]

    yield read
    engine.dispose()


def larger_lists(sizes: Sizes) -> list[Figure]:
    """G4: the same pages with ten times as many applications."""
    middle, large = (world(size, sizes.judges, scored=True) for size in (sizes.middle, sizes.large))
    lines = []
    for act, path, most in (
        ("a page of the office's list", "applications?page=2", 1.3),
        ("the ranking", "results", 11),
        ("the progress of all panels", "progress", 11),
    ):
        with browsing(middle, "office") as few, browsing(large, "office") as many:
            asked = [
                partial(browser.get, f"/office/rounds/{made.round}/{path}")
                for browser, made in ((few, middle), (many, large))
            ]
            small, big = figures.side_by_side(asked, min(sizes.runs, 3))
        lines.append(figures.at_most("G4", f"{act}, {sizes.large:,} against {sizes.middle:,}", small, big, most))
    return lines


def pages(sizes: Sizes) -> list[Figure]:
    """G12: a page of each kind of person, warm, and cold: with nothing compiled yet."""
    made = world(sizes.small, sizes.judges, scored=False)
    judge = next(iter(made.seats))
    seat, application = made.seats[judge][0], made.applications[0]
    office = f"/office/rounds/{made.round}"
    asked = [
        (judge, "a judge's desk", "/review"),
        (judge, "a judge's item", f"/review/{seat}/items/{made.items[0]}"),
        (judge, "a judge's sheet", f"/review/{seat}"),
        ("owner", "an applicant's desk", "/apply"),
        ("owner", "an applicant's application", f"/apply/{application}"),
        ("office", "the office's round", office),
        ("office", "the office's list", f"{office}/applications"),
        ("office", "one application at the office", f"/office/applications/{application}"),
    ]
    return [line for who, act, path in asked for line in _page(made, who, act, path, sizes)]


@contextmanager
def bare(template: Template) -> Iterator[Callable[[], object]]:
    """A page that is nothing but its template: no middleware, no session, no database."""
    app = FastAPI()

    def page() -> HTMLResponse:
        return HTMLResponse(template())

    app.get("/")(page)
    browser = Browser(app)
    yield lambda: browser.get("/")
    browser.close()


def _page(made: World, who: str, act: str, path: str, sizes: Sizes) -> list[Figure]:
    with browsing(made, who) as browser, bare(prepared(browser, path)) as template:
        cold = [(_cold(made, template), _cold(made, lambda: browser.get(path))) for _ in range(sizes.runs)]
        least, ours = figures.side_by_side([template, lambda: browser.get(path)], sizes.runs * 2)
        asked = _statements(made, browser, path)
    return [
        figures.at_most("G12", f"{act}, warm", least, ours, 2),
        figures.at_most("G12", f"{act}, cold", *(median(one) for one in zip(*cold, strict=True)), 2),
        figures.limit("G12", f"{act}, statements", asked, 12, figures.count),
    ]


def _cold(made: World, act: Callable[[], object]) -> float:
    """Seconds of an act after templates and statements have been forgotten."""
    if cache := rendering.environment().cache:
        cache.clear()
    made.engine.clear_compiled_cache()
    gc.collect()
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def _statements(made: World, browser: Browser, path: str) -> int:
    browser.get(path)
    with counted(made.engine) as seen:
        browser.get(path)
    return len(seen)
