"""A stored workbook as rows of texts, read in a child process; and the empty one that is filled in."""

import io
import json
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from award.kernel.errors import FieldError, Invalid
from award.kernel.files.children import run_child
from award.kernel.files.inspect import SENTENCES
from award.kernel.files.storage import Storage, storage
from award.kernel.i18n import N_, translate
from award.kernel.sheets.importing import Field, headings, word_of
from award.kernel.sheets.tables import letter_of
from award.kernel.sheets.writing import sheet_name
from award.kernel.web.forms import clean_text

REFUSALS = {
    "damaged": SENTENCES["damaged"],
    "links": N_("“{name}” has links to other files or macros. Copy its values into the template and upload that."),
    "too_many_rows": N_("“{name}” has cells below row {most}. Delete the rows below the table, or split it."),
}
FAULTS = {
    "digits_lost": N_(
        "This was kept as a number and has lost its last digits. Format the cell as text and type it again."
    ),
    "zero_lost": N_(
        "This telephone number was kept as a number, so a 0 at its beginning is lost. Format the cell as text and type it again."
    ),
    "too_long": N_("The cell holds more than 500 characters, more than any column takes. Shorten it."),
    "error": N_("The cell shows an error. Type the value itself."),
    "truth": N_("The cell holds TRUE or FALSE, which is no text. Type the words themselves."),
    "beyond": N_("The template has no such column. Put what is to be taken over into its own columns, and delete this one."),
    "formula": N_("The cell is computed. Paste it as a value."),
    "merged": N_("The cell is merged with others. Unmerge them and fill each in."),
}


def read_rows(
    sha256: str, name: str, most: int, fields: Sequence[Field], store: Storage | None = None
) -> tuple[list[list[str]], list[FieldError]]:
    """The rows of a stored workbook, as a form would take them, and the faults of its cells. most: lines below the heading.

    Raises Invalid for one that cannot be read, or holds more.
    """
    path = (store or storage()).path(sha256).resolve()
    telephones = "".join(letter_of(at) for at, one in enumerate(fields) if one.is_telephone)
    ended = run_child("award.kernel.sheets.reading", str(path), str(most + 1), str(len(fields)), telephones)
    answer: dict[str, Any] = json.loads(ended.output) if ended.code == 0 else {"refused": "damaged"}
    if "refused" in answer:
        raise Invalid.one("file", REFUSALS[answer["refused"]], name=name, most=most + 1)
    faults = [FieldError(cell, FAULTS[code]) for cell, code in answer["faults"]]
    return [[clean_text(cell) for cell in row] for row in answer["rows"]], faults


def template(fields: Sequence[Field], title: str, language: str, most: int) -> bytes:
    """An empty table: headings, drop-downs in all the lines it may have, notes on a sheet of their own with an example. title: msgid."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(sheet_name(translate(language, title)))
        notes = book.add_worksheet(sheet_name(translate(language, N_("How to fill it in"))))
        needed = book.add_format({"bold": True, "bg_color": "#E3ECF8", "border": 1})
        optional = book.add_format({"bg_color": "#F3F5F8", "border": 1})
        # Addresses, codes and numbers stay what was typed.
        text = book.add_format({"num_format": "@"})
        for at, (heading, one) in enumerate(zip(headings(fields, language), fields, strict=True)):
            sheet.write_string(0, at, heading, needed if one.is_needed else optional)
            sheet.set_column(at, at, one.width, text)
            if one.choices:
                words = [word_of(language, word) for _, word in one.choices]
                sheet.data_validation(1, at, most, at, {"validate": "list", "source": words})
        sheet.freeze_panes(1, 0)
        _write_notes(notes, fields, language, needed, text)
    return content.getvalue()


def _write_notes(
    notes: "xlsxwriter.worksheet.Worksheet", fields: Sequence[Field], language: str, bold: object, text: object
) -> None:
    for at, heading in enumerate((N_("Column"), N_("Needed"), N_("Example"), N_("Note"))):
        notes.write_string(0, at, translate(language, heading), bold)
        notes.set_column(at, at, (24, 10, 32, 60)[at], text)
    for row, one in enumerate(fields, 1):
        words = dict(one.choices)
        example = word_of(language, words[one.example]) if one.example in words else one.example
        needed = translate(language, N_("Yes") if one.is_needed else N_("No"))
        note = translate(language, one.note) if one.note else ""
        for at, shown in enumerate((translate(language, one.title), needed, example, note)):
            notes.write_string(row, at, shown, text)
