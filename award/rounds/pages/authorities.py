"""Authorities, entered by the system administrator."""

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select

from award.kernel import clock
from award.kernel.actor import Actor, Role
from award.kernel.errors import Invalid
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, RequestSession
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render, render_invalid
from award.rounds import service
from award.rounds.models import Authority

router = APIRouter(prefix="/admin/authorities", dependencies=[Depends(guard.administrators)])


@router.get("")
def authorities(request: Request, session: RequestSession, actor: CurrentActor) -> Response:
    """All authorities, and the form for one more."""
    return render(
        request, session, "rounds/authorities.html", authorities=list(session.scalars(select(Authority))),
        typed={"zone": "Asia/Shanghai"}, may_enter=_may_enter(actor),
    )  # fmt: skip


@router.post("")
def enter(request: Request, session: RequestSession, actor: CurrentActor, form: Form) -> Response:
    """Enters an authority."""
    known = list(session.scalars(select(Authority)))
    try:
        name_zh, name_en = form.text("name_zh", longest=80), form.text("name_en", longest=120)
        zone, contact = form.text("zone", longest=40), form.text("contact", required=False)
        code = form.text("division_code", required=False, longest=6)
        form.check()
        service.create_authority(
            session, actor, name_zh, name_en, zone, clock.now(session), division_code=code, contact=contact
        )
    except Invalid as error:
        typed = {name: form.get(name) for name in form.names()}
        return render_invalid(
            request, session, "rounds/authorities.html", error, authorities=known, typed=typed, may_enter=_may_enter(actor)
        )
    return RedirectResponse("/admin/authorities", 303)


def _may_enter(actor: Actor) -> bool:
    return Role.SYSTEM_ADMINISTRATOR in actor.roles
