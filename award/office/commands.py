"""Commands about tables that come in: how far they are."""

import typer

from award.kernel import clock, db
from award.kernel.installed import installed
from award.kernel.sheets.models import ImportState
from award.office.imports.progress import Progress, progress_of, under_way

app = typer.Typer(help="Tables that come in.", no_args_is_help=True)


@app.callback()
def imports() -> None:
    """Tables that come in."""


@app.command()
def status() -> None:
    """The tables that are being looked at or imported, each with its phase and the time since it was asked for."""
    with installed() as engine, db.reading(engine) as session:
        found, now = under_way(session), clock.now(session)
        for one in found:
            progress = progress_of(one, now)
            if progress is not None:
                time = progress.time.in_language("en")
                typer.echo(f"import {one.public_id} {one.kind} {one.state} for {time}: {_said(progress, one.state)}")
        if not found:
            typer.echo("no table is being looked at or imported")


def _said(progress: Progress, state: str) -> str:
    if progress.phase == "reading":
        return f"{progress.done} of {progress.total} rows read and checked"
    if progress.phase == "whole" and state == ImportState.WRITING:
        return f"written in one go: {progress.alters} lines, all of them or none"
    return {
        "waiting": "waits for a worker", "again": "broke off, is tried again", "opening": "the file is being opened",
        "whole": f"all {progress.total} rows read and checked, now compared with the list",
    }[progress.phase]  # fmt: skip
