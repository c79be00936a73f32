"""One total, step by step: sheets, items, combination, stages, rounding, ties, grade."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from award.regulations.model import Category, Item, Scheme, Text
from award.results import queries
from award.results.explained import Explained, Ranking
from award.results.pages.desk import Desk
from award.results.pages.shown import grade_names, strip_of
from award.results.queries import PanelSheet
from award.results.wording import FLAGS, MISSING, REASONS, ROUNDINGS, link_name, points, share
from award.scoring.wording import METHODS


@dataclass(frozen=True)
class SheetColumn:
    """A sheet as a column of the table. total: its points."""

    letter: str
    judge: str
    total: str
    used: bool


@dataclass(frozen=True)
class ItemRow:
    """An item: the percent each sheet gave. is_wide: the marks lie further apart than the scheme's limit."""

    item: Item
    percents: tuple[int, ...]
    low: int
    high: int
    is_wide: bool


@dataclass(frozen=True)
class CategoryRows:
    """A category with its items. scored: its points on each sheet."""

    category: Category
    rows: tuple[ItemRow, ...]
    scored: tuple[str, ...]


@dataclass(frozen=True)
class TieRow:
    """A link of the chain. others: name and value of each application with the same figure. decided: this link did."""

    name: Text
    value: str
    others: tuple[tuple[str, str], ...]
    decided: bool


def explanation_of(desk: Desk, ranking: Ranking, public_id: str) -> dict[str, Any]:
    """Everything the page of one total shows. Raises KeyError for an application that is not in the ranking."""
    line, scoring, full = ranking.line(public_id), desk.scheme.scoring, desk.criteria.total * 100
    found = queries.panel_sheets(desk.session, [sheet.sheet_id for sheet in line.sheets])
    panel = [found[sheet.sheet_id] for sheet in line.sheets]
    return {
        "line": line,
        "category": desk.category,
        "sector": desk.scheme.category(desk.category).sectors.get(line.sector),
        "count": len(ranking.lines),
        "strip": strip_of(line, full),
        "columns": [
            SheetColumn(sheet.letter, one.judge, points(sheet.total_hundredths), sheet.used)
            for sheet, one in zip(line.sheets, panel, strict=True)
        ],
        "categories": [_category_rows(one, panel, scoring.dispersion_limit) for one in desk.criteria.categories],
        "limit": scoring.dispersion_limit,
        "full": desk.criteria.total,
        "method": METHODS[line.method],
        "method_facts": {"drop": scoring.drop, "weight": scoring.leader_weight},
        "on_items": scoring.on == "items",
        "sum": _sum(line),
        "flags": [FLAGS[flag] for flag in line.flags],
        "combined": None if line.combined is None else points(line.combined),
        "scaled": None if line.combined is None or full == 100_000 else points(line.combined * 100_000 / full),
        "stages": [
            (desk.scheme.stage(one.kind).title, None if one.score is None else points(one.score), share(one.weight), share(one.share),
             points((one.score or Fraction(0)) * one.share))
            for one in line.stages
        ],
        "missing_rule": MISSING[scoring.missing_stage] if line.missing else "",
        "exact": None if line.exact is None else points(line.exact),
        "rounding": ROUNDINGS[scoring.rounding],
        "places": scoring.places,
        "ties": _ties(desk, ranking, line),
        "grades": _grades(desk.scheme, desk.category, line),
    }  # fmt: skip


def _sum(line: Explained) -> dict[str, Any] | None:
    """The addition in full where the figure is a mean of totals."""
    used = [sheet.total_hundredths for sheet in line.sheets if sheet.used]
    if line.combined is None or line.combined != Fraction(sum(used), len(used) or 1):
        return None
    return {"terms": " + ".join(points(one) for one in used), "total": points(sum(used)), "count": len(used)}


def _category_rows(category: Category, panel: Sequence[PanelSheet], limit: int) -> CategoryRows:
    rows = []
    for item in category.items:
        percents = tuple(one.marks[item.key] for one in panel)
        low, high = min(percents, default=0), max(percents, default=0)
        rows.append(ItemRow(item, percents, low, high, high - low > limit))
    scored = tuple(points(sum(item.points * one.marks[item.key] for item in category.items)) for one in panel)
    return CategoryRows(category, tuple(rows), scored)


def _ties(desk: Desk, ranking: Ranking, line: Explained) -> list[TieRow]:
    """The chain with the values of those who have the same figure; empty where nobody has."""
    equals = [
        one
        for one in ranking.lines
        if one.published == line.published and one.public_id != line.public_id and one.public_id not in desk.hidden
    ]
    if line.published is None or not equals:
        return []
    return [
        TieRow(
            link_name(tie.key, desk.criteria), points(tie.value),
            tuple((one.name, points(one.ties[at].value)) for one in equals), at == line.decided_by,
        )
        for at, tie in enumerate(line.ties)
    ]  # fmt: skip


def _grades(scheme: Scheme, category: str, line: Explained) -> list[tuple[Text, str, bool]]:
    """Grade, why or why not, and whether it was won; those above the one it won, and that one."""
    names = grade_names(scheme, category)
    found = [(names[grade], REASONS[reason], False) for grade, reason in line.refused]
    if line.grade:
        found.append((names[line.grade], REASONS[line.reason], True))
    return found
