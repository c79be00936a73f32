"""Reading results: proposals and decisions, the notice and its objections, approval and publication."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from award.accounts.models import Person
from award.applications.models import LEAVES_OUT, SHARING, Application, PaperOutcome
from award.applications.queries import barred_from, barred_to, is_barred
from award.judging.models import Sheet
from award.kernel.actor import Actor
from award.kernel.errors import NotFound
from award.kernel.ids import tidy_code
from award.results.explained import Ranking, from_content
from award.results.models import Approval, AwardDecision, Notice, Objection, Proposal, Publication, ResultLine
from award.rounds.models import Round, RoundStage, Snapshot
from award.rounds.queries import round_for, stage_of

_IN_FORCE, _APPROVED = AwardDecision.state == "in_force", Approval.state == "in_force"


@dataclass(frozen=True)
class PanelSheet:
    """A valid sheet for the page that explains a total. marks: item key -> percent. judge: his name."""

    sheet_id: str
    person_id: int
    judge: str
    marks: Mapping[str, int]


def closed_gates(session: Session, round_: Round, category: str) -> int:
    """How many applications still in the race wait for a sheet; none where the rules hold the scoring on paper."""
    scoring = next((stage for stage in round_.scheme.stages if stage.kind == "score"), None)
    if scoring is None or scoring.held == "paper":
        return 0
    query = select(func.count(Application.id)).where(
        Application.round_id == round_.id,
        Application.category == category,
        Application.state.in_(SHARING),
        Application.gate_opened_at.is_(None),
        Application.id.not_in(_left_out(round_)),
    )
    return session.scalars(query).one()


def _left_out(round_: Round) -> Select[int]:
    """The applications that a stage held on paper did not let go on."""
    return (
        select(PaperOutcome.application_id)
        .join(RoundStage, RoundStage.id == PaperOutcome.round_stage_id)
        .where(RoundStage.round_id == round_.id, LEAVES_OUT)
    )


def open_outcomes(session: Session, round_: Round, category: str) -> int:
    """How many applications in the race have no confirmed outcome of the present stage, or one with a correction that waits.

    None where the stage is held in the system.
    """
    here = stage_of(round_)
    if round_.scheme.stage(here.kind).held != "paper":
        return 0
    outcomes = select(PaperOutcome.application_id).where(PaperOutcome.round_stage_id == here.id)
    confirmed = Application.id.in_(outcomes.where(PaperOutcome.state == "confirmed"))
    waits = Application.id.in_(outcomes.where(PaperOutcome.state == "recorded"))
    query = select(func.count(Application.id)).where(
        Application.round_id == round_.id, Application.category == category, Application.state.in_(SHARING),
        or_(waits, ~confirmed & Application.id.not_in(_left_out(round_))),
    )  # fmt: skip
    return session.scalars(query).one()


def is_decided(session: Session, round_: Round, category: str) -> bool:
    """Whether a decision on the candidates of a category stands."""
    proposal = latest_proposal(session, round_.id, category)
    return proposal is not None and decision_of(session, proposal) is not None


def left_behind(session: Session, round_: Round, category: str) -> list[tuple[Application, str, str]]:
    """The applications of a category that a stage held on paper did not let go on: the kind of the stage, and its reason."""
    query = (
        select(Application, RoundStage.kind, PaperOutcome.summary)
        .options(joinedload(Application.organisation))
        .join(PaperOutcome, PaperOutcome.application_id == Application.id)
        .join(RoundStage, RoundStage.id == PaperOutcome.round_stage_id)
        .where(
            RoundStage.round_id == round_.id, Application.category == category, Application.state.in_(SHARING),
            LEAVES_OUT,
        )
        .order_by(RoundStage.position, Application.number)
    )  # fmt: skip
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def stored_ranking(proposal: Proposal) -> Ranking:
    """The ranking a proposal fixed."""
    return from_content(proposal.content, {line.application.public_id: line.application_id for line in proposal.lines})


def hidden_from(session: Session, actor: Actor, round_: Round) -> frozenset[str]:
    """Public ids of the applications a conflict hides from an actor."""
    query = select(Application.public_id).where(Application.round_id == round_.id, is_barred(actor))
    return frozenset(session.scalars(query))


def panel_sheets(session: Session, public_ids: Sequence[str]) -> dict[str, PanelSheet]:
    """Sheets by their public ids, with whose they are. Ask policy before showing any value."""
    query = (
        select(Sheet, Person.name)
        .join(Person, Person.id == Sheet.person_id)
        .where(Sheet.public_id.in_(public_ids))
    )
    return {
        sheet.public_id: PanelSheet(sheet.public_id, sheet.person_id, name, sheet.marks)
        for sheet, name in session.execute(query)
    }


def _lines() -> ORMOption:
    return selectinload(Proposal.lines).joinedload(ResultLine.application).joinedload(Application.organisation)


def _proposals() -> Select[Proposal]:
    return select(Proposal).options(_lines())


def latest_proposal(session: Session, round_id: int, category: str) -> Proposal | None:
    """The proposal in force of a category, with its lines."""
    query = _proposals().where(Proposal.round_id == round_id, Proposal.category == category)
    return session.scalar(query.order_by(Proposal.number.desc()).limit(1))


def decision_of(session: Session, proposal: Proposal) -> AwardDecision | None:
    """The decision in force on a proposal."""
    return session.scalar(select(AwardDecision).where(AwardDecision.proposal_id == proposal.id, _IN_FORCE))


def set_aside_on(session: Session, proposal: Proposal) -> AwardDecision | None:
    """The decision on a proposal that was set aside, because an outcome it rests on was entered or corrected since."""
    query = select(AwardDecision).where(AwardDecision.proposal_id == proposal.id, AwardDecision.state == "set_aside")
    return session.scalar(query)


def versions_of(session: Session, proposal: Proposal) -> Sequence[AwardDecision]:
    """Everything entered as the decision on a proposal, newest first; what waits or was dropped too."""
    query = select(AwardDecision).where(AwardDecision.proposal_id == proposal.id)
    return session.scalars(query.order_by(AwardDecision.number.desc())).all()


def decision_for(session: Session, round_: Round, public_id: str) -> AwardDecision:
    """One version of a decision of the round. Raises NotFound."""
    query = select(AwardDecision).join(Proposal, Proposal.id == AwardDecision.proposal_id)
    found = session.scalar(query.where(AwardDecision.public_id == public_id, Proposal.round_id == round_.id))
    if found is None:
        raise NotFound
    return found


def decisions_of(session: Session, round_: Round) -> Sequence[AwardDecision]:
    """The decisions of a round in force, one for each decided category."""
    query = select(AwardDecision).join(Proposal, Proposal.id == AwardDecision.proposal_id)
    return session.scalars(query.where(Proposal.round_id == round_.id, _IN_FORCE).order_by(AwardDecision.id)).all()


def waiting_decision(session: Session, round_: Round) -> AwardDecision | None:
    """A decision of any category, amended or not, that waits for its second person."""
    query = select(AwardDecision).join(Proposal, Proposal.id == AwardDecision.proposal_id)
    return session.scalar(query.where(Proposal.round_id == round_.id, AwardDecision.state == "waiting").limit(1))


def conflicted_in(session: Session, round_: Round) -> frozenset[int]:
    """Who must not touch an application of a round, and so takes no part in its result."""
    return barred_from(session, Application.round_id == round_.id)


def deciders_of(session: Session, round_: Round) -> frozenset[int]:
    """Who recorded the decisions of a round that are in force."""
    return frozenset(decision.recorded_by for decision in decisions_of(session, round_))


def decided_lines(session: Session, round_: Round) -> dict[str, list[ResultLine]]:
    """The lines of every decided category, winners and others, by category."""
    query = _proposals().join(AwardDecision, (AwardDecision.proposal_id == Proposal.id) & _IN_FORCE)
    decided = session.scalars(query.where(Proposal.round_id == round_.id).order_by(Proposal.id))
    return {proposal.category: proposal.lines for proposal in decided}


def contested(session: Session, round_: Round) -> set[str]:
    """The categories with applications in the race; only these need a proposal and a decision."""
    query = select(Application.category).where(
        Application.round_id == round_.id, Application.state.in_(SHARING), Application.id.not_in(_left_out(round_))
    )
    return set(session.scalars(query.distinct()))


def undecided(session: Session, round_: Round) -> set[str]:
    """The categories with applications in the race that nobody has decided on."""
    return contested(session, round_) - decided_lines(session, round_).keys()


def proposals_of(session: Session, round_id: int) -> list[tuple[Proposal, AwardDecision | None]]:
    """The proposal in force of each category, with its decision in force where there is one."""
    newest = select(func.max(Proposal.id)).where(Proposal.round_id == round_id).group_by(Proposal.category)
    query = (
        select(Proposal, AwardDecision)
        .outerjoin(AwardDecision, (AwardDecision.proposal_id == Proposal.id) & _IN_FORCE)
        .where(Proposal.id.in_(newest))
        .options(_lines())
        .order_by(Proposal.id)
    )
    return [(proposal, decision) for proposal, decision in session.execute(query)]


def papers_of(session: Session, round_id: int) -> tuple[Notice | None, Approval | None, Publication | None]:
    """The last notice, the approval and the publication of a round, in one query."""
    last = select(func.max(Notice.id)).where(Notice.round_id == round_id).scalar_subquery()
    query = (
        select(Notice, Approval, Publication)
        .select_from(Round)
        .outerjoin(Notice, Notice.id == last)
        .outerjoin(Approval, (Approval.round_id == Round.id) & _APPROVED)
        .outerjoin(Publication, Publication.round_id == Round.id)
        .where(Round.id == round_id)
    )
    notice, approval, publication = session.execute(query).one()
    return notice, approval, publication


def notice_of(session: Session, round_id: int) -> Notice | None:
    """The public notice of a round; the last one where it was corrected."""
    return session.scalar(select(Notice).where(Notice.round_id == round_id).order_by(Notice.number.desc()).limit(1))


def notices_of(session: Session, round_id: int) -> Sequence[tuple[Notice, Snapshot]]:
    """Every notice of a round with what the public reads of it, newest first."""
    query = select(Notice, Snapshot).join(Snapshot, Snapshot.id == Notice.snapshot_id)
    return [(one, read) for one, read in session.execute(query.where(Notice.round_id == round_id).order_by(Notice.number.desc()))]


def approval_of(session: Session, round_id: int) -> Approval | None:
    """The approval of a round that is in force."""
    return session.scalar(select(Approval).where(Approval.round_id == round_id, _APPROVED))


def approvals_of(session: Session, round_: Round) -> Sequence[Approval]:
    """Everything entered as the approval of a round, newest first; what waits or was dropped too."""
    return session.scalars(select(Approval).where(Approval.round_id == round_.id).order_by(Approval.number.desc())).all()


def approval_for(session: Session, round_: Round, public_id: str) -> Approval:
    """One version of the approval of a round. Raises NotFound."""
    found = session.scalar(select(Approval).where(Approval.public_id == public_id, Approval.round_id == round_.id))
    if found is None:
        raise NotFound
    return found


def publication_of(session: Session, round_id: int) -> Publication | None:
    """The publication of a round's result."""
    return session.get(Publication, round_id)


def objections_of(session: Session, actor: Actor, round_: Round) -> Sequence[Objection]:
    """The register of objections, oldest first, without those about an application the actor must not touch."""
    query = select(Objection).where(Objection.round_id == round_.id, _is_clear(actor))
    about = joinedload(Objection.application).joinedload(Application.organisation)
    return session.scalars(query.options(about).order_by(Objection.number)).all()


def objection_for(session: Session, actor: Actor, round_: Round, public_id: str) -> Objection:
    """An objection, for somebody who works in the round and has no conflict. Raises NotFound otherwise."""
    round_for(session, actor, round_.public_id)
    query = select(Objection).where(Objection.public_id == public_id, Objection.round_id == round_.id, _is_clear(actor))
    objection = session.scalar(query)
    if objection is None:
        raise NotFound
    return objection


def objection_by_receipt(session: Session, receipt: str, code: str) -> Objection | None:
    """An objection, for whoever knows its number and its code, as people type them; None otherwise."""
    code_sha256, number = hashlib.sha256(tidy_code(code).encode()).hexdigest(), tidy_code(receipt)
    found = session.scalar(select(Objection).where(Objection.receipt == f"{number[:2]}-{number[2:]}"))
    return found if found is not None and hmac.compare_digest(found.code_sha256, code_sha256) else None


def to_amend(session: Session, actor: Actor, round_: Round) -> list[Objection]:
    """Answered objections that call for an amended decision which has not been entered yet."""
    return [one for one in objections_of(session, actor, round_) if calls_for_amendment(one)]


def calls_for_amendment(objection: Objection) -> bool:
    """Whether an objection was upheld against the decision, and no amended decision follows from it yet."""
    return objection.state == "answered" and objection.effect == "amendment" and objection.decision_id is None


Untold = tuple[Sequence[AwardDecision], Sequence[Objection]]


def untold(session: Session, round_: Round) -> Untold:
    """What the last notice does not tell yet: decisions amended since, and objections that ask for a correction of it."""
    query = select(Objection).where(Objection.round_id == round_.id).order_by(Objection.number)
    return untold_among(decisions_of(session, round_), session.scalars(query).all())


def untold_among(in_force: Sequence[AwardDecision], objections: Sequence[Objection]) -> Untold:
    """The same among the decisions in force and all objections of a round."""
    decisions = [one for one in in_force if one.supersedes_id is not None and one.notice_id is None]
    amended = {one.id for one in decisions}
    asking = [
        one
        for one in objections
        if one.state == "answered" and one.settled_id is None and (one.effect == "correction" or one.decision_id in amended)
    ]
    return decisions, asking


def _is_clear(actor: Actor) -> ColumnElement[bool]:
    return or_(Objection.application_id.is_(None), Objection.application_id.not_in(barred_to(actor)))
