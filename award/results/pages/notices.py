"""Calls, notices and announcements as the public reads them."""

import json
from datetime import date
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from award.kernel import clock, ids
from award.kernel.documents.models import Document
from award.kernel.documents.queries import latest_for
from award.kernel.errors import NotFound
from award.kernel.i18n import format_day, translate
from award.kernel.web import guard
from award.kernel.web.context import PublicId, RequestSession
from award.kernel.web.downloads import send_file
from award.kernel.web.rendering import render
from award.regulations.model import Text
from award.results.official import subject_of
from award.results.pages.listing import listed, url_of
from award.results.pages.site import site_of
from award.results.pages.titles import KINDS, title_of
from award.results.papers import NOTICE_COLUMNS, UNITS, Correction, texts_of, told
from award.results.published import (
    Published,
    candidates_of,
    closes_at,
    entered_in,
    extensions_of,
    latest_of,
    moment_of,
    notices_among,
    snapshot_for,
    stages_of,
    successor_of,
    takes_applications,
    text_of,
)

router = APIRouter(dependencies=[Depends(guard.public)])


@router.get("/notices")
def notices(request: Request, session: RequestSession, kind: str = "") -> Response:
    """Everything that is published, newest first. kind: call, notice or result; "" is all."""
    language, published = request.state.language, latest_of(session)
    rows = [one for one in listed(session, published) if kind in ("", one.kind)]
    calls = [one for one in published if one.kind == "call"]
    return render(request, session, "public/notices.html", **site_of(calls, language), rows=rows, kind=kind, kinds=KINDS)


@router.get("/calls/{round_id}")
def call(request: Request, session: RequestSession, round_id: PublicId) -> Response:
    """The call of a round as it stands now."""
    published = latest_of(session, "call", "notice")
    calls = [one for one in published if one.kind == "call"]
    found = next((one for one in calls if one.round == round_id), None)
    if found is None:
        raise NotFound
    now, language = clock.now(session), request.state.language
    out = notices_among(published).get(found.round_id)
    until = closes_at(out) if out else None
    stages = stages_of(found, out, entered_in(session).get(found.round_id, {}), now)
    return render(
        request, session, "public/call.html", **site_of(calls, language), call=found, heading=title_of(found), stages=stages,
        extensions=extensions_of(found), out=out, out_until=until, is_over=until is not None and until <= now,
        may_apply=takes_applications(stages, now), text_of=text_of, moment_of=moment_of,
    )  # fmt: skip


@router.get("/notices/{notice_id}")
def notice(request: Request, session: RequestSession, notice_id: PublicId) -> Response:
    """A notice with the form for objections, or the announcement of a result."""
    found = snapshot_for(session, notice_id)
    if found.kind == "call":
        return RedirectResponse(url_of(found), 303)
    page = notice_page(request, session, found)
    return render(request, session, f"public/{found.kind}.html", **page, typed={})


def notice_page(request: Request, session: Session, found: Published) -> dict[str, Any]:
    """What the page of a notice or an announcement is given, but for what was typed."""
    language = request.state.language
    page: dict[str, Any] = {
        **site_of(latest_of(session, "call"), language), "published": found, "content": found.content,
        "heading": title_of(found), "text_of": text_of, "day_of": date.fromisoformat, "newer": successor_of(session, found),
        "url": url_of(found),
    }  # fmt: skip
    page["has_paper"] = _paper(session, found) is not None
    if found.kind == "notice":
        page |= {
            "paragraphs": _paragraphs(found, language),
            "columns": [told(one, recommends=found.recommends) for one in NOTICE_COLUMNS], "closes_at": closes_at(found),
            "is_open": page["newer"] is None and clock.now(session) < closes_at(found), "candidates": _choices(found, language),
            "key": ids.new_token(),
        }  # fmt: skip
    return page


def _paper(session: Session, found: Published) -> Document | None:
    """The paper of the very notice or announcement that is read, once it has been made."""
    if found.kind == "notice":
        subject, number = f"round:{found.round}", found.content["document_number"]
        papers = session.scalars(select(Document).where(Document.kind == "notice", Document.subject == subject, Document.state == "ready"))
        return next((one for one in papers if json.loads(one.view)["document_number"] == number), None)
    return latest_for(session, "notice", subject_of(found.public_id), "zh", ready=True)


def _choices(found: Published, language: str) -> list[tuple[str, str]]:
    """Whom an objection can be about, with the English name before the Chinese one where the reader reads English."""
    english = {
        one["application"]: one.get("name_en", "") for group in found.content["groups"] for one in group["winners"]
    } if language == "en" else {}  # fmt: skip
    return [(key, " · ".join(filter(None, (english.get(key), name)))) for key, name in candidates_of(found)]


def _paragraphs(found: Published, language: str) -> list[str]:
    facts, corrected = _facts(found, language), found.content.get("corrects")
    correction = None
    if corrected is not None:
        on, added = date.fromisoformat(corrected["published_on"]), tuple(corrected["added"])
        correction = Correction(corrected["notice"], corrected["document_number"], on, corrected["reason"], added)
    texts = texts_of(correction, language, recommends=found.recommends)
    return [translate(language, text, {**facts, **more}) for text, more in texts]


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
