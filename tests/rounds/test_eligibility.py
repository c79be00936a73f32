"""Conditions an applicant confirms: each once."""

import pytest
from sqlalchemy.orm import Session

from award.regulations.loader import shipped_schemes
from award.rounds.eligibility import conditions_of
from award.rounds.service import call_content
from tests import make


@pytest.mark.parametrize(
    ("scheme", "once", "gone"), [("yunchuan-mayor", "record", "clean"), ("anhui-province", "accidents", "clean")]
)
def test_what_a_category_says_in_its_own_words_is_not_asked_twice(scheme: str, once: str, gone: str) -> None:
    rules = shipped_schemes()[scheme]
    keys = [key for key, _ in conditions_of(rules, rules.categories[0], "zh")]
    assert once in keys
    assert gone not in keys


@pytest.mark.parametrize("scheme", sorted(shipped_schemes()))
def test_no_condition_stands_twice(scheme: str) -> None:
    rules = shipped_schemes()[scheme]
    for category in rules.categories:
        found = list(conditions_of(rules, category, "zh"))
        assert len({key for key, _ in found}) == len({text for _, text in found}) == len(found)


def test_a_general_condition_nobody_repeats_is_asked() -> None:
    rules = shipped_schemes()["china-quality"]
    assert "clean" in [key for key, _ in conditions_of(rules, rules.categories[0], "zh")]


def test_the_call_names_every_condition_an_applicant_will_meet(session: Session) -> None:
    """Registered and managed by an excellence model for three years: 皖政〔2018〕21号, beside the category's own five."""
    categories = call_content(session, make.round_(session, scheme="anhui-province"))["categories"]
    assert isinstance(categories, list)
    assert [one["zh"] for one in categories[0]["conditions"]] == [
        "本组织登记注册满 3 年。", "本组织实施卓越绩效等管理模式满 3 年。",
        "通过质量管理体系等认证", "近三年没有重大质量、安全、环境污染和公共卫生事故",
        "国家级、省级监督抽查没有不合格", "没有其他严重违法违规行为", "法定代表人没有犯罪记录",
    ]  # fmt: skip
    assert categories[0]["conditions"][0]["en"] == "We have been registered for at least 3 years."


def test_one_year_is_said_as_one() -> None:
    """The shipped scheme asks for one year without an administrative penalty, and for four since the award."""
    rules = shipped_schemes()["yunchuan-mayor"]
    english = dict(conditions_of(rules, rules.categories[0], "en"))
    assert english["penalty"] == "We have had no administrative penalty that excludes us in the last year."
    assert english["reapply"] == "We have not received this award in the last 4 years."
    chinese = dict(conditions_of(rules, rules.categories[0], "zh"))
    assert chinese["penalty"] == "本组织近一年没有受到影响申报资格的行政处罚。"
    assert chinese["reapply"] == "本组织近 4 年没有获得过本奖项。"
