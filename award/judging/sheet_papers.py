"""What a judge's sheet, his comments and the summary of a panel say, each from the submitted versions."""

import json
import statistics
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, cast

from sqlalchemy.orm import Session

from award.accounts.queries import names_of
from award.applications.models import Application
from award.applications.papers import head_of
from award.judging.models import STRENGTH, Sheet, SheetVersion
from award.judging.queries import LETTERS, Source, comments_in, latest_version, marks_of, valid_versions
from award.kernel.i18n import format_moment
from award.press.records import (
    CommentsView,
    LetteredRemark,
    SheetGroup,
    SheetRow,
    SheetView,
    SummaryRemarks,
    SummaryRow,
    SummaryTotal,
    SummaryView,
)
from award.press.views import ItemRemarks, Mark, Remark
from award.regulations.model import Category, Criteria, Item
from award.rounds.queries import criteria_of
from award.scoring.grades import item_hundredths, part_hundredths

Marks = Mapping[str, int]


def sheet_view(session: Session, sheet: Sheet, language: str) -> SheetView:
    """A sheet as it was last submitted."""
    application, version = sheet.application, latest_version(session, sheet)
    criteria = criteria_of(session, application.round, application.category)
    marks = marks_of(version)
    return SheetView(
        head=head_of(session, application, language),
        judge=names_of(session, [sheet.person_id]).get(sheet.person_id, ""),
        groups=tuple(_group(one, marks, language) for one in criteria.categories),
        points=criteria.total,
        total=_points(version.total_hundredths),
        submitted=_moment(application, version, language),
        version=version.number,
        receipt=f"{version.public_id}-{version.number}",
        sha256=version.sha256,
    )


def comments_view(session: Session, sheet: Sheet, language: str) -> CommentsView:
    """The comments of a sheet as it was last submitted, in the language the judge wrote them in."""
    application, version = sheet.application, latest_version(session, sheet)
    criteria = criteria_of(session, application.round, application.category)
    marks, entries = marks_of(version), json.loads(version.content)["items"]
    return CommentsView(
        head=head_of(session, application, language),
        judge=names_of(session, [sheet.person_id]).get(sheet.person_id, ""),
        rows=tuple(_row(item, marks, language) for item in criteria.items()),
        remarks=tuple(
            _remarks(item.number, entries[item.key]["comments"])
            for item in criteria.items()
            if item.key in entries and entries[item.key]["comments"]
        ),
        submitted=_moment(application, version, language),
        version=version.number,
        sha256=version.sha256,
    )


def _moment(application: Application, version: SheetVersion, language: str) -> str:
    return format_moment(language, version.submitted_at, application.round.award.authority.zone, with_zone=True)


def _points(hundredths: int | Fraction) -> Decimal:
    exact = Fraction(hundredths) / 100
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _row(item: Item, marks: Marks, language: str) -> SheetRow:
    percent = marks[item.key]
    scored = _points(item_hundredths(item.points, percent))
    return SheetRow(item.number, item.name.in_language(language), item.points, percent, scored)


def _group(category: Category, marks: Marks, language: str) -> SheetGroup:
    hundredths = _hundredths(category, marks)
    rows = tuple(_row(item, marks, language) for item in category.items)
    percent = _tenth(Fraction(hundredths, category.points))
    name = category.name.in_language(language)
    return SheetGroup(category.number, name, category.points, _points(hundredths), percent, rows)


def _hundredths(category: Category, marks: Marks) -> int:
    points = {item.key: item.points for item in category.items}
    return part_hundredths(marks, points, list(points))


def _tenth(exact: Fraction) -> Decimal:
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _remarks(number: str, comments: Sequence[Mapping[str, Any]]) -> ItemRemarks:
    made = [(one["kind"], _remark(one)) for one in comments]
    return ItemRemarks(
        number,
        tuple(one for kind, one in made if kind == STRENGTH),
        tuple(one for kind, one in made if kind != STRENGTH),
    )


def _remark(comment: Mapping[str, Any]) -> Remark:
    return Remark(cast(Mark, comment["weight"]), " ".join(comment["text"].split()), ", ".join(comment["references"]))


# --- the panel ----------------------------------------------------------------------------------------------


def summary_view(
    session: Session, application: Application, language: str, *, combined: Fraction | None, is_counted: bool,
    left_out: frozenset[str], rule: str, why: str, made: str,
) -> SummaryView:  # fmt: skip
    """All valid sheets of an application side by side, letters instead of names.

    combined: the scheme's figure in hundredths of a point, which the results know, as they know whether it is counted in the
    total (is_counted); left_out: letters its rule leaves out; rule, why, made: sentences in the language of the paper.
    """
    criteria = criteria_of(session, application.round, application.category)
    versions = valid_versions(session, application)
    sheets = [marks_of(one) for one in versions]
    totals = [one.total_hundredths for one in versions]
    limit = application.round.scheme.scoring.dispersion_limit
    return SummaryView(
        head=head_of(session, application, language),
        rows=tuple(row for one in criteria.categories for row in _summary_rows(one, sheets, limit, language)),
        totals=tuple(
            SummaryTotal(letter, _points(total), letter not in left_out) for letter, total in zip(LETTERS, totals, strict=False)
        ),
        points=criteria.total,
        median=_points(Fraction(statistics.median(map(Fraction, totals)))),
        spread=_points(max(totals) - min(totals)),
        combined=None if combined is None else _points(combined), is_counted=is_counted,
        rule=rule, why=why, limit=limit,
        remarks=_lettered(criteria, comments_in(versions), language),
        made=made,
    )  # fmt: skip


def _summary_rows(category: Category, sheets: Sequence[Marks], limit: int, language: str) -> list[SummaryRow]:
    shares = [Fraction(_hundredths(category, one), category.points) for one in sheets]
    whole = _summary_row(category, shares, None, language)
    return [
        whole,
        *(_summary_row(item, [Fraction(one[item.key]) for one in sheets], limit, language) for item in category.items),
    ]


def _summary_row(of: Category | Item, values: Sequence[Fraction], limit: int | None, language: str) -> SummaryRow:
    """limit: None for a category, whose range the scheme sets no limit to."""
    spread = max(values) - min(values)
    return SummaryRow(
        of.number, of.name.in_language(language), of.points, tuple(map(_tenth, values)), _tenth(Fraction(statistics.median(values))),
        _tenth(spread), limit is not None and spread > limit, limit is None,
    )  # fmt: skip


def _lettered(
    criteria: Criteria, comments: Mapping[str, Sequence[Source]], language: str
) -> tuple[SummaryRemarks, ...]:
    def one_kind(item: Item, *, strengths: bool) -> tuple[LetteredRemark, ...]:
        return tuple(
            LetteredRemark(one.letter, one.weight, " ".join(one.text.split()), ", ".join(one.references))
            for one in comments[item.key]
            if (one.kind == STRENGTH) == strengths
        )

    return tuple(
        SummaryRemarks(
            item.number,
            item.name.in_language(language),
            one_kind(item, strengths=True),
            one_kind(item, strengths=False),
        )
        for item in criteria.items()
        if comments.get(item.key)
    )
