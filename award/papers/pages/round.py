"""The office's page of a round's papers: how many are made, batches with their progress, and the bundle."""

import logging
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from award.kernel import clock
from award.kernel.actor import Actor
from award.kernel.documents import batches
from award.kernel.documents.models import Batch, Document
from award.kernel.errors import NotFound
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.downloads import send_file
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render
from award.papers import queries, service
from award.papers.bundling import bundle_for, left_out_of, want_bundle
from award.papers.counting import counts_of
from award.papers.gaps import said
from award.papers.kinds import KINDS
from award.papers.reasons import reason
from award.rounds.models import Round
from award.rounds.pages.place import place_of
from award.rounds.queries import round_for

log = logging.getLogger("award.papers")

router = APIRouter(prefix="/office/rounds/{round_id}/papers", dependencies=[Depends(guard.office_or_supervisor)])
SHOWN = 8
"""Batches on the page of a round."""


@router.get("")
def papers(request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId) -> Response:
    """Every kind of paper with how many are made, the latest batches, and the bundle."""
    round_ = round_for(session, actor, round_id)
    now = clock.now(session)
    place = place_of(actor, round_, "papers", now)
    found = batches.batches_about(session, service.subject_of(round_), SHOWN)
    progress = batches.progress_of(session, found)
    bundle = bundle_for(session, actor, round_)
    return render(
        request, session, "papers/round.html", **place, counts=counts_of(session, actor, round_, "zh", now),
        batches=[(one, progress[one.id], KINDS[one.kind].title) for one in found],
        bundle=bundle, bundle_fault=reason(request.state.language, bundle.error if bundle else ""),
        left_out=_left_out(bundle, request.state.language),
        is_waiting=any(progress[one.id].open for one in found) or (bundle is not None and bundle.state == "wanted"),
    )  # fmt: skip


def _left_out(bundle: Document | None, language: str) -> list[str]:
    try:
        return [said(language, one) for one in left_out_of(bundle)] if bundle is not None and bundle.is_ready else []
    except (OSError, ValueError):
        log.exception("the bundle %s cannot be read", bundle.public_id if bundle else "")
        return []


@router.post("/batches", dependencies=[Depends(guard.office)])
def start(session: RequestSession, actor: CurrentActor, round_id: PublicId, form: Form) -> Response:
    """Makes all papers of a kind that are missing."""
    round_ = round_for(session, actor, round_id)
    language = form.get("language") or "zh"
    batch = service.start_batch(session, actor, round_, form.get("kind"), language, clock.now(session))
    return RedirectResponse(f"/office/rounds/{round_id}/papers/batches/{batch.public_id}", 303)


def _batch(session: Session, actor: Actor, round_id: str, batch_id: str) -> tuple[Round, Batch]:
    round_ = round_for(session, actor, round_id)
    batch = batches.batch_by_id(session, batch_id)
    if batch is None or batch.subject != service.subject_of(round_):
        raise NotFound
    return round_, batch


@router.get("/batches/{batch_id}")
def batch(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, batch_id: PublicId
) -> Response:
    """How far a batch is, and what failed and why; looks again by itself until it is over."""
    round_, found = _batch(session, actor, round_id, batch_id)
    place = place_of(actor, round_, "papers", clock.now(session))
    return render(request, session, "papers/batch.html", **place, **_shown(session, actor, round_, found, request.state.language))


def _shown(session: Session, actor: Actor, round_: Round, batch: Batch, language: str) -> dict[str, Any]:
    kind = KINDS[batch.kind]
    mine = {one.thing: one for one in queries.papers_in(session, actor, round_, batch.kind, clock.now(session))}
    failures = [one for one in batches.failures_of(session, batch) if one.thing in mine]
    details = queries.told_apart(session, [mine[one.thing] for one in failures], language)
    progress = batches.progress_of(session, [batch])[batch.id]
    return {
        "batch": batch, "progress": progress, "kind_title": kind.title, "is_waiting": progress.open > 0,
        "failures": [
            {"thing": one.thing, "name": one.name, "detail": details[one.thing], "reason": reason(language, one.why)}
            for one in failures
        ],
    }  # fmt: skip


@router.post("/batches/{batch_id}/cancel", dependencies=[Depends(guard.office)])
def cancel(session: RequestSession, actor: CurrentActor, round_id: PublicId, batch_id: PublicId) -> Response:
    """Stops it; what is made stays."""
    round_, found = _batch(session, actor, round_id, batch_id)
    service.cancel_batch(session, actor, round_, found, clock.now(session))
    return RedirectResponse(f"/office/rounds/{round_id}/papers/batches/{batch_id}", 303)


@router.post("/batches/{batch_id}/again", dependencies=[Depends(guard.office)])
def again(session: RequestSession, actor: CurrentActor, round_id: PublicId, batch_id: PublicId, form: Form) -> Response:
    """Makes one paper that failed once more, alone."""
    round_, found = _batch(session, actor, round_id, batch_id)
    service.make_again(session, actor, round_, found, form.get("thing"), clock.now(session))
    return RedirectResponse(f"/office/rounds/{round_id}/papers/batches/{batch_id}", 303)


@router.post("/bundle", dependencies=[Depends(guard.office)])
def bundle(session: RequestSession, actor: CurrentActor, round_id: PublicId, form: Form) -> Response:
    """Wants the ZIP of the papers that are made."""
    round_ = round_for(session, actor, round_id)
    want_bundle(session, actor, round_, with_evidence=form.ticked("evidence"), now=clock.now(session))
    return RedirectResponse(f"/office/rounds/{round_id}/papers", 303)


@router.get("/bundle.zip", dependencies=[Depends(guard.office)])
def bundle_file(session: RequestSession, actor: CurrentActor, round_id: PublicId) -> Response:
    """The officer's bundle. Not found while it is being written; the page says how far it is."""
    found = bundle_for(session, actor, round_for(session, actor, round_id))
    if found is None or found.file is None:
        raise NotFound
    return send_file(found.file)
