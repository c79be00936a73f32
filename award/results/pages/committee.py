"""A committee member's pages: his rounds, and the ranking that was proposed for the committee's decision."""

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.orm import Session

from award.kernel import clock
from award.kernel.actor import Actor
from award.kernel.errors import NotFound
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.rendering import render
from award.policy import enforce
from award.regulations.model import Scheme
from award.results import queries
from award.results.consulting import may_consult, opens_in, proposed_to, rounds_before
from award.results.models import AwardDecision, Proposal
from award.results.pages.shown import Row, rows_of
from award.rounds.models import Round
from award.rounds.queries import criteria_of, round_for, stage_of, title_of

router = APIRouter(prefix="/committee", dependencies=[Depends(guard.committee)])


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
    round_ = round_for(session, actor, round_id)
    enforce(may_consult(actor, round_, clock.now(session)))
    scheme = round_.scheme
    keys = [one.key for one in scheme.categories]
    if category and category not in keys:
        raise NotFound
    chosen = category or keys[0]
    proposal, decision = proposed_to(session, round_, chosen)
    hidden = queries.hidden_from(session, actor, round_)
    award = round_.award
    return render(
        request, session, "results/committee_ranking.html", title=title_of(round_), zone=award.authority.zone,
        site_name=award.name.in_language(request.state.language), scheme=scheme, category=chosen,
        url=f"/committee/rounds/{round_id}", proposal=proposal, decision=decision, hidden=len(hidden),
        tabs=[{"key": one.key, "name": one.name, "current": one.key == chosen} for one in scheme.categories] if len(keys) > 1 else [],
        rows=[] if proposal is None else _rows(session, round_, scheme, proposal, decision, hidden),
    )  # fmt: skip


def _rows(
    session: Session, round_: Round, scheme: Scheme, proposal: Proposal, decision: AwardDecision | None, hidden: frozenset[str]
) -> list[Row]:
    lines = {line.application.public_id: line for line in proposal.lines} if decision else {}
    full = criteria_of(session, round_, proposal.category).total * 100
    return rows_of(scheme, queries.stored_ranking(proposal), lines, hidden, full)
