"""Commands about messages."""

import typer

from award.kernel.audit.trail import transaction
from award.kernel.installed import installed
from award.kernel.mail.service import is_address, send
from award.kernel.settings import settings

app = typer.Typer(help="Messages.", no_args_is_help=True)


@app.callback()
def mail() -> None:
    """Messages."""


@app.command("try")
def try_mail(address: str, language: str = typer.Option("zh", help="zh or en")) -> None:
    """Wants a trial message, to see whether the worker and the mail server do their part."""
    if not is_address(address):
        typer.echo(f"{address} is not a mail address; give one like name@example.cn.", err=True)
        raise typer.Exit(2)
    with installed() as engine, transaction(engine) as session:
        message = send(session, address, "trial", {"site": settings().base_url}, language)
    way = f"sends it by {settings().smtp_host}" if settings().smtp_host else f"writes it to {settings().directory / 'outbox'}"
    typer.echo(f"Message {message.public_id} is wanted. A worker {way}; what came of it stands in its log.")
