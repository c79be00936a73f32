"""A judge's list of reviews, the declaration before each, and stepping back from one."""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from award.judging import queries
from award.judging.pages import views
from award.judging.queries import Card
from award.kernel import clock
from award.kernel.actor import Action
from award.kernel.errors import FieldError, Invalid
from award.kernel.i18n import N_, translate
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render, render_invalid
from award.panels.service import declare_conflict, sign_declaration
from award.policy import Standing, decide
from award.regulations.model import Criteria
from award.rounds.queries import criteria_of, stage_now, stage_of, title_of
from award.stages import Who

router = APIRouter(prefix="/review", dependencies=[Depends(guard.judges)])

WORDING = N_(
    "I know the name of this applicant only. Neither I nor a close relative works for it, worked for it in the last three "
    "years, owns a part of it, advised it on this application, or is otherwise tied to it so that my judgement could be "
    "doubted. I will score it alone, on what it submitted and by the criteria; I will keep what I read to myself, and I "
    "will say so at once if a conflict of interest appears later."
)
WORDING_OF_NOMINEE = N_(
    "I know only the name of this individual or team and that of its organisation. I am not tied to the individual or to a member "
    "of the team as a relative, teacher or pupil. Neither I nor a close relative works for the organisation, worked for it in the "
    "last three years, owns a part of it, advised on this application, or is otherwise tied to them so that my judgement could be "
    "doubted. I will score alone, on what was submitted and by the criteria; I will keep what I read to myself, and I will say so "
    "at once if a conflict of interest appears later."
)
"""What a judge signs. Source: domain.md 3.4 (interest leads to recusal, secrecy; who advised within three years)."""
ANSWERS = ("none", "conflict", "unsure")
DONE = {
    "recused": N_("You have stepped back. The award office names another judge; you need do nothing more."),
    "signed": N_("You have signed the declaration. The application is open to you now."),
}
Rubrics = dict[tuple[int, str], Criteria]
"""Criteria by round and category: many cards share them."""
FAR = datetime.max.replace(tzinfo=UTC)


@router.get("")
def reviews(request: Request, session: RequestSession, actor: CurrentActor, done: str = "") -> Response:
    """All reviews of the judge, the one due next first."""
    now = clock.now(session)
    cards = sorted(queries.cards_of(session, actor), key=_due)
    rubrics: Rubrics = {}
    shown = [_card(request, session, card, now, rubrics) for card in cards]
    messages = [translate(request.state.language, DONE[done])] if done in DONE else []
    name = views.award_name(request.state.language, cards[0].application.round) if cards else ""
    return render(
        request, session, "judging/reviews.html", messages=messages, site_name=name,
        open_cards=[one for one in shown if one["is_open"]],
        report_cards=[one for one in shown if one["report_url"]],
        other_cards=[one for one in shown if not one["is_open"] and not one["report_url"]],
    )  # fmt: skip


def _due(card: Card) -> tuple[bool, datetime]:
    stage = views.score_stage(card.application.round)
    closes_at = stage.closes_at if stage is not None else None
    return card.state == "submitted", closes_at or FAR


def _card(request: Request, session: Session, card: Card, now: datetime, rubrics: Rubrics) -> dict[str, Any]:
    language = request.state.language
    application, round_ = card.application, card.application.round
    base = f"/review/{card.assignment.public_id}"
    shown: dict[str, Any] = {
        "name": application.entrant, "round": title_of(round_).in_language(language), "code": card.state,
        "deadline": views.deadline(language, round_, now), "is_leader": card.is_leader,
        "is_open": application.is_live and card.state != "submitted" and stage_of(round_).kind in ("assign", "score"),
        "category": "", "number": "", "done": 0, "total": 0, "next": None, "url": f"{base}/declaration",
        "is_withdrawn": False, "report_url": "",
    }  # fmt: skip
    if application.state == "withdrawn":
        return shown | {"is_withdrawn": True}
    if card.state == "coi_pending":
        # Nothing but the organisation's name is his to know before he has signed.
        return shown
    key = (round_.id, application.category)
    if key not in rubrics:
        rubrics[key] = criteria_of(session, round_, application.category)
    criteria = rubrics[key]
    blank = views.next_blank(criteria, card.marks)
    shown |= {"category": views.category_name(language, application)}
    shown |= {"url": base, "number": application.number or "", "done": len(card.marks), "total": len(list(criteria.items()))}
    if _owes_report(card, now):
        shown["report_url"] = f"{base}/report"
    may_score = stage_of(round_).kind == "score" and (shown["deadline"] is None or shown["deadline"]["left"])
    if shown["is_open"] and blank is not None and may_score:
        shown["next"] = {"url": f"{base}/items/{blank.key}", "number": blank.number}
    return shown


def _owes_report(card: Card, now: datetime) -> bool:
    """Whether the feedback report is his to write and not handed in."""
    application = card.application
    leader = Standing(frozenset({Who.CLEARED_JUDGE, Who.PANEL_LEADER}), gate_open=application.gate_opened_at is not None)
    may_write = decide(Action.FEEDBACK_WRITE, stage_now(application.round, now), leader).allowed
    is_open = card.report in ("", "drafting") and application.feedback_waived_at is None
    return card.is_leader and application.is_live and is_open and may_write


@router.get("/{assignment_id}/declaration")
def declaration(request: Request, session: RequestSession, actor: CurrentActor, assignment_id: PublicId) -> Response:
    """The declaration before anything else of the application exists for the judge."""
    review = queries.review_for(session, actor, assignment_id, clock.now(session))
    if review.has_signed:
        return RedirectResponse(f"/review/{assignment_id}", 303)
    return render(request, session, "judging/declaration.html", **_declaration(request, review))


def wording_for(category: str) -> str:
    """What a judge signs for an application of a category; English msgid."""
    return WORDING if category == "organisation" else WORDING_OF_NOMINEE


def _declaration(request: Request, review: queries.Review, answer: str = "", reason: str = "") -> dict[str, Any]:
    language, round_ = request.state.language, review.application.round
    closed = views.why_not(language, review.decide(Action.DECLARATION_SIGN))
    return {
        "site_name": views.award_name(language, round_),
        "url": f"/review/{review.assignment.public_id}/declaration",
        "name": review.application.entrant,
        "round": title_of(round_).in_language(language),
        "wording": translate(language, wording_for(review.application.category)),
        "contact": round_.award.authority.contact,
        "closed": closed,
        "answer": answer,
        "reason": reason,
    }


@router.post("/{assignment_id}/declaration")
def declare(
    request: Request, session: RequestSession, actor: CurrentActor, assignment_id: PublicId, form: Form
) -> Response:
    """Signs, or steps back; who is unsure is told whom to ask and nothing is decided."""
    review = queries.review_for(session, actor, assignment_id, clock.now(session))
    answer, reason = form.get("answer"), form.text("reason", required=False, longest=1000, lines=True)
    now = clock.now(session)
    try:
        if answer not in ANSWERS:
            raise Invalid([FieldError("answer", N_("Choose one of the answers."))])
        form.check()
        if answer == "none":
            if not form.ticked("sign"):
                raise Invalid([FieldError("sign", N_("Tick the box; this is your signature."))])
            wording = translate(request.state.language, wording_for(review.application.category))
            sign_declaration(session, actor, review.application, review.assignment, wording, now)
            return RedirectResponse(f"/review/{assignment_id}?done=signed", 303)
        if answer == "conflict":
            declare_conflict(session, actor, review.application, review.assignment, reason, now)
            return RedirectResponse("/review?done=recused", 303)
    except Invalid as error:
        shown = _declaration(request, review, answer, reason)
        return render_invalid(request, session, "judging/declaration.html", error, **shown)
    return render(request, session, "judging/declaration.html", **_declaration(request, review, answer, reason))


@router.get("/{assignment_id}/recuse")
def before_recusing(
    request: Request, session: RequestSession, actor: CurrentActor, assignment_id: PublicId
) -> Response:
    """Says what stepping back means, before it is done."""
    review = queries.review_for(session, actor, assignment_id, clock.now(session))
    return render(request, session, "judging/recuse.html", **_recusal(request, review))


def _recusal(request: Request, review: queries.Review, reason: str = "") -> dict[str, Any]:
    return {
        "site_name": views.award_name(request.state.language, review.application.round),
        "url": f"/review/{review.assignment.public_id}",
        "name": review.application.entrant,
        "reason": reason,
        "closed": views.why_not(request.state.language, review.decide(Action.CONFLICT_DECLARE)),
    }


@router.post("/{assignment_id}/recuse")
def recuse(
    request: Request, session: RequestSession, actor: CurrentActor, assignment_id: PublicId, form: Form
) -> Response:
    """The judge steps back; from the next request on nothing of the application exists for him."""
    review = queries.review_for(session, actor, assignment_id, clock.now(session))
    reason = form.text("reason", required=False, longest=1000, lines=True)
    try:
        form.check()
        declare_conflict(session, actor, review.application, review.assignment, reason, clock.now(session))
    except Invalid as error:
        return render_invalid(request, session, "judging/recuse.html", error, **_recusal(request, review, reason))
    return RedirectResponse("/review?done=recused", 303)
