"""Authorities, entered by the system administrator."""

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from award.kernel import clock
from award.kernel.actor import Actor, Role
from award.kernel.errors import Invalid, NotFound
from award.kernel.i18n import N_, translate
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render, render_invalid
from award.rounds import service
from award.rounds.models import Authority

router = APIRouter(prefix="/admin/authorities", dependencies=[Depends(guard.administrators)])
ONE = "rounds/authority.html"
CHANGEABLE = ("name_zh", "name_en", "division_code", "contact")
DONE = {"entered": N_("The authority is entered."), "changed": N_("The authority is corrected.")}


@router.get("")
def authorities(request: Request, session: RequestSession, actor: CurrentActor, done: str = "") -> Response:
    """All authorities, and the form for one more."""
    return render(
        request, session, "rounds/authorities.html", authorities=list(session.scalars(select(Authority))),
        typed={"zone": "Asia/Shanghai"}, may_enter=_may_enter(actor),
        messages=[translate(request.state.language, DONE[done])] if done in DONE else [],
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
    return RedirectResponse("/admin/authorities?done=entered", 303)


@router.get("/{authority_id}")
def authority(request: Request, session: RequestSession, actor: CurrentActor, authority_id: PublicId) -> Response:
    """What can be corrected of one authority."""
    found = _found(session, authority_id)
    typed = {name: getattr(found, name) for name in CHANGEABLE}
    return render(request, session, ONE, authority=found, typed=typed, may_enter=_may_enter(actor))


@router.post("/{authority_id}")
def change(
    request: Request, session: RequestSession, actor: CurrentActor, authority_id: PublicId, form: Form
) -> Response:
    """Corrects it."""
    found = _found(session, authority_id)
    try:
        name_zh, name_en = form.text("name_zh", longest=80), form.text("name_en", longest=120)
        code, contact = form.text("division_code", required=False, longest=6), form.text("contact", required=False)
        form.check()
        service.change_authority(session, actor, found, name_zh, name_en, division_code=code, contact=contact)
    except Invalid as error:
        typed = {name: form.get(name) for name in CHANGEABLE}
        return render_invalid(request, session, ONE, error, authority=found, typed=typed, may_enter=_may_enter(actor))
    return RedirectResponse("/admin/authorities?done=changed", 303)


def _found(session: Session, public_id: str) -> Authority:
    found = session.scalar(select(Authority).where(Authority.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def _may_enter(actor: Actor) -> bool:
    return Role.SYSTEM_ADMINISTRATOR in actor.roles
