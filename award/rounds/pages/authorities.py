"""Authorities, entered by the system administrator."""

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from award.kernel import clock
from award.kernel.actor import Actor, Role
from award.kernel.errors import Invalid, NotFound
from award.kernel.i18n import N_, translate
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render, render_invalid
from award.rounds import service
from award.rounds.models import Authority, Award

router = APIRouter(prefix="/admin/authorities", dependencies=[Depends(guard.administrators)])
ONE, AWARD = "rounds/authority.html", "rounds/award.html"
CHANGEABLE = ("name_zh", "name_en", "division_code", "contact")
DONE = {"entered": N_("The authority is entered."), "changed": N_("The authority is corrected."),
        "renamed": N_("The award is renamed.")}


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
    return render(request, session, ONE, authority=found, awards=_awards(session, found), typed=typed, may_enter=_may_enter(actor))


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
        page = {"authority": found, "awards": _awards(session, found), "typed": typed, "may_enter": _may_enter(actor)}
        return render_invalid(request, session, ONE, error, **page)
    return RedirectResponse("/admin/authorities?done=changed", 303)


@router.get("/{authority_id}/awards/{award_id}")
def award(
    request: Request, session: RequestSession, actor: CurrentActor, authority_id: PublicId, award_id: PublicId
) -> Response:
    """What one of its awards is called."""
    found = _award(session, authority_id, award_id)
    typed = {"name_zh": found.name_zh, "name_en": found.name_en}
    return render(request, session, AWARD, award=found, typed=typed, may_enter=_may_enter(actor))


@router.post("/{authority_id}/awards/{award_id}")
def rename(
    request: Request, session: RequestSession, actor: CurrentActor, authority_id: PublicId, award_id: PublicId, form: Form
) -> Response:
    """Corrects it."""
    found = _award(session, authority_id, award_id)
    try:
        name_zh, name_en = form.text("name_zh", longest=80), form.text("name_en", longest=120)
        form.check()
        service.rename_award(session, actor, found, name_zh, name_en)
    except Invalid as error:
        typed = {name: form.get(name) for name in ("name_zh", "name_en")}
        return render_invalid(request, session, AWARD, error, award=found, typed=typed, may_enter=_may_enter(actor))
    return RedirectResponse("/admin/authorities?done=renamed", 303)


def _award(session: Session, authority_id: str, award_id: str) -> Award:
    query = select(Award).join(Award.authority).options(joinedload(Award.authority))
    found = session.scalar(query.where(Authority.public_id == authority_id, Award.public_id == award_id))
    if found is None:
        raise NotFound
    return found


def _awards(session: Session, authority: Authority) -> list[Award]:
    return list(session.scalars(select(Award).where(Award.authority_id == authority.id).order_by(Award.name_zh)))


def _found(session: Session, public_id: str) -> Authority:
    found = session.scalar(select(Authority).where(Authority.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def _may_enter(actor: Actor) -> bool:
    return Role.SYSTEM_ADMINISTRATOR in actor.roles
