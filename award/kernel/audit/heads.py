"""The ends of the trail, kept elsewhere: what whoever holds the database cannot set back unseen.

A stream whose last records were deleted and whose head was set back, or that was deleted with its head, follows from its
own first record as well as ever; only a copy of the heads that lies elsewhere tells.
"""

import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from award.kernel.audit.chain import spell_moment
from award.kernel.audit.models import AuditHead, AuditRecord
from award.kernel.counting import counted

MANIFEST = "manifest.json"
"""What closes a backup, and keeps the heads of its moment."""
DIGITS = frozenset("0123456789abcdef")


class HeadsError(Exception):
    """Why a file says nothing about the ends of the trail, in a sentence for the operator."""


@dataclass(frozen=True)
class Kept:
    """The heads of one moment. made_at: as the file spells it. heads: stream -> its last number and link."""

    made_at: str
    heads: Mapping[str, tuple[int, str]]

    def as_json(self) -> str:
        """A line for each stream, so that it can be printed and read aloud."""
        lines = ",\n".join(f"  {json.dumps(stream)}: {json.dumps(head)}" for stream, head in sorted(self.heads.items()))
        return f'{{\n "made_at": {json.dumps(self.made_at)},\n "heads": {{\n{lines}\n }}\n}}\n'


@dataclass(frozen=True)
class Departure:
    """A stream that is not what was kept of it, or has not only grown. says: how, as a sentence."""

    stream: str
    says: str


def heads_of(reader: Session | Connection) -> dict[str, tuple[int, str]]:
    """Every stream with its last number and link."""
    rows = reader.execute(select(AuditHead.stream, AuditHead.seq, AuditHead.link).order_by(AuditHead.stream))
    return {stream: (seq, link) for stream, seq, link in rows}


def heads_beside(session: Session, stream: str) -> dict[str, tuple[int, str]]:
    """The head of a round's stream, and of the streams that belong to no round: other rounds are not told of."""
    return {one: head for one, head in heads_of(session).items() if one == stream or not one.startswith("round:")}


def kept_now(heads: Mapping[str, tuple[int, str]], now: datetime) -> Kept:
    """Heads of this moment, for keeping elsewhere. now: UTC."""
    return Kept(spell_moment(now), heads)


def parse_heads(told: object) -> dict[str, tuple[int, str]]:
    """stream -> number and link, from what JSON gives. Raises ValueError or TypeError for anything else."""
    if not isinstance(told, Mapping):
        raise TypeError("heads are a map")
    heads = {str(stream): (int(seq), str(link)) for stream, (seq, link) in told.items()}
    if any(seq < 1 or len(link) != 64 or set(link) - DIGITS for seq, link in heads.values()):
        raise ValueError("a head is a number from 1 and 64 hexadecimal digits")
    return heads


def kept_in(path: Path) -> Kept:
    """What a backup, its manifest or a file of heads kept. Raises HeadsError for any other file."""
    try:
        told = json.loads(_text_of(path))
        kept = Kept(str(told["made_at"]), parse_heads(told["heads"]))
    except FileNotFoundError as error:
        raise HeadsError(f"there is no file {path}") from error
    except (OSError, zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError) as error:
        raise HeadsError(f"{path} is neither a backup nor a file that `./run audit heads` made, or it is damaged") from error
    if not kept.heads:
        raise HeadsError(f"{path} keeps no stream of the trail: there was none when it was made")
    return kept


def _text_of(path: Path) -> str:
    if not zipfile.is_zipfile(path):
        return path.read_text(encoding="utf-8")
    with zipfile.ZipFile(path) as archive:
        return archive.read(MANIFEST).decode()


def departures(session: Session, kept: Kept) -> list[Departure]:
    """The streams that are no longer what they were, or have not only grown; none if all are.

    It looks at the kept places only: that everything before them leads there is what `verify` finds out.
    """
    return [
        Departure(stream, said)
        for stream, (seq, link) in sorted(kept.heads.items())
        if (said := _departure(session, stream, seq, link, kept.made_at))
    ]


def _departure(session: Session, stream: str, seq: int, link: str, made_at: str) -> str:
    last = session.scalar(select(func.max(AuditRecord.seq)).where(AuditRecord.stream == stream))
    if last is None:
        return f"the stream is missing; it had {counted(seq, 'record')} on {made_at}"
    if last < seq:
        return f"the stream ends at record {last}; it had {counted(seq, 'record')} on {made_at}"
    if session.scalar(select(AuditRecord.link).where(AuditRecord.stream == stream, AuditRecord.seq == seq)) != link:
        return f"record {seq} is another one than on {made_at}, so it or a record before it was rewritten"
    return ""
