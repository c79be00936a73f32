"""Commands about people."""

import typer
from sqlalchemy import Engine

from award.accounts.service import make_start_link
from award.kernel.audit.trail import transaction
from award.kernel.installed import installed

app = typer.Typer()


@app.command("start-link")
def start_link() -> None:
    """Prints the one-time link that sets up the first administrator of an empty database."""
    with installed() as engine:
        is_printed = print_start_link(engine)
    if not is_printed:
        typer.echo("There are people already; a new password comes from “Forgot your password?” or an administrator.")
        raise typer.Exit(1)


def print_start_link(engine: Engine) -> bool:
    """Prints the link if the database is empty, and says whether it is."""
    with transaction(engine) as session:
        link = make_start_link(session)
    if link is not None:
        typer.echo(f"Nobody can sign in yet. Set up the first administrator here, once: {link}")
    return link is not None
