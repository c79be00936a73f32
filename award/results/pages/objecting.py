"""What somebody who objects sees: number and code once, and later only the state of his objection."""

from datetime import timedelta

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from award.applications.models import Application
from award.kernel import clock
from award.kernel.errors import Invalid, NotFound
from award.kernel.i18n import N_
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.forms import Form
from award.kernel.web.limits import Limit
from award.kernel.web.rendering import render, render_invalid
from award.results import queries
from award.results.forms import read_filing
from award.results.pages.desk import typed_of
from award.results.pages.listing import url_of
from award.results.pages.notices import notice_page
from award.results.pages.site import site_of
from award.results.pages.titles import title_of
from award.results.published import Published, candidates_of, latest_of, snapshot_for
from award.results.service.objecting import file_objection
from award.rounds.models import Round
from award.rounds.queries import with_stages

router = APIRouter(dependencies=[Depends(guard.public)])
objections = Limit(10, timedelta(hours=1))
"""Objections one address may file."""
lookups = Limit(30, timedelta(hours=1))
"""Questions for a state one address may ask, so that no code is found by trying."""
CHECK = "public/objection.html"


@router.post("/notices/{notice_id}/objections")
def objection(
    request: Request, session: RequestSession, actor: CurrentActor, notice_id: PublicId, form: Form
) -> Response:
    """Takes in an objection; its author sees number and code this once, and nothing of what was stored."""
    found = snapshot_for(session, notice_id)
    if found.kind != "notice":
        raise NotFound
    page = notice_page(request, session, found)
    try:
        filing = read_filing(form, _applications(session, found))
        form.check()
        objections.take(actor.address)
        receipt = file_objection(session, actor, _round_of(session, found), filing, clock.now(session))
    except Invalid as error:
        return render_invalid(request, session, "public/notice.html", error, **page, typed=typed_of(request))
    return render(
        request, session, "public/receipt.html", **site_of(latest_of(session, "call"), request.state.language),
        receipt=receipt.objection.receipt, code=receipt.code, heading=title_of(found), url=url_of(found),
        contact=found.content.get("contact", ""), by_seal=bool(receipt.objection.organisation),
    )  # fmt: skip


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
        receipt, code = form.text("receipt", longest=20), form.text("code", longest=20)
        form.check()
        lookups.take(actor.address)
        found = queries.objection_by_receipt(session, receipt.upper(), "".join(code.split()).upper())
        if found is None:
            raise Invalid.one(
                "receipt", N_("There is no objection with this number and this code. Compare both with your receipt.")
            )
    except Invalid as error:
        return render_invalid(request, session, CHECK, error, **page, typed=typed_of(request), found=None)
    return render(request, session, CHECK, **page, typed={}, found={"receipt": found.receipt, "state": found.state})
