"""The operator's command line: every feature's commands under one word each."""

import typer

from award.kernel.audit import commands as audit

app = typer.Typer(help="The award system.", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(audit.app, name="audit")
