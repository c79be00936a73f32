"""Administrators look after accounts: who holds what, closing, ending sessions, roles, new passwords, invitations."""

from typing import Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from award.accounts import queries as accounts
from award.accounts import service
from award.accounts.models import Person
from award.accounts.service.grants import BY_ADMINISTRATORS
from award.administration import queries
from award.administration.pages import inviting
from award.kernel import clock
from award.kernel.actor import Actor, Role, Scope
from award.kernel.errors import Invalid
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.forms import Form
from award.kernel.web.rendering import Page, render, render_invalid

router = APIRouter(prefix="/admin", dependencies=[Depends(guard.administrators)])
ROLES = tuple(sorted(BY_ADMINISTRATORS))
PERSON = "administration/person.html"


@router.get("/people")
def people(request: Request, session: RequestSession, q: str = "", page: int = Query(1, ge=1, le=100_000)) -> Response:
    """Everybody who can sign in."""
    found, total = queries.people(session, q.strip(), page)
    seen, roles = queries.last_seen(session, found), queries.roles_of(session, found, clock.now(session))
    rows = [
        {"id": one.public_id, "name": one.name, "username": one.username, "is_active": one.is_active, "seen_at": seen.get(one.id),
         "roles": sorted({held.role for held in roles[one.id]})}
        for one in found
    ]  # fmt: skip
    link = request.url.include_query_params
    listed = Page(rows, page, queries.SIZE, total, lambda number: f"?{link(page=number).query}")
    return render(request, session, "administration/people.html", page=listed, q=q)


@router.get("/people/{person_id}")
def person(request: Request, session: RequestSession, actor: CurrentActor, person_id: PublicId) -> Response:
    """One account."""
    found = queries.person_for_administrator(session, person_id)
    return render(request, session, PERSON, **_shown(session, actor, found))


@router.post("/people/{person_id}/close")
def close(request: Request, session: RequestSession, actor: CurrentActor, person_id: PublicId, form: Form) -> Response:
    """Closes the account, or opens it again."""
    found = queries.person_for_administrator(session, person_id)
    shown = _shown(session, actor, found)
    try:
        if form.act("open") == "open":
            service.enable_person(session, actor, found)
        else:
            reason = form.text("reason", longest=500)
            form.check()
            service.disable_person(session, actor, found, reason, clock.real_now())
    except Invalid as error:
        return render_invalid(request, session, PERSON, error, **shown)
    return _back(person_id)


@router.post("/people/{person_id}/sessions")
def end_sessions(session: RequestSession, actor: CurrentActor, person_id: PublicId) -> Response:
    """Ends every session of the person: a stolen laptop is signed out at its next request."""
    found = queries.person_for_administrator(session, person_id)
    service.end_sessions(session, actor, found, clock.real_now())
    return _back(person_id)


@router.post("/people/{person_id}/grants")
def give(request: Request, session: RequestSession, actor: CurrentActor, person_id: PublicId, form: Form) -> Response:
    """Gives a role until the end of a day, or without an end."""
    found = queries.person_for_administrator(session, person_id)
    places = queries.authorities(session)
    shown = _shown(session, actor, found) | {"typed": {name: form.get(name) for name in ("role", "place", "until")}}
    try:
        role = form.choice("role", ROLES)
        place = next((one for one in places if one.key == form.get("place")), None)
        until = form.moment("until", "Asia/Shanghai", required=False)
        if role in (Role.AWARD_OFFICE, Role.SUPERVISOR) and place is None:
            form.fault("place", inviting.WHICH)
        form.check()
        scope, scope_id = (place.scope, place.scope_id) if place and role in (Role.AWARD_OFFICE, Role.SUPERVISOR) else (Scope.SYSTEM, 0)
        service.give_grant(session, actor, found, Role(role), scope, scope_id, clock.now(session), until)
    except Invalid as error:
        return render_invalid(request, session, PERSON, error, **shown)
    return _back(person_id)


@router.post("/people/{person_id}/grants/{grant_id}/revoke")
def revoke(
    request: Request, session: RequestSession, actor: CurrentActor, person_id: PublicId, grant_id: PublicId, form: Form
) -> Response:
    """Takes a role back."""
    found = queries.person_for_administrator(session, person_id)
    shown = _shown(session, actor, found)
    try:
        grant = queries.grant_of(session, found, grant_id)
        reason = form.text(f"reason-{grant_id}", longest=500)
        form.check()
        service.revoke_grant(session, actor, grant, reason, clock.now(session))
    except Invalid as error:
        return render_invalid(request, session, PERSON, error, **shown)
    return _back(person_id)


@router.post("/people/{person_id}/reset")
def reset(request: Request, session: RequestSession, actor: CurrentActor, person_id: PublicId, form: Form) -> Response:
    """Makes a link for a new password, shown once."""
    found = queries.person_for_administrator(session, person_id)
    shown = _shown(session, actor, found)
    try:
        link = service.make_reset_link(session, actor, found, form.text("identified_by", required=False), clock.real_now())
    except Invalid as error:
        return render_invalid(request, session, PERSON, error, **shown)
    return render(request, session, PERSON, **(shown | {"link": link}))


@router.get("/invitations")
def inviting_form(request: Request, session: RequestSession) -> Response:
    """The form of an invitation."""
    return render(request, session, "administration/invite.html", **_form(session, inviting.BLANK))


@router.post("/invitations")
def invite(request: Request, session: RequestSession, actor: CurrentActor, form: Form) -> Response:
    """Invites somebody to run awards, to supervise, or to administer."""
    shown = _form(session, inviting.typed(form))
    try:
        sent = inviting.send_from(session, actor, form, ROLES, queries.authorities(session), clock.real_now())
    except Invalid as error:
        return render_invalid(request, session, "administration/invite.html", error, **shown)
    return render(request, session, "administration/invite.html", **(_form(session, inviting.BLANK) | {"sent": sent}))


def _form(session: Session, typed: dict[str, str]) -> dict[str, Any]:
    return {"typed": typed, "roles": ROLES, "places": queries.authorities(session), "sent": None}


def _back(person_id: str) -> RedirectResponse:
    return RedirectResponse(f"/admin/people/{person_id}", 303)


def _shown(session: Session, actor: Actor, person: Person) -> dict[str, Any]:
    held = queries.roles_of(session, [person], clock.now(session))[person.id]
    is_self = actor.person_id == person.id
    return {
        "person": {
            "id": person.public_id, "name": person.name, "username": person.username, "email": person.email, "phone": person.phone,
            "is_active": person.is_active, "created_at": person.created_at, "has_password": person.password_hash is not None,
        },
        "is_self": is_self,
        "grants": [
            {"id": one.public_id, "role": one.role, "place": one.place, "scope": one.scope, "until": one.until,
             "may_revoke": not is_self and (one.role in BY_ADMINISTRATORS or Role.SECURITY_ADMINISTRATOR in actor.roles)}
            for one in held
        ],
        "sessions": len(accounts.running_sessions(session, person.id, clock.real_now())),
        "may_give": not is_self and Role.SECURITY_ADMINISTRATOR in actor.roles,
        "roles": ROLES,
        "places": queries.authorities(session),
        "typed": {"role": "", "place": "", "until": ""},
        "link": "",
    }  # fmt: skip
