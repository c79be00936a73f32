"""The scoring screen: one item with its material, saved while the judge works and by button."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy.orm import Session

from award.applications.forms import Saved, version_of
from award.judging import forms, queries
from award.judging.models import OPPORTUNITY, STRENGTH, SheetItem
from award.judging.pages import material, returning, views
from award.judging.pages.views import Bench
from award.judging.service import save_item
from award.judging.service.entries import steps_of
from award.kernel import clock, i18n
from award.kernel.actor import Action
from award.kernel.errors import Invalid, NotFound, Stale
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.failures import TITLES
from award.kernel.web.forms import Form, SubmittedForm
from award.kernel.web.rendering import render, render_invalid
from award.policy import require
from award.regulations.model import Criteria, Item
from award.rounds.queries import criteria_of

router = APIRouter(prefix="/review/{assignment_id}/items", dependencies=[Depends(guard.judges)])
ItemKey = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9._-]{0,15}$")]


@router.get("")
def picked(assignment_id: PublicId, item: Annotated[str, Query(pattern=r"^[a-z0-9][a-z0-9._-]{0,15}$")]) -> Response:
    """The item chosen in the list of narrow screens."""
    return RedirectResponse(f"/review/{assignment_id}/items/{item}", 303)


@router.get("/{item}")
def item_page(
    request: Request, session: RequestSession, actor: CurrentActor, assignment_id: PublicId, item: ItemKey,
    tab: str = "report", doc: str = "", page: int = 1, add: str = "",
) -> Response:  # fmt: skip
    """One item: what is asked, what the applicant answered, and the judge's own sheet. tab, doc, page: what is read."""
    review = queries.review_for(session, actor, assignment_id, clock.now(session))
    if not review.has_signed:
        return RedirectResponse(f"/review/{assignment_id}/declaration", 303)
    require(Action.APPLICATION_READ, review.stage, review.standing)
    context = _item(request, session, review, item, material.Opened(tab, doc, page))
    for kind, rows in ((STRENGTH, "strengths"), (OPPORTUNITY, "opportunities")):
        if add == kind:
            context["item"][rows].append({})
    return render(request, session, "judging/item.html", **context)


def _item(
    request: Request, session: Session, review: queries.Review, key: str, opened: material.Opened
) -> dict[str, Any]:
    bench = views.bench_of(request, session, review)
    item = _known(bench.criteria, key)
    sheet = queries.sheet_of(session, review.assignment)
    rows = queries.items_of(session, sheet)
    before, after = _neighbours(bench.criteria, key)
    read = material.material_of(session, bench, item, opened)
    scored = sum(row.percent is not None for row in rows.values())
    total = len(list(bench.criteria.items()))
    closed = views.closed_reason(bench, sheet)
    return {
        "site_name": views.award_name(bench.language, review.application.round),
        "sheet": views.head(bench) | {
            "scored_items": scored, "total_items": total, "submit_url": f"{bench.base}/submit",
            "may_submit": not closed and scored == total, "closed": closed,
            "returned": returning.said(bench.language, sheet),
        },
        "deadline": views.deadline(bench.language, review.application.round, review.stage.now),
        "groups": views.groups_of(bench, rows, key),
        "item": _entry(bench, item, rows.get(key)) | {"url": _address(bench.url(key), opened), "plain_url": bench.url(key)},
        "bands": [_band(bench, one, item) for one in bench.criteria.bands], "steps": bench.say(steps_of(bench.criteria)),
        "material": read,
        "refs_longest": forms.LONGEST_REFERENCES, "ref_choices": [{"code": one.code, "label": one.title} for one in read["evidence"]],
        "previous": {"url": bench.url(before.key), "label": before.number} if before else None,
        "next": {"url": bench.url(after.key), "label": after.number} if after else None,
        "view": "read" if opened.is_chosen else "score",
    }  # fmt: skip


def _known(criteria: Criteria, key: str) -> Item:
    try:
        return criteria.item(key)
    except KeyError as error:
        raise NotFound from error


def _neighbours(criteria: Criteria, key: str) -> tuple[Item | None, Item | None]:
    items = list(criteria.items())
    at = [one.key for one in items].index(key)
    return (items[at - 1] if at else None), (items[at + 1] if at + 1 < len(items) else None)


def _address(url: str, opened: material.Opened) -> str:
    """Saving by button comes back to what was being read."""
    return f"{url}?{urlencode(opened.as_query())}" if opened.is_chosen else url


def _entry(bench: Bench, item: Item, row: SheetItem | None) -> dict[str, Any]:
    """What was entered, as the screen shows it."""
    labels = {band.key: band.label for band in bench.criteria.bands}
    shown: dict[str, Any] = {
        "key": item.number, "name": bench.say(item.name), "points": item.points, "kind": item.kind,
        "requirements": [bench.say(one.text) for one in item.requirements],
        "version": row.version if row else 0,
        "saved_at": bench.moment(row.updated_at) if row else "",
        "note": row.note if row else "",
        "factors": [
            {"key": one.key, "name": bench.say(one.name), "hint": bench.say(one.about),
             "value": labels.get(row.factors.get(one.key, ""), "") if row else ""}
            for one in bench.criteria.factors[item.kind]
        ],
    }  # fmt: skip
    return shown | _percent(item.points, row.percent if row else None) | _rows(row)


def _percent(points: int, percent: int | None) -> dict[str, Any]:
    return {"percent": percent, "scored": "" if percent is None else views.points_text(points * percent)}


def _rows(row: SheetItem | None) -> dict[str, Any]:
    comments = row.comments if row else []
    rows: dict[str, list[dict[str, Any]]] = {STRENGTH: [], OPPORTUNITY: []}
    for one in comments:
        shown = {"id": one["key"], "mark": one["weight"], "text": one["text"], "refs": one["references"]}
        rows[one["kind"]].append(shown)
    return {"strengths": rows[STRENGTH], "opportunities": rows[OPPORTUNITY]}


def _band(bench: Bench, band: Any, item: Item) -> dict[str, Any]:
    return {"label": band.label, "steps": list(band.percents), "text": bench.say(band.descriptors[item.kind])}


@router.put("/{item}")
def autosave(
    request: Request, session: RequestSession, actor: CurrentActor, assignment_id: PublicId, item: ItemKey, body: Saved,
    if_match: Annotated[str | None, Header()] = None,
) -> Response:  # fmt: skip
    """Saves while the judge works; see static/autosave.js."""
    version, fields = version_of(if_match), body.texts()
    review = queries.review_for(session, actor, assignment_id, clock.now(session))
    criteria = criteria_of(session, review.application.round, review.application.category)
    entry = forms.entry_of(fields, criteria)
    try:
        row = save_item(
            session, actor, review.application, review.assignment, item, entry, version, clock.now(session), review.standing
        )
    except Stale as stale:
        session.rollback()
        return _both_as_json(request, criteria, stale, fields)
    session.flush()
    content = {
        "version": row.version, "saved_at": row.updated_at.isoformat(), "fields": forms.new_keys(fields, entry.comments),
    }  # fmt: skip
    return JSONResponse(content, headers={"ETag": f'"{row.version}"'})


def _both_as_json(request: Request, criteria: Criteria, stale: Stale, fields: forms.Fields) -> Response:
    language = request.state.language
    body = {
        "type": f"urn:award:{stale.code}", "title": i18n.translate(language, TITLES[412]), "status": 412,
        "detail": i18n.translate(language, stale.text, stale.params), "version": stale.version,
        "theirs": forms.as_fields(stale.theirs, criteria, fields),
    }  # fmt: skip
    return JSONResponse(body, 412, media_type="application/problem+json")


@router.post("/{item}")
def save(
    request: Request, session: RequestSession, actor: CurrentActor, assignment_id: PublicId, item: ItemKey, form: Form,
    tab: str = "report", doc: str = "", page: int = 1,
) -> Response:  # fmt: skip
    """Saves by button, without scripts too."""
    review = queries.review_for(session, actor, assignment_id, clock.now(session))
    criteria = criteria_of(session, review.application.round, review.application.category)
    fields, act = _typed(form), form.act("save", "next", "add:", "remove:")
    opened = material.Opened(tab, doc, page)
    try:
        version = form.version()
        form.check()
        entry = forms.entry_of(fields, criteria)
        save_item(session, actor, review.application, review.assignment, item, entry, version, clock.now(session))
    except Stale as stale:
        session.rollback()
        return _both(request, session, f"/review/{assignment_id}/items/{item}", criteria, stale, fields)
    except Invalid as error:
        review = queries.review_for(session, actor, assignment_id, clock.now(session))
        shown = _item(request, session, review, item, opened)
        shown["item"] |= _as_typed(shown, fields, form.get("version"))
        return render_invalid(request, session, "judging/item.html", error, **shown)
    return RedirectResponse(_after(assignment_id, criteria, item, act, opened), 303)


def _typed(form: SubmittedForm) -> dict[str, str]:
    """The fields as they came; a row whose button was pressed goes."""
    fields = {name: form.get(name) for name in form.names() if name not in ("csrf", "version", "act")}
    act = form.get("act")
    if act.startswith("remove:"):
        fields = {name: one for name, one in fields.items() if not name.startswith(f"comments-{act.removeprefix('remove:')}-")}
    return fields


def _as_typed(shown: Mapping[str, Any], fields: forms.Fields, version: str) -> dict[str, Any]:
    item, rows, steps = shown["item"], forms.rows_of(fields), (step for band in shown["bands"] for step in band["steps"])
    factors = [one | {"value": fields.get(f"factor-{one['key']}", "")} for one in item["factors"]]
    return {
        "version": version, "strengths": rows[STRENGTH], "opportunities": rows[OPPORTUNITY], "note": fields.get("note", ""),
        "factors": factors, **_percent(item["points"], next((one for one in steps if str(one) == fields.get("percent")), None)),
    }  # fmt: skip


def _after(assignment_id: str, criteria: Criteria, key: str, act: str, opened: material.Opened) -> str:
    """Where saving leads: the next item, a new row, or the same page."""
    base = f"/review/{assignment_id}"
    if act == "next":
        _, after = _neighbours(criteria, key)
        return f"{base}/items/{after.key}" if after else base
    query = dict(opened.as_query()) if opened.is_chosen else {}
    if act.startswith("add:"):
        query["add"] = act.removeprefix("add:")
    return f"{base}/items/{key}" + (f"?{urlencode(query)}" if query else "")


def _both(
    request: Request, session: Session, url: str, criteria: Criteria, stale: Stale, fields: forms.Fields
) -> Response:
    """Both versions side by side, for those without scripts."""
    theirs = forms.as_fields(stale.theirs, criteria, fields)
    names = [name for name in {**fields, **theirs} if name in fields or not name.endswith("-id")]
    pairs = [
        {"name": name, "label": name, "mine": fields.get(name, ""), "theirs": theirs.get(name, "")} for name in names
    ]
    shown: Mapping[str, Any] = {
        "url": url, "fields": pairs, "version": stale.version, "theirs_by": stale.params.get("by", ""),
        "theirs_at": i18n.spoken(request.state.language, stale.params["at"]),
    }  # fmt: skip
    return render(request, session, "errors/412.html", status_code=412, **shown)


