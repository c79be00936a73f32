"""Stored PDFs shown page by page: each page drawn once, then kept on the disk."""

import os
import tempfile
from pathlib import Path

from award.kernel.errors import Conflict, NotFound
from award.kernel.files.children import run_child
from award.kernel.files.models import StoredFile
from award.kernel.files.storage import Storage, storage
from award.kernel.i18n import N_
from award.kernel.settings import settings

WIDTHS = (240, 960, 1600)
"""The only widths drawn, in pixels, so that nobody can fill the disk: an overview, a screen, a large screen."""
NO_PAGE = 3


def pictures() -> Path:
    """Where drawn pages are kept; everything in it can be drawn again."""
    return settings().directory / "pages"


def page_picture(stored: StoredFile, number: int, width: int, store: Storage | None = None) -> bytes:
    """One page of a stored PDF as PNG. number: from 1. width: pixels, taken up to the next of WIDTHS.

    Raises NotFound for a page that is not there or a file without pages, Conflict for one that cannot be drawn.
    """
    if stored.extension != "pdf" or stored.pages is None or not 1 <= number <= stored.pages:
        raise NotFound
    exact = next((one for one in WIDTHS if one >= width), WIDTHS[-1])
    kept = pictures() / stored.sha256 / f"{number}-{exact}.png"
    if kept.is_file():
        return kept.read_bytes()
    picture = render_page((store or storage()).path(stored.sha256), number, exact)
    _keep(kept, picture)
    return picture


def render_page(pdf: Path, number: int, width: int) -> bytes:
    """Draws a page in a child process. Raises NotFound, Conflict."""
    ended = run_child("award.kernel.files.picturing", str(pdf.resolve()), str(number), str(width))
    if ended.code == NO_PAGE:
        raise NotFound
    if ended.code != 0 or not ended.output:
        raise Conflict(
            "page.not_drawn", N_("Page {number} cannot be shown here. Download the file to read it."), number=number
        )
    return ended.output


def _keep(target: Path, picture: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(picture)
    Path(aside).replace(target)
