"""What holds of decisions, publications and what winners hold."""

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from award.applications.models import LEAVES_OUT, SHARING, Application, PaperOutcome
from award.invariants.finding import Found, among, reading
from award.judging.models import FeedbackReport
from award.results.models import Approval, AwardDecision, Notice, Objection, Proposal, Publication, ResultLine
from award.rounds.models import Snapshot
from award.winners.models import Certificate


def _winners(snapshot: str, content: str) -> dict[str, Any]:
    """Public id of the application -> grade, as a snapshot of a notice or a result tells them."""
    with reading(f"snapshot {snapshot}"):
        groups: list[Mapping[str, Any]] = json.loads(content)["groups"]
        return {one["application"]: group["grade"] for group in groups for one in group["winners"]}


def _published(session: Session) -> dict[int, dict[str, Any]]:
    query = select(Publication.round_id, Snapshot.public_id, Snapshot.content)
    query = query.join(Snapshot, Publication.snapshot_id == Snapshot.id)
    return {round_id: _winners(*snapshot) for round_id, *snapshot in session.execute(query)}


def certificates_of_winners(session: Session) -> Found:
    """Certificates are held by published winners only, in the grade that was published."""
    published = _published(session)
    query = select(Certificate.number, Certificate.round_id, Application.public_id, Certificate.grade).join(Application)

    def offence(number: str, round_id: int, application: str, grade: str) -> str:
        if application not in published.get(round_id, {}):
            return f"certificate {number} is held by no published winner"
        told = published[round_id][application]
        return "" if told == grade else f"certificate {number} says {grade}, published was {told}"

    return among(session.execute(query), lambda one: offence(*one))


def winners_were_on_notice(session: Session) -> Found:
    """Every published winner was on the last public notice of the round, in the same grade."""
    notices: dict[int, dict[str, Any]] = {}
    query = select(Notice.round_id, Snapshot.public_id, Snapshot.content)
    query = query.join(Snapshot, Notice.snapshot_id == Snapshot.id).order_by(Notice.round_id, Notice.number)
    for round_id, *snapshot in session.execute(query):
        notices[round_id] = _winners(*snapshot)
    told = [(id_, one, grade) for id_, winners in _published(session).items() for one, grade in winners.items()]

    def offence(round_id: int, application: str, grade: str) -> str:
        same = notices.get(round_id, {}).get(application) == grade
        return "" if same else f"application {application} was published in a grade it was not on notice for"

    return among(told, lambda one: offence(*one))


def winners_were_decided(session: Session) -> Found:
    """What was published is what the decision in force says."""
    published = _published(session)
    query = (
        select(Proposal.round_id, Application.public_id, ResultLine.decided_grade)
        .join(ResultLine, ResultLine.proposal_id == Proposal.id)
        .join(Application, ResultLine.application_id == Application.id)
        .join(AwardDecision, (AwardDecision.proposal_id == Proposal.id) & (AwardDecision.state == "in_force"))
        .where(Proposal.round_id.in_(published))
    )

    def offence(round_id: int, application: str, grade: str | None) -> str:
        told = published[round_id].get(application, "")
        return (
            ""
            if told == (grade or "")
            else f"application {application}: decided {grade or 'nothing'}, published {told or 'nothing'}"
        )

    return among(session.execute(query), lambda one: offence(*one))


def lines_as_proposed(session: Session) -> Found:
    """The figure, the rank and the proposed grade of every application are those of the ranking that was proposed."""
    query = (
        select(Application.public_id, ResultLine, Proposal.public_id, Proposal.content)
        .join(ResultLine, ResultLine.application_id == Application.id)
        .join(Proposal, ResultLine.proposal_id == Proposal.id)
    )
    read = cache(lambda content: {one["application"]: one for one in json.loads(content)["lines"]})

    def offence(application: str, line: ResultLine, proposal: str, content: str) -> str:
        with reading(f"proposal {proposal}"):
            told = read(content).get(application, {})
        same = (line.published, line.rank, line.proposed_grade) == tuple(told.get(key) for key in ("published", "rank", "grade"))
        return "" if same else f"application {application} shows another figure, rank or grade than was proposed"

    return among(session.execute(query), lambda one: offence(*one))


def lines_as_decided(session: Session) -> Found:
    """The grade that stands on a line is the one of the decision in force; without a decision there is none."""
    in_force = (AwardDecision.proposal_id == ResultLine.proposal_id) & (AwardDecision.state == "in_force")
    query = (
        select(Application.public_id, ResultLine.decided_grade, AwardDecision.grades)
        .join(ResultLine, ResultLine.application_id == Application.id)
        .outerjoin(AwardDecision, in_force)
    )

    def offence(application: str, grade: str | None, decided: Mapping[str, str] | None) -> str:
        told = None if decided is None else decided.get(application, "")
        return "" if grade == told else f"application {application} stands as {grade or 'nothing'}, decided was {told or 'nothing'}"

    return among(session.execute(query), lambda one: offence(*one))


def left_out_stay_out(session: Session) -> Found:
    """Whom a confirmed outcome left out, no decision in force and no notice or result names; of the others none is missing there."""
    decided: dict[tuple[int, str], set[str]] = defaultdict(set)
    lines = (
        select(Proposal.round_id, Proposal.category, Application.public_id)
        .join(AwardDecision, (AwardDecision.proposal_id == Proposal.id) & (AwardDecision.state == "in_force"))
        .outerjoin(ResultLine, ResultLine.proposal_id == Proposal.id)
        .outerjoin(Application, ResultLine.application_id == Application.id)
    )
    for round_id, category, application in session.execute(lines):
        decided[round_id, category].add(application)
    told: dict[int, set[str]] = defaultdict(set)
    for source in (Notice, Publication):
        query = select(source.round_id, Snapshot.public_id, Snapshot.content).join(Snapshot, source.snapshot_id == Snapshot.id)
        for round_id, *snapshot in session.execute(query):
            told[round_id].update(_winners(*snapshot))
    is_left = exists().where(PaperOutcome.application_id == Application.id, LEAVES_OUT)
    rows = session.execute(select(Application.public_id, Application.round_id, Application.category, Application.state, is_left))

    def offence(application: str, round_id: int, category: str, state: str, left: bool) -> str:
        places = {"the decision": decided[round_id, category], "a notice or the result": told[round_id]}
        named = [place for place, names in places.items() if application in names]
        if left and named:
            return f"application {application} was left out by an outcome and stands in {' and '.join(named)}"
        is_missing = state in SHARING and not left and application not in decided[round_id, category]
        return f"application {application} was not left out and is missing from the decision" if is_missing else ""

    return among([one for one in rows if one[1:3] in decided], lambda one: offence(*one))


def one_decision_in_force(session: Session) -> Found:
    """A proposal has at most one decision in force."""
    query = (
        select(Proposal.public_id, func.count())
        .join(AwardDecision, AwardDecision.proposal_id == Proposal.id)
        .where(AwardDecision.state == "in_force")
        .group_by(Proposal.public_id)
    )
    return among(
        session.execute(query), lambda one: f"proposal {one[0]} has {one[1]} decisions in force" if one[1] > 1 else ""
    )


def feedback_after_publication(session: Session) -> Found:
    """A report is with its applicant only where the result was published before."""
    query = (
        select(FeedbackReport.public_id, FeedbackReport.released_at, Publication.published_at)
        .join(Application, FeedbackReport.application_id == Application.id)
        .outerjoin(Publication, Publication.round_id == Application.round_id)
        .where(FeedbackReport.released_at.is_not(None))
    )

    def offence(report: str, released_at: Any, published_at: Any) -> str:
        after = published_at is not None and published_at <= released_at
        return "" if after else f"report {report} was released before the result was published"

    return among(session.execute(query), lambda one: offence(*one))


def objections_answered(session: Session) -> Found:
    """Every objection of a round whose result is published has its answer."""
    query = select(Objection.receipt, Objection.state).join(Publication, Publication.round_id == Objection.round_id)
    return among(
        session.execute(query), lambda one: "" if one[1] == "answered" else f"objection {one[0]} has no answer"
    )


def approvals_after_notice(session: Session) -> Found:
    """An approval is dated after the last notice of its round ended, and not before a decision in force."""
    last = select(func.max(Notice.last_day)).where(Notice.round_id == Approval.round_id).scalar_subquery()
    decided = (
        select(func.max(AwardDecision.held_on))
        .join(Proposal, Proposal.id == AwardDecision.proposal_id)
        .where(Proposal.round_id == Approval.round_id, AwardDecision.state == "in_force")
        .scalar_subquery()
    )
    query = select(Approval.document_number, Approval.approved_on, last, decided).where(Approval.state == "in_force")

    def offence(number: str, approved_on: date, last_day: date | None, held_on: date | None) -> str:
        if last_day is not None and approved_on <= last_day:
            return f"approval {number} is of {approved_on}, the notice ran until {last_day}"
        return f"approval {number} is of {approved_on}, decided was on {held_on}" if held_on and approved_on < held_on else ""

    return among(session.execute(query), lambda one: offence(*one))
