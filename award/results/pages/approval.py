"""The approval by the government: its form, its second person, and every version of it."""

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from award.accounts.queries import names_of
from award.kernel.actor import Action
from award.kernel.errors import Invalid, NotFound
from award.kernel.files.models import StoredFile
from award.kernel.files.service import keep
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.downloads import send_file
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render, render_invalid
from award.results import queries
from award.results.forms import LONGEST_TEXT, prepared_paper
from award.results.models import Approval
from award.results.pages.desk import Desk, desk_of, typed_of
from award.results.service import approving
from award.results.service.days import first_of_approval

router = APIRouter(prefix="/office/rounds/{round_id}/results/approval")
TEMPLATE = "results/approval.html"


@router.get("", dependencies=[Depends(guard.office_or_supervisor)])
def approval(request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, change: str = "") -> Response:
    """What was entered, and the form: for the first entry, or where it is to be changed or corrected."""
    desk = desk_of(session, actor, round_id, "results")
    page = _page(desk, changes=bool(change))
    former = page["waiting"] or page["approval"]
    return render(request, session, TEMPLATE, **page, typed=_as_entered(former) if former else {})


@router.post("", dependencies=[Depends(guard.office)])
def record_approval(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, form: Form
) -> Response:
    """Enters the approval for a second person to confirm."""
    paper, faults = None, []
    try:
        paper = prepared_paper(request.app.state.engine, actor, round_id, form, "paper", Action.APPROVAL_RECORD)
    except Invalid as error:
        faults = error.errors
    desk = desk_of(session, actor, round_id, "results")
    try:
        by, number, on = form.text("approved_by", longest=120), form.text("document_number", longest=40), form.day("approved_on")
        reason = form.text("reason", required=False, longest=LONGEST_TEXT, lines=True)
        form.errors += faults
        form.check()
        stored = keep(session, paper, actor.person_id, desk.now, "approval") if paper else None
        approving.record_approval(
            session, actor, desk.round, approved_by=by, document_number=number, approved_on=on or desk.now.date(),
            reason=reason, file_id=stored.id if stored else None, now=desk.now,
        )  # fmt: skip
    except Invalid as error:
        return render_invalid(request, session, TEMPLATE, error, **_page(desk, changes=True), typed=typed_of(request))
    return _back(desk)


@router.post("/{approval_id}/confirm", dependencies=[Depends(guard.office)])
def confirm(session: RequestSession, actor: CurrentActor, round_id: PublicId, approval_id: PublicId) -> Response:
    """The second person puts it in force."""
    desk = desk_of(session, actor, round_id, "results")
    approving.confirm_approval(session, actor, desk.round, queries.approval_for(session, desk.round, approval_id), desk.now)
    return _back(desk)


@router.post("/{approval_id}/drop", dependencies=[Depends(guard.office)])
def drop(session: RequestSession, actor: CurrentActor, round_id: PublicId, approval_id: PublicId) -> Response:
    """Withdraws it; another can be entered."""
    desk = desk_of(session, actor, round_id, "results")
    approving.drop_approval(session, actor, desk.round, queries.approval_for(session, desk.round, approval_id), desk.now)
    return _back(desk)


@router.get("/{approval_id}/paper", dependencies=[Depends(guard.office_or_supervisor)])
def paper(session: RequestSession, actor: CurrentActor, round_id: PublicId, approval_id: PublicId) -> Response:
    """The approving document of one version as it was uploaded."""
    desk = desk_of(session, actor, round_id, "results")
    found = queries.approval_for(session, desk.round, approval_id)
    if found.file_id is None:
        raise NotFound
    return send_file(session.get_one(StoredFile, found.file_id))


def _back(desk: Desk) -> Response:
    return RedirectResponse(f"/office/rounds/{desk.round.public_id}/results/approval", 303)


def _as_entered(former: Approval) -> dict[str, str]:
    """A version as it was typed; the reason only of one that waits itself."""
    return {
        "approved_by": former.approved_by, "document_number": former.document_number,
        "approved_on": former.approved_on.isoformat(), "reason": former.reason if former.state == "waiting" else "",
    }  # fmt: skip


def _page(desk: Desk, *, changes: bool) -> dict[str, Any]:
    """changes: the form is asked for though something was entered already."""
    versions = queries.approvals_of(desk.session, desk.round)
    in_force, waiting = (next((one for one in versions if one.state == state), None) for state in ("in_force", "waiting"))
    closed, is_published = desk.says(Action.APPROVAL_RECORD), desk.papers[2] is not None
    has_form = not closed and not is_published and (changes or not (in_force or waiting))
    people = {who for one in versions for who in (one.recorded_by, one.confirmed_by) if who is not None}
    return {
        **desk.place, "versions": versions, "approval": in_force, "waiting": waiting, "closed": closed,
        "is_published": is_published, "has_form": has_form, "steps": desk.steps, "names": names_of(desk.session, people),
        "first_day": first_of_approval(desk.session, desk.round) if has_form else None, "same_person": approving.SAME_PERSON,
    }  # fmt: skip
