"""Writing one part: the item editor, autosave, and its earlier versions."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy.orm import Session

from award.accounts.queries import names_of
from award.applications import queries, service
from award.applications.check import references_in
from award.applications.forms import Saved, is_done, typed_text, version_of
from award.applications.keeping import keep_text
from award.applications.models import Answer, Application
from award.applications.pages import views
from award.applications.pages.presence import Part, others_line
from award.kernel import clock, i18n
from award.kernel.actor import Actor
from award.kernel.errors import Conflict, Invalid, NotFound, Refused, Stale
from award.kernel.i18n import N_
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render, render_invalid

router = APIRouter(prefix="/apply/{application_id}/items", dependencies=[Depends(guard.applicants)])


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
            "saved_by": _other(session, actor, answer),
        },
        "deadline": views.deadline(desk),
        "closed": views.closed_reason(session, actor, desk, part=part),
        "at_work": others_line(session, actor, desk, part),
        "presence_url": f"{desk.base}/at-work/{part}",
        "files": [
            {"code": one.code, "name": one.title, "size": views.size_text(one.file.size), "used": one.code in used,
             "url": f"{desk.base}/evidence/{one.public_id}"}
            for one in queries.evidence_of(session, application)
        ],
        "evidence_url": f"{desk.base}/evidence",
        "previous": _link(desk, before.key) if before else None,
        "next": _link(desk, after.key) if after else None,
    }  # fmt: skip


def _other(session: Session, actor: Actor, answer: Answer | None) -> str:
    """Who saved the text last, where it was somebody else."""
    if answer is None or answer.updated_by == actor.person_id:
        return ""
    return names_of(session, [answer.updated_by]).get(answer.updated_by, "")


def _link(desk: views.Desk, part: str) -> dict[str, str]:
    number, name, _ = views.name_of(desk, part)
    return {"url": desk.url(part), "label": f"{number} {name}".strip()}


@router.put("/{part}")
def autosave(
    request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId, part: Part, body: Saved,
    if_match: Annotated[str | None, Header()] = None,
) -> Response:  # fmt: skip
    """Saves while somebody types; see static/autosave.js."""
    version = version_of(if_match)
    answer = save_text(
        request, session, actor, application_id, part, body.text("text"), is_done(body.text("is_done")), version
    )
    content = {"version": answer.version, "saved_at": answer.updated_at.isoformat()}
    return JSONResponse(content, headers={"ETag": f'"{answer.version}"'})


@router.post("/{part}")
def save(
    request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId, part: Part, form: Form
) -> Response:
    """Saves by button, without scripts too; a text over its limit is kept, but the page stays until it is shorter."""
    text, done, act = typed_text(form.get("text")), form.get("is_done"), form.act("save", "next")
    version = form.version()
    form.check()
    try:
        answer = save_text(request, session, actor, application_id, part, text, is_done(done), version)
    except Stale as stale:
        return show_both(request, session, actor, application_id, part, stale, {"text": text, "is_done": done})
    except Invalid as error:
        application = queries.own_application(session, actor, application_id)
        shown = _item(request, session, actor, application, part)
        shown["item"] |= {"text": text, "is_done": done == "yes", "version": version}
        return render_invalid(request, session, "applications/item.html", error, **shown)
    application = queries.own_application(session, actor, application_id)
    desk = views.desk_of(request, session, application)
    _, after = desk.neighbours(part)
    goes_on = act == "next"
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


def save_text(
    request: Request,
    session: Session,
    actor: Actor,
    application_id: str,
    part: str,
    text: str,
    done: bool | None,
    version: int,
    *,
    keeps: bool = False,
) -> Answer:
    """Saves a text; what cannot be saved is kept among the earlier versions. keeps: as in save_answer."""
    application = queries.own_application(session, actor, application_id)
    try:
        now = clock.now(session)
        return service.save_answer(session, actor, application, part, text, done, version, now, keeps=keeps)
    except (Stale, Refused, Conflict):
        keep_text(request, session, actor, application_id, part, text, version)
        raise


def show_both(
    request: Request, session: Session, actor: Actor, application_id: str, part: str, stale: Stale, mine: dict[str, str]
) -> Response:
    """The two texts side by side, to choose from."""
    application = queries.own_application(session, actor, application_id)
    desk = views.desk_of(request, session, application)
    # None where nothing was ever saved, as after a restored backup.
    answer = queries.answers_of(session, application).get(part)
    fields = [
        {"name": "text", "label": desk.tell(N_("Your answer")), "mine": mine["text"], "theirs": answer.text if answer else ""},
        {
            "name": "is_done",
            "label": desk.tell(N_("Is this item complete?")),
            "mine": mine["is_done"],
            "theirs": mine["is_done"],
        },
    ]
    return render(
        request, session, "errors/412.html", status_code=412, url=desk.url(part), fields=fields, version=stale.version,
        theirs_by=stale.params.get("by", ""), theirs_at=desk.moment(answer.updated_at) if answer else "",
    )  # fmt: skip
