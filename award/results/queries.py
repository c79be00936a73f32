"""Reading results: proposals and decisions, the notice and its objections, approval and publication."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from award.accounts.models import Person
from award.applications.models import LIVE, Application, PaperOutcome
from award.judging.models import Sheet
from award.kernel.actor import Actor
from award.kernel.errors import NotFound
from award.results.explained import Ranking, from_content
from award.results.models import Approval, AwardDecision, Notice, Objection, Proposal, Publication, ResultLine
from award.rounds.models import Round, RoundStage
from award.rounds.queries import round_for, scheme_of
from award.standing.models import Assignment
from award.standing.queries import conflicts_of


@dataclass(frozen=True)
class PanelSheet:
    """A valid sheet for the page that explains a total. marks: item key -> percent. judge: his name."""

    sheet_id: str
    person_id: int
    judge: str
    marks: Mapping[str, int]


@dataclass(frozen=True)
class JudgedTotal:
    """One sheet's total for the comparison of judges. judge: public id of the person; total in hundredths of a point."""

    application: str
    judge: str
    name: str
    total_hundredths: int


def closed_gates(session: Session, round_: Round, category: str) -> int:
    """How many applications still in the race wait for a sheet; none where the rules hold the scoring on paper."""
    scoring = next((stage for stage in scheme_of(session, round_).stages if stage.kind == "score"), None)
    if scoring is None or scoring.held == "paper":
        return 0
    left_behind = (
        select(PaperOutcome.application_id)
        .join(RoundStage, RoundStage.id == PaperOutcome.round_stage_id)
        .where(
            RoundStage.round_id == round_.id, PaperOutcome.state == "confirmed", PaperOutcome.goes_on.is_(False)
        )
    )
    query = select(func.count(Application.id)).where(
        Application.round_id == round_.id,
        Application.category == category,
        Application.state.in_(LIVE),
        Application.gate_opened_at.is_(None),
        Application.id.not_in(left_behind),
    )
    return session.scalars(query).one()


def stored_ranking(proposal: Proposal) -> Ranking:
    """The ranking a proposal fixed."""
    return from_content(proposal.content, {line.application.public_id: line.application_id for line in proposal.lines})


def hidden_from(session: Session, actor: Actor, round_: Round) -> frozenset[str]:
    """Public ids of the applications a conflict hides from an actor."""
    query = select(Application.public_id).where(
        Application.round_id == round_.id, Application.id.in_(conflicts_of(actor))
    )
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


def judged_totals(session: Session, round_: Round, category: str) -> list[JudgedTotal]:
    """Every valid sheet of a category. Only once all gates are open."""
    query = (
        select(Application.public_id, Person.public_id, Person.name, Sheet.total_hundredths)
        .join(Sheet, Sheet.application_id == Application.id)
        .join(Assignment, Assignment.id == Sheet.assignment_id)
        .join(Person, Person.id == Sheet.person_id)
        .where(
            Application.round_id == round_.id,
            Application.category == category,
            Application.state.in_(LIVE),
            Assignment.state == "active",
            Sheet.state == "submitted",
        )
        .order_by(Sheet.id)
    )
    return [JudgedTotal(application, judge, name, total or 0) for application, judge, name, total in session.execute(query)]


def _lines() -> ORMOption:
    return selectinload(Proposal.lines).joinedload(ResultLine.application).joinedload(Application.organisation)


def _proposals() -> Select[Proposal]:
    return select(Proposal).options(_lines())


def latest_proposal(session: Session, round_id: int, category: str) -> Proposal | None:
    """The proposal in force of a category, with its lines."""
    query = _proposals().where(Proposal.round_id == round_id, Proposal.category == category)
    return session.scalar(query.order_by(Proposal.number.desc()).limit(1))


def proposal_for(session: Session, actor: Actor, round_: Round, category: str) -> Proposal:
    """The proposal in force, for somebody who works in the round. Raises NotFound before there is one."""
    round_for(session, actor, round_.public_id)
    proposal = latest_proposal(session, round_.id, category)
    if proposal is None:
        raise NotFound
    return proposal


def decision_of(session: Session, proposal: Proposal) -> AwardDecision | None:
    """The decision on a proposal."""
    return session.scalar(select(AwardDecision).where(AwardDecision.proposal_id == proposal.id))


def decisions_of(session: Session, round_: Round) -> Sequence[AwardDecision]:
    """The decisions of a round, one for each decided category."""
    query = select(AwardDecision).join(Proposal, Proposal.id == AwardDecision.proposal_id)
    return session.scalars(query.where(Proposal.round_id == round_.id).order_by(AwardDecision.id)).all()


def deciders_of(session: Session, round_: Round) -> frozenset[int]:
    """Who recorded the decisions of a round."""
    return frozenset(decision.recorded_by for decision in decisions_of(session, round_))


def decided_lines(session: Session, round_: Round) -> dict[str, list[ResultLine]]:
    """The lines of every decided category, winners and others, by category."""
    query = _proposals().join(AwardDecision, AwardDecision.proposal_id == Proposal.id)
    decided = session.scalars(query.where(Proposal.round_id == round_.id).order_by(Proposal.id))
    return {proposal.category: proposal.lines for proposal in decided}


def contested(session: Session, round_: Round) -> set[str]:
    """The categories with applications in the race; only these need a proposal and a decision."""
    query = select(Application.category).where(Application.round_id == round_.id, Application.state.in_(LIVE)).distinct()
    return set(session.scalars(query))


def undecided(session: Session, round_: Round) -> set[str]:
    """The categories with applications in the race that nobody has decided on."""
    return contested(session, round_) - decided_lines(session, round_).keys()


def proposals_of(session: Session, round_id: int) -> list[tuple[Proposal, AwardDecision | None]]:
    """The proposal in force of each category, with its decision where there is one."""
    newest = select(func.max(Proposal.id)).where(Proposal.round_id == round_id).group_by(Proposal.category)
    query = (
        select(Proposal, AwardDecision)
        .outerjoin(AwardDecision, AwardDecision.proposal_id == Proposal.id)
        .where(Proposal.id.in_(newest))
        .options(_lines())
        .order_by(Proposal.id)
    )
    return [(proposal, decision) for proposal, decision in session.execute(query)]


def papers_of(session: Session, round_id: int) -> tuple[Notice | None, Approval | None, Publication | None]:
    """The notice, the approval and the publication of a round, in one query."""
    query = (
        select(Notice, Approval, Publication)
        .select_from(Round)
        .outerjoin(Notice, Notice.round_id == Round.id)
        .outerjoin(Approval, Approval.round_id == Round.id)
        .outerjoin(Publication, Publication.round_id == Round.id)
        .where(Round.id == round_id)
    )
    notice, approval, publication = session.execute(query).one()
    return notice, approval, publication


def notice_of(session: Session, round_id: int) -> Notice | None:
    """The public notice of a round."""
    return session.scalar(select(Notice).where(Notice.round_id == round_id))


def approval_of(session: Session, round_id: int) -> Approval | None:
    """The recorded approval of a round."""
    return session.get(Approval, round_id)


def publication_of(session: Session, round_id: int) -> Publication | None:
    """The publication of a round's result."""
    return session.get(Publication, round_id)


def objections_of(session: Session, actor: Actor, notice_id: int) -> Sequence[Objection]:
    """The objections to a notice, oldest first, without those about an application the actor must not touch."""
    query = select(Objection).where(Objection.notice_id == notice_id, _is_clear(actor))
    return session.scalars(query.order_by(Objection.filed_at, Objection.id)).all()


def objection_for(session: Session, actor: Actor, round_: Round, public_id: str) -> Objection:
    """An objection, for somebody who works in the round and has no conflict. Raises NotFound otherwise."""
    round_for(session, actor, round_.public_id)
    notice = notice_of(session, round_.id)
    objection = session.scalar(select(Objection).where(Objection.public_id == public_id, _is_clear(actor)))
    if notice is None or objection is None or objection.notice_id != notice.id:
        raise NotFound
    return objection


def _is_clear(actor: Actor) -> ColumnElement[bool]:
    return or_(Objection.application_id.is_(None), Objection.application_id.not_in(conflicts_of(actor)))
