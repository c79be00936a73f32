"""Runs as a child process: reads the first sheet of an uploaded workbook as texts.

`python -m award.panels.reading PATH` prints JSON: {"rows": [[...]]}. Only here is a workbook of strangers parsed; the process
has little memory, little time and may not write.
"""

import json
import sys
from datetime import date, datetime

from python_calamine import CalamineWorkbook

from award.kernel.files.opening import limit

MOST_ROWS, MOST_COLUMNS, LONGEST = 1000, 12, 500


def rows_of(path: str) -> list[list[str]]:
    """The rows with trailing empty ones left out; cells as people see them."""
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    rows = [[as_text(cell) for cell in row[:MOST_COLUMNS]] for row in sheet.to_python(nrows=MOST_ROWS)]
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def as_text(cell: object) -> str:
    """A whole number without its ".0", a day as 2026-08-28."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    return str(cell).strip()[:LONGEST]


if __name__ == "__main__":
    limit()
    sys.stdout.write(json.dumps({"rows": rows_of(sys.argv[1])}, ensure_ascii=True))
