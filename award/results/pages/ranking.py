"""The ranking of a category, each total explained down to its sheets, and how severe the judges were."""

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from award.applications.models import Application
from award.applications.queries import office_application
from award.kernel.actor import Action
from award.kernel.errors import NotFound
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render
from award.policy import require
from award.regulations.model import Text
from award.results import queries
from award.results.basis import Basis, basis_of
from award.results.explained import Ranking
from award.results.pages.desk import Desk, desk_of
from award.results.pages.explaining import explanation_of
from award.results.pages.shown import grade_names, rows_of
from award.results.ranking import ranking_on
from award.results.service import deciding
from award.results.severities import severities_in
from award.results.wording import unapplied
from award.rounds.queries import stage_now
from award.standing.queries import standing_of

router = APIRouter(prefix="/office/rounds/{round_id}/results")


@router.get("", dependencies=[Depends(guard.office_or_supervisor)])
def results(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, category: str = ""
) -> Response:
    """The ranking of a category. Before all its sheets are in, only how many still wait."""
    desk = desk_of(session, actor, round_id, "results", category)
    waiting = 0 if desk.decision else queries.closed_gates(session, desk.round, desk.category)
    readable = desk.may(Action.RESULT_READ)
    page: dict[str, Any] = {
        **desk.place, "scheme": desk.scheme, "category": desk.category, "tabs": desk.tabs, "waiting": waiting,
        "closed": None if readable.allowed else readable, "steps": desk.steps,
    }  # fmt: skip
    if waiting or not readable.allowed:
        return render(request, session, "results/waiting.html", **page)
    return render(request, session, "results/ranking.html", **page, **_ranking(desk))


def _ranking(desk: Desk) -> dict[str, Any]:
    proposal, decision = desk.proposal, desk.decision
    basis = basis_of(desk.session, desk.round, desk.category)
    ranking = shown_ranking(desk, basis)
    lines = {line.application.public_id: line for line in proposal.lines} if proposal and decision else {}
    names = grade_names(desk.scheme, desk.category)
    decided = [line.decided_grade for line in lines.values()]
    waits = None if decision else deciding.what_waits(desk.session, desk.round, desk.category)
    entered = [] if proposal is None else queries.versions_of(desk.session, proposal)
    versions = {one.state: one for one in reversed(entered)}
    seats = [(quota, decided.count(quota.grade)) for quota in desk.scheme.category(desk.category).quotas]
    return {
        "rows": rows_of(desk.scheme, ranking, lines, desk.hidden, desk.criteria.total * 100),
        "left_behind": left_behind_of(desk) if not all(one.goes_on for one in basis.outcomes) else [],
        "upward": [one.award for one in desk.scheme.upward] if desk.papers[2] is not None else [],
        "hidden": len(desk.hidden),
        "vacancies": [(names[quota.grade], quota.seats - count) for quota, count in seats if count < quota.seats]
        if decision
        else [(names[grade], count) for grade, count in ranking.vacancies],
        "proposal": proposal,
        "decision": decision,
        "set_aside": None if decision else versions.get("set_aside"),
        "waiting_decision": versions.get("waiting"),
        "has_versions": bool(versions),
        "is_noticed": desk.papers[0] is not None,
        "is_current": proposal is not None and (decision is not None or deciding.is_current(desk.session, proposal, ranking)),
        "may_propose": desk.says(Action.RESULT_PROPOSE),
        "may_decide": desk.says(Action.RESULT_DECIDE)
        or waits,
        "to_come": _to_come(desk, is_open=waits is not None),
        "warnings": unapplied(desk.scheme, desk.category),
        "severities": severities_in(desk.session, basis),
    }


def left_behind_of(desk: Desk) -> list[tuple[Application, Text, str]]:
    """Each with the stage in which it was left behind, and the reason."""
    return [
        (one, desk.scheme.stage(kind).title, reason)
        for one, kind, reason in queries.left_behind(desk.session, desk.round, desk.category)
        if one.public_id not in desk.hidden
    ]


def _to_come(desk: Desk, *, is_open: bool) -> list[Text]:
    """The stages that count in the total and have not been held yet; none once it is decided. is_open: the present one is not over."""
    if desk.decision:
        return []
    last_held = desk.round.position - (1 if is_open else 0)
    ahead = {one.kind for one in desk.round.stages if one.position > last_held}
    return [one.title for one in desk.scheme.stages if one.kind in ahead and one.weight_hundredths]


def shown_ranking(desk: Desk, basis: Basis | None = None) -> Ranking:
    """The ranking as it was decided on, and until then as the sheets make it now. basis: what it follows from, where that was read."""
    if desk.proposal is not None and desk.decision is not None:
        return queries.stored_ranking(desk.proposal)
    basis = basis or basis_of(desk.session, desk.round, desk.category)
    return ranking_on(desk.session, desk.round, desk.category, basis)


@router.post("/propose", dependencies=[Depends(guard.office)])
def propose(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, form: Form
) -> Response:
    """Fixes the ranking of a category."""
    desk = desk_of(session, actor, round_id, "results", form.get("category"))
    deciding.propose(session, actor, desk.round, desk.category, desk.now)
    return RedirectResponse(f"/office/rounds/{round_id}/results?category={desk.category}", 303)


@router.get("/{application_id}", dependencies=[Depends(guard.office_or_supervisor)])
def one_result(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, application_id: PublicId
) -> Response:
    """One total, explained down to each sheet and item."""
    desk = desk_of(session, actor, round_id, "results")
    application = office_application(session, actor, application_id, desk.now, round_id)
    desk.category = application.category
    require(Action.SHEETS_READ, stage_now(desk.round, desk.now), standing_of(session, actor, application, desk.now))
    ranking = shown_ranking(desk)
    may_rank = desk.may(Action.RESULT_READ).allowed
    is_ranked = may_rank and (desk.decision is not None or not queries.closed_gates(session, desk.round, desk.category))
    if all(line.public_id != application_id for line in ranking.lines):
        raise NotFound
    is_open = deciding.what_waits(session, desk.round, desk.category) is not None
    return render(
        request, session, "results/one.html", **desk.place, **explanation_of(desk, ranking, application_id), is_ranked=is_ranked,
        to_come=_to_come(desk, is_open=is_open),
    )  # fmt: skip
