"""An award office looks after the people of its awards: invitations, and new passwords after identification."""

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from award.accounts import service
from award.accounts.models import Person
from award.accounts.service.grants import BY_OFFICE
from award.administration import queries
from award.administration.pages import inviting
from award.kernel import clock
from award.kernel.actor import Actor, Role
from award.kernel.errors import Invalid, Refused
from award.kernel.i18n import N_
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render, render_invalid
from award.organisations.queries import offices_of

router = APIRouter(prefix="/office/people", dependencies=[Depends(guard.office)])
ROLES = (Role.JUDGE, Role.COMMITTEE_MEMBER, Role.RECOMMENDER)
ELSEWHERE = N_(
    "This account holds roles beyond your authority, so your office makes no link for it. "
    "The person can ask for one by mail, or an administrator makes it."
)
LIST, PERSON = "administration/care.html", "administration/care_person.html"


@router.get("")
def people(request: Request, session: RequestSession, actor: CurrentActor, q: str = "") -> Response:
    """The people of the office's awards, and the form of an invitation."""
    return render(request, session, LIST, **_list(session, actor, inviting.BLANK, q))


@router.post("")
def invite(request: Request, session: RequestSession, actor: CurrentActor, form: Form) -> Response:
    """Invites a judge, a member of the committee or a recommending body."""
    shown = _list(session, actor, inviting.typed(form))
    try:
        places = queries.authorities(session, offices_of(actor))
        sent = inviting.send_from(session, actor, form, ROLES, places, clock.real_now())
    except Invalid as error:
        return render_invalid(request, session, LIST, error, **shown)
    return render(request, session, LIST, **(_list(session, actor, inviting.BLANK) | {"sent": sent}))


@router.get("/{person_id}")
def person(request: Request, session: RequestSession, actor: CurrentActor, person_id: PublicId) -> Response:
    """One of them."""
    found = queries.person_in_care(session, actor, person_id)
    return render(request, session, PERSON, **_shown(session, actor, found))


@router.post("/{person_id}/reset")
def reset(request: Request, session: RequestSession, actor: CurrentActor, person_id: PublicId, form: Form) -> Response:
    """Makes a link for a new password, shown once, for somebody who was identified."""
    found = queries.person_in_care(session, actor, person_id)
    shown = _shown(session, actor, found)
    if not shown["may_reset"]:
        raise Refused("reset.elsewhere", ELSEWHERE, status=409)
    try:
        link = service.make_reset_link(session, actor, found, form.text("identified_by", required=False), clock.real_now())
    except Invalid as error:
        return render_invalid(request, session, PERSON, error, **shown)
    return render(request, session, PERSON, **(shown | {"link": link}))


@router.post("/{person_id}/grants/{grant_id}/revoke")
def revoke(
    request: Request, session: RequestSession, actor: CurrentActor, person_id: PublicId, grant_id: PublicId, form: Form
) -> Response:
    """Takes a role back that the office gave."""
    found = queries.person_in_care(session, actor, person_id)
    shown = _shown(session, actor, found)
    try:
        grant = queries.grant_of(session, found, grant_id)
        reason = form.text(f"reason-{grant_id}", longest=500)
        form.check()
        service.revoke_grant(session, actor, grant, reason, clock.now(session))
    except Invalid as error:
        return render_invalid(request, session, PERSON, error, **shown)
    return RedirectResponse("/office/people", 303)


def _list(session: Session, actor: Actor, typed: dict[str, str], text: str = "") -> dict[str, Any]:
    offices = offices_of(actor)
    found = queries.people_in_care(session, actor, text.strip())
    seen, roles = queries.last_seen(session, found), queries.roles_of(session, found, clock.now(session), named=offices)
    return {
        "rows": [
            {"id": one.public_id, "name": one.name, "email": one.email, "seen_at": seen.get(one.id),
             "roles": [held.role for held in roles[one.id] if _is_ours(held)]}
            for one in found
        ],
        "q": text, "typed": typed, "roles": ROLES, "places": queries.authorities(session, offices), "sent": None,
    }  # fmt: skip


def _is_ours(held: queries.HeldRole) -> bool:
    return held.place is not None or held.role == Role.APPLICANT


def _shown(session: Session, actor: Actor, person: Person) -> dict[str, Any]:
    held = queries.roles_of(session, [person], clock.now(session), named=offices_of(actor))[person.id]
    return {
        "person": {"id": person.public_id, "name": person.name, "username": person.username, "email": person.email,
                   "phone": person.phone, "is_active": person.is_active},
        "grants": [
            {"id": one.public_id, "role": one.role, "place": one.place, "until": one.until, "may_revoke": one.role in BY_OFFICE}
            for one in held if _is_ours(one)
        ],
        "link": "",
        "may_reset": queries.is_only_ours(session, actor, person),
    }  # fmt: skip
