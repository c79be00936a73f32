"""Door 2: the operator's command line. Every feature's commands under one word each."""

import os
import sys

import typer

from award.accounts import commands as accounts
from award.demo import commands as demo
from award.invariants import commands as invariants
from award.kernel import db, migrating, serving
from award.kernel.audit import commands as audit
from award.kernel.audit.trail import transaction
from award.kernel.backup import commands as backup
from award.kernel.files import commands as files
from award.kernel.installed import answering, in_use, installed, require_directory
from award.kernel.mail import commands as mail
from award.kernel.settings import settings
from award.models import metadata
from award.office import commands as imports
from award.papers import commands as papers
from award.regulations import commands as rules
from award.rounds.service import seed_calendar

HELP = "The award system. Besides these commands, ./run itself knows setup, test, lint, bench and pictures; README.md tells of all."
app = typer.Typer(help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
migrate = typer.Typer(help="The tables of the database.", no_args_is_help=True)
app.add_typer(accounts.app)
app.add_typer(demo.demo_app)
app.add_typer(demo.clock_app, name="clock")
app.add_typer(audit.app, name="audit")
app.add_typer(backup.app)
app.add_typer(files.app, name="files")
app.add_typer(imports.app, name="imports")
app.add_typer(invariants.app)
app.add_typer(mail.app, name="mail")
app.add_typer(migrate, name="migrate")
app.add_typer(papers.app, name="papers")
app.add_typer(rules.app, name="rules")


@app.callback()
def first() -> None:
    """Before every command: a setting that is unknown or cannot be read stops it, whether it would ask for it or not."""
    settings()


@app.command()
def serve(
    host: str = "127.0.0.1",
    port: int = typer.Option(8000, min=1, max=65535),
    with_worker: bool = typer.Option(True, "--worker/--no-worker", help="whether a worker runs beside it"),
) -> None:
    """Brings the database up to date and serves the site, with a worker beside it."""
    serving.name_address(port)
    with in_use(settings().directory, alone=False):
        _bring_up_to_date()
        with db.connected(settings().database) as engine:
            accounts.print_start_link(engine)
        listening = serving.listen(host, port)
        typer.echo(f"Serving {settings().base_url} on {host}:{port}; Ctrl-C stops it")
        serving.serve(listening, with_worker=with_worker)


@app.command()
def worker() -> None:
    """Does the jobs; one runs beside `serve` already, more can help."""
    require_directory()
    with installed():
        pass
    os.execv(sys.executable, [sys.executable, "-m", serving.WORKER])  # noqa: S606 (no shell is meant)


@migrate.command()
def up() -> None:
    """Makes the database where there is none, and brings its tables and its calendar of working days up to date."""
    typer.echo(f"The database is at revision {_bring_up_to_date()} now.")


def _bring_up_to_date() -> str | None:
    """What `up` does; answers with the revision that is reached."""
    require_directory()
    with answering():
        migrating.create_database(settings().database)
    with db.connected(settings().database) as engine:
        with answering():
            migrating.upgrade(engine)
        with transaction(engine) as session:
            seed_calendar(session)
            return migrating.revision_of(session.connection())


@migrate.command()
def down(revision: str, yes: bool = typer.Option(False, "--yes", help="what the tables that go hold is lost")) -> None:
    """Goes back to an earlier revision, with --yes; "base" leaves no table."""
    known = sorted({*migrating.known_revisions(), "base"})
    if revision not in known:
        typer.echo(f"There is no revision {revision}. There are {', '.join(known)}.", err=True)
        raise typer.Exit(2)
    with installed() as engine:
        if not yes:
            typer.echo("This deletes tables with everything they hold. Make a backup, then say it again with --yes.", err=True)
            raise typer.Exit(2)
        migrating.downgrade(engine, revision)
    typer.echo(f"The database is at revision {revision} now.")


@migrate.command()
def new(message: str) -> None:
    """Writes a step from what the models have and the database has not; read and correct it by hand."""
    with db.connected(settings().database) as engine, answering():
        migrating.draft(engine, message, metadata)
