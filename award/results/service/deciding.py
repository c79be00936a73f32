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
from award.kernel.i18n import N_
from award.regulations.model import CategoryRules
from award.results import queries
from award.results.explained import Explained, as_content
from award.results.models import AwardDecision, Proposal, ResultLine
from award.rounds.models import Round
from award.rounds.queries import guarded_stage, scheme_of, standing_in


def propose(session: Session, actor: Actor, round_: Round, category: str, now: datetime) -> Proposal:
    """Fixes the ranking of a category and who the scheme proposes. Proposing an unchanged ranking again answers with it.

    now: UTC. Raises Refused (wrong stage or role), Conflict (sheets missing, or already decided).
    """
    stage = guarded_stage(session, round_, now)
    policy.require(Action.RESULT_PROPOSE, stage, standing_in(actor, round_))
    if waiting := queries.closed_gates(session, round_, category):
        raise Conflict("result.sheets_missing", N_("{count} applications still wait for score sheets."), count=waiting)
    ranking = queries.ranking_of(session, round_, category)
    content = canonical(as_content(ranking))
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    last = queries.latest_proposal(session, round_.id, category)
    if last is not None and last.sha256 == sha256:
        return last
    if last is not None and queries.decision_of(session, last) is not None:
        raise Conflict("result.decided", N_("The candidates of this category have been decided; the ranking stays as it was."))
    proposal = Proposal(
        round_id=round_.id, category=category, number=last.number + 1 if last else 1, content=content, sha256=sha256,
        proposed_at=now, proposed_by=actor.person_id, lines=[_line(one) for one in ranking.lines],
    )  # fmt: skip
    session.add(proposal)
    session.flush()
    _record(session, actor, Event.RESULT_PROPOSED, proposal, round_, {"sha256": sha256, "number": proposal.number})
    return proposal


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
    Raises Refused, Conflict (already decided, or a newer proposal exists), Invalid (names, seats, reasons missing).
    """
    stage = guarded_stage(session, round_, now)
    policy.require(Action.RESULT_DECIDE, stage, standing_in(actor, round_))
    existing = queries.decision_of(session, proposal)
    if existing is not None:
        if existing.recorded_by == actor.person_id:
            return existing
        raise Conflict("result.decided", N_("The candidates of this category have been decided; the ranking stays as it was."))
    latest = queries.latest_proposal(session, round_.id, proposal.category)
    if latest is None or latest.id != proposal.id:
        raise Conflict("result.newer_proposal", N_("The ranking was proposed again meanwhile. Look at the new one first."))
    rules = scheme_of(session, round_).category(proposal.category)
    _check_decision(proposal, rules, members, grades, deviations, held_on, now)
    for line in proposal.lines:
        key = line.application.public_id
        line.decided_grade = grades.get(key, line.proposed_grade)
        line.deviation = deviations.get(key, "") if line.decided_grade != line.proposed_grade else ""
        if line.decided_grade:
            line.application.state = "candidate"
    decision = AwardDecision(
        proposal_id=proposal.id, held_on=held_on, members=list(members), file_id=file_id, decided_at=now,
        recorded_by=actor.person_id,
    )  # fmt: skip
    session.add(decision)
    content = {"members": list(members), "grades": {x.application.public_id: x.decided_grade for x in proposal.lines}}
    _record(session, actor, Event.RESULT_DECIDED, proposal, round_, content)
    return decision


def _check_decision(
    proposal: Proposal,
    rules: CategoryRules,
    members: Sequence[str],
    grades: Mapping[str, str],
    deviations: Mapping[str, str],
    held_on: date,
    now: datetime,
) -> None:
    errors = []
    if not members:
        errors.append(FieldError("members", N_("Name everybody who took part in the decision.")))
    if held_on > now.date():
        errors.append(FieldError("held_on", N_("A decision is recorded after it was made; this day is still to come.")))
    known = {quota.grade for quota in rules.quotas} | {""}
    counts: dict[str, int] = {}
    for line in proposal.lines:
        key = line.application.public_id
        grade = grades.get(key, line.proposed_grade)
        counts[grade] = counts.get(grade, 0) + 1
        if grade not in known:
            errors.append(FieldError(f"grade-{key}", N_("Choose one of the options.")))
        if grade != line.proposed_grade and not deviations.get(key, "").strip():
            text = N_("Give the reason why {name} is decided otherwise than proposed.")
            errors.append(FieldError(f"reason-{key}", text, {"name": line.application.organisation.name}))
    for quota in rules.quotas:
        if counts.get(quota.grade, 0) > quota.seats:
            text = N_("{grade} has {seats} seats; {count} were chosen.")
            params = {"grade": quota.name, "seats": quota.seats, "count": counts[quota.grade]}
            errors.append(FieldError("grades", text, params))
    if errors:
        raise Invalid(errors)


def _record(
    session: Session, actor: Actor, event: Event, proposal: Proposal, round_: Round, content: Mapping[str, object]
) -> None:
    stream = round_stream(round_.public_id)
    record(session, actor, event, f"proposal:{proposal.public_id}", stream, content, rules=round_.scheme_sha256)
