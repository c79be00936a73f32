"""Tables out: nothing a spreadsheet computes, nothing it rounds, nothing it makes shorter."""

import csv
import io
import re
import tracemalloc
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from award.kernel.sheets.tables import RISKY, Column, Kind, Table, harmless, letter_of
from award.kernel.sheets.writing import BOM, write_table

COLUMNS = (
    Column("名称"), Column("代码"), Column("分值", Kind.HUNDREDTHS), Column("次数", Kind.WHOLE), Column("日期", Kind.DAY),
    Column("时间", Kind.MOMENT),
)  # fmt: skip
ROW = ("甲公司", "013400001234567890", Decimal("650.55"), 7, date(2026, 3, 2), datetime(2026, 3, 2, 15, 59, tzinfo=UTC))
ATTACKS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    '=HYPERLINK("http://x","y")',
    "=cmd|' /C calc'!A0",
    "  =1",
    "＝1",
    "\n=1",
]


def written(kind: str, *rows: Any, columns: Any = COLUMNS) -> bytes:
    out = io.BytesIO()
    assert write_table(kind, Table(columns, iter(rows), len(rows), "Asia/Shanghai"), "列表: 1/2", out) == len(rows)
    return out.getvalue()


def csv_rows(content: bytes) -> list[list[str]]:
    assert content.startswith(BOM)
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def xlsx_rows(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def xml(content: bytes, name: str = "xl/worksheets/sheet1.xml") -> str:
    return zipfile.ZipFile(io.BytesIO(content)).read(name).decode()


def test_a_workbook_keeps_every_kind_of_value() -> None:
    head, row = xlsx_rows(written("xlsx", ROW))
    assert head == ["名称", "代码", "分值", "次数", "日期", "时间"]
    # 15:59 UTC is 23:59 of the same day in Shanghai.
    assert row == ["甲公司", "013400001234567890", 650.55, 7.0, date(2026, 3, 2), datetime(2026, 3, 2, 23, 59)]
    sheet = xml(written("xlsx", ROW))
    assert "<v>650.55</v>" in sheet
    assert "E+" not in sheet


def test_a_text_table_keeps_them_as_they_are_spelled() -> None:
    assert csv_rows(written("csv", ROW))[1] == [
        "甲公司",
        "013400001234567890",
        "650.55",
        "7",
        "2026-03-02",
        "2026-03-02 23:59",
    ]
    assert csv_rows(written("csv", ('a,"b"\r\n行', "", None, None, None, None)))[1] == [
        'a,"b"\r\n行',
        "",
        "",
        "",
        "",
        "",
    ]


@pytest.mark.parametrize("text", ATTACKS)
def test_no_text_is_a_formula(text: str) -> None:
    row = (text, text, None, None, None, None)
    content = written("xlsx", row)
    assert "<f" not in re.sub("<font|<fill|<family", "", xml(content))
    assert xml(content).count('t="inlineStr"') >= 2
    assert "quotePrefix" in xml(content, "xl/styles.xml")
    # XML knows no bare carriage return; every other character comes back.
    assert xlsx_rows(content)[1][0].replace("\r", "").strip() == text.replace("\r", "").strip()
    assert csv_rows(written("csv", row))[1][0] == f"'{text}"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_no_cell_of_a_text_table_begins_as_a_formula(text: str) -> None:
    spelled = harmless(text)
    assert not spelled.lstrip().startswith(RISKY)
    assert spelled in (text, f"'{text}")


@given(st.integers(0, 10_000_000))
def test_hundredths_come_back_exactly(hundredths: int) -> None:
    columns = (Column("分值", Kind.HUNDREDTHS),)
    content = written("xlsx", (Decimal(hundredths) / 100,), columns=columns)
    found = re.findall('<c r="A2"[^>]*><v>([^<]*)</v>', xml(content))
    assert [Decimal(one) for one in found] == [Decimal(hundredths) / 100]
    assert csv_rows(written("csv", (Decimal(hundredths) / 100,), columns=columns))[1] == [
        f"{hundredths // 100}.{hundredths % 100:02d}"
    ]


def test_the_longest_text_and_a_name_no_sheet_may_have() -> None:
    content = written("xlsx", ("长" * 40_000, "", None, None, None, None))
    assert len(xlsx_rows(content)[1][0]) == 32_767
    assert CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names == ["列表  1 2"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_long_list_needs_no_more_memory_than_a_short_one(kind: str, tmp_path: Any) -> None:
    """23 percentages a row, as score sheets have; ten times the rows, at most half a megabyte more."""
    columns = tuple(Column(f"4.{at}", Kind.WHOLE) for at in range(23))

    def peak(count: int) -> int:
        with (tmp_path / "out").open("wb+") as out:
            tracemalloc.start()
            write_table(kind, Table(columns, (range(23) for _ in range(count)), count, "UTC"), "x", out)
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return most

    assert peak(3000) - peak(300) < 512 * 1024


def test_letters_of_columns() -> None:
    assert [letter_of(at) for at in (0, 25, 26, 51, 701, 702)] == ["A", "Z", "AA", "AZ", "ZZ", "AAA"]
