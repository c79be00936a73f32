"""Which papers of a round an actor may have, and how far each is; every question goes through the Actions that exist."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, null, select
from sqlalchemy.orm import Session, joinedload

from award.accounts.queries import names_of
from award.applications.models import AcceptanceDecision, Application
from award.applications.queries import application_for, applications_of, is_barred, may_read, with_round
from award.judging.models import RELEASED, FeedbackReport, Sheet
from award.kernel.actor import SYSTEM, Action, Actor
from award.kernel.documents.models import Document
from award.kernel.documents.service import paper_name
from award.kernel.errors import NotFound
from award.kernel.i18n import translate
from award.papers.kinds import KINDS, PaperKind
from award.policy import Standing, decide
from award.results.queries import approval_of, hidden_from, publication_of
from award.rounds.models import Round, Snapshot
from award.rounds.queries import round_for, stage_now, standing_in
from award.stages import APPLICANTS, Who
from award.standing.models import Assignment
from award.standing.queries import standing_of
from award.winners.models import Certificate
from award.words import word_of


@dataclass(frozen=True)
class Paper:
    """One paper that somebody may have. thing: public id of what it is about. application: None for one of the round."""

    kind: PaperKind
    thing: str
    name: str
    round: Round
    application: Application | None = None
    person_id: int | None = None

    @property
    def subject(self) -> str:
        """What its documents name as their subject."""
        return self.kind.subject(self.thing)

    def file_name(self, language: str) -> str:
        """What its file is called on the reader's machine."""
        number = self.application.number if self.application else str(self.round.year)
        return paper_name(number, self.name, translate(language, self.kind.title))


# --- one paper for somebody -----------------------------------------------------------------------------------


def paper_for(session: Session, actor: Actor, key: str, thing: str, now: datetime) -> Paper:
    """A paper the actor may have. Raises NotFound when it is absent or hidden: the same."""
    finders: Mapping[str, Callable[[Session, Actor, str, datetime], Paper]] = {
        "book": _book_for, "acceptance": _acceptance_for, "sheet": _sheet_for, "comments": _comments_for,
        "summary": _summary_for, "decision": _decision_for,
    }  # fmt: skip
    finder = finders.get(key)
    if finder is None:
        raise NotFound
    return finder(session, actor, thing, now)


def _of(application: Application, key: str, thing: str) -> Paper:
    return Paper(KINDS[key], thing, application.entrant, application.round, application)


def _book_for(session: Session, actor: Actor, thing: str, now: datetime) -> Paper:
    application = application_for(session, actor, thing, now)
    if application.submitted_at is None or not may_read(session, actor, application, now):
        raise NotFound
    return _of(application, "book", thing)


def _acceptance_for(session: Session, actor: Actor, thing: str, now: datetime) -> Paper:
    query = select(Application.public_id).join(AcceptanceDecision, AcceptanceDecision.application_id == Application.id)
    found = session.scalar(query.where(AcceptanceDecision.public_id == thing, AcceptanceDecision.state == "in_force"))
    if found is None:
        raise NotFound
    application = application_for(session, actor, found, now)
    if not _is_told(standing_of(session, actor, application, now)):
        raise NotFound
    return _of(application, "acceptance", thing)


def _is_told(standing: Standing) -> bool:
    """Whether somebody reads what was decided on the acceptance of an application."""
    return not standing.is_conflicted and bool(standing.who & (APPLICANTS | {Who.OFFICE, Who.SUPERVISOR}))


def _sheet_for(session: Session, actor: Actor, thing: str, now: datetime, key: str = "sheet") -> Paper:
    """His own for its judge; those of others, by name, for office and supervisor once the gate has opened."""
    row = session.execute(
        select(Sheet, Application.public_id)
        .join(Application, Application.id == Sheet.application_id)
        .join(Assignment, Assignment.id == Sheet.assignment_id)
        .where(Sheet.public_id == thing, Sheet.state == "submitted", Assignment.state == "active")
    ).one_or_none()
    if row is None:
        raise NotFound
    sheet, found = row
    application = application_for(session, actor, found, now)
    standing, stage = standing_of(session, actor, application, now), stage_now(application.round, now)
    is_own = sheet.person_id == actor.person_id and decide(Action.SHEET_READ, stage, standing).allowed
    may_see_all = (
        bool(standing.who & {Who.OFFICE, Who.SUPERVISOR}) and decide(Action.SHEETS_READ, stage, standing).allowed
    )
    if not is_own and not may_see_all:
        raise NotFound
    return _of(application, key, thing)


def _comments_for(session: Session, actor: Actor, thing: str, now: datetime) -> Paper:
    return _sheet_for(session, actor, thing, now, "comments")


def _summary_for(session: Session, actor: Actor, thing: str, now: datetime) -> Paper:
    application = application_for(session, actor, thing, now)
    standing = standing_of(session, actor, application, now)
    if not decide(Action.SHEETS_READ, stage_now(application.round, now), standing).allowed:
        raise NotFound
    return _of(application, "summary", thing)


def _decision_for(session: Session, actor: Actor, thing: str, now: datetime) -> Paper:
    round_ = round_for(session, actor, thing)
    if not _may_see_result(session, actor, round_, now) or approval_of(session, round_.id) is None:
        raise NotFound
    return Paper(KINDS["decision"], thing, round_.award.name_zh, round_)


def _may_see_result(session: Session, actor: Actor, round_: Round, now: datetime) -> bool:
    """As the pages of results: whoever has a conflict with an application sees the names once they are public."""
    if not decide(Action.RESULT_READ, stage_now(round_, now), _standing(actor, round_)).allowed:
        return False
    return publication_of(session, round_.id) is not None or not hidden_from(session, actor, round_)


# --- all papers of a round ------------------------------------------------------------------------------------


def _standing(actor: Actor, round_: Round) -> Standing:
    """The operator's command makes papers as the office does; it shows none."""
    return Standing(frozenset({Who.OFFICE})) if actor is SYSTEM else standing_in(actor, round_)


@dataclass(frozen=True)
class Source:
    """Where the papers of a kind come from. applications: each as often as it has such papers; thing: what a paper is about."""

    applications: Select[Any]
    thing: ColumnElement[str]
    person: ColumnElement[Any] = field(default_factory=null)


def papers_in(session: Session, actor: Actor, round_: Round, key: str, now: datetime) -> list[Paper]:
    """All papers of a kind in a round that its office may have; none of an application the actor has a conflict with."""
    kind = KINDS[key]
    if kind.is_of_round:
        thing = things_of_round(session, actor, round_, now).get(key)
        return [] if thing is None else [Paper(kind, thing, round_.award.name_zh, round_)]
    source = source_of(actor, round_, key, now)
    if source is None:
        return []
    query = source.applications.add_columns(source.thing, source.person)
    return [Paper(kind, thing, one.entrant, round_, one, person) for one, thing, person in session.execute(query)]


def things_of_round(session: Session, actor: Actor, round_: Round, now: datetime) -> dict[str, str]:
    """What the papers of the round as a whole are about, by the key of their kind: as many as there are by now."""
    if not _standing(actor, round_).who & {Who.OFFICE, Who.SUPERVISOR} or not _may_see_result(session, actor, round_, now):
        return {}
    query = select(Snapshot.kind, Snapshot.public_id).where(Snapshot.round_id == round_.id, Snapshot.kind.in_(("notice", "result")))
    latest: dict[str, str] = dict(session.execute(query.order_by(Snapshot.number)).all())
    found = {"notice": round_.public_id} if "notice" in latest else {}
    if "result" in latest:
        found["announcement"] = latest["result"]
    if approval_of(session, round_.id) is not None:
        found["decision"] = round_.public_id
    return found


def source_of(actor: Actor, round_: Round, key: str, now: datetime) -> Source | None:
    """Where the papers of a kind that applications have come from; None where the actor may have none of them now."""
    stage, who = stage_now(round_, now), _standing(actor, round_).who
    needed = {
        "book": Action.APPLICATION_READ, "sheet": Action.SHEETS_READ, "comments": Action.SHEETS_READ, "summary": Action.SHEETS_READ,
        "feedback": Action.FEEDBACK_READ,
    }.get(key)  # fmt: skip
    if not who & {Who.OFFICE, Who.SUPERVISOR}:
        return None
    if needed is not None and not decide(needed, stage, Standing(who, gate_open=needed != Action.APPLICATION_READ)).allowed:
        return None
    base = _applications(actor, round_)
    if key == "book":
        return Source(base, Application.public_id.expression)
    if key in ("sheet", "comments", "summary"):
        return _of_panels(base, key)
    if key == "certificate":
        return Source(base.join(Certificate, Certificate.application_id == Application.id), Certificate.public_id.expression)
    if key == "feedback":
        written = base.join(FeedbackReport, FeedbackReport.application_id == Application.id)
        return Source(written.where(FeedbackReport.state.in_(RELEASED)), FeedbackReport.public_id.expression)
    told = base.join(AcceptanceDecision, AcceptanceDecision.application_id == Application.id)
    in_force = told.where(AcceptanceDecision.state == "in_force")
    return Source(in_force.order_by(AcceptanceDecision.id), AcceptanceDecision.public_id.expression)


def _of_panels(base: Select[Application], key: str) -> Source:
    """Of applications whose gate has opened."""
    opened = base.where(Application.gate_opened_at.is_not(None))
    if key == "summary":
        return Source(opened, Application.public_id.expression)
    query = (
        opened.join(Sheet, Sheet.application_id == Application.id)
        .join(Assignment, Assignment.id == Sheet.assignment_id)
        .where(Sheet.state == "submitted", Assignment.state == "active")
        .order_by(Assignment.id)
    )
    return Source(query, Sheet.public_id.expression, Sheet.person_id.expression)


def _applications(actor: Actor, round_: Round) -> Select[Application]:
    """Those the actor has no conflict with."""
    query = with_round().where(Application.round_id == round_.id, Application.submitted_at.is_not(None))
    if actor.person_id is not None:
        query = query.where(~is_barred(actor))
    return query.order_by(Application.number)


def told_apart(session: Session, papers: Sequence[Paper], language: str) -> dict[str, str]:
    """What tells a paper from another about the same organisation, by its thing: number, judge or kind of notice."""
    judges = names_of(session, [one.person_id for one in papers if one.person_id is not None])
    decided = select(AcceptanceDecision.public_id, AcceptanceDecision.kind)
    rows = session.execute(decided.where(AcceptanceDecision.public_id.in_([one.thing for one in papers])))
    notices: dict[str, str] = {thing: kind for thing, kind in rows}  # noqa: C416
    found = {}
    for one in papers:
        notice = translate(language, word_of("acceptance", notices[one.thing])[0]) if one.thing in notices else ""
        number = one.application.number if one.application else ""
        found[one.thing] = " · ".join(filter(None, (number, notice or judges.get(one.person_id or 0))))
    return found


def own_notices(session: Session, actor: Actor, now: datetime) -> list[Paper]:
    """The notices on acceptance of the applications somebody works on for their applicants."""
    query = select(AcceptanceDecision.application_id, AcceptanceDecision.public_id).order_by(AcceptanceDecision.id)
    own = {one.id: one for one in applications_of(session, actor) if _is_told(standing_of(session, actor, one, now))}
    found = session.execute(query.where(AcceptanceDecision.application_id.in_(own), AcceptanceDecision.state == "in_force"))
    return [_of(own[application], "acceptance", thing) for application, thing in found]


AT_ONCE = 5_000
"""Subjects named in one statement: databases take a few tens of thousands of values."""


def latest_documents(session: Session, kind: PaperKind, papers: Sequence[Paper], language: str) -> dict[str, Document]:
    """The document wanted last for each paper, by its subject."""
    found: dict[str, Document] = {}
    for first in range(0, len(papers), AT_ONCE):
        newest = (
            select(func.max(Document.id))
            .where(
                Document.kind == kind.template,
                Document.language == language,
                Document.subject.in_([one.subject for one in papers[first : first + AT_ONCE]]),
            )
            .group_by(Document.subject)
        )
        query = select(Document).options(joinedload(Document.file)).where(Document.id.in_(newest))
        found |= {one.subject: one for one in session.scalars(query)}
    return found
