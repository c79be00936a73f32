"""The feedback report: what it says, what it must not give away, both languages."""

from dataclasses import replace

import pytest

from award.press import engine
from tests.golden import reading, samples


@pytest.fixture(scope="module")
def chinese() -> bytes:
    return engine.render("feedback_report", samples.feedback_report()).pdf


def test_its_pages_are_those_of_the_design(chinese: bytes) -> None:
    pages = reading.texts(chinese)
    assert len(pages) == 6
    heads = ("评审反馈报告", "一、综合评价", "二、得分概览", "三、分条款反馈", "4.6.2测量、分析和评价", "四、改进优先级与下一步")
    for page, head in zip(pages, heads, strict=True):
        assert head in page


def test_every_datum_is_on_paper(chinese: bytes) -> None:
    text = "".join(reading.texts(chinese))
    view = samples.feedback_report()
    for item in view.items:
        assert item.number + item.name in text
    for remark in (one for item in view.remarks for one in item.strengths + item.opportunities):
        assert f"[{remark.references}]".replace(" ", "") in text
    for band in view.bands:
        assert band.name in text
    for word in ("FB-2026-0117", "5份评分表（A、B、C、D、E）", "2026年12月4日", "550–650分·成熟", "17/23", "12项", "15项", "第6页，共6页"):
        assert word in text
    assert "展开充分" in text  # the sample's comma before it is half-width
    assert "91%，展开充分。" in text


def test_scores_and_medians_stand_in_the_table(chinese: bytes) -> None:
    page = reading.texts(chinese)[2]
    assert "4.1领导11063%57%" in page
    assert "4.6测量、分析与改进8048%51%" in page
    assert "（n=12）" in page


def test_fonts_are_embedded_and_no_glyph_is_missing(chinese: bytes) -> None:
    assert reading.fonts(chinese) == {"Award-Sans": True, "Award-Sans-Bold": True, "Award-Serif-Bold": True}
    assert 0 not in set(reading.glyphs(chinese))


def test_with_four_organisations_nothing_is_compared() -> None:
    pdf = engine.render("feedback_report", samples.feedback_report(compared=4)).pdf
    text = "".join(reading.texts(pdf))
    assert "57%" not in text
    assert "本届中位数" not in text
    assert "n=4" not in text
    assert "不足五个" in text


def test_in_english_every_label_is_english() -> None:
    view = samples.feedback_report(
        language="en", award_name="Mayor’s Quality Award", award_title="6th Mayor’s Quality Award", office="Award office",
        organisation="Yunchuan Bearing Co., Ltd.", facts=(), basis="median", summary=("Good.",), main_strengths=(), main_opportunities=(),
        remarks=(), priorities=(), next_steps=(),
        bands=tuple(replace(one, name="Band", about="About.") for one in samples.feedback_report().bands),
        categories=tuple(
            replace(one, name="Leadership", short_name="", items=tuple(replace(item, name="Item") for item in one.items))
            for one in samples.feedback_report().categories
        ),
    )  # fmt: skip
    text = "".join(reading.texts(engine.render("feedback_report", view).pdf))
    assert "Mayor'sQualityAward" in text
    assert "Page6of6" in text or "Page5of5" in text
    assert not any("\u3400" <= one <= "\u9fff" for one in text)


def test_long_comments_flow_over_pages() -> None:
    long = samples.Remark("--", "展开不足，缺少评价与改进的证据。" * 90, "p. 7")
    remarks = (samples.ItemRemarks("4.1.2", (long,) * 4, (long,) * 4),)
    made = engine.render("feedback_report", samples.feedback_report(remarks=remarks))
    assert made.pages > 7
    assert "".join(reading.texts(made.pdf)).count("[p.7]") == 8


PAGE_LEFT, PAGE_RIGHT, PAGE_BOTTOM = 22, 188, 275
"""Edges of the text area in mm, as templates/print/feedback_report.css sets them."""
INK = 0.3
"""What a letter's ink may reach beyond its box, in mm."""


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("compared", [4, 12])
def test_no_text_stands_beyond_the_text_area(language: str, compared: int) -> None:
    chinese, english = "展开不足，缺少评价与改进的证据。" * 4, "The approach is not deployed to all production bases. " * 4
    address = "https://zljp.yunchuan.example/" + "appendix" * 12
    both = tuple(samples.Remark(mark, text, "p. 7") for mark in ("+", "++") for text in (chinese, english, address))
    less = tuple(replace(one, mark=mark) for mark, one in zip(("-", "--") * 3, both, strict=True))
    remarks = (samples.ItemRemarks("4.1.3", both, less), samples.ItemRemarks("4.2.2", both * 4, less * 4), *samples.item_remarks())
    view = samples.feedback_report(language=language, compared=compared, remarks=remarks, main_strengths=(chinese, english, address))
    pdf = engine.render("feedback_report", view).pdf
    for index in range(1, len(reading.texts(pdf))):
        found = reading.placed(pdf, index)
        beyond = [one for one in found if one.left < PAGE_LEFT - INK or one.right > PAGE_RIGHT + INK]
        assert not beyond, (index + 1, "".join(one.character for one in beyond))
        below = reading.lines([one for one in found if one.bottom > PAGE_BOTTOM + INK])
        assert len(below) == 1, index + 1  # the foot of the page
