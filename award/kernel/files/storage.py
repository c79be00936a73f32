"""Where contents are kept: under their SHA-256, so that no name a person typed ever becomes a path."""

import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from award.kernel.settings import settings

CHUNK = 2**20
HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Blob:
    """A stored content. size: bytes. kept_at: when it was last put, UTC."""

    sha256: str
    size: int
    kept_at: datetime


class Storage(Protocol):
    """What a place for contents must do; a directory today, an object store later."""

    def put(self, stream: BinaryIO) -> Blob:
        """Keeps a content; it is on the disk when this returns. The same content again only renews its time."""

    def open(self, sha256: str) -> BinaryIO:
        """The content. Raises FileNotFoundError."""

    def path(self, sha256: str) -> Path:
        """The content as a local file, for child processes and for sending. Raises FileNotFoundError."""

    def exists(self, sha256: str) -> bool:
        """Whether the content is kept."""

    def delete(self, sha256: str) -> None:
        """Removes the content; one that is not there is no error."""

    def blobs(self) -> Iterator[Blob]:
        """Everything kept."""


class DirectoryStorage:
    """Contents in a local directory: ab/cd...; written aside, flushed, then renamed."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, stream: BinaryIO) -> Blob:
        """See Storage."""
        incoming = self.root / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        handle, aside = tempfile.mkstemp(dir=incoming)
        try:
            with os.fdopen(handle, "wb") as file:
                while chunk := stream.read(CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            target = self._place(digest.hexdigest())
            target.parent.mkdir(parents=True, exist_ok=True)
            Path(aside).replace(target)
        except BaseException:
            Path(aside).unlink(missing_ok=True)
            raise
        _flush_directory(target.parent)
        return Blob(digest.hexdigest(), size, _modified(target))

    def open(self, sha256: str) -> BinaryIO:
        """See Storage."""
        return self._place(sha256).open("rb")

    def path(self, sha256: str) -> Path:
        """See Storage."""
        place = self._place(sha256)
        if not place.is_file():
            raise FileNotFoundError(place)
        return place

    def exists(self, sha256: str) -> bool:
        """See Storage."""
        return self._place(sha256).is_file()

    def delete(self, sha256: str) -> None:
        """See Storage."""
        self._place(sha256).unlink(missing_ok=True)

    def blobs(self) -> Iterator[Blob]:
        """See Storage."""
        for path in self.root.glob("[0-9a-f][0-9a-f]/*"):
            # A blob may vanish while others are looked at.
            with contextlib.suppress(FileNotFoundError):
                yield Blob(path.parent.name + path.name, path.stat().st_size, _modified(path))

    def _place(self, sha256: str) -> Path:
        if not HASH.fullmatch(sha256):
            raise ValueError("not a SHA-256 in lower-case hexadecimal digits")
        return self.root / sha256[:2] / sha256[2:]


def _modified(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _flush_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def storage() -> Storage:
    """The storage of this installation."""
    return DirectoryStorage(settings().directory / "files")
