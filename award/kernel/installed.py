"""The installation a command works on: the settings' database, with the tables of this version."""

import fcntl
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from award.kernel import db, migrating
from award.kernel.settings import settings


@contextmanager
def installed() -> Iterator[Engine]:
    """The database for one command; where a command cannot work on it, says what to do and exits with 2."""
    with db.connected(settings().database) as engine:
        if fault := _fault(engine):
            typer.echo(fault, err=True)
            raise typer.Exit(2)
        yield engine


def require_directory() -> None:
    """Makes the directory of the settings where there is none; says so and exits with 2 where nothing can be kept in it."""
    directory = settings().directory
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
    except OSError as error:
        typer.echo(
            f"AWARD_DIRECTORY is {directory}, where nothing can be kept: {error.strerror}. "
            "It must be a folder this user may write to, or one that can be made.", err=True,
        )  # fmt: skip
        raise typer.Exit(2) from None


@contextmanager
def answering() -> Iterator[None]:
    """While the database of the settings is prepared: where it does not answer, says so and exits with 2."""
    try:
        yield
    except DBAPIError as error:
        # After the connection stands a fault is one of ours, and the trace is wanted.
        if not isinstance(error, OperationalError | InterfaceError):
            raise
        typer.echo(_silent(error), err=True)
        raise typer.Exit(2) from None


def _silent(error: DBAPIError) -> str:
    first = str(error.orig).splitlines()[0]
    if isinstance(error.orig, sqlite3.Error):
        return f"The database cannot be used: {first}. Check whose file it is; who runs this must be able to write it and its folder."
    return f"The database does not answer: {first}. Check that it runs, and AWARD_DATABASE_URL."


def _fault(engine: Engine) -> str:
    file = engine.url.database or ""
    if engine.dialect.name == "sqlite" and not Path(file).exists():
        return f"There is no database {file}. `./run migrate up` makes it; AWARD_DIRECTORY and AWARD_DATABASE_URL name another."
    try:
        is_current = migrating.is_current(engine)
    except OperationalError as error:
        return _silent(error)
    return "" if is_current else "This database does not have the tables of this version. `./run migrate up` brings them up to date."


@contextmanager
def in_use(directory: Path, *, alone: bool) -> Iterator[None]:
    """While a directory is served. Servers share one; alone: a demonstration is built and served by nobody else beside it.

    Where that cannot be, says so and exits with 2.
    """
    require_directory()
    with (directory / "in-use").open("w") as held:
        try:
            fcntl.flock(held, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            typer.echo(
                f"The demonstration in {directory} is being built or served already. "
                f"End that first, or name another folder with {'--dir' if alone else 'AWARD_DIRECTORY'}.", err=True,
            )  # fmt: skip
            raise typer.Exit(2) from None
        yield
