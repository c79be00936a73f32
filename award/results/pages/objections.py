"""The register of objections on the office's side: the list, intake from paper, examining, confirming, the letter."""

from datetime import date
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from award.accounts.queries import names_of
from award.kernel.actor import Action, Actor
from award.kernel.documents.queries import latest_for
from award.kernel.errors import Conflict, Invalid, NotFound
from award.kernel.files.models import StoredFile
from award.kernel.files.service import Prepared, keep
from award.kernel.i18n import Phrase
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.downloads import send_file
from award.kernel.web.forms import Form, SubmittedForm
from award.kernel.web.rendering import render, render_invalid
from award.policy import Decision
from award.results import queries
from award.results.forms import LONGEST_TEXT, prepared_paper, read_filing
from award.results.letters import outcome_subject_of, subject_of
from award.results.models import Objection
from award.results.pages.desk import Desk, desk_of, send_paper, typed_of
from award.results.service import objecting
from award.results.wording import effect_of
from award.rounds.queries import calendar_of

router = APIRouter(prefix="/office/rounds/{round_id}/notice/objections")
LIST, ONE, ENTER = "results/objections.html", "results/objection.html", "results/objection_enter.html"


@router.get("", dependencies=[Depends(guard.office_or_supervisor)])
def register(request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId) -> Response:
    """Every objection with its state and the days left for checking; who objected stands on its own page only."""
    desk = desk_of(session, actor, round_id, "notice")
    calendar, today = calendar_of(session), desk.today
    days = desk.scheme.notice.answer_working_days
    rows = []
    for one in queries.objections_of(session, actor, desk.round):
        due = calendar.add_workdays(one.received_on, days)
        left = calendar.workdays(today, due) - calendar.is_workday(today) if due >= today else -1
        rows.append({"objection": one, "due": due, "left": left, "effect": effect_of(one)})
    return render(request, session, LIST, **desk.place, rows=rows, days=days, closed=desk.says(Action.OBJECTION_ANSWER))


@router.get("/new", dependencies=[Depends(guard.office)])
def new(request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId) -> Response:
    """The form for an objection that came on paper."""
    desk = desk_of(session, actor, round_id, "notice")
    return render(request, session, ENTER, **_entering(desk), typed={"received_on": str(desk.today)})


@router.post("/new", dependencies=[Depends(guard.office)])
def enter(request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, form: Form) -> Response:
    """Takes it in; number and code are shown once, to be handed to its author."""
    paper = _uploaded(request, actor, round_id, form, "file")
    desk = desk_of(session, actor, round_id, "notice")
    page = _entering(desk)
    try:
        about = {key: id_ for key, _, id_ in _candidates(desk)}
        filing = read_filing(form, about)
        received_on = form.day("received_on") or date.min
        form.check()
        stored = keep(session, paper, actor.person_id, desk.now, "objection") if paper else None
        receipt = objecting.enter_objection(
            session, actor, desk.round, filing, received_on, stored.id if stored else None, desk.now
        )
    except Invalid as error:
        return render_invalid(request, session, ENTER, error, **page, typed=typed_of(request))
    return render(request, session, ENTER, **(page | {"receipt": receipt}), typed={})


def _candidates(desk: Desk) -> list[tuple[str, str, int]]:
    """Public id, name and inner number of everybody who was decided on, so that an objection can be about them."""
    return [
        (line.application.public_id, line.application.entrant, line.application_id)
        for lines in desk.decided.values()
        for line in lines
        if line.application.public_id not in desk.hidden
    ]


def _entering(desk: Desk) -> dict[str, Any]:
    if desk.papers[0] is None:
        raise Conflict("objection.closed", objecting.CLOSED)
    candidates = [(key, name) for key, name, _ in _candidates(desk)]
    closed = desk.says(Action.OBJECTION_ANSWER)
    return {
        **desk.place,
        "candidates": candidates,
        "real_name": desk.scheme.notice.real_name,
        "receipt": None,
        "closed": closed,
    }


def _uploaded(request: Request, actor: CurrentActor, round_id: str, form: SubmittedForm, name: str) -> Prepared | None:
    """The paper of a form; what is wrong with it is noted in the form."""
    try:
        return prepared_paper(request.app.state.engine, actor, round_id, form, name, Action.OBJECTION_ANSWER)
    except Invalid as error:
        form.errors += error.errors
        return None


def _opened(session: Session, actor: Actor, round_id: str, objection_id: str) -> tuple[Desk, Objection]:
    desk = desk_of(session, actor, round_id, "notice")
    return desk, queries.objection_for(session, actor, desk.round, objection_id)


def _shown(round_id: str, objection_id: str) -> RedirectResponse:
    return RedirectResponse(f"/office/rounds/{round_id}/notice/objections/{objection_id}", 303)


@router.get("/{objection_id}", dependencies=[Depends(guard.office_or_supervisor)])
def objection(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, objection_id: PublicId
) -> Response:
    """One objection with what was found, or the form for it."""
    desk, found = _opened(session, actor, round_id, objection_id)
    typed = {"findings": found.findings, "effect": found.effect, "answer": found.answer}
    return render(request, session, ONE, **_page(desk, found), typed=typed)


@router.post("/{objection_id}", dependencies=[Depends(guard.office)])
def examine(
    request: Request,
    session: RequestSession,
    actor: CurrentActor,
    round_id: PublicId,
    objection_id: PublicId,
    form: Form,
) -> Response:
    """Enters findings, effect and answer."""
    evidence = _uploaded(request, actor, round_id, form, "evidence")
    desk, found = _opened(session, actor, round_id, objection_id)
    page = _page(desk, found)
    try:
        findings = form.text("findings", required=False, longest=LONGEST_TEXT, lines=True)
        answer = form.text("answer", required=False, longest=LONGEST_TEXT, lines=True)
        form.check()
        stored = keep(session, evidence, actor.person_id, desk.now, "objection") if evidence else None
        objecting.examine_objection(
            session, actor, desk.round, found, findings=findings, effect=form.get("effect"), answer=answer,
            evidence_id=stored.id if stored else None, now=desk.now,
        )  # fmt: skip
    except Invalid as error:
        return render_invalid(request, session, ONE, error, **page, typed=typed_of(request))
    return _shown(round_id, objection_id)


@router.post("/{objection_id}/confirm", dependencies=[Depends(guard.office)])
def confirm(
    session: RequestSession, actor: CurrentActor, round_id: PublicId, objection_id: PublicId, form: Form
) -> Response:
    """The second person confirms the answer he has read."""
    desk, found = _opened(session, actor, round_id, objection_id)
    if found.state == "examined" and form.get("seen") != _seen(found):
        raise Conflict("objection.changed", objecting.CHANGED)
    objecting.confirm_answer(session, actor, desk.round, found, desk.now, found.examined_at)
    return _shown(round_id, objection_id)


@router.post("/{objection_id}/return", dependencies=[Depends(guard.office)])
def send_back(
    request: Request,
    session: RequestSession,
    actor: CurrentActor,
    round_id: PublicId,
    objection_id: PublicId,
    form: Form,
) -> Response:
    """The second person sends the examination back."""
    desk, found = _opened(session, actor, round_id, objection_id)
    page = _page(desk, found)
    try:
        reason = form.text("returned_reason", required=False, longest=400)
        form.check()
        objecting.return_answer(session, actor, desk.round, found, reason, desk.now)
    except Invalid as error:
        return render_invalid(request, session, ONE, error, **page, typed=typed_of(request))
    return _shown(round_id, objection_id)


def _page(desk: Desk, found: Objection) -> dict[str, Any]:
    people = [one for one in (found.entered_by, found.examined_by, found.answered_by) if one is not None]
    closed = desk.says(Action.OBJECTION_ANSWER)
    why_not: Decision | Phrase | None = closed
    if not closed and found.examined_by == desk.actor.person_id:
        why_not = Phrase(objecting.EXAMINER)
    elif not closed and desk.is_decider:
        why_not = Phrase(objecting.DECIDER)
    return {
        **desk.place, "objection": found, "about": found.application, "names": names_of(desk.session, people) if people else {},
        "effects": objecting.EFFECTS, "closed": closed, "why_not": why_not, "seen": _seen(found),
        "left_over": _left_over(desk, found) if not closed else None,
        "is_mine": found.examined_by == desk.actor.person_id, "due": objecting.due_on(desk.session, desk.round, found),
        "letter": latest_for(desk.session, "notice", subject_of(found), "zh") if found.state == "answered" else None,
        "outcome": latest_for(desk.session, "notice", outcome_subject_of(found), "zh") if found.decision_id is not None else None,
    }  # fmt: skip


def _left_over(desk: Desk, found: Objection) -> Phrase | None:
    """That nobody is left to confirm, for whoever is about to examine an objection or has examined it."""
    if found.state != "filed" and found.examined_by != desk.actor.person_id:
        return None
    return objecting.confirmers_missing(desk.session, desk.actor, desk.round, found, desk.now)


def _seen(found: Objection) -> str:
    return found.examined_at.isoformat() if found.examined_at else ""


@router.get("/{objection_id}/files/{kind}", dependencies=[Depends(guard.office_or_supervisor)])
def file(
    session: RequestSession, actor: CurrentActor, round_id: PublicId, objection_id: PublicId, kind: str
) -> Response:
    """The paper an objection came on, the evidence of its examination, or the letter on what was decided anew.

    kind: paper, evidence or outcome.
    """
    _, found = _opened(session, actor, round_id, objection_id)
    if kind == "outcome":
        return send_paper(latest_for(session, "notice", outcome_subject_of(found), "zh"), f"异议处理结果告知书-{found.receipt}")
    file_id = {"paper": found.file_id, "evidence": found.evidence_id}.get(kind)
    if file_id is None:
        raise NotFound
    return send_file(session.get_one(StoredFile, file_id))


@router.get("/{objection_id}/letter", dependencies=[Depends(guard.office_or_supervisor)])
def letter(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, objection_id: PublicId
) -> Response:
    """The letter that answers it, as PDF."""
    _, found = _opened(session, actor, round_id, objection_id)
    return send_paper(latest_for(session, "notice", subject_of(found), "zh"), f"异议答复书-{found.receipt}")
