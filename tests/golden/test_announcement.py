"""The paper that names the winners: its list fits, and its signature never stands alone. Source: GB/T 9704-2012, 7.3.5."""

import pytest

from award.press import engine
from award.press.views import Annex, Paragraph
from award.regulations.model import Text
from award.results.papers import Group, Winner, table_of
from tests.golden import reading, samples

COLUMNS = ("序号", "名称", "奖项")
NOMINATION = "云川市市长质量奖提名奖"
LONGEST = "安徽省政府质量奖提名奖（个人）"
OPENING = "根据《云川市市长质量奖管理办法》，经申报、受理与资格审查、材料评审和公示，现将获奖名单公告如下："
CERTIFICATES = "获奖证书可凭证书上的核验码在本奖项网站核验。"


def groups(count: int, grade: str) -> list[Group]:
    winners = tuple(Winner(str(at), "镕昇智能装备（云川）有限公司", "industry", None) for at in range(count))
    name = Text(grade, grade)
    return [Group("organisation", name, "nomination", name, 0, winners)]


def announced(listed: int, winners: int = 0, grade: str = NOMINATION) -> bytes:
    """listed: lines of winners in the text, one paragraph each. winners: rows of the annex, if any."""
    text = (OPENING, *["一、云川市市长质量奖：云川精密轴承股份有限公司。"] * listed, CERTIFICATES, "特此公告。")
    annexes = (Annex("获奖名单", table=table_of(COLUMNS, groups(winners, grade))),) if winners else ()
    paragraphs = tuple(Paragraph(one) for one in text)
    return engine.render("notice", samples.notice(paragraphs=paragraphs, annexes=annexes, recipients="", remark="")).pdf


@pytest.mark.parametrize("listed", range(1, 9))
def test_a_line_of_text_comes_with_the_closing_words_to_the_page_of_the_signature(listed: int) -> None:
    (signed,) = (page for page in reading.texts(announced(listed)) if "2026年10月8日" in page)
    assert f"{CERTIFICATES}特此公告。云川市市长质量奖评审委员会2026年10月8日" in signed


@pytest.mark.parametrize("grade", [NOMINATION, LONGEST])
def test_a_grade_stands_on_one_line_of_the_list(grade: str) -> None:
    pdf = announced(2, winners=5, grade=grade)
    last = reading.placed(pdf, len(reading.texts(pdf)) - 1)
    found = ["".join(one.character for one in line) for line in reading.lines(last)]
    assert sum(line.endswith(grade) for line in found) == 5


def test_thirteen_winners_stand_on_one_page() -> None:
    assert "13镕昇" in reading.texts(announced(2, winners=13))[-1]
    assert len(reading.texts(announced(2, winners=13))) == 3


@pytest.mark.parametrize("winners", [17, 18, 19, 20])
def test_no_line_of_the_list_runs_below_its_last_row(winners: int) -> None:
    """The last row takes the one before it along to the next page, so that some pages end early."""
    pdf = announced(2, winners=winners)
    picture = reading.pixels(pdf, 2)
    rows = [one.bottom for one in reading.placed(pdf, 2) if one.bottom < 262]
    below = round((max(rows) + 5) * 8)
    # The left edge of the table, 28 mm from the paper's; the page number stands at the right on an odd page.
    assert {picture.getpixel((x, y)) for x in range(27 * 8, 30 * 8) for y in range(below, 262 * 8)} <= {(255, 255, 255)}


@pytest.mark.parametrize(
    "grade", ["云川市中小企业高质量发展特别奖提名", "云川市市长质量奖提名奖（先进制造业和现代服务业小微组织）", "长" * 31]
)
def test_a_grade_too_long_for_half_of_the_list_fills_its_lines_evenly(grade: str) -> None:
    """A line may be shorter by what may not stand at its beginning or end."""
    pdf = announced(2, winners=2, grade=grade)
    last = reading.placed(pdf, len(reading.texts(pdf)) - 1)
    width = table_of(COLUMNS, groups(1, grade)).widths[-1]
    right = [one for one in last if one.left > 28 + 156 * (1 - width / 100) and 60 < one.top < 255]
    lines = ["".join(one.character for one in line) for line in reading.lines(right)]
    told = [one for one in lines if one not in ("奖项", "")]
    assert "".join(told) == grade * 2
    assert len(told) == 2 * -(-len(grade) // 15)
    assert max(map(len, told)) - min(map(len, told)) <= 2
