"""Calls, notices and announcements as the public reads them, and objections to a notice."""

from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from award.applications.models import Application
from award.kernel import clock, ids
from award.kernel.documents.models import Document
from award.kernel.documents.queries import latest_for
from award.kernel.errors import Invalid, NotFound
from award.kernel.i18n import format_day, translate
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.downloads import send_file
from award.kernel.web.forms import Form
from award.kernel.web.limits import Limit
from award.kernel.web.rendering import render, render_invalid
from award.regulations.model import Text
from award.results.forms import LONGEST_TEXT
from award.results.official import subject_of
from award.results.pages.desk import typed_of
from award.results.pages.site import site_of, url_of
from award.results.pages.titles import KINDS, title_of
from award.results.papers import NOTICE_COLUMNS, NOTICE_TEXT, UNITS
from award.results.published import (
    Published,
    candidates_of,
    closes_at,
    latest_of,
    moment_of,
    snapshot_for,
    stages_of,
    successor_of,
    text_of,
)
from award.results.service.noticing import file_objection
from award.rounds.models import Round
from award.rounds.queries import with_stages

router = APIRouter(dependencies=[Depends(guard.public)])
RECEIPT = Path(pattern=rf"^YY-[{ids.ALPHABET.upper()}]{{8}}$")
objections = Limit(10, timedelta(hours=1))
"""Objections one address may file."""


@router.get("/notices")
def notices(request: Request, session: RequestSession, kind: str = "") -> Response:
    """Everything that is published, newest first. kind: call, notice or result; "" is all."""
    language, published = request.state.language, latest_of(session)
    rows = [
        {"title": title_of(one), "url": url_of(one), "kind": KINDS[one.kind], "published": one}
        for one in published
        if kind in ("", one.kind)
    ]
    calls = [one for one in published if one.kind == "call"]
    return render(request, session, "public/notices.html", **site_of(calls, language), rows=rows, kind=kind, kinds=KINDS)


@router.get("/calls/{round_id}")
def call(request: Request, session: RequestSession, round_id: PublicId) -> Response:
    """The call of a round as it stands now."""
    calls = latest_of(session, "call")
    found = next((one for one in calls if one.round == round_id), None)
    if found is None:
        raise NotFound
    now, language = clock.now(session), request.state.language
    stages = stages_of(found, now)
    return render(
        request, session, "public/call.html", **site_of(calls, language), call=found, heading=title_of(found), stages=stages,
        may_apply=any(one.kind == "apply" and one.state == "running" for one in stages), text_of=text_of, moment_of=moment_of,
    )  # fmt: skip


@router.get("/notices/{notice_id}")
def notice(request: Request, session: RequestSession, notice_id: PublicId) -> Response:
    """A notice with the form for objections, or the announcement of a result."""
    found = snapshot_for(session, notice_id)
    if found.kind == "call":
        return RedirectResponse(url_of(found), 303)
    page = _page(request, session, found)
    return render(request, session, f"public/{found.kind}.html", **page, typed={})


def _page(request: Request, session: Session, found: Published) -> dict[str, Any]:
    language = request.state.language
    page: dict[str, Any] = {
        **site_of(latest_of(session, "call"), language), "published": found, "content": found.content,
        "heading": title_of(found), "text_of": text_of, "day_of": date.fromisoformat, "newer": successor_of(session, found),
        "url": url_of(found),
    }  # fmt: skip
    page["has_paper"] = _paper(session, found) is not None
    if found.kind == "notice":
        page |= {
            "paragraphs": [translate(language, text, _facts(found, language)) for text in NOTICE_TEXT],
            "columns": NOTICE_COLUMNS, "closes_at": closes_at(found),
            "is_open": clock.now(session) < closes_at(found), "candidates": candidates_of(found),
        }  # fmt: skip
    return page


def _paper(session: Session, found: Published) -> Document | None:
    """The paper of a notice, or of the very announcement that is read, once it has been made."""
    subject = f"round:{found.round}" if found.kind == "notice" else subject_of(found.public_id)
    return latest_for(session, "notice", subject, "zh", ready=True)


def _facts(found: Published, language: str) -> dict[str, object]:
    content = found.content
    first, last = (format_day(language, date.fromisoformat(content[key])) for key in ("first_day", "last_day"))
    return {
        "round": found.title, "stages": [text_of(one) for one in content["stages"]], "count": len(candidates_of(found)),
        "days": content["days"], "unit": Text(translate("zh", UNITS[content["unit"]]), UNITS[content["unit"]]),
        "first": first, "last": last, "contact": content["contact"],
    }  # fmt: skip


@router.get("/notices/{notice_id}/document")
def document(request: Request, session: RequestSession, notice_id: PublicId) -> Response:
    """The paper of a notice or an announcement as PDF, once it has been made."""
    found = snapshot_for(session, notice_id)
    paper = _paper(session, found)
    if paper is None or paper.file is None:
        raise NotFound
    return send_file(paper.file, inline=True, name=f"{title_of(found).in_language('zh')}.pdf")


@router.post("/notices/{notice_id}/objections")
def objection(
    request: Request, session: RequestSession, actor: CurrentActor, notice_id: PublicId, form: Form
) -> Response:
    """Takes in an objection; its author sees a receipt number and nothing of what was stored."""
    found = snapshot_for(session, notice_id)
    if found.kind != "notice":
        raise NotFound
    page = _page(request, session, found)
    try:
        about = form.choice("about", [key for key, _ in candidates_of(found)], required=False)
        name, contact = form.text("name", required=False, longest=80), form.text("contact", required=False)
        text = form.text("text", required=False, longest=LONGEST_TEXT, lines=True)
        form.check()
        objections.take(actor.address)
        filed = file_objection(
            session, actor, _round_of(session, found), application_id=_application_id(session, found, about),
            name=name, contact=contact, text=text, now=clock.now(session),
        )  # fmt: skip
    except Invalid as error:
        return render_invalid(request, session, "public/notice.html", error, **page, typed=typed_of(request))
    return RedirectResponse(f"/notices/{notice_id}/objections/{filed.receipt}", 303)


def _round_of(session: Session, found: Published) -> Round:
    return session.scalars(with_stages().where(Round.id == found.round_id)).one()


def _application_id(session: Session, found: Published, public_id: str) -> int | None:
    query = select(Application.id).where(Application.public_id == public_id, Application.round_id == found.round_id)
    return session.scalar(query) if public_id else None


@router.get("/notices/{notice_id}/objections/{receipt}")
def receipt(request: Request, session: RequestSession, notice_id: PublicId, receipt: str = RECEIPT) -> Response:
    """The number an author keeps. Nothing is looked up: whoever holds a number learns nothing by showing it."""
    found = snapshot_for(session, notice_id)
    return render(
        request, session, "public/receipt.html", **site_of(latest_of(session, "call"), request.state.language), receipt=receipt,
        heading=title_of(found), url=url_of(found), contact=found.content.get("contact", ""),
    )  # fmt: skip
