"""Files and workbooks that are not taken: cause, name, content, words."""

import io
import random
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pikepdf
import xlsxwriter

from tests.kernel import bad_files as files

TYPE = "is not a type that can be uploaded here"
OTHER = "is not what its name says"
DAMAGED = "is damaged"
PROTECTED = "has a password or an old format"


DECLARED = "brings a document type declaration"
ENTITY = '<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>'
NOISE = random.Random(0).randbytes(2**19).hex().encode()[:-12]
"""So long that the declaration after it lies across two readings."""


@dataclass(frozen=True)
class Upload:
    """One file. make: its content, made when it is sent."""

    cause: str
    name: str
    make: Callable[[], bytes]
    words: str


def declaring(member: str, encoding: str) -> bytes:
    """An office file whose main part has a document type."""
    return files.zipped({"[Content_Types].xml": files.CONTENT_TYPES, member: ENTITY.encode(encoding)})


def with_pages(count: int) -> bytes:
    """A PDF with so many pages."""
    return files.pdf(count)


def claiming(count: int) -> bytes:
    """A PDF whose page tree says more pages than it has."""
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.Root.Pages.Count = count
        document.Root.Pages.Kids = pikepdf.Array([document.Root.Pages])
        document.save(out)
    return out.getvalue()


def png(content: bytes) -> bytes:
    """A picture with its pixels replaced."""
    whole = files.image("PNG")
    start = whole.index(b"IDAT")
    return whole[: start + 4] + content + whole[start + 4 + len(content) :]


def bomb(mebibytes: int) -> bytes:
    """An office file that unfolds to much more than it weighs."""
    return files.office("word/document.xml", **{"word/big.bin": b"\0" * mebibytes * 2**20})


UPLOADS = (
    Upload("a program", "tool.exe", lambda: files.EXE, TYPE),
    Upload("a program called a report", "report.pdf", lambda: files.EXE, OTHER),
    Upload("a report with two extensions", "report.pdf.exe", files.pdf, TYPE),
    Upload("a file without an extension", "README", files.pdf, TYPE),
    Upload("a file named by its extension only", ".pdf", lambda: b"", ""),
    Upload("an old Word file", "report.doc", lambda: files.OLE2, TYPE),
    Upload("a drawing with a script", "drawing.svg", lambda: files.SVG, TYPE),
    Upload("a page of the web", "page.html", lambda: files.HTML, TYPE),
    Upload("a page of the web called a PDF", "page.pdf", lambda: files.HTML, OTHER),
    Upload("a drawing called a picture", "drawing.png", lambda: files.SVG, OTHER),
    Upload("an archive", "all.zip", lambda: files.zipped({"a": b"x"}), TYPE),
    Upload("an archive called a document", "all.docx", lambda: files.zipped({"a": b"x"}), OTHER),
    Upload("a table called a document", "table.docx", lambda: files.XLSX, OTHER),
    Upload("a picture called a PDF", "photo.pdf", lambda: files.image("PNG"), OTHER),
    Upload("a JPEG called a PNG", "photo.png", lambda: files.image("JPEG"), OTHER),
    Upload("an empty file", "empty.pdf", lambda: b"", "is empty"),
    Upload("a PDF with a password", "secret.pdf", lambda: files.pdf(password="x"), "has a password"),
    Upload("a PDF that ends after its head", "head.pdf", lambda: b"%PDF-1.7\n", DAMAGED),
    Upload("a PDF cut in half", "half.pdf", lambda: files.pdf(40)[:300], DAMAGED),
    Upload("a PDF without a page", "none.pdf", lambda: with_pages(0), DAMAGED),
    Upload("a PDF of 3001 pages", "thick.pdf", lambda: with_pages(3001), "pages"),
    Upload("a PDF whose pages hold each other", "loop.pdf", lambda: claiming(2), DAMAGED),
    Upload("a PDF with an archive behind it", "both.pdf", lambda: files.pdf() + files.zipped({"a": b"x"}), ""),
    Upload("a picture of 40000 by 40000 points", "huge.png", lambda: files.huge_png(40_000, 40_000), "100 million pixels"),
    Upload("a picture of four thousand million points across", "wide.png", lambda: files.huge_png(2**31 - 1, 1), ""),
    Upload("a picture of no points", "zero.png", lambda: files.huge_png(0, 0), DAMAGED),
    Upload("a picture with broken pixels", "noise.png", lambda: png(zlib.compress(b"x")), DAMAGED),
    Upload("a picture cut off", "cut.jpg", lambda: files.image("JPEG", (400, 300))[:500], DAMAGED),
    Upload("a document with macros", "macro.docx", lambda: files.office("word/document.xml", **{"word/vbaProject.bin": b"x"}),
           "contains macros"),
    Upload("a document that names a file of the server", "entity.docx", lambda: declaring("word/document.xml", "utf-8"), DECLARED),
    Upload("a table that names a file of the server", "entity.xlsx", lambda: declaring("xl/workbook.xml", "utf-16"), DECLARED),
    Upload("a document that names a file deep inside", "deep.docx",
           lambda: files.office("word/document.xml", **{"word/_rels/a.rels": b"<!--" + NOISE + b"-->" + ENTITY.encode()}),
           DECLARED),
    Upload("a document that may hold macros", "macro.docm", lambda: files.DOCX, TYPE),
    Upload("a document with a password", "locked.docx", lambda: files.OLE2, PROTECTED),
    Upload("a document whose members are locked", "locked2.docx", files.encrypted_member, PROTECTED),
    Upload("a document that unfolds to 60 MB", "bomb.docx", lambda: bomb(60), "unpacked than packed"),
    Upload("a document of 2001 members", "many.docx",
           lambda: files.office("word/document.xml", **{f"word/{n}.xml": b"x" for n in range(2001)}), "unpacked than packed"),
    Upload("a document with a member that climbs", "climb.docx", lambda: files.office("word/document.xml", **{"../../x": b"x"}), DAMAGED),
    Upload("a document with an absolute member", "abs.docx", lambda: files.office("word/document.xml", **{"/etc/x": b"x"}), DAMAGED),
    Upload("a document cut off", "cut.docx", lambda: files.DOCX[:120], DAMAGED),
    Upload("a presentation called a table", "slides.xlsx", lambda: files.PPTX, OTHER),
    Upload("a document called an OFD", "form.ofd", lambda: files.DOCX, OTHER),
)  # fmt: skip


def book(fill: Callable[[Any, Any], object], headings: list[str]) -> bytes:
    """A workbook; fill writes below its headings, into the first sheet of a book."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as made:
        sheet = made.add_worksheet()
        for at, heading in enumerate(headings):
            sheet.write_string(0, at, heading)
        fill(made, sheet)
    return out.getvalue()


ROW = ("沈括", "shen@example.cn", "云川大学", "教授", "管理", "云川", "2028-12-31")


def row(**changed: Any) -> Callable[[Any, Any], None]:
    """One line that would be taken, with some of its cells (c0, c1, ...) changed."""

    def fill(_: Any, sheet: Any) -> None:
        for at, value in enumerate(ROW):
            sheet.write(1, at, changed.get(f"c{at}", value))

    return fill


def formula(_: Any, sheet: Any) -> None:
    """A name that is computed."""
    row()(_, sheet)
    sheet.write_formula(1, 0, '="沈"&"括"', value="沈括")


def merged(made: Any, sheet: Any) -> None:
    """Two cells made one."""
    row()(made, sheet)
    sheet.merge_range(1, 0, 2, 0, "沈括")


def error_cell(made: Any, sheet: Any) -> None:
    """A cell that shows an error."""
    row()(made, sheet)
    sheet.write_formula(1, 2, "=1/0", value="#DIV/0!")


def twice(made: Any, sheet: Any) -> None:
    """The same judge on two lines."""
    row()(made, sheet)
    for at, value in enumerate(ROW):
        sheet.write(2, at, value)


BOOKS = (
    ("a workbook without a line", lambda *_: None, "no lines below"),
    ("a judge whose name is computed", formula, "is computed"),
    ("a judge in merged cells", merged, "is merged"),
    ("a cell that shows an error", error_cell, "shows an error"),
    ("the same judge on two lines", twice, "stands in row 2 already"),
    ("a judge without a name in a table", row(c0=""), "Fill this in"),
    ("a judge without an address in a table", row(c1=""), "Fill this in"),
    ("an address in a table that is none", row(c1="shen at example"), "mail address"),
    ("a last day in a table that is none", row(c6="31.12.2028"), "year-month-day"),
    ("a last day in a table on 30 February", row(c6="2028-02-30"), "year-month-day"),
    ("an institution of 500 characters in a table", row(c2="院" * 130), "At most"),
)  # fmt: skip
