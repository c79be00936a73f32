"""What must be done before a round leaves a stage. Each check is named in the stage table and says what is missing."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select
from sqlalchemy.orm import Session

from award.accounts.models import Grant, Person
from award.applications.models import LIVE, AcceptanceDecision, Application, PaperOutcome
from award.applications.queries import WORKS_FOR
from award.judging.models import FeedbackReport, Sheet
from award.kernel.actor import Role
from award.kernel.i18n import N_
from award.office.going_on import going_on, is_going_on
from award.office.outcome_json import from_json
from award.office.outcome_kinds import committee_of, place_taken
from award.policy import Moment
from award.results.models import Approval, AwardDecision, Notice, Objection, Proposal, Publication
from award.results.queries import calls_for_amendment, notice_of, untold_among
from award.rounds.models import Round
from award.rounds.people import holds, is_reachable
from award.rounds.planning import faults_of, missing_dates
from award.rounds.queries import dates_of, frame_for, latest_snapshot, stage_of
from award.rounds.service.calls import call_content, is_same
from award.stages import TABLE, Kind
from award.standing.models import Assignment


@dataclass(frozen=True)
class Missing:
    """One thing that is still to be done. text: English msgid; params fill it; page: where to do it, under the round."""

    text: str
    page: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Here:
    """A round in its present stage, with what several checks ask about it, read once. now: UTC."""

    session: Session
    round_: Round
    now: datetime

    @cached_property
    def notice(self) -> Notice | None:
        """The public notice that is out."""
        return notice_of(self.session, self.round_.id)

    @cached_property
    def objections(self) -> Sequence[Objection]:
        """All, in the order of their numbers."""
        query = select(Objection).where(Objection.round_id == self.round_.id).order_by(Objection.number)
        return self.session.scalars(query).all()

    @cached_property
    def decisions(self) -> Sequence[tuple[str, AwardDecision]]:
        """Those that wait, and those in force on the last proposal of a category; with the category."""
        last = select(func.max(Proposal.id)).where(Proposal.round_id == self.round_.id).group_by(Proposal.category)
        query = (
            select(Proposal.category, AwardDecision)
            .join(AwardDecision, AwardDecision.proposal_id == Proposal.id)
            .where(
                Proposal.round_id == self.round_.id,
                or_(AwardDecision.state == "waiting", (AwardDecision.state == "in_force") & Proposal.id.in_(last)),
            )
        )
        return [(category, one) for category, one in self.session.execute(query)]


Check = Callable[[Here], list[Missing]]
_NOT_OUT = Missing(N_("Not yet: it follows the publication of the notice"), "notice")


def missing_in(here: Here) -> list[Missing]:
    """Everything that keeps the round in its present stage, in the order of the stage table."""
    return [missing for _, found in results_of(here) for missing in found]


def results_of(here: Here) -> list[tuple[str, list[Missing]]]:
    """The exit checks of the present stage by name, each with what is missing; an empty list is passed."""
    return [(name, CHECKS[name](here)) for name in needs_of(here.round_, Kind(stage_of(here.round_).kind))]


def needs_of(round_: Round, kind: Kind) -> list[str]:
    """The exit checks of a kind of stage that mean something under the scheme of the round."""
    return [name for name in TABLE[kind].needs if name != "reports_released" or round_.scheme.feedback_reports]


def dates_complete(here: Here) -> list[Missing]:
    """Every stage that needs dates has them, and they still hold."""
    frame = frame_for(here.session, here.round_, here.now)
    undated = missing_dates(frame, dates_of(here.round_))
    if undated:
        return [Missing(N_("Stages without dates: {stages}"), "calendar", {"stages": undated})]
    return [Missing(fault.text, "calendar", fault.params) for fault in faults_of(frame, dates_of(here.round_))]


def call_published(here: Here) -> list[Missing]:
    """The call is out, and says what holds now."""
    call = latest_snapshot(here.session, here.round_.id, "call")
    if call is None:
        return [Missing(N_("The call for applications has not been published"), "calendar")]
    if not is_same(call, call_content(here.session, here.round_)):
        return [Missing(N_("The published call no longer agrees with the dates or the contact; publish it again"), "calendar")]
    return []


def deadline_passed(here: Here) -> list[Missing]:
    """The end of the stage has come."""
    closes_at = stage_of(here.round_).closes_at
    if closes_at is None or closes_at <= here.now:
        return []
    until = Moment(closes_at, here.round_.award.authority.zone)
    return [Missing(N_("The deadline has not passed; it is {until}"), "stages", {"until": until})]


def applications_present(here: Here) -> list[Missing]:
    """Somebody has applied."""
    if _count(here.session, _number_of(here.round_, Application.state.not_in(("draft", "withdrawn")))):
        return []
    return [Missing(N_("No application has been submitted; a round without applications can only be cancelled"), "applications")]


def applications_decided(here: Here) -> list[Missing]:
    """Every application has been accepted or refused, each refusal by two people, and somebody is left to judge."""
    refusals = (
        select(func.count(AcceptanceDecision.id))
        .join(Application, Application.id == AcceptanceDecision.application_id)
        .where(Application.round_id == here.round_.id, AcceptanceDecision.state == "waiting")
    )
    texts = (
        (N_("Applications to be decided on: {count}"), _number_of(here.round_, Application.state.in_(("submitted", "resubmitted")))),
        (N_("Applications with their applicant for correction: {count}"), _number_of(here.round_, Application.state == "correction")),
        (N_("Refusals that wait for a second person: {count}"), refusals),
    )
    counts = here.session.execute(select(*(query.scalar_subquery() for _, query in texts))).one()
    missing = [Missing(text, "applications", {"count": count}) for (text, _), count in zip(texts, counts, strict=True) if count]
    if not missing and here.session.scalar(going_on(here.round_).limit(1)) is None:
        missing.append(Missing(N_("No application has been accepted"), "applications"))
    return missing


def panels_complete(here: Here) -> list[Missing]:
    """Every application has as many judges as the scheme asks for, and a leader among them."""
    rules = here.round_.scheme.panel
    leaders = func.count(Assignment.id).filter(Assignment.is_leader)
    query = (
        select(Application.id, func.count(Assignment.id), leaders)
        .outerjoin(Assignment, (Assignment.application_id == Application.id) & (Assignment.state == "active"))
        .where(Application.round_id == here.round_.id, is_going_on(here.round_))
        .group_by(Application.id)
    )
    panels = here.session.execute(query).all()
    short = sum(judges < rules.size for _, judges, _ in panels)
    headless = sum(led == 0 for _, _, led in panels) if rules.leader_required else 0
    missing = []
    if short:
        text = N_("Applications with fewer than {size} judges: {count}")
        missing.append(Missing(text, "assign", {"size": rules.size, "count": short}))
    if headless:
        missing.append(Missing(N_("Panels without a leader: {count}"), "assign", {"count": headless}))
    return missing + _judges_at_work(here.session, here.round_)


def _judges_at_work(session: Session, round_: Round) -> list[Missing]:
    """Nobody judges whom he works for: he may have been invited, or have claimed the organisation, after he got his seat."""
    query = (
        select(func.count(Assignment.id.distinct()))
        .join(Application, Application.id == Assignment.application_id)
        .join(Grant, (Grant.person_id == Assignment.person_id) & WORKS_FOR)
        .where(Application.round_id == round_.id, Assignment.state == "active", is_going_on(round_))
    )
    count = _count(session, query)
    text = N_("Judges who work for the applicant they judge: {count}. They step back or are replaced, or the applicant takes them off")
    return [Missing(text, "assign", {"count": count})] if count else []


def sheets_complete(here: Here) -> list[Missing]:
    """Every judge has submitted, and every application has as many sheets as its figure needs."""
    least = here.round_.scheme.scoring.minimum_sheets
    submitted = func.count(Sheet.id).filter(Sheet.state == "submitted")
    panels = (
        select(func.count(Assignment.id).label("judges"), submitted.label("done"))
        .select_from(Application)
        .outerjoin(Assignment, (Assignment.application_id == Application.id) & (Assignment.state == "active"))
        .outerjoin(Sheet, Sheet.assignment_id == Assignment.id)
        .where(Application.round_id == here.round_.id, is_going_on(here.round_))
        .group_by(Application.id)
        .subquery()
    )
    judges, done = panels.c.judges, panels.c.done
    outstanding, short = here.session.execute(
        select(func.sum(judges - done), func.count().filter(judges < least)).select_from(panels)
    ).one()
    missing = []
    if outstanding:
        missing.append(Missing(N_("Score sheets not yet submitted: {count}"), "progress", {"count": outstanding}))
    if short:
        text = N_("Applications with fewer judges than the {least} sheets a figure needs: {count}")
        missing.append(Missing(text, "progress", {"least": least, "count": short}))
    return missing + _judges_at_work(here.session, here.round_)


def outcomes_complete(here: Here) -> list[Missing]:
    """The outcome of this stage is recorded and confirmed for every application, and no correction waits.

    No place is given twice, and the votes of a day are those of one committee.
    """
    stage = stage_of(here.round_)
    of_stage = (PaperOutcome.application_id == Application.id) & (PaperOutcome.round_stage_id == stage.id)
    in_force = of_stage & PaperOutcome.state.in_(("recorded", "confirmed"))
    columns = (Application.category, PaperOutcome.state, PaperOutcome.number, PaperOutcome.content, PaperOutcome.held_on)
    query = select(*columns).select_from(Application).outerjoin(PaperOutcome, in_force)
    rows = here.session.execute(query.where(Application.round_id == here.round_.id, is_going_on(here.round_))).all()
    states = Counter("corrected" if state == "recorded" and number > 1 else state for _, state, number, *_ in rows)
    told = [(category, from_json(stage.kind, content), day) for category, state, _, content, day in rows if state == "confirmed"]
    places = Counter((category, place_taken(content)) for category, content, _ in told)
    twice = sum(count for (_, place), count in places.items() if place is not None and count > 1)
    committees = {(day, committee_of(content)) for _, content, day in told}
    texts = (
        (N_("Outcomes to be recorded: {count}"), states[None]),
        (N_("Outcomes that wait for a second person: {count}"), states["recorded"]),
        (N_("Corrections of outcomes that wait for a second person: {count}"), states["corrected"]),
        (N_("Outcomes that share their place or number with another and are to be corrected: {count}"), twice),
        (
            N_("Days of meetings whose votes name committees of different sizes, to be corrected: {count}"),
            sum(count > 1 for count in Counter(day for day, _ in committees).values()),
        ),
    )
    return [Missing(text, "outcomes", {"count": count}) for text, count in texts if count]


def decision_made(here: Here) -> list[Missing]:
    """In each category with applications, the last proposal has been decided on."""
    in_the_race = select(Application.category).where(Application.round_id == here.round_.id, is_going_on(here.round_))
    categories = set(here.session.scalars(in_the_race.distinct()))
    waiting = {category for category, one in here.decisions if one.state == "waiting"}
    decided = {category for category, one in here.decisions if one.state == "in_force"}
    return [
        *_of_categories(N_("Decisions that wait for a second person: {categories}"), here.round_, waiting),
        *_of_categories(N_("Categories without a decision: {categories}"), here.round_, categories - waiting - decided),
    ]


def _of_categories(text: str, round_: Round, keys: Collection[str]) -> list[Missing]:
    names = [category.name for category in round_.scheme.categories if category.key in keys]
    return [Missing(text, "results", {"categories": names})] if names else []


def notice_published(here: Here) -> list[Missing]:
    """The public notice is out."""
    return [] if here.notice else [Missing(N_("The public notice has not been published"), "notice")]


def notice_over(here: Here) -> list[Missing]:
    """The period of the notice has ended."""
    if here.notice is None:
        return [_NOT_OUT]
    if here.notice.closes_at <= here.now:
        return []
    until = Moment(here.notice.closes_at, here.round_.award.authority.zone)
    return [Missing(N_("The public notice runs until {until}"), "notice", {"until": until})]


def objections_answered(here: Here) -> list[Missing]:
    """The notice was out, and no objection waits for an answer."""
    if here.notice is None:
        return [_NOT_OUT]
    waiting = [one.receipt for one in here.objections if one.state != "answered"]
    text = N_("Objections to be answered: {receipts}")
    return [Missing(text, "notice/objections", {"receipts": waiting})] if waiting else []


def objections_settled(here: Here) -> list[Missing]:
    """What an objection leads to has been done: the decision amended and confirmed, the notice corrected."""
    if here.notice is None:
        return [_NOT_OUT]
    unamended = [one.receipt for one in here.objections if calls_for_amendment(one)]
    missing = []
    if unamended:
        text = N_("Objections that call for an amended decision: {receipts}")
        missing.append(Missing(text, "notice/objections", {"receipts": unamended}))
    if any(untold_among([one for _, one in here.decisions if one.state == "in_force"], here.objections)):
        missing.append(Missing(N_("A corrected notice is to be published"), "notice"))
    return missing


def approval_recorded(here: Here) -> list[Missing]:
    """The government has approved, and its document is recorded and confirmed; no correction of it waits."""
    states = set(here.session.scalars(select(Approval.state).where(Approval.round_id == here.round_.id)))
    if "waiting" in states:
        return [Missing(N_("The approval waits for a second person"), "results/approval")]
    return [] if "in_force" in states else [Missing(N_("The approval has not been recorded"), "results/approval")]


def result_published(here: Here) -> list[Missing]:
    """The result is out."""
    if here.session.get(Publication, here.round_.id) is not None:
        return []
    return [Missing(N_("The result has not been published"), "results/publish")]


def reports_released(here: Here) -> list[Missing]:
    """Every applicant that was judged has its feedback report, or was told why it gets none."""
    can_be_written = exists(
        select(Assignment.id)
        .join(Person, Person.id == Assignment.person_id)
        .where(
            Assignment.application_id == Application.id, Assignment.state == "active", Assignment.is_leader,
            is_reachable(here.now), holds(Role.JUDGE, here.round_, here.now),
        )
    )  # fmt: skip
    state = case(
        (FeedbackReport.state.in_(("waiting", "released", "acknowledged")), FeedbackReport.state),
        (~can_be_written, "stuck"),
        else_=func.coalesce(FeedbackReport.state, "none"),
    ).label("report_state")
    query = (
        select(state, func.count(Application.id))
        .select_from(Application)
        .outerjoin(FeedbackReport, FeedbackReport.application_id == Application.id)
        .where(
            Application.round_id == here.round_.id, Application.state.in_(LIVE), Application.gate_opened_at.is_not(None),
            Application.feedback_waived_at.is_(None),
        )
        .group_by("report_state")
    )  # fmt: skip
    counts: dict[str, int] = dict(here.session.execute(query).all())
    texts = (
        ("none", N_("Feedback reports that their panel leaders have not begun: {count}")),
        ("drafting", N_("Feedback reports their panel leaders are still writing: {count}")),
        ("stuck", N_("Feedback reports that nobody can write any more, so that the applicant is to be told why there is none: {count}")),
        ("waiting", N_("Feedback reports that wait for their release: {count}")),
    )
    return [Missing(text, "feedback", {"count": counts[state]}) for state, text in texts if counts.get(state)]


CHECKS: Mapping[str, Check] = {
    check.__name__: check
    for check in (
        dates_complete, call_published, deadline_passed, applications_present, applications_decided, panels_complete,
        sheets_complete, outcomes_complete, decision_made, notice_published, notice_over, objections_answered,
        objections_settled,
        approval_recorded, result_published, reports_released,
    )
}  # fmt: skip
"""By the names the stage table uses."""


def _number_of(round_: Round, condition: ColumnElement[bool]) -> Select[int]:
    return select(func.count(Application.id)).where(Application.round_id == round_.id, condition)


def _count(session: Session, query: Select[int]) -> int:
    return session.scalars(query).one()


TITLES: Mapping[str, str] = {
    "dates_complete": N_("All stages are dated"),
    "call_published": N_("The call is published"),
    "deadline_passed": N_("The deadline has passed"),
    "applications_present": N_("Applications have come in"),
    "applications_decided": N_("Every application is decided on"),
    "panels_complete": N_("Every panel is complete"),
    "sheets_complete": N_("Every score sheet is in"),
    "outcomes_complete": N_("Every outcome is recorded and confirmed"),
    "decision_made": N_("The decision is recorded"),
    "notice_published": N_("The public notice is published"),
    "notice_over": N_("The period of the notice is over"),
    "objections_answered": N_("Every objection is answered"),
    "objections_settled": N_("Everything the objections led to is done"),
    "approval_recorded": N_("The approval is recorded"),
    "result_published": N_("The result is published"),
    "reports_released": N_("Every feedback report is released, or the applicant was told why there is none"),
}
"""What each check makes sure of."""
