"""What a feedback report says: figures and words of the scheme's rule, the comparison, next steps."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from award.judging import papers, service
from award.judging.combining import Marked, Panel
from award.judging.papers import band_note, comparison, method_of, next_step
from award.kernel.audit.trail import transaction
from award.press.views import Comparison, NextStep
from award.regulations.loader import shipped_schemes
from tests import make
from tests.judging import world as worlds
from tests.judging.test_feedback import begun, open_, report, written
from tests.judging.world import World

NOW = make.NOW
__all__ = ["begun", "open_"]


def test_the_view(begun: World) -> None:
    """Five sheets at 40 … 80 %: without the highest and the lowest the mean is 60 % of each item and 600 in all."""
    written(begun)
    with transaction(begun.engine) as session:
        view = papers.report_view(session, report(session, begun), "zh", NOW)
    assert {one.percent for one in view.items} == {Decimal("60.0")}
    assert {one.percent for one in view.categories} == {Decimal("60.0")}
    assert (view.sheets, view.basis) == (("A", "B", "C", "D", "E"), "去掉 1 个最高分和 1 个最低分后的平均分")
    # 550 to 650 points is the fifth band.
    assert (view.bands[view.band].lower, view.bands[view.band].name) == (550, "成熟")
    assert (view.compared, view.is_compared) == (1, False)
    assert [one.comparison for one in (*view.items, *view.categories)] == [None] * 30
    assert view.summary == ("总体良好。", "重点在学习。")
    assert view.next_steps == (NextStep("90 天内", "制定改进计划"), NextStep("", "持续改进"))
    [remarks] = view.remarks
    assert (remarks.number, remarks.strengths[0].references) == ("4.1.2", "E-1, p71")
    assert len(view.main_strengths) == len(view.main_opportunities) == 1
    text = repr(view)
    assert [name for name in worlds.JUDGES if name in text] == []


def test_four_organisations_are_not_compared_and_five_are(engine: Any, clock: Any) -> None:
    world = worlds.build(engine, applications=5)
    for at in range(5):
        worlds.all_in(world, at, (10 * at,) * 5)
        with transaction(engine) as session:
            found = service.start_report(session, world.judges[0], world.application(session, at), NOW)
            view = papers.report_view(session, found, "en", NOW)
        assert view.is_compared == (at == 4)
        # Even the stored data say nothing of four.
        assert all((one.comparison is None) == (at < 4) for one in view.items)
    # Items at 0, 10, 20, 30 and 40 %: the inclusive quartiles are 10, 20 and 30.
    assert view.items[0].comparison == Comparison(Decimal("10.0"), Decimal("20.0"), Decimal("30.0"))


@pytest.mark.parametrize(("change", "percent", "words"), [
    ({"method": "mean"}, "60.0", "Mean of all sheets"),
    # The leader gave 40 %: (3 × 40 + 50 + 60 + 70 + 80) / 7 = 54.28….
    ({"method": "weighted_mean", "leader_weight": 3}, "54.3", "Mean of all sheets, the team leader's counting 3 times"),
    ({"method": "median"}, "60.0", "Median of all sheets"),
    ({"drop": 3, "fallback": "mean"}, "60.0", "Mean of all sheets"),
    ({"minimum_sheets": 6}, "60.0", "Mean of all sheets; they are fewer than the rules of the award ask for"),
    ({"method": "weighted_mean", "leader_weight": 3, "on": "items"}, "54.3", "Mean of all sheets, the team leader's counting 3 times"),
])  # fmt: skip
def test_a_report_has_the_figures_and_the_words_of_its_rule(change: dict[str, Any], percent: str, words: str) -> None:
    rules = replace(shipped_schemes()["yunchuan-mayor"].scoring, **change)
    sheets = [Marked({"a": mark, "b": mark}, at == 0) for at, mark in enumerate((40, 50, 60, 70, 80))]
    panel = Panel(sheets, rules, {"a": 40, "b": 60})
    assert (round(float(panel.percent("a")), 1), panel.rule("en")) == (float(percent), words)
    assert panel.hundredths(["a", "b"]) == 100 * panel.percent("a")


def test_a_report_names_what_counts_and_what_its_band_rests_on() -> None:
    """The scheme of Anhui counts 40, 40 and 20 %; in Yunchuan the sheets are all."""
    anhui, yunchuan = shipped_schemes()["anhui-province"], shipped_schemes()["yunchuan-mayor"]
    assert method_of(anhui, "zh") == "材料评审\u00a040%、现场评审\u00a040%、陈述答辩\u00a020%"
    assert method_of(anhui, "en") == "Independent desk review\u00a040%, Site visit\u00a040%, Interview\u00a020%"
    assert band_note(anhui, "zh") == "档位仅依据材料评审的评分表得出；本届评审总分还计入现场评审、陈述答辩得分。"
    assert "counts Site visit, Interview." in band_note(anhui, "en")
    assert (method_of(yunchuan, "zh"), band_note(yunchuan, "zh")) == ("材料评审", "")


def test_quartiles() -> None:
    """By hand. Quartiles: R's type 7, the inclusive method, for 1 … 6 gives 2.25, 3.5, 4.75."""
    assert comparison([Fraction(one) for one in range(1, 5)]) is None
    assert comparison([Fraction(one) for one in range(1, 7)]) == Comparison(Decimal("2.3"), Decimal("3.5"), Decimal("4.8"))
    assert next_step("Within 90 days: plan") == NextStep("Within 90 days", "plan")
    assert next_step("比例为 3：") == NextStep("", "比例为 3：")
