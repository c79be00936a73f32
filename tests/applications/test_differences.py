"""What differs between two texts: readable in Chinese, exact, and quick for the longest item."""

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from award.applications.differences import AROUND, Kind, Piece, counts, difference, folded

LONGEST_ITEM = 30_000
HAN = "我们每年评审一次质量合格率达到行业平均水平客户满意数据分析改进过程方法展开学习整合战略目标员工领导经营绩效"


def pieces(before: str, after: str) -> list[tuple[str, str]]:
    return [(one.kind.value, one.text) for one in difference(before, after)]


def rebuilt(found: list[Piece], without: Kind) -> str:
    return "".join(one.text for one in found if one.kind != without)


def test_chinese_differs_by_character() -> None:
    assert pieces("我们每年评审一次。", "我们每季度评审一次。") == [
        ("same", "我们每"), ("removed", "年"), ("added", "季度"), ("same", "评审一次。"),
    ]  # fmt: skip


def test_numbers_and_latin_words_stay_whole() -> None:
    assert pieces("合格率 98.5%，按 ISO 执行", "合格率 99.1%，按 IATF 执行") == [
        ("same", "合格率 "), ("removed", "98.5"), ("added", "99.1"), ("same", "%，按 "),
        ("removed", "ISO"), ("added", "IATF"), ("same", " 执行"),
    ]  # fmt: skip


def test_a_new_sentence_is_added_as_one() -> None:
    assert pieces("第一句。第三句。", "第一句。第二句完全是新的。第三句。") == [
        ("same", "第一句。"), ("added", "第二句完全是新的。"), ("same", "第三句。"),
    ]  # fmt: skip


def test_texts_with_little_in_common_stand_one_after_the_other() -> None:
    assert pieces("甲乙丙丁戊己庚辛", "子丑寅甲卯辰巳午未") == [("removed", "甲乙丙丁戊己庚辛"), ("added", "子丑寅甲卯辰巳午未")]


@pytest.mark.parametrize(("before", "after", "wanted"), [("", "", []), ("", "新", [("added", "新")]), ("旧", "", [("removed", "旧")]),
                                                         ("同\n样", "同\n样", [("same", "同\n样")])])  # fmt: skip
def test_empty_and_equal(before: str, after: str, wanted: list[tuple[str, str]]) -> None:
    assert pieces(before, after) == wanted


@given(st.text("甲乙丙，。\n a1.5", max_size=80), st.text("甲乙丙，。\n a1.5", max_size=80))
def test_nothing_is_lost_and_nothing_invented(before: str, after: str) -> None:
    found = difference(before, after)
    for shown in (found, folded(found)):
        assert rebuilt(shown, Kind.ADDED) == before
        assert rebuilt(shown, Kind.REMOVED) == after
    assert all(one.text for one in found)
    assert all(a.kind != b.kind for a, b in pairwise(found))


def long_text(seed: int) -> str:
    chance = random.Random(seed)
    text = ""
    while len(text) < LONGEST_ITEM:
        text += "".join(chance.choices(HAN, k=chance.randint(6, 25))) + chance.choice("，。；")
    return text[:LONGEST_ITEM]


def test_the_longest_item_is_compared_at_once() -> None:
    before = long_text(1)
    places = range(100, LONGEST_ITEM, 600)
    after = "".join("变" if at in places else one for at, one in enumerate(before))
    started = time.perf_counter()
    found = difference(before, after)
    assert time.perf_counter() - started < 5
    assert counts(found) == (50, 50)
    assert (rebuilt(found, Kind.ADDED), rebuilt(found, Kind.REMOVED)) == (before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (long_text(1), long_text(2)), ("的，" * 15_000, "了，的，的，" * 5_000), ("的" * LONGEST_ITEM, "的" * 15_000 + "了" * 15_000),
        ("，" * LONGEST_ITEM, "。" * LONGEST_ITEM), ("的" * 1500 + "。", "的了" * 1500 + "。"),
    ],
)  # fmt: skip
def test_nobody_can_make_it_slow(before: str, after: str) -> None:
    started = time.perf_counter()
    found = difference(before, after)
    assert time.perf_counter() - started < 5
    assert (rebuilt(found, Kind.ADDED), rebuilt(found, Kind.REMOVED)) == (before, after)


def test_what_is_far_from_every_change_is_folded() -> None:
    same = "同" * 500
    assert [(one.kind.value, len(one.text)) for one in folded(difference(f"甲{same}乙{same}", f"子{same}丑{same}"))] == [
        ("removed", 1), ("added", 1), ("same", AROUND), ("skipped", 500 - 2 * AROUND), ("same", AROUND), ("removed", 1), ("added", 1),
        ("same", AROUND), ("skipped", 500 - AROUND),
    ]  # fmt: skip
