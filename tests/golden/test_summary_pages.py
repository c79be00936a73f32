"""The remarks of a panel over pages: no page is left half white, and the last does not hold one remark alone."""

from dataclasses import replace

import pytest

from award.press import engine
from award.press.records import LetteredRemark, SummaryRemarks
from tests.golden import reading
from tests.golden.test_records import summary

TEXT = "经营质量分析会每月一次，先看上月决议的完成，再看二十三项指标；对外部相关方的公开程度不清楚，三年数据口径不一致，未见对标结果。"
TOP, BOTTOM = 25, 275
"""Millimetres of A4 between the running head and the foot."""


def remarks(count: int, mark: str) -> tuple[LetteredRemark, ...]:
    return tuple(LetteredRemark("ABCDE"[at % 5], mark, TEXT, "4.1.2") for at in range(count))


def printed(items: int, last: int) -> bytes:
    """Items with two strengths and nine opportunities each; the last one has its own number of them."""
    counts = [9] * (items - 1) + [last]
    said = tuple(
        SummaryRemarks(f"4.1.{at}", "组织治理", remarks(2, "+"), remarks(count, "−")) for at, count in enumerate(counts, 1)
    )
    return engine.render("summary", replace(summary(), remarks=said)).pdf


def test_no_page_of_remarks_is_left_half_white() -> None:
    """Where one kind has many more remarks than the other, its column alone went on for pages beside an empty one."""
    pdf = printed(8, 9)
    pages = range(1, len(reading.texts(pdf)) - 1)
    assert len(pages) >= 3
    for page in pages:
        left = sorted(one.bottom for one in reading.placed(pdf, page) if one.left < 105 and TOP < one.top < BOTTOM)
        gaps = [after - before for before, after in zip([TOP, *left], [*left, BOTTOM], strict=True)]
        # The next item's heading and first remark need about 30 mm.
        assert max(gaps) < 32, (page, max(gaps))


@pytest.mark.parametrize("last", range(3, 10))
def test_the_last_page_does_not_hold_one_remark_alone(last: int) -> None:
    assert reading.texts(printed(3, last))[-1].count("未见对标结果") >= 3
