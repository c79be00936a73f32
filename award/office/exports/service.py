"""Taking a list out: what it would hold, the file, and the record of it."""

import tempfile
from collections.abc import Mapping
from datetime import datetime
from typing import BinaryIO
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from award.kernel.actor import Actor
from award.kernel.audit.trail import ADMIN, record, round_stream
from award.kernel.errors import Invalid, NotFound
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.kernel.settings import settings
from award.kernel.sheets.writing import write_table
from award.office.exports import around, in_round, scores, upward, written
from award.office.exports.asked import Answer, Asked, Export

EXPORTS: Mapping[str, Export] = {
    one.key: one for part in (in_round, scores, written, around, upward) for one in part.EXPORTS
}
"""Every list, by its name in addresses."""
MANY_PERSONS = 50
"""A list that names more people than this leaves with a reason. Source: security.md 5, row Exports, and T21."""


def export_named(key: str, door: str) -> Export:
    """Raises NotFound for a list that does not exist behind this door."""
    found = EXPORTS.get(key)
    if found is None or found.door != door:
        raise NotFound
    return found


def needs_reason(answer: Answer) -> bool:
    """Whether so many people are named that somebody has to say what for."""
    return answer.table.persons > MANY_PERSONS


def write_export(export: Export, asked: Asked, kind: str, reason: str) -> tuple[Answer, BinaryIO]:
    """The list as a file that is gone when it is closed. kind: csv or xlsx.

    Written to the disk row by row, in the transaction that reads the rows. Raises what the list's page would, and Invalid
    for a list of many people without a reason.
    """
    answer = export.make(asked)
    if needs_reason(answer) and not reason:
        text = N_("This list names {count} people. Say what it is needed for; the reason is kept in the trail.")
        raise Invalid.one("reason", text, count=answer.table.persons)
    incoming = settings().directory / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    file: BinaryIO = tempfile.TemporaryFile(dir=incoming)  # noqa: SIM115 (whoever sends it closes it)
    try:
        write_table(kind, answer.table, asked.say(export.title), file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return answer, file


def note_export(
    session: Session, actor: Actor, export: Export, answer: Answer, filters: Mapping[str, str], kind: str, reason: str
) -> None:
    """Records that the list has left: which, narrowed how, how many rows and people, and what for."""
    content = {
        "list": export.key, "format": kind, "filter": {name: value for name, value in filters.items() if value},
        "rows": answer.table.count, "persons": answer.table.persons, "reason": reason,
    }  # fmt: skip
    stream = round_stream(answer.round_id) if answer.round_id else ADMIN
    record(session, actor, Event.LIST_EXPORTED, f"list:{export.key}", stream, content)


def file_name(export: Export, answer: Answer, asked: Asked, kind: str) -> str:
    """The round, the list and the moment, so that two exports are never mistaken for each other."""
    moment: datetime = asked.now.astimezone(ZoneInfo(answer.table.zone))
    named = " ".join(one for one in (answer.place, asked.say(export.title)) if one)
    return f"{named} {moment:%Y%m%d-%H%M%S}.{kind}"
