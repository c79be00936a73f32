"""The installation a command works on: the settings' database, with the tables of this version."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from award.kernel import db, migrating
from award.kernel.settings import settings


@contextmanager
def installed() -> Iterator[Engine]:
    """The database for one command; where a command cannot work on it, says what to do and exits with 1."""
    with db.connected(settings().database) as engine:
        if fault := _fault(engine):
            typer.echo(fault, err=True)
            raise typer.Exit(1)
        yield engine


def _fault(engine: Engine) -> str:
    file = engine.url.database or ""
    if engine.dialect.name == "sqlite" and not Path(file).exists():
        return f"There is no database {file}. `./run migrate up` makes it; AWARD_DIRECTORY and AWARD_DATABASE_URL name another."
    try:
        is_current = migrating.is_current(engine)
    except OperationalError as error:
        first = str(error.orig).splitlines()[0]
        return f"The database does not answer: {first}. Check that it runs, and AWARD_DATABASE_URL."
    return "" if is_current else "This database does not have the tables of this version. `./run migrate up` brings them up to date."
