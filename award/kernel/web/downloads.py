"""Sending stored files: never as something a browser would run."""

from urllib.parse import quote

from fastapi import Response
from fastapi.responses import FileResponse

from award.kernel.files.models import StoredFile
from award.kernel.files.storage import Storage, storage

SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg"})
"""Media types a browser may show in its window."""


def disposition(name: str, *, inline: bool) -> str:
    """Content-Disposition with an ASCII name and the full one. Source: RFC 6266, RFC 5987."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in name)
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def send_file(
    stored: StoredFile, *, inline: bool = False, name: str | None = None, store: Storage | None = None
) -> Response:
    """The content of a stored file. inline: shown in the window where that is safe. name: instead of its own.

    Raises FileNotFoundError if the content is missing. Who may have the file is decided before.
    """
    shown = inline and stored.media_type in SHOWN
    headers = {
        "content-disposition": disposition(name or stored.name, inline=shown),
        "content-security-policy": "sandbox; default-src 'none'",
        "x-content-type-options": "nosniff",
        "cache-control": "private, no-store",
    }
    return FileResponse((store or storage()).path(stored.sha256), media_type=stored.media_type, headers=headers)


def send_picture(picture: bytes) -> Response:
    """A drawn page. It is not kept in caches: a judge's laptop keeps no copies (security.md T20)."""
    headers = {"content-security-policy": "sandbox; default-src 'none'", "x-content-type-options": "nosniff",
               "cache-control": "private, no-store"}  # fmt: skip
    return Response(picture, media_type="image/png", headers=headers)
