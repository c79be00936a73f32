"""The round at a glance."""

from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response

from award.kernel import clock
from award.kernel.actor import Action
from award.kernel.i18n import N_, translate
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PageNumber, PublicId, RequestSession
from award.kernel.web.rendering import Page, render
from award.office import dashboard, queries
from award.office.dashboard import View
from award.office.queries import Wanted
from award.policy import decide
from award.rounds.pages.place import place_of
from award.rounds.queries import round_for, stage_now, standing_in
from award.words import WORDS

router = APIRouter(prefix="/office/rounds", dependencies=[Depends(guard.office_or_supervisor)])
TODOS_SHOWN = 6


@router.get("/{round_id}")
def overview(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId,
    q: str = "", status: str = "", category: str = "", sector: str = "", page: PageNumber = 1,
) -> Response:  # fmt: skip
    """Stage line, figures, applications with the progress of their sheets, and what waits."""
    round_ = round_for(session, actor, round_id)
    now = clock.now(session)
    place = place_of(actor, round_, "overview", now)
    view = dashboard.view_of(session, actor, round_, request.state.language, now)
    wanted = Wanted(q.strip()[:80], status, category, sector)
    found, total = queries.lines_of(session, actor, round_, wanted, page)
    opened = replace(standing_in(actor, round_), gate_open=True)
    see_totals = decide(Action.SHEETS_READ, stage_now(round_, now), opened).allowed
    rows = dashboard.rows_of(view, found, queries.seats_of(session, [line.application for line in found]), see_totals=see_totals)
    missing = dashboard.missing_of(view)
    todos = dashboard.todos_of(view, missing)
    return render(
        request, session, "office/dashboard.html",
        **{**place, "round": {"public_id": round_.public_id, "name": view.name(place["title"]), **dashboard.head_of(view)}},
        acts=_acts(view, len(missing), inspection=place["inspection"]),
        stages=dashboard.stages_of(view),
        figures=dashboard.figures_of(view),
        rows=rows,
        filters=_filters(view, wanted),
        asked={"round": round_.public_id, "q": wanted.search, "state": wanted.state, "category": wanted.category, "sector": wanted.sector},
        page=Page(rows, page, queries.SIZE, total, partial(_link, wanted)),
        todos=todos[:TODOS_SHOWN], todos_total=len(todos), todos_url=f"{view.base}/stages" if todos else "",
        completion=dashboard.completion_of(view),
        panels=dashboard.sectors_of(view),
    )  # fmt: skip


def _acts(view: View, missing: int, *, inspection: bool) -> list[dict[str, Any]]:
    position = view.round_.position + 1
    if inspection or position >= len(view.round_.stages):
        return []
    title = view.scheme.stage(view.round_.stages[position].kind).title
    note = view.say(N_("Missing: {count}"), count=missing) if missing else ""
    act = {
        "label": view.say(N_("Go on to “{stage}”"), stage=title), "url": f"{view.base}/stages", "primary": not missing,
        "icon": "arrow-right", "note": note,
    }  # fmt: skip
    return [act]


def _filters(view: View, wanted: Wanted) -> dict[str, Any]:
    states = [(code, translate(view.language, word)) for code, (word, _) in WORDS[view.round_.words].items() if code != "draft"]
    categories = [(one.key, view.name(one.name)) for one in view.scheme.categories]
    sectors = {key: view.name(name) for one in view.scheme.categories for key, name in one.sectors.items()}
    fields = [
        {"name": "status", "label": view.say(N_("Status")), "options": [("", view.say(N_("All states"))), *states], "value": wanted.state},
    ]  # fmt: skip
    if len(categories) > 1:
        every = ("", view.say(N_("All categories")))
        fields.append({"name": "category", "label": view.say(N_("Category")), "options": [every, *categories], "value": wanted.category})
    if sectors:
        every = ("", view.say(N_("All sectors")))
        fields.append({"name": "sector", "label": view.say(N_("Sector")), "options": [every, *sectors.items()], "value": wanted.sector})
    search = {"name": "q", "value": wanted.search, "label": view.say(N_("Name or number"))}
    return {"fields": fields, "search": search, "segments": []}


def _link(wanted: Wanted, number: int) -> str:
    asked = {"q": wanted.search, "status": wanted.state, "category": wanted.category, "sector": wanted.sector}
    return "?" + urlencode({**{key: value for key, value in asked.items() if value}, "page": number})
