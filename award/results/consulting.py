"""What lies before the committee: the ranking that was proposed for its decision, while it decides."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from award.applications.models import SHARING, Application
from award.applications.queries import is_barred
from award.kernel.actor import Action, Actor
from award.kernel.i18n import N_
from award.organisations.models import Organisation
from award.policy import Decision, decide
from award.results import queries
from award.results.models import AwardDecision, Proposal
from award.rounds.models import Round
from award.rounds.narrowing import closed_in, grants_in
from award.rounds.queries import rounds_of, stage_now, standing_in
from award.stages import Kind, Who

ELSEWHERE = Decision(False, "stage.wrong", N_("The committee has deliberated; its part of this round has ended."), 409)


def rounds_before(session: Session, actor: Actor) -> list[Round]:
    """The rounds whose committee an actor belongs to, newest first, whatever stage they are in."""
    return [one for one in rounds_of(session, actor) if Who.COMMITTEE in standing_in(actor, one).who]


def may_consult(actor: Actor, round_: Round, now: datetime) -> Decision:
    """Whether the ranking lies before the committee in this stage.

    Where the scheme has a stage for deliberation it is read there alone; where it has none, the committee decides as the
    stage of the public notice begins. Source: security.md 5, COM reads averages and ranking in stage 7.
    """
    stage = stage_now(round_, now)
    decision = decide(Action.RESULT_CONSULT, stage, standing_in(actor, round_))
    return ELSEWHERE if decision.allowed and Action.RESULT_CONSULT in closed_in(round_.scheme, stage.kind) else decision


def opens_in(round_: Round) -> Kind | None:
    """The stage in which the ranking will lie before the committee; None once that stage has begun."""
    scheme = round_.scheme
    kind = next(Kind(one.kind) for one in scheme.stages if Action.RESULT_CONSULT in grants_in(scheme, Kind(one.kind)))
    return kind if round_.position < next(one.position for one in round_.stages if one.kind == kind) else None


def applicants_before(session: Session, actor: Actor, round_: Round) -> list[Application]:
    """The applications that lie before the committee, by applicant; without those a conflict hides from the actor."""
    query = (
        select(Application)
        .join(Application.organisation)
        .options(contains_eager(Application.organisation))
        .where(Application.round_id == round_.id, Application.state.in_(SHARING), ~is_barred(actor))
    )
    return list(session.scalars(query.order_by(Organisation.name, Application.id)))


def proposed_to(session: Session, round_: Round, category: str) -> tuple[Proposal | None, AwardDecision | None]:
    """The proposal in force of a category, and what was decided on it."""
    found = {one.category: (one, decision) for one, decision in queries.proposals_of(session, round_.id)}
    return found.get(category, (None, None))
