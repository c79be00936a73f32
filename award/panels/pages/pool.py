"""The pool of judges of an authority: list, adding by hand, rest and return."""

from datetime import date
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from award.kernel import clock
from award.kernel.actor import Actor, Role, Scope
from award.kernel.errors import Invalid, NotFound
from award.kernel.i18n import N_, translate
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render, render_invalid
from award.panels import queries
from award.panels.forms import facts, new_judge
from award.panels.models import PoolMember
from award.panels.service import add_by_hand, change_judge, renew_judges, set_active
from award.panels.service.pool import default_last_day
from award.rounds.models import Authority
from award.rounds.pages.place import place_of
from award.rounds.queries import authorities_of, round_for

router = APIRouter(prefix="/office/judges", dependencies=[Depends(guard.office)])
in_round = APIRouter(prefix="/office/rounds/{round_id}/judges", dependencies=[Depends(guard.office)])
DONE = {
    "added": N_("The judge is in the pool and was written to."),
    "changed": N_("Saved."),
    "renewed": N_("The appointments have their new last day."),
}


@in_round.get("")
def of_round(round_id: PublicId) -> Response:
    """The pool, with the menu of the round one came from."""
    return RedirectResponse(f"/office/judges?round={round_id}", 303)


@router.get("")
def pool(
    request: Request, session: RequestSession, actor: CurrentActor,
    authority: str = "", round: str = "", done: str = "", q: str = "",  # noqa: A002 (names of the address)
) -> Response:  # fmt: skip
    """All judges of an authority, by name. q: a part of a name, an institution or a speciality."""
    shown = _pool(request, session, actor, authority_of(session, actor, authority, round), round, q)
    messages = [translate(request.state.language, DONE[done])] if done in DONE else []
    return render(request, session, "panels/judges.html", messages=messages, **shown)


def authority_of(session: Session, actor: Actor, public_id: str, round_id: str = "") -> Authority:
    """The actor's authority that is meant: that of the round one came from, the chosen one, or the first.

    Raises NotFound for one whose office he does not belong to.
    """
    if round_id:
        found = round_for(session, actor, round_id).award.authority
        if actor.has(Role.AWARD_OFFICE, Scope.AUTHORITY, found.id):
            return found
    mine = authorities_of(session, actor)
    chosen = [one for one in mine if one.public_id == public_id] if public_id else mine
    if not chosen:
        raise NotFound
    return chosen[0]


def _pool(
    request: Request, session: Session, actor: Actor, authority: Authority, round_id: str = "", q: str = ""
) -> dict[str, Any]:
    members = queries.pool_of(session, authority.id)
    now = clock.now(session)
    today = authority.day_of(now)
    shown: dict[str, Any] = {
        "current": "judges",
        "authority": {"id": authority.public_id, "name": _name(request, authority)},
        "authorities": [{"id": one.public_id, "name": _name(request, one)} for one in authorities_of(session, actor)],
        "rows": [_row(one, today) for one in queries.found_in_pool(session, authority.id, q)],
        "total": len(members),
        "active": sum(one.is_active and one.last_day >= today for one in members),
        "q": q,
        "typed": {},
        "ticked": [],
        "last_day": default_last_day(session, authority, now).isoformat(),
    }
    if round_id:
        shown |= place_of(actor, round_for(session, actor, round_id), "judges", now)
    return shown


def _name(request: Request, authority: Authority) -> str:
    return authority.name.in_language(request.state.language)


def _row(member: PoolMember, today: date) -> dict[str, Any]:
    return {
        "id": member.public_id, "name": member.person.name, "email": member.person.email, "institution": member.institution,
        "title": member.title, "speciality": member.speciality, "region": member.region, "is_active": member.is_active,
        "last_day": member.last_day, "is_over": member.last_day < today,
        "has_account": member.person.password_hash is not None, "url": f"/office/judges/members/{member.public_id}",
    }  # fmt: skip


@router.post("")
def add(request: Request, session: RequestSession, actor: CurrentActor, form: Form) -> Response:
    """Takes a judge into the pool and writes to him."""
    authority = authority_of(session, actor, form.get("authority"))
    try:
        judge = new_judge(form)
        add_by_hand(session, actor, authority, judge.name, judge.email, judge.facts, clock.now(session))
    except Invalid as error:
        shown = _pool(request, session, actor, authority_of(session, actor, form.get("authority")))
        shown["typed"] = {name: form.get(name) for name in form.names()}
        return render_invalid(request, session, "panels/judges.html", error, **shown)
    return RedirectResponse(f"/office/judges?authority={authority.public_id}&done=added", 303)


@router.post("/renewals")
def renew(request: Request, session: RequestSession, actor: CurrentActor, form: Form) -> Response:
    """Gives every judge that is ticked the same new last day. From a search one comes back to it."""
    authority, ticked, q = authority_of(session, actor, form.get("authority")), form.all("ticked"), form.get("q")
    try:
        last_day = form.day("renewed_until", required=False)
        form.check()
        members = queries.members_in(session, authority.id, ticked)
        renew_judges(session, actor, authority, members, last_day, clock.now(session))
    except Invalid as error:
        shown = _pool(request, session, actor, authority, q=q)
        shown |= {"typed": {"renewed_until": form.get("renewed_until")}, "ticked": ticked}
        return render_invalid(request, session, "panels/judges.html", error, **shown)
    return RedirectResponse(f"/office/judges?authority={authority.public_id}&done=renewed&q={quote(q)}", 303)


@router.get("/members/{member_id}")
def one_judge(request: Request, session: RequestSession, actor: CurrentActor, member_id: PublicId) -> Response:
    """What is kept about one judge."""
    authority, member = _member(session, actor, member_id)
    return render(request, session, "panels/judge.html", **_judge(request, session, authority, member))


def _member(session: Session, actor: Actor, member_id: str) -> tuple[Authority, PoolMember]:
    for authority in authorities_of(session, actor):
        member = session.scalar(
            select(PoolMember).where(PoolMember.authority_id == authority.id, PoolMember.public_id == member_id)
        )
        if member is not None:
            return authority, member
    raise NotFound


def _judge(request: Request, session: Session, authority: Authority, member: PoolMember) -> dict[str, Any]:
    today = authority.day_of(clock.now(session))
    return {"authority": {"id": authority.public_id, "name": _name(request, authority)}, "row": _row(member, today)}


@router.post("/members/{member_id}")
def change(request: Request, session: RequestSession, actor: CurrentActor, member_id: PublicId, form: Form) -> Response:
    """Corrects what is kept about a judge; act rest or return changes only that."""
    authority, member = _member(session, actor, member_id)
    try:
        act = form.act("save", "rest", "return")
        if act in ("rest", "return"):
            set_active(session, actor, authority, member, act == "return")
        else:
            found = facts(form)
            form.check()
            change_judge(session, actor, authority, member, found, clock.now(session))
    except Invalid as error:
        shown = _judge(request, session, authority, member)
        shown["row"] |= {name: form.get(name) for name in ("institution", "title", "speciality", "region", "last_day")}
        return render_invalid(request, session, "panels/judge.html", error, **shown)
    return RedirectResponse(f"/office/judges?authority={authority.public_id}&done=changed", 303)
