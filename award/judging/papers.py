"""What a feedback report says: a frozen view for the paper and for the page."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import cast

from sqlalchemy.orm import Session

from award.applications.models import Application
from award.judging.combining import Panel
from award.judging.models import STRENGTH, FeedbackComment, FeedbackReport
from award.judging.queries import LETTERS, Source, marked_in, scored_in, sources_of
from award.kernel.documents.service import paper_name
from award.kernel.i18n import N_, translate
from award.press.views import (
    ENOUGH_TO_COMPARE,
    CategoryScore,
    Comparison,
    Fact,
    FeedbackReportView,
    ItemRemarks,
    ItemScore,
    Language,
    Mark,
    NextStep,
    Priority,
    Remark,
    ScoringBand,
)
from award.regulations.model import Category, Criteria, Item, Scheme, StageRules, Text
from award.rounds.queries import criteria_of, public_title, title_of
from award.stages import Kind

MOST_PRIORITIES = 6
SHORT = 80
"""Characters of a theme in the list of priorities."""


def report_view(session: Session, report: FeedbackReport, language: str, now: datetime) -> FeedbackReportView:
    """The report in one language. Comments stay in the language the judges wrote them in.

    Percentages come from the sheets the report was made from by the scheme's rule; the comparison is left out altogether
    where fewer than five applicants were scored, so that not even the stored data give a neighbour away.
    """
    application = report.application
    round_ = application.round
    scheme, criteria = round_.scheme, criteria_of(session, round_, application.category)
    points = {item.key: item.points for item in criteria.items()}
    own = Panel(marked_in(session, report.sheets), scheme.scoring, points)
    others = [Panel(one, scheme.scoring, points) for one in scored_in(session, application).values()]
    sources = {one.key: one for found in sources_of(session, report).values() for one in found}
    say: Callable[[Text], str] = lambda text: text.in_language(language)  # noqa: E731
    return FeedbackReportView(
        language=cast(Language, language),
        award_name=say(scheme.award),
        award_title=say(title_of(round_)),
        report_number=f"FB-{application.number}",
        organisation=application.entrant,
        office=say(scheme.office),
        criteria=say(criteria.name),
        facts=_facts(report, scheme, language),
        issued_on=round_.award.authority.day_of(now),
        sheets=tuple(LETTERS[: len(own.sheets)]),
        basis=own.rule(language),
        summary=_lines(report.summary),
        total_points=criteria.total,
        bands=tuple(ScoringBand(one.low, one.high, say(one.name), say(one.about)) for one in criteria.total_bands),
        band=band_of(criteria, own.hundredths(list(points))),
        band_note=band_note(scheme, language),
        percent_bands=tuple((one.percents[0], one.percents[-1]) for one in criteria.bands),
        categories=tuple(_category(one, own, others, say) for one in criteria.categories),
        compared=len(others),
        main_strengths=tuple(one.text for one in report.comments if one.is_key and one.kind == STRENGTH),
        main_opportunities=tuple(one.text for one in report.comments if one.is_key and one.kind != STRENGTH),
        remarks=tuple(_remarks(report, item, sources) for item in criteria.items() if _has(report, item.key)),
        priorities=_priorities(report, criteria),
        next_steps=tuple(next_step(line) for line in _lines(report.next_steps)),
    )


def _facts(report: FeedbackReport, scheme: Scheme, language: str) -> tuple[Fact, ...]:
    application = report.application
    rules = scheme.category(application.category)
    facts = [Fact(translate(language, N_("Category")), rules.name.in_language(language))]
    if application.sector in rules.sectors:
        facts.append(Fact(translate(language, N_("Sector")), rules.sectors[application.sector].in_language(language)))
    facts.append(Fact(translate(language, N_("Reviewed by")), method_of(scheme, language)))
    return tuple(facts)


def _others(scheme: Scheme) -> list[StageRules]:
    """The stages besides the sheets that count towards the total."""
    return [one for one in scheme.stages if one.weight_hundredths is not None and one.kind != Kind.SCORE]


def method_of(scheme: Scheme, language: str) -> str:
    """The stages that count towards the total, with their weights where there are several."""
    sheets, others = scheme.stage(Kind.SCORE), _others(scheme)
    if not others:
        return public_title(sheets).in_language(language)
    counted = [one for one in scheme.stages if one is sheets or one in others]
    weights = [_with_weight(one, language) for one in counted]
    return ("、" if language == "zh" else ", ").join(weights)


def _with_weight(stage: StageRules, language: str) -> str:
    title, weight = public_title(stage).in_language(language), stage.weight_hundredths
    return title if weight is None else f"{title}\u00a0{weight / 100:g}%"


def band_note(scheme: Scheme, language: str) -> str:
    """What the band of a report rests on, said where the total of the round counts something else than the sheets."""
    sheets, others = scheme.stage(Kind.SCORE), [public_title(one) for one in _others(scheme)]
    if not others:
        return ""
    text = N_("The band rests on the score sheets of the {stage} alone; the total of the round also counts {others}.")
    if sheets.weight_hundredths is None:
        text = N_("The band rests on the score sheets of the {stage}; the total of the round is that of {others} alone.")
    return translate(language, text, {"stage": public_title(sheets), "others": others})


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def next_step(line: str) -> NextStep:
    """A line as the leader writes it, "30 天内：…", by when before the first colon."""
    for colon in ("：", ":"):
        when, found, what = line.partition(colon)
        if found and what.strip():
            return NextStep(when.strip(), what.strip())
    return NextStep("", line)


def _decimal(exact: Fraction) -> Decimal:
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def comparison(values: Sequence[Fraction]) -> Comparison | None:
    """Quartiles of the organisations scored, or None where there are too few to hide one of them.

    Source: the inclusive method, as the organisations are the whole and not a sample; Python's statistics.quantiles knows it too.
    """
    if len(values) < ENOUGH_TO_COMPARE:
        return None
    # Whole numbers of one denominator are as exact as the fractions, and are put in order many times faster.
    common = math.lcm(*(value.denominator for value in values))
    ordered = sorted(value.numerator * (common // value.denominator) for value in values)
    return Comparison(*(_decimal(Fraction(_quartile(ordered, at), 4 * common)) for at in (1, 2, 3)))


def _quartile(ordered: Sequence[int], at: int) -> int:
    """Four times the first, second or third quartile."""
    below, quarters = divmod(at * (len(ordered) - 1), 4)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] * (4 - quarters) + ordered[above] * quarters


def _category(category: Category, own: Panel, others: Sequence[Panel], say: Callable[[Text], str]) -> CategoryScore:
    keys = [item.key for item in category.items]
    share: Callable[[Panel], Fraction] = lambda panel: panel.hundredths(keys) / category.points  # noqa: E731
    round_ = comparison([share(one) for one in others])
    items = tuple(_item(item, own, others, say) for item in category.items)
    return CategoryScore(
        category.number, say(category.name), category.points, _decimal(share(own)), items, round_
    )


def _item(item: Item, own: Panel, others: Sequence[Panel], say: Callable[[Text], str]) -> ItemScore:
    round_ = comparison([one.percent(item.key) for one in others])
    return ItemScore(item.number, say(item.name), item.points, _decimal(own.percent(item.key)), round_)


def band_of(criteria: Criteria, hundredths: Fraction) -> int:
    """Position of the band of totals a figure lies in; bands are half-open, the last one closed."""
    points = hundredths / 100
    return next((at for at, band in enumerate(criteria.total_bands) if points < band.high), len(criteria.total_bands) - 1)


def _has(report: FeedbackReport, item: str) -> bool:
    return any(one.item == item for one in report.comments)


def _remarks(report: FeedbackReport, item: Item, sources: Mapping[str, Source]) -> ItemRemarks:
    own = [one for one in report.comments if one.item == item.key]
    return ItemRemarks(
        item.number,
        tuple(_remark(one, sources) for one in own if one.kind == STRENGTH),
        tuple(_remark(one, sources) for one in own if one.kind != STRENGTH),
    )


def _remark(comment: FeedbackComment, sources: Mapping[str, Source]) -> Remark:
    named = [ref for key in comment.sources if key in sources for ref in sources[key].references]
    text = " ".join(_lines(comment.text))
    return Remark(cast(Mark, comment.weight), text, ", ".join(dict.fromkeys(named)))


def _priorities(report: FeedbackReport, criteria: Criteria) -> tuple[Priority, ...]:
    """The major opportunities, in the order of the criteria."""
    numbers = {item.key: item.number for item in criteria.items()}
    major = [one for one in report.comments if one.weight == "--" and one.item in numbers]
    order = list(numbers)
    major.sort(key=lambda one: order.index(one.item))
    return tuple(
        Priority(_short(one.text), (numbers[one.item],), placed(one.effort), placed(one.effect)) for one in major[:MOST_PRIORITIES]
    )


def placed(level: int | None) -> int | None:
    """Where a level of 1..5 lies between 0 and 100: in the middle of its fifth."""
    return None if level is None else 20 * level - 10


def _short(text: str) -> str:
    line = " ".join(_lines(text))
    return line if len(line) <= SHORT else line[: SHORT - 1] + "…"


def file_name(application: Application, language: str) -> str:
    """What the file of a feedback report is called."""
    return paper_name(application.number, application.entrant, translate(language, N_("Feedback report")))
