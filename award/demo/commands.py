"""Commands about the demonstration."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import typer

from award.kernel import clock, db, migrating, serving
from award.kernel.actor import SYSTEM
from award.kernel.audit.trail import ADMIN, record, transaction
from award.kernel.events import Event
from award.kernel.installed import answering, in_use, installed
from award.kernel.settings import settings

demo_app = typer.Typer()
clock_app = typer.Typer(help="The clock of a demonstration database.", no_args_is_help=True)
SUMMARY = "demonstration.json"


@dataclass(frozen=True)
class Plan:
    """What a demonstration is built with. address: what its papers and letters name."""

    stage: str = "publish"
    applications: int = 24
    judges: int = 18
    seed: int = 6
    address: str = ""


@demo_app.command("demo")
def demo(
    build_only: bool = typer.Option(False, "--build-only", help="build and stop, without serving"),
    as_json: bool = typer.Option(False, "--json", help="print one JSON object"),
    directory: Path = typer.Option(Path("var/demo"), "--dir", help="where the demonstration is kept"),
    stage: str | None = typer.Option(None, help=f"stop in this stage of the round [default: {Plan.stage}]"),
    applications: int | None = typer.Option(None, min=6, help=f"organisations that apply [default: {Plan.applications}]"),
    judges: int | None = typer.Option(None, min=8, help=f"judges in the pool [default: {Plan.judges}]"),
    seed: int | None = typer.Option(None, help=f"another number tells another story [default: {Plan.seed}]"),
    port: int = typer.Option(8000, min=1, max=65535),
) -> None:
    """Builds a realistic round through the same services as people use, and serves it."""
    directory = directory.resolve()
    os.environ["AWARD_DIRECTORY"] = str(directory)
    settings.cache_clear()
    serving.name_address(port)
    given = {"stage": stage, "applications": applications, "judges": judges, "seed": seed}
    asked: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    summary = directory / SUMMARY
    if build_only and summary.exists():
        _tell(summary, asked, as_json)
        return
    plan = Plan(**asked, address=settings().base_url)
    if not summary.exists():
        _require_stage(plan.stage)
    with in_use(directory, alone=True):
        if not summary.exists():
            summary.write_text(_build(directory, plan), encoding="utf-8")
        _tell(summary, asked, as_json)
        if not build_only:
            with db.connected(settings().database) as engine:
                migrating.upgrade(engine)
            serving.serve(serving.listen("127.0.0.1", port))


def _tell(summary: Path, asked: Mapping[str, Any], as_json: bool) -> None:
    """Says what is built; ends where something else is asked for."""
    built = json.loads(summary.read_text(encoding="utf-8"))
    _require_same(built, asked, summary.parent)
    typer.echo(json.dumps(built, ensure_ascii=False) if as_json else describe(built, settings().base_url))


def _require_same(built: Mapping[str, Any], asked: Mapping[str, Any], directory: Path) -> None:
    """What is there already must be what is asked for; else says what differs, and ends. An older summary tells the stage only."""
    there: dict[str, Any] = built.get("built_with", {"stage": built["stage"]})
    anew = f"remove {directory}" + (", empty the database of AWARD_DATABASE_URL" if settings().database_url else "")
    if other := {name: value for name, value in asked.items() if there.get(name, value) != value}:
        told = ", ".join(f"{name} {value}" for name, value in there.items() if name != "address")
        wanted = ", ".join(f"{name} {value}" for name, value in other.items())
        typer.echo(
            f"{directory} holds a demonstration already, built with {told}; you ask for {wanted}. "
            f"Leave that out to use what is there, name another folder with --dir, or {anew} and call this again.",
            err=True,
        )
        raise typer.Exit(1)
    address = there.get("address", settings().base_url)
    if address != settings().base_url:
        typer.echo(
            f"Certificates and letters of this demonstration name {address}, where it was to be served when it was built. "
            f"To have them name {settings().base_url}, {anew} and call this again.",
            err=True,
        )


def _require_stage(stage: str) -> None:
    from award.demo.building import check_stage  # noqa: PLC0415 (as below)

    try:
        check_stage(stage)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--stage") from error


def _build(directory: Path, plan: Plan) -> str:
    # Building needs the worker and with it the press; the other commands do not.
    from award.demo.building import build  # noqa: PLC0415

    url = settings().database
    with answering():
        migrating.create_database(url)
    with db.connected(url) as engine:
        migrating.upgrade(engine)
        db.hurry(engine)  # what a power cut takes is built again
        typer.echo(f"Building the demonstration in {directory} …", err=True)
        try:
            made = build(
                engine, directory, url, stage=plan.stage, applications=plan.applications, judges=plan.judges, seed=plan.seed
            )
        except ValueError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from error
    return json.dumps({**json.loads(made.as_json()), "built_with": asdict(plan)}, ensure_ascii=False)


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
    """Moves the clock of a demonstration forward: 5d, 36h, 90m. There is no way back but to build it anew.

    Deadlines, stages and the trail follow it; sessions, links, tokens and “Last here” keep real time.
    """
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
