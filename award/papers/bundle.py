"""A round's bundle: its papers in one ZIP with an index, 卷内目录 and SHA-256 of every file. Same papers, same bytes."""

import hashlib
import io
import json
import logging
import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from award.kernel import clock
from award.kernel.documents.models import Document, DocumentState
from award.kernel.documents.queries import document_by_id
from award.kernel.documents.service import mark_failed, mark_ready
from award.kernel.files.service import Prepared, keep
from award.kernel.files.storage import CHUNK, storage
from award.kernel.jobs.running import Hopeless, Payload, Task
from award.kernel.settings import settings
from award.kernel.sheets.tables import Column, Kind, Table
from award.kernel.sheets.writing import write_csv, write_xlsx
from award.papers.bundling import BUNDLE, MANIFEST
from award.papers.contents import filled
from award.papers.gaps import CLOSED, DAMAGED, GONE, gap, said
from award.press.document import MissingGlyphs, PressError, RenderingStopped, from_json
from award.press.records import Head, RegisterLine, RegisterView
from award.press.tasks import pool

log = logging.getLogger("award.papers")

MOMENT = (1980, 1, 1, 0, 0, 0)
"""Every member's time: a bundle made again has the same bytes."""
REGISTER, INDEX, WORKBOOK = "卷内目录.pdf", "卷内目录.csv", "卷内目录.xlsx"
SUMS = "SHA256SUMS"


@dataclass(frozen=True)
class Wanted:
    """A bundle to write. document: public id."""

    document: str
    content: dict[str, Any]


@dataclass(frozen=True)
class Written:
    """A bundle that is stored."""

    document: str
    prepared: Prepared


def read(session: Session, payload: Payload) -> Wanted | None:
    """What is to be written, or None where an earlier run has done it or it was given up."""
    document = document_by_id(session, payload["document"])
    if document is None or document.state != DocumentState.WANTED:
        return None
    return Wanted(document.public_id, filled(session, json.loads(document.view)))


def compute(wanted: Wanted | None) -> Written | None:
    """Writes the ZIP aside, file by file, and stores it; no more than one chunk is in memory."""
    if wanted is None:
        return None
    content = without_lost(wanted.content)
    incoming = settings().directory / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=incoming) as file:
        write(file, content, _register(content))
        file.seek(0)
        blob = storage().put(file)
    name = f"{wanted.content['name']}.zip"
    return Written(wanted.document, Prepared(blob.sha256, blob.size, name, "application/zip", "zip", None))


def _register(content: dict[str, Any]) -> bytes:
    """Raises Hopeless where the register can never be made of this."""
    try:
        return register_pdf(content)
    except RenderingStopped:
        raise
    except PressError as problem:
        raise Hopeless(str(problem)) from problem


def without_lost(content: dict[str, Any]) -> dict[str, Any]:
    """One file whose content is gone or changed stops no other: the register names it among what is missing."""
    faults = {one["path"]: fault for one in content["files"] if (fault := _fault(one["sha256"]))}
    kept = [one for one in content["files"] if one["path"] not in faults]
    lost = (gap(fault, path) for path, fault in sorted(faults.items()))
    return {**content, "files": kept, "missing": [*content["missing"], *lost]}


def _fault(sha256: str) -> str:
    """Why a stored content is none (award.papers.gaps), empty where it is what its name says."""
    try:
        digest = hashlib.sha256()
        with storage().open(sha256) as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
        return "" if digest.hexdigest() == sha256 else DAMAGED
    except FileNotFoundError:
        return GONE
    except OSError:
        log.exception("content %s cannot be read", sha256)
        return CLOSED


def register_pdf(content: dict[str, Any]) -> bytes:
    """卷内目录 as PDF. A character in one name that no font has stops no register: 〓 stands for it, as printers do."""
    try:
        return pool().render("register", register_of(content)).pdf
    except MissingGlyphs as fault:
        told = json.dumps(content, ensure_ascii=False).translate({ord(one): "〓" for one in fault.characters})
        return pool().render("register", register_of(json.loads(told))).pdf


def write(file: Any, content: dict[str, Any], register: bytes) -> None:
    """The members in the order of the index, then the lists that prove them."""
    sums: list[tuple[str, str]] = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, data in ((REGISTER, register), *indexes_of(content)):
            archive.writestr(_info(name), data)
            sums.append((hashlib.sha256(data).hexdigest(), name))
        for one in content["files"]:
            with (
                storage().open(one["sha256"]) as source,
                archive.open(_info(one["path"]), "w", force_zip64=True) as target,
            ):
                shutil.copyfileobj(source, target, CHUNK)
            sums.append((one["sha256"], one["path"]))
        lines = "".join(f"{digest}  {name}\n" for digest, name in sums).encode()
        manifest = {**content, "sha256_of_sums": hashlib.sha256(lines).hexdigest()}
        archive.writestr(_info(MANIFEST), json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode())
        archive.writestr(_info(SUMS), lines)


def _info(name: str) -> zipfile.ZipInfo:
    """A name that is not ASCII is flagged as UTF-8, so that Windows shows it. Source: APPNOTE.TXT 4.4.4, bit 11."""
    info = zipfile.ZipInfo(name, MOMENT)
    info.external_attr = 0o644 << 16
    info.create_system = 3
    return info


def index_of(content: dict[str, Any]) -> Table:
    """The index as a table."""
    columns = (
        Column("序号", Kind.WHOLE, 8), Column("文件", width=60), Column("题名", width=32), Column("编号"), Column("日期"),
        Column("页数", Kind.WHOLE, 8), Column("SHA-256", width=66),
    )  # fmt: skip
    rows = [
        (turn, one["path"], one["title"], one["number"], one["dated"], one["pages"], one["sha256"])
        for turn, one in enumerate(content["files"], 1)
    ]
    return Table(columns, rows, len(rows), "UTC")


def indexes_of(content: dict[str, Any]) -> list[tuple[str, bytes]]:
    """The index as CSV and as XLSX, by the names of their files."""
    plain, book = io.BytesIO(), io.BytesIO()
    write_csv(index_of(content), plain)
    write_xlsx(index_of(content), "卷内目录", book, datetime(*MOMENT, tzinfo=UTC))
    return [(INDEX, plain.getvalue()), (WORKBOOK, book.getvalue())]


def register_of(content: dict[str, Any]) -> RegisterView:
    """卷内目录 as a paper."""
    lines = tuple(
        RegisterLine(
            one["path"].rpartition("/")[0], one["number"], one["title"], one["dated"], one["pages"], one["sha256"]
        )
        for one in content["files"]
    )
    return RegisterView(from_json(Head, json.dumps(content["head"])), lines, tuple(said("zh", one) for one in content["missing"]))


def apply(session: Session, written: Written | None) -> None:
    """Gives the bundle its file."""
    if written is None:
        return
    document = session.scalars(select(Document).where(Document.public_id == written.document)).one()
    if document.state == DocumentState.WANTED:
        now = clock.now(session)
        file = keep(session, written.prepared, None, now, "bundle")
        mark_ready(session, document, file, 0, "", now)


def give_up(session: Session, payload: Payload, error: str) -> None:
    """The office sees why there is no bundle."""
    mark_failed(session, [payload["document"]], error)


WRITE_BUNDLE = Task(BUNDLE, read, compute, apply, give_up)
