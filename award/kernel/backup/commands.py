"""Commands that copy an installation and bring it back."""

from collections.abc import Sequence
from pathlib import Path

import typer

from award.kernel import db
from award.kernel.backup import service
from award.kernel.backup.archive import BackupError
from award.kernel.counting import counted
from award.kernel.installed import answering
from award.kernel.settings import settings

app = typer.Typer()


@app.command("backup")
def backup(
    to: Path | None = typer.Option(None, "--to", help="folder for the file; by default backups/ in the directory"),
) -> None:
    """Copies the database and every stored file into one ZIP while the site goes on serving; exit code 1 if a file is lost."""
    try:
        with answering(), db.connected(settings().database) as engine:
            made = service.back_up(engine, (to or settings().directory / "backups").resolve())
    except BackupError as error:
        typer.echo(f"No backup was made: {error}.", err=True)
        raise typer.Exit(1) from error
    found = made.manifest
    kept = counted(len(found.contents), "stored file")
    typer.echo(f"{made.path}: {kept}, revision {found.revision}, {made.path.stat().st_size} bytes")
    typer.echo(f"SHA-256 {made.sha256}")
    if found.missing:
        _name_lost(found.missing, "missing or damaged here")
        raise typer.Exit(1)


@app.command("restore")
def restore(
    file: Path,
    into: Path = typer.Option(..., "--into", help="an empty folder, or one that does not exist yet"),
    database: str = typer.Option("", "--database", help="URL of an empty PostgreSQL database, for a backup of one"),
) -> None:
    """Restores a backup into an empty place and walks its trail; exit code 1 if anything is not as it was."""
    try:
        restored = service.restore(file.resolve(), into.resolve(), database)
    except BackupError as error:
        typer.echo(f"Nothing was restored: {error}.", err=True)
        raise typer.Exit(1) from error
    found, verdict = restored.manifest, restored.verdict
    kept = counted(len(found.contents), "stored file")
    typer.echo(f"Restored what was there on {found.made_at}: {kept}, revision {found.revision}")
    for fault in verdict.faults:
        typer.echo(f"BAD {fault.stream} record {fault.seq}: {fault.reason}")
    typer.echo(str(verdict))
    if not restored.same_heads:
        typer.echo("BAD: the trail does not end where the manifest says it did")
    if found.missing:
        _name_lost(found.missing, "missing when the backup was made")
    if found.missing or not verdict.is_whole or not restored.same_heads:
        raise typer.Exit(1)
    where = f"AWARD_DIRECTORY={into}" + (" and AWARD_DATABASE_URL" if database else "")
    typer.echo(f"Set {where}, then ./run serve. Acts after that moment are not in it: see docs/operating.md")


def _name_lost(files: Sequence[str], how: str) -> None:
    typer.echo(f"LOST: {counted(len(files), 'stored file')}, {how}:", err=True)
    for one in files:
        typer.echo(f"  {one}", err=True)
