"""Workbooks of strangers: read right, or refused with a sentence."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from award.kernel.errors import Invalid
from award.kernel.files.service import Limits, prepare_generated, prepare_upload
from award.kernel.sheets.importing import Field, day_of, headings, lines_of
from award.kernel.sheets.intake import read_rows, template

FIELDS = (
    Field("code", "Number", 24, is_needed=True, example="0123"),
    Field("day", "Date", 11, is_day=True),
    Field("kind", "What it is", 20, choices=(("holiday", "holiday"), ("workday", "working day"))),
)


def book(fill: Callable[[Any, Any], object], **options: Any) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, **options}) as made:
        fill(made, made.add_worksheet())
    return content.getvalue()


def with_rows(*rows: list[Any]) -> bytes:
    def fill(_: Any, sheet: Any) -> None:
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)

    return book(fill)


def read(content: bytes, most: int = 100) -> tuple[list[list[str]], list[tuple[str, str]]]:
    stored = prepare_generated("t.xlsx", content)
    rows, faults = read_rows(stored.sha256, "t.xlsx", most, FIELDS)
    return rows, [(one.field, one.text) for one in faults]


def rezipped(content: bytes, **members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in members:
                new.writestr(name, old.read(name))
        for name, data in members.items():
            new.writestr(name, data)
    return out.getvalue()


def test_cells_are_read_as_people_see_them() -> None:
    rows, faults = read(with_rows(["编号 ", 12345, 1.5], ["韩\u202e雪", "a\x01b", "两\n行"], ["", "", ""]))
    # Nothing gets in by a table that a form would not take: control characters, letters that turn the order round.
    assert rows == [["编号", "12345", "1.5"], ["韩雪", "ab", "两 行"]]
    assert faults == []


def test_a_table_that_begins_further_down_keeps_its_places() -> None:
    rows, _ = read(book(lambda _, sheet: sheet.write_string(2, 1, "x")))
    assert rows == [["", ""], ["", ""], ["", "x"]]


@pytest.mark.parametrize("is_1904", [False, True])
def test_days_of_both_calendars(is_1904: bool) -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.write_datetime(0, 0, datetime(2026, 3, 2), made.add_format({"num_format": "yyyy-mm-dd"}))

    assert read(book(fill, date_1904=is_1904))[0] == [["2026-03-02"]]


def test_what_is_wrong_with_a_cell_is_named_by_the_cell() -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.write_formula(0, 0, "=1+1", None, 2)
        sheet.write_formula(1, 1, '=HYPERLINK("http://x","y")', None, "y")
        sheet.write_formula(2, 2, "=1/0", None, "#DIV/0!")
        sheet.merge_range(3, 0, 4, 1, "两格", made.add_format())
        sheet.write_number(5, 0, 913400001234567890)

    _, faults = read(book(fill))
    assert [cell for cell, _ in faults] == ["A1", "B2", "C3", "A4", "A6"]
    assert len({text for _, text in faults}) == 4


@pytest.mark.parametrize("shown", ["#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!"])
def test_an_error_of_newer_programs_is_told_by_its_cell_too(shown: str) -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["甲", "乙"])
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
        sheet.write_string(2, 0, "丙")

    plain = book(fill)
    sheet = zipfile.ZipFile(io.BytesIO(plain)).read("xl/worksheets/sheet1.xml")
    changed = sheet.replace(b"<f>1/0</f>", b"").replace(b"#DIV/0!", shown.encode())
    rows, faults = read(rezipped(plain, **{"xl/worksheets/sheet1.xml": changed}))
    assert faults == [("B2", "The cell shows an error. Type the value itself.")]
    assert (rows[0], rows[2]) == (["甲", "乙"], ["丙", ""])


def test_a_truth_value_is_no_name() -> None:
    _, faults = read(with_rows(["a"], [True], ["TRUE"]))
    assert faults == [("A2", "The cell holds TRUE or FALSE, which is no text. Type the words themselves.")]


def test_a_filled_column_the_template_does_not_have_is_told_once() -> None:
    rows, faults = read(with_rows(["a", "b", "c", "", "e"], ["", "", "", "x"], ["", "", "", "y", 5]))
    assert rows == [["a", "b", "c"]]
    assert [cell for cell, _ in faults] == ["E1", "D2"]
    assert {text for _, text in faults} == {
        "The template has no such column. Put what is to be taken over into its own columns, and delete this one."
    }


def test_a_cell_that_is_far_too_long_is_named_and_not_cut_first() -> None:
    rows, faults = read(with_rows(["a"], ["长" * 600], ["短" * 500]))
    assert [len(row[0]) for row in rows] == [1, 500, 500]
    assert [cell for cell, _ in faults] == ["A2"]
    assert "500 characters" in faults[0][1]


def test_a_million_rows_of_nothing_are_nothing() -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.write_string(0, 0, "x")
        for row in (1000, 2**20 - 1):
            sheet.write_blank(row, 0, None, made.add_format({"bold": True}))

    assert read(book(fill)) == ([["x"]], [])


@pytest.mark.parametrize("row", [101, 2**20 - 1])
def test_cells_far_below_are_refused(row: int) -> None:
    with pytest.raises(Invalid) as caught:
        read(book(lambda _, sheet: sheet.write_string(row, 0, "x")), most=100)
    assert "{most}" in caught.value.errors[0].text


def test_links_and_doctypes_and_damage_are_refused() -> None:
    plain = with_rows(["x"])
    sheet = zipfile.ZipFile(io.BytesIO(plain)).read("xl/worksheets/sheet1.xml")
    bad = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    for content in (
        rezipped(plain, **{"xl/externalLinks/externalLink1.xml": b"<x/>"}),
        rezipped(plain, **{"xl/macrosheets/sheet1.xml": b"<x/>"}),
        rezipped(plain, **{"xl/worksheets/sheet1.xml": sheet.replace(b"?>\n", b"?>\n" + bad, 1)}),
        rezipped(plain, **{"xl/worksheets/sheet1.xml": sheet[:-40]}),
        rezipped(plain, **{"xl/workbook.xml": b"<workbook/>"}),
        b"PK\x03\x04 nonsense",
    ):
        with pytest.raises(Invalid) as caught:
            read(content)
        assert caught.value.errors[0].field == "file"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.xlsx", b"%PDF-1.7"), ("t.xlsx", b""), ("t.xlsm", with_rows(["x"])), ("t.csv", b"a,b"),
        ("t.xlsx", rezipped(with_rows(["x"]), **{"xl/vbaProject.bin": b"x"})),
        ("t.xlsx", rezipped(with_rows(["x"]), **{"xl/media/big.bin": b"\0" * 40_000_000})),
    ],
)  # fmt: skip
def test_what_is_no_workbook_does_not_get_in(name: str, content: bytes) -> None:
    with pytest.raises(Invalid):
        prepare_upload(name, io.BytesIO(content), Limits(10, frozenset({"xlsx"})))


# --- lines ------------------------------------------------------------------------------------------------------


def test_a_telephone_kept_as_a_number_has_lost_its_zero() -> None:
    """A mobile number has none to lose; what was typed as text is as it was typed; other columns hold numbers."""
    cells: list[Any] = [5523001234, 3001234, 75512345678, 552.5, 13812345678, "05523001234", "5523001234"]
    stored = prepare_generated("t.xlsx", with_rows(["编号", "电话"], *([5523001234, cell] for cell in cells)))
    fields = (FIELDS[0], Field("telephone", "Telephone", 25, is_telephone=True))
    rows, faults = read_rows(stored.sha256, "t.xlsx", 100, fields)
    assert [one.field for one in faults] == ["B2", "B3", "B4", "B5"]
    assert "a 0 at its beginning is lost" in faults[0].text
    assert [row[1] for row in rows[5:]] == ["13812345678", "05523001234", "5523001234"]


def test_the_template_is_read_back_with_its_drop_downs() -> None:
    """In as many lines as are taken."""
    for language in ("zh", "en"):
        made = template(FIELDS, "Working days", language, 2000)
        assert read(made)[0] == [headings(FIELDS, language)]
        assert b'sqref="C2:C2001"' in zipfile.ZipFile(io.BytesIO(made)).read("xl/worksheets/sheet1.xml")
        assert "xl/worksheets/sheet2.xml" in zipfile.ZipFile(io.BytesIO(made)).namelist()


def test_each_fault_of_a_cell_has_its_place() -> None:
    head = headings(FIELDS, "zh")
    lines, faults = lines_of(
        FIELDS, [head, ["0123", "2026年3月2日", "working day"], ["", "", ""], ["", "昨天", "x"], ["9" * 25]]
    )
    assert [(one.number, dict(one.values)) for one in lines] == [
        (2, {"code": "0123", "day": "2026-03-02", "kind": "workday"}),
        (4, {"code": "", "day": "", "kind": ""}),
        (5, {"code": "", "day": "", "kind": ""}),
    ]
    assert [sorted(one.wrong) for one in lines] == [[], ["code", "day", "kind"], ["code"]]
    assert [one.field for one in faults] == ["A4", "B4", "C4", "A5"]


def test_a_cell_that_cannot_be_read_has_one_fault() -> None:
    """A computed cell without a value is no empty one as well."""
    lines, faults = lines_of(FIELDS, [headings(FIELDS, "zh"), ["", "昨天"], ["", ""]], unread={"A2", "A3"})
    assert [one.field for one in faults] == ["B2"]
    assert [sorted(one.wrong) for one in lines] == [["code", "day"], ["code"]]


def test_a_choice_is_as_long_as_its_word() -> None:
    field = Field("kind", "Kind", 1, choices=(("long", "Category: Organisations"), ("short", "holiday")))
    lines, faults = lines_of([field], [headings([field], "en"), ["Category: Organisations"]])
    assert faults == []
    assert lines[0].values == {"kind": "long"}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-08-28", date(2026, 8, 28)), ("2026/8/28", date(2026, 8, 28)), ("2026年8月28日", date(2026, 8, 28)),
        ("2026.8.28", date(2026, 8, 28)), ("2026-02-30", None), ("46000", None), ("28.8.2026", None), ("0000-01-01", None),
    ],
)  # fmt: skip
def test_days_as_people_type_them(text: str, day: date | None) -> None:
    assert day_of(text) == day


@given(st.lists(st.lists(st.text(max_size=30), max_size=6), max_size=8))
def test_any_table_is_lines_or_faults(rows: list[list[str]]) -> None:
    """Whatever stands in a table, every row that says something is a line, and every fault is of one of them."""
    lines, faults = lines_of(FIELDS, [headings(FIELDS, "zh"), *rows])
    said = {number for number, row in enumerate(rows, 2) if any(cell.strip() for cell in row)}
    named = {int("".join(filter(str.isdigit, one.field))) for one in faults}
    assert {one.number for one in lines} == said
    assert {one.number for one in lines if one.wrong} == (named if said else set())


def test_somebody_is_told_how_far_it_is_from_the_first_row_to_the_last() -> None:
    rows = [headings(FIELDS, "en"), *(["1", "", ""] for _ in range(2500))]
    heard: list[tuple[int, int]] = []
    lines_of(FIELDS, rows, lambda done, total: heard.append((done, total)))
    assert heard == [(0, 2501), (1000, 2501), (2000, 2501), (2501, 2501)]
