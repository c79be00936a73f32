"""Commands about rubric files."""

from pathlib import Path
from typing import Annotated

import typer

from award.kernel.counting import counted
from award.regulations.faults import RuleFaults
from award.regulations.loader import load_file, rubric_files
from award.regulations.model import Criteria, Scheme

app = typer.Typer(help="Criteria and schemes in rubric files.", no_args_is_help=True)


@app.callback()
def rules() -> None:
    """Criteria and schemes in rubric files."""


@app.command()
def check(
    files: Annotated[list[Path] | None, typer.Argument(help="Files, or names of shipped ones; without any, all shipped.")] = None,
) -> None:
    """Says with line and column what is wrong with rubric files; ends with 1 where anything is."""
    faulty = 0
    shipped = {one.stem: one for one in rubric_files()}
    for path in [shipped.get(str(one), one) for one in files] if files else shipped.values():
        try:
            typer.echo(f"{path}: OK, {_summary(load_file(path))}")
        except RuleFaults as error:
            faulty += 1
            for fault in error.faults:
                typer.echo(f"{path}:{fault.line}:{fault.column}: {fault.message}")
    if faulty:
        raise typer.Exit(1)


def _summary(rules: Criteria | Scheme) -> str:
    if isinstance(rules, Criteria):
        return f"{counted(len(list(rules.items())), 'item')}, {counted(rules.total, 'point')}"
    values = counted(len(rules.sources), "value")
    return f"{counted(len(rules.stages), 'stage')}, {values}, assumed of them: {len(rules.assumed)}"
