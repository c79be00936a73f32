"""What somebody who objects sees: number and code once, and later only the state of his objection."""

from dataclasses import replace
from datetime import timedelta

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from award.applications.models import Application
from award.kernel import clock, db
from award.kernel.actor import Action, Actor
from award.kernel.errors import Invalid, NotFound
from award.kernel.files.service import Prepared, keep
from award.kernel.i18n import N_
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.forms import Form, SubmittedForm
from award.kernel.web.limits import Limit
from award.kernel.web.rendering import render, render_invalid
from award.policy import require
from award.results import queries
from award.results.forms import read_filing, received_paper
from award.results.pages.desk import typed_of
from award.results.pages.listing import url_of
from award.results.pages.notices import notice_page
from award.results.pages.site import site_of
from award.results.pages.titles import title_of
from award.results.published import Published, candidates_of, latest_of, snapshot_for
from award.results.service.objecting import file_objection
from award.rounds.models import Round
from award.rounds.queries import stage_now, standing_in, with_stages

router = APIRouter(dependencies=[Depends(guard.public)])
objections = Limit(10, timedelta(hours=1))
"""Objections one address may file."""
uploads = Limit(20, timedelta(hours=1))
"""Files one address may add to objections, also to those that come back with something to fix."""
lookups = Limit(30, timedelta(hours=1))
"""Questions for a state one address may ask, so that no code is found by trying."""
CHECK = "public/objection.html"


@router.post("/notices/{notice_id}/objections")
def objection(
    request: Request, session: RequestSession, actor: CurrentActor, notice_id: PublicId, form: Form
) -> Response:
    """Takes in an objection; its author sees number and code this once, and nothing of what was stored."""
    added = _added(request, actor, notice_id, form)
    found = snapshot_for(session, notice_id)
    if found.kind != "notice":
        raise NotFound
    page = notice_page(request, session, found)
    try:
        filing = replace(read_filing(form, _applications(session, found)), file_sha256=added.sha256 if added else "")
        form.check()
        objections.take(actor.address)
        now = clock.now(session)
        stored = keep(session, added, actor.person_id, now, "objection") if added else None
        receipt = file_objection(session, actor, _round_of(session, found), filing, now, stored.id if stored else None)
    except Invalid as error:
        return render_invalid(request, session, "public/notice.html", error, **page, typed=typed_of(request))
    return render(
        request, session, "public/receipt.html", **site_of(latest_of(session, "call"), request.state.language),
        receipt=receipt.objection.receipt, code=receipt.code, heading=title_of(found), url=url_of(found),
        contact=found.content.get("contact", ""), by_seal=bool(receipt.objection.organisation),
    )  # fmt: skip


def _added(request: Request, actor: Actor, notice_id: str, form: SubmittedForm) -> Prepared | None:
    """What was added to an objection, stored before the session that writes is used; what is wrong with it is noted in the form.

    Nothing is stored while no objection can be filed. Raises NotFound, Refused, TooMany.
    """
    if form.file("file") is None:
        return None
    with db.reading(request.app.state.engine) as session:
        found = snapshot_for(session, notice_id)
        round_ = _round_of(session, found)
        require(Action.OBJECTION_FILE, stage_now(round_, clock.now(session)), standing_in(actor, round_))
    uploads.take(actor.address)
    try:
        return received_paper(form, "file")
    except Invalid as error:
        form.errors += error.errors
        return None


def _round_of(session: Session, found: Published) -> Round:
    return session.scalars(with_stages().where(Round.id == found.round_id)).one()


def _applications(session: Session, found: Published) -> dict[str, int]:
    """Public id -> inner number of the candidates the notice names."""
    named = [key for key, _ in candidates_of(found)]
    query = select(Application.public_id, Application.id).where(
        Application.public_id.in_(named), Application.round_id == found.round_id
    )
    return {row.public_id: row.id for row in session.execute(query)}


@router.get("/objections")
def ask(request: Request, session: RequestSession) -> Response:
    """The form for number and code."""
    return render(
        request, session, CHECK, **site_of(latest_of(session, "call"), request.state.language), typed={}, found=None
    )


@router.post("/objections")
def answer(request: Request, session: RequestSession, actor: CurrentActor, form: Form) -> Response:
    """Tells the state of an objection, to whoever knows its number and its code."""
    page = site_of(latest_of(session, "call"), request.state.language)
    try:
        receipt, code = form.text("receipt", longest=40), form.text("code", longest=40)
        form.check()
        lookups.take(actor.address)
        found = queries.objection_by_receipt(session, receipt, code)
        if found is None:
            raise Invalid.one(
                "receipt", N_("There is no objection with this number and this code. Compare both with your receipt.")
            )
    except Invalid as error:
        return render_invalid(request, session, CHECK, error, **page, typed=typed_of(request), found=None)
    return render(request, session, CHECK, **page, typed={}, found={"receipt": found.receipt, "state": found.state})
