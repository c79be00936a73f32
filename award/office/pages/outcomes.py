"""Outcomes of a stage held on paper."""

import re
from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session, joinedload

from award.accounts.queries import names_of
from award.applications.models import Application
from award.applications.queries import application_for
from award.kernel import clock
from award.kernel.actor import Action, Actor
from award.kernel.errors import Invalid, NotFound
from award.kernel.files.models import StoredFile
from award.kernel.files.service import Limits, Prepared, keep, prepare_upload
from award.kernel.i18n import N_
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.downloads import send_file
from award.kernel.web.forms import Form, SubmittedForm
from award.kernel.web.rendering import render, render_invalid
from award.office import outcomes
from award.office.going_on import going_on
from award.office.queries import is_conflicted
from award.policy import decide
from award.rounds.models import Round
from award.rounds.pages.place import place_of
from award.rounds.queries import round_for, scheme_of, stage_now, stage_of, standing_in

router = APIRouter(prefix="/office/rounds/{round_id}/outcomes")
LIST, FORM = "office/outcomes.html", "office/outcome.html"
SCANS = Limits(20, frozenset({"pdf", "jpg", "jpeg", "png"}))
_POINTS = re.compile(r"\d{1,4}(\.\d{1,2})?")


@router.get("", dependencies=[Depends(guard.office_or_supervisor)])
def listed(request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId) -> Response:
    """The applications of a stage held on paper, with what came out."""
    round_ = round_for(session, actor, round_id)
    page = _page(session, actor, round_)
    query = going_on(round_).where(~is_conflicted(actor)).options(joinedload(Application.organisation))
    applications = list(session.scalars(query.order_by(Application.number)))
    found = outcomes.outcomes_of(session, round_)
    names = names_of(session, [one.recorded_by for one in found.values()])
    return render(
        request, session, LIST, **page, applications=applications, outcomes=found, names=names,
        fingerprint_of=outcomes.fingerprint_of,
    )  # fmt: skip


@router.get("/{application_id}", dependencies=[Depends(guard.office)])
def form_of(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, application_id: PublicId
) -> Response:
    """The form of one outcome."""
    round_, application = _both(session, actor, round_id, application_id)
    found = outcomes.outcomes_of(session, round_).get(application.id)
    typed: dict[str, Any] = {"goes_on": "yes"}
    if found is not None:
        score = "" if found.score_hundredths is None else f"{Decimal(found.score_hundredths) / 100:.2f}"
        goes_on = "yes" if found.goes_on else "no"
        typed = {"score": score, "goes_on": goes_on, "summary": found.summary, "held_on": found.held_on.isoformat()}
    page = _page(session, actor, round_)
    return render(request, session, FORM, **page, application=application, outcome=found, typed=typed)


@router.post("/{application_id}", dependencies=[Depends(guard.office)])
def enter(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, application_id: PublicId, form: Form
) -> Response:
    """Enters the outcome; the paper is looked at before the session is first used."""
    fault: Invalid | None = None
    prepared: Prepared | None = None
    try:
        prepared = _prepared(form)
    except Invalid as error:
        fault = error
    round_, application = _both(session, actor, round_id, application_id)
    try:
        if fault is not None:
            raise fault
        entry = _entry(form, needs_score=outcomes.gives_score(session, round_))
        now = clock.now(session)
        if prepared is not None:
            stored = keep(session, prepared, actor.person_id, now, "outcome")
            entry = outcomes.Entry(entry.score_hundredths, entry.goes_on, entry.summary, entry.held_on, stored.id)
        outcomes.record_outcome(session, actor, round_, application, entry, now)
    except Invalid as error:
        session.rollback()
        typed = {name: form.get(name) for name in form.names()}
        page = _page(session, actor, round_)
        return render_invalid(request, session, FORM, error, **page, application=application, outcome=None, typed=typed)
    return RedirectResponse(f"/office/rounds/{round_id}/outcomes", 303)


@router.get("/{application_id}/paper", dependencies=[Depends(guard.office_or_supervisor)])
def paper(session: RequestSession, actor: CurrentActor, round_id: PublicId, application_id: PublicId) -> Response:
    """The signed paper an outcome rests on. Raises NotFound where none was kept."""
    round_, application = _both(session, actor, round_id, application_id)
    outcome = outcomes.outcomes_of(session, round_).get(application.id)
    stored = None if outcome is None or outcome.file_id is None else session.get(StoredFile, outcome.file_id)
    if stored is None:
        raise NotFound
    return send_file(stored, inline=True)


@router.post("/{application_id}/confirm", dependencies=[Depends(guard.office)])
def confirm(
    session: RequestSession, actor: CurrentActor, round_id: PublicId, application_id: PublicId, form: Form
) -> Response:
    """Confirms what another person entered, as the page showed it."""
    round_, application = _both(session, actor, round_id, application_id)
    outcomes.confirm_outcome(session, actor, round_, application, clock.now(session), form.get("seen"))
    return RedirectResponse(f"/office/rounds/{round_id}/outcomes", 303)


def _both(session: Session, actor: Actor, round_id: str, application_id: str) -> tuple[Round, Application]:
    round_ = round_for(session, actor, round_id)
    return round_, application_for(session, actor, application_id, clock.now(session))


def _page(session: Session, actor: Actor, round_: Round) -> dict[str, Any]:
    now = clock.now(session)
    scheme = scheme_of(session, round_)
    rules = scheme.stage(stage_of(round_).kind)
    decision = decide(Action.OUTCOME_RECORD, stage_now(round_, now), standing_in(actor, round_))
    return {
        **place_of(actor, round_, "outcomes", now),
        "rules": rules,
        "on_paper": [one for one in scheme.stages if one.held == "paper"],
        "is_here": rules.held == "paper",
        "needs_score": outcomes.gives_score(session, round_),
        "may_record": decision.allowed and rules.held == "paper",
    }


def _prepared(form: SubmittedForm) -> Prepared | None:
    upload = form.file("file")
    return None if upload is None else prepare_upload(upload.filename or "", upload.file, SCANS)


def _entry(form: SubmittedForm, *, needs_score: bool) -> outcomes.Entry:
    score = form.get("score").strip() if needs_score else ""
    if needs_score and not _POINTS.fullmatch(score):
        form.fault("score", N_("Enter the points of this stage from 0 to 1000, at most two decimals, like 612.50."))
        score = ""
    goes_on = form.choice("goes_on", ("yes", "no")) == "yes"
    summary = form.text("summary", longest=2000, lines=True)
    held_on = form.day("held_on")
    form.check()
    if held_on is None:
        raise Invalid.one("held_on", N_("Fill this in."))
    return outcomes.Entry(int(Decimal(score) * 100) if score else None, goes_on, summary, held_on)
