"""Making a backup of a running installation, and restoring one into an empty place."""

import platform
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from award.kernel import clock, db, migrating
from award.kernel.actor import SYSTEM
from award.kernel.audit.heads import heads_of
from award.kernel.audit.trail import ADMIN, record, transaction
from award.kernel.audit.verify import Verdict, verify
from award.kernel.backup import databases
from award.kernel.backup.archive import FORMAT, BackupError, Manifest, Writer, opened, sha256_of, unpack, writing
from award.kernel.events import Event
from award.kernel.files.models import StoredFile
from award.kernel.files.storage import Storage, storage
from award.kernel.settings import ROOT


@dataclass(frozen=True)
class Made:
    """A finished backup. sha256: of the whole file, to be kept elsewhere."""

    path: Path
    sha256: str
    manifest: Manifest


@dataclass(frozen=True)
class Restored:
    """What came back. same_heads: whether the trail ends where the manifest says it did."""

    manifest: Manifest
    verdict: Verdict
    same_heads: bool


def back_up(engine: Engine, to: Path, *, store: Storage | None = None) -> Made:
    """Copies the database as it is at one moment, then every stored content it names; the site goes on serving.

    Effects: one file in `to`, readable by its owner only; a record in the trail. Raises BackupError; then there is no file.
    """
    now = clock.real_now()
    target = to / f"award-{now:%Y%m%d-%H%M%S}.zip"
    if target.exists():
        raise BackupError(f"{target} exists already; wait a second")
    with _folder(to) as aside, databases.copied(engine, aside) as copy:
        revision = migrating.revision_of(copy.reader)
        if revision is None:
            raise BackupError("this database has no tables of the award system; there is nothing to back up")
        with writing(target) as archive:
            kind = engine.dialect.name
            with copy.path.open("rb") as file:
                archive.add(databases.NAMES[kind], file, compress=kind == databases.SQLITE)
            missing = _add_contents(archive, copy.reader, store or storage())
            versions = {"award": _version(), "python": platform.python_version(), kind: copy.version}
            heads = heads_of(copy.reader)
            manifest = Manifest(
                FORMAT, now.isoformat(), kind, revision, versions, heads, tuple(missing), tuple(archive.members)
            )
            archive.close_with(manifest)
    made = Made(target, _hash_of(target), manifest)
    _note(engine, Event.BACKUP_MADE, made.path, made.sha256, manifest)
    return made


@contextmanager
def _folder(to: Path) -> Iterator[Path]:
    """A folder inside `to`, gone afterwards; where no backup is made, so are the folders made for it."""
    made = [one for one in (to, *to.parents) if not one.exists()]
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with tempfile.TemporaryDirectory(dir=to, prefix=".making-") as aside:
            yield Path(aside)
    except BaseException:
        with suppress(OSError):  # somebody else put something there
            for one in made:
                one.rmdir()
        raise


def _add_contents(archive: Writer, reader: Connection, store: Storage) -> list[str]:
    """Contents are written once and never changed, so they may be copied after the database; answers with what is lost."""
    missing = []
    for sha256 in reader.scalars(select(StoredFile.sha256).distinct().order_by(StoredFile.sha256)).all():
        try:
            with store.open(sha256) as content:
                whole = sha256_of(content) == sha256
                content.seek(0)
                if whole:
                    archive.add(_place(sha256), content, compress=False)
                    continue
        except FileNotFoundError:
            pass
        missing.append(sha256)
    return missing


def _place(sha256: str) -> str:
    return f"files/{sha256[:2]}/{sha256[2:]}"


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return sha256_of(file)


def _version() -> str:
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def _note(
    engine: Engine, event: Event, path: Path, sha256: str, manifest: Manifest, *, ends_sessions: bool = False
) -> None:
    content: dict[str, object] = {
        "file": path.name, "sha256": sha256, "made_at": manifest.made_at, "revision": manifest.revision
    }  # fmt: skip
    with transaction(engine) as session:
        if ends_sessions:
            content["sessions_ended"] = databases.end_sessions(session, clock.real_now())
        record(session, SYSTEM, event, f"backup:{sha256[:16]}", ADMIN, content)


def restore(path: Path, into: Path, database: str = "") -> Restored:
    """Puts a backup into an empty folder, for PostgreSQL into an empty database too, then walks the trail.

    Everything is checked before anything is in its place. Effects: every session ends, for one that was ended since would
    run again; a record in the restored trail.
    Raises BackupError; then the folder and the database are as they were.
    """
    with opened(path) as (archive, manifest):
        _refuse(manifest, into, database)
        into.parent.mkdir(parents=True, exist_ok=True)
        with _aside(into) as staged:
            unpack(archive, manifest, staged)
            (staged / "files").mkdir(exist_ok=True)
            if manifest.kind == databases.POSTGRESQL:
                _restore_postgresql(staged, into, database)
                return _look_over(database, path, manifest)
            file = (staged / databases.NAMES[databases.SQLITE]).replace(staged / databases.SQLITE_FILE)
            (staged / "database").rmdir()
            restored = _look_over(f"sqlite:///{file}", path, manifest)
            # Renaming a folder over an empty one is one step.
            staged.replace(into)
            return restored


def _refuse(manifest: Manifest, into: Path, database: str) -> None:
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise BackupError(f"{into} is not an empty folder; name one that is empty or does not exist yet")
    if manifest.revision not in migrating.known_revisions():
        raise BackupError(
            f"this backup has tables of revision {manifest.revision}, which this version does not know. "
            f"Restore it with the version that made it ({manifest.versions.get('award', 'unknown')}) or a newer one"
        )
    if manifest.kind == databases.POSTGRESQL and not database:
        raise BackupError("this backup is of a PostgreSQL database: name an empty one with --database URL")
    if manifest.kind == databases.SQLITE and database:
        raise BackupError("this backup is of a SQLite database, which goes into the folder; leave --database out")


def _restore_postgresql(staged: Path, into: Path, database: str) -> None:
    url = databases.postgresql_url(database)
    migrating.create_database(database)
    databases.require_empty(url)
    dump = staged / databases.NAMES[databases.POSTGRESQL]
    staged.replace(into)
    dump = into / dump.relative_to(staged)
    try:
        databases.load_postgresql(dump, url)
    except BaseException:
        shutil.rmtree(into)
        raise
    dump.unlink()
    dump.parent.rmdir()


@contextmanager
def _aside(into: Path) -> Iterator[Path]:
    """A folder on the same disk, gone afterwards unless it was put in its place."""
    staged = Path(tempfile.mkdtemp(dir=into.parent, prefix=f".{into.name}-"))
    try:
        yield staged
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _look_over(url: str, path: Path, manifest: Manifest) -> Restored:
    engine = db.make_engine(url)
    try:
        with db.reading(engine) as session:
            restored = Restored(manifest, verify(session), heads_of(session.connection()) == dict(manifest.heads))
        migrating.upgrade(engine)
        _note(engine, Event.BACKUP_RESTORED, path, _hash_of(path), manifest, ends_sessions=True)
        return restored
    finally:
        engine.dispose()
