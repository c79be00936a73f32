"""Writing one part: the item editor, autosave, and its earlier versions."""

from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Header, Path, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse
from sqlalchemy.orm import Session

from award.accounts.queries import names_of
from award.applications import queries, service
from award.applications.check import references_in
from award.applications.forms import Saved, is_done, typed_text, version_of
from award.applications.keeping import keep_text
from award.applications.models import Answer, Application
from award.applications.pages import views
from award.kernel import clock, i18n
from award.kernel.actor import Actor
from award.kernel.errors import Conflict, Invalid, NotFound, Refused, Stale
from award.kernel.i18n import N_
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render, render_invalid

router = APIRouter(prefix="/apply/{application_id}/items", dependencies=[Depends(guard.applicants)])
Part = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9._-]{0,39}$")]
BUSY = timedelta(minutes=5)
"""How long after a colleague's save the page says that he is at work on the part."""


@router.get("/{part}")
def item(
    request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId, part: Part
) -> Response:
    """What is asked, the text, the evidence."""
    application = queries.own_application(session, actor, application_id)
    return render(request, session, "applications/item.html", **_item(request, session, actor, application, part))


def _item(request: Request, session: Session, actor: Actor, application: Application, part: str) -> dict[str, Any]:
    desk = views.desk_of(request, session, application)
    rule = desk.part(part)
    if rule is None:
        raise NotFound
    answer = queries.answers_of(session, application).get(part)
    text = answer.text if answer else ""
    number, name, points = views.name_of(desk, part)
    before, after = desk.neighbours(part)
    used = references_in(text)
    return {
        "application": views.head(desk),
        "item": {
            "key": number, "name": name, "points": points, "text": text, "limit": rule.limit,
            "requirements": [desk.say(one.text) for one in views.requirements(desk, part)],
            "version": answer.version if answer else 0, "is_done": bool(answer and answer.is_complete),
            "url": desk.url(part), "history_url": f"{desk.url(part)}/history",
            "saved_at": desk.moment(answer.updated_at) if answer else "",
        },
        "deadline": views.deadline(desk),
        "closed": views.closed_reason(session, actor, desk),
        "editing": _editing(session, actor, desk, answer),
        "presence_url": f"{desk.url(part)}/colleague",
        "files": [
            {"code": one.code, "name": one.title, "size": views.size_text(one.file.size), "used": one.code in used,
             "url": f"{desk.base}/evidence/{one.public_id}"}
            for one in queries.evidence_of(session, application)
        ],
        "evidence_url": f"{desk.base}/evidence",
        "previous": _link(desk, before.key) if before else None,
        "next": _link(desk, after.key) if after else None,
    }  # fmt: skip


def _link(desk: views.Desk, part: str) -> dict[str, str]:
    number, name, _ = views.name_of(desk, part)
    return {"url": desk.url(part), "label": f"{number} {name}".strip()}


def _editing(session: Session, actor: Actor, desk: views.Desk, answer: Answer | None) -> str:
    if answer is None or answer.updated_by == actor.person_id or desk.now - answer.updated_at > BUSY:
        return ""
    by = names_of(session, [answer.updated_by]).get(answer.updated_by, "")
    minutes = int((desk.now - answer.updated_at).total_seconds() // 60)
    return desk.tell(N_("{by} is at work on this part too (saved {minutes} min ago)."), {"by": by, "minutes": minutes})


@router.get("/{part}/colleague")
def colleague(
    request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId, part: Part
) -> Response:
    """The line that says whether somebody else is at work on the part."""
    application = queries.own_application(session, actor, application_id)
    desk = views.desk_of(request, session, application)
    return PlainTextResponse(_editing(session, actor, desk, queries.answers_of(session, application).get(part)))


@router.put("/{part}")
def autosave(
    request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId, part: Part, body: Saved,
    if_match: Annotated[str | None, Header()] = None,
) -> Response:  # fmt: skip
    """Saves while somebody types; see static/autosave.js."""
    version = version_of(if_match)
    answer = _save(
        request, session, actor, application_id, part, body.text("text"), is_done(body.text("is_done")), version
    )
    content = {"version": answer.version, "saved_at": answer.updated_at.isoformat()}
    return JSONResponse(content, headers={"ETag": f'"{answer.version}"'})


@router.post("/{part}")
def save(
    request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId, part: Part, form: Form
) -> Response:
    """Saves by button, without scripts too; a text over its limit is kept, but the page stays until it is shorter."""
    text, done = typed_text(form.get("text")), form.get("is_done")
    version = form.version()
    form.check()
    try:
        answer = _save(request, session, actor, application_id, part, text, is_done(done), version)
    except Stale as stale:
        return _both(request, session, actor, application_id, part, stale, {"text": text, "is_done": done})
    except Invalid as error:
        application = queries.own_application(session, actor, application_id)
        shown = _item(request, session, actor, application, part)
        shown["item"] |= {"text": text, "is_done": done == "yes", "version": version}
        return render_invalid(request, session, "applications/item.html", error, **shown)
    application = queries.own_application(session, actor, application_id)
    desk = views.desk_of(request, session, application)
    _, after = desk.neighbours(part)
    goes_on = form.get("act") == "next"
    if is_done(done) and not answer.is_complete:
        return _too_long(request, session, actor, application, part)
    return RedirectResponse((desk.url(after.key) if after else desk.base) if goes_on else desk.url(part), 303)


def _too_long(request: Request, session: Session, actor: Actor, application: Application, part: str) -> Response:
    shown = _item(request, session, actor, application, part)
    limit, count = shown["item"]["limit"], len(shown["item"]["text"])
    text = N_("The text is saved, but it is not complete: at most {limit} characters, it has {count}. Remove {over}.")
    params = {"limit": limit, "count": count, "over": count - limit}
    errors = [{"field": "text", "text": i18n.translate(request.state.language, text, params)}]
    return render(request, session, "applications/item.html", status_code=422, **shown | {"errors": errors})


def _save(
    request: Request,
    session: Session,
    actor: Actor,
    application_id: str,
    part: str,
    text: str,
    done: bool | None,
    version: int,
) -> Answer:
    application = queries.own_application(session, actor, application_id)
    try:
        return service.save_answer(session, actor, application, part, text, done, version, clock.now(session))
    except (Stale, Refused, Conflict):
        keep_text(request, session, actor, application_id, part, text, version)
        raise


def _both(
    request: Request, session: Session, actor: Actor, application_id: str, part: str, stale: Stale, mine: dict[str, str]
) -> Response:
    application = queries.own_application(session, actor, application_id)
    desk = views.desk_of(request, session, application)
    answer = queries.answers_of(session, application)[part]
    fields = [
        {"name": "text", "label": desk.tell(N_("Your answer")), "mine": mine["text"], "theirs": answer.text},
        {
            "name": "is_done",
            "label": desk.tell(N_("Is this item complete?")),
            "mine": mine["is_done"],
            "theirs": mine["is_done"],
        },
    ]
    return render(
        request, session, "errors/412.html", status_code=412, url=desk.url(part), fields=fields, version=stale.version,
        theirs_by=stale.params.get("by", ""), theirs_at=desk.moment(answer.updated_at),
    )  # fmt: skip


@router.get("/{part}/history")
def history(
    request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId, part: Part
) -> Response:
    """The earlier versions of a part, newest first."""
    application = queries.own_application(session, actor, application_id)
    desk = views.desk_of(request, session, application)
    if desk.part(part) is None:
        raise NotFound
    answer = queries.answers_of(session, application).get(part)
    revisions = queries.revisions_of(session, application, part)
    names = names_of(session, [one.by for one in revisions])
    number, name, _ = views.name_of(desk, part)
    return render(
        request, session, "applications/history.html", application=views.head(desk),
        item={"key": number, "name": name, "url": desk.url(part), "text": answer.text if answer else "",
              "version": answer.version if answer else 0},
        closed=views.closed_reason(session, actor, desk),
        revisions=[
            {"place": place, "kind": one.kind, "when": desk.moment(one.at), "by": names.get(one.by, ""), "text": one.text,
             "count": len(one.text), "url": f"{desk.url(part)}/history/{place}"}
            for place, one in reversed(list(enumerate(revisions, 1)))
        ],
    )  # fmt: skip


@router.get("/{part}/history/{place}.txt")
def earlier_text(
    session: RequestSession, actor: CurrentActor, application_id: PublicId, part: Part, place: int
) -> Response:
    """An earlier text as a file."""
    application = queries.own_application(session, actor, application_id)
    revisions = queries.revisions_of(session, application, part)
    if not 1 <= place <= len(revisions):
        raise NotFound
    name = quote(f"{application.organisation.name}-{part}-{place}.txt", safe="")
    headers = {"content-disposition": f"attachment; filename=\"text.txt\"; filename*=UTF-8''{name}"}
    return PlainTextResponse(revisions[place - 1].text, headers=headers)


@router.post("/{part}/history/{place}/restore")
def restore(
    request: Request,
    session: RequestSession,
    actor: CurrentActor,
    application_id: PublicId,
    part: Part,
    place: int,
    form: Form,
) -> Response:
    """Makes an earlier text the present one; the present one becomes an earlier version."""
    application = queries.own_application(session, actor, application_id)
    revisions = queries.revisions_of(session, application, part)
    if not 1 <= place <= len(revisions):
        raise NotFound
    version = form.version()
    form.check()
    _save(request, session, actor, application_id, part, revisions[place - 1].text, None, version)
    return RedirectResponse(f"/apply/{application_id}/items/{part}", 303)
