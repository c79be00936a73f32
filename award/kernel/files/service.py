"""Taking files in: the slow part without a session, then the row; and sweeping out what no row names."""

import contextlib
import io
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from award.kernel.errors import Conflict, Invalid
from award.kernel.files.inspect import inspect_upload
from award.kernel.files.kinds import MEDIA_TYPES, display_name, extension_of
from award.kernel.files.models import StoredFile
from award.kernel.files.preview import pictures
from award.kernel.files.storage import CHUNK, Storage, storage
from award.kernel.i18n import N_
from award.kernel.settings import settings

ORPHAN_AGE = timedelta(hours=24)


@dataclass(frozen=True)
class Limits:
    """What is taken at one place. mib: largest size. extensions: None means every kind."""

    mib: int = 50
    extensions: frozenset[str] | None = None


@dataclass(frozen=True)
class Prepared:
    """A content that is stored and known, but has no row yet. size: bytes."""

    sha256: str
    size: int
    name: str
    media_type: str
    extension: str
    pages: int | None


def prepare_upload(
    filename: str, stream: BinaryIO, limits: Limits, *, field: str = "file", store: Storage | None = None
) -> Prepared:
    """Receives, inspects and stores an uploaded content. Slow: call it before the session is first used.

    field: the form field that refusals name. Raises Invalid: too large, or anything inspect_upload refuses.
    """
    with _received(filename, stream, limits, field) as path:
        seen = inspect_upload(path, filename, field=field, allowed=limits.extensions)
        with path.open("rb") as content:
            blob = (store or storage()).put(content)
    return Prepared(blob.sha256, blob.size, seen.name, seen.media_type, seen.extension, seen.pages)


def prepare_generated(name: str, content: bytes, pages: int | None = None, *, store: Storage | None = None) -> Prepared:
    """Stores a content this system made itself. Raises ValueError for a name without a known extension."""
    extension = extension_of(name)
    if extension not in MEDIA_TYPES:
        raise ValueError(f"unknown extension of {name!r}")
    blob = (store or storage()).put(io.BytesIO(content))
    return Prepared(blob.sha256, blob.size, display_name(name), MEDIA_TYPES[extension], extension, pages)


def keep(
    session: Session,
    prepared: Prepared,
    actor_person_id: int | None,
    now: datetime,
    purpose: str,
    *,
    store: Storage | None = None,
) -> StoredFile:
    """Writes the row of a prepared content. Raises Conflict if the content was swept out meanwhile."""
    if not (store or storage()).exists(prepared.sha256):
        raise Conflict("file.gone", N_("“{name}” waited too long. Upload it once more."), name=prepared.name)
    stored = StoredFile(
        sha256=prepared.sha256, size=prepared.size, name=prepared.name, media_type=prepared.media_type,
        extension=prepared.extension, pages=prepared.pages, purpose=purpose, created_by=actor_person_id, created_at=now,
    )  # fmt: skip
    session.add(stored)
    session.flush()
    return stored


def kept_paper(session: Session, sent: int | None, before: int | None) -> int | None:
    """The file a new version rests on: the one before where no other was sent, or the same once more."""
    files = [None if one is None else session.get_one(StoredFile, one) for one in (sent, before)]
    if files[0] is None or (files[1] is not None and files[0].sha256 == files[1].sha256):
        return before
    return sent


@contextmanager
def _received(filename: str, stream: BinaryIO, limits: Limits, field: str) -> Iterator[Path]:
    incoming = settings().directory / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=incoming) as file:
        size = 0
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > limits.mib * 2**20:
                text = N_("“{name}” is larger than {mib} MB. Make it smaller or split it.")
                raise Invalid.one(field, text, name=display_name(filename), mib=limits.mib)
            file.write(chunk)
        file.flush()
        yield Path(file.name)


def sweep_orphans(session: Session, now: datetime, *, store: Storage | None = None) -> int:
    """Deletes contents that no row has named for a day, with the pages drawn of them; answers how many.

    now: real time. A content is a day old before it counts, so that an upload under way is never touched.
    """
    store = store or storage()
    named = set(session.scalars(select(StoredFile.sha256).distinct()))
    swept = 0
    for blob in store.blobs():
        if blob.sha256 not in named and blob.kept_at < now - ORPHAN_AGE:
            store.delete(blob.sha256)
            shutil.rmtree(pictures() / blob.sha256, ignore_errors=True)
            swept += 1
    _sweep_incoming(now)
    return swept


def _sweep_incoming(now: datetime) -> None:
    directory = settings().directory
    for path in (*(directory / "incoming").glob("*"), *(directory / "files" / "incoming").glob("*")):
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < (now - ORPHAN_AGE).timestamp():
                path.unlink()
