"""The public notice on the office's side: preparing it, correcting it, its paper."""

from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from award.kernel.actor import Action
from award.kernel.documents.models import Document
from award.kernel.documents.queries import latest_for
from award.kernel.errors import Conflict, Invalid, NotFound
from award.kernel.i18n import N_, translate
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.forms import YEARS, Form
from award.kernel.web.rendering import render, render_invalid
from award.results import papers, queries
from award.results.forms import LONGEST_TEXT
from award.results.pages.desk import Desk, desk_of, send_paper, typed_of
from award.results.service import noticing

router = APIRouter(prefix="/office/rounds/{round_id}/notice")
TEMPLATE = "results/notice.html"


@router.get("", dependencies=[Depends(guard.office_or_supervisor)])
def notice(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId,
    first_day: str = "", document_number: str = "", contact: str = "",
) -> Response:  # fmt: skip
    """The notice; before it is out, its form. With a first day: what would be published."""
    desk = desk_of(session, actor, round_id, "notice")
    typed = {"first_day": first_day, "document_number": document_number[:40], "contact": contact[:500]}
    return render(request, session, TEMPLATE, **_page(desk, typed))


@router.post("", dependencies=[Depends(guard.office)])
def publish_notice(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, form: Form
) -> Response:
    """Puts the candidates on public notice."""
    desk = desk_of(session, actor, round_id, "notice")
    try:
        number, contact = form.text("document_number", longest=40), form.text("contact", longest=500)
        first = form.day("first_day")
        form.check()
        noticing.publish_notice(
            session, actor, desk.round, document_number=number, first_day=first or date.min, contact=contact, now=desk.now
        )
    except (Invalid, Conflict) as error:
        return render_invalid(request, session, TEMPLATE, _of_the_form(error), **_page(desk, typed_of(request)))
    return RedirectResponse(f"/office/rounds/{round_id}/notice", 303)


def _of_the_form(error: Invalid | Conflict) -> Invalid:
    """What the form can mend; anything else is raised again."""
    if isinstance(error, Invalid):
        return error
    if error.code not in noticing.OF_THE_PERIOD:
        raise error
    return Invalid.one("first_day", error.text, **error.params)


@router.post("/correction", dependencies=[Depends(guard.office)])
def publish_correction(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, form: Form
) -> Response:
    """Publishes the notice that corrects the last one."""
    desk = desk_of(session, actor, round_id, "notice")
    try:
        number, contact = form.text("document_number", longest=40), form.text("contact", longest=500)
        reason = form.text("reason", longest=LONGEST_TEXT, lines=True)
        first = form.day("first_day", required=False)
        form.check()
        noticing.publish_correction(
            session, actor, desk.round, document_number=number, first_day=first or date.min, contact=contact, reason=reason,
            now=desk.now,
        )  # fmt: skip
    except (Invalid, Conflict) as error:
        return render_invalid(request, session, TEMPLATE, _of_the_form(error), **_page(desk, typed_of(request)))
    return RedirectResponse(f"/office/rounds/{round_id}/notice", 303)


def _page(desk: Desk, typed: dict[str, str]) -> dict[str, Any]:
    session, found = desk.session, desk.papers[0]
    page = {**desk.place, "notice": found, "steps": desk.steps, "closed": desk.says(Action.NOTICE_PUBLISH), "now_day": desk.today}
    if found is None:
        return page | _prepared(desk, typed)
    notices = queries.notices_of(session, desk.round.id)
    objections = queries.objections_of(session, desk.actor, desk.round)
    return page | {
        "document": _paper(desk),
        "snapshot": notices[0][1],
        "former": notices[1:],
        "objections": objections, "to_amend": [one for one in objections if queries.calls_for_amendment(one)],
        "amended": queries.waiting_decision(session, desk.round) if objections else None,
        "is_over": desk.now >= found.closes_at,
        **_correction(desk, typed),
    }


def _correction(desk: Desk, typed: dict[str, str]) -> dict[str, Any]:
    """The form of the corrected notice where one is due. Its first day counts only where somebody is named newly."""
    if desk.hidden or not desk.may(Action.NOTICE_PUBLISH).allowed:
        return {"due": None}
    due = noticing.correction_due(desk.session, desk.round)
    if due is None:
        return {"due": None}
    default = {
        "document_number": "", "first_day": str(desk.today + timedelta(1)), "contact": due.notice.contact, "reason": due.reason,
    }  # fmt: skip
    first = _day(typed.get("first_day", "")) or desk.today + timedelta(1)
    return {
        "due": due, "typed": {key: typed.get(key) or value for key, value in default.items()}, "rules": desk.scheme.notice,
        "period": noticing.period_of(desk.session, desk.round, first) if due.added else None,
        "groups": papers.groups_of(desk.scheme, desk.decided),
    }  # fmt: skip


def _prepared(desk: Desk, typed: dict[str, str]) -> dict[str, Any]:
    """The form, and with a first day what it would publish."""
    decided = desk.decided
    is_decided = not queries.undecided(desk.session, desk.round)
    first = _day(typed.get("first_day", ""))
    default = {"first_day": str(desk.today + timedelta(1)), "contact": desk.round.award.authority.contact, "document_number": ""}
    given = {key: typed.get(key) or value for key, value in default.items()}
    period = noticing.period_of(desk.session, desk.round, first) if first else None
    return {
        "is_decided": is_decided,
        "typed": given,
        "rules": desk.scheme.notice,
        "period": period,
        "why": noticing.why_not_yet(desk.round, period, given["document_number"], given["contact"], desk.now) if period else [],
        "groups": papers.groups_of(desk.scheme, decided) if first and is_decided and not desk.hidden else [],
    }


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None


def _paper(desk: Desk) -> Document | None:
    return latest_for(desk.session, "notice", f"round:{desk.round.public_id}", "zh")


@router.get("/document", dependencies=[Depends(guard.office_or_supervisor)])
def document(request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId) -> Response:
    """The paper as PDF. Not found while it is being made; the page says how to come back."""
    desk = desk_of(session, actor, round_id, "notice")
    if desk.hidden:
        raise NotFound
    name = translate(request.state.language, N_("Public notice"))
    return send_paper(_paper(desk), f"{name}-{desk.round.year}")
