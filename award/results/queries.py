"""Reading results: the ranking as the scheme makes it from the sheets, explained down to each of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from award.applications.models import LIVE, Application, PaperOutcome
from award.judging.models import Sheet
from award.kernel.actor import Actor
from award.kernel.errors import NotFound
from award.regulations.model import CategoryRules, Criteria, Scheme, ScoringRules
from award.results.explained import Explained, Ranking, SheetShare, StageShare, TieValue
from award.results.models import Approval, AwardDecision, Notice, Objection, Proposal, Publication, ResultLine
from award.rounds.models import Round, RoundStage
from award.rounds.queries import criteria_of, round_for, scheme_of
from award.scoring.combine import Combined, combine, combine_items, composite, published_figure, to_full_marks
from award.scoring.grades import item_hundredths, part_hundredths
from award.scoring.quotas import Grade, apply_quotas
from award.scoring.ranking import Standing, rank
from award.standing.models import Assignment

FULL_MARKS_HUNDREDTHS = 100_000
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class _Rules:
    scheme: Scheme
    category: CategoryRules
    criteria: Criteria

    @property
    def points(self) -> dict[str, int]:
        return {item.key: item.points for item in self.criteria.items()}


def ranking_of(session: Session, round_: Round, category: str) -> Ranking:
    """The ranking of a category by the frozen scheme, computed afresh from sheets and outcomes.

    Only submitted sheets of active judges count. Void sheets are in neither sum nor count.
    """
    scheme = scheme_of(session, round_)
    rules = _Rules(scheme, scheme.category(category), criteria_of(session, round_, category))
    applications = _live_applications(session, round_, category)
    sheets = _valid_sheets(session, round_, category)
    outcomes = _outcomes(session, round_)
    lines = [
        _explain(application, sheets.get(application.id, ()), outcomes.get(application.id, {}), rules)
        for application in applications
    ]
    return _ranked(lines, rules)


def _live_applications(session: Session, round_: Round, category: str) -> Sequence[Application]:
    query = (
        select(Application)
        .where(Application.round_id == round_.id, Application.category == category, Application.state.in_(LIVE))
        .options(selectinload(Application.organisation))
        .order_by(Application.id)
    )
    return session.scalars(query).all()


def _valid_sheets(session: Session, round_: Round, category: str) -> Mapping[int, Sequence[Sheet]]:
    query = (
        select(Sheet)
        .join(Assignment, Assignment.id == Sheet.assignment_id)
        .join(Application, Application.id == Sheet.application_id)
        .where(
            Sheet.round_id == round_.id,
            Application.category == category,
            Assignment.state == "active",
            Sheet.state == "submitted",
        )
        .order_by(Sheet.application_id, Assignment.id)
    )
    found: dict[int, list[Sheet]] = defaultdict(list)
    for sheet in session.scalars(query):
        found[sheet.application_id].append(sheet)
    return found


def _outcomes(session: Session, round_: Round) -> Mapping[int, Mapping[str, Fraction | None]]:
    query = (
        select(PaperOutcome.application_id, RoundStage.kind, PaperOutcome.score_hundredths)
        .join(RoundStage, RoundStage.id == PaperOutcome.round_stage_id)
        .where(RoundStage.round_id == round_.id, PaperOutcome.state == "confirmed")
    )
    found: dict[int, dict[str, Fraction | None]] = defaultdict(dict)
    for application_id, kind, score in session.execute(query):
        found[application_id][kind] = None if score is None else Fraction(score)
    return found


def _combined(sheets: Sequence[Sheet], rules: ScoringRules, points: Mapping[str, int]) -> Combined:
    if rules.on == "totals":
        totals = [sheet.total_hundredths or 0 for sheet in sheets]
        return combine(totals, rules.method, rules.drop, rules.minimum_sheets, rules.fallback)
    per_item = [{key: item_hundredths(points[key], sheet.marks[key]) for key in points} for sheet in sheets]
    items = combine_items(per_item, rules.method, rules.drop, rules.minimum_sheets, rules.fallback)
    return Combined(items.value, tuple(range(len(sheets))), (), items.flags, rules.method)


def _explain(
    application: Application, sheets: Sequence[Sheet], outcomes: Mapping[str, Fraction | None], rules: _Rules
) -> Explained:
    scoring = rules.scheme.scoring
    combined = _combined(sheets, scoring, rules.points)
    stages, value, missing = _composed(combined.value, outcomes, rules)
    return Explained(
        application_id=application.id,
        public_id=application.public_id,
        number=application.number or "",
        name=application.organisation.name,
        sector=application.sector,
        sheets=tuple(
            SheetShare(
                LETTERS[at], sheet.public_id, sheet.person_id, sheet.total_hundredths or 0, at not in combined.dropped
            )
            for at, sheet in enumerate(sheets)
        ),
        combined=combined.value,
        method=combined.method,
        flags=combined.flags,
        stages=stages,
        missing=missing,
        published=None if value is None else published_figure(value, scoring.places, scoring.rounding),
        ties=tuple(TieValue(key, _tie_value(key, sheets, rules)) for key in scoring.ties),
    )


def _composed(
    desk: Fraction | None, outcomes: Mapping[str, Fraction | None], rules: _Rules
) -> tuple[tuple[StageShare, ...], Fraction | None, tuple[str, ...]]:
    weights = {one.kind: one.weight_hundredths for one in rules.scheme.stages if one.weight_hundredths}
    full = rules.criteria.total * 100
    scores = dict(outcomes) | {"score": None if desk is None else to_full_marks(desk, full, FULL_MARKS_HUNDREDTHS)}
    if not weights:
        weights = {"score": 10_000}
    made = composite({kind: scores.get(kind) for kind in weights}, weights, rules.scheme.scoring.missing_stage)
    stages = tuple(StageShare(kind, scores.get(kind), Fraction(weight, 10_000)) for kind, weight in weights.items())
    return stages, made.value, made.missing


def _tie_value(key: str, sheets: Sequence[Sheet], rules: _Rules) -> Fraction:
    """One link of the chain: the same rule of combination, on the points of a category, an item or all results."""
    kind, _, name = key.partition(":")
    items = {
        "results": lambda: [item.key for one in rules.criteria.categories if one.is_result for item in one.items],
        "category": lambda: [
            item.key for one in rules.criteria.categories if one.key == name for item in one.items
        ],
        "item": lambda: [name],
    }[kind]()
    scoring = rules.scheme.scoring
    parts = [part_hundredths(sheet.marks, rules.points, items) for sheet in sheets]
    combined = combine(parts, scoring.method, scoring.drop, scoring.minimum_sheets, scoring.fallback)
    return combined.value or Fraction(0)


def _ranked(lines: Sequence[Explained], rules: _Rules) -> Ranking:
    by_key = {line.public_id: line for line in lines}
    standings = [
        Standing(line.public_id, line.published, tuple(tie.value for tie in line.ties))
        for line in lines
        if line.published is not None
    ]
    ranked = rank(standings)
    grades = [
        Grade(one.grade, one.seats, one.minimum_hundredths, one.per_sector, one.at_least_sector)
        for one in rules.category.quotas
    ]
    sectors = {line.public_id: line.sector for line in lines}
    proposal = apply_quotas(ranked, sectors, grades, rules.scheme.scoring.cutoff)
    awards = {award.key: award for award in proposal.awards}
    placed = [
        replace(
            by_key[one.key], rank=one.rank, is_tied=one.tied, decided_by=one.decided_by,
            grade=awards[one.key].grade or "", reason=awards[one.key].reason or "",
            refused=tuple((refusal.grade, refusal.reason) for refusal in awards[one.key].refusals),
        )
        for one in ranked
    ]  # fmt: skip
    unplaced = [line for line in lines if line.published is None]
    vacancies = tuple((vacancy.grade, vacancy.seats) for vacancy in proposal.vacancies)
    return Ranking(rules.category.key, (*placed, *unplaced), vacancies)


def closed_gates(session: Session, round_: Round, category: str) -> int:
    """How many live applications of a category still wait for a sheet."""
    query = select(Application.id).where(
        Application.round_id == round_.id,
        Application.category == category,
        Application.state.in_(LIVE),
        Application.gate_opened_at.is_(None),
    )
    return len(session.scalars(query).all())


def latest_proposal(session: Session, round_id: int, category: str) -> Proposal | None:
    """The proposal in force of a category, with its lines."""
    query = (
        select(Proposal)
        .where(Proposal.round_id == round_id, Proposal.category == category)
        .options(
            selectinload(Proposal.lines).selectinload(ResultLine.application).selectinload(Application.organisation)
        )
        .order_by(Proposal.number.desc())
        .limit(1)
    )
    return session.scalar(query)


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


def decided_lines(session: Session, round_: Round) -> dict[str, list[ResultLine]]:
    """The lines of every decided category, winners and others, by category."""
    found: dict[str, list[ResultLine]] = {}
    for rubric in round_.rubrics:
        proposal = latest_proposal(session, round_.id, rubric.category)
        if proposal is not None and decision_of(session, proposal) is not None:
            found[rubric.category] = proposal.lines
    return found


def notice_of(session: Session, round_id: int) -> Notice | None:
    """The public notice of a round."""
    return session.scalar(select(Notice).where(Notice.round_id == round_id))


def approval_of(session: Session, round_id: int) -> Approval | None:
    """The recorded approval of a round."""
    return session.get(Approval, round_id)


def publication_of(session: Session, round_id: int) -> Publication | None:
    """The publication of a round's result."""
    return session.get(Publication, round_id)


def objections_of(session: Session, notice_id: int) -> Sequence[Objection]:
    """All objections to a notice, oldest first."""
    return session.scalars(select(Objection).where(Objection.notice_id == notice_id).order_by(Objection.filed_at)).all()


def objection_for(session: Session, actor: Actor, round_: Round, public_id: str) -> Objection:
    """An objection, for somebody who works in the round. Raises NotFound otherwise."""
    round_for(session, actor, round_.public_id)
    notice = notice_of(session, round_.id)
    objection = session.scalar(select(Objection).where(Objection.public_id == public_id))
    if notice is None or objection is None or objection.notice_id != notice.id:
        raise NotFound
    return objection
