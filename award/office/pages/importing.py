"""Tables that come in: choosing one, what it would do, and doing it."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from award.kernel import clock
from award.kernel.actor import Actor
from award.kernel.errors import Conflict, Invalid
from award.kernel.files.service import Limits, keep, prepare_upload
from award.kernel.i18n import N_, translate
from award.kernel.sheets.importing import Change, Plan, word_of
from award.kernel.sheets.intake import template
from award.kernel.sheets.models import Import
from award.kernel.sheets.writing import MEDIA_TYPES
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PageNumber, PublicId, RequestSession
from award.kernel.web.downloads import disposition
from award.kernel.web.forms import Form
from award.kernel.web.rendering import Page, render, render_invalid
from award.office.imports import service
from award.office.imports.kinds import Importer, Place
from award.office.imports.progress import progress_of
from award.panels.pages.pool import authority_of
from award.rounds.queries import round_for, title_of

router = APIRouter(prefix="/office/import", dependencies=[Depends(guard.office)])
LIMITS = Limits(10, frozenset({"xlsx"}))
CHOOSE, RUN = "office/import.html", "office/import_run.html"
PURPOSE = "table_import"
SIZE = 100
MOST_FAULTS = 200
"""Faults shown at once; who corrects them finds the others then."""


@router.get("/{table_kind}")
def choose(
    request: Request, session: RequestSession, actor: CurrentActor, table_kind: str,
    authority: str = "", round: str = "",  # noqa: A002 (names of the address)
) -> Response:  # fmt: skip
    """What the table has to look like, and where to choose it."""
    place = _open_place(session, actor, table_kind, authority, round)
    return render(request, session, CHOOSE, **_choosing(request, table_kind, place), latest=_latest(session, actor, table_kind, place))


def _place(session: Session, actor: Actor, table_kind: str, authority_id: str, round_id: str) -> Place:
    """What the table is for. Raises NotFound for a place the actor does not work in."""
    if service.importer_named(table_kind).of_round is None:
        return Place(authority_of(session, actor, authority_id))
    found = round_for(session, actor, round_id)
    return Place(found.award.authority, found)


def _open_place(session: Session, actor: Actor, table_kind: str, authority_id: str, round_id: str) -> Place:
    """The same, where the actor may bring a table now. Raises Refused with the reason why not."""
    place = _place(session, actor, table_kind, authority_id, round_id)
    service.require_import(actor, service.importer_named(table_kind), place, clock.now(session))
    return place


def _choosing(request: Request, table_kind: str, place: Place) -> dict[str, Any]:
    importer, shown = service.importer_for(table_kind, place), {}
    if place.round is None:
        param, name = "authority", place.authority.name
    else:
        param, name, award = "round", title_of(place.round), place.round.award
        site_name = award.name.in_language(request.state.language)
        shown = {"round": place.round, "site_name": site_name}
    named = {"param": param, "id": place.public_id, "name": name.in_language(request.state.language)}
    return {**shown, "importer": importer, "mib": LIMITS.mib, "place": named, "zone": place.authority.zone}


def _latest(session: Session, actor: Actor, table_kind: str, place: Place) -> Sequence[Import]:
    return service.imports_of(session, actor, service.importer_named(table_kind), place)


@router.get("/{table_kind}/template.xlsx")
def download_template(
    request: Request, session: RequestSession, actor: CurrentActor, table_kind: str,
    authority: str = "", round: str = "",  # noqa: A002 (names of the address)
) -> Response:  # fmt: skip
    """The empty table."""
    place, language = _open_place(session, actor, table_kind, authority, round), request.state.language
    importer = service.importer_for(table_kind, place)
    content = template(importer.fields, importer.title, language, importer.most)
    name = f"{translate(language, importer.title)}.xlsx"
    return Response(
        content, media_type=MEDIA_TYPES["xlsx"], headers={"content-disposition": disposition(name, inline=False)}
    )


@router.post("/{table_kind}")
def bring(request: Request, session: RequestSession, actor: CurrentActor, table_kind: str, form: Form) -> Response:
    """Takes the table in; a job looks at it, and nothing of it is done yet."""
    importer, upload = service.importer_named(table_kind), form.file("file")
    try:
        if upload is None:
            raise Invalid.one("file", N_("Choose a file first."))
        # Before the session is used, because opening the file is slow.
        prepared = prepare_upload(upload.filename or "", upload.file, LIMITS)
    except Invalid as error:
        place = _open_place(session, actor, table_kind, form.get("authority"), form.get("round"))
        page = _choosing(request, table_kind, place) | {"latest": _latest(session, actor, table_kind, place)}
        return render_invalid(request, session, CHOOSE, error, **page)
    place, now = _place(session, actor, table_kind, form.get("authority"), form.get("round")), clock.now(session)
    service.require_import(actor, importer, place, now)
    stored = keep(session, prepared, actor.person_id, now, PURPOSE)
    made = service.start_import(session, actor, importer, place, stored, now)
    return RedirectResponse(f"/office/import/runs/{made.public_id}", 303)


@router.get("/runs/{import_id}")
def run(
    request: Request, session: RequestSession, actor: CurrentActor, import_id: PublicId, page: PageNumber = 1
) -> Response:
    """How far it is, then what the table would do line by line, each fault by its cell; then that it is done."""
    return render(request, session, RUN, **_run(request, session, actor, import_id, page))


def _run(request: Request, session: Session, actor: Actor, import_id: str, number: int = 1) -> dict[str, Any]:
    found = service.import_for(session, actor, import_id)
    place = _place(session, actor, found.kind, found.place, found.place)
    importer, plan = service.importer_for(found.kind, place), service.plan_of(found)
    link = request.url.include_query_params
    return {
        **_choosing(request, found.kind, place), "run": found,
        "progress": progress_of(found, clock.now(session)),
        "plan": None if plan is None else _plan(request, importer, plan),
        "page": None if plan is None else _lines(request, importer, plan, number, lambda one: str(link(page=one))),
    }  # fmt: skip


def _plan(request: Request, importer: Importer, plan: Plan) -> dict[str, Any]:
    language = request.state.language
    faults = [
        {"cell": one.field, "text": translate(language, one.text, one.params)} for one in plan.faults[:MOST_FAULTS]
    ]
    return {
        "counts": plan.counts, "is_empty": plan.is_empty, "fingerprint": plan.fingerprint, "faults": faults, "wrong": len(plan.faults),
    }  # fmt: skip


def _lines(request: Request, importer: Importer, plan: Plan, number: int, link: Any) -> Page[dict[str, Any]]:
    """A page of the lines, those that change something first."""
    ordered = sorted(plan.changes, key=lambda one: (one.kind == "same", one.number))
    shown = [_line(request.state.language, importer, one) for one in ordered[(number - 1) * SIZE : number * SIZE]]
    return Page(shown, number, SIZE, len(ordered), link)


def _line(language: str, importer: Importer, one: Change) -> dict[str, Any]:
    fields = {field.name: field for field in importer.fields}

    def said(name: str, value: str) -> str:
        choices = dict(fields[name].choices)
        return word_of(language, choices[value]) if value in choices else value

    changes = [
        {"title": translate(language, fields[name].title), "before": said(name, before), "after": said(name, after)}
        for name, before, after in one.changes
    ]
    return {"number": one.number, "kind": one.kind, "name": one.name, "detail": one.detail, "changes": changes, "remark": one.remark}


@router.post("/runs/{import_id}")
def confirm(
    request: Request, session: RequestSession, actor: CurrentActor, import_id: PublicId, form: Form
) -> Response:
    """Has it done as it was shown; where it was shown anew meanwhile, it is to be looked at again."""
    try:
        service.confirm_import(session, actor, import_id, form.get("fingerprint"))
    except Conflict as error:
        fault = Invalid.one("table", error.text, **error.params)
        response = render_invalid(request, session, RUN, fault, **_run(request, session, actor, import_id))
        response.status_code = error.status
        return response
    return RedirectResponse(f"/office/import/runs/{import_id}", 303)
