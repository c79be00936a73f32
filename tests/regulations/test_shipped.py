"""The shipped files hold what domain.md 2 and 3.1 say, counted by hand."""

from typing import Any

import pytest

from award.regulations.loader import rubric_files, shipped_criteria, shipped_schemes
from award.regulations.model import Criteria, Text
from award.regulations.scheme_checks import KINDS

GBT_POINTS = {
    "4.1.2": 50, "4.1.3": 30, "4.1.4": 30, "4.2.2": 40, "4.2.3": 50, "4.3.2": 40, "4.3.3": 50, "4.4.2": 60,
    "4.4.3": 15, "4.4.4": 20, "4.4.5": 15, "4.4.6": 10, "4.4.7": 10, "4.5.2": 50, "4.5.3": 50, "4.6.2": 40,
    "4.6.3": 40, "4.7.2": 80, "4.7.3": 80, "4.7.4": 80, "4.7.5": 60, "4.7.6": 50, "4.7.7": 50,
}  # fmt: skip
BALDRIGE_POINTS = {
    "1.1": 70, "1.2": 50, "2.1": 45, "2.2": 40, "3.1": 40, "3.2": 45, "4.1": 45, "4.2": 45, "5.1": 40, "5.2": 45,
    "6.1": 45, "6.2": 40, "7.1": 120, "7.2": 80, "7.3": 80, "7.4": 80, "7.5": 90,
}  # fmt: skip
SIX_BANDS = [[0, 5], [10, 15, 20, 25], [30, 35, 40, 45], [50, 55, 60, 65], [70, 75, 80, 85], [90, 95, 100]]


def points_of(criteria: Criteria) -> dict[str, int]:
    return {item.key: item.points for item in criteria.items()}


def test_every_file_is_loaded_under_its_name() -> None:
    criteria, schemes = shipped_criteria(), shipped_schemes()
    assert set(criteria) == {"gbt19580-2012", "baldrige-2023-24", "efqm-2020", "individuals-example", "teams-example"}
    assert set(schemes) == {
        "yunchuan-mayor", "anhui-province", "bengbu-mayor", "qingdao-mayor", "datong-county", "datong-city",
        "datong-recommendation", "jiangsu-governor", "china-quality",
    }  # fmt: skip
    assert len(rubric_files()) == 14


def test_gbt_has_23_items_of_600_process_and_400_result_points() -> None:
    criteria = shipped_criteria()["gbt19580-2012"]
    assert points_of(criteria) == GBT_POINTS
    assert [category.points for category in criteria.categories] == [110, 90, 90, 130, 100, 80, 400]
    assert sum(item.points for item in criteria.items() if item.kind == "process") == 600
    assert sum(item.points for item in criteria.items() if item.kind == "result") == 400
    assert [category.key for category in criteria.categories if category.is_result] == ["4.7"]
    assert criteria.item("4.1.2").name.zh == "高层领导的作用"
    assert criteria.item("4.7.7").name.zh == "领导方面的结果"


def test_gbt_has_its_factors_and_bands() -> None:
    criteria = shipped_criteria()["gbt19580-2012"]
    process = [factor.name.zh for factor in criteria.factors["process"]]
    result = [factor.name.zh for factor in criteria.factors["result"]]
    assert process == ["方法", "展开", "学习", "整合"]
    assert result == ["水平", "趋势", "对比", "整合"]
    assert [list(band.percents) for band in criteria.bands] == SIX_BANDS
    edges = [(band.low, band.high) for band in criteria.total_bands]
    assert edges[0] == (0, 250)
    assert edges[4] == (550, 650)
    assert criteria.total_bands[4].name.zh == "成熟"
    assert [section.key for section in criteria.profile] == ["environment", "relationships", "challenges"]


def test_baldrige_has_its_17_items() -> None:
    criteria = shipped_criteria()["baldrige-2023-24"]
    assert points_of(criteria) == BALDRIGE_POINTS
    assert [category.points for category in criteria.categories] == [120, 85, 85, 90, 85, 85, 450]
    assert [list(band.percents) for band in criteria.bands] == SIX_BANDS


def test_efqm_has_28_parts_and_criterion_7_whole() -> None:
    criteria = shipped_criteria()["efqm-2020"]
    parts = [len(category.items) for category in criteria.categories]
    assert parts == [5, 4, 5, 4, 5, 5, 1]
    assert [category.points for category in criteria.categories] == [100, 100, 100, 200, 100, 200, 200]
    assert [factor.key for factor in criteria.factors["process"]] == ["approach", "deployment", "refinement"]
    assert [factor.key for factor in criteria.factors["result"]] == ["relevance", "performance"]
    assert criteria.percents == tuple(range(0, 101, 5))


@pytest.mark.parametrize("key", ["gbt19580-2012", "baldrige-2023-24", "individuals-example", "teams-example"])
def test_items_have_prompts_in_both_languages(key: str) -> None:
    criteria = shipped_criteria()[key]
    for item in criteria.items():
        assert 2 <= len(item.requirements) <= 6, item.key
        for point in item.requirements:
            assert any("一" <= letter <= "鿿" for letter in point.text.zh), point
            assert point.text.en.isascii(), point


def test_the_anhui_scheme_says_what_was_read() -> None:
    scheme = shipped_schemes()["anhui-province"]
    organisation, individual = scheme.categories
    award, nomination = organisation.quotas
    assert (award.seats, nomination.seats, scheme.cycle_years, scheme.vacancy_allowed) == (5, 10, 2, True)
    assert (award.money, individual.quotas[0].money) == (1_000_000, 200_000)
    rules = scheme.eligibility
    assert (rules.years_registered, rules.years_excellence_model, rules.clean_years) == (3, 3, 3)
    assert [stage.kind for stage in scheme.stages if stage.held == "paper"] == ["site", "interview"]
    assert organisation.criteria == "gbt19580-2012"


def test_the_anhui_scheme_marks_all_but_22_values_as_assumed() -> None:
    scheme = shipped_schemes()["anhui-province"]
    read = set(scheme.sources) - set(scheme.assumed)
    # cycle, vacancy, that it is an award; criteria, seats twice, money twice; 5 + 3 conditions; three stages; three spans of years
    assert len(read) == 3 + 1 + 2 + 2 + 8 + 3 + 3
    assert {"scoring.method", "panel.size", "notice.days", "stages.site.weight_hundredths"} <= set(scheme.assumed)


def test_the_demonstration_scheme() -> None:
    scheme = shipped_schemes()["yunchuan-mayor"]
    (organisation,) = scheme.categories
    assert [quota.seats for quota in organisation.quotas] == [5, 8]
    assert organisation.quotas[0].minimum_hundredths == 50_000
    assert set(organisation.sectors) == {"manufacturing", "services", "health_education"}
    kinds = [stage.kind for stage in scheme.stages]
    assert kinds == ["setup", "apply", "accept", "assign", "score", "notice", "approve", "publish", "archive"]
    assert all(stage.held == "system" for stage in scheme.stages)
    scoring = scheme.scoring
    assert (scoring.method, scoring.drop, scoring.minimum_sheets, scoring.on) == ("drop", 1, 5, "totals")
    assert (scoring.ties, scoring.cutoff, scoring.places) == (("results", "category:4.1"), "refer", 2)
    assert (scheme.panel.size, scheme.notice.days, scheme.notice.unit) == (5, 5, "working")
    # money upward, reports, recommendation, small organisations twice; scoring 5; eligibility 4; application 6; panel 2; renewal
    assert len(scheme.assumed) == 5 + 5 + 4 + 6 + 2 + 1


COUNTED = {
    # kind of the basis, two awards above, three conditions, four stages
    "bengbu-mayor": (122, 1 + 1 + 2 + 3 + 4),
    # criteria, the award above, seven stages
    "qingdao-mayor": (121, 1 + 1 + 1 + 7),
    # the award above, sectors
    "datong-county": (109, 1 + 2),
    # sectors
    "datong-city": (129, 2),
    # cycle; two awards above and how many one city may send; sectors; seats twice; a condition; a stage; two spans of years;
    # no certificate, so three values less
    "datong-recommendation": (131, 1 + 1 + 3 + 1 + 2 + 1 + 1 + 2),
    # cycle, vacancy, joint seats; the award above; seats four times, money twice, two conditions
    "jiangsu-governor": (156, 1 + 3 + 1 + 4 + 2 + 2),
    # cycle, joint seats; seats of two grades in two categories (of teams the rules say none); four conditions; four stages;
    # a span of years
    "china-quality": (155, 1 + 2 + 4 + 4 + 4 + 1),
}
"""Scheme -> its values, and how many of them were read; the first is what is decided. All others are assumed."""


@pytest.mark.parametrize("key", COUNTED)
def test_what_was_not_read_is_marked_as_assumed(key: str) -> None:
    scheme = shipped_schemes()[key]
    values, read = COUNTED[key]
    assert len(scheme.sources) == values
    assert len(scheme.assumed) == values - read


READ = [
    ("bengbu-mayor", "upward.anhui.award", "安徽省政府质量奖", "省政府质量奖有所突破"),
    ("bengbu-mayor", "categories.organisation.conditions.legal_person.text", "具有法人资格的企业", "首届（2013年）"),
    ("qingdao-mayor", "categories.organisation.criteria", "gbt19580-2012", "青政发〔2012〕32号三（一）3：推行《卓越绩效评价准则》国家标准"),
    ("qingdao-mayor", "upward.shandong.award", "山东省省长质量奖", "青政发〔2012〕32号三（一）3：培育和创建8个山东省省长质量奖"),
    ("datong-county", "upward.city.award", "大同市政府质量奖", "同政办发〔2017〕161号三（十二）：构建省、市、县(区)三级质量奖励机制"),
    ("datong-recommendation", "upward.china.award", "中国质量奖", "同政办发〔2017〕161号三（十二）：引导企业争创中国质量奖"),
    ("datong-recommendation", "upward.shanxi.recommended", {"organisation": 3, "individual": 1}, "晋政发〔2021〕31号（据转载）：一市推荐"),
    ("datong-recommendation", "result", "recommendation", "晋政发〔2021〕31号（据转载）：一市推荐组织不超过3个"),
    ("datong-recommendation", "cycle_years", 3, "晋政发〔2021〕31号（据转载）：每三年一届"),
    ("jiangsu-governor", "joint_seats", {"award": 10, "nomination": 10}, "苏政办规〔2023〕2号（据转载）：组织和个人合计各不超过10个"),
    ("jiangsu-governor", "categories.individual.quotas.nomination.seats", 1, "苏政办规〔2023〕2号（据转载）：其中个人不超过1名"),
    ("jiangsu-governor", "categories.organisation.quotas.award.money", 1_000_000, "2020年版办法"),
    ("china-quality", "joint_seats", {"award": 10, "nomination": 90}, "中国质量奖评选规则（据转载）"),
    ("china-quality", "eligibility.clean_years", 5, "近5年无重大质量、安全、环境等事故和违法违规"),
]  # fmt: skip
"""A sample, held by hand against the founding documents and the table of domain.md 3.1."""


@pytest.mark.parametrize(("key", "path", "value", "source"), READ)
def test_what_was_read_says_what_its_source_says(key: str, path: str, value: object, source: str) -> None:
    scheme = shipped_schemes()[key]
    assert source in scheme.sources[path]
    found: Any = scheme
    for part in path.split("."):
        found = (
            next(one for one in found if part in (getattr(one, name, None) for name in ("key", "grade", "kind")))
            if isinstance(found, tuple)
            else getattr(found, part)
        )
    assert (found.zh if isinstance(found, Text) else found) == value


def test_the_three_files_of_datong_are_linked() -> None:
    schemes = shipped_schemes()
    above = {key: [link.scheme for link in schemes[key].upward] for key in schemes if key.startswith("datong")}
    assert above == {
        "datong-county": ["datong-city"], "datong-city": ["datong-recommendation"],
        "datong-recommendation": [None, "china-quality"],
    }  # fmt: skip


def test_only_the_recommendation_gives_no_award_no_certificate_and_no_report() -> None:
    plain = {key: (one.result, one.certificate is None, one.feedback_reports) for key, one in shipped_schemes().items()}
    assert plain.pop("datong-recommendation") == ("recommendation", True, False)
    assert set(plain.values()) == {("award", False, True)}
    assert all(one.sources["feedback_reports"] == "assumed" for one in shipped_schemes().values())


def test_every_kind_of_stage_is_used_by_a_shipped_scheme() -> None:
    assert {stage.kind for scheme in shipped_schemes().values() for stage in scheme.stages} == set(KINDS)
