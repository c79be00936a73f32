"""From the ranking to the decision on the candidates."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from award import policy
from award.kernel.actor import Action, Actor
from award.kernel.audit.chain import canonical
from award.kernel.audit.trail import record, round_stream
from award.kernel.errors import Conflict, FieldError, Invalid
from award.kernel.events import Event
from award.kernel.i18n import N_, Phrase
from award.results import queries
from award.results.explained import Explained, Ranking, as_content
from award.results.models import AwardDecision, Proposal, ResultLine
from award.results.ranking import ranking_of
from award.results.service.again import first_of
from award.results.service.days import DECIDED_TOO_EARLY, first_of_decision, too_early
from award.results.service.seats import faults_of_seats
from award.rounds.models import Round
from award.rounds.queries import guarded_stage, standing_in

DECIDED = N_("The candidates of this category have been decided; the ranking stays as it was.")
OUTCOMES_OPEN = N_(
    "The outcome of this stage does not count yet; applications of this category concerned: {count}. Have it entered, and it "
    "or its correction confirmed by a second person, first."
)


def propose(session: Session, actor: Actor, round_: Round, category: str, now: datetime) -> Proposal:
    """Fixes the ranking of a category and who the scheme proposes. Proposing an unchanged ranking again answers with it.

    now: UTC. Raises Refused (wrong stage or role), Conflict (sheets missing, already decided, or a conflict of interest).
    """
    stage = guarded_stage(session, round_, now, exclusive=True)
    policy.require(Action.RESULT_PROPOSE, stage, standing_in(actor, round_))
    require_clear(session, actor, round_)
    if waiting := queries.closed_gates(session, round_, category):
        raise Conflict("result.sheets_missing", N_("Applications that still wait for score sheets: {count}."), count=waiting)
    ranking = ranking_of(session, round_, category)
    content, sha256 = _spelled(ranking)
    last = queries.latest_proposal(session, round_.id, category)
    if last is not None and last.sha256 == sha256 and queries.set_aside_on(session, last) is None:
        return last
    if last is not None and queries.decision_of(session, last) is not None:
        raise Conflict("result.decided", DECIDED)
    proposal = Proposal(
        round_id=round_.id, category=category, number=last.number + 1 if last else 1, content=content, sha256=sha256,
        proposed_at=now, proposed_by=actor.person_id, lines=[_line(one) for one in ranking.lines],
    )  # fmt: skip
    session.add(proposal)
    session.flush()
    _record(session, actor, Event.RESULT_PROPOSED, proposal, round_, {"sha256": sha256, "number": proposal.number})
    return proposal


def require_clear(session: Session, actor: Actor, round_: Round) -> None:
    """Raises Conflict for somebody with a conflict of interest in the round: he takes no part in its result."""
    if queries.hidden_from(session, actor, round_):
        raise Conflict(
            "result.conflicted",
            N_("A conflict of interest of yours is on record in this round, so you take no part in its result. Ask a colleague."),
        )


def is_current(session: Session, proposal: Proposal, ranking: Ranking) -> bool:
    """Whether a proposal fixed exactly this ranking, and no decision on it was set aside."""
    return proposal.sha256 == _spelled(ranking)[1] and queries.set_aside_on(session, proposal) is None


def _spelled(ranking: Ranking) -> tuple[str, str]:
    content = canonical(as_content(ranking))
    return content, hashlib.sha256(content.encode()).hexdigest()


def _line(explained: Explained) -> ResultLine:
    return ResultLine(
        application_id=explained.application_id,
        published=None if explained.published is None else str(explained.published),
        rank=explained.rank,
        proposed_grade=explained.grade,
        proposed_reason=explained.reason,
    )


def decide(
    session: Session,
    actor: Actor,
    round_: Round,
    proposal: Proposal,
    *,
    held_on: date,
    members: Sequence[str],
    grades: Mapping[str, str],
    deviations: Mapping[str, str],
    file_id: int | None = None,
    now: datetime,
) -> AwardDecision:
    """Records the decision on the candidates of a category, with who took part and a reason for each deviation.

    grades: public id of an application -> grade, "" for none; one that is absent is decided as proposed. deviations:
    public id -> reason. Effects: the winners become candidates. Asked again by the same person, answers with the first.
    Raises Refused, Conflict (already decided, a newer proposal or other sheets exist, an outcome is missing or waits, or a
    conflict of interest), Invalid (names, reasons missing, more seats than there are, a grade below its minimum).
    """
    stage = guarded_stage(session, round_, now, exclusive=True)
    policy.require(Action.RESULT_DECIDE, stage, standing_in(actor, round_))
    existing = queries.decision_of(session, proposal)
    if first := first_of(existing, existing.recorded_by if existing else None, actor, "result.decided", DECIDED):
        return first
    require_clear(session, actor, round_)
    _require_latest(session, round_, proposal)
    _check_decision(session, round_, proposal, members, grades, deviations, held_on, now)
    for line in proposal.lines:
        key = line.application.public_id
        line.decided_grade = grades.get(key, line.proposed_grade)
        line.deviation = deviations.get(key, "").strip() if line.decided_grade != line.proposed_grade else ""
        if line.decided_grade:
            line.application.state = "candidate"
    decision = AwardDecision(
        proposal_id=proposal.id, held_on=held_on, members=list(members), file_id=file_id, decided_at=now,
        recorded_by=actor.person_id, **kept_of(proposal),
    )  # fmt: skip
    session.add(decision)
    session.flush()
    content = {**_decided_content(proposal, held_on, members), "file": file_id}
    _record(session, actor, Event.RESULT_DECIDED, proposal, round_, content)
    return decision


def set_aside(session: Session, actor: Actor, round_: Round, category: str, outcome: str) -> None:
    """Takes the decision on a category out of force before any notice, because the ranking it rests on is another now.

    outcome: public id of the outcome that changes it. The act that calls this has checked whether it may. Does nothing where
    nothing is decided. Effects: candidates are accepted applicants again; the ranking is proposed and decided on anew.
    Raises Conflict for somebody with a conflict of interest in the round.
    """
    proposal = queries.latest_proposal(session, round_.id, category)
    decision = None if proposal is None else queries.decision_of(session, proposal)
    if proposal is None or decision is None:
        return
    require_clear(session, actor, round_)
    decision.state = "set_aside"
    for line in proposal.lines:
        line.decided_grade, line.deviation = None, ""
        if line.application.state == "candidate":
            line.application.state = "accepted"
    session.flush()
    content = {"outcome": outcome, "applications": sorted(decision.grades)}
    _record(session, actor, Event.RESULT_SET_ASIDE, proposal, round_, content)


def kept_of(proposal: Proposal) -> dict[str, dict[str, str]]:
    """What a decision keeps of the lines as they stand, whatever amends it later."""
    return {
        "grades": {line.application.public_id: line.decided_grade or "" for line in proposal.lines},
        "reasons": {line.application.public_id: line.deviation for line in proposal.lines if line.deviation},
    }


def _require_latest(session: Session, round_: Round, proposal: Proposal) -> None:
    latest = queries.latest_proposal(session, round_.id, proposal.category)
    if latest is None or latest.id != proposal.id:
        raise Conflict("result.newer_proposal", N_("The ranking was proposed again meanwhile. Look at the new one first."))
    if not is_current(session, proposal, ranking_of(session, round_, proposal.category)):
        raise Conflict(
            "result.outdated", N_("Sheets or outcomes have changed since the ranking was proposed. Propose it again first.")
        )
    require_outcomes(session, round_, proposal.category)


def require_outcomes(session: Session, round_: Round, category: str) -> None:
    """Raises Conflict while an outcome that the decision rests on is missing or waits."""
    if waiting := what_waits(session, round_, category):
        raise Conflict("result.outcomes_waiting", waiting.text, **waiting.params)


def what_waits(session: Session, round_: Round, category: str) -> Phrase | None:
    """Why nothing is decided yet: outcomes of the stage held on paper that do not count yet; None where all do.

    A ranking may be proposed before: it lies before the committee when that votes.
    """
    count = queries.open_outcomes(session, round_, category)
    return Phrase(OUTCOMES_OPEN, {"count": count}) if count else None


def _decided_content(proposal: Proposal, held_on: date, members: Sequence[str]) -> dict[str, object]:
    kept = kept_of(proposal)
    return {
        "category": proposal.category,
        "held_on": str(held_on),
        "members": list(members),
        "grades": kept["grades"],
        "deviations": kept["reasons"],
    }


def faults_of_meeting(round_: Round, held_on: date, members: Sequence[str], now: datetime) -> list[FieldError]:
    """What is wrong with the day of a decision and the names of those who took part."""
    errors = []
    if held_on > round_.award.authority.day_of(now):
        errors.append(FieldError("held_on", N_("A decision is recorded after it was made; this day is still to come.")))
    if not [name for name in members if name.strip()]:
        errors.append(FieldError("members", N_("Name everybody who took part in the decision.")))
    return errors


def _check_decision(
    session: Session,
    round_: Round,
    proposal: Proposal,
    members: Sequence[str],
    grades: Mapping[str, str],
    deviations: Mapping[str, str],
    held_on: date,
    now: datetime,
) -> None:
    errors = faults_of_meeting(round_, held_on, members, now)
    errors += too_early("held_on", held_on, first_of_decision(session, round_, proposal.category), DECIDED_TOO_EARLY)
    for line in proposal.lines:
        key = line.application.public_id
        if grades.get(key, line.proposed_grade) != line.proposed_grade and not deviations.get(key, "").strip():
            text = N_("Give the reason why {name} is decided otherwise than proposed.")
            errors.append(FieldError(f"reason-{key}", text, {"name": line.application.entrant}))
    scheme = round_.scheme
    elsewhere = {key: lines for key, lines in queries.decided_lines(session, round_).items() if key != proposal.category}
    errors += faults_of_seats(scheme, proposal, queries.stored_ranking(proposal), grades, elsewhere)
    if errors:
        raise Invalid(errors)


def _record(
    session: Session, actor: Actor, event: Event, proposal: Proposal, round_: Round, content: Mapping[str, object]
) -> None:
    stream = round_stream(round_.public_id)
    record(session, actor, event, f"proposal:{proposal.public_id}", stream, content, rules=round_.scheme_sha256)
