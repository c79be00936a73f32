"""What a judge reads while scoring: the applicant's answer, its evidence page by page, its profile."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from award.applications.check import references_in
from award.applications.facts import HEADINGS
from award.applications.pages.content import pieces
from award.applications.pages.views import size_text
from award.applications.queries import Content, SubmittedEvidence, submission_content
from award.judging.pages.views import Bench
from award.kernel.i18n import N_
from award.regulations.model import Item

TABS = ("report", "evidence", "profile")


@dataclass(frozen=True)
class Opened:
    """What is being read. tab: report, evidence or profile. doc: public id of a piece of evidence, or "". page: from 1."""

    tab: str = "report"
    doc: str = ""
    page: int = 1

    @property
    def is_chosen(self) -> bool:
        """Whether something else than the answer was opened."""
        return self.tab in ("evidence", "profile") or bool(self.doc)

    def as_query(self) -> dict[str, str]:
        """As it stands in an address."""
        query = {"tab": self.tab}
        return query | {"doc": self.doc, "page": str(self.page)} if self.doc else query


@dataclass(frozen=True)
class Document:
    """A piece of evidence in the page viewer. base, query: its address without a page, for a page number that is typed."""

    title: str
    pages: int
    size: str
    image: Callable[[int], str]
    url: Callable[[int], str]
    base: str
    query: Mapping[str, str]


def material_of(session: Session, bench: Bench, item: Item, opened: Opened) -> dict[str, Any]:
    """Reads the latest submission for the screen; who may read it is asked before."""
    content = submission_content(session, bench.review.application)
    url = bench.url(item.key)
    if content is None:
        return {"tabs": [], "answer": [], "sections": [], "files": [], "tab": "report", "doc": None, "page": 1, "download": "",
                "evidence": ()}  # fmt: skip
    tab = opened.tab if opened.tab in TABS else "report"
    chosen = next((one for one in content.evidence if one.id == opened.doc), None)
    answer = content.parts.get(item.key, "")
    named = references_in(answer)
    viewers = {one.code: f"{url}?{urlencode({'tab': 'evidence', 'doc': one.id})}" for one in content.evidence}
    files = [one for one in content.evidence if one.code in named] if tab == "report" else list(content.evidence)
    doc = None if chosen is None else document_of(chosen, url)
    return {
        "tabs": _tabs(bench, content, url, "evidence" if chosen is not None else tab),
        "answer": pieces(answer, viewers) if answer and tab == "report" else [],
        "sections": _profile(bench, content) if tab == "profile" else [],
        "files": [] if tab == "profile" else [_file(url, one) for one in files],
        "tab": tab,
        "doc": doc,
        "page": max(1, min(opened.page, doc.pages if doc else 1)),
        "download": f"/evidence/{chosen.id}" if chosen is not None else "",
        "evidence": content.evidence,
    }


def document_of(evidence: SubmittedEvidence, url: str) -> Document:
    """For the viewer. What has no pages (tables, texts of an office program) has one, and can be downloaded."""
    return Document(
        f"{evidence.code} {evidence.title}",
        evidence.pages or 0,
        size_text(evidence.size),
        lambda number: f"/evidence/{evidence.id}/pages/{number}",
        lambda number: f"{url}?{urlencode(Opened('evidence', evidence.id, number).as_query())}",
        url,
        {"tab": "evidence", "doc": evidence.id},
    )


def _tabs(bench: Bench, content: Content, url: str, current: str) -> list[dict[str, Any]]:
    labels = {
        "report": bench.tell(N_("Self-assessment report")),
        "evidence": bench.tell(N_("Supporting evidence ({count})"), {"count": len(content.evidence)}),
        "profile": bench.tell(HEADINGS[bench.review.application.category].profile),
    }
    return [
        {"label": label, "url": url if key == "report" else f"{url}?tab={key}", "current": key == current}
        for key, label in labels.items()
    ]


def _profile(bench: Bench, content: Content) -> list[dict[str, str]]:
    return [
        {"title": bench.say(section.name), "text": content.parts.get(f"profile.{section.key}", "")}
        for section in bench.criteria.profile
    ]


def _file(url: str, one: SubmittedEvidence) -> dict[str, str]:
    return {
        "code": one.code, "name": one.title, "size": size_text(one.size),
        "url": f"{url}?{urlencode(Opened('evidence', one.id).as_query())}",
    }  # fmt: skip
