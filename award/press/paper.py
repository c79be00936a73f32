"""HTML to PDF: our fonts only, nothing fetched, every warning an error, every file checked. Imports WeasyPrint.

Only the rendering process imports this module (award.press.child); everybody else asks award.press.pool.
"""

import gc
import io
import logging
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from award.kernel.settings import ROOT
from award.press import fonts
from award.press.document import MissingGlyphs, PressError

FONT_SET = fonts.ensure()
os.environ["FONTCONFIG_FILE"] = str(FONT_SET.config)  # read once, when Pango is loaded by the next import

import pikepdf  # noqa: E402
from weasyprint import CSS, HTML, Document  # noqa: E402
from weasyprint.text.fonts import FontConfiguration  # noqa: E402
from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: E402

CONFIGURATION = FontConfiguration()
SUBSETTER_MISSING = (
    "HarfBuzz's subsetter is missing, without which every document takes seconds: install the system package "
    "libharfbuzz-subset0 (Debian, Ubuntu) or harfbuzz with hb-subset."
)


ELEMENTS = CSS(string=(ROOT / "templates" / "print" / "elements.css").read_text("utf-8"))


class _Page(HTML):  # type: ignore[misc]  # WeasyPrint has no types
    """HTML whose elements have only the properties that our papers need; each further one is weighed for every element."""

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
        return [ELEMENTS]


class NothingFetched(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """Denies every address and remembers it: our documents hold all they need, so whoever asks is not ours.

    WeasyPrint's own fetcher reads files and follows links of a document.
    """

    def __init__(self) -> None:
        super().__init__(allowed_protocols=())
        self.denied: list[str] = []

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """Raises ValueError, always."""
        self.denied.append(url)
        raise ValueError("nothing is fetched for a document")


class _Listener(logging.Handler):
    """Keeps what WeasyPrint complains about."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@contextmanager
def _strictly() -> Iterator[None]:
    """Raises what WeasyPrint only logs: a missing glyph, font, asset, a style it does not know, a slow subsetter."""
    listener, logger = _Listener(), logging.getLogger("weasyprint")
    logger.addHandler(listener)
    propagate, logger.propagate = logger.propagate, False
    try:
        yield
    finally:
        logger.removeHandler(listener)
        logger.propagate = propagate
    if missing := [one.args[0] for one in listener.records if isinstance(one.args, tuple) and one.msg.startswith(".notdef")]:
        raise MissingGlyphs("".join(dict.fromkeys(map(str, missing))))
    if listener.records:
        message = listener.records[0].getMessage()
        raise PressError(SUBSETTER_MISSING if "HarfBuzz-Subset" in message else message)


def typeset(html: str, *, tagged: bool = False) -> tuple[bytes, int]:
    """A PDF and its number of pages. tagged: with the structure that screen readers use.

    Raises PressError (an address was asked for, a warning of WeasyPrint), MissingGlyphs.
    """
    fetcher = NothingFetched()
    gc.disable()  # a document is a burst of small objects: collecting while it grows costs a tenth
    try:
        with _strictly():
            document: Document = _Page(string=html, url_fetcher=fetcher).render(font_config=CONFIGURATION)
            pdf: bytes = document.write_pdf(pdf_tags=tagged)
    except (ValueError, OSError) as problem:
        raise PressError(str(problem)) from problem
    finally:
        gc.enable()
    if fetcher.denied:
        raise PressError(f"The document asked for {fetcher.denied[0]}, and nothing is fetched for a document.")
    return pdf, len(document.pages)


def is_font(thing: pikepdf.Object) -> bool:
    """A font as pages name it; its descendant carries the file."""
    return isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/Font" and "/DescendantFonts" in thing


def embedded_fonts(pdf: pikepdf.Pdf) -> tuple[str, ...]:
    """Families of the fonts in a file, sorted. Raises PressError for one that is not embedded or not ours."""
    known = {family.replace(" ", "-"): family for family in FONT_SET.families}
    found = set()
    for font in pdf.objects:
        if not is_font(font):
            continue
        name = re.sub(r"^/[A-Z]{6}\+", "", str(font.BaseFont))
        descriptor = font.DescendantFonts[0].FontDescriptor
        if not any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")):
            raise PressError(f"The font {name} is not embedded.")
        family = next((known[one] for one in sorted(known, key=len, reverse=True) if name.startswith(one)), None)
        if family is None:
            raise PressError(f"The font {name} is not one of ours.")
        found.add(family)
    return tuple(sorted(found))


def opened(pdf: bytes) -> pikepdf.Pdf:
    """The file, to look into or to split."""
    return pikepdf.open(io.BytesIO(pdf))
