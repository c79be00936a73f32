"""The decision on the candidates of a category: its form and its minutes."""

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

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
from award.policy import require
from award.results.forms import prepared_paper, read_decision
from award.results.models import AwardDecision, Proposal
from award.results.pages.desk import Desk, desk_of, typed_of
from award.results.pages.shown import grade_names
from award.results.queries import stored_ranking, versions_of
from award.results.service import deciding
from award.results.service.days import first_of_decision
from award.results.wording import reason_of, unapplied
from award.rounds.queries import stage_now, standing_in

router = APIRouter(prefix="/office/rounds/{round_id}/results")
TEMPLATE = "results/decision.html"


@router.get("/decision", dependencies=[Depends(guard.office)])
def decision(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, category: str = ""
) -> Response:
    """The form: with every grade as proposed, or with what was entered before."""
    desk = desk_of(session, actor, round_id, "results", category)
    require(Action.RESULT_DECIDE, stage_now(desk.round, desk.now), standing_in(actor, desk.round))
    deciding.require_clear(session, actor, desk.round)
    proposal = _open(desk)
    former = _former(desk, proposal)
    typed = _as_entered(former) if former else {f"grade-{line.application.public_id}": line.proposed_grade for line in proposal.lines}
    return render(request, session, TEMPLATE, **_page(desk, proposal), typed=typed)


@router.post("/decision", dependencies=[Depends(guard.office)])
def record_decision(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, form: Form, category: str = ""
) -> Response:
    """Enters it for a second person to confirm."""
    paper, faults = None, []
    try:
        paper = prepared_paper(request.app.state.engine, actor, round_id, form, "minutes", Action.RESULT_DECIDE)
    except Invalid as error:
        faults = error.errors
    desk = desk_of(session, actor, round_id, "results", category)
    proposal = _proposal(desk)
    try:
        entered = read_decision(
            form, [line.application.public_id for line in proposal.lines], list(grade_names(desk.scheme, desk.category))
        )
        form.errors += faults
        form.check()
        stored = keep(session, paper, actor.person_id, desk.now, "minutes") if paper else None
        deciding.decide(
            session, actor, desk.round, proposal, held_on=entered.held_on, members=entered.members,
            grades=entered.grades, deviations=entered.deviations, reason=entered.reason,
            file_id=stored.id if stored else None, now=desk.now,
        )  # fmt: skip
    except Invalid as error:
        return render_invalid(request, session, TEMPLATE, error, **_page(desk, proposal), typed=typed_of(request))
    return RedirectResponse(f"/office/rounds/{round_id}/results/amendment?category={desk.category}", 303)


def _proposal(desk: Desk) -> Proposal:
    if desk.proposal is None:
        raise Conflict("result.unproposed", N_("Propose the ranking first; the decision is made on it."))
    return desk.proposal


def _open(desk: Desk) -> Proposal:
    deciding.require_correctable(desk.session, desk.round, desk.decision)
    deciding.require_outcomes(desk.session, desk.round, desk.category)
    return _proposal(desk)


def _former(desk: Desk, proposal: Proposal) -> AwardDecision | None:
    """What the form begins with: the version that waits, or the one in force that is to be corrected."""
    versions = versions_of(desk.session, proposal)
    return next((one for state in ("waiting", "in_force") for one in versions if one.state == state), None)


def _as_entered(former: AwardDecision) -> dict[str, str]:
    """A version as it was typed; the reason only of one that waits itself."""
    return {
        "held_on": former.held_on.isoformat(), "members": "\n".join(former.members),
        "reason": former.reason if former.state == "waiting" else "",
        **{f"grade-{key}": grade for key, grade in former.grades.items()},
        **{f"reason-{key}": reason for key, reason in former.reasons.items()},
    }  # fmt: skip


def _page(desk: Desk, proposal: Proposal) -> dict[str, Any]:
    quotas = desk.scheme.category(desk.category).quotas
    return {
        **desk.place, "category": desk.category, "category_name": desk.scheme.category(desk.category).name, "quotas": quotas,
        "names": {quota.grade: quota.name for quota in quotas}, "lines": stored_ranking(proposal).lines, "reason_of": reason_of,
        "proposal": proposal, "warnings": unapplied(desk.scheme, desk.category),
        "first_day": first_of_decision(desk.session, desk.round, desk.category), "former": _former(desk, proposal),
        "corrects": desk.decision is not None,
    }  # fmt: skip


@router.get("/minutes/{category}", dependencies=[Depends(guard.office_or_supervisor)])
def minutes(session: RequestSession, actor: CurrentActor, round_id: PublicId, category: str) -> Response:
    """The minutes of a decision as they were uploaded."""
    desk = desk_of(session, actor, round_id, "results", category)
    if desk.decision is None or desk.decision.file_id is None or desk.hidden:
        raise NotFound
    return send_file(session.get_one(StoredFile, desk.decision.file_id))
