"""The approval by the government, and the publication of the result by a second person."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from award.kernel.actor import Action
from award.kernel.errors import Invalid, NotFound
from award.kernel.files.models import StoredFile
from award.kernel.files.service import keep
from award.kernel.i18n import N_, Phrase
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.downloads import send_file
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render, render_invalid
from award.policy import Decision
from award.regulations.model import Text
from award.results import papers, queries
from award.results.forms import prepared_paper
from award.results.pages.desk import Desk, desk_of, typed_of
from award.results.service import publishing
from award.results.service.days import first_of_approval
from award.rounds.queries import latest_snapshot
from award.rounds.schemes import Spoken, Tier, tiers_above

router = APIRouter(prefix="/office/rounds/{round_id}/results")
APPROVAL = "results/approval.html"


@router.get("/approval", dependencies=[Depends(guard.office_or_supervisor)])
def approval(request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId) -> Response:
    """The recorded approval, or the form for it."""
    desk = desk_of(session, actor, round_id, "results")
    return render(request, session, APPROVAL, **_approval(desk), typed={})


@router.post("/approval", dependencies=[Depends(guard.office)])
def record_approval(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, form: Form
) -> Response:
    """Records the approval."""
    paper, faults = None, []
    try:
        paper = prepared_paper(request.app.state.engine, actor, round_id, form, "paper", Action.APPROVAL_RECORD)
    except Invalid as error:
        faults = error.errors
    desk = desk_of(session, actor, round_id, "results")
    try:
        by, number, on = form.text("approved_by", longest=120), form.text("document_number", longest=40), form.day("approved_on")
        form.errors += faults
        form.check()
        stored = keep(session, paper, actor.person_id, desk.now, "approval") if paper else None
        publishing.record_approval(
            session, actor, desk.round, approved_by=by, document_number=number, approved_on=on or desk.now.date(),
            file_id=stored.id if stored else None, now=desk.now,
        )  # fmt: skip
    except Invalid as error:
        return render_invalid(request, session, APPROVAL, error, **_approval(desk), typed=typed_of(request))
    return RedirectResponse(f"/office/rounds/{round_id}/results/approval", 303)


def _approval(desk: Desk) -> dict[str, Any]:
    found = desk.papers[1]
    closed = desk.says(Action.APPROVAL_RECORD)
    first_day = None if found or closed else first_of_approval(desk.session, desk.round)
    return {**desk.place, "approval": found, "closed": closed, "steps": desk.steps, "first_day": first_day}


@router.get("/approval/paper", dependencies=[Depends(guard.office_or_supervisor)])
def approval_paper(session: RequestSession, actor: CurrentActor, round_id: PublicId) -> Response:
    """The approving document as it was uploaded."""
    desk = desk_of(session, actor, round_id, "results")
    found = queries.approval_of(session, desk.round.id)
    if found is None or found.file_id is None:
        raise NotFound
    return send_file(session.get_one(StoredFile, found.file_id))


@router.get("/publish", dependencies=[Depends(guard.office_or_supervisor)])
def before_publishing(request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId) -> Response:
    """What publishing means, who will be named, and whether this person may."""
    desk = desk_of(session, actor, round_id, "results")
    _, found_approval, publication = desk.papers
    groups = papers.groups_of(desk.scheme, desk.decided) if not desk.hidden else []
    closed: Decision | Phrase | None = desk.says(Action.RESULT_PUBLISH)
    if not closed and found_approval is None:
        closed = Phrase(N_("Record the approval first."))
    elif not closed and desk.is_decider:
        closed = Phrase(publishing.SECOND_PERSON)
    return render(
        request, session, "results/publish.html", **desk.place, groups=groups, approval=found_approval,
        publication=publication, closed=closed, steps=desk.steps,
        snapshot=latest_snapshot(session, desk.round.id, "result") if publication else None,
        tiers=[(one, _asked_of(groups, one)) for one in tiers_above(desk.scheme)] if publication and groups else [],
    )  # fmt: skip


def _asked_of(groups: Sequence[papers.Group], tier: Tier) -> list[tuple[Text, list[Spoken]]]:
    """What an award of a higher tier asks of each category in which somebody can be sent up to it."""
    categories = {one.category: one.category_name for one in groups}
    return [(name, asked) for key, name in categories.items() if (asked := tier.asks(key))]


@router.post("/publish", dependencies=[Depends(guard.office)])
def publish(session: RequestSession, actor: CurrentActor, round_id: PublicId) -> Response:
    """Publishes the result."""
    desk = desk_of(session, actor, round_id, "results")
    publishing.publish_result(session, actor, desk.round, desk.now)
    return RedirectResponse(f"/office/rounds/{round_id}/results/publish", 303)
