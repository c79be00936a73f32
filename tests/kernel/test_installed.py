"""A command told to work where it cannot says what to do, and leaves nothing behind."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from typer.testing import CliRunner

from award.commands import app as commands
from award.kernel.settings import settings

WORDS = (
    ["audit", "verify"], ["audit", "heads"], ["invariants"], ["papers", "status", "222222222222"], ["imports", "status"],
    ["files", "sweep"], ["start-link"], ["clock", "forward", "1d"],
)  # fmt: skip


def said(url: str, words: list[str]) -> str:
    settings().database_url = url
    done = CliRunner().invoke(commands, words)
    assert done.exit_code == 2
    assert done.stdout == ""
    return done.stderr


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_there_is_no_database(tmp_path: Path, words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWARD_DATABASE_URL", "sqlite:///as-the-settings-say")
    file = tmp_path / "none" / "award.sqlite3"
    assert f"There is no database {file}. `./run migrate up` makes it" in said(f"sqlite:///{file}", words)
    assert not file.parent.exists()


def test_its_tables_are_not_those_of_this_version(any_engine: Engine) -> None:
    with any_engine.execution_options(writes=True).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    url = any_engine.url.render_as_string(hide_password=False)
    for words in (["audit", "verify"], ["invariants"]):
        assert said(url, words) == (
            "This database does not have the tables of this version. `./run migrate up` brings them up to date.\n"
        )


def test_it_does_not_answer() -> None:
    told = said("postgresql+psycopg://award@127.0.0.1:1/award", ["audit", "verify"])
    assert told.startswith("The database does not answer: ")
    assert told.count("\n") == 1


def test_it_is_somebody_elses(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(engine: Engine) -> bool:
        raise OperationalError("SELECT 1", {}, sqlite3.OperationalError("attempt to write a readonly database"))

    monkeypatch.setattr("award.kernel.migrating.is_current", refused)
    told = said(engine.url.render_as_string(hide_password=False), ["audit", "verify"])
    assert told.startswith("The database cannot be used: attempt to write a readonly database. Check whose file it is;")


def test_where_no_backup_is_made_nothing_is_left(tmp_path: Path) -> None:
    """No folder, wherever it was to go, and no directory; a folder that was there stays."""
    settings().directory = tmp_path / "new"
    for words in (["backup"], ["backup", "--to", str(tmp_path / "a" / "b")]):
        done = CliRunner().invoke(commands, words)
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr.startswith(f"No backup was made: there is no database {tmp_path / 'new'}/award.sqlite3;")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "kept").mkdir()
    CliRunner().invoke(commands, ["backup", "--to", str(tmp_path / "kept" / "c")])
    assert list(tmp_path.rglob("*")) == [tmp_path / "kept"]


def test_no_backup_is_made_of_a_database_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")  # a machine may have no pg_dump, which would be told first
    told = said("postgresql+psycopg://award@127.0.0.1:1/award", ["backup", "--to", str(tmp_path / "backups")])
    assert told.startswith("The database does not answer: ")
    assert told.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
