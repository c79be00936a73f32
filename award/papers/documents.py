"""Which rendered papers somebody may have, for programs: those that pages give him."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, joinedload

from award.applications.models import AcceptanceDecision, Application
from award.applications.queries import applications_of
from award.judging import papers
from award.judging import queries as judging
from award.judging.models import RELEASED, FeedbackReport
from award.judging.service import feedback
from award.kernel.actor import Action, Actor
from award.kernel.documents.models import Document, DocumentState
from award.kernel.errors import NotFound
from award.kernel.i18n import Phrase
from award.papers.queries import Paper, own_notices, papers_in
from award.policy import Standing, decide
from award.results.official import subject_of
from award.results.pages.titles import title_of
from award.results.published import latest_of
from award.rounds.queries import rounds_of, stage_now, standing_in
from award.standing.queries import standing_of
from award.winners.queries import certificates_for

Name = Callable[[str], str]
"""What the file of a paper is called, in a language; the pages call it so too."""
Key = tuple[str, str]
"""Kind and subject of a document."""
NOTICES = {"accept": "acceptance_notice", "return": "correction_notice", "refuse": "refusal_notice"}
"""Kind of a decision on acceptance -> what programs call its notice."""


@dataclass(frozen=True)
class About:
    """What a paper is. about: public id of what it concerns; round: that of its round."""

    kind: str
    about: str
    round: str
    name: Name


Found = Iterator[tuple[Key, About]]


@dataclass(frozen=True)
class Readable:
    """A paper somebody may have. name: of its file. kind and about: as programs read them. round: its public id."""

    document: Document
    kind: str
    about: str
    round: str
    name: str


def documents_for(session: Session, actor: Actor, now: datetime) -> list[Readable]:
    """The last paper of each kind, thing and language that is ready, of those he may have."""
    known: dict[Key, About] = dict((
        *_public(session), *_of_office(session, actor, now), *_of_owner(session, actor, now), *_on_paths(session, actor, now),
    ))  # fmt: skip
    query = (
        select(Document)
        .options(joinedload(Document.file))
        .where(tuple_(Document.kind, Document.subject).in_(known), Document.state == DocumentState.READY.value)
        .order_by(Document.wanted_at, Document.id)
    )
    last = {(one.kind, one.subject, one.language): one for one in session.scalars(query)}
    return [_readable(one, known[one.kind, one.subject]) for one in last.values()]


def _readable(document: Document, known: About) -> Readable:
    return Readable(document, known.kind, known.about, known.round, known.name(document.language))


def document_for(session: Session, actor: Actor, public_id: str, now: datetime) -> Readable:
    """One of them. Raises NotFound when it is absent or hidden: the same."""
    found = next((one for one in documents_for(session, actor, now) if one.document.public_id == public_id), None)
    if found is None:
        raise NotFound
    return found


def _public(session: Session) -> Found:
    for notice in latest_of(session, "notice"):
        yield ("notice", f"round:{notice.round}"), About("notice", notice.round, notice.round, partial(_titled, title_of(notice)))
    for result in latest_of(session, "result"):
        about = About("announcement", result.public_id, result.round, partial(_titled, title_of(result)))
        yield ("notice", subject_of(result.public_id)), about


def _titled(title: Phrase, language: str) -> str:
    return f"{title.in_language(language)}.pdf"


def _of_office(session: Session, actor: Actor, now: datetime) -> Found:
    for round_ in rounds_of(session, actor):
        stage, standing = stage_now(round_, now), standing_in(actor, round_)
        if not decide(Action.ROUND_READ, stage, standing).allowed:
            continue
        for certificate in certificates_for(session, actor, round_.id):
            named = f"{certificate.number} {certificate.holder}.pdf"
            about = About("certificate", certificate.public_id, round_.public_id, partial(_as_it_is, named))
            yield ("certificate", f"certificate:{certificate.public_id}"), about
        # What is listed has its gate open and no conflict with the reader.
        if decide(Action.SHEETS_READ, stage, Standing(standing.who, gate_open=True)).allowed:
            yield from _reports(report for _, report, _ in judging.reports_in(session, actor, round_))


def _of_owner(session: Session, actor: Actor, now: datetime) -> Found:
    for application in applications_of(session, actor):
        standing = standing_of(session, actor, application, now)
        if decide(Action.FEEDBACK_READ, stage_now(application.round, now), standing).allowed:
            yield from _reports(iter([judging.report_of(session, application.id)]))


def _as_it_is(name: str, language: str) -> str:
    """A certificate is called the same in every language."""
    return name


def _reports(found: Iterator[FeedbackReport | None]) -> Found:
    for report in found:
        if report is not None and report.state in RELEASED:
            application = report.application
            about = About(feedback.KIND, report.public_id, application.round.public_id, partial(papers.file_name, application))
            yield (feedback.KIND, feedback.subject_of(report)), about


def _on_paths(session: Session, actor: Actor, now: datetime) -> Found:
    """Decisions of rounds and notices on acceptance, which have pages of their own under /papers."""
    rounds = rounds_of(session, actor)
    for one in (one for round_ in rounds for one in papers_in(session, actor, round_, "decision", now)):
        yield _key(one), About("decision", one.thing, one.round.public_id, one.file_name)
    notices = [one for round_ in rounds for one in papers_in(session, actor, round_, "acceptance", now)]
    notices += own_notices(session, actor, now)
    decided = select(AcceptanceDecision.public_id, AcceptanceDecision.kind, Application.public_id).join(
        Application, Application.id == AcceptanceDecision.application_id
    )
    things = decided.where(AcceptanceDecision.public_id.in_([one.thing for one in notices]))
    about = {thing: (NOTICES[kind], application) for thing, kind, application in session.execute(things)}
    for one in notices:
        yield _key(one), About(*about[one.thing], one.round.public_id, one.file_name)


def _key(paper: Paper) -> Key:
    return paper.kind.template, paper.subject
