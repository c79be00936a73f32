"""Charts: well-formed, described, escaped, presentation attributes only."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from markupsafe import Markup

from award.press import charts
from award.press.figures import Figures, fitting
from tests.golden import samples

WORDS = charts.Quadrants("<a>", "b", "c", "d", "e", "f")
HOSTILE = '<script>"&'

CHARTS: dict[str, Callable[[], Markup]] = {
    "radar": lambda: charts.radar([charts.Axis(HOSTILE, 50, 40)] * 5, title=HOSTILE, own=HOSTILE, reference=HOSTILE),
    "band_strip": lambda: charts.band_strip([(0, 500, HOSTILE), (500, 1000, "b")], 0, label=HOSTILE, title=HOSTILE),
    "item_profile": lambda: charts.item_profile(
        [charts.ProfileRow("1", HOSTILE, "50", 55, 40, 60), charts.ProfileRow("2", "b", "50", 55, is_category=True)],
        [(0, 5), (10, 100)],
        title=HOSTILE,
    ),
    "comparison_bar": lambda: charts.comparison_bar(60, 55, title=HOSTILE),
    "dot_strip": lambda: charts.dot_strip([40, 40, 70], 40, title=HOSTILE),
    "histogram": lambda: charts.histogram([(HOSTILE, 3), ("b", 0)], title=HOSTILE, unit=HOSTILE),
    "completion_line": lambda: charts.completion_line([(HOSTILE, 1), ("b", 9)], 12, title=HOSTILE, goal=HOSTILE),
    "priority_matrix": lambda: charts.priority_matrix([(HOSTILE, 10, 90)], WORDS, title=HOSTILE),
}


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_described_escaped_and_needs_no_stylesheet(name: str) -> None:
    drawn = CHARTS[name]()
    root = ET.fromstring(drawn)
    assert root.get("role") == "img"
    assert root.get("aria-label") == HOSTILE
    assert "<script" not in drawn
    assert not re.search(r"\s(style|on\w+|href)=", drawn)
    assert {element.tag.split("}")[1] for element in root.iter()} <= {"svg", "g", "path", "rect", "line", "circle", "text", "tspan"}


@pytest.mark.parametrize(
    ("value", "printed"),
    [(63, "63"), (Decimal("63.0"), "63"), (Decimal("62.25"), "62.3"), (Decimal("62.04"), "62"), (Decimal("-3.15"), "-3.2")],
)
def test_percentages_have_at_most_one_decimal_rounded_half_up(value: charts.Number, printed: str) -> None:
    assert charts.percent_text(value) == printed


def figures(compared: int) -> Figures:
    return Figures(samples.feedback_report(compared=compared), lambda text, **params: text.format(**params))


def test_with_five_organisations_the_radar_shows_medians() -> None:
    assert "(57%)" in figures(5).radar()
    assert charts.OTHER_FILL in figures(5).profile()


def test_with_four_organisations_no_chart_gives_a_median_or_quartile_away() -> None:
    few = figures(4)
    drawn = few.radar() + few.profile() + "".join(few.bar(one) for one in few.view.categories)
    assert "(57%)" not in drawn
    assert charts.OTHER not in drawn
    assert charts.OTHER_FILL not in drawn
    assert few.difference(few.view.categories[0]) is None


def test_no_matrix_without_places() -> None:
    unplaced = tuple(replace(one, effort=None, effect=None) for one in samples.feedback_report().priorities)
    assert Figures(samples.feedback_report(priorities=unplaced), lambda text, **params: text).priorities() == ""


def test_a_name_is_set_as_large_as_its_line_allows() -> None:
    # 10 characters of 23 pt are 230 pt = 81.1 mm; 9 of the width 8.11 mm fit on 73.1 mm
    assert fitting("一" * 10, 81.2, (23, 19)) == 23
    assert fitting("一" * 10, 81.1, (23, 19)) == 19
    assert fitting("一" * 40, 81.2, (23, 19)) == 19
