"""What is started where it cannot run says which setting is wrong and what it must be, and exits with 2 without a trace."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from award.commands import app as commands
from award.kernel import migrating
from award.kernel.settings import ROOT, settings

STARTS = (["serve"], ["migrate", "up"], ["worker"])
NOWHERE = "postgresql+psycopg://award@127.0.0.1:1/award"


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Settings from the environment, as `serve` reads them anew."""

    def set_them(**values: object) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"AWARD_{name.upper()}", str(value))
        settings.cache_clear()

    return set_them


def said(words: list[str]) -> str:
    done = CliRunner().invoke(commands, words)
    assert done.exit_code == 2, done.output
    assert isinstance(done.exception, SystemExit)
    assert done.stderr.count("\n") == 1
    return done.stderr


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


@pytest.mark.parametrize("words", STARTS, ids=" ".join)
def test_a_database_that_does_not_answer(words: list[str], given: Callable[..., None]) -> None:
    given(database_url=NOWHERE)
    told = said(words)
    assert told.startswith("The database does not answer: ")
    assert told.endswith(". Check that it runs, and AWARD_DATABASE_URL.\n")


@pytest.mark.parametrize("words", [["migrate", "down", "base", "--yes"], ["migrate", "new", "x"]], ids=" ".join)
def test_no_more_do_its_tables(words: list[str], given: Callable[..., None]) -> None:
    given(database_url=NOWHERE)
    assert said(words).startswith("The database does not answer: ")


@pytest.mark.parametrize("words", STARTS, ids=" ".join)
def test_a_directory_that_cannot_be(words: list[str], tmp_path: Path, given: Callable[..., None]) -> None:
    (tmp_path / "file").write_text("")
    given(directory=tmp_path / "file" / "var")
    assert said(words) == (
        f"AWARD_DIRECTORY is {tmp_path}/file/var, where nothing can be kept: Not a directory. "
        "It must be a folder this user may write to, or one that can be made.\n"
    )


def test_a_step_down_is_known_and_meant(any_engine: Engine, given: Callable[..., None]) -> None:
    given(database_url=any_engine.url.render_as_string(hide_password=False))
    assert said(["migrate", "down", "20"]) == "There is no revision 20. There are 202611211200, base.\n"
    assert said(["migrate", "down", "base"]).startswith("This deletes tables with everything they hold.")
    assert migrating.is_current(any_engine)
    done = CliRunner().invoke(commands, ["migrate", "down", "base", "--yes"])
    assert (done.exit_code, done.stdout) == (0, "The database is at revision base now.\n")
    assert said(["migrate", "down", "base"]).startswith("This database does not have the tables of this version.")


def test_nobody_else_on_the_machine_reads_what_is_kept(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    words = [sys.executable, "-m", "award", "migrate", "up"]
    subprocess.run(words, cwd=ROOT, env=os.environ | {"AWARD_DIRECTORY": str(kept)}, check=True, capture_output=True)
    assert {one.name: oct(one.stat().st_mode & 0o777) for one in (kept, kept / "award.sqlite3")} == {
        "kept": "0o700", "award.sqlite3": "0o600",
    }  # fmt: skip


def test_the_tables_are_made_and_their_revision_is_told(tmp_path: Path, given: Callable[..., None]) -> None:
    given(directory=tmp_path / "new")
    for _ in ("made", "nothing to do"):
        done = CliRunner().invoke(commands, ["migrate", "up"])
        assert (done.exit_code, done.stdout) == (0, "The database is at revision 202611211200 now.\n")


def test_a_worker_before_there_is_a_database(tmp_path: Path) -> None:
    assert said(["worker"]).startswith(f"There is no database {tmp_path}/award.sqlite3. `./run migrate up` makes it")


def test_an_address_that_is_taken(engine: Engine, taken: int, given: Callable[..., None]) -> None:
    given(database_url=engine.url.render_as_string(hide_password=False))
    done = CliRunner().invoke(commands, ["serve", "--port", str(taken)])
    assert done.exit_code == 2
    assert done.stderr == (
        f"127.0.0.1:{taken} cannot be listened on: Address already in use. End what uses it, or name another --port or --host.\n"
    )


def test_an_address_of_another_machine(engine: Engine, given: Callable[..., None]) -> None:
    given(database_url=engine.url.render_as_string(hide_password=False))
    done = CliRunner().invoke(commands, ["serve", "--host", "192.0.2.1"])
    assert done.exit_code == 2
    assert "Serving" not in done.stdout
    assert done.stderr.startswith("192.0.2.1:8000 cannot be listened on: ")


def test_a_demonstration_has_the_same_words(given: Callable[..., None], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert said(["demo", "--dir", str(tmp_path / "file")]).startswith(f"AWARD_DIRECTORY is {tmp_path}/file, where nothing can be kept: ")
    given(database_url=NOWHERE)
    assert said(["demo", "--dir", str(tmp_path / "demo")]).startswith("The database does not answer: ")


def test_no_trace_reaches_the_terminal() -> None:
    environment = {**os.environ, "AWARD_DIRECTORY": "/proc/award"}
    done = subprocess.run(
        [sys.executable, "-m", "award", "serve"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("AWARD_DIRECTORY is /proc/award, where nothing can be kept: ")
    assert "Traceback" not in done.stderr
