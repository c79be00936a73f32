"""The versions of a part: who saved them and when, what differs between any two, and making an earlier one the present."""

from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse
from sqlalchemy.orm import Session

from award.accounts.queries import names_of
from award.applications import queries
from award.applications.models import AnswerRevision, Application
from award.applications.pages import views
from award.applications.pages.changes import compared
from award.applications.pages.items import save_text, show_both
from award.applications.pages.presence import Part
from award.kernel.errors import NotFound, Stale
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.downloads import disposition
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render
from award.kernel.web.unreadable import known_query

router = APIRouter(prefix="/apply/{application_id}/items/{part}/history", dependencies=[Depends(guard.applicants)])
PRESENT = 0
"""The place of the present text; the earlier ones are counted from 1."""
Place = Annotated[int | None, Query(ge=0, le=999_999)]


@dataclass(frozen=True)
class Version:
    """One line of the history, as the template shows it. kind: present, saved, rejected (kept because it could not be saved).

    same_as: when the same text was there before another one took its place, "" where it was not: so a restored one says it.
    """

    place: int
    kind: str
    when: str
    by: str
    text: str
    url: str
    same_as: str = ""


@router.get("", dependencies=[Depends(known_query)])
def history(
    request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId, part: Part,
    old: Place = None, new: Place = None,
) -> Response:  # fmt: skip
    """All versions, newest first, and what differs between two of them: without a choice, what was changed last."""
    application = queries.own_application(session, actor, application_id)
    desk = views.desk_of(request, session, application)
    if desk.part(part) is None:
        raise NotFound
    answer = queries.answers_of(session, application).get(part)
    versions = _versions(session, desk, part)
    number, name, _ = views.name_of(desk, part)
    return render(
        request, session, "applications/history.html", application=views.head(desk),
        item={"key": number, "name": name, "url": desk.url(part), "version": answer.version if answer else 0},
        closed=views.closed_reason(session, actor, desk, part=part), versions=versions, compared=_compared(versions, old, new),
    )  # fmt: skip


def _versions(session: Session, desk: views.Desk, part: str) -> list[Version]:
    answer = queries.answers_of(session, desk.application).get(part)
    revisions = queries.revisions_of(session, desk.application, part)
    names = names_of(session, [one.by for one in revisions] + ([answer.updated_by] if answer else []))
    url = f"{desk.url(part)}/history"
    found = [
        Version(place, one.kind, desk.moment(one.at, with_seconds=True), names.get(one.by, ""), one.text, f"{url}/{place}")
        for place, one in enumerate(revisions, 1)
    ]
    if answer:
        by = names.get(answer.updated_by, "")
        when = desk.moment(answer.updated_at, with_seconds=True)
        found.append(Version(PRESENT, "present", when, by, answer.text, desk.url(part)))
    return _with_origins(found)[::-1]


def _with_origins(versions: list[Version]) -> list[Version]:
    """The versions, oldest first, each with the moment its text was there before."""
    last = dict[str, str]()
    found, previous = [], ""
    for one in versions:
        same_as = last.get(one.text, "") if one.text != previous else ""
        found.append(replace(one, same_as=same_as))
        if one.kind != "rejected":
            last[one.text] = one.when
            previous = one.text
    return found


def _compared(versions: list[Version], old: int | None, new: int | None) -> dict[str, Any] | None:
    """The difference of two versions. Raises NotFound for a place that is not there."""
    if len(versions) < 2:
        return None
    by_place = {one.place: one for one in versions}
    saved = [one.place for one in versions if one.kind != "rejected"]
    new = saved[0] if new is None and saved else new
    if old is None:
        older = [one.place for one in versions if one.place not in (new, PRESENT) and one.kind != "rejected"]
        old = older[0] if older else versions[1].place
    if old not in by_place or new not in by_place:
        raise NotFound
    before, after = by_place[old], by_place[new]
    return {"old": before, "new": after, **compared(before.text, after.text)}


@router.get("/{place}.txt")
def earlier_text(session: RequestSession, actor: CurrentActor, application_id: PublicId, part: Part, place: int) -> Response:
    """An earlier text as a file."""
    application = queries.own_application(session, actor, application_id)
    name = f"{application.entrant}-{part}-{place}.txt"
    headers = {"content-disposition": disposition(name, inline=False)}
    return PlainTextResponse(_revision(session, application, part, place).text, headers=headers)


def _revision(session: Session, application: Application, part: str, place: int) -> AnswerRevision:
    revisions = queries.revisions_of(session, application, part)
    if not 1 <= place <= len(revisions):
        raise NotFound
    return revisions[place - 1]


@router.post("/{place}/restore")
def restore(
    request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId, part: Part, place: int, form: Form
) -> Response:
    """Makes an earlier text the present one; the present one becomes an earlier version."""
    application = queries.own_application(session, actor, application_id)
    text = _revision(session, application, part, place).text
    version = form.version()
    form.check()
    try:
        save_text(request, session, actor, application_id, part, text, None, version, keeps=True)
    except Stale as stale:
        return show_both(request, session, actor, application_id, part, stale, {"text": text, "is_done": "no"})
    return RedirectResponse(f"/apply/{application_id}/items/{part}", 303)
