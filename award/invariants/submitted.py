"""What holds of the applications themselves: what is kept of them now is what was frozen when they were submitted last."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from award.applications.models import Answer, Application, Evidence, Submission
from award.invariants.finding import Found, among, reading
from award.kernel.files.models import StoredFile
from award.rounds.queries import spell

EVIDENCE = ("id", "code", "title", "sha256")


def applications_as_submitted(session: Session) -> Found:
    """What an applicant handed in stands in its application: sector, facts, texts and evidence, and when it came in."""
    parts, files = _parts(session), _files(session)
    last = select(func.max(Submission.number)).where(Submission.application_id == Application.id).correlate(Application)
    query = (
        select(Application, Submission)
        .join(Submission, (Submission.application_id == Application.id) & (Submission.number == last.scalar_subquery()))
        .order_by(Application.id)
        .execution_options(yield_per=100)
    )

    def offence(application: Application, submission: Submission) -> str:
        now = {
            "category": application.category, "sector": application.sector, "moment": spell(application.submitted_at),
            "facts": application.profile, "texts": parts.get(application.id, {}), "evidence": files.get(application.id, []),
        }  # fmt: skip
        other = [key for key, value in _frozen(submission).items() if now[key] != value]
        if application.corrections >= submission.number:
            # Returned and not handed in again: what its owner writes is his until then.
            other = [key for key in other if key in ("category", "sector", "moment")]
        name = f"application {application.public_id}"
        return f"{name} has another {' and '.join(other)} than was submitted" if other else ""

    return among(session.execute(query), lambda one: offence(*one))


def _frozen(submission: Submission) -> Mapping[str, object]:
    with reading(f"submission {submission.public_id}"):
        content = json.loads(submission.content)
        return {
            "category": content["category"], "sector": content["sector"], "moment": spell(submission.submitted_at),
            "facts": content["profile"], "texts": {part: _digest(text) for part, text in content["parts"].items()},
            "evidence": sorted([one[key] for key in EVIDENCE] for one in content["evidence"]),
        }  # fmt: skip


def _parts(session: Session) -> Mapping[int, Mapping[str, str]]:
    """The texts of all parts by application, by their hashes: all of them at once would fill the memory."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    query = select(Answer.application_id, Answer.part, Answer.text).execution_options(yield_per=200)
    for application, part, text in session.execute(query):
        found[application][part] = _digest(text)
    return found


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _files(session: Session) -> Mapping[int, list[list[Any]]]:
    found: dict[int, list[list[Any]]] = defaultdict(list)
    query = select(Evidence.application_id, Evidence.public_id, Evidence.code, Evidence.title, StoredFile.sha256)
    query = query.join(StoredFile, Evidence.file_id == StoredFile.id).where(Evidence.removed_at.is_(None))
    for application, *one in session.execute(query.order_by(Evidence.public_id)):
        found[application].append(one)
    return found
