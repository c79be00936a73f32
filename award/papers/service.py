"""Making papers: one for somebody, all of a kind for a round as one batch, and stopping that."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from award.kernel.actor import SYSTEM, Actor
from award.kernel.audit.trail import record, round_stream
from award.kernel.documents import batches
from award.kernel.documents.models import Batch, Document
from award.kernel.documents.service import want
from award.kernel.errors import Conflict, NotFound
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.kernel.jobs.service import enqueue
from award.papers import queries
from award.papers.kinds import KINDS
from award.papers.queries import Paper
from award.rounds.models import Round
from award.rounds.queries import guarded_stage, standing_in
from award.stages import Who

STATE = "papers:state"
"""The job that states the views of a part of a batch and wants their documents."""
CHUNK = 25
"""Entries of a batch one such job looks at."""


def make(session: Session, paper: Paper, language: str, now: datetime) -> Document:
    """Wants one paper; the same data again is the same document, and one that failed is tried again.

    Raises NotFound for a language it does not exist in.
    """
    if language not in paper.kind.languages:
        raise NotFound
    view = paper.kind.view(session, paper.thing, language)
    return want(session, paper.kind.template, paper.subject, language, view, now)


def start_batch(session: Session, actor: Actor, round_: Round, key: str, language: str, now: datetime) -> Batch:
    """Wants every paper of a kind that the round has by now and that is not made yet, in one act.

    actor: somebody of the round's office, or SYSTEM for the operator's command. While a batch of the kind runs, asking
    again answers with it. Raises NotFound (not of the office, no such kind or language), Conflict (nothing to make).
    """
    _require_office(actor, round_)
    if key not in KINDS or language not in KINDS[key].languages:
        raise NotFound
    guarded_stage(session, round_, now, exclusive=True)
    running = running_batch(session, round_, key, language)
    if running is not None:
        return running
    papers = missing_of(session, actor, round_, key, language, now)
    if not papers:
        raise Conflict("papers.none", N_("There is nothing to make: every paper of this kind is made or being made."))
    things = [batches.Thing(one.thing, one.name) for one in papers]
    batch = batches.start(session, key, subject_of(round_), language, things, actor.person_id, now)
    for start in range(0, len(things), CHUNK):
        payload = {"batch": batch.public_id, "from": start, "to": start + CHUNK}
        enqueue(session, STATE, payload, dedup_key=f"{batches.job_key(batch.public_id)}:state:{start}")
    content = {"batch": batch.public_id, "kind": key, "language": language, "papers": len(things)}
    _record(session, actor, Event.PAPERS_STARTED, round_, content)
    return batch


def missing_of(
    session: Session, actor: Actor, round_: Round, key: str, language: str, now: datetime
) -> Sequence[Paper]:
    """The papers of a kind that are neither made nor being made."""
    papers = queries.papers_in(session, actor, round_, key, now)
    made = queries.latest_documents(session, KINDS[key], papers, language)
    return [one for one in papers if one.subject not in made or made[one.subject].state not in ("ready", "wanted")]


def cancel_batch(session: Session, actor: Actor, round_: Round, batch: Batch, now: datetime) -> bool:
    """Stops a batch; what is made stays, and what was not can be made later. False when it was over already."""
    _require_office(actor, round_)
    guarded_stage(session, round_, now, exclusive=True)
    if not batches.cancel(session, batch, now):
        return False
    _record(session, actor, Event.PAPERS_CANCELLED, round_, {"batch": batch.public_id, "kind": batch.kind})
    return True


def make_again(session: Session, actor: Actor, round_: Round, batch: Batch, thing: str, now: datetime) -> Document:
    """Makes one paper of a batch once more, alone. Raises NotFound where the actor may not have it, or it is not in the batch."""
    _require_office(actor, round_)
    entry = batches.entry_of(session, batch, thing)
    papers = queries.papers_in(session, actor, round_, batch.kind, now)
    paper = next((one for one in papers if one.thing == thing), None)
    if entry is None or paper is None:
        raise NotFound
    document = make(session, paper, batch.language, now)
    entry.document_id, entry.error = document.id, None
    return document


def running_batch(session: Session, round_: Round, key: str, language: str) -> Batch | None:
    """The batch of a kind that is not over."""
    found = [
        one for one in batches.batches_about(session, subject_of(round_))
        if one.kind == key and one.language == language and one.cancelled_at is None
    ]  # fmt: skip
    progress = batches.progress_of(session, found)
    return next((one for one in found if progress[one.id].open), None)


def subject_of(round_: Round) -> str:
    """What batches of a round name as their subject."""
    return f"round:{round_.public_id}"


def _require_office(actor: Actor, round_: Round) -> None:
    if actor is not SYSTEM and Who.OFFICE not in standing_in(actor, round_).who:
        raise NotFound


def _record(session: Session, actor: Actor, event: Event, round_: Round, content: dict[str, object]) -> None:
    stream = round_stream(round_.public_id)
    record(session, actor, event, f"round:{round_.public_id}", stream, content, rules=round_.scheme_sha256)
