"""Commands about messages."""

import typer

from award.kernel import clock
from award.kernel.i18n import LANGUAGES
from award.kernel.ids import new_id
from award.kernel.installed import require_directory
from award.kernel.mail.service import is_address
from award.kernel.mail.tasks import Wanted, compute
from award.kernel.settings import settings

app = typer.Typer(help="Messages.", no_args_is_help=True)


@app.callback()
def mail() -> None:
    """Messages."""


@app.command("try")
def try_mail(address: str, language: str = typer.Option("zh", help="zh or en")) -> None:
    """Sends a trial message at once with the settings in force and says what came of it; exit code 1 if it did not go out."""
    if not is_address(address):
        typer.echo(f"{address} is not a mail address; give one like name@example.cn.", err=True)
        raise typer.Exit(2)
    if language not in LANGUAGES:
        typer.echo(f"There are no mails in {language}; there are {' and '.join(LANGUAGES)}.", err=True)
        raise typer.Exit(2)
    require_directory()
    config = settings()
    server = f"{config.smtp_host}:{config.smtp_port}"
    try:
        # Past the queue: a worker would send what else is waiting too, which on a restored copy nobody wants.
        compute(Wanted(new_id(), address, language, "trial", {"site": config.base_url}, None, clock.real_now(), is_sent=False))
    except (OSError, ValueError) as error:
        way = f"by {server}; check AWARD_SMTP_… and AWARD_MAIL_FROM" if config.smtp_host else "into outbox/"
        typer.echo(f"The trial message did not go out {way}: {type(error).__name__}: {error}", err=True)
        raise typer.Exit(1) from None
    taken = f"{server} has taken it for {address}" if config.smtp_host else (
        f"it lies in {config.directory / 'outbox'}, for AWARD_SMTP_HOST names no mail server"
    )  # fmt: skip
    typer.echo(f"Trial message: {taken}. Mails of the site are sent by a worker; `./run serve` has one beside it.")
