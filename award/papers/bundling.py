"""What goes into a round's bundle, decided for the officer who asks: no paper he may not read is in it."""

import json
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from award.applications.models import Application, Submission
from award.applications.queries import is_barred
from award.kernel.actor import Actor
from award.kernel.audit.trail import record, round_stream
from award.kernel.documents.models import Document, DocumentState
from award.kernel.documents.queries import latest_for
from award.kernel.documents.service import Request, place_for
from award.kernel.errors import Conflict, NotFound
from award.kernel.events import Event
from award.kernel.files.models import StoredFile
from award.kernel.files.storage import storage
from award.kernel.i18n import N_
from award.kernel.jobs.service import enqueue
from award.papers import queries
from award.papers.gaps import UNMADE, UNMADE_LETTER, Gap, gap
from award.papers.kinds import KINDS
from award.papers.queries import Paper
from award.papers.uploaded import OBJECTIONS, Upload, uploads_in
from award.press.records import Head
from award.rounds.models import Round
from award.rounds.queries import guarded_stage, standing_in, title_of
from award.stages import Who

BUNDLE = "papers:bundle"
TEMPLATE = "bundle"
MANIFEST = "manifest.json"
WHOLE_ROUND = "000_本届文件"


def subject_of(round_: Round, actor: Actor) -> str:
    """A bundle is its officer's own: another may have other conflicts."""
    return f"bundle:{round_.public_id}/{actor.public_id}"


def want_bundle(session: Session, actor: Actor, round_: Round, *, with_evidence: bool, now: datetime) -> Document:
    """Wants the ZIP of all papers of a round that are made or were uploaded; the same papers again are the same bundle.

    Raises NotFound (not of the office), Conflict (no paper is made yet). What is not made is named in the
    register; what could not be read when it was written is tried once more when the bundle is wanted again.
    """
    if Who.OFFICE not in standing_in(actor, round_).who:
        raise NotFound
    guarded_stage(session, round_, now, exclusive=True)
    content = content_of(session, actor, round_, now, with_evidence=with_evidence)
    if not content["files"]:
        raise Conflict("bundle.empty", N_("No paper of this round is made yet. Make the papers first."))
    view = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    document = place_for(session, Request(TEMPLATE, subject_of(round_, actor), "zh", view), now)
    document.wanted_at = now
    if not _is_whole(document):
        document.state, document.error = DocumentState.WANTED.value, None
        enqueue(
            session,
            BUNDLE,
            {"document": document.public_id},
            dedup_key=f"bundle:{document.public_id}:{now.isoformat()}",
        )
    kept = {"files": len(content["files"]), "sha256": document.data_hash, "evidence": with_evidence}
    stream = round_stream(round_.public_id)
    record(session, actor, Event.PAPERS_BUNDLED, f"round:{round_.public_id}", stream, kept, rules=round_.scheme_sha256)
    return document


def bundle_for(session: Session, actor: Actor, round_: Round) -> Document | None:
    """The officer's latest bundle; none once it holds an application that he has a conflict with since."""
    if Who.OFFICE not in standing_in(actor, round_).who:
        return None
    document = latest_for(session, TEMPLATE, subject_of(round_, actor), "zh")
    if document is None:
        return None
    forbidden = select(Application.public_id).where(is_barred(actor))
    held = set(json.loads(document.view)["applications"])
    return None if held & set(session.scalars(forbidden)) else document


def content_of(session: Session, actor: Actor, round_: Round, now: datetime, *, with_evidence: bool) -> dict[str, Any]:
    """The bundle as plain values: its papers, made and uploaded, what is missing or being made anew, and whose evidence its
    job is to put beside them.
    """
    found = [(one, key) for key in KINDS for one in queries.papers_in(session, actor, round_, key, now)]
    uploads = uploads_in(session, actor, round_)
    named = [one.application for one, _ in found] + [one.application for one in uploads]
    applications = {one.id: one for one in named if one is not None}
    ordered = sorted(applications.values(), key=lambda one: (one.number or "", one.id))
    folders = {
        one.id: f"{turn:03d}_{tidy(one.number or '')}_{tidy(one.entrant)}"
        for turn, one in enumerate(ordered, 1)
    }
    files, missing = _papers(session, [one for one, _ in found], folders)
    files += [_upload_line(one, one.stored, folders) for one in uploads if one.stored is not None]
    missing += [gap(UNMADE_LETTER, _upload_path(one, "pdf", folders)) for one in uploads if one.stored is None]
    evidence = _submissions(session, ordered, folders) if with_evidence else []
    scheme, title = round_.scheme, title_of(round_).zh
    head = Head("zh", scheme.award.zh, title, str(round_.year), "", scheme.office.zh, "")
    return {
        "format": 1, "round": round_.public_id, "name": tidy(title), "head": asdict(head), "files": files, "missing": missing,
        "applications": sorted(one.public_id for one in ordered), "evidence": evidence, "zone": round_.award.authority.zone,
    }  # fmt: skip


def _papers(
    session: Session, papers: list[Paper], folders: dict[int, str]
) -> tuple[list[dict[str, Any]], list[Gap]]:
    files, missing = [], []
    turns: dict[tuple[int, str], int] = {}
    for at, kind in enumerate(KINDS.values(), 1):
        mine = [one for one in papers if one.kind is kind]
        made = {language: queries.latest_documents(session, kind, mine, language) for language in kind.languages}
        for paper in mine:
            place = paper.application.id if paper.application else 0
            turn = turns[place, kind.key] = turns.get((place, kind.key), 0) + 1
            folder = folders.get(place, WHOLE_ROUND)
            several = f"_{turn}" if turn > 1 or kind.key in ("sheet", "comments", "acceptance") else ""
            ready = {one: found[paper.subject] for one, found in made.items() if _is_ready(found.get(paper.subject))}
            begun = [one for one, found in made.items() if paper.subject in found and one not in ready]
            if begun or not ready:
                missing.append(gap(UNMADE, folder, kind.key, turn if several else 0))
            for language, document in ready.items():
                suffix = "" if language == "zh" else f"_{language}"
                path = f"{folder}/{at:02d}_{kind.file}{several}{suffix}.pdf"
                title = kind.file + several + ("" if language == "zh" else "（英文）")
                files.append(_line(path, title, paper, document))
    return files, missing


def _is_ready(document: Document | None) -> bool:
    return document is not None and document.is_ready and document.file is not None


def _line(path: str, title: str, paper: Paper, document: Document) -> dict[str, Any]:
    if document.file is None:
        raise RuntimeError("a document that is ready has a file")
    number = (paper.application.number or "") if paper.application else ""
    return {
        "path": path, "title": title, "number": number, "document": document.public_id, "pages": document.pages,
        "sha256": document.file.sha256, "size": document.file.size,
    }  # fmt: skip


def _upload_line(one: Upload, stored: StoredFile, folders: dict[int, str]) -> dict[str, Any]:
    """Without a document: its day is known already."""
    return {
        "path": _upload_path(one, stored.extension, folders), "title": one.name,
        "number": (one.application.number or "") if one.application else "", "dated": one.dated.isoformat(),
        "pages": stored.pages, "sha256": stored.sha256, "size": stored.size,
    }  # fmt: skip


def _upload_path(one: Upload, extension: str, folders: dict[int, str]) -> str:
    about = None if one.shelf == OBJECTIONS else one.application
    folder = WHOLE_ROUND if about is None else folders[about.id]
    return f"{folder}/{one.shelf}/{tidy(one.name)}.{extension}"


def _submissions(session: Session, applications: list[Application], folders: dict[int, str]) -> list[dict[str, str]]:
    """The latest submission of each application, with the folder its evidence goes to; none of them is read yet."""
    numbers = {one.id: one.number or "" for one in applications}
    query = select(Submission.application_id, Submission.public_id).where(Submission.application_id.in_(list(numbers)))
    latest: dict[int, str] = {place: submission for place, submission in session.execute(query.order_by(Submission.number))}  # noqa: C416
    return [
        {"submission": latest[place], "folder": folders[place], "number": number}
        for place, number in numbers.items() if place in latest
    ]  # fmt: skip


def left_out_of(document: Document) -> list[Gap | str]:
    """What is not in a bundle that is written, as its manifest names it. Raises OSError or ValueError: it cannot be read."""
    if document.file is None:
        return []
    try:
        with storage().open(document.file.sha256) as file, zipfile.ZipFile(file) as archive:
            return list(json.loads(archive.read(MANIFEST))["missing"])
    except (zipfile.BadZipFile, KeyError) as fault:
        raise ValueError("no bundle") from fault


def _is_whole(document: Document) -> bool:
    """Whether nothing that was wanted was left out when it was written, so that writing it again would change nothing."""
    try:
        return document.is_ready and left_out_of(document) == json.loads(document.view)["missing"]
    except (OSError, ValueError):
        return False


def tidy(name: str) -> str:
    """A name for a folder or a file that every system takes: no signs Windows forbids, at most 60 characters."""
    plain = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c)[0] != "C")
    plain = "".join("_" if c in '\\/:*?"<>|' else c for c in plain)
    return plain[:60].strip(" .") or "_"


def unique(names: Iterable[str]) -> Iterator[str]:
    """The names, those that occur again (whatever their case) with a number."""
    seen: dict[str, int] = {}
    for name in names:
        turn = seen[name.lower()] = seen.get(name.lower(), 0) + 1
        stem, dot, extension = name.rpartition(".")
        yield name if turn == 1 else f"{stem}_{turn}{dot}{extension}" if dot else f"{name}_{turn}"
