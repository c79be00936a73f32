"""Frozen texts give their value back, and the same value always gives the same text."""

import json

import pytest

from award.regulations.canonical import canonical, criteria_from_canonical, scheme_from_canonical, sha256_of
from award.regulations.loader import load_scheme, shipped_criteria, shipped_schemes
from tests.regulations.samples import SCHEME, spoilt


@pytest.mark.parametrize("key", sorted(shipped_criteria()))
def test_criteria_come_back(key: str) -> None:
    criteria = shipped_criteria()[key]
    text = canonical(criteria)
    assert criteria_from_canonical(text) == criteria
    assert canonical(criteria_from_canonical(text)) == text


@pytest.mark.parametrize("key", sorted(shipped_schemes()))
def test_schemes_come_back(key: str) -> None:
    scheme = shipped_schemes()[key]
    text = canonical(scheme)
    assert scheme_from_canonical(text) == scheme
    assert canonical(scheme_from_canonical(text)) == text


def test_mappings_come_back_in_the_same_order() -> None:
    sectors = shipped_schemes()["yunchuan-mayor"].categories[0].sectors
    frozen = scheme_from_canonical(canonical(shipped_schemes()["yunchuan-mayor"])).categories[0].sectors
    assert list(sectors) == list(frozen)


def test_the_text_is_compact_sorted_utf8_json() -> None:
    text = canonical(shipped_criteria()["gbt19580-2012"])
    assert "高层领导的作用" in text
    again = json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert again == text


def test_the_order_of_keys_and_comments_do_not_change_the_text() -> None:
    moved = spoilt(SCHEME, 'edition: "1"\n', "") + "# a remark\nedition: '1'\n"
    assert canonical(load_scheme(moved, "small")) == canonical(load_scheme(SCHEME, "small"))


def test_a_vote_keeps_its_shares() -> None:
    meeting = "  - {kind: deliberate, source: art. 5, title: {zh: 审议, en: Vote}, planned_days: 1, held: paper, weight: none}\n"
    text = spoilt(SCHEME, "  - {kind: notice", meeting + "  - {kind: notice")
    text = spoilt(text, "vote: none", "vote: {source: art. 9, secret: yes, passes: 2/3, more_than: no, quorum: 1/2}")
    scheme = load_scheme(text, "small")
    assert scheme_from_canonical(canonical(scheme)).vote == scheme.vote


def test_a_field_that_came_later_gets_its_default() -> None:
    data = json.loads(canonical(shipped_schemes()["yunchuan-mayor"]))
    del data["scoring"]["missing_stage"]
    assert scheme_from_canonical(json.dumps(data)).scoring.missing_stage == "ineligible"


@pytest.mark.parametrize("text", ["[]", "{}", '{"key":"x"}', '{"surprise":1}', "null", "not json"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- which sort of ValueError is not promised
        scheme_from_canonical(text)


def test_a_number_as_text_is_refused() -> None:
    data = json.loads(canonical(shipped_schemes()["yunchuan-mayor"]))
    data["cycle_years"] = "2"
    with pytest.raises(ValueError, match="'2' is no"):
        scheme_from_canonical(json.dumps(data))


def test_the_hash_is_sha256_of_utf8() -> None:
    # FIPS 180-2, appendix B.1
    assert sha256_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
