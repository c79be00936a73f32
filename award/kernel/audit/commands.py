"""Commands about the trail."""

import typer

from award.kernel import db
from award.kernel.audit.verify import verify
from award.kernel.settings import settings

app = typer.Typer(help="The trail of what happened.", no_args_is_help=True)


@app.callback()
def trail() -> None:
    """The trail of what happened."""


@app.command("verify")
def verify_trail(stream: str = typer.Option("", help="one stream only")) -> None:
    """Walks the trail and names the first bad record of each stream; exit code 1 if there is one."""
    with db.connected(settings().database) as engine, db.reading(engine) as session:
        verdict = verify(session, stream or None)
    for fault in verdict.faults:
        typer.echo(f"BAD {fault.stream} record {fault.seq}: {fault.reason}")
    typer.echo(f"{verdict.records} records in {verdict.streams} streams: {'whole' if verdict.is_whole else 'BROKEN'}")
    if not verdict.is_whole:
        raise typer.Exit(1)
