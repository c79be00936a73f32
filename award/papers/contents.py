"""What lies in a bundle, read when it is written. What cannot be read is left out and named, and stops nothing else."""

import json
import logging
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from award.applications.models import Submission
from award.applications.queries import SubmittedEvidence
from award.kernel.documents.models import Document
from award.kernel.i18n import day_in
from award.papers.bundling import tidy, unique
from award.papers.gaps import UNREADABLE, UNREADABLE_ONE, Gap, gap
from award.press.document import from_json

log = logging.getLogger("award.papers")

FOLDER = "证实性材料"
BEARS = ("dated", "issued_on", "submitted_on", "submitted", "made")
"""Where the view of a paper says its day: notices, certificates and reports, books, sheets and comments, summaries."""
HASH = re.compile(r"[0-9a-f]{64}")


def filled(session: Session, wanted: dict[str, Any]) -> dict[str, Any]:
    """The content of a bundle as it was wanted, with the day of each paper and the evidence; files in their order."""
    days = _days(session, [one["document"] for one in wanted["files"] if "document" in one])
    files = [
        {"dated": days.get(one.get("document"), ""), **{name: value for name, value in one.items() if name != "document"}}
        for one in wanted["files"]
    ]
    missing = list(wanted["missing"])
    for line in _evidence(session, wanted):
        (missing if "why" in line else files).append(dict(line))
    files.sort(key=lambda one: str(one["path"]))
    for one, path in zip(files, unique([one["path"] for one in files]), strict=True):
        one["path"] = path
    kept = {name: value for name, value in wanted.items() if name != "evidence"}
    return {**kept, "files": files, "missing": missing}


def _days(session: Session, documents: list[str]) -> dict[str, str]:
    """The day each paper bears, by public id, in the form of an index; a view that tells none has none."""
    query = select(Document.public_id, Document.language, Document.view).where(Document.public_id.in_(documents))
    found = {}
    for document, language, view in session.execute(query.execution_options(yield_per=50)):
        try:
            found[document] = _day(language, json.loads(view)).isoformat()
        except Exception as fault:  # whatever is wrong with one record, the others are dated
            log.warning("the day of document %s cannot be read", document, exc_info=fault)
    return found


def _day(language: str, view: dict[str, Any]) -> date:
    told = next(view[name] for name in BEARS if name in view)
    return date.fromisoformat(told) if re.fullmatch(r"\d{4}-\d\d-\d\d", told) else day_in(language, told)


def _evidence(session: Session, wanted: dict[str, Any]) -> Iterator[dict[str, Any] | Gap]:
    """The files of each submission as lines of the index, or what could not be read."""
    places = {one["submission"]: one for one in wanted["evidence"]}
    query = select(Submission.public_id, Submission.content, Submission.submitted_at).where(
        Submission.public_id.in_(list(places))
    )
    zone = ZoneInfo(wanted["zone"])
    for public_id, content, submitted_at in session.execute(query.order_by(Submission.id)):
        place = places[public_id]
        try:
            records = list(json.loads(content)["evidence"])
        except Exception as fault:  # as above
            log.warning("the evidence of submission %s cannot be read", public_id, exc_info=fault)
            yield gap(UNREADABLE, f"{place['folder']}/{FOLDER}")
            continue
        for turn, record in enumerate(records, 1):
            yield _line(record, turn, place, submitted_at.astimezone(zone), public_id)


def _line(record: object, turn: int, place: dict[str, str], submitted: datetime, public_id: str) -> dict[str, Any] | Gap:
    folder = f"{place['folder']}/{FOLDER}"
    try:
        one = from_json(SubmittedEvidence, json.dumps(record))
        if not HASH.fullmatch(one.sha256):
            raise ValueError("not a SHA-256")
    except Exception as fault:  # as above
        log.warning("evidence %d of submission %s cannot be read", turn, public_id, exc_info=fault)
        return gap(UNREADABLE_ONE, folder, turn=turn)
    return {
        "path": f"{folder}/{tidy(one.code)}_{tidy(one.name)}", "title": one.title, "number": place["number"],
        "dated": submitted.date().isoformat(), "pages": one.pages, "sha256": one.sha256, "size": one.size,
    }  # fmt: skip
