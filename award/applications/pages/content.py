"""Submitted content prepared for reading: by headings, texts with links to the evidence they name."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from award.applications.check import PROFILE, REFERENCE
from award.applications.models import Application
from award.applications.pages import views
from award.applications.pages.profile import shown_facts
from award.applications.queries import Content, SubmittedEvidence, answers_of, evidence_of

Piece = tuple[str, str]
"""Text and the address it links to, "" for plain text."""
Viewers = Callable[[SubmittedEvidence], str]
"""Where a piece of evidence is read page by page, for whoever reads the text; ?page= or &page= is put behind it."""


def shown_content(desk: views.Desk, content: Content, viewer: Viewers) -> dict[str, Any]:
    """What was submitted, by headings."""
    return {
        "number": content.number,
        "sha256": content.sha256,
        "when": desk.moment(content.submitted_at, with_zone=True),
        **_body(desk, content.organisation, content.profile, content.parts, content.evidence, viewer),
    }


def shown_draft(session: Session, desk: views.Desk) -> dict[str, Any]:
    """The draft as it stands, the same way. For its owner only."""
    organisation = desk.application.organisation
    parts = {part: answer.text for part, answer in answers_of(session, desk.application).items()}
    facts = {"credit_code": organisation.credit_code, "name": organisation.name, "address": organisation.address}
    body = _body(desk, facts, desk.application.profile, parts, evidence_in(session, desk.application), own_viewer(session, desk))
    return {"number": 0, "sha256": "", "when": desk.moment(desk.now, with_zone=True), **body}


def evidence_in(session: Session, application: Application) -> tuple[SubmittedEvidence, ...]:
    """The files of the draft as a submission would hold them."""
    return tuple(
        SubmittedEvidence(one.public_id, one.code, one.title, one.file.name, one.file.sha256, one.file.size, one.file.pages)
        for one in evidence_of(session, application)
    )


def own_viewer(session: Session, desk: views.Desk) -> Viewers:
    """An owner reads what is in his library page by page; what he has taken out of it since he can only download."""
    present = {one.public_id for one in evidence_of(session, desk.application)}
    return lambda one: f"{desk.base}/evidence/{one.id}" if one.id in present else f"/evidence/{one.id}"


def _body(
    desk: views.Desk, organisation: Mapping[str, str], profile: Mapping[str, str], parts: Mapping[str, str],
    evidence: tuple[SubmittedEvidence, ...], viewer: Viewers,
) -> dict[str, Any]:  # fmt: skip
    codes = {one.code: viewer(one) for one in evidence}

    def part(key: str) -> dict[str, Any]:
        number, name, points = views.name_of(desk, key)
        text = parts.get(key, "")
        return {"key": key, "number": number, "name": name, "points": points, "pieces": pieces(text, codes), "count": len(text)}

    sections = [part(one.key) for one in desk.parts if one.key.startswith(PROFILE)]
    return {
        "organisation": organisation,
        "headings": views.headings(desk),
        "facts": shown_facts(desk, profile),
        "sections": sections,
        "categories": [
            {"number": one.number, "name": desk.say(one.name), "points": one.points, "parts": [part(item.key) for item in one.items]}
            for one in desk.criteria.categories
        ],
        "evidence": [
            {"code": one.code, "title": one.title, "name": one.name, "size": views.size_text(one.size), "pages": one.pages,
             "sha256": one.sha256, "url": viewer(one), "id": one.id}
            for one in evidence
        ],
    }  # fmt: skip


def pieces(text: str, codes: Mapping[str, str]) -> list[Piece]:
    """A text cut at the evidence it names, each with the address where it is read, at the page where one is named."""
    found: list[Piece] = []
    last = 0
    for match in REFERENCE.finditer(text):
        url = codes.get(f"E-{int(match['code'])}", "")
        if url:
            page = match["zh"] or match["en"]
            at = f"{'&' if '?' in url else '?'}page={int(page)}" if page else ""
            found += [(text[last : match.start()], ""), (match[0], url + at)]
            last = match.end()
    return [*found, (text[last:], "")]
