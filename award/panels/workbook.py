"""The table judges are entered in: the template that is downloaded, and what came back."""

import io
import json

import xlsxwriter

from award.kernel.errors import Invalid
from award.kernel.files.children import run_child
from award.kernel.files.inspect import SENTENCES
from award.kernel.files.storage import Storage, storage
from award.kernel.i18n import N_, translate
from award.kernel.web.forms import clean_text
from award.panels.service.importing import COLUMNS, headings

TABLE = N_("Judges")
WIDTHS = (14, 28, 32, 18, 18, 18, 22)


def template(language: str) -> bytes:
    """An empty table with its headings and one sheet."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(translate(language, TABLE))
        needed = book.add_format({"bold": True, "bg_color": "#E3ECF8", "border": 1})
        optional = book.add_format({"bg_color": "#F3F5F8", "border": 1})
        # Addresses and numbers stay what was typed.
        text = book.add_format({"num_format": "@"})
        for at, (title, column, width) in enumerate(zip(headings(language), COLUMNS, WIDTHS, strict=True)):
            sheet.write_string(0, at, title, needed if column[3] else optional)
            sheet.set_column(at, at, width, text)
        sheet.freeze_panes(1, 0)
    return content.getvalue()


def read_table(sha256: str, name: str, store: Storage | None = None) -> list[list[str]]:
    """The rows of a stored workbook, read in a child process, as a form would take them. Raises Invalid for one that
    cannot be read.
    """
    ended = run_child("award.panels.reading", str((store or storage()).path(sha256).resolve()))
    if ended.code != 0:
        raise Invalid.one("file", SENTENCES["damaged"], name=name)
    rows: list[list[str]] = json.loads(ended.output)["rows"]
    return [[clean_text(cell) for cell in row] for row in rows]
