"""Commands about messages."""

import typer

from award.kernel.audit.trail import transaction
from award.kernel.installed import installed
from award.kernel.mail.service import send
from award.kernel.settings import settings

app = typer.Typer(help="Messages.", no_args_is_help=True)


@app.callback()
def mail() -> None:
    """Messages."""


@app.command("try")
def try_mail(address: str, language: str = typer.Option("zh", help="zh or en")) -> None:
    """Wants a trial message, to see whether the worker and the mail server do their part."""
    with installed() as engine, transaction(engine) as session:
        message = send(session, address, "trial", {"site": settings().base_url}, language)
    typer.echo(f"message {message.public_id} is wanted; the worker sends it")
