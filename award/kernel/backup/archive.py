"""The file a backup is: a ZIP of the database and the stored contents, closed by a manifest with the hash of everything."""

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import IO

from award.kernel.audit.heads import MANIFEST, parse_heads

FORMAT = 1
CHUNK = 2**20


class BackupError(Exception):
    """Why a backup or its restoring was not done, in a sentence for the operator."""


@dataclass(frozen=True)
class Member:
    """One file in the archive. size: bytes, unpacked."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. made_at: UTC. revision: of the tables. versions: of the software that made it.

    heads: stream of the trail -> its last number and link. missing: contents the database names that were not there.
    """

    format: int
    made_at: str
    kind: str
    revision: str
    versions: Mapping[str, str]
    heads: Mapping[str, tuple[int, str]]
    missing: tuple[str, ...]
    members: tuple[Member, ...]

    @property
    def database(self) -> Member:
        """The database among the members."""
        return next(one for one in self.members if one.path.startswith("database/"))

    @property
    def contents(self) -> tuple[Member, ...]:
        """The stored contents among the members."""
        return tuple(one for one in self.members if one.path.startswith("files/"))

    def as_json(self) -> str:
        """Readable, one member a few lines."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "Manifest":
        """Raises BackupError for anything else than a manifest of this format."""
        try:
            told = json.loads(text)
            if told["format"] != FORMAT:
                raise BackupError(f"this backup has format {told['format']}; this version reads format {FORMAT}")
            values = {one.name: told[one.name] for one in fields(cls)}
            values["members"] = tuple(Member(**one) for one in told["members"])
            values["heads"] = parse_heads(told["heads"])
            values["missing"] = tuple(told["missing"])
            made = cls(**values)
            made.database  # noqa: B018 (a manifest without a database is none)
        except (ValueError, KeyError, TypeError, AttributeError, StopIteration) as error:
            raise BackupError("the manifest of this backup cannot be read; take another backup") from error
        return made


class Writer:
    """Fills an archive and remembers what went in."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.members: list[Member] = []

    def add(self, path: str, source: IO[bytes], *, compress: bool) -> Member:
        """Adds one file. compress: for what is not compressed already."""
        entry = zipfile.ZipInfo(path)
        entry.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
        entry.external_attr = 0o600 << 16
        with self.archive.open(entry, "w", force_zip64=True) as target:
            sha256, size = _copy(source, target)
        member = Member(path, sha256, size)
        self.members.append(member)
        return member

    def close_with(self, manifest: Manifest) -> None:
        """The manifest comes last: an archive without one was never finished."""
        self.archive.writestr(zipfile.ZipInfo(MANIFEST), manifest.as_json())


@contextmanager
def writing(target: Path) -> Iterator[Writer]:
    """An archive that appears under its name only when it is whole and on the disk. Only its owner may read it."""
    aside = target.with_name(f".{target.name}.part")
    handle = os.open(aside, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "w+b") as file:
            with zipfile.ZipFile(file, "w", allowZip64=True) as archive:
                yield Writer(archive)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(target)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


@contextmanager
def opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """A backup and its manifest. Raises BackupError for what is none, or was cut off."""
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError as error:
        raise BackupError(f"there is no file {path}") from error
    except (OSError, zipfile.BadZipFile) as error:
        raise BackupError(f"{path} is not a backup, or its end is missing; take another backup") from error
    with archive:
        try:
            text = archive.read(MANIFEST).decode()
        except (KeyError, UnicodeDecodeError, zipfile.BadZipFile, zlib.error) as error:
            raise BackupError(f"{path} has no readable manifest: it is damaged or not a backup") from error
        yield archive, Manifest.from_json(text)


def unpack(archive: zipfile.ZipFile, manifest: Manifest, into: Path) -> None:
    """Writes every member below a folder. Raises BackupError naming the first that is not what the manifest says."""
    known = {one.path for one in manifest.members} | {MANIFEST}
    strangers = sorted(set(archive.namelist()) - known)
    if strangers:
        raise BackupError(f"damaged: {strangers[0]} is in the archive but not in its manifest")
    for member in manifest.members:
        target = into / member.path
        if not target.resolve().is_relative_to(into.resolve()):
            raise BackupError(f"damaged: {member.path} would leave the folder")
        target.parent.mkdir(parents=True, exist_ok=True)
        found = None
        with (
            suppress(KeyError, zipfile.BadZipFile, zlib.error, EOFError),
            archive.open(member.path) as source,
            target.open("xb") as file,
        ):
            found = _copy(source, file)
            file.flush()
            os.fsync(file.fileno())
        if found != (member.sha256, member.size):
            raise BackupError(f"damaged: {member.path} is not what the manifest says")


def sha256_of(source: IO[bytes]) -> str:
    """Of everything from here to the end."""
    return _copy(source, None)[0]


def _copy(source: IO[bytes], target: IO[bytes] | None) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
        if target is not None:
            target.write(chunk)
    return digest.hexdigest(), size
