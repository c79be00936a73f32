"""The second person's part in a decision on the candidates: he puts it in force, or it is withdrawn before."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from award import policy
from award.kernel.actor import Action, Actor
from award.kernel.errors import Conflict, NotFound, Refused
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.results import queries
from award.results.models import AwardDecision
from award.results.service.deciding import (
    faults_of_decision,
    note,
    require_clear,
    require_correctable,
    require_latest,
    withdraw,
)
from award.rounds.models import Round
from award.rounds.queries import guarded_stage, standing_in

SAME_PERSON = N_(
    "You entered this decision; another person of the office must confirm it. Where the office has no other account, ask the "
    "system administrator to invite a second person."
)


def confirm_decision(session: Session, actor: Actor, round_: Round, decision: AwardDecision, now: datetime) -> AwardDecision:
    """Puts a decision in force before the notice, in the place of the one it corrects where there is one.

    Effects: the winners become candidates. Asked again by the same person, answers with it. Raises Refused for whoever entered
    it, Conflict where it does not wait any more, a newer proposal or other sheets exist, an outcome is missing or waits, the
    seats do not suffice any more, or a conflict of interest.
    """
    _hold(session, actor, round_, decision, now)
    if decision.state == "in_force" and decision.confirmed_by == actor.person_id:
        return decision
    require_waiting(decision)
    if decision.recorded_by == actor.person_id:
        raise Refused("decision.same_person", SAME_PERSON, status=409)
    before = queries.decision_of(session, decision.proposal)
    require_correctable(session, round_, before)
    require_latest(session, round_, decision.proposal, before)
    said = (decision.held_on, decision.members, decision.grades, decision.reasons)
    for fault in faults_of_decision(session, round_, decision.proposal, *said, now):
        raise Conflict("decision.outdated", fault.text, **fault.params)
    put_in_force(session, actor, decision, now, kept={})
    content = {"supersedes": before and before.public_id, "grades": decision.grades}
    note(session, actor, Event.RESULT_DECISION_CONFIRMED, round_, decision, content)
    return decision


def drop_decision(session: Session, actor: Actor, round_: Round, decision: AwardDecision, now: datetime) -> None:
    """Withdraws a decision that waits; it stays readable. Twice is once. Raises Conflict once it was confirmed."""
    _hold(session, actor, round_, decision, now)
    if decision.state != "dropped":
        require_waiting(decision)
        withdraw(session, actor, round_, decision)


def put_in_force(
    session: Session, actor: Actor, decision: AwardDecision, now: datetime, *, kept: Mapping[str, str]
) -> None:
    """What a decision says stands from now on, and what it takes the place of is replaced.

    kept: public id -> the reason that stays where the decision names none of its own.
    """
    if decision.supersedes_id is not None:
        session.get_one(AwardDecision, decision.supersedes_id).state = "replaced"
    decision.state, decision.confirmed_at, decision.confirmed_by = "in_force", now, actor.person_id
    for line in decision.proposal.lines:
        key = line.application.public_id
        line.decided_grade = decision.grades.get(key, "")
        line.deviation = decision.reasons.get(key, kept.get(key, ""))
        if not line.decided_grade and line.application.state in ("candidate", "publicised"):
            line.application.state = "accepted"
        elif line.decided_grade and line.application.state == "accepted":
            line.application.state = "candidate"
    session.flush()


def require_waiting(decision: AwardDecision) -> None:
    """Raises Conflict for one that was confirmed, dropped or set aside meanwhile."""
    if decision.state != "waiting":
        raise Conflict("decision.over", N_("This decision does not wait any more. Look at the decision as it stands now."))


def _hold(session: Session, actor: Actor, round_: Round, decision: AwardDecision, now: datetime) -> None:
    stage = guarded_stage(session, round_, now, exclusive=True)
    policy.require(Action.RESULT_DECIDE, stage, standing_in(actor, round_))
    require_clear(session, actor, round_)
    if decision.proposal.round_id != round_.id:
        raise NotFound
    session.refresh(decision)
