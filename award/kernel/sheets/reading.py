"""Runs as a child process: reads the first sheet of an uploaded workbook as texts, or says why not.

`python -m award.kernel.sheets.reading PATH ROWS COLUMNS TELEPHONES` (the last: letters of columns, `GK`) prints JSON:
{"rows": [[...]], "faults": [[cell, code]]} or {"refused": code}. Only here is a workbook of strangers parsed; the process has
little memory, little time and may not write.
"""

import io
import json
import posixpath
import re
import sys
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook

from award.kernel.files.opening import limit
from award.kernel.sheets.tables import letter_of

LONGEST = 500
MOST_FAULTS = 200
EXACT = 10**15
"""Whole numbers from here on have lost their last digits in a cell of numbers."""
MOBILE = re.compile(r"1[3-9]\d{9}")
"""A telephone number that never began with 0, so that a cell of numbers holds all of it."""


ERROR = re.compile(rb"(<(?:\w+:)?v>)#[^<]*")
"""What a cell that shows an error holds."""


class Refusal(Exception):
    """Why nothing of the workbook is read, as a code; intake.py has the sentence."""


def _no_doctype(*_: object) -> None:
    """No program writes one; it could unfold into anything."""
    raise Refusal("damaged")


def parser_for(start: Callable[[str, dict[str, str]], None]) -> expat.XMLParserType:
    """A parser that tells each element as it begins, by its local name."""
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, attributes: start(tag.rpartition(":")[2], attributes)
    parser.StartDoctypeDeclHandler = _no_doctype
    return parser


def elements(content: bytes, tag: str) -> list[dict[str, str]]:
    """The attributes of every element of a name, in order."""
    found: list[dict[str, str]] = []
    parser_for(lambda name, attributes: found.append(attributes) if name == tag else None).Parse(content, True)
    return found


class Scan:
    """What the cells of a sheet are, found while its XML passes by: nothing of it is kept but what is wrong."""

    def __init__(self, most_rows: int) -> None:
        self.most_rows = most_rows
        self.faults: list[tuple[str, str]] = []
        self.cell = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if tag == "c":
            self.cell = attributes.get("r", "")
            if attributes.get("t") == "e":
                self.note(self.cell, "error")
        elif tag in ("v", "is") and int(re.sub(r"\D", "", self.cell) or 0) > self.most_rows:
            raise Refusal("too_many_rows")
        elif tag == "f":
            self.note(self.cell, "formula")
        elif tag == "mergeCell":
            self.note(attributes.get("ref", "").partition(":")[0], "merged")

    def note(self, cell: str, code: str) -> None:
        """The first faults are enough to go on with."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append((cell, code))


def scan(book: zipfile.ZipFile, sheet: str, most_rows: int) -> list[tuple[str, str]]:
    """Formulas, errors and merged cells of a sheet. Raises Refusal for cells beyond the last row that is read."""
    found = Scan(most_rows)
    with book.open(sheet) as content:
        parser_for(found.start).ParseFile(content)
    return found.faults


def first_sheet(book: zipfile.ZipFile) -> str:
    """The member that holds the first sheet. Raises Refusal for what is no sheet of cells, and for links to other files."""
    names = book.namelist()
    if any(name.lower().startswith(("xl/externallinks/", "xl/macrosheets/")) for name in names):
        raise Refusal("links")
    first = elements(book.read("xl/workbook.xml"), "sheet")[0]
    wanted = next(value for name, value in first.items() if name.endswith(":id"))
    for one in elements(book.read("xl/_rels/workbook.xml.rels"), "Relationship"):
        if one.get("Id") == wanted and one["Type"].endswith("/worksheet"):
            target = one["Target"]
            return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
    raise Refusal("damaged")


def read(path: str, most_rows: int, most_columns: int, telephones: str = "") -> dict[str, Any]:
    """The rows with trailing empty ones left out, cells as people see them, and what is wrong with cells."""
    with zipfile.ZipFile(path) as book:
        faults = scan(book, first_sheet(book), most_rows)
    rows = []
    cells_of_rows = cells_of(path, most_rows, has_errors="error" in {code for _, code in faults})
    faults += beyond(cells_of_rows, most_columns)
    for number, row in enumerate(cells_of_rows, 1):
        cells = row[:most_columns]
        faults += [
            (f"{letter_of(at)}{number}", fault)
            for at, cell in enumerate(cells) if (fault := fault_of(cell, letter_of(at) in telephones))
        ]  # fmt: skip
        rows.append([as_text(cell) for cell in cells])
    while rows and not any(rows[-1]):
        rows.pop()
    # One thing is told of a cell: a computed error is one fault.
    told = dict(reversed(faults))
    return {"rows": rows, "faults": [(cell, code) for cell, code in reversed(told.items())][:MOST_FAULTS]}


def cells_of(path: str, most_rows: int, *, has_errors: bool) -> Sequence[Sequence[object]]:
    """The first rows of the first sheet. has_errors: some of its cells show an error, which may be one the reader does not know."""
    try:
        sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
        return sheet.to_python(skip_empty_area=False, nrows=most_rows)
    except CalamineError:
        if not has_errors:
            raise
        sheet = CalamineWorkbook.from_filelike(with_known_errors(path)).get_sheet_by_index(0)
        return sheet.to_python(skip_empty_area=False, nrows=most_rows)


def with_known_errors(path: str) -> io.BytesIO:
    """The workbook with #N/A for every error: of #SPILL! and its like the reader knows nothing and reads no cell at all."""
    content = io.BytesIO()
    with zipfile.ZipFile(path) as book, zipfile.ZipFile(content, "w") as changed:
        sheet = first_sheet(book)
        for name in book.namelist():
            member = book.read(name)
            changed.writestr(name, ERROR.sub(rb"\1#N/A", member) if name == sheet else member)
    content.seek(0)
    return content


def beyond(rows: Sequence[Sequence[object]], most_columns: int) -> list[tuple[str, str]]:
    """The first filled cell of each column the template does not have."""
    found: dict[int, tuple[str, str]] = {}
    for number, row in enumerate(rows, 1):
        for at, cell in enumerate(row[most_columns:], most_columns):
            if at not in found and as_text(cell):
                found[at] = (f"{letter_of(at)}{number}", "beyond")
    return list(found.values())


def fault_of(cell: object, is_telephone: bool = False) -> str:
    """What is wrong with a cell by itself: no text, far too much, or a number kept as one, without its 0 or its last digits."""
    if isinstance(cell, bool):
        return "truth"
    if isinstance(cell, float) and abs(cell) >= EXACT:
        return "digits_lost"
    if is_telephone and isinstance(cell, float) and not MOBILE.fullmatch(as_text(cell)):
        return "zero_lost"
    return "too_long" if isinstance(cell, str) and len(cell.strip()) > LONGEST else ""


def as_text(cell: object) -> str:
    """A whole number without its ".0", a day as 2026-08-28."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    return str(cell).strip()[:LONGEST]


def main(path: str, most_rows: str, most_columns: str, telephones: str) -> None:
    """Prints what was read, or why nothing was."""
    limit()
    try:
        answer = read(path, int(most_rows), int(most_columns), telephones)
    except Refusal as refusal:
        answer = {"refused": str(refusal)}
    sys.stdout.write(json.dumps(answer, ensure_ascii=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
