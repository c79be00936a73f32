"""Conditions an applicant confirms: each once."""

import pytest

from award.applications.eligibility import conditions_of
from award.regulations.loader import shipped_schemes


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
