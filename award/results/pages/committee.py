"""A committee member's pages: his rounds, the ranking that was proposed for its decision, and stepping back from an applicant."""

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from award.applications.models import Application
from award.kernel import clock
from award.kernel.actor import Actor
from award.kernel.errors import Invalid, NotFound
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render, render_invalid
from award.policy import enforce
from award.regulations.model import Scheme
from award.results import queries
from award.results.consulting import applicants_before, may_consult, opens_in, proposed_to, rounds_before
from award.results.models import AwardDecision, Proposal
from award.results.pages.shown import Row, rows_of
from award.results.service.stepping_back import step_back
from award.rounds.models import Round
from award.rounds.queries import criteria_of, round_for, stage_of, title_of

router = APIRouter(prefix="/committee", dependencies=[Depends(guard.committee)])
CONFLICT = "results/committee_conflict.html"


@router.get("")
def committee(request: Request, session: RequestSession, actor: CurrentActor) -> Response:
    """The rounds whose committee one belongs to, and which of them lie before it now."""
    rows = [_listed(session, actor, one) for one in rounds_before(session, actor)]
    return render(request, session, "results/committee.html", rows=rows)


def _listed(session: Session, actor: Actor, round_: Round) -> dict[str, Any]:
    stages = {one.kind: one.title for one in round_.scheme.stages}
    decision, opens = may_consult(actor, round_, clock.now(session)), opens_in(round_)
    return {
        "title": title_of(round_), "url": f"/committee/rounds/{round_.public_id}", "stage": stages[stage_of(round_).kind],
        "is_open": decision.allowed, "opens": opens if opens is None else stages[opens],
    }  # fmt: skip


@router.get("/rounds/{round_id}")
def before_committee(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, category: str = ""
) -> Response:
    """The proposed ranking of a category, without what a conflict hides; sheets without the names of their judges."""
    round_ = _before_it(session, actor, round_id)
    scheme = round_.scheme
    keys = [one.key for one in scheme.categories]
    if category and category not in keys:
        raise NotFound
    chosen = category or keys[0]
    proposal, decision = proposed_to(session, round_, chosen)
    hidden = queries.hidden_from(session, actor, round_)
    return render(
        request, session, "results/committee_ranking.html", **_place(request, round_), zone=round_.award.authority.zone,
        scheme=scheme, category=chosen, proposal=proposal, decision=decision, hidden=len(hidden),
        tabs=[{"key": one.key, "name": one.name, "current": one.key == chosen} for one in scheme.categories] if len(keys) > 1 else [],
        rows=[] if proposal is None else _rows(session, round_, scheme, proposal, decision, hidden),
    )  # fmt: skip


@router.get("/rounds/{round_id}/conflicts")
def whom_it_decides_on(request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId) -> Response:
    """The names of the applicants, so that a member can step back from one before he reads its figures."""
    round_ = _before_it(session, actor, round_id)
    found = applicants_before(session, actor, round_)
    return render(
        request, session, "results/committee_conflicts.html", **_place(request, round_), applicants=found,
        hidden=len(queries.hidden_from(session, actor, round_)),
    )  # fmt: skip


@router.get("/rounds/{round_id}/conflicts/{application_id}")
def before_stepping_back(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, application_id: PublicId
) -> Response:
    """Says what a conflict of interest means, before it is declared."""
    round_ = _before_it(session, actor, round_id)
    found = _applicant(session, actor, round_, application_id)
    return render(request, session, CONFLICT, **_place(request, round_), applicant=found, reason="")


@router.post("/rounds/{round_id}/conflicts/{application_id}")
def declare(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, application_id: PublicId, form: Form
) -> Response:
    """The member steps back from one application; from the next request on nothing of it exists for him."""
    round_ = _before_it(session, actor, round_id)
    found = _applicant(session, actor, round_, application_id)
    reason = form.text("reason", required=False, longest=1000, lines=True)
    try:
        form.check()
        step_back(session, actor, found, reason, clock.now(session))
    except Invalid as error:
        return render_invalid(request, session, CONFLICT, error, **_place(request, round_), applicant=found, reason=form.get("reason"))
    return RedirectResponse(f"/committee/rounds/{round_id}/conflicts", 303)


def _before_it(session: Session, actor: Actor, round_id: str) -> Round:
    """A round that lies before the committee now. Raises NotFound or Refused."""
    round_ = round_for(session, actor, round_id)
    enforce(may_consult(actor, round_, clock.now(session)))
    return round_


def _applicant(session: Session, actor: Actor, round_: Round, public_id: str) -> Application:
    """Raises NotFound for one that is absent, or hidden from the member: the same."""
    found = next((one for one in applicants_before(session, actor, round_) if one.public_id == public_id), None)
    if found is None:
        raise NotFound
    return found


def _place(request: Request, round_: Round) -> dict[str, Any]:
    return {
        "title": title_of(round_), "site_name": round_.award.name.in_language(request.state.language),
        "url": f"/committee/rounds/{round_.public_id}",
    }  # fmt: skip


def _rows(
    session: Session, round_: Round, scheme: Scheme, proposal: Proposal, decision: AwardDecision | None, hidden: frozenset[str]
) -> list[Row]:
    lines = {line.application.public_id: line for line in proposal.lines} if decision else {}
    full = criteria_of(session, round_, proposal.category).total * 100
    return rows_of(scheme, queries.stored_ranking(proposal), lines, hidden, full)
