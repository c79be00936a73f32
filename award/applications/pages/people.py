"""The people of one application: who they are and what they may do, invited and removed by the responsible person."""

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from award.accounts.service.invitations import invitation_url
from award.applications import queries, service
from award.applications.models import Application
from award.applications.pages import views
from award.applications.people import INVITED, invitations_to, members_of
from award.kernel import clock
from award.kernel.actor import Action, Actor, Role
from award.kernel.errors import Invalid, NotFound
from award.kernel.i18n import N_
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render, render_invalid
from award.organisations.queries import is_confirmed
from award.policy import decide
from award.rounds.queries import stage_now
from award.standing.queries import standing_of

router = APIRouter(prefix="/apply/{application_id}", dependencies=[Depends(guard.applicants)])
MAY = {
    Role.APPLICANT: N_("Responsible: writes, submits, withdraws, invites and removes people"),
    Role.WRITER: N_("Writes and uploads; does not submit or withdraw"),
    Role.READER: N_("Reads everything, writes nothing"),
}
"""What each may do, in words."""
BLANK = {"name": "", "email": "", "role": Role.WRITER.value}


@router.get("/people")
def people(request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId) -> Response:
    """Everybody who works on it, and the form for one more."""
    application = queries.own_application(session, actor, application_id)
    return render(request, session, "applications/people.html", **_shown(request, session, actor, application, BLANK))


def _shown(
    request: Request, session: Session, actor: Actor, application: Application, typed: dict[str, str], link: str = ""
) -> dict[str, Any]:
    desk = views.desk_of(request, session, application)
    standing = standing_of(session, actor, application, desk.now)
    shares = decide(Action.APPLICATION_SHARE, stage_now(application.round, desk.now), standing).allowed
    roles = [(role.value, desk.tell(MAY[role])) for role in INVITED]
    return {
        "application": views.head(desk), "people": shown_people(session, actor, desk), "may": shares, "typed": typed, "link": link,
        "invitations": [
            {"name": one.name, "email": one.email, "may": desk.tell(MAY[Role(one.role)]), "until": desk.moment(one.expires_at),
             "url": f"{desk.base}/people/invitations/{one.public_id}/end"}
            for one in invitations_to(session, application, clock.real_now())
        ] if shares else [],
        "roles": roles, "is_confirmed": not shares or is_confirmed(session, application.organisation_id, application.authority_id),
    }  # fmt: skip


def shown_people(session: Session, actor: Actor, desk: views.Desk) -> list[dict[str, Any]]:
    """Names with what each may do."""
    return [
        {"name": one.name, "email": one.email, "role": one.role.value, "may": desk.tell(MAY[one.role]),
         "is_you": one.person_id == actor.person_id, "is_invited": one.role in INVITED,
         "url": f"{desk.base}/people/{one.public_id}"}
        for one in members_of(session, desk.application)
    ]  # fmt: skip


@router.post("/people")
def invite(request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId, form: Form) -> Response:
    """Invites somebody; the link is shown once, for the case that the mail does not arrive."""
    application = queries.own_application(session, actor, application_id)
    typed = {name: form.get(name) for name in BLANK}
    try:
        name, email = form.text("name", longest=80), form.text("email")
        role = form.choice("role", [one.value for one in INVITED])
        form.check()
        _, token = service.invite_to_application(
            session, actor, application, name=name, email=email, role=Role(role), now=clock.now(session),
            real_now=clock.real_now(), language=request.state.language,
        )  # fmt: skip
    except Invalid as error:
        shown = _shown(request, session, actor, application, typed)
        return render_invalid(request, session, "applications/people.html", error, **shown)
    shown = _shown(request, session, actor, application, BLANK, invitation_url(token))
    return render(request, session, "applications/people.html", **shown)


@router.post("/people/{person_id}")
def change(session: RequestSession, actor: CurrentActor, application_id: PublicId, person_id: PublicId, form: Form) -> Response:
    """Gives somebody another role, or takes him out."""
    application = queries.own_application(session, actor, application_id)
    wanted = form.get("role")
    role = Role(wanted) if wanted in INVITED else None
    if role is None and wanted:
        raise Invalid.one("role", N_("Choose one of the options."))
    service.change_role(session, actor, application, person_id, role, clock.now(session))
    return RedirectResponse(f"/apply/{application_id}/people", 303)


@router.get("/people/{person_id}/remove")
def before_removing(
    request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId, person_id: PublicId
) -> Response:
    """Says what removing somebody means, before it is done."""
    application = queries.own_application(session, actor, application_id)
    shown = _shown(request, session, actor, application, BLANK)
    url = f"/apply/{application_id}/people/{person_id}"
    person = next((one for one in shown["people"] if one["url"] == url and one["is_invited"]), None)
    if person is None or not shown["may"]:
        raise NotFound
    return render(request, session, "applications/remove_person.html", application=shown["application"], person=person)


@router.post("/people/invitations/{invitation_id}/end")
def end(session: RequestSession, actor: CurrentActor, application_id: PublicId, invitation_id: PublicId) -> Response:
    """Takes an invitation back that nobody has taken up."""
    application = queries.own_application(session, actor, application_id)
    service.end_invitation(session, actor, application, invitation_id, clock.now(session), clock.real_now())
    return RedirectResponse(f"/apply/{application_id}/people", 303)
