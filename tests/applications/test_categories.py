"""Pages and papers call an application's parts, and what is asked of it, as its category does: organisation, team, individual."""

import pytest

from award.applications.facts import HEADINGS
from award.judging.pages.reviews import WORDING, WORDING_OF_NOMINEE, wording_for
from award.kernel.i18n import translate
from award.regulations.loader import shipped_schemes
from award.rounds.eligibility import conditions_of


@pytest.mark.parametrize(
    ("category", "titles"),
    [
        ("organisation", ("组织基本信息", "组织概述")),
        ("team", ("班组和组织基本信息", "班组概述")),
        ("individual", ("个人和组织基本信息", "个人概述")),
    ],
)
def test_what_stands_over_its_parts(category: str, titles: tuple[str, str]) -> None:
    headings = HEADINGS[category]
    assert (translate("zh", headings.facts), translate("zh", headings.profile)) == titles


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        ("anhui-province", {"experience", "breaches", "employer"}),
        ("datong-recommendation", {"clean", "experience"}),
        ("jiangsu-governor", {"no_official"}),
        ("china-quality", {"clean"}),
    ],
)
def test_an_individual_meets_the_conditions_of_individuals(scheme: str, expected: set[str]) -> None:
    """domain.md 3.1, Anhui: quality work for three years, no breach, the employer clean; nothing about its years or its model."""
    rules = shipped_schemes()[scheme]
    assert {key for key, _ in conditions_of(rules, rules.category("individual"), "zh")} == expected


def test_a_judge_says_that_he_is_not_tied_to_the_person() -> None:
    assert [wording_for(one) for one in ("organisation", "team", "individual")] == [WORDING, WORDING_OF_NOMINEE, WORDING_OF_NOMINEE]
    assert "家人、老师或学生" in translate("zh", WORDING_OF_NOMINEE)
