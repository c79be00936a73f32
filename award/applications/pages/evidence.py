"""The evidence library: uploading, naming, removing, reading page by page; and the files themselves for all who may read."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy.orm import Session

from award.applications import queries, service
from award.applications.check import references_in
from award.applications.models import Application, Evidence
from award.applications.pages import views
from award.applications.service.evidence import TYPES
from award.kernel import clock, db
from award.kernel.actor import Actor
from award.kernel.errors import Invalid, NotFound
from award.kernel.files.models import StoredFile
from award.kernel.files.preview import page_picture
from award.kernel.files.service import Limits, Prepared, prepare_upload
from award.kernel.i18n import N_
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.downloads import send_file, send_picture
from award.kernel.web.failures import wants_json
from award.kernel.web.forms import Form, SubmittedForm
from award.kernel.web.rendering import render, render_invalid

router = APIRouter(prefix="/apply/{application_id}/evidence", dependencies=[Depends(guard.applicants)])
files = APIRouter(prefix="/evidence/{evidence_id}", dependencies=[Depends(guard.signed_in)])


@router.get("")
def library(
    request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId, there: str = ""
) -> Response:
    """All files, where each is referred to, and the limits before anything is chosen.

    there: codes of files whose content was uploaded once more just now, which is said.
    """
    application = queries.own_application(session, actor, application_id)
    shown = _library(request, session, actor, application)
    again = [one for one in shown["files"] if one["code"] in there.split(",")]
    return render(request, session, "applications/evidence.html", **shown, there=again)


def _library(request: Request, session: Session, actor: Actor, application: Application) -> dict[str, Any]:
    desk = views.desk_of(request, session, application)
    rules = desk.scheme.application
    evidence = queries.evidence_of(session, application)
    used = used_in(desk, queries.answers_of(session, application))
    return {
        "application": views.head(desk),
        "closed": views.closed_reason(session, actor, desk, part="evidence"),
        "url": f"{desk.base}/evidence",
        "files": [
            {"code": one.code, "title": one.title, "name": one.file.name, "size": views.size_text(one.file.size),
             "pages": one.file.pages, "url": f"{desk.base}/evidence/{one.public_id}",
             "download": f"/evidence/{one.public_id}", "used": used.get(one.code, [])}
            for one in evidence
        ],
        "limits": {
            "types": sorted(TYPES), "file_mib": rules.file_mib, "total_mib": rules.total_mib, "files": rules.files,
            "used": sum(one.file.size for one in evidence),
            "used_text": views.megabytes(sum(one.file.size for one in evidence)),
        },
    }  # fmt: skip


def used_in(desk: views.Desk, answers: Any) -> dict[str, list[dict[str, str]]]:
    """The parts that refer to each piece of evidence, by its code."""
    used: dict[str, list[dict[str, str]]] = {}
    for part in desk.parts:
        for code in references_in(answers[part.key].text) if part.key in answers else []:
            number, name, _ = views.name_of(desk, part.key)
            used.setdefault(code, []).append({"url": desk.url(part.key), "label": number or name})
    return used


@router.post("")
def upload(request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId, form: Form) -> Response:
    """Takes one file or several."""
    try:
        prepared = _prepared(request, actor, application_id, form)
        application = queries.own_application(session, actor, application_id)
        title = form.text("title", required=False, longest=120)
        form.check()
        there = _added(session, actor, application, prepared, title)
    except Invalid as error:
        if wants_json(request):
            raise
        application = queries.own_application(session, actor, application_id)
        return render_invalid(
            request, session, "applications/evidence.html", error, **_library(request, session, actor, application)
        )
    if wants_json(request):
        return JSONResponse({"stored": len(prepared) - len(there), "there": there}, 201)
    told = f"?there={','.join(there)}" if there else ""
    return RedirectResponse(f"/apply/{application_id}/evidence{told}", 303)


def _added(
    session: Session, actor: Actor, application: Application, prepared: Sequence[Prepared], title: str
) -> list[str]:
    """Adds the files; answers with the codes of those whose content was there already, also from a file just before."""
    known = {one.public_id for one in queries.evidence_of(session, application)}
    there = []
    for one in prepared:
        made = service.add_evidence(session, actor, application, one, title if len(prepared) == 1 else "", clock.now(session))
        if made.public_id in known:
            there.append(made.code)
        known.add(made.public_id)
    return there


def _prepared(request: Request, actor: Actor, application_id: str, form: SubmittedForm) -> list[Prepared]:
    """Opens and stores the contents before the session that writes is used, because that holds the database."""
    with db.reading(request.app.state.engine) as reading:
        application = queries.own_application(reading, actor, application_id)
        limits = Limits(application.round.scheme.application.file_mib, TYPES)
    chosen = form.files("file")
    if not chosen:
        raise Invalid.one("file", N_("Choose a file first."))
    return [prepare_upload(one.filename or "", one.file, limits) for one in chosen]


def _evidence(session: Session, application: Application, evidence_id: str) -> Evidence:
    found = next((one for one in queries.evidence_of(session, application) if one.public_id == evidence_id), None)
    if found is None:
        raise NotFound
    return found


@router.get("/{evidence_id}")
def one_file(
    request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId, evidence_id: PublicId, page: int = 1
) -> Response:
    """One piece of evidence, page by page, with its title."""
    application = queries.own_application(session, actor, application_id)
    shown = _one_file(request, session, actor, application, evidence_id)
    last = shown["evidence"].file.pages or 1
    return render(request, session, "applications/one_evidence.html", page=min(max(1, page), last), **shown)


def _one_file(request: Request, session: Session, actor: Actor, application: Application, evidence_id: str) -> dict[str, Any]:
    desk = views.desk_of(request, session, application)
    evidence = _evidence(session, application, evidence_id)
    used = used_in(desk, queries.answers_of(session, application))
    return {
        "application": views.head(desk), "closed": views.closed_reason(session, actor, desk, part="evidence"), "evidence": evidence,
        "url": f"{desk.base}/evidence/{evidence_id}", "library": f"{desk.base}/evidence", "used": used.get(evidence.code, []),
        "size": views.size_text(evidence.file.size), "title": evidence.title,
    }  # fmt: skip


@router.post("/{evidence_id}")
def rename(
    request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId, evidence_id: PublicId, form: Form
) -> Response:
    """Gives it another title."""
    application = queries.own_application(session, actor, application_id)
    evidence = _evidence(session, application, evidence_id)
    try:
        service.rename_evidence(session, actor, application, evidence, form.text("title", longest=120), clock.now(session))
    except Invalid as error:
        shown = _one_file(request, session, actor, application, evidence_id) | {"title": form.get("title")}
        return render_invalid(request, session, "applications/one_evidence.html", error, page=1, **shown)
    return RedirectResponse(f"/apply/{application_id}/evidence/{evidence_id}", 303)


@router.get("/{evidence_id}/remove")
def before_removing(
    request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId, evidence_id: PublicId
) -> Response:
    """Says what removing means, before it is done."""
    application = queries.own_application(session, actor, application_id)
    shown = _one_file(request, session, actor, application, evidence_id)
    return render(request, session, "applications/remove_evidence.html", **shown)


@router.post("/{evidence_id}/remove")
def remove(session: RequestSession, actor: CurrentActor, application_id: PublicId, evidence_id: PublicId) -> Response:
    """Takes it out of the draft."""
    application = queries.own_application(session, actor, application_id)
    evidence = _evidence(session, application, evidence_id)
    service.remove_evidence(session, actor, application, evidence, clock.now(session))
    return RedirectResponse(f"/apply/{application_id}/evidence", 303)


def _readable(request: Request, actor: Actor, evidence_id: str) -> StoredFile:
    """The file, if the actor may read it; in a session of its own, because drawing a page is slow."""
    with db.reading(request.app.state.engine) as session:
        return queries.evidence_for(session, actor, evidence_id, clock.now(session))


@files.get("")
def download(request: Request, actor: CurrentActor, evidence_id: PublicId) -> Response:
    """The file itself, for its owner and for whoever may read the application."""
    return send_file(_readable(request, actor, evidence_id))


@files.get("/pages/{number}")
def picture(request: Request, actor: CurrentActor, evidence_id: PublicId, number: int, width: int = 960) -> Response:
    """A page as a picture."""
    stored = _readable(request, actor, evidence_id)
    if stored.extension in ("png", "jpg", "jpeg") and number == 1:
        return send_file(stored, inline=True)
    return send_picture(page_picture(stored, number, width))
