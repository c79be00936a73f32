"""Writing a table as CSV or XLSX, row by row, so that a long one needs no more memory than a short one."""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import xlsxwriter

from award.kernel.sheets.tables import Kind, Table, Value, harmless, spelled

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The formats lists leave in."""
NUMBER_FORMATS = {
    Kind.TEXT: "@", Kind.WHOLE: "0", Kind.HUNDREDTHS: "0.00", Kind.DAY: "yyyy-mm-dd", Kind.MOMENT: "yyyy-mm-dd hh:mm",
}  # fmt: skip
LONGEST_TEXT = 32_767
"""Characters a cell of a workbook holds."""
LONGEST_NAME = 31
BOM = b"\xef\xbb\xbf"


def write_table(kind: str, table: Table, title: str, out: BinaryIO) -> int:
    """Writes a table and answers how many rows it had. kind: csv or xlsx. title: of the sheet."""
    return write_csv(table, out) if kind == "csv" else write_xlsx(table, title, out)


def write_csv(table: Table, out: BinaryIO) -> int:
    """UTF-8 with the mark by which spreadsheets know it. Source: RFC 4180."""
    zone, count = ZoneInfo(table.zone), 0
    out.write(BOM)
    text = io.TextIOWrapper(out, "utf-8", newline="", write_through=False)
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow([harmless(one.title) for one in table.columns])
    for row in table.rows:
        lines.writerow([spelled(value, zone) for value in row])
        count += 1
    text.flush()
    text.detach()
    return count


def write_xlsx(table: Table, title: str, out: BinaryIO, made_at: datetime | None = None) -> int:
    """One sheet; a text is a cell of texts whatever it begins with, and is not computed when somebody edits it either.

    made_at: what the workbook says of when it was made; the same then gives the same bytes. None is now.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    count = 0
    with xlsxwriter.Workbook(out, options) as book:
        if made_at is not None:
            book.set_properties({"created": made_at})
        sheet = book.add_worksheet(sheet_name(title))
        head = book.add_format({"bold": True, "bg_color": "#E3ECF8", "border": 1, "num_format": "@"})
        writers = [_writer(book, sheet, one.kind, ZoneInfo(table.zone)) for one in table.columns]
        for at, one in enumerate(table.columns):
            sheet.set_column(at, at, one.width)
            sheet.write_string(0, at, one.title, head)
        sheet.freeze_panes(1, 0)
        for count, row in enumerate(table.rows, 1):
            _write_row(writers, count, row)
        if count:
            sheet.autofilter(0, 0, count, len(table.columns) - 1)
    return count


def sheet_name(title: str) -> str:
    """A title as the name of a sheet may be."""
    return "".join(" " if letter in "[]:*?/\\'" else letter for letter in title).strip()[:LONGEST_NAME] or "1"


def _write_row(writers: Sequence[Callable[[int, int, Value], None]], number: int, row: Sequence[Value]) -> None:
    for at, (write, value) in enumerate(zip(writers, row, strict=True)):
        if value is not None and value != "":
            write(number, at, value)


def _writer(book: Any, sheet: Any, kind: Kind, zone: ZoneInfo) -> Callable[[int, int, Value], None]:
    """How a cell of this kind is written."""
    plain = book.add_format({"num_format": NUMBER_FORMATS[kind]})
    quoted = book.add_format({"num_format": "@", "quote_prefix": True})

    def write(row: int, at: int, value: Value) -> None:
        if isinstance(value, str):
            sheet.write_string(row, at, value[:LONGEST_TEXT], plain if harmless(value) == value else quoted)
        elif isinstance(value, datetime):
            sheet.write_datetime(row, at, value.astimezone(zone).replace(tzinfo=None), plain)
        elif isinstance(value, int | Decimal):
            sheet.write_number(row, at, value, plain)
        else:
            sheet.write_datetime(row, at, value, plain)

    return write
