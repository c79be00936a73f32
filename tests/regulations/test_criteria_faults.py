"""Each way criteria can be wrong is found at its line and column. Lines are counted in samples.CRITERIA."""

import pytest

from award.regulations.faults import RuleFaults
from award.regulations.loader import load_criteria
from tests.regulations.samples import CRITERIA, spoilt

FAULTY = [
    ("key: small", "key: smal", 1, 6, "key_differs"),
    ("total: 100", "total: 90", 4, 8, "total_sum"),
    ("    points: 60\n    items", "    points: 50\n    items", 10, 13, "points_sum"),
    ("points: 40\n        kind", "points: 30\n        kind", 22, 13, "points_sum"),
    ("points: 40\n        kind", "points: 4O\n        kind", 28, 17, "wrong_type"),
    ("points: 40\n        kind", "points: -40\n        kind", 28, 17, "wrong_type"),
    ("points: 40\n        kind", "points: ٤٠\n        kind", 28, 17, "wrong_type"),
    ("points: 40\n        kind", 'points: "40"\n        kind', 28, 17, "wrong_type"),
    ("points: 40\n        kind", "points: 0\n        kind", 28, 17, "out_of_range"),
    ("{zh: 甲, en: First}", "{zh: 甲}", 14, 15, "missing_key"),
    ("{zh: 甲, en: First}", '{zh: 甲, en: " "}', 14, 27, "empty_text"),
    ("{zh: 甲, en: First}", "{zh: , en: First}", 14, 19, "empty_text"),
    ("{zh: 甲, en: First}", "First", 14, 15, "wrong_type"),
    ("{zh: 甲, en: First}", "{zh: 甲, em: First, en: First}", 14, 23, "unknown_key"),
    ("edition:", "editoin:", 2, 1, "unknown_key"),
    ('    number: "2"\n', "", 19, 5, "missing_key"),
    ('key: "2.1"', 'key: "1.1"', 25, 9, "key_twice"),
    ("key: two", "key: one", 19, 5, "key_twice"),
    ("key: two", "key: t w o", 19, 10, "bad_key"),
    ("is_result: yes", "is_result: ja", 23, 16, "not_a_choice"),
    ("40\n        kind: process", "40\n        kind: proces", 29, 15, "kind_unknown"),
    ("    - key: approach", "    - key: method", 43, 7, "factor_unknown"),
    ("process.approach: {zh: 高, en: High}", "process.aproach: {zh: 高, en: High}", 49, 7, "factor_unknown"),
    ("      process.approach: {zh: 高, en: High}\n", "", 48, 7, "descriptor_missing"),
    ("percents: [0, 5, 10, 15]", "percents: [0, 5, 10, 15, 20]", 5, 26, "percent_outside_bands"),
    ("percents: [0, 5, 10, 15]", "percents: [0, 10, 5, 15]", 5, 19, "not_ascending"),
    ("percents: [0, 5, 10, 15]", "percents: [0, 5, 10, 101]", 5, 22, "out_of_range"),
    ("percents: [10, 15]", "percents: [10, 12, 15]", 45, 20, "percent_not_allowed"),
    ("percents: [10, 15]", "percents: [5, 10, 15]", 45, 16, "percent_in_two_bands"),
    ("percents: [10, 15]", "percents: 10", 45, 15, "wrong_type"),
    ("low: 50, high: 100", "low: 60, high: 100", 52, 20, "total_bands_gap"),
    ("low: 0, high: 50", "low: 0, high: 60", 52, 20, "total_bands_gap"),
    ("low: 50, high: 100", "low: 50, high: 99", 51, 3, "total_bands_end"),
    ("profile: []", "profile: {}", 53, 10, "wrong_type"),
    ("profile: []", "profile: []\ntotal: 100", 54, 1, "duplicate_key"),
    ("profile: []", "profile: &x []", 53, 10, "anchor"),
    ("profile: []", "profile: *x", 53, 10, "anchor"),
    ("profile: []", "profile: !!python/object:os.system []", 53, 10, "tag"),
    ("profile: []", "profile: [", 54, 1, "syntax"),
    ("profile: []", "profile: []\n---\nkey: two", 54, 1, "several_documents"),
    ("profile: []", "profile: []\n\tx: 1", 54, 1, "syntax"),
    ("profile: []", "profile: " + "[" * 25 + "]" * 25, 53, 30, "too_deep"),
    ("profile: []", "profile: []\n? [a]\n: b", 54, 3, "key_no_text"),
    ("profile: []", "profile: \x07", 53, 10, "syntax"),
]


def test_the_sample_is_sound() -> None:
    criteria = load_criteria(CRITERIA, "small")
    assert [item.points for item in criteria.items()] == [60, 40]
    assert criteria.category_of("2.1").is_result
    assert criteria.band_of(10).label == "10–15"


@pytest.mark.parametrize(("old", "new", "line", "column", "code"), FAULTY)
def test_a_fault_is_found_where_it_stands(old: str, new: str, line: int, column: int, code: str) -> None:
    with pytest.raises(RuleFaults) as caught:
        load_criteria(spoilt(CRITERIA, old, new), "small")
    assert (line, column, code) in [(fault.line, fault.column, fault.code) for fault in caught.value.faults]


def test_all_faults_are_found_in_the_order_of_the_file() -> None:
    text = spoilt(CRITERIA, "total: 100", "total: 90")
    text = spoilt(text, "{zh: 甲, en: First}", "{zh: 甲}")
    text = spoilt(text, "    - key: approach", "    - key: method")
    text = spoilt(text, "percents: [10, 15]", "percents: [5, 10, 15]")
    text = spoilt(text, "    points: 40\n    is_result", "    points: 30\n    is_result")
    with pytest.raises(RuleFaults) as caught:
        load_criteria(text, "small")
    found = [(fault.line, fault.code) for fault in caught.value.faults]
    assert found == sorted(found, key=lambda each: each[0])
    assert {code for _, code in found} >= {"missing_key", "factor_unknown", "percent_in_two_bands", "points_sum"}


def test_a_repeated_key_names_both_places() -> None:
    with pytest.raises(RuleFaults) as caught:
        load_criteria(CRITERIA + "total: 100\n", "small")
    (fault,) = caught.value.faults
    assert (fault.line, fault.column) == (54, 1)
    assert "4:1" in fault.message


def test_a_mistyped_key_is_answered_with_the_nearest() -> None:
    with pytest.raises(RuleFaults) as caught:
        load_criteria(spoilt(CRITERIA, "edition:", "editoin:"), "small")
    assert any("did you mean 'edition'?" in fault.message for fault in caught.value.faults)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(RuleFaults) as caught:
        load_criteria("# nothing\n", "small")
    assert [fault.code for fault in caught.value.faults] == ["empty_file"]


def test_a_list_instead_of_criteria_is_refused() -> None:
    with pytest.raises(RuleFaults) as caught:
        load_criteria("- a\n- b\n", "small")
    assert "wrong_type" in {fault.code for fault in caught.value.faults}


def test_a_file_of_a_million_characters_is_not_parsed() -> None:
    with pytest.raises(RuleFaults) as caught:
        load_criteria("a" * 1_000_001, "small")
    assert [fault.code for fault in caught.value.faults] == ["too_long"]


def test_numbers_and_words_that_yaml_would_convert_stay_text() -> None:
    criteria = load_criteria(spoilt(CRITERIA, 'edition: "1"', "edition: 1.10"), "small")
    assert criteria.edition == "1.10"
    assert load_criteria(spoilt(CRITERIA, "en: Small", "en: no"), "small").name.en == "no"
