"""Commands about the trail."""

from dataclasses import replace
from pathlib import Path

import typer
from sqlalchemy.orm import Session

from award.kernel import clock, db
from award.kernel.audit.heads import HeadsError, Kept, departures, heads_of, kept_in, kept_now
from award.kernel.audit.verify import verify
from award.kernel.counting import counted
from award.kernel.installed import installed

app = typer.Typer(help="The trail of what happened.", no_args_is_help=True)


@app.callback()
def trail() -> None:
    """The trail of what happened."""


@app.command("verify")
def verify_trail(
    stream: str = typer.Option("", help="one stream only"),
    against: Path | None = typer.Option(None, help="a backup or a file of heads kept elsewhere: has everything only grown since?"),
) -> None:
    """Walks the trail and names the first bad record of each stream; exit code 1 if there is one."""
    kept = _kept(against, stream) if against else None
    with installed() as engine, db.reading(engine) as session:
        verdict = verify(session, stream or None)
        for fault in verdict.faults:
            typer.echo(f"BAD {fault.stream} record {fault.seq}: {fault.reason}")
        departed = _compare(session, kept) if kept else False
    typer.echo(str(verdict))
    if departed or not verdict.is_whole:
        raise typer.Exit(1)


def _kept(path: Path, stream: str) -> Kept:
    try:
        kept = kept_in(path)
        if stream and stream not in kept.heads:
            raise HeadsError(f"{path} keeps nothing of the stream {stream}")
    except HeadsError as error:
        typer.echo(f"Nothing was compared: {error}.", err=True)
        raise typer.Exit(1) from error
    return replace(kept, heads={stream: kept.heads[stream]}) if stream else kept


def _compare(session: Session, kept: Kept) -> bool:
    """Says what is not as it was kept; whether there is such a stream."""
    found = departures(session, kept)
    for one in found:
        typer.echo(f"BAD {one.stream}: {one.says}")
    grown = len(kept.heads) - len(found)
    typer.echo(f"Kept on {kept.made_at}: {counted(len(kept.heads), 'stream')}; as they were, or only grown since: {grown}")
    return bool(found)


@app.command("heads")
def print_heads() -> None:
    """Prints the last number and link of each stream, to be kept on another machine or on paper for `verify --against`."""
    with installed() as engine, db.reading(engine) as session:
        typer.echo(kept_now(heads_of(session), clock.real_now()).as_json(), nl=False)
