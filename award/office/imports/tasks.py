"""The jobs of imports: looking at a table, and doing what was confirmed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from award.kernel import clock
from award.kernel.errors import AwardError, FieldError, Invalid
from award.kernel.jobs.running import Payload, Task, report_progress
from award.kernel.sheets.importing import Field, Line, lines_of
from award.kernel.sheets.intake import read_rows
from award.kernel.sheets.models import Import
from award.office.imports import service

Step = Callable[[Session, Import, Sequence[Line], Sequence[FieldError], datetime], None]


@dataclass(frozen=True)
class Wanted:
    """A table to be read. id: public id of the import. most: lines; fields: its columns in this place."""

    id: str
    sha256: str
    name: str
    most: int
    fields: Sequence[Field]


@dataclass(frozen=True)
class Read:
    """A table as lines, with the faults of its cells, or that of a file that cannot be read."""

    id: str
    lines: Sequence[Line] = ()
    faults: Sequence[FieldError] = ()


def read(session: Session, payload: Payload) -> Wanted | None:
    """Which file it is."""
    found = service.import_named(session, payload["import"])
    if found is None:
        return None
    importer = service.importer_for(found.kind, service.place_of(session, found))
    return Wanted(found.public_id, found.file.sha256, found.file.name, importer.most, importer.fields)


def compute(wanted: Wanted | None) -> Read | None:
    """Reads it in a child process and takes its cells apart, telling how far."""
    if wanted is None:
        return None
    try:
        rows, faults = read_rows(wanted.sha256, wanted.name, wanted.most, wanted.fields)
    except Invalid as error:
        return Read(wanted.id, faults=error.errors)
    lines, wrong = lines_of(wanted.fields, rows, report_progress, {one.field for one in faults})
    return Read(wanted.id, lines, (*faults, *wrong))


def _step(step: Step) -> Callable[[Session, Read | None], None]:
    def apply(session: Session, table: Read | None) -> None:
        found = None if table is None else service.import_named(session, table.id)
        if found is None or table is None:
            return
        step(session, found, table.lines, table.faults, clock.now(session))

    return apply


def give_up(session: Session, payload: Payload, error: str) -> None:
    """Says so on the import; the machine's own words stay in the log."""
    found = service.import_named(session, payload["import"])
    if found is not None:
        service.give_up(session, found)


def refuse(session: Session, payload: Payload, error: AwardError) -> None:
    """Says on the import what the rule said that refused it."""
    found = service.import_named(session, payload["import"])
    if found is not None:
        service.refuse(session, found, error)


LOOK_AT_TABLE = Task(service.LOOK, read, compute, _step(service.look), give_up, refuse)
WRITE_TABLE = Task(service.WRITE, read, compute, _step(service.write), give_up, refuse)
