"""The ranking of a category as the scheme makes it, computed afresh from sheets and outcomes."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import starmap
from string import ascii_uppercase
from typing import NamedTuple

from sqlalchemy import Text, cast, func, select
from sqlalchemy.orm import Session

from award.applications.facts import NOMINEE
from award.applications.models import SHARING, Application, PaperOutcome, entrant_of
from award.judging.models import Sheet
from award.kernel import db
from award.organisations.models import Organisation
from award.regulations.model import CategoryRules, Criteria, Scheme
from award.results.explained import Explained, Ranking, SheetShare, StageShare, TieValue
from award.rounds.models import Round, RoundStage
from award.rounds.queries import criteria_of
from award.scoring.combine import Combined, combine, combine_items, composite, published_figure, to_full_marks
from award.scoring.grades import item_hundredths, part_hundredths
from award.scoring.quotas import Grade, apply_quotas
from award.scoring.ranking import Ranked, Standing, rank
from award.standing.models import Assignment

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


class _Entry(NamedTuple):
    id: int
    public_id: str
    number: str | None
    sector: str
    name: str


class _Row(NamedTuple):
    """A valid sheet as it is stored. marks: JSON, taken apart only where a ranking is made anew; leads: it is the leader's."""

    application_id: int
    public_id: str
    marks: str
    total_hundredths: int
    leads: bool


class _Scored(NamedTuple):
    """A valid sheet. leads: it is the leader's."""

    public_id: str
    marks: Mapping[str, int]
    total_hundredths: int
    leads: bool


_Panel = Sequence[_Scored]
"""The valid sheets of an application in order of assignment."""


class _Outcome(NamedTuple):
    """A confirmed outcome of a stage held on paper. score: hundredths of 1000 points, None where it gave none."""

    application_id: int
    stage: str
    score: int | None
    goes_on: bool


def ranking_of(session: Session, round_: Round, category: str) -> Ranking:
    """The ranking of a category by the frozen scheme.

    Only submitted sheets of active judges count; void sheets are in neither sum nor count. Applications that a stage
    held on paper left behind are not ranked.
    """
    rules = _rules(session, round_, category)
    entries = _entries(session, round_, category)
    return _ranking(rules, tuple(entries), _sheets(session, round_, category), _outcomes(session, round_))


@lru_cache(maxsize=8)
def _ranking(
    rules: _Rules, entries: tuple[_Entry, ...], sheets: tuple[_Row, ...], outcomes: tuple[_Outcome, ...]
) -> Ranking:
    # Everything a ranking follows from is in the arguments: the same again needs no second reckoning.
    panels, held = _by_application(sheets), _by_stage(outcomes)
    lines = [
        _explain(one, panels.get(one.id, ()), held.get(one.id, {}), rules)
        for one in entries
        if all(outcome.goes_on for outcome in held.get(one.id, {}).values())
    ]
    return _ranked(lines, rules)


def explained(session: Session, application: Application) -> Explained:
    """How one application came to its figure, computed afresh; without a rank, which needs the others."""
    round_, category = application.round, application.category
    panels = _by_application(_sheets(session, round_, category, application.id))
    outcomes = _by_stage(_outcomes(session, round_))
    entry = _Entry(
        application.id, application.public_id, application.number, application.sector, application.entrant
    )
    key = application.id
    return _explain(entry, panels.get(key, ()), outcomes.get(key, {}), _rules(session, round_, category))


def without(session: Session, round_: Round, ranking: Ranking, gone: Collection[str]) -> Ranking:
    """A ranking as the scheme makes it when some applications (public ids) are taken out; their seats go to the next."""
    rules = _rules(session, round_, ranking.category)
    return _ranked([line for line in ranking.lines if line.public_id not in gone], rules)


def _rules(session: Session, round_: Round, category: str) -> _Rules:
    scheme, criteria = round_.scheme, criteria_of(session, round_, category)
    return _Rules((round_.scheme_sha256, round_.public_id, category), scheme, scheme.category(category), criteria)


def _entries(session: Session, round_: Round, category: str) -> Sequence[_Entry]:
    query = (
        select(
            Application.id, Application.public_id, Application.number, Application.sector,
            Application.profile[NOMINEE].as_string(), Organisation.name,
        )
        .join(Application.organisation)
        .where(Application.round_id == round_.id, Application.category == category, Application.state.in_(SHARING))
        .order_by(Application.id)
    )  # fmt: skip
    return [
        _Entry(id_, public_id, number, sector, entrant_of(nominee, name))
        for id_, public_id, number, sector, nominee, name in db.rows_of(session, query).all()
    ]


def _sheets(session: Session, round_: Round, category: str, application_id: int | None = None) -> tuple[_Row, ...]:
    """application_id: only of this application; None: of all."""
    query = (
        select(
            Sheet.application_id, Sheet.public_id, cast(Sheet.marks, Text), func.coalesce(Sheet.total_hundredths, 0),
            Assignment.is_leader,
        )
        .join(Assignment, Assignment.id == Sheet.assignment_id)
        .join(Application, Application.id == Sheet.application_id)
        .where(
            Sheet.round_id == round_.id,
            Application.category == category,
            Assignment.state == "active",
            Sheet.state == "submitted",
        )
        .order_by(Sheet.application_id, Assignment.id)
    )  # fmt: skip
    if application_id is not None:
        query = query.where(Sheet.application_id == application_id)
    return tuple(starmap(_Row, db.rows_of(session, query).all()))


def _by_application(sheets: Iterable[_Row]) -> Mapping[int, _Panel]:
    found: dict[int, list[_Scored]] = defaultdict(list)
    for one in sheets:
        scored = _Scored(one.public_id, json.loads(one.marks), one.total_hundredths, one.leads)
        found[one.application_id].append(scored)
    return found


def _outcomes(session: Session, round_: Round) -> tuple[_Outcome, ...]:
    query = (
        select(PaperOutcome.application_id, RoundStage.kind, PaperOutcome.score_hundredths, PaperOutcome.goes_on)
        .join(RoundStage, RoundStage.id == PaperOutcome.round_stage_id)
        .where(RoundStage.round_id == round_.id, PaperOutcome.state == "confirmed")
        .order_by(PaperOutcome.id)
    )
    return tuple(starmap(_Outcome, db.rows_of(session, query).all()))


def _by_stage(outcomes: Iterable[_Outcome]) -> Mapping[int, Mapping[str, _Outcome]]:
    found: dict[int, dict[str, _Outcome]] = defaultdict(dict)
    for one in outcomes:
        found[one.application_id][one.stage] = one
    return found


def _explain(application: _Entry, panel: _Panel, outcomes: Mapping[str, _Outcome], rules: _Rules) -> Explained:
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
    desk: Fraction | None, outcomes: Mapping[str, _Outcome], rules: _Rules
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
