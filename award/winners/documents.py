"""Which rendered papers somebody may have: the same as the pages of notices, announcements, certificates and feedback reports give him."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, joinedload

from award.applications.queries import applications_of
from award.judging import papers
from award.judging import queries as judging
from award.judging.models import FeedbackReport
from award.judging.service import feedback
from award.kernel.actor import Action, Actor
from award.kernel.documents.models import Document, DocumentState
from award.kernel.errors import NotFound
from award.kernel.i18n import Phrase
from award.policy import Standing, decide
from award.results.official import subject_of
from award.results.pages.titles import title_of
from award.results.published import latest_of
from award.rounds.queries import rounds_of, stage_now, standing_in
from award.standing.queries import standing_of
from award.winners.queries import certificates_for

OUT = ("released", "acknowledged")
Name = Callable[[str], str]
"""What the file of a paper is called, in a language; the pages call it so too."""
Key = tuple[str, str]
"""Kind and subject of a paper."""


@dataclass(frozen=True)
class Readable:
    """A paper somebody may have. name: of its file."""

    document: Document
    name: str


def documents_for(session: Session, actor: Actor, now: datetime) -> list[Readable]:
    """The last paper of each kind, thing and language that is ready, of those he may have."""
    named: dict[Key, Name] = dict((*_public(session), *_of_office(session, actor, now), *_of_owner(session, actor, now)))
    query = (
        select(Document)
        .options(joinedload(Document.file))
        .where(tuple_(Document.kind, Document.subject).in_(named), Document.state == DocumentState.READY.value)
        .order_by(Document.wanted_at, Document.id)
    )
    last = {(one.kind, one.subject, one.language): one for one in session.scalars(query)}
    return [Readable(one, named[one.kind, one.subject](one.language)) for one in last.values()]


def document_for(session: Session, actor: Actor, public_id: str, now: datetime) -> Readable:
    """One of them. Raises NotFound when it is absent or hidden: the same."""
    found = next((one for one in documents_for(session, actor, now) if one.document.public_id == public_id), None)
    if found is None:
        raise NotFound
    return found


def _public(session: Session) -> Iterator[tuple[Key, Name]]:
    for notice in latest_of(session, "notice"):
        title = title_of(notice)
        yield ("notice", f"round:{notice.round}"), partial(_titled, title)
    for result in latest_of(session, "result"):
        yield ("notice", subject_of(result.public_id)), partial(_titled, title_of(result))


def _titled(title: Phrase, language: str) -> str:
    return f"{title.in_language(language)}.pdf"


def _of_office(session: Session, actor: Actor, now: datetime) -> Iterator[tuple[Key, Name]]:
    for round_ in rounds_of(session, actor):
        stage, standing = stage_now(round_, now), standing_in(actor, round_)
        if not decide(Action.ROUND_READ, stage, standing).allowed:
            continue
        for certificate in certificates_for(session, actor, round_.id):
            named = f"{certificate.number} {certificate.holder}.pdf"
            yield ("certificate", f"certificate:{certificate.public_id}"), partial(_as_it_is, named)
        # What is listed has its gate open and no conflict with the reader.
        if decide(Action.SHEETS_READ, stage, Standing(standing.who, gate_open=True)).allowed:
            yield from _reports(report for _, report, _ in judging.reports_in(session, actor, round_))


def _of_owner(session: Session, actor: Actor, now: datetime) -> Iterator[tuple[Key, Name]]:
    for application in applications_of(session, actor):
        standing = standing_of(session, actor, application, now)
        if decide(Action.FEEDBACK_READ, stage_now(application.round, now), standing).allowed:
            yield from _reports(iter([judging.report_of(session, application.id)]))


def _as_it_is(name: str, language: str) -> str:
    """A certificate is called the same in every language."""
    return name


def _reports(found: Iterator[FeedbackReport | None]) -> Iterator[tuple[Key, Name]]:
    for report in found:
        if report is not None and report.state in OUT:
            yield (feedback.KIND, feedback.subject_of(report)), partial(papers.file_name, report.application)
