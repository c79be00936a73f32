"""The command that asks a live database for all of them."""

import typer
from sqlalchemy.orm import Session

from award.invariants import judging, people, records, replayed, results, submitted
from award.invariants.finding import Found, Invariant
from award.invariants.told import AS_TOLD
from award.kernel import db
from award.kernel.installed import installed

app = typer.Typer()
CHECKS = (
    people.two_persons, people.publisher_decided_nothing, people.administrators_apart, people.roles_from_others,
    people.judges_apart, judging.no_seat_in_conflict, judging.sheets_after_declarations, judging.one_valid_sheet,
    judging.history_whole, judging.sheets_as_submitted, judging.items_as_submitted, judging.totals_recomputed,
    judging.gates_open_when_all_are_in, judging.stages_in_order, results.lines_as_proposed, results.one_decision_in_force,
    results.winners_were_decided, results.winners_were_on_notice, results.left_out_stay_out,
    results.certificates_of_winners, results.feedback_after_publication, results.objections_answered, results.approvals_after_notice,
    records.frozen_as_hashed, records.hashes_in_trail, records.one_record_each, records.nothing_after_close,
    records.trail_whole, results.lines_as_decided, replayed.applications_as_told, replayed.seats_as_told,
    replayed.gates_as_told, replayed.waivers_as_told, replayed.conflicts_as_told, replayed.grants_as_told,
    replayed.organisations_as_told, replayed.calendar_as_told, replayed.items_as_told, submitted.applications_as_submitted,
)  # fmt: skip
INVARIANTS = (*(Invariant(one.__name__, str(one.__doc__), one) for one in CHECKS), *AS_TOLD)


def ask_all(session: Session) -> dict[str, Found]:
    """What every check finds, by its name."""
    return {one.name: one.ask(session) for one in INVARIANTS}


@app.command("invariants")
def invariants() -> None:
    """Asks a live database for what must always hold, names the first offence of each; exit code 1 if there is one."""
    with installed() as engine, db.reading(engine) as session:
        found = ask_all(session)
    for one in INVARIANTS:
        answer = found[one.name]
        typer.echo(f"{'BAD' if answer.offences else 'ok '} {one.name:28} {answer.looked:7} looked at  {one.says}")
        if answer.offences:
            typer.echo(f"    {answer.offences} offending, the first: {answer.first}")
    broken = sum(one.offences > 0 for one in found.values())
    typer.echo(f"{len(found)} invariants, {'all of them hold' if not broken else f'{broken} BROKEN'}")
    if broken:
        raise typer.Exit(1)
