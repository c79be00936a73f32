"""From the ranking to the decision on the candidates, which one person enters; `confirming` is the other's part."""

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
from award.kernel.files.service import kept_paper
from award.kernel.i18n import N_, Phrase
from award.results import queries
from award.results.explained import Explained, Ranking, as_content
from award.results.models import AwardDecision, Proposal, ResultLine
from award.results.ranking import ranking_of
from award.results.service.days import DECIDED_TOO_EARLY, first_of_decision, too_early
from award.results.service.seats import faults_of_seats
from award.rounds.models import Round
from award.rounds.queries import guarded_stage, standing_in
from award.rounds.service.second_person import Waiting, ask_second_person

DECIDED = N_("The candidates of this category have been decided; the ranking stays as it was.")
DECISION_WAITS = N_("A decision on the candidates waits for its second person. Have it confirmed, or withdraw it, first.")
OUTCOMES_OPEN = N_(
    "The outcome of this stage does not count yet; applications of this category concerned: {count}. Have it entered, and it "
    "or its correction confirmed by a second person, first."
)


def propose(session: Session, actor: Actor, round_: Round, category: str, now: datetime) -> Proposal:
    """Fixes the ranking of a category and who the scheme proposes. Proposing an unchanged ranking again answers with it.

    now: UTC. Raises Refused (wrong stage or role), Conflict (sheets missing, decided or a decision that waits, or a conflict of interest).
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
    states = set() if last is None else {one.state for one in queries.versions_of(session, last)}
    if "in_force" in states:
        raise Conflict("result.decided", DECIDED)
    if "waiting" in states:
        raise Conflict("result.decision_waiting", DECISION_WAITS)
    proposal = Proposal(
        round_id=round_.id, category=category, number=last.number + 1 if last else 1, content=content, sha256=sha256,
        proposed_at=now, proposed_by=actor.person_id, lines=[_line(one) for one in ranking.lines],
    )  # fmt: skip
    session.add(proposal)
    session.flush()
    record(
        session, actor, Event.RESULT_PROPOSED, f"proposal:{proposal.public_id}", round_stream(round_.public_id),
        {"sha256": sha256, "number": proposal.number}, rules=round_.scheme_sha256,
    )  # fmt: skip
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
    reason: str = "",
    file_id: int | None = None,
    now: datetime,
) -> AwardDecision:
    """Enters the decision on the candidates of a category; it counts once another person has confirmed it.

    grades: public id of an application -> grade, "" for none; one that is absent is decided as proposed. deviations: public
    id -> reason. reason: what was entered wrongly, where it corrects the decision in force before the notice. file_id: the
    signed minutes; None keeps those of the version before. Effects: a version that waits is dropped for it; messages to
    colleagues. Entered again word for word by the same person, answers with the first.
    Raises Refused, Conflict (on notice already, a newer proposal or other sheets exist, an outcome is missing or waits, or a
    conflict of interest), Invalid (names, reasons missing, more seats than there are, a grade below its minimum).
    """
    stage = guarded_stage(session, round_, now, exclusive=True)
    policy.require(Action.RESULT_DECIDE, stage, standing_in(actor, round_))
    require_clear(session, actor, round_)
    versions = queries.versions_of(session, proposal)
    before, waiting = (next((one for one in versions if one.state == state), None) for state in ("in_force", "waiting"))
    require_correctable(session, round_, before)
    require_latest(session, round_, proposal, before)
    if errors := faults_of_decision(session, round_, proposal, held_on, members, grades, deviations, now):
        raise Invalid(errors)
    former = waiting or before
    made = AwardDecision(
        proposal_id=proposal.id, number=versions[0].number + 1 if versions else 1, supersedes_id=before.id if before else None,
        state="waiting", reason=reason.strip() if before else "", held_on=held_on, members=list(members),
        file_id=kept_paper(session, file_id, former.file_id if former else None), decided_at=now,
        recorded_by=actor.person_id, **_kept_of(proposal, grades, deviations),
    )  # fmt: skip
    if waiting is not None and _typed(waiting) == _typed(made):
        return waiting
    _check_correction(before, made)
    if waiting is not None:
        withdraw(session, actor, round_, waiting)
    session.add(made)
    session.flush()
    note(session, actor, Event.RESULT_DECIDED, round_, made, {"category": proposal.category, **_content(made)})
    conflicted = queries.conflicted_in(session, round_)
    ask_second_person(session, actor, round_, _waiting(round_, proposal, made), now, without=conflicted)
    return made


def _waiting(round_: Round, proposal: Proposal, made: AwardDecision) -> Waiting:
    category = round_.scheme.category(proposal.category)
    place = f"/office/rounds/{round_.public_id}/results/amendment?category={category.key}"
    return Waiting(N_("Decision"), category.name, place, made.public_id)


def require_correctable(session: Session, round_: Round, before: AwardDecision | None) -> None:
    """Raises Conflict where a decision is in force and on notice: from then on only an upheld objection amends it."""
    if before is not None and queries.notice_of(session, round_.id) is not None:
        raise Conflict("result.decided", DECIDED)


def _check_correction(before: AwardDecision | None, made: AwardDecision) -> None:
    if before is None:
        return
    if not made.reason:
        raise Invalid.one("reason", N_("Say what was entered wrongly and what shows the right value."))
    if _said(before) == _said(made):
        raise Invalid.one("held_on", N_("Nothing would change. Correct what was entered wrongly."))


def _said(decision: AwardDecision) -> list[object]:
    """What a decision says, to be compared with another on the same proposal."""
    return [decision.held_on, decision.members, decision.grades, decision.reasons, decision.file_id]


def _typed(decision: AwardDecision) -> list[object]:
    """What somebody entered, to be compared with what waits."""
    return [decision.recorded_by, decision.reason, *_said(decision)]


def withdraw(session: Session, actor: Actor, round_: Round, decision: AwardDecision) -> None:
    """Drops a decision that waits. The act that calls this has checked whether it may."""
    decision.state = "dropped"
    session.flush()
    note(session, actor, Event.RESULT_DECISION_DROPPED, round_, decision, {"number": decision.number})


def set_aside(session: Session, actor: Actor, round_: Round, category: str, outcome: str) -> None:
    """Takes the decision on a category out of force before any notice, because the ranking it rests on is another now.

    outcome: public id of the outcome that changes it. The act that calls this has checked whether it may. Does nothing where
    nothing is decided; a version that waits is set aside as well. Effects: candidates are accepted applicants again; the
    ranking is proposed and decided on anew.
    """
    proposal = queries.latest_proposal(session, round_.id, category)
    versions = [] if proposal is None else queries.versions_of(session, proposal)
    open_ = [one for one in versions if one.state in ("in_force", "waiting")]
    if proposal is None or not open_:
        return
    require_clear(session, actor, round_)
    for line in proposal.lines:
        line.decided_grade, line.deviation = None, ""
        if line.application.state == "candidate":
            line.application.state = "accepted"
    for one in open_:
        in_force = one.state == "in_force"
        one.state = "set_aside"
        session.flush()
        content = {"outcome": outcome, "applications": sorted(one.grades) if in_force else []}
        note(session, actor, Event.RESULT_SET_ASIDE, round_, one, content)


def _kept_of(proposal: Proposal, grades: Mapping[str, str], deviations: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The grade of every line, and why it differs where it does."""
    proposed = {line.application.public_id: line.proposed_grade for line in proposal.lines}
    decided = {key: grades.get(key, grade) for key, grade in proposed.items()}
    differing = [key for key, grade in decided.items() if grade != proposed[key]]
    return {"grades": decided, "reasons": {key: deviations.get(key, "").strip() for key in differing}}


def require_latest(session: Session, round_: Round, proposal: Proposal, before: AwardDecision | None) -> None:
    """Raises Conflict unless a decision can be made on this proposal now. before: the decision in force that one corrects;
    the ranking stays as that one found it.
    """
    latest = queries.latest_proposal(session, round_.id, proposal.category)
    if latest is None or latest.id != proposal.id:
        raise Conflict("result.newer_proposal", N_("The ranking was proposed again meanwhile. Look at the new one first."))
    if before is None and not is_current(session, proposal, ranking_of(session, round_, proposal.category)):
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


def _content(decision: AwardDecision) -> dict[str, object]:
    return {
        "held_on": str(decision.held_on), "members": decision.members, "grades": decision.grades, "reasons": decision.reasons,
        "reason": decision.reason, "file": decision.file_id,
    }  # fmt: skip


def faults_of_meeting(round_: Round, held_on: date, members: Sequence[str], now: datetime) -> list[FieldError]:
    """What is wrong with the day of a decision and the names of those who took part."""
    errors = []
    if held_on > round_.award.authority.day_of(now):
        errors.append(FieldError("held_on", N_("A decision is recorded after it was made; this day is still to come.")))
    if not [name for name in members if name.strip()]:
        errors.append(FieldError("members", N_("Name everybody who took part in the decision.")))
    return errors


def faults_of_decision(
    session: Session, round_: Round, proposal: Proposal, held_on: date, members: Sequence[str], grades: Mapping[str, str],
    deviations: Mapping[str, str], now: datetime,
) -> list[FieldError]:  # fmt: skip
    """What is missing in a decision or against the rules: the meeting, the reasons, the seats."""
    errors = faults_of_meeting(round_, held_on, members, now)
    errors += too_early("held_on", held_on, first_of_decision(session, round_, proposal.category), DECIDED_TOO_EARLY)
    for line in proposal.lines:
        key = line.application.public_id
        if grades.get(key, line.proposed_grade) != line.proposed_grade and not deviations.get(key, "").strip():
            text = N_("Give the reason why {name} is decided otherwise than proposed.")
            errors.append(FieldError(f"reason-{key}", text, {"name": line.application.entrant}))
    elsewhere = {key: lines for key, lines in queries.decided_lines(session, round_).items() if key != proposal.category}
    return errors + faults_of_seats(round_.scheme, proposal, queries.stored_ranking(proposal), grades, elsewhere)


def note(
    session: Session, actor: Actor, event: Event, round_: Round, decision: AwardDecision, content: Mapping[str, object]
) -> None:
    """Records an act on one version of a decision."""
    stream = round_stream(round_.public_id)
    record(session, actor, event, f"decision:{decision.public_id}", stream, content, rules=round_.scheme_sha256)
