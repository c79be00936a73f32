"""Reading applications; each is fetched for an actor."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, bindparam, case, exists, or_, select, union
from sqlalchemy.orm import Session, aliased, joinedload

from award.accounts.models import Grant
from award.applications.models import (
    LEAVES_OUT,
    SHARING,
    AcceptanceDecision,
    Answer,
    AnswerRevision,
    Application,
    Evidence,
    PaperOutcome,
    Submission,
)
from award.kernel import db
from award.kernel.actor import APPLICANTS as APPLICANT_ROLES
from award.kernel.actor import Action, Actor, Role, Scope
from award.kernel.errors import NotFound
from award.kernel.files.models import StoredFile
from award.kernel.i18n import N_
from award.policy import decide
from award.rounds.models import Award, Round, RoundStage
from award.rounds.queries import stage_now
from award.stages import APPLICANTS, Kind, Who
from award.standing.models import Conflict
from award.standing.queries import conflicts_of, own_part, standing_of

PART_CLOSED = N_("The award office has returned other parts for correction; this one stays as it was submitted.")


@dataclass(frozen=True)
class SubmittedEvidence:
    """A file as it was submitted. id: public id of the evidence, for its address. size: bytes."""

    id: str
    code: str
    title: str
    name: str
    sha256: str
    size: int
    pages: int | None


@dataclass(frozen=True)
class Content:
    """What was submitted, read from its frozen text. parts: text by item key or "profile.<section>"; profile: facts by field."""

    number: int
    sha256: str
    submitted_at: datetime
    organisation: Mapping[str, str]
    category: str
    sector: str
    profile: Mapping[str, str]
    parts: Mapping[str, str]
    evidence: tuple[SubmittedEvidence, ...]
    declarations: tuple[str, ...]

    def evidence_with(self, code: str) -> SubmittedEvidence | None:
        """The evidence a text refers to by its code."""
        return next((one for one in self.evidence if one.code == code), None)


class LeftOut(NamedTuple):
    """A stage on paper that left an application out. kind: of the stage; summary: its reason, as it was entered."""

    kind: str
    held_on: date
    confirmed_at: datetime | None
    summary: str


def application_for(session: Session, actor: Actor, public_id: str, now: datetime) -> Application:
    """An application whose existence the actor may know. Raises NotFound when it is absent or hidden: the same.

    Assigned judges who have not declared yet get it too: they may know the organisation's name, and pages ask
    `may_read` before they show more.
    """
    application = session.scalar(_ONE, {"public_id": public_id})
    if application is None:
        raise NotFound
    standing = standing_of(session, actor, application, now)
    if standing.is_conflicted or not standing.who - {Who.PUBLIC, Who.COMMITTEE, Who.RECOMMENDER}:
        raise NotFound
    if not standing.who & APPLICANTS and application.state == "draft":
        raise NotFound
    return application


def office_application(session: Session, actor: Actor, public_id: str, now: datetime, round_id: str = "") -> Application:
    """An application for its office or supervisor. round_id: public id of the round its address names, where it does.

    Raises NotFound for anybody else, also for an officer who works for the applicant.
    """
    application = application_for(session, actor, public_id, now)
    if round_id not in ("", application.round.public_id):
        raise NotFound
    if not standing_of(session, actor, application, now).who & {Who.OFFICE, Who.SUPERVISOR}:
        raise NotFound
    return application


def own_application(session: Session, actor: Actor, public_id: str) -> Application:
    """An application the actor works on for the applicant, in whatever role. Raises NotFound when it is absent or another's."""
    application = session.scalar(_ONE, {"public_id": public_id})
    if application is None or not own_part(actor, application):
        raise NotFound
    return application


def applications_of(session: Session, actor: Actor) -> list[Application]:
    """The applications the actor works on for their applicants, newest first."""
    query = of_many_rounds(with_round()).where(is_own(actor))
    return list(session.scalars(query.order_by(Application.started_at.desc(), Application.id.desc())))


def is_own(actor: Actor, of: type[Application] = Application) -> ColumnElement[bool]:
    """Those of the organisations the actor acts for, each before its authority, and those he was invited to: as `own_part`.

    of: the table under another name, for a statement that has it already.
    """
    invited = actor.scopes_of(Role.WRITER, Scope.APPLICATION) | actor.scopes_of(Role.READER, Scope.APPLICATION)
    owned = [
        and_(
            of.organisation_id == held.scope_id,
            of.round_id.in_(select(Round.id).join(Award).where(Award.authority_id == held.authority_id)),
        )
        for held in actor.held
        if held.role == Role.APPLICANT and held.scope == Scope.ORGANISATION
    ]
    return or_(of.id.in_(invited), *owned)


def barred_to(actor: Actor) -> Select[int] | CompoundSelect[int]:
    """The inner numbers of the applications an actor must not touch in his office, for what leaves them out.

    Those he has a conflict with on record, and those he works for: whoever writes for an applicant decides nothing about it.
    """
    on_record = conflicts_of(actor.person_id)
    if not actor.roles & APPLICANT_ROLES:
        return on_record
    own = aliased(Application)
    return union(on_record, select(own.id).where(is_own(actor, own)))


def is_barred(actor: Actor) -> ColumnElement[bool]:
    """Whether the actor must not touch an application in his office, and so must not learn of it: for lists and counts."""
    return Application.id.in_(barred_to(actor)) if actor.roles & APPLICANT_ROLES else _is_on_record(actor.person_id)


@lru_cache
def _is_on_record(person_id: int | None) -> ColumnElement[bool]:
    """Made once for a person, who asks it several times on every page."""
    return Application.id.in_(conflicts_of(person_id))


_HERE = select(Award.authority_id).join(Round, Round.award_id == Award.id).where(Round.id == Application.round_id)
ACTS_FOR = and_(
    Grant.revoked_at.is_(None), Grant.scope == Scope.ORGANISATION, Grant.role == Role.APPLICANT,
    Grant.scope_id == Application.organisation_id, Grant.authority_id == _HERE.correlate(Application).scalar_subquery(),
)  # fmt: skip
"""What ties a grant to the applications its holder alone can submit: he acts for the organisation before their authority."""
WORKS_FOR = or_(
    ACTS_FOR, Grant.revoked_at.is_(None) & (Grant.scope == Scope.APPLICATION) & (Grant.scope_id == Application.id)
)
"""What ties a grant to the application its holder works for: invited to it, or acting for the organisation before its authority."""


def barred_from(session: Session, *wanted: ColumnElement[bool]) -> frozenset[int]:
    """The persons (inner numbers) who must not touch one of the applications, by the same rule.

    wanted: which applications.
    """
    on_record = select(Conflict.person_id).join(Application, Application.id == Conflict.application_id).where(*wanted)
    at_work = select(Grant.person_id).select_from(Application).join(Grant, WORKS_FOR).where(*wanted)
    return frozenset(session.scalars(union(on_record, at_work)))


def may_read(session: Session, actor: Actor, application: Application, now: datetime) -> bool:
    """Whether the actor may read the content of an application now."""
    standing = standing_of(session, actor, application, now)
    return decide(Action.APPLICATION_READ, stage_now(application.round, now), standing).allowed


def with_round() -> Select[Application]:
    """Applications with their organisation, round, its present stage and authority, in one query."""
    return select(Application).options(
        joinedload(Application.organisation),
        joinedload(Application.round).joinedload(Round.award).joinedload(Award.authority),
    )


def of_many_rounds(query: Select[Any]) -> Select[Any]:
    """The same with all stages of their rounds, in one query more for all rounds together: for lists that tell dates."""
    return query.options(joinedload(Application.round).selectinload(Round.stages))


# Made once: making a statement takes longer than its answer.
_ONE = with_round().where(Application.public_id == bindparam("public_id"))
_ANSWERS = select(Answer).where(Answer.application_id == bindparam("application"))
_SUBMISSIONS = select(Submission).where(Submission.application_id == bindparam("application")).order_by(Submission.number)
_SUBMISSION_TIMES = _SUBMISSIONS.with_only_columns(Submission.number, Submission.submitted_at)
_LAST_SUBMISSION = _SUBMISSIONS.order_by(None).order_by(Submission.number.desc()).limit(1)
_DECISIONS = (
    select(AcceptanceDecision)
    .where(AcceptanceDecision.application_id == bindparam("application"))
    .order_by(AcceptanceDecision.id)
)


def answers_of(session: Session, application: Application) -> dict[str, Answer]:
    """The draft's texts by part. For its owner only."""
    found = session.scalars(_ANSWERS, {"application": application.id})
    return {answer.part: answer for answer in found}


def evidence_of(session: Session, application: Application) -> list[Evidence]:
    """The draft's evidence with its files, in the order of the codes. For its owner only."""
    query = (
        select(Evidence)
        .options(joinedload(Evidence.file))
        .where(Evidence.application_id == application.id, Evidence.removed_at.is_(None))
        .order_by(Evidence.id)
    )
    return list(session.scalars(query))


def latest_submission(session: Session, application: Application) -> Submission | None:
    """What was last submitted, or None for a draft."""
    return session.scalar(_LAST_SUBMISSION, {"application": application.id})


def submission_content(session: Session, application: Application) -> Content | None:
    """The latest submitted content, the only one the office and judges ever see; None for a draft.

    Whether the actor may read it is asked with `may_read` before.
    """
    submission = latest_submission(session, application)
    return None if submission is None else content_of(submission)


def content_of(submission: Submission) -> Content:
    """The frozen text of a submission as values."""
    data = json.loads(submission.content)
    return Content(
        submission.number, submission.sha256, submission.submitted_at, data["organisation"], data["category"],
        data["sector"], data["profile"], data["parts"],
        tuple(SubmittedEvidence(**one) for one in data["evidence"]), tuple(data["declarations"]),
    )  # fmt: skip


def evidence_for(
    session: Session, actor: Actor, public_id: str, now: datetime, *, of: Application | None = None
) -> StoredFile:
    """The file of a piece of evidence, for its owner and for whoever may read the submission it belongs to.

    of: the application it must belong to. Raises NotFound when it is absent or hidden: the same. What an owner added or
    removed since the last submission nobody else sees.
    """
    found = session.execute(
        select(Evidence, StoredFile)
        .join(StoredFile, StoredFile.id == Evidence.file_id)
        .where(Evidence.public_id == public_id)
    ).one_or_none()
    if found is None or (of is not None and found[0].application_id != of.id):
        raise NotFound
    evidence, stored = found
    application = session.scalars(with_round().where(Application.id == evidence.application_id)).one()
    if own_part(actor, application):
        return stored
    if not may_read(session, actor, application, now):
        raise NotFound
    content = submission_content(session, application)
    if content is None or all(one.id != public_id for one in content.evidence):
        raise NotFound
    return stored


def revisions_of(session: Session, application: Application, part: str) -> list[AnswerRevision]:
    """The earlier and the rejected texts of a part, oldest first. For its owner only."""
    query = select(AnswerRevision).where(AnswerRevision.application_id == application.id, AnswerRevision.part == part)
    return list(session.scalars(query.order_by(AnswerRevision.id)))


def submissions_of(session: Session, application: Application) -> list[Submission]:
    """Everything that was submitted, oldest first."""
    return list(session.scalars(_SUBMISSIONS, {"application": application.id}))


def submission_times(session: Session, application: Application) -> list[tuple[int, datetime]]:
    """Number and moment of everything that was submitted, oldest first, without what was."""
    return [(row[0], row[1]) for row in db.rows_of(session, _SUBMISSION_TIMES, application=application.id)]


def decisions_of(session: Session, application: Application) -> list[AcceptanceDecision]:
    """What the office decided about an application, oldest first. Proposals are the office's own business."""
    return list(session.scalars(_DECISIONS, {"application": application.id}))


def notices_of(session: Session, application: Application) -> list[AcceptanceDecision]:
    """The decisions an applicant has a notice of, oldest first: those in force."""
    return [one for one in decisions_of(session, application) if one.state == "in_force"]


def left_out_by(session: Session, application: Application) -> LeftOut | None:
    """Which stage held on paper did not let an application go on; None where it is still in the race."""
    query = (
        select(RoundStage.kind, PaperOutcome.held_on, PaperOutcome.confirmed_at, PaperOutcome.summary)
        .join(RoundStage, RoundStage.id == PaperOutcome.round_stage_id)
        .where(PaperOutcome.application_id == application.id, LEAVES_OUT)
        .order_by(RoundStage.position)
        .limit(1)
    )
    found = session.execute(query).first()
    return None if found is None else LeftOut(*found)


STAYS_BEHIND = ("submitted", "correction", "resubmitted", "accepted")
"""States in which an application still reads as being in the race, though a stage held on paper has left it out."""
LEFT_OUT_IN = (
    select(RoundStage.kind)
    .join(PaperOutcome, PaperOutcome.round_stage_id == RoundStage.id)
    .where(PaperOutcome.application_id == Application.id, LEAVES_OUT)
    .order_by(RoundStage.position)
    .limit(1)
    .correlate(Application)
    .scalar_subquery()
)
"""The kind of the stage held on paper that did not let an application go on; null where none did."""
STANDS: ColumnElement[str] = case(
    (and_(Application.state.in_(STAYS_BEHIND), LEFT_OUT_IN.is_not(None)), "left_out"), else_=Application.state
)
"""How the office reads where an application stands: its state, or that a stage on paper left it out."""


def stands(application: Application, left_out_in: str) -> str:
    """The same of one that is at hand. left_out_in: what LEFT_OUT_IN says of it, "" for none."""
    return "left_out" if left_out_in and application.state in STAYS_BEHIND else application.state


def is_left_out(position: int) -> ColumnElement[bool]:
    """Whether a stage held on paper before a position in its round did not let an application go on."""
    return exists(
        select(PaperOutcome.id)
        .join(RoundStage, RoundStage.id == PaperOutcome.round_stage_id)
        .where(PaperOutcome.application_id == Application.id, LEAVES_OUT, RoundStage.position < position)
    )


def comes_to_judges(round_: Round) -> ColumnElement[bool]:
    """Whether an application is judged, or was: in the review, and not left out on paper before judges were assigned.

    What is handed in for it stays counted, whatever a later stage makes of it.
    """
    return _is_judged_from(next((stage.position for stage in round_.stages if stage.kind == Kind.ASSIGN), 0))


@lru_cache
def _is_judged_from(position: int) -> ColumnElement[bool]:
    """Made once: a page of the office asks half a dozen questions with it."""
    return Application.state.in_(SHARING) & ~is_left_out(position)


def is_part_open(session: Session, application: Application, part: str) -> bool:
    """Whether a part may be written as far as the office's list goes: in a correction only what it names is open.

    A point about the application as a whole opens everything. Source: the office returns an application once "with a list
    of what is open".
    """
    if application.state != "correction":
        return True
    return any(point["part"] in (part, "") for point in open_points(session, application))


def open_points(session: Session, application: Application) -> list[dict[str, str]]:
    """What is to be corrected now; empty unless the office has returned the application."""
    if application.state != "correction":
        return []
    returns = [one for one in decisions_of(session, application) if one.kind == "return"]
    return returns[-1].points if returns else []
