"""The ranking of a category as the scheme makes it, computed afresh from sheets and outcomes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from string import ascii_uppercase

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from award.applications.models import LIVE, Application, PaperOutcome
from award.judging.models import Sheet
from award.regulations.model import CategoryRules, Criteria, Scheme
from award.results.explained import Explained, Ranking, SheetShare, StageShare, TieValue
from award.rounds.models import Round, RoundStage
from award.rounds.queries import criteria_of, scheme_of
from award.scoring.combine import Combined, combine, combine_items, composite, published_figure, to_full_marks
from award.scoring.grades import item_hundredths, part_hundredths
from award.scoring.quotas import Grade, apply_quotas
from award.scoring.ranking import Ranked, Standing, rank
from award.standing.models import Assignment

FULL_MARKS_HUNDREDTHS = 100_000


@dataclass(frozen=True)
class _Rules:
    scheme: Scheme
    category: CategoryRules
    criteria: Criteria

    @property
    def points(self) -> dict[str, int]:
        return {item.key: item.points for item in self.criteria.items()}


@dataclass(frozen=True)
class _Panel:
    """The valid sheets of an application in order of assignment; leads: which of them are the leader's."""

    sheets: Sequence[Sheet] = ()
    leads: Sequence[bool] = ()


@dataclass(frozen=True)
class _Outcome:
    """A confirmed outcome of a stage held on paper. score: hundredths of 1000 points, None where it gave none."""

    score: Fraction | None
    goes_on: bool


def ranking_of(session: Session, round_: Round, category: str) -> Ranking:
    """The ranking of a category by the frozen scheme.

    Only submitted sheets of active judges count; void sheets are in neither sum nor count. Applications that a stage
    held on paper left behind are not ranked.
    """
    scheme = scheme_of(session, round_)
    rules = _Rules(scheme, scheme.category(category), criteria_of(session, round_, category))
    panels = _panels(session, round_, category)
    outcomes = _outcomes(session, round_)
    lines = [
        _explain(one, panels.get(one.id, _Panel()), outcomes.get(one.id, {}), rules)
        for one in _live_applications(session, round_, category)
        if all(outcome.goes_on for outcome in outcomes.get(one.id, {}).values())
    ]
    return _ranked(lines, rules)


def explained(session: Session, application: Application) -> Explained:
    """How one application came to its figure, computed afresh; without a rank, which needs the others."""
    round_ = application.round
    scheme = scheme_of(session, round_)
    criteria = criteria_of(session, round_, application.category)
    rules = _Rules(scheme, scheme.category(application.category), criteria)
    panel = _panels(session, round_, application.category, application.id).get(application.id, _Panel())
    return _explain(application, panel, _outcomes(session, round_).get(application.id, {}), rules)


def _live_applications(session: Session, round_: Round, category: str) -> Sequence[Application]:
    query = (
        select(Application)
        .where(Application.round_id == round_.id, Application.category == category, Application.state.in_(LIVE))
        .options(joinedload(Application.organisation))
        .order_by(Application.id)
    )
    return session.scalars(query).all()


def _panels(session: Session, round_: Round, category: str, application_id: int | None = None) -> Mapping[int, _Panel]:
    """application_id: only of this application; None: of all."""
    query = (
        select(Sheet, Assignment.is_leader)
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
    if application_id is not None:
        query = query.where(Sheet.application_id == application_id)
    found: dict[int, list[tuple[Sheet, bool]]] = defaultdict(list)
    for sheet, leads in session.execute(query):
        found[sheet.application_id].append((sheet, leads))
    return {key: _Panel([sheet for sheet, _ in rows], [leads for _, leads in rows]) for key, rows in found.items()}


def _outcomes(session: Session, round_: Round) -> Mapping[int, Mapping[str, _Outcome]]:
    query = (
        select(PaperOutcome.application_id, RoundStage.kind, PaperOutcome.score_hundredths, PaperOutcome.goes_on)
        .join(RoundStage, RoundStage.id == PaperOutcome.round_stage_id)
        .where(RoundStage.round_id == round_.id, PaperOutcome.state == "confirmed")
    )
    found: dict[int, dict[str, _Outcome]] = defaultdict(dict)
    for application_id, kind, score, goes_on in session.execute(query):
        found[application_id][kind] = _Outcome(None if score is None else Fraction(score), goes_on)
    return found


def _explain(
    application: Application, panel: _Panel, outcomes: Mapping[str, _Outcome], rules: _Rules
) -> Explained:
    scoring = rules.scheme.scoring
    combined = _combined(panel, [item.key for item in rules.criteria.items()], rules)
    stages, value, missing = _composed(combined.value, outcomes, rules)
    return Explained(
        application_id=application.id,
        public_id=application.public_id,
        number=application.number or "",
        name=application.organisation.name,
        sector=application.sector,
        sheets=tuple(
            SheetShare(ascii_uppercase[at], sheet.public_id, sheet.total_hundredths or 0, at not in combined.dropped)
            for at, sheet in enumerate(panel.sheets)
        ),
        combined=combined.value,
        method=combined.method,
        flags=combined.flags,
        stages=stages,
        missing=missing,
        exact=value,
        published=None if value is None else published_figure(value, scoring.places, scoring.rounding),
        ties=tuple(TieValue(key, _tie_value(key, panel, rules)) for key in scoring.ties),
    )


def _combined(panel: _Panel, items: Sequence[str], rules: _Rules) -> Combined:
    """The scheme's rule of combination on the points of some items; with all of them, on the totals."""
    scoring, points = rules.scheme.scoring, rules.points
    weights = None
    if scoring.method == "weighted_mean":
        weights = [scoring.leader_weight if leads else 1 for leads in panel.leads]
    how = (scoring.method, scoring.drop, scoring.minimum_sheets, scoring.fallback, weights)
    if scoring.on == "totals":
        return combine([part_hundredths(sheet.marks, points, items) for sheet in panel.sheets], *how)
    per_item = [{key: item_hundredths(points[key], sheet.marks[key]) for key in items} for sheet in panel.sheets]
    made = combine_items(per_item, *how)
    return Combined(made.value, tuple(range(len(per_item))), (), made.flags, scoring.method)


def _composed(
    desk: Fraction | None, outcomes: Mapping[str, _Outcome], rules: _Rules
) -> tuple[tuple[StageShare, ...], Fraction | None, tuple[str, ...]]:
    weights = {one.kind: one.weight_hundredths for one in rules.scheme.stages if one.weight_hundredths}
    if not weights:
        weights = {"score": 10_000}
    scores = {kind: outcome.score for kind, outcome in outcomes.items()}
    if desk is not None:
        scores["score"] = to_full_marks(desk, rules.criteria.total * 100, FULL_MARKS_HUNDREDTHS)
    made = composite({kind: scores.get(kind) for kind in weights}, weights, rules.scheme.scoring.missing_stage)
    stages = tuple(
        StageShare(kind, scores.get(kind), Fraction(weight, 10_000), made.shares.get(kind, Fraction(0)))
        for kind, weight in weights.items()
    )
    return stages, made.value, made.missing


def _tie_value(key: str, panel: _Panel, rules: _Rules) -> Fraction:
    """One link of the chain: the same rule of combination, on the points of a category, an item or all results."""
    return _combined(panel, items_of_link(key, rules.criteria), rules).value or Fraction(0)


def items_of_link(key: str, criteria: Criteria) -> list[str]:
    """The items a link of the tie chain adds up. key: results, category:<key> or item:<key>, as the scheme names it."""
    kind, _, name = key.partition(":")
    if kind == "item":
        return [name]
    chosen = [one for one in criteria.categories if (one.is_result if kind == "results" else one.key == name)]
    return [item.key for one in chosen for item in one.items]


def _ranked(lines: Sequence[Explained], rules: _Rules) -> Ranking:
    by_key = {line.public_id: line for line in lines}
    ranked = rank([
        Standing(line.public_id, line.published, tuple(tie.value for tie in line.ties))
        for line in lines
        if line.published is not None
    ])  # fmt: skip
    grades = [
        Grade(one.grade, one.seats, one.minimum_hundredths, one.per_sector, one.at_least_sector)
        for one in rules.category.quotas
    ]
    sectors = {line.public_id: line.sector for line in lines}
    compared = [_as_compared(one, by_key[one.key], rules) for one in ranked]
    proposal = apply_quotas(compared, sectors, grades, rules.scheme.scoring.cutoff)
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


def _as_compared(one: Ranked, line: Explained, rules: _Rules) -> Ranked:
    """With the figure a minimum is held against: cut to hundredths, an exact figure still falls on the same side."""
    if rules.scheme.scoring.minimum_on == "published" or line.exact is None:
        return one
    return replace(one, published=published_figure(line.exact, 2, "down"))
