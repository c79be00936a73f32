"""Renders a document from its view. Runs in the rendering process only; everybody else asks award.press.pool.

All text reaches the page through autoescape; what a person wrote is never markup.
"""

import hashlib
import io
import logging
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

import pikepdf
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from award.kernel.i18n import format_day, translate
from award.kernel.settings import ROOT
from award.press import chinese, ornament, paper, qr
from award.press.charts import dot_strip, percent_text
from award.press.document import PASSING, BrokenView, Kind, PressError, Rendered, data_hash
from award.press.figures import Figures, fitting
from award.press.kinds import VIEWS
from award.press.records import BookView, CommentsView, RegisterView, SheetView, SummaryRemarks, SummaryView
from award.press.views import CertificateView, FeedbackReportView, ItemRemarks, NoticeView

log = logging.getLogger("award.press")
TEMPLATES = ROOT / "templates"
RECORD = ("layout.html", "record.html", "record.css", "page.css")
"""What the papers of a review share."""
SOURCES: Mapping[Kind, tuple[str, ...]] = {
    "book": ("book.html", "book.css", *RECORD),
    "certificate": ("certificate.html", "certificate.css"),
    "comments": ("comments.html", *RECORD),
    "feedback_report": ("feedback_report.html", "feedback_report.css", "page.css"),
    "notice": ("notice.html", "notice.css"),
    "register": ("register.html", "register.css", *RECORD),
    "score_sheet": ("score_sheet.html", "score_sheet.css", *RECORD),
    "summary": ("summary.html", "summary.css", *RECORD),
}
"""The first template of each is the one that is filled."""
PIXEL = 25.4 / 96
QR_PLACE = ((33 + 0.25 + 1.2) / PIXEL, (158 + 0.25 + 1.2) / PIXEL, 23 / PIXEL)
"""Left, top and width of a certificate's QR code in pixels of its style sheet: inside border and padding of the box `.code`."""
INVISIBLE = {"Cc", "Cf", "Cs"}
"""Categories of Unicode. Private-use characters stay: as they are in no font, they are reported and not lost silently."""


def printable(value: object) -> object:
    """Text without control and direction-changing characters: none of them has a place on paper."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return "".join(one for one in value if one in "\n\t" or unicodedata.category(one) not in INVISIBLE)
    return value


def _written(remarks: ItemRemarks | SummaryRemarks) -> int:
    """Characters of the longer column: what is longer than half a page is allowed to break over pages."""
    return max(sum(len(one.text) for one in column) for column in (remarks.strengths, remarks.opportunities))


def _narrow_quotes(value: object) -> object:
    """Straight quotation marks for English: our faces draw the curly ones as wide as a 汉字. Among 汉字 they stay curly."""
    if isinstance(value, str) and not isinstance(value, Markup) and not re.search(f"[{chinese.HAN}]", value):
        return value.translate(str.maketrans("‘’“”", "''\"\""))
    return value


def _unbroken(text: str) -> Markup:
    """Text in which the number of a standard stays on one line."""
    return Markup(re.sub(r"GB/[TZ] [\d.]+[—-]\d{4}", r'<span class="standard">\g<0></span>', str(escape(text))))  # noqa: S704  escaped


@lru_cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, finalize=printable,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip

    def translated(text: str, **params: object) -> str:
        return translate(language, text, params)

    environment.globals.update(_=translated, fitting=fitting, cover_ground=_cover_ground, format_day=format_day, dot_strip=dot_strip)
    is_chinese = language == "zh"
    if not is_chinese:
        environment.finalize = lambda value: _narrow_quotes(printable(value))
    environment.filters.update(
        zh=chinese.zh if is_chinese else str, official=chinese.official, chinese_date=chinese.chinese_date, percent=percent_text,
        written=_written, unbroken=_unbroken,
        grouped=lambda code: "-".join(re.findall(".{1,4}", code)),
    )  # fmt: skip
    return environment


@lru_cache
def _cover_ground() -> Markup:
    return Markup(ornament.cover_ground())  # noqa: S704  numbers only


@lru_cache
def _ground(ring: str) -> tuple[pikepdf.Pdf, pikepdf.Object]:
    """The frame and guilloche of a certificate, drawn once in the life of the process: its file, held open, and the drawing."""
    style = "@page { size: 297mm 210mm; margin: 0 } body { margin: 0 } svg { display: block }"
    drawing = Markup(ornament.certificate_ground(ring))  # noqa: S704  numbers only
    pdf, _ = paper.typeset(Markup('<!doctype html><title></title><style>{}</style>{}').format(style, drawing))
    file = paper.opened(pdf)
    return file, file.pages[0].as_form_xobject()


@lru_cache
def template_version(kind: Kind) -> str:
    """Twelve characters that change with the template, its styles or the drawings."""
    here = ROOT / "award" / "press"
    files = [TEMPLATES / "print" / name for name in (*SOURCES[kind], "elements.css")]
    files += [here / name for name in ("charts.py", "ornament.py", "figures.py", "qr.py")]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def _html(kind: Kind, language: str, **context: Any) -> str:
    return _environment(language).get_template(f"print/{SOURCES[kind][0]}").render(**context)


def _feedback_report(view: FeedbackReportView) -> tuple[bytes, int]:
    def translated(text: str, **params: object) -> str:
        return translate(view.language, text, params)

    return paper.typeset(_html("feedback_report", view.language, view=view, figures=Figures(view, translated)), tagged=True)


def _notice(view: NoticeView) -> tuple[bytes, int]:
    tables = [one for one in (view.table, *(annex.table for annex in view.annexes)) if one is not None]
    widths = sorted({width for table in tables for width in table.widths})
    return paper.typeset(_html("notice", "zh", view=view, widths=widths), tagged=True)


def _record(kind: Kind, view: BookView | CommentsView | RegisterView | SheetView | SummaryView) -> tuple[bytes, int]:
    """A paper that its template fills from its view alone."""
    return paper.typeset(_html(kind, view.head.language, view=view), tagged=True)


RENDERERS: Mapping[Kind, Callable[[Any], tuple[bytes, int]]] = {"feedback_report": _feedback_report, "notice": _notice}


def render(kind: Kind, view: Any) -> Rendered:
    """One document. Raises PressError, MissingGlyphs; TypeError when the view is not of this kind."""
    if not isinstance(view, VIEWS[kind]):
        raise TypeError(f"a {kind} is made from a {VIEWS[kind].__name__}")
    if kind == "certificate":
        return _certificates([cast(CertificateView, view)])[0]
    pdf, pages = RENDERERS[kind](view) if kind in RENDERERS else _record(kind, view)
    with paper.opened(pdf) as file:
        return _rendered(kind, view, pdf, pages, paper.embedded_fonts(file))


def render_batch(views: Sequence[CertificateView]) -> list[Rendered | PressError]:
    """Some 50 certificates, in the order of their views; one that cannot be made is an error in its place and stops no other."""
    try:
        return list(_certificates(views))
    except PASSING:
        raise
    except Exception:  # each by itself tells which of them it was
        return [attempt("certificate", view) for view in views]


def attempt(kind: Kind, view: Any) -> Rendered | PressError:
    """One document, or why it can never be made. Raises what may pass (PASSING)."""
    try:
        return render(kind, view)
    except PressError as problem:
        return problem
    except PASSING:
        raise
    except Exception as fault:  # whatever a damaged record does to a template
        log.exception("a record cannot be made into a document")
        return BrokenView(f"{type(fault).__name__}: {fault}")


def _certificates(views: Sequence[CertificateView]) -> list[Rendered]:
    """Sets all of them as one file, for the fonts are cut once for it, and cuts that into files of one page each."""
    pdf, pages = paper.typeset(_html("certificate", "zh", views=views))
    if pages != len(views):
        raise PressError("The certificate does not fit on one page: shorten its citation.")
    with paper.opened(pdf) as whole:
        fonts = paper.embedded_fonts(whole)
        return [_single(view, page, fonts) for view, page in zip(views, whole.pages, strict=True)]


def _single(view: CertificateView, page: pikepdf.Page, fonts: tuple[str, ...]) -> Rendered:
    with pikepdf.new() as single:
        single.pages.append(page)
        only = single.pages[0]
        only.add_resource(single.copy_foreign(_ground(view.ring)[1]), pikepdf.Name.XObject, pikepdf.Name("/Ground"))
        only.contents_add(b"q /Ground Do Q q", prepend=True)
        only.contents_add(b"Q q 0.75 0 0 -0.75 0 595.275591 cm\n" + qr.drawing(view.verify_url, *QR_PLACE) + b"\nQ")
        single.Root.Lang = pikepdf.String("zh-CN")
        single.docinfo["/Title"] = pikepdf.String(f"{view.award_title} {view.recipient}")
        out = io.BytesIO()
        single.save(out, deterministic_id=True, min_version="1.7")
        return _rendered("certificate", view, out.getvalue(), 1, fonts)


def _rendered(kind: Kind, view: Any, pdf: bytes, pages: int, fonts: tuple[str, ...]) -> Rendered:
    return Rendered(pdf, hashlib.sha256(pdf).hexdigest(), pages, fonts, data_hash(view), template_version(kind))
