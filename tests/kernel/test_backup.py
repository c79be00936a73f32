"""Backups: taken while others write, restored into an empty place only, and refused when a byte is wrong."""

import hashlib
import json
import os
import shutil
import threading
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, MetaData, select
from typer.testing import CliRunner

from award.accounts.models import SignIn
from award.app import make_app
from award.commands import app as commands
from award.kernel import db
from award.kernel.actor import SYSTEM
from award.kernel.audit.models import AuditOpening
from award.kernel.audit.trail import ADMIN, record, transaction
from award.kernel.audit.verify import verify
from award.kernel.backup import databases
from award.kernel.backup.archive import BackupError
from award.kernel.backup.service import Made, Restored, back_up, restore
from award.kernel.events import Event
from award.kernel.files.service import keep, prepare_generated
from award.kernel.files.storage import DirectoryStorage, storage
from award.kernel.settings import settings
from award.models import metadata
from award.winners.models import Certificate
from award.winners.service import issue_certificates
from tests import make, postgres
from tests.results.acts import to_publication
from tests.results.judged import DAY, World, build
from tests.results.test_deciding import ENTRIES

Rows = dict[str, list[tuple[Any, ...]]]
ONE_MORE = {"audit_head", "audit_record", "audit_opening", "sign_in"}
"""Restoring appends one record to the stream `admin`, and ends every session."""
REVOKED = [column.name for column in SignIn.__table__.columns].index("revoked_at")


@pytest.fixture(autouse=True)
def _client_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{postgres.client_programs()}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def target(any_engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> tuple[Path, str]:
    """An empty place of the same kind: a folder, and for PostgreSQL a database without tables."""
    if any_engine.dialect.name == "sqlite":
        return tmp_path / "second", ""
    url = request.getfixturevalue("postgres_database")
    return tmp_path / "second", url.render_as_string(hide_password=False)


@pytest.fixture
def restored_engine(target: tuple[Path, str]) -> Iterator[Callable[[], Engine]]:
    made: list[Engine] = []

    def open_it() -> Engine:
        made.append(db.make_engine(target[1] or f"sqlite:///{target[0] / databases.SQLITE_FILE}"))
        return made[-1]

    yield open_it
    for one in made:
        one.dispose()


def rows(engine: Engine) -> Rows:
    with db.reading(engine) as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
        }


def with_files(engine: Engine, count: int = 3) -> list[str]:
    prepared = [prepare_generated(f"paper{number}.pdf", b"%%PDF-1.7 %d" % number) for number in range(count)]
    with transaction(engine) as session:
        for one in prepared:
            keep(session, one, None, make.NOW, "evidence")
    return [one.sha256 for one in prepared]


def acted(engine: Engine, number: int) -> None:
    with transaction(engine) as session:
        record(session, SYSTEM, Event.CALENDAR_CHANGED, f"calendar:{number}", ADMIN)


def hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def names_in(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir()]


def made_in(folder: Path, engine: Engine) -> Made:
    return back_up(engine, folder / "backups")


def test_a_published_round_comes_back_whole(
    any_engine: Engine, tmp_path: Path, target: tuple[Path, str], restored_engine: Callable[[], Engine], clock: Any
) -> None:
    world: World = build(any_engine, ENTRIES)
    to_publication(world)
    with transaction(any_engine) as session:
        issue_certificates(session, world.actors["office"], world.found(session), DAY, make.NOW)
        running, ended = make.person(session), make.person(session)
        make.signed_in(session, running)
        make.signed_in(session, ended)
        session.scalars(select(SignIn).where(SignIn.person_id == ended.id)).one().revoked_at = make.NOW
    kept = with_files(any_engine)
    before = rows(any_engine)
    made = made_in(tmp_path, any_engine)
    done = restore(made.path, *target)
    assert (done.verdict.is_whole, done.same_heads) == (True, True)
    engine = restored_engine()
    after = rows(engine)
    assert {name for name in before if before[name] != after[name]} == ONE_MORE
    assert len(after["audit_record"]) == len(before["audit_record"]) + len(["chain:started", "backup:restored"])
    assert before["certificate"]
    with db.reading(engine) as session:
        assert verify(session).is_whole
        assert all(one.revoked_at for one in session.scalars(select(SignIn))), "nobody is signed in there"
        told = session.scalars(select(AuditOpening.content).where(AuditOpening.content.contains("sessions_ended"))).one()
        assert json.loads(told)["sessions_ended"] == sum(row[REVOKED] is None for row in before["sign_in"])
        code = session.scalars(select(Certificate.code).order_by(Certificate.id)).first()
    assert all(DirectoryStorage(target[0] / "files").exists(one) for one in kept)
    with TestClient(make_app(engine), base_url="http://localhost") as visitor:
        page = visitor.get(f"/v/{code}")
    assert page.status_code == 200
    assert "有效：证书信息如下" in page.text


def test_it_is_taken_while_others_write(any_engine: Engine, tmp_path: Path, target: tuple[Path, str]) -> None:
    """What is in it is one moment: the trail ends where the manifest says, though it went on meanwhile."""
    stop, written = threading.Event(), []

    def write() -> None:
        while not stop.is_set():
            acted(any_engine, len(written))
            with_files(any_engine, 1)
            written.append(1)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(written) < 5:
            stop.wait(0.01)
        first = len(written)
        made = made_in(tmp_path, any_engine)
        during = len(written) - first
    finally:
        stop.set()
        writer.join()
    assert during > 0
    done = restore(made.path, *target)
    assert (done.verdict.is_whole, done.same_heads, made.manifest.missing) == (True, True, ())
    assert done.verdict.records == made.manifest.heads[ADMIN][0] < len(written) + 2


def test_the_trail_is_walked_as_of_one_moment(any_engine: Engine) -> None:
    """Else a walk during the day would find a head that has moved on, and call the trail broken."""
    acted(any_engine, 1)
    with db.reading(any_engine) as session:
        assert verify(session).records == 2
        acted(any_engine, 2)
        again = verify(session)
    assert (again.records, again.is_whole) == (2, True)


def test_only_what_the_database_names_is_in_it(any_engine: Engine, tmp_path: Path) -> None:
    kept = with_files(any_engine)
    orphan = prepare_generated("orphan.pdf", b"%PDF-1.7 nobody names this")
    made = made_in(tmp_path, any_engine)
    contents = {one.path.removeprefix("files/").replace("/", ""): one.sha256 for one in made.manifest.contents}
    assert contents == {one: one for one in kept}
    assert orphan.sha256 not in contents
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert (made.path.parent.stat().st_mode & 0o777, names_in(made.path.parent)) == (0o700, [made.path.name])
    assert made.sha256 == hash_of(made.path)
    with db.reading(any_engine) as session:
        assert verify(session).is_whole
    assert [act for act in acts(any_engine) if act.startswith("backup:")] == ["backup:made"]


def acts(engine: Engine) -> list[str]:
    table = metadata.tables["audit_record"]
    with db.reading(engine) as session:
        return list(session.scalars(select(table.c.act).order_by(table.c.seq)))


def test_a_lost_file_does_not_stop_a_backup_but_is_told(
    any_engine: Engine, tmp_path: Path, target: tuple[Path, str]
) -> None:
    lost, rotten, whole = with_files(any_engine)
    storage().delete(lost)
    storage().path(rotten).write_bytes(b"%PDF-1.7 something else")
    settings().database_url = any_engine.url.render_as_string(hide_password=False)
    done = CliRunner().invoke(commands, ["backup", "--to", str(tmp_path / "backups")])
    assert done.exit_code == 1
    assert "LOST: 2 stored files" in done.output
    path = next((tmp_path / "backups").glob("*.zip"))
    restored: Restored = restore(path, *target)
    assert set(restored.manifest.missing) == {lost, rotten}
    assert [one.sha256 for one in restored.manifest.contents] == [whole]


def test_nothing_is_restored_over_something(any_engine: Engine, tmp_path: Path, target: tuple[Path, str]) -> None:
    made = made_in(tmp_path, any_engine)
    into, database = target
    into.mkdir()
    (into / "letter.txt").write_text("mine")
    with pytest.raises(BackupError, match="not an empty folder"):
        restore(made.path, into, database)
    assert names_in(into) == ["letter.txt"]
    (into / "letter.txt").unlink()
    assert restore(made.path, into, database).verdict.is_whole
    if database:
        with pytest.raises(BackupError, match="is not empty"):
            restore(made.path, tmp_path / "third", database)
        assert not (tmp_path / "third").exists()


def forged(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The same archive with other members, as somebody with an editor would make it."""
    with zipfile.ZipFile(path) as source:
        members = {name: source.read(name) for name in source.namelist()}
    change(members)
    other = path.with_name("forged.zip")
    with zipfile.ZipFile(other, "w") as target:
        for name, content in members.items():
            target.writestr(name, content)
    return other


def told(members: dict[str, bytes], /, **values: object) -> None:
    members["manifest.json"] = json.dumps(json.loads(members["manifest.json"]) | values).encode()


def first_file(members: dict[str, bytes]) -> str:
    return next(name for name in members if name.startswith("files/"))


DAMAGES: dict[str, tuple[Callable[[dict[str, bytes]], None], str]] = {
    "a changed file": (lambda members: members.update({first_file(members): b"%PDF-1.7 X"}), r"damaged: files/\w\w/\w{62} is not"),
    "a file gone": (lambda members: members.pop(first_file(members)) and None, r"damaged: files/\w\w/\w{62} is not"),
    "a stranger": (lambda members: members.update({"files/stranger": b"x"}), "files/stranger is in the archive but not"),
    "a newer revision": (lambda members: told(members, revision="2031_01_01"), "revision 2031_01_01, which this version does not know"),
    "another format": (lambda members: told(members, format=2), "format 2"),
    "no manifest": (lambda members: members.pop("manifest.json") and None, "no readable manifest"),
    "an unreadable one": (lambda members: members.update({"manifest.json": b"{"}), "cannot be read"),
    "a way out": (
        lambda members: told(
            members, members=[*json.loads(members["manifest.json"])["members"], {"path": "../out", "sha256": "", "size": 0}]
        ),
        r"\.\./out would leave the folder",
    ),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_damaged_is_refused_and_nothing_is_left(
    any_engine: Engine, tmp_path: Path, target: tuple[Path, str], damage: str
) -> None:
    with_files(any_engine)
    change, sentence = DAMAGES[damage]
    path = forged(made_in(tmp_path, any_engine).path, change)
    with pytest.raises(BackupError, match=sentence):
        restore(path, *target)
    assert not target[0].exists()
    assert not [name for name in names_in(tmp_path) if name.startswith(".second")]
    if target[1]:
        assert tables_of(target[1]) == []


def tables_of(url: str) -> list[str]:
    engine = db.make_engine(url)
    found = MetaData()
    found.reflect(engine)
    engine.dispose()
    return list(found.tables)


def test_a_byte_that_turned_and_an_end_that_is_missing(engine: Engine, tmp_path: Path) -> None:
    with_files(engine)
    path = made_in(tmp_path, engine).path
    whole = path.read_bytes()
    at = whole.index(b"%PDF-1.7")
    path.write_bytes(whole[:at] + b"!" + whole[at + 1 :])
    with pytest.raises(BackupError, match=r"damaged: files/"):
        restore(path, tmp_path / "second")
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BackupError, match="its end is missing"):
        restore(path, tmp_path / "second")
    with pytest.raises(BackupError, match="there is no file"):
        restore(tmp_path / "none.zip", tmp_path / "second")
    assert not (tmp_path / "second").exists()


def test_a_database_goes_where_its_kind_goes(engine: Engine, tmp_path: Path) -> None:
    path = made_in(tmp_path, engine).path
    with pytest.raises(BackupError, match="leave --database out"):
        restore(path, tmp_path / "second", "postgresql+psycopg:///x")
    other = forged(path, lambda members: told(members, kind="postgresql"))
    with pytest.raises(BackupError, match="name an empty one with --database"):
        restore(other, tmp_path / "second")
    with pytest.raises(BackupError, match="no database URL"):
        restore(other, tmp_path / "second", "nonsense")
    with pytest.raises(BackupError, match="takes a PostgreSQL URL"):
        restore(other, tmp_path / "second", "sqlite:///x")
    assert not (tmp_path / "second").exists()


@pytest.mark.postgres
def test_a_missing_program_says_what_to_install(
    postgres_template: str, postgres_url: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    engine = db.make_engine(postgres_url.set(database=postgres_template))
    with pytest.raises(BackupError, match=r"pg_dump is not installed.*postgresql-client"):
        back_up(engine, tmp_path / "backups")
    engine.dispose()
    assert not (tmp_path / "backups").exists()


def test_a_dump_that_does_not_load_leaves_nothing(
    tmp_path: Path, request: pytest.FixtureRequest, engine: Engine
) -> None:
    url = request.getfixturevalue("postgres_database").render_as_string(hide_password=False)
    path = made_in(tmp_path, engine).path

    def as_dump(members: dict[str, bytes]) -> None:
        content = members.pop("database/award.sqlite3")
        members["database/award.pgdump"] = content
        told(members, kind="postgresql", members=[
            one | {"path": one["path"].replace("award.sqlite3", "award.pgdump")}
            for one in json.loads(members["manifest.json"])["members"]
        ])  # fmt: skip

    with pytest.raises(BackupError, match="pg_restore failed"):
        restore(forged(path, as_dump), tmp_path / "second", url)
    assert (tables_of(url), (tmp_path / "second").exists()) == ([], False)


def test_the_command_line_tells_what_it_did(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = with_files(engine)
    acted(engine, 1)
    done = CliRunner().invoke(commands, ["backup"])
    assert done.exit_code == 0, done.output
    path = next((settings().directory / "backups").glob("award-*.zip"))
    assert done.stdout.startswith(f"{path}: {len(kept)} stored files, revision ")
    assert f"SHA-256 {hash_of(path)}" in done.stdout
    done = CliRunner().invoke(commands, ["restore", str(path), "--into", str(tmp_path / "second")])
    assert done.exit_code == 0, done.output
    assert "2 records in 1 stream: whole" in done.stdout
    again = CliRunner().invoke(commands, ["restore", str(path), "--into", str(tmp_path / "second")])
    assert (again.exit_code, "Nothing was restored" in again.output) == (1, True)


def test_there_is_something_to_back_up(tmp_path: Path) -> None:
    empty = db.make_engine(f"sqlite:///{tmp_path / 'empty' / 'award.sqlite3'}")
    with pytest.raises(BackupError, match="there is no database"):
        back_up(empty, tmp_path / "backups")
    with empty.connect():
        pass
    with pytest.raises(BackupError, match="no tables of the award system"):
        back_up(empty, tmp_path / "backups")
    empty.dispose()
    assert not (tmp_path / "backups").exists()


def test_the_moment_is_in_its_name(engine: Engine, tmp_path: Path, clock: Any) -> None:
    assert made_in(tmp_path, engine).path.name == "award-20260302-010000.zip"
    with pytest.raises(BackupError, match="exists already"):
        made_in(tmp_path, engine)
    clock.now = datetime(2026, 3, 2, 1, 0, 1, tzinfo=UTC)
    assert made_in(tmp_path, engine).path.name == "award-20260302-010001.zip"
