"""The files a round rests on besides its papers: of stages held on paper, of decisions, of the approval, of objections, and
the notices that a corrected one took the place of.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from award.applications.models import Application, PaperOutcome
from award.applications.queries import is_barred, with_round
from award.kernel.actor import Actor
from award.kernel.documents.models import Document
from award.kernel.files.models import StoredFile
from award.results.letters import outcome_subject_of, subject_of
from award.results.models import Approval, AwardDecision, Notice, Objection, Proposal
from award.results.queries import hidden_from, objections_of, publication_of
from award.rounds.models import Round, RoundStage

FOLDER, OBJECTIONS, CORRECTED = "签字文件", "异议", "更正前的公示"
MINUTES, APPROVAL = "会议纪要", "批准文件"


@dataclass(frozen=True)
class Upload:
    """One file as it was uploaded or published. application: None for one of the whole round; name: without its ending.

    stored: None for a paper that is wanted and not made yet. shelf: the folder it lies in. What belongs to an objection lies
    with the papers of the round: who objected is nothing for the papers of an application.
    """

    stored: StoredFile | None
    name: str
    dated: date
    application: Application | None = None
    shelf: str = FOLDER


def uploads_in(session: Session, actor: Actor, round_: Round) -> list[Upload]:
    """Those an officer of the round may open one by one: none of an application that is barred to him; the minutes, which
    name all candidates, only where none is, and notices where none is or the result is public.
    """
    found, is_hidden = list(_of_stages(session, actor, round_)), bool(hidden_from(session, actor, round_))
    if not is_hidden:
        found += _minutes(session, round_)
    if not is_hidden or publication_of(session, round_.id) is not None:
        found += _notices(session, round_)
    return [*found, *_approvals(session, round_), *_objections(session, actor, round_)]


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
    for approval, stored in session.execute(query.where(Approval.round_id == round_.id).order_by(Approval.number)):
        yield Upload(stored, f"{APPROVAL}{_version(approval.number)}", approval.approved_on)


def _notices(session: Session, round_: Round) -> Iterator[Upload]:
    """Each notice that a later one corrects, as it was published: the last one is a paper of its own."""
    corrected = select(Notice.corrects_id).where(Notice.round_id == round_.id, Notice.corrects_id.is_not(None))
    query = select(Notice, Document).join(Document, Document.id == Notice.document_id).where(Notice.id.in_(corrected))
    for notice, document in session.execute(query.options(joinedload(Document.file)).order_by(Notice.number)):
        yield Upload(document.file if document.is_ready else None, f"公示_{notice.number}", notice.first_day, shelf=CORRECTED)


def _objections(session: Session, actor: Actor, round_: Round) -> Iterator[Upload]:
    """What came in, what was found, and both letters, of the objections the officer may open."""
    found, day_of = objections_of(session, actor, round_), round_.award.authority.day_of
    letters = _letters(session, found)
    for one in found:
        head = f"{one.number:02d}_{one.receipt}"
        for what, file_id, at in (("来件", one.file_id, None), ("核查材料", one.evidence_id, one.examined_at)):
            if file_id is not None:
                dated = one.received_on if at is None else day_of(at)
                yield Upload(session.get_one(StoredFile, file_id), f"{head}_{what}", dated, one.application, OBJECTIONS)
        for what, subject in (("答复书", subject_of(one)), ("处理结果告知书", outcome_subject_of(one))):
            if letter := letters.get(subject):
                stored = letter.file if letter.is_ready else None
                yield Upload(stored, f"{head}_{what}", day_of(letter.wanted_at), one.application, OBJECTIONS)


def _letters(session: Session, objections: Sequence[Objection]) -> dict[str, Document]:
    """The last letter of each subject."""
    subjects = [subject for one in objections for subject in (subject_of(one), outcome_subject_of(one))]
    query = select(Document).options(joinedload(Document.file)).where(Document.kind == "notice", Document.subject.in_(subjects))
    return {one.subject: one for one in session.scalars(query.order_by(Document.wanted_at, Document.id))}


def _version(number: int) -> str:
    return f"_{number}" if number > 1 else ""
