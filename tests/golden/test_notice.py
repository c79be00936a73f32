"""The public notice against GB/T 9704-2012: A4, top 37 mm, left 28 mm, type area 156 x 225 mm, 22 lines of 28 characters."""

from itertools import pairwise

import pytest

from award.press import engine
from award.press.views import NoticeTable, Paragraph
from tests.golden import reading, samples

NUMERALS = "一二三四五六七八九十"
TWO_PAGES = tuple(Paragraph(("甲乙丙丁戊己庚辛壬癸" * 100)[: 26 + 28 * 40]) for _ in range(2))


@pytest.fixture(scope="module")
def long() -> bytes:
    """A notice whose second page is full."""
    return engine.render("notice", samples.notice(paragraphs=TWO_PAGES, annexes=())).pdf


@pytest.fixture(scope="module")
def usual() -> bytes:
    return engine.render("notice", samples.notice()).pdf


def test_a_full_page_has_22_lines_of_28_characters(long: bytes) -> None:
    body = [line for line in reading.lines(reading.placed(long, 1)) if line[0].top < 262]
    assert len(body) == 22
    assert {len(line) for line in body} <= {28, 26}  # 26 where a paragraph begins two characters in
    assert sum(len(line) == 28 for line in body) >= 20


def test_the_type_area_lies_where_the_standard_puts_it(long: bytes) -> None:
    body = [one for one in reading.placed(long, 1) if one.top < 262]
    full = [line for line in reading.lines(body) if len(line) == 28]
    assert min(one.left for one in body) == pytest.approx(28, abs=1)
    assert max(one.right for one in body) == pytest.approx(28 + 156, abs=1)
    assert min(one.top for one in body) == pytest.approx(37, abs=1)
    assert max(one.bottom for one in body) == pytest.approx(37 + 225, abs=1)
    # characters of size 3 (15.75 pt = 5.556 mm) on lines 15/8 of that apart
    assert (full[0][27].left - full[0][0].left) / 27 == pytest.approx(5.556, abs=0.03)
    tops = [line[0].top for line in full if line[0].character == full[0][0].character]
    pitch = [(later - earlier) / 10.418 for earlier, later in pairwise(tops)]
    assert pitch == pytest.approx([round(one) for one in pitch], abs=0.02)


def test_page_numbers_stand_right_on_odd_and_left_on_even_pages_between_dashes(long: bytes) -> None:
    for index in range(3):
        number = [one for one in reading.placed(long, index) if one.top > 265]
        assert "".join(one.character for one in sorted(number, key=lambda one: one.left)) == f"—{index + 1}—"
        dash = next(one for one in number if one.character == "—")
        assert dash.top == pytest.approx(262 + 7, abs=0.5)  # the dash 7 mm under the type area
        if index % 2 == 0:
            # one character in from the right edge of the type area, 14 pt = 4.9 mm
            assert max(one.right for one in number) == pytest.approx(184 - 4.9, abs=1)
        else:
            assert min(one.left for one in number) == pytest.approx(28 + 4.9, abs=1)


def test_the_head_has_its_mark_number_line_and_title(usual: bytes) -> None:
    found = reading.lines(reading.placed(usual, 0))
    mark, number, first = found[0], found[1], found[2]
    assert "".join(one.character for one in mark) == "云川市市长质量奖评审委员会"
    assert min(one.top for one in mark) == pytest.approx(37 + 35, abs=0.5)  # 35 mm under the type area's upper edge
    assert "".join(one.character for one in number) == "云质评〔2026〕3号"
    assert "".join(one.character for one in first) == "云川市市长质量奖评审委员会"
    title = first[0].right - first[0].left
    assert first[1].left - first[0].left == pytest.approx(22 * 25.4 / 72, abs=0.3)  # size 2, 22 pt
    assert title < 8
    red = [
        y for y in range(90 * 8, 130 * 8)
        if all(reading_pixel[0] > 190 and reading_pixel[1] < 60 for reading_pixel in row(usual, y))
    ]  # fmt: skip
    assert red
    assert red[0] / 8 == pytest.approx(max(one.bottom for one in number) + 4, abs=1.2)  # 4 mm under the number
    assert (red[-1] - red[0] + 1) / 8 == pytest.approx(0.5, abs=0.2)


def row(pdf: bytes, y: int) -> list[tuple[int, int, int]]:
    """Pixels of one row from edge to edge of the type area."""
    if pdf not in _PICTURES:
        _PICTURES[pdf] = reading.pixels(pdf)
    image = _PICTURES[pdf]
    return [image.getpixel((x * 8, y)) for x in range(29, 184, 5)]


_PICTURES: dict[bytes, reading.Image.Image] = {}


def test_words_of_the_notice(usual: bytes) -> None:
    pages = reading.texts(usual)
    text = "".join(pages)
    assert "关于第六届云川市市长质量奖拟奖名单的公示" in text
    assert "各县（市、区）人民政府，市有关部门，各有关单位：" in text
    assert "《云川市市长质量奖管理办法》，经组织申报" in text  # the sample has a half-width comma here
    assert "附件：第六届云川市市长质量奖拟奖名单" in text
    assert "镕昇智能装备（云川）有限公司" in pages[-1]
    assert "附件" in pages[-1]


def test_signature_and_date_stand_with_the_last_paragraph(usual: bytes) -> None:
    pages = reading.texts(usual)
    (signed,) = (page for page in pages if "2026年10月8日" in page)
    assert "云川市市长质量奖评审委员会2026年10月8日" in signed
    assert "受理地址" in signed


def test_the_date_ends_four_characters_from_the_right(usual: bytes) -> None:
    lines = [line for index in range(3) for line in reading.lines(reading.placed(usual, index, loose=True))]
    dated = next(line for line in lines if "".join(one.character for one in line) == "2026年10月8日")
    name = next(line for line in reversed(lines) if "".join(one.character for one in line) == "云川市市长质量奖评审委员会")
    assert dated[-1].right == pytest.approx(184 - 4 * 5.556, abs=1)
    middle = (dated[0].left + dated[-1].right) / 2
    assert (name[0].left + name[-1].right) / 2 == pytest.approx(middle, abs=1)


def test_body_is_fangsong_and_what_it_lacks_comes_from_song(usual: bytes) -> None:
    assert reading.fonts(usual) == {"Award-Fang": True, "Award-Sans": True, "Award-Serif": True, "Award-Serif-Bold": True}
    assert 0 not in set(reading.glyphs(usual))


@pytest.mark.parametrize("before", range(6, 13))
def test_a_short_table_is_not_torn(before: int) -> None:
    rows = tuple((str(at), f"云川第{'一二三四五六'[at - 1]}公司") for at in range(1, 7))
    table = NoticeTable(("序号", "名称"), (20, 80), rows)
    paragraphs = tuple(Paragraph("现予公示。") for _ in range(before))
    pages = reading.texts(engine.render("notice", samples.notice(paragraphs=paragraphs, table=table, annexes=())).pdf)
    assert max(sum(name in page for _, name in rows) for page in pages) == len(rows)
