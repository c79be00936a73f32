"""The ranking of a category as the scheme makes it, computed afresh from sheets and outcomes."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from string import ascii_uppercase
from typing import NamedTuple

from sqlalchemy.orm import Session

from award.applications.models import Application
from award.regulations.model import CategoryRules, Criteria, Scheme
from award.results.basis import Basis, Entry, Outcome, StoredSheet, basis_of, outcomes_of, sheets_of
from award.results.explained import Explained, Ranking, SheetShare, StageShare, TieValue
from award.rounds.models import Round
from award.rounds.queries import criteria_of
from award.scoring.combine import Combined, combine, combine_items, composite, published_figure, to_full_marks
from award.scoring.grades import item_hundredths, part_hundredths
from award.scoring.quotas import Grade, apply_quotas
from award.scoring.ranking import Ranked, Standing, rank

FULL_MARKS_HUNDREDTHS = 100_000


@dataclass(frozen=True)
class _Rules:
    """key: the frozen scheme, the round whose criteria are frozen too, and the category: they say all the rest."""

    key: tuple[str, str, str]
    scheme: Scheme = field(compare=False)
    category: CategoryRules = field(compare=False)
    criteria: Criteria = field(compare=False)

    @cached_property
    def points(self) -> dict[str, int]:
        return {item.key: item.points for item in self.criteria.items()}

    @cached_property
    def links(self) -> dict[str, list[str]]:
        """The items of each link of the tie chain."""
        return {key: items_of_link(key, self.criteria) for key in self.scheme.scoring.ties}


class _Scored(NamedTuple):
    """A valid sheet. leads: it is the leader's."""

    public_id: str
    marks: Mapping[str, int]
    total_hundredths: int
    leads: bool


_Panel = Sequence[_Scored]
"""The valid sheets of an application in order of assignment."""


def ranking_of(session: Session, round_: Round, category: str) -> Ranking:
    """The ranking of a category by the frozen scheme, from what is stored now."""
    return ranking_on(session, round_, category, basis_of(session, round_, category))


def ranking_on(session: Session, round_: Round, category: str, basis: Basis) -> Ranking:
    """The ranking that follows from what was read of the category, without applications that a stage held on paper left behind."""
    return _ranking(_rules(session, round_, category), basis)


@lru_cache(maxsize=8)
def _ranking(rules: _Rules, basis: Basis) -> Ranking:
    # Everything a ranking follows from is in the arguments: the same again needs no second reckoning.
    panels, held = _by_application(basis.sheets), _by_stage(basis.outcomes)
    lines = [
        _explain(one, panels.get(one.id, ()), held.get(one.id, {}), rules)
        for one in basis.entries
        if all(outcome.goes_on for outcome in held.get(one.id, {}).values())
    ]
    return _ranked(lines, rules)


def explained(session: Session, application: Application) -> Explained:
    """How one application came to its figure, computed afresh; without a rank, which needs the others."""
    round_, category = application.round, application.category
    panels = _by_application(sheets_of(session, round_, category, application.id))
    outcomes = _by_stage(outcomes_of(session, round_))
    entry = Entry(application.id, application.public_id, application.number, application.sector, application.entrant)
    key = application.id
    return _explain(entry, panels.get(key, ()), outcomes.get(key, {}), _rules(session, round_, category))


def without(session: Session, round_: Round, ranking: Ranking, gone: Collection[str]) -> Ranking:
    """A ranking as the scheme makes it when some applications (public ids) are taken out; their seats go to the next."""
    rules = _rules(session, round_, ranking.category)
    return _ranked([line for line in ranking.lines if line.public_id not in gone], rules)


def _rules(session: Session, round_: Round, category: str) -> _Rules:
    scheme, criteria = round_.scheme, criteria_of(session, round_, category)
    return _Rules((round_.scheme_sha256, round_.public_id, category), scheme, scheme.category(category), criteria)


def _by_application(sheets: Iterable[StoredSheet]) -> Mapping[int, _Panel]:
    found: dict[int, list[_Scored]] = defaultdict(list)
    for one in sheets:
        scored = _Scored(one.public_id, json.loads(one.marks), one.total_hundredths, one.leads)
        found[one.application_id].append(scored)
    return found


def _by_stage(outcomes: Iterable[Outcome]) -> Mapping[int, Mapping[str, Outcome]]:
    found: dict[int, dict[str, Outcome]] = defaultdict(dict)
    for one in outcomes:
        found[one.application_id][one.stage] = one
    return found


def _explain(application: Entry, panel: _Panel, outcomes: Mapping[str, Outcome], rules: _Rules) -> Explained:
    scoring = rules.scheme.scoring
    combined = _combined(panel, None, rules)
    stages, value, missing = _composed(combined.value, outcomes, rules)
    return Explained(
        application_id=application.id,
        public_id=application.public_id,
        number=application.number or "",
        name=application.name,
        sector=application.sector,
        sheets=tuple(
            SheetShare(ascii_uppercase[at], sheet.public_id, sheet.total_hundredths, at not in combined.dropped)
            for at, sheet in enumerate(panel)
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


def _combined(panel: _Panel, items: Sequence[str] | None, rules: _Rules) -> Combined:
    """The scheme's rule of combination on the points of some items; None: of all, on the totals."""
    scoring, points = rules.scheme.scoring, rules.points
    weights = None
    if scoring.method == "weighted_mean":
        weights = [scoring.leader_weight if sheet.leads else 1 for sheet in panel]
    how = (scoring.method, scoring.drop, scoring.minimum_sheets, scoring.fallback, weights)
    if scoring.on == "totals":
        return combine([_total(sheet, points, items) for sheet in panel], *how)
    per_item = [{key: item_hundredths(points[key], sheet.marks[key]) for key in items or points} for sheet in panel]
    made = combine_items(per_item, *how)
    return Combined(made.value, tuple(range(len(per_item))), (), made.flags, scoring.method)


def _total(sheet: _Scored, points: Mapping[str, int], items: Sequence[str] | None) -> int:
    return sheet.total_hundredths if items is None else part_hundredths(sheet.marks, points, items)


def _composed(
    desk: Fraction | None, outcomes: Mapping[str, Outcome], rules: _Rules
) -> tuple[tuple[StageShare, ...], Fraction | None, tuple[str, ...]]:
    weights = {one.kind: one.weight_hundredths for one in rules.scheme.stages if one.weight_hundredths}
    if not weights:
        weights = {"score": 10_000}
    scores = {kind: None if one.score is None else Fraction(one.score) for kind, one in outcomes.items()}
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
    return _combined(panel, rules.links[key], rules).value or Fraction(0)


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
