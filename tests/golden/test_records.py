"""The papers of a review as they come from the press: what stands on them, how many pages they have, and their fonts."""

from dataclasses import replace
from decimal import Decimal

import pypdfium2
import pytest

from award.press import engine
from award.press.document import MissingGlyphs, from_json, to_json
from award.press.kinds import VIEWS
from award.press.records import (
    BookCategory,
    BookPart,
    BookView,
    CommentsView,
    EvidenceLine,
    FactTable,
    Head,
    LetteredRemark,
    Receipt,
    RegisterLine,
    RegisterView,
    SheetGroup,
    SheetRow,
    SheetView,
    SummaryRemarks,
    SummaryRow,
    SummaryTotal,
    SummaryView,
)
from award.press.views import Fact, ItemRemarks, NoticeView, Paragraph, Remark
from award.regulations.loader import shipped_criteria
from tests.golden import reading
from tests.golden.samples import notice

RARE = "〇䶮㛃𬭎"
SHA, EVIDENCE_SHA = "0123456789abcdef" * 4, "fedcba9876543210" * 4


def head(language: str = "zh", organisation: str = "云川精密轴承股份有限公司") -> Head:
    return Head(
        language, "云川市市长质量奖", "第六届云川市市长质量奖（2026）", "2026-K7M2QX", organisation,  # type: ignore[arg-type]
        "云川市市长质量奖评审委员会办公室", "卓越绩效评价准则（GB/T 19580—2012）",
    )  # fmt: skip


def sheet(language: str = "zh", judge: str = "周敏") -> SheetView:
    """All 23 items of GB/T 19580-2012 at 65 %: every part of 1000 points is 0.65 of it."""
    criteria = shipped_criteria()["gbt19580-2012"]
    groups = tuple(
        SheetGroup(
            one.number, one.name.in_language(language), one.points, Decimal(one.points * 65).scaleb(-2), Decimal("65.0"),
            tuple(
                SheetRow(item.number, item.name.in_language(language), item.points, 65, Decimal(item.points * 65).scaleb(-2))
                for item in one.items
            ),
        )
        for one in criteria.categories
    )  # fmt: skip
    return SheetView(
        head(language), judge, groups, 1000, Decimal("650.00"), "2026年9月20日 20:30（北京时间）", 2, "k7m2qx-2", SHA
    )


def comments(language: str = "zh") -> CommentsView:
    rows = tuple(row for group in sheet(language).groups for row in group.rows)
    remarks = (ItemRemarks("4.1.2", (Remark("++", "沟通渠道齐全。", "E-1"),), (Remark("--", "缺少评价记录。"),)),)
    return CommentsView(head(language), "周敏", rows, remarks, "2026年9月20日 20:30", 1, SHA)


def summary(language: str = "zh", letters: str = "ABCDEF") -> SummaryView:
    marks = [Decimal(value) for value in (40, 50, 60, 65, 70, 80)][: len(letters)]
    rows = tuple(
        SummaryRow(
            row.number, row.name, row.points, tuple(marks), Decimal("62.5"), Decimal(40), not is_category, is_category
        )
        for group in sheet(language).groups
        for row, is_category in [(group, True), *((one, False) for one in group.rows)]
    )
    totals = tuple(
        SummaryTotal(letter, mark * 10, used=letter not in "AF") for letter, mark in zip(letters, marks, strict=True)
    )
    said = (
        SummaryRemarks(
            "4.1.2",
            "高层领导的作用",
            (LetteredRemark("B", "+", "有渠道。", "E-1"),),
            (LetteredRemark("F", "-", "无评价。", ""),),
        ),
    )
    return SummaryView(
        head(language), rows, totals, 1000, Decimal("625.00"), Decimal("400.00"), Decimal("612.50"), True, "去掉最高最低后的平均值", "", 20,
        said, "",
    )  # fmt: skip


def book(language: str = "zh", organisation: str = "云川精密轴承股份有限公司", text: str = "一段正文。") -> BookView:
    categories = tuple(
        BookCategory(
            group.number,
            group.name,
            group.points,
            tuple(BookPart(row.number, row.name, row.points, text, 5000) for row in group.rows),
        )
        for group in sheet(language).groups
    )
    return BookView(
        head(language, organisation), "组织基本信息", "组织概述", "2026年7月15日", (Fact("申报组织", organisation),),
        organisation, ("全部内容属实。", "同意核查。"),
        (FactTable("组织基本情况", (Fact("职工人数", "1286"), Fact("荣誉", "甲\n乙"))),), (BookPart("", "组织的环境", None, text, 3000),),
        categories, (EvidenceLine("E-1", "审计报告", "审计报告.pdf", 14, EVIDENCE_SHA),),
        Receipt("2026年7月15日 12:01", "褚若溪", 1, SHA, "round:k · 39 · 9f907e46a3f861d2"),
    )  # fmt: skip


def text_of(pdf: bytes) -> str:
    return "".join(reading.texts(pdf))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_sheet_is_one_page_with_23_rows_subtotals_total_and_its_proof(language: str) -> None:
    made = engine.render("score_sheet", sheet(language))
    assert made.pages == 1
    text = text_of(made.pdf)
    view = sheet(language)
    rows = [row for group in view.groups for row in group.rows]
    assert len(rows) == 23
    for row in rows:
        assert "".join(f"{row.number}{row.name}{row.points}{row.percent}%{row.scored}".split()) in text
    assert "400" in text
    assert "260.00" in text  # results, 400 points at 65 %
    for one in ("650.00", "周敏", "k7m2qx-2", SHA, "2026-K7M2QX"):
        assert one in text


def test_a_row_of_a_sheet_is_high_enough_to_be_read() -> None:
    """ux.md 4.1 wants 7.2 mm; with subtotals, head and signature on one page there is room for 6.1."""
    placed = reading.placed(engine.render("score_sheet", sheet()).pdf, 0)
    first, second = (
        line[0].bottom for line in reading.lines(placed)
        if "".join(one.character for one in line).startswith(("4.1.2", "4.1.3"))
    )  # fmt: skip
    assert second - first == pytest.approx(6.3, abs=0.3)


def test_comments_stand_in_two_columns_item_by_item() -> None:
    pdf = engine.render("comments", comments()).pdf
    text = text_of(pdf)
    assert "沟通渠道齐全。[E-1]" in text
    assert text.count("无意见。") == 22
    placed = reading.placed(pdf, 0)
    left = next(one.left for one in placed if one.character == "沟")
    right = next(one.left for one in placed if one.character == "缺")
    assert 22 < left < 105 < right < 188
    assert max(one.right for one in placed) <= 188.5  # nothing stands over the margin of 22 mm


def test_a_summary_is_one_landscape_page_of_figures_and_names_no_judge() -> None:
    pdf = engine.render("summary", summary()).pdf
    first, text = reading.texts(pdf)[0], text_of(pdf)
    with pypdfium2.PdfDocument(pdf) as document:
        sizes = [
            tuple(round(side / reading.MILLIMETRE) for side in document[at].get_size()) for at in range(len(document))
        ]
    assert sizes[0] == (297, 210)
    assert set(sizes[1:]) == {(210, 297)}
    for one in ("ABCDEF", "612.50", "625.00", "400.00", "▲", "去掉最高最低后的平均值", "4.7.7"):
        assert one in first
    assert "周敏" not in text
    assert "B有渠道。[E-1]" in text.replace("　", "")
    assert "不计入总分" not in text


@pytest.mark.parametrize(("language", "said"), [
    ("zh", "按本评选方案，评分表不计入总分，此数值仅供对照。"),
    ("en", "Bythisschemethesheetsarenopartofthetotal:thefigureisforcomparison."),
])  # fmt: skip
def test_a_summary_whose_sheets_are_not_in_the_total_says_so_and_keeps_its_pages(language: str, said: str) -> None:
    plain, told = (engine.render("summary", replace(summary(language), is_counted=one)) for one in (True, False))
    assert said in "".join(reading.texts(told.pdf)[0].split())
    assert told.pages == plain.pages


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_book_has_cover_declarations_items_index_and_receipt(language: str) -> None:
    made = engine.render("book", book(language))
    pages, text = reading.texts(made.pdf), text_of(made.pdf)
    assert "云川精密轴承股份有限公司" in pages[0]
    assert "2026年7月15日" in pages[0]
    assert "全部内容属实。" in pages[2]
    for row in (row for group in sheet(language).groups for row in group.rows):
        assert text.count("".join(f"{row.number}{row.name}".split())) >= 2  # in the contents and over its text
    assert "审计报告.pdf14SHA-256" + EVIDENCE_SHA in text
    assert SHA in pages[-1]
    assert "9f907e46a3f861d2" in pages[-1]


def test_whoever_is_entered_signs_in_a_box_of_its_own_on_the_same_page() -> None:
    """Under that of the legal representative; a book of an organisation has the two boxes alone."""
    plain, made = (engine.render("book", replace(book(), signs_too=one)) for one in ("", "申报个人欧阳明志（签字）"))
    assert made.pages == plain.pages
    assert [reading.texts(one.pdf)[2].count("（签字）") for one in (plain, made)] == [1, 2]
    placed = reading.placed(made.pdf, 2)
    above = next(one for one in placed if one.character == "法")
    box = next(one for one in placed if one.character == "申" and abs(one.left - above.left) < 0.5 and one.bottom > above.bottom + 9)
    assert box.bottom - above.bottom == pytest.approx(42 + 2 * 2.4 + 2 * 0.3 + 4, abs=0.1)  # padding, border, gap


def test_the_contents_of_a_book_name_the_page() -> None:
    pages = reading.texts(engine.render("book", book()).pdf)
    at = next(index for index, page in enumerate(pages) if index > 2 and page.count("审计报告.pdf"))
    assert f"证实性材料目录{'.' * 3}" in pages[1]
    assert pages[1].partition("证实性材料目录")[2].lstrip(".").startswith(str(at + 1))


def test_text_of_a_book_is_never_markup() -> None:
    assert "<b>x</b>&amp;" in text_of(engine.render("book", book(text="<b>x</b>&amp;")).pdf)


@pytest.mark.parametrize("kind", ["book", "score_sheet", "comments", "summary", "notice", "register"])
def test_rare_characters_of_names_are_printed(kind: str) -> None:
    made = engine.render(kind, with_name(kind, f"云川{RARE}股份有限公司"))  # type: ignore[arg-type]
    assert 0 not in set(reading.glyphs(made.pdf))
    assert all(reading.fonts(made.pdf).values())
    assert RARE in text_of(made.pdf)


@pytest.mark.parametrize("kind", ["book", "score_sheet", "comments", "summary", "notice", "register"])
def test_a_missing_glyph_is_an_error(kind: str) -> None:
    with pytest.raises(MissingGlyphs) as caught:
        engine.render(kind, with_name(kind, "云川\ue000公司"))  # type: ignore[arg-type]
    assert caught.value.characters == "\ue000"


def with_name(kind: str, name: str) -> object:
    """A paper with that name on it."""
    if kind == "notice":
        return notice(recipients=name)
    if kind == "register":
        return RegisterView(head(), (RegisterLine(name, "1", "申报书", "2026-07-15", 20, SHA),), ("缺",))
    if kind == "book":
        return book(organisation=name)
    view = {"score_sheet": sheet(), "comments": comments(), "summary": summary()}[kind]
    return replace(view, head=head(organisation=name))


@pytest.mark.parametrize("view", [book(), sheet(), comments(), summary(), with_name("register", "甲")])
def test_a_view_crosses_the_pipe(view: object) -> None:
    kind = next(key for key, one in VIEWS.items() if one is type(view))
    assert from_json(VIEWS[kind], to_json(view)) == view


def test_a_letter_has_its_double_lines_and_no_number_on_its_first_page() -> None:
    view = NoticeView(
        "云川市市长质量奖评审委员会办公室", "编号：2026-K7M2QX-1", ("受理通知书",), (Paragraph("决定予以受理。"),), "评审办公室",
        notice().dated, recipients="甲公司", form="letter",
    )  # fmt: skip
    made = engine.render("notice", view)
    assert made.pages == 1
    assert "—" not in text_of(made.pdf)
    mark = min(one.top for one in reading.placed(made.pdf, 0) if one.character == "云")
    assert mark == pytest.approx(30, abs=1.2)  # GB/T 9704-2012, 10.1: 30 mm from the edge of the paper
    image = reading.pixels(made.pdf)
    red = [y / 8 for y in range(image.height) if all(is_red(image.getpixel((x * 8, y))) for x in (25, 100, 185))]
    assert red[-1] == pytest.approx(297 - 20, abs=1.2)


def is_red(pixel: object) -> bool:
    red, green, _ = pixel  # type: ignore[misc, attr-defined]
    return bool(red > 180 and green < 90)


@pytest.mark.parametrize("items", range(1, 7))
def test_the_last_page_of_a_summary_says_which_item_it_goes_on_with(items: int) -> None:
    """One remark alone on a last page would say nothing of what it is about; the whole item there left the one before half white."""
    letters = tuple(LetteredRemark(letter, "+", "方法系统，有渠道，每季度评审一次并改进。" * 2, "E-1") for letter in "ABCDEFGHIJ")
    view = summary()
    many = replace(view, remarks=tuple(replace(view.remarks[0], number=f"9.{at}", strengths=letters) for at in range(items)))
    last = "".join(reading.texts(engine.render("summary", many).pdf)[-1].split())
    assert f"9.{items - 1}高层领导的作用" in last
    assert last.count("方法系统") >= 2
