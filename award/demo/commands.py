"""Commands about the demonstration."""

import json
import os
import re
from datetime import timedelta
from pathlib import Path

import typer
from sqlalchemy import Engine, event

from award.kernel import clock, db, migrating, serving
from award.kernel.actor import SYSTEM
from award.kernel.audit.trail import ADMIN, record, transaction
from award.kernel.events import Event
from award.kernel.installed import installed
from award.kernel.settings import settings

demo_app = typer.Typer()
clock_app = typer.Typer(help="The clock of a demonstration database.", no_args_is_help=True)
SUMMARY = "demonstration.json"


@demo_app.command("demo")
def demo(
    build_only: bool = typer.Option(False, "--build-only", help="build and stop, without serving"),
    as_json: bool = typer.Option(False, "--json", help="print one JSON object"),
    directory: Path = typer.Option(Path("var/demo"), "--dir", help="where the demonstration is kept"),
    stage: str = typer.Option("publish", "--stage", help="stop in this stage of the round"),
    applications: int = typer.Option(24, min=6, help="organisations that apply"),
    judges: int = typer.Option(18, min=8, help="judges in the pool"),
    seed: int = typer.Option(6, help="another number tells another story"),
    port: int = 8000,
) -> None:
    """Builds a realistic round through the same services as people use, and serves it."""
    directory = directory.resolve()
    os.environ["AWARD_DIRECTORY"] = str(directory)
    os.environ.setdefault("AWARD_BASE_URL", f"http://127.0.0.1:{port}")
    settings.cache_clear()
    summary = directory / SUMMARY
    if not summary.exists():
        summary.write_text(_build(directory, stage, applications, judges, seed), encoding="utf-8")
    built = json.loads(summary.read_text(encoding="utf-8"))
    typer.echo(json.dumps(built, ensure_ascii=False) if as_json else describe(built, settings().base_url))
    if not build_only:
        with db.connected(settings().database) as engine:
            migrating.upgrade(engine)
        serving.serve("127.0.0.1", port)


def _build(directory: Path, stage: str, applications: int, judges: int, seed: int) -> str:
    # Building needs the worker and with it the press; the other commands do not.
    from award.demo.building import build, check_stage  # noqa: PLC0415

    try:
        check_stage(stage)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--stage") from error
    directory.mkdir(parents=True, exist_ok=True)
    url = settings().database
    migrating.create_database(url)
    with db.connected(url) as engine:
        migrating.upgrade(engine)
        _hurry(engine)
        typer.echo(f"Building the demonstration in {directory} …", err=True)
        try:
            made = build(engine, directory, url, stage=stage, applications=applications, judges=judges, seed=seed)
        except ValueError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from error
        return made.as_json()


def _hurry(engine: Engine) -> None:
    """Nothing of a demonstration has to outlive a power cut while it is built: then it is built again."""
    if engine.dialect.name == "sqlite":
        engine.dispose()
        event.listen(engine, "connect", lambda connection, record: connection.execute("PRAGMA synchronous=OFF"))


def describe(built: dict[str, object], address: str) -> str:
    """What was built, for people: the address and one account of each role."""
    lines = [f"The round {built['round']} is in the stage {built['stage']}.", f"Open {address} and sign in as:"]
    seen: set[object] = set()
    accounts = built["accounts"]
    if isinstance(accounts, list):
        for one in accounts:
            if one["role"] not in seen:
                seen.add(one["role"])
                lines.append(f"  {one['role']:<24} {one['username']:<14} {one['password']}")
        lines.append(f"  ({len(accounts)} accounts in all, listed in {SUMMARY})")
    return "\n".join(lines)


@clock_app.callback()
def clock_word() -> None:
    """The clock of a demonstration database."""


@clock_app.command("forward")
def forward(by: str, directory: Path = typer.Option(Path("var/demo"), "--dir")) -> None:
    """Moves the clock forward: 5d, 36h, 90m. Demonstration databases only."""
    found = re.fullmatch(r"(\d{1,5})([dhm])", by)
    if found is None:
        typer.echo("Say how far: 5d for days, 36h for hours, 90m for minutes.", err=True)
        raise typer.Exit(2)
    unit = {"d": "days", "h": "hours", "m": "minutes"}[found[2]]
    if not os.environ.get("AWARD_DATABASE_URL") and not os.environ.get("AWARD_DIRECTORY"):
        os.environ["AWARD_DIRECTORY"] = str(directory.resolve())
        settings.cache_clear()
    try:
        with installed() as engine, transaction(engine) as session:
            now = clock.move_forward(session, timedelta(**{unit: int(found[1])}))
            record(session, SYSTEM, Event.CLOCK_MOVED, "clock:demonstration", ADMIN, {"by": by})
    except ValueError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    typer.echo(f"The clock now shows {now:%Y-%m-%d %H:%M} UTC.")
