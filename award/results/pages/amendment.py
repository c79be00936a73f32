"""Everything entered as the decision of a category, the second person's part in it, and the form of an amended one."""

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from award.accounts.queries import names_of
from award.kernel.actor import Action
from award.kernel.errors import Conflict, Invalid, NotFound
from award.kernel.files.models import StoredFile
from award.kernel.files.service import keep
from award.kernel.i18n import N_
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.downloads import send_file
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render, render_invalid
from award.results import queries
from award.results.forms import prepared_paper, read_amendment
from award.results.models import AwardDecision, Proposal
from award.results.pages.desk import Desk, desk_of, typed_of
from award.results.pages.shown import grade_names
from award.results.service import amending, confirming

router = APIRouter(prefix="/office/rounds/{round_id}/results/amendment")
TEMPLATE = "results/amendment.html"
UNDECIDED = N_("Decide on the candidates of this category first.")


@router.get("", dependencies=[Depends(guard.office_or_supervisor)])
def amendment(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, category: str = ""
) -> Response:
    """Everything entered as the decision; where an objection calls for it, the form of an amended one."""
    desk = desk_of(session, actor, round_id, "results", category)
    typed = {f"grade-{key}": grade for key, grade in desk.decision.grades.items()} if desk.decision else {}
    return render(request, session, TEMPLATE, **_page(desk, _proposal(desk)), typed=typed)


@router.post("", dependencies=[Depends(guard.office)])
def amend(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, form: Form, category: str = ""
) -> Response:
    """Enters an amended decision."""
    paper = None
    try:
        paper = prepared_paper(request.app.state.engine, actor, round_id, form, "minutes", Action.RESULT_DECIDE)
    except Invalid as error:
        form.errors += error.errors
    desk = desk_of(session, actor, round_id, "results", category)
    page = _page(desk, _proposal(desk))
    decision = _decision(desk)
    try:
        entered = read_amendment(form, list(decision.grades), list(grade_names(desk.scheme, desk.category)))
        if form.errors:
            unread = {one.field for one in form.errors}
            more = amending.faults_of(session, actor, desk.round, decision.proposal, entered, desk.now)
            raise Invalid([*form.errors, *(one for one in more if one.field not in unread)])
        stored = keep(session, paper, actor.person_id, desk.now, "minutes") if paper else None
        amending.amend(session, actor, desk.round, decision.proposal, entered, desk.now, stored.id if stored else None)
    except Invalid as error:
        typed = typed_of(request) | {"objections": form.all("objections")}
        return render_invalid(request, session, TEMPLATE, error, **page, typed=typed)
    return _back(desk)


@router.post("/{decision_id}/confirm", dependencies=[Depends(guard.office)])
def confirm(session: RequestSession, actor: CurrentActor, round_id: PublicId, decision_id: PublicId) -> Response:
    """The second person puts it in force."""
    desk, found = _found(session, actor, round_id, decision_id)
    act = amending.confirm_amendment if desk.papers[0] else confirming.confirm_decision
    act(session, actor, desk.round, found, desk.now)
    return _back(desk)


@router.post("/{decision_id}/drop", dependencies=[Depends(guard.office)])
def drop(session: RequestSession, actor: CurrentActor, round_id: PublicId, decision_id: PublicId) -> Response:
    """Drops it; another can be entered."""
    desk, found = _found(session, actor, round_id, decision_id)
    act = amending.drop_amendment if desk.papers[0] else confirming.drop_decision
    act(session, actor, desk.round, found, desk.now)
    return _back(desk)


@router.get("/{decision_id}/minutes", dependencies=[Depends(guard.office_or_supervisor)])
def minutes(session: RequestSession, actor: CurrentActor, round_id: PublicId, decision_id: PublicId) -> Response:
    """The minutes of one version as they were uploaded."""
    _, found = _found(session, actor, round_id, decision_id)
    if found.file_id is None:
        raise NotFound
    return send_file(session.get_one(StoredFile, found.file_id))


def _found(session: RequestSession, actor: CurrentActor, round_id: str, decision_id: str) -> tuple[Desk, AwardDecision]:
    desk = desk_of(session, actor, round_id, "results")
    found = queries.decision_for(session, desk.round, decision_id)
    if desk.hidden:
        raise NotFound
    desk.category = found.proposal.category
    return desk, found


def _back(desk: Desk) -> Response:
    return RedirectResponse(f"/office/rounds/{desk.round.public_id}/results/amendment?category={desk.category}", 303)


def _proposal(desk: Desk) -> Proposal:
    if desk.hidden:
        raise NotFound
    if desk.proposal is None:
        raise Conflict("amendment.undecided", UNDECIDED)
    return desk.proposal


def _decision(desk: Desk) -> AwardDecision:
    if desk.decision is None:
        raise Conflict("amendment.undecided", UNDECIDED)
    return desk.decision


def _page(desk: Desk, proposal: Proposal) -> dict[str, Any]:
    versions, is_noticed = queries.versions_of(desk.session, proposal), desk.papers[0] is not None
    if not versions:
        raise Conflict("amendment.undecided", UNDECIDED)
    people = {one for version in versions for one in (version.recorded_by, version.confirmed_by) if one is not None}
    register = queries.objections_of(desk.session, desk.actor, desk.round)
    return {
        **desk.place, "category": desk.category, "category_name": desk.scheme.category(desk.category).name,
        "quotas": desk.scheme.category(desk.category).quotas, "grade_names": grade_names(desk.scheme, desk.category),
        "vacancy_allowed": desk.scheme.vacancy_allowed, "decision": desk.decision, "versions": versions,
        "waiting": next((one for one in versions if one.state == "waiting"), None),
        "lines": _lines(proposal), "objections": [one for one in register if queries.calls_for_amendment(one)],
        "behind": {one.decision_id: one for one in register if one.decision_id is not None},
        "names": names_of(desk.session, list(people)), "closed": desk.says(Action.RESULT_DECIDE),
        "same_person": amending.SAME_PERSON if is_noticed else confirming.SAME_PERSON, "is_noticed": is_noticed,
    }  # fmt: skip


def _lines(proposal: Proposal) -> list[dict[str, Any]]:
    return [
        {"key": line.application.public_id, "name": line.application.entrant, "number": line.application.number,
         "rank": line.rank, "published": line.published,
         "proposed": line.proposed_grade}
        for line in proposal.lines
    ]  # fmt: skip
