"""The signed papers a round rests on, as they were uploaded: of stages held on paper, of decisions, of the approval."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from award.applications.models import Application, PaperOutcome
from award.applications.queries import is_barred, with_round
from award.kernel.actor import Actor
from award.kernel.files.models import StoredFile
from award.results.models import Approval, AwardDecision, Proposal
from award.results.queries import hidden_from
from award.rounds.models import Round, RoundStage

FOLDER = "签字文件"
MINUTES, APPROVAL = "会议纪要", "批准文件"


@dataclass(frozen=True)
class Upload:
    """One file as it was uploaded. application: None for one of the whole round; name: without its ending."""

    stored: StoredFile
    name: str
    dated: date
    application: Application | None = None


def uploads_in(session: Session, actor: Actor, round_: Round) -> list[Upload]:
    """Those an officer of the round may open one by one: none of an application that is barred to him, and the minutes,
    which name all candidates, only where none is.
    """
    found = list(_of_stages(session, actor, round_))
    if not hidden_from(session, actor, round_):
        found += _minutes(session, round_)
    return found + list(_approvals(session, round_))


def _of_stages(session: Session, actor: Actor, round_: Round) -> Iterator[Upload]:
    """Every version that was entered: a corrected one stays readable with its paper."""
    query = (
        with_round()
        .add_columns(RoundStage, PaperOutcome, StoredFile)
        .join(PaperOutcome, PaperOutcome.application_id == Application.id)
        .join(RoundStage, RoundStage.id == PaperOutcome.round_stage_id)
        .join(StoredFile, StoredFile.id == PaperOutcome.file_id)
        .where(Application.round_id == round_.id, ~is_barred(actor))
        .order_by(RoundStage.position, PaperOutcome.number, Application.id)
    )
    for application, stage, outcome, stored in session.execute(query):
        name = f"{stage.position:02d}_{round_.scheme.stage(stage.kind).title.zh}{_version(outcome.number)}"
        yield Upload(stored, name, outcome.held_on, application)


def _minutes(session: Session, round_: Round) -> Iterator[Upload]:
    query = (
        select(AwardDecision, Proposal.category, StoredFile)
        .join(Proposal, Proposal.id == AwardDecision.proposal_id)
        .join(StoredFile, StoredFile.id == AwardDecision.file_id)
        .where(Proposal.round_id == round_.id)
        .order_by(AwardDecision.id)
    )
    for decision, category, stored in session.execute(query):
        name = round_.scheme.category(category).name.zh
        yield Upload(stored, f"{MINUTES}_{name}{_version(decision.number)}", decision.held_on)


def _approvals(session: Session, round_: Round) -> Iterator[Upload]:
    query = select(Approval, StoredFile).join(StoredFile, StoredFile.id == Approval.file_id)
    for approval, stored in session.execute(query.where(Approval.round_id == round_.id)):
        yield Upload(stored, APPROVAL, approval.approved_on)


def _version(number: int) -> str:
    return f"_{number}" if number > 1 else ""
