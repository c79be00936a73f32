"""The press's job: renders wanted documents; their contents are stored before a row names them."""

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from award.kernel import clock
from award.kernel.documents.models import Document, DocumentState
from award.kernel.documents.service import RENDER, mark_failed, mark_ready
from award.kernel.files.service import Prepared, keep, prepare_generated
from award.kernel.jobs.running import Payload, Task
from award.press.document import BrokenView, Kind, PressError, Rendered, RenderingStopped, from_json
from award.press.kinds import VIEWS
from award.press.pool import Pool

log = logging.getLogger("award.press")

BATCHED = "certificate"
"""The kind of which many are made in one call."""


@dataclass(frozen=True)
class Wanted:
    """A document to render, as plain values. name: of the file; people see the name the feature gives it."""

    public_id: str
    kind: str
    view_json: str
    name: str


@dataclass(frozen=True)
class Outcome:
    """What became of one document: its stored content, or why it could not be made."""

    public_id: str
    prepared: Prepared | None
    template_version: str
    error: str


@lru_cache
def pool() -> Pool:
    """The rendering processes of this worker, one for each processor up to four; they end with the worker."""
    return Pool(min(4, os.cpu_count() or 1))


def read(session: Session, payload: Payload) -> list[Wanted]:
    """The documents of a job that an earlier run has not finished."""
    query = select(Document).where(
        Document.public_id.in_(payload["documents"]), Document.state == DocumentState.WANTED.value
    )
    return [
        Wanted(one.public_id, one.kind, one.view, f"{one.kind}-{one.subject.rpartition(':')[2]}.pdf")
        for one in session.scalars(query.order_by(Document.id))
    ]


def compute(wanted: Sequence[Wanted]) -> list[Outcome]:
    """Renders and stores. A document that cannot be made is an outcome; raises RenderingStopped when none could be."""
    stated = [(one, _view(one)) for one in wanted]
    broken = [(one, view) for one, view in stated if isinstance(view, PressError)]
    certificates = [(one, view) for one, view in stated if one.kind == BATCHED and not isinstance(view, PressError)]
    others = [(one, view) for one, view in stated if one.kind != BATCHED and not isinstance(view, PressError)]
    batched = pool().render_batch([view for _, view in certificates]) if certificates else []
    made: list[tuple[Wanted, Rendered | PressError]] = [
        *broken, *zip((one for one, _ in certificates), batched, strict=True), *((one, _single(one, view)) for one, view in others),
    ]  # fmt: skip
    if made and all(isinstance(result, RenderingStopped) for _, result in made):
        raise cast(RenderingStopped, made[0][1])
    return [_outcome(one, result) for one, result in made]


def _view(wanted: Wanted) -> Any:
    """The view of a document, or as a PressError why its record is none."""
    try:
        return from_json(VIEWS[cast(Kind, wanted.kind)], wanted.view_json)
    except Exception as fault:  # whatever is wrong with one record, the others are made
        log.exception("the view of document %s cannot be read", wanted.public_id)
        return BrokenView(f"{type(fault).__name__}: {fault}")


def _single(wanted: Wanted, view: object) -> Rendered | PressError:
    try:
        return pool().render(cast(Kind, wanted.kind), view)
    except PressError as problem:
        return problem


def _outcome(wanted: Wanted, result: Rendered | PressError) -> Outcome:
    if isinstance(result, PressError):
        return Outcome(wanted.public_id, None, "", str(result))
    prepared = prepare_generated(wanted.name, result.pdf, result.pages)
    return Outcome(wanted.public_id, prepared, result.template_version, "")


def apply(session: Session, outcomes: Sequence[Outcome]) -> None:
    """Gives each document its file, or says why it has none."""
    now = clock.now(session)
    for outcome in outcomes:
        if outcome.prepared is None:
            mark_failed(session, [outcome.public_id], outcome.error)
            continue
        document = session.scalars(select(Document).where(Document.public_id == outcome.public_id)).one()
        if not document.is_ready:
            file = keep(session, outcome.prepared, None, now, "document")
            mark_ready(session, document, file, outcome.prepared.pages or 0, outcome.template_version, now)


def give_up(session: Session, payload: Payload, error: str) -> None:
    """The office sees which documents could not be made."""
    mark_failed(session, payload["documents"], error)


RENDER_DOCUMENTS = Task(RENDER, read, compute, apply, give_up)
