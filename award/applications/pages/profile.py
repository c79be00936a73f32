"""The facts of the organisation: one form, with autosave."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy.orm import Session

from award.applications import queries, service
from award.applications.check import unreadable_facts
from award.applications.facts import fact_groups, facts_of, shown_value
from award.applications.forms import Saved, typed_text, version_of
from award.applications.keeping import keep_text
from award.applications.models import Application
from award.applications.pages import views
from award.applications.pages.presence import others_line
from award.applications.service.writing import FACTS
from award.kernel import clock
from award.kernel.actor import Actor
from award.kernel.errors import Conflict, Invalid, Refused, Stale
from award.kernel.i18n import N_
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render, render_invalid

router = APIRouter(prefix="/apply/{application_id}/profile", dependencies=[Depends(guard.applicants)])


@router.get("")
def profile(request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId) -> Response:
    """All facts by heading; what cannot be read is marked."""
    application = queries.own_application(session, actor, application_id)
    return _page(request, session, actor, application)


def _page(
    request: Request, session: Session, actor: Actor, application: Application, status_code: int = 200
) -> Response:
    desk = views.desk_of(request, session, application)
    faults = unreadable_facts(application.profile, application.round.year, application.category)
    errors = [{"field": one.field, "text": desk.tell(one.text, one.params)} for one in faults]
    shown = _profile(request, session, actor, application)
    return render(request, session, "applications/profile.html", status_code=status_code, errors=errors, **shown)


def _profile(request: Request, session: Session, actor: Actor, application: Application) -> dict[str, Any]:
    desk = views.desk_of(request, session, application)
    return {
        "application": views.head(desk),
        "deadline": views.deadline(desk),
        "closed": views.closed_reason(session, actor, desk, part=FACTS),
        "groups": shown_facts(desk, application.profile),
        "url": f"{desk.base}/profile", "at_work": others_line(session, actor, desk, FACTS), "presence_url": f"{desk.base}/at-work/{FACTS}",
        "version": application.profile_version,
        "organisation": application.organisation,
        "next": {"url": desk.url(desk.parts[0].key), "label": desk.say(desk.parts[0].title)},
    }


def shown_facts(desk: views.Desk, values: Mapping[str, str]) -> list[dict[str, Any]]:
    """Headings with their fields and values, in the reader's language."""
    return [
        {
            "key": group.key,
            "title": desk.tell(group.title),
            "facts": [
                {
                    "key": fact.key, "label": desk.tell(fact.label, fact.params), "hint": desk.tell(fact.hint) if fact.hint else "",
                    "kind": fact.kind, "optional": not fact.is_required, "value": values.get(fact.key, ""),
                    "choices": [("", desk.tell(N_("Choose…")))] + [(code, desk.tell(text)) for code, text in fact.choices],
                    "shown": desk.tell(dict(fact.choices).get(values.get(fact.key, ""), "")) if fact.choices
                    else shown_value(fact, values.get(fact.key, "")),
                }
                for fact in group.facts
            ],
        }
        for group in fact_groups(desk.application.round.year, desk.application.category)
    ]  # fmt: skip


@router.put("")
def autosave(
    request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId, body: Saved,
    if_match: Annotated[str | None, Header()] = None,
) -> Response:  # fmt: skip
    """Saves while somebody types."""
    version = version_of(if_match)
    application = _save(request, session, actor, application_id, body.texts(), version)
    content = {"version": application.profile_version, "saved_at": clock.now(session).isoformat()}
    return JSONResponse(content, headers={"ETag": f'"{application.profile_version}"'})


@router.post("")
def save(
    request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId, form: Form
) -> Response:
    """Saves by button; goes on only where everything that was filled in can be read."""
    fields = {name: typed_text(form.get(name)) for name in form.names()}
    version, act = form.version(), form.act("save", "next")
    form.check()
    try:
        _save(request, session, actor, application_id, fields, version)
    except Stale as stale:
        return _both(request, session, actor, application_id, stale, fields)
    except Invalid as error:
        application = queries.own_application(session, actor, application_id)
        shown = _profile(request, session, actor, application)
        desk = views.desk_of(request, session, application)
        shown |= {"groups": shown_facts(desk, fields), "version": version}
        return render_invalid(request, session, "applications/profile.html", error, **shown)
    application = queries.own_application(session, actor, application_id)
    goes_on = act == "next"
    if goes_on and unreadable_facts(application.profile, application.round.year, application.category):
        return _page(request, session, actor, application, 422)
    desk = views.desk_of(request, session, application)
    return RedirectResponse(desk.url(desk.parts[0].key) if goes_on else f"{desk.base}/profile", 303)


def _save(
    request: Request, session: Session, actor: Actor, application_id: str, fields: Mapping[str, str], version: int
) -> Application:
    application = queries.own_application(session, actor, application_id)
    try:
        return service.save_profile(session, actor, application, fields, version, clock.now(session))
    except (Stale, Refused, Conflict):
        known = [fact.key for fact in facts_of(application.round.year, application.category)]
        text = "\n".join(f"{key}: {fields[key]}" for key in known if fields.get(key))
        keep_text(request, session, actor, application_id, FACTS, text, version)
        raise


def _both(
    request: Request, session: Session, actor: Actor, application_id: str, stale: Stale, mine: Mapping[str, str]
) -> Response:
    application = queries.own_application(session, actor, application_id)
    desk = views.desk_of(request, session, application)
    fields = [
        {"name": fact.key, "label": desk.tell(fact.label, fact.params), "mine": mine.get(fact.key, ""),
         "theirs": str(stale.theirs.get(fact.key, ""))}
        for fact in facts_of(application.round.year, application.category)
    ]  # fmt: skip
    return render(
        request, session, "errors/412.html", status_code=412, url=f"{desk.base}/profile", fields=fields,
        version=stale.version, theirs_by="", theirs_at="",
    )  # fmt: skip
