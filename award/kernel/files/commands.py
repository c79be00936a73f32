"""Commands about stored files."""

import typer

from award.kernel import clock, db
from award.kernel.counting import counted
from award.kernel.files.service import sweep_orphans
from award.kernel.installed import installed

app = typer.Typer(help="Stored files.", no_args_is_help=True)


@app.callback()
def files() -> None:
    """Stored files."""


@app.command("sweep")
def sweep() -> None:
    """Deletes contents that no row has named for a day; the worker does the same every day."""
    with installed() as engine, db.reading(engine) as session:
        typer.echo(f"{counted(sweep_orphans(session, clock.real_now()), 'content')} swept")
