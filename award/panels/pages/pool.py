"""The pool of judges of an authority: list, adding by hand and from a table, rest and return."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from award.kernel import clock, db
from award.kernel.actor import Actor, Role, Scope
from award.kernel.errors import FieldError, Invalid, NotFound
from award.kernel.files.models import StoredFile
from award.kernel.files.service import Limits, keep, prepare_upload
from award.kernel.i18n import N_, translate
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.downloads import disposition
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render, render_invalid
from award.panels import queries
from award.panels.forms import facts, new_judge
from award.panels.models import PoolMember
from award.panels.service import add_by_hand, apply_import, change_judge, set_active
from award.panels.service.importing import COLUMNS, Plan, plan_import
from award.panels.service.pool import default_last_day
from award.panels.workbook import TABLE, read_table, template
from award.rounds.models import Authority
from award.rounds.pages.place import place_of
from award.rounds.queries import authorities_of, round_for

router = APIRouter(prefix="/office/judges", dependencies=[Depends(guard.office)])
in_round = APIRouter(prefix="/office/rounds/{round_id}/judges", dependencies=[Depends(guard.office)])
PURPOSE = "judge_import"
LIMITS = Limits(5, frozenset({"xlsx"}))
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DONE = {
    "added": N_("The judge is in the pool and was written to."),
    "imported": N_("The table was imported."),
    "changed": N_("Saved."),
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
    today = now.astimezone(ZoneInfo(authority.zone)).date()
    shown: dict[str, Any] = {
        "current": "judges",
        "authority": {"id": authority.public_id, "name": _name(request, authority)},
        "authorities": [{"id": one.public_id, "name": _name(request, one)} for one in authorities_of(session, actor)],
        "rows": [_row(one, today) for one in queries.found_in_pool(session, authority.id, q)],
        "total": len(members),
        "active": sum(one.is_active and one.last_day >= today for one in members),
        "q": q,
        "typed": {}, "last_day": default_last_day(session, authority, now).isoformat(),
    }
    if round_id:
        shown |= place_of(actor, round_for(session, actor, round_id), "judges", now)
    return shown


def _name(request: Request, authority: Authority) -> str:
    return authority.name_en if request.state.language == "en" else authority.name_zh


def _row(member: PoolMember, today: date) -> dict[str, Any]:
    return {
        "id": member.public_id, "name": member.person.name, "email": member.person.email, "institution": member.institution,
        "title": member.title, "speciality": member.speciality, "region": member.region, "is_active": member.is_active,
        "last_day": member.last_day.isoformat(), "is_over": member.last_day < today,
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


@router.get("/template.xlsx")
def download_template(request: Request) -> Response:
    """The empty table."""
    language = request.state.language
    name = f"{translate(language, TABLE)}.xlsx"
    return Response(template(language), media_type=XLSX, headers={"content-disposition": disposition(name, inline=False)})


@router.get("/import")
def before_importing(
    request: Request, session: RequestSession, actor: CurrentActor, authority: str = ""
) -> Response:
    """What the table has to look like, and where to choose it."""
    found = authority_of(session, actor, authority)
    return render(request, session, "panels/import.html", **_import(request, found))


def _import(request: Request, authority: Authority, plan: Plan | None = None, file_id: str = "") -> dict[str, Any]:
    language = request.state.language
    titles = {name: translate(language, title) for name, title, _, _ in COLUMNS}
    return {
        "authority": {"id": authority.public_id, "name": _name(request, authority)},
        "mib": LIMITS.mib,
        "columns": [
            {"title": translate(language, title), "longest": longest, "is_needed": needed}
            for _, title, longest, needed in COLUMNS
        ],
        "plan": None if plan is None else {
            "changes": [
                {"number": one.number, "kind": one.kind, "name": one.name, "email": one.email, "institution": one.facts.institution,
                 "changes": [{"title": titles[name], "before": before, "after": after} for name, before, after in one.changes]}
                for one in plan.changes
            ],
            "faults": [
                {"cell": one.field, "text": translate(language, one.text, one.params)} for one in plan.faults
            ],
            "counts": {kind: sum(one.kind == kind for one in plan.changes) for kind in ("added", "changed", "same")},
            "is_empty": plan.is_empty,
        },
        "file_id": file_id,
    }  # fmt: skip


@router.post("/import")
def try_import(request: Request, session: RequestSession, actor: CurrentActor, form: Form) -> Response:
    """Shows what a table would do, line by line, and each fault by its cell; nothing of it is done yet."""
    upload = form.file("file")
    try:
        if upload is None:
            raise Invalid([FieldError("file", N_("Choose a file first."))])
        # Before the session is used, because reading the file is slow.
        prepared = prepare_upload(upload.filename or "", upload.file, LIMITS)
        rows = read_table(prepared.sha256, prepared.name)
    except Invalid as error:
        shown = _import(request, authority_of(session, actor, form.get("authority")))
        return render_invalid(request, session, "panels/import.html", error, **shown)
    authority = authority_of(session, actor, form.get("authority"))
    plan = plan_import(session, actor, authority, rows)
    stored = keep(session, prepared, actor.person_id, clock.now(session), PURPOSE)
    return render(request, session, "panels/import.html", **_import(request, authority, plan, stored.public_id))


@router.post("/import/{file_id}")
def do_import(
    request: Request, session: RequestSession, actor: CurrentActor, file_id: PublicId, form: Form
) -> Response:
    """Imports the table that was looked at, whole; where the pool has changed meanwhile, it is shown again."""
    with db.reading(request.app.state.engine) as reading:
        query = select(StoredFile).where(
            StoredFile.public_id == file_id, StoredFile.purpose == PURPOSE, StoredFile.created_by == actor.person_id
        )
        stored = reading.scalar(query)
    if stored is None:
        raise NotFound
    rows = read_table(stored.sha256, stored.name)
    authority = authority_of(session, actor, form.get("authority"))
    try:
        apply_import(session, actor, authority, rows, clock.now(session))
    except Invalid as error:
        plan = Plan((), tuple(error.errors))
        return render_invalid(
            request, session, "panels/import.html", Invalid([]), **_import(request, authority, plan, file_id)
        )
    return RedirectResponse(f"/office/judges?authority={authority.public_id}&done=imported", 303)


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
    today = clock.now(session).astimezone(ZoneInfo(authority.zone)).date()
    return {"authority": {"id": authority.public_id, "name": _name(request, authority)}, "row": _row(member, today)}


@router.post("/members/{member_id}")
def change(
    request: Request, session: RequestSession, actor: CurrentActor, member_id: PublicId, form: Form
) -> Response:
    """Corrects what is kept about a judge; act rest or return changes only that."""
    authority, member = _member(session, actor, member_id)
    try:
        if form.get("act") in ("rest", "return"):
            set_active(session, actor, authority, member, form.get("act") == "return")
        else:
            found = facts(form)
            form.check()
            change_judge(session, actor, authority, member, found, clock.now(session))
    except Invalid as error:
        shown = _judge(request, session, authority, member)
        shown["row"] |= {name: form.get(name) for name in ("institution", "title", "speciality", "region", "last_day")}
        return render_invalid(request, session, "panels/judge.html", error, **shown)
    return RedirectResponse(f"/office/judges?authority={authority.public_id}&done=changed", 303)
