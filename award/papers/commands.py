"""Commands about papers: how far they are, making all of a kind, stopping that."""

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from award.kernel import clock, db
from award.kernel.actor import SYSTEM
from award.kernel.audit.trail import transaction
from award.kernel.documents import batches
from award.kernel.documents.models import Batch
from award.kernel.errors import AwardError
from award.kernel.installed import installed
from award.papers import service
from award.papers.counting import counts_of
from award.papers.kinds import KINDS
from award.papers.reasons import reason
from award.rounds.models import Round
from award.rounds.queries import with_stages

app = typer.Typer(help="Papers of a round.", no_args_is_help=True)


@app.command()
def status(round_id: str) -> None:
    """How many papers of each kind are made, and the latest batches with what failed."""
    with installed() as engine, db.reading(engine) as session:
        round_ = _round(session, round_id)
        for one in counts_of(session, SYSTEM, round_, "zh", clock.now(session)):
            typer.echo(f"{one.kind.key:12} {one.ready}/{one.total} ready, {one.wanted} being made, {one.failed} failed")
        found = batches.batches_about(session, service.subject_of(round_))
        progress = batches.progress_of(session, found)
        for batch in found:
            _show(session, batch, progress[batch.id])


@app.command()
def start(round_id: str, kind: str, language: str = "zh") -> None:
    """Makes all papers of a kind that are missing; a worker does the work."""
    if kind not in KINDS:
        typer.echo(f"no such kind; there are {', '.join(KINDS)}", err=True)
        raise typer.Exit(2)
    with installed() as engine, transaction(engine) as session:
        try:
            batch = service.start_batch(session, SYSTEM, _round(session, round_id), kind, language, clock.now(session))
        except AwardError as refused:
            typer.echo(str(refused.args[1] if len(refused.args) > 1 else refused), err=True)
            raise typer.Exit(1) from refused
        _show(session, batch, batches.progress_of(session, [batch])[batch.id])


@app.command()
def cancel(batch_id: str) -> None:
    """Stops a batch; what is made stays."""
    with installed() as engine, transaction(engine) as session:
        batch = batches.batch_by_id(session, batch_id)
        if batch is None:
            typer.echo("there is no such batch", err=True)
            raise typer.Exit(1)
        round_ = _round(session, batch.subject.partition(":")[2])
        stopped = service.cancel_batch(session, SYSTEM, round_, batch, clock.now(session))
        typer.echo("cancelled" if stopped else "it was over already")


def _round(session: Session, public_id: str) -> Round:
    round_ = session.scalar(with_stages().where(Round.public_id == public_id))
    if round_ is None:
        known = ", ".join(session.scalars(select(Round.public_id)))
        typer.echo(f"there is no round {public_id}; there are {known or 'none'}", err=True)
        raise typer.Exit(1)
    return round_


def _show(session: Session, batch: Batch, made: batches.Progress) -> None:
    state = "cancelled" if batch.cancelled_at else "running" if made.open else "over"
    typer.echo(
        f"batch {batch.public_id} {batch.kind} {batch.language} {state}: {made.ready}/{made.total} ready, {made.failed} failed"
    )
    for entry in batches.failures_of(session, batch):
        typer.echo(f"  {entry.thing} {entry.name}: {reason('en', entry.why)}")
