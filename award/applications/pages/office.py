"""The office's pages of applications: the list, the content with its evidence, and what is decided."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from award.accounts.queries import names_of
from award.applications import queries, service
from award.applications.former import won_before
from award.applications.forms import points_of
from award.applications.listing import Filters, list_for_office
from award.applications.models import AcceptanceDecision, Application
from award.applications.pages import views
from award.applications.pages.changes import corrected
from award.applications.pages.content import shown_content
from award.applications.pages.submit import part_title
from award.kernel import clock, i18n
from award.kernel.actor import Action, Actor
from award.kernel.errors import Invalid, NotFound
from award.kernel.i18n import N_
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PageNumber, PublicId, RequestSession
from award.kernel.web.forms import Form
from award.kernel.web.rendering import Page, render, render_invalid
from award.organisations.queries import is_confirmed
from award.policy import decide, require
from award.rounds.eligibility import conditions_of
from award.rounds.pages.place import place_of
from award.rounds.queries import round_for, stage_now, standing_in
from award.standing.queries import standing_of
from award.words import WORDS

router = APIRouter(prefix="/office", dependencies=[Depends(guard.office_or_supervisor)])
SIZE = 25


@router.get("/rounds/{round_id}/applications")
def applications(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId,
    q: str = "", state: str = "", sector: str = "", category: str = "", page: PageNumber = 1,
) -> Response:  # fmt: skip
    """All submitted applications of a round, with how many drafts there are."""
    round_ = round_for(session, actor, round_id)
    now = clock.now(session)
    stage, standing = stage_now(round_, now), standing_in(actor, round_)
    require(Action.APPLICATION_LIST, stage, standing)
    filters = Filters(q.strip()[:80], state, sector, category)
    found = list_for_office(session, actor, round_, filters, page=page, size=SIZE)
    scheme, language = round_.scheme, request.state.language
    sectors = {key: name.in_language(language) for one in scheme.categories for key, name in one.sectors.items()}
    url = request.url
    return render(
        request, session, "applications/office_list.html", **place_of(actor, round_, "applications", now), rows=found.rows,
        may_read=decide(Action.APPLICATION_READ, stage, standing).allowed,
        may_enter=decide(Action.APPLICATION_ENTER, stage, standing).allowed and round_.state == "open", states=found.states,
        drafts=found.states.get("draft", 0), filters=filters, sectors=sectors,
        categories={one.key: one.name.in_language(language) for one in scheme.categories},
        page=Page(found.rows, page, SIZE, found.total, lambda n: str(url.include_query_params(page=n))),
        words={code: word[0] for code, word in WORDS[round_.words].items()},
    )  # fmt: skip


def _readable(session: Session, actor: Actor, application_id: str) -> Application:
    """The application for its office or supervisor. Raises NotFound for anybody else, and for a draft."""
    now = clock.now(session)
    application = queries.office_application(session, actor, application_id, now)
    if application.submitted_at is None:
        raise NotFound
    require(Action.APPLICATION_READ, stage_now(application.round, now), standing_of(session, actor, application, now))
    return application


@router.get("/applications/{application_id}")
def application(request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId) -> Response:
    """What was submitted, what has been decided, and what can be."""
    found = _readable(session, actor, application_id)
    return render(request, session, "applications/office_application.html", **_shown(request, session, actor, found))


def _shown(request: Request, session: Session, actor: Actor, application: Application) -> dict[str, Any]:
    desk = views.desk_of(request, session, application)
    content = queries.submission_content(session, application)
    if content is None:
        raise NotFound
    base, decisions = f"/office/applications/{application.public_id}", queries.decisions_of(session, application)
    return _place(actor, desk) | {
        "declared": [desk.tell(text) for key, text in service.DECLARATIONS.items() if key in content.declarations],
        "conditions": list(conditions_of(desk.scheme, desk.scheme.category(application.category), request.state.language)),
        **_former(session, desk),
        "content": shown_content(desk, content, lambda one: f"{base}/evidence/{one.id}"),
        "category": desk.say(desk.scheme.category(application.category).name),
        "sector": desk.say(desk.scheme.category(application.category).sectors[application.sector]) if application.sector else "",
        "decisions": _decisions(session, desk, decisions),
        "waiting": next((one for one in decisions if one.is_waiting_refusal), None),
        "is_confirmed": is_confirmed(session, application.organisation_id, application.authority_id),
        "can": _can(session, actor, desk), "left_out": _left_out(session, desk), "outcomes": _outcomes(desk),
        "parts": [(one.key, desk.say(one.title)) for one in desk.parts],
        "correction_days": desk.scheme.application.correction_days,
        "corrections_left": desk.scheme.application.corrections - application.corrections, "typed": {}, "person_id": actor.person_id,
        "due": desk.moment(application.correction_due_at) if application.correction_due_at else "",
    }  # fmt: skip


def _former(session: Session, desk: views.Desk) -> dict[str, Any]:
    """What the register of winners has beside the condition that the award was not won before."""
    found = won_before(session, desk.application)
    rules = desk.scheme.eligibility
    won = [
        {
            "title": desk.say(one.round_title), "grade": desk.say(one.grade), "day": i18n.format_day(desk.language, one.published_on),
            "certificate": one.certificate_number, "code": one.certificate_code, "is_revoked": one.is_revoked,
            "is_barring": one.is_barring,
        }
        for one in found
    ]  # fmt: skip
    return {
        "won": won, "is_barred": any(one.is_barring for one in found), "bar_years": rules.reapply_bar_years,
        "whole_group": rules.reapply_bar_subsidiaries, "credit_code": desk.application.organisation.credit_code,
    }


def _left_out(session: Session, desk: views.Desk) -> dict[str, str] | None:
    """By which stage on paper it was left out, when and why; None where it is in the race."""
    found = queries.left_out_by(session, desk.application)
    if found is None:
        return None
    stage = desk.say(desk.scheme.stage(found.kind).title)
    day = i18n.format_day(desk.language, found.held_on)
    return {"stage": stage, "day": day, "why": found.summary, "url": _versions(desk)}


def _outcomes(desk: views.Desk) -> str:
    """Where the outcomes of the stages on paper are read; "" while none of them has begun."""
    round_, kinds = desk.application.round, {one.kind for one in desk.scheme.stages if one.held == "paper"}
    if not any(one.kind in kinds and one.position <= round_.position for one in round_.stages):
        return ""
    return _versions(desk)


def _versions(desk: views.Desk) -> str:
    return f"/office/rounds/{desk.application.round.public_id}/outcomes/{desk.application.public_id}/versions"


def _place(actor: Actor, desk: views.Desk) -> dict[str, Any]:
    """What every page about one application is given."""
    application = desk.application
    place = place_of(actor, application.round, "applications", desk.now)
    return place | {"application": views.head(desk), "base": f"/office/applications/{application.public_id}"}


def _can(session: Session, actor: Actor, desk: views.Desk) -> dict[str, bool]:
    """What this actor may do with it now; a supervisor nothing."""
    application = desk.application
    stage = stage_now(application.round, desk.now)
    standing = standing_of(session, actor, application, desk.now)
    due = application.correction_due_at
    overdue = application.state == "correction" and due is not None and desk.now >= due
    is_open = application.state in ("submitted", "resubmitted") or overdue
    acts = {"accept": Action.APPLICATION_ACCEPT, "return": Action.APPLICATION_RETURN, "refuse": Action.APPLICATION_REFUSE}
    return {name: is_open and decide(action, stage, standing).allowed for name, action in acts.items()}


def _decisions(session: Session, desk: views.Desk, decisions: Sequence[AcceptanceDecision]) -> list[dict[str, Any]]:
    names = names_of(session, [one.decided_by for one in decisions] + [one.confirmed_by for one in decisions if one.confirmed_by])
    words = {
        ("accept", "in_force"): N_("Accepted"), ("return", "in_force"): N_("Returned for correction"),
        ("refuse", "waiting"): N_("Refusal proposed"), ("refuse", "in_force"): N_("Refused"),
        ("refuse", "rejected"): N_("Refusal not confirmed"),
    }  # fmt: skip
    return [
        {
            "notice": one.public_id if one.state == "in_force" else "",
            "text": desk.tell(words[one.kind, one.state]), "when": desk.moment(one.decided_at), "by": names.get(one.decided_by, ""),
            "second": names.get(one.confirmed_by, "") if one.confirmed_by else "", "article": one.article, "reason": one.reason,
            "remark": one.remark,
            "points": [{"name": part_title(desk, point["part"]), "text": point["text"]} for point in one.points],
        }
        for one in decisions
    ]  # fmt: skip


@router.get("/applications/{application_id}/changes")
def changes(request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId) -> Response:
    """What the applicant changed in its correction, beside what was asked for."""
    found = _readable(session, actor, application_id)
    desk = views.desk_of(request, session, found)
    shown = corrected(session, desk)
    if shown is None:
        raise NotFound
    return render(request, session, "applications/office_changes.html", **_place(actor, desk), changes=shown)


@router.get("/applications/{application_id}/evidence/{evidence_id}")
def evidence(
    request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId, evidence_id: PublicId, page: int = 1
) -> Response:
    """A submitted file, page by page."""
    found = _readable(session, actor, application_id)
    desk = views.desk_of(request, session, found)
    content = queries.submission_content(session, found)
    one = next((one for one in content.evidence if one.id == evidence_id), None) if content else None
    if one is None:
        raise NotFound
    return render(
        request, session, "applications/office_evidence.html", **_place(actor, desk), evidence=one,
        size=views.size_text(one.size), page=min(max(1, page), one.pages or 1),
    )  # fmt: skip


@router.post("/applications/{application_id}/accept")
def accept(request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId, form: Form) -> Response:
    """Lets it into the review; with a remark where it won the award before."""
    found = _readable(session, actor, application_id)
    try:
        remark = form.text("remark", required=False, longest=1000, lines=True)
        form.check()
        service.accept(session, actor, found, clock.now(session), remark)
    except Invalid as error:
        return _again(request, session, actor, application_id, form, error)
    return RedirectResponse(f"/office/applications/{application_id}", 303)


@router.post("/applications/{application_id}/return")
def give_back(request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId, form: Form) -> Response:
    """Returns it with a list of what is open."""
    found = _readable(session, actor, application_id)
    try:
        points = points_of(form)
        form.check()
        service.return_for_correction(session, actor, found, points, clock.now(session))
    except Invalid as error:
        return _again(request, session, actor, application_id, form, error)
    return RedirectResponse(f"/office/applications/{application_id}", 303)


@router.post("/applications/{application_id}/refuse")
def refuse(request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId, form: Form) -> Response:
    """Proposes a refusal; another person confirms it."""
    found = _readable(session, actor, application_id)
    try:
        article, reason = form.text("article"), form.text("reason", longest=2000, lines=True)
        form.check()
        service.propose_refusal(session, actor, found, article, reason, clock.now(session))
    except Invalid as error:
        return _again(request, session, actor, application_id, form, error)
    return RedirectResponse(f"/office/applications/{application_id}", 303)


def _again(request: Request, session: Session, actor: Actor, application_id: str, form: Form, error: Invalid) -> Response:
    session.rollback()
    shown = _shown(request, session, actor, _readable(session, actor, application_id))
    shown["typed"] = {name: form.get(name) for name in form.names()}
    return render_invalid(request, session, "applications/office_application.html", error, **shown)


@router.post("/applications/{application_id}/refuse/confirm")
def confirm_refusal(session: RequestSession, actor: CurrentActor, application_id: PublicId) -> Response:
    """The second person puts the refusal into force."""
    service.confirm_refusal(session, actor, _readable(session, actor, application_id), clock.now(session))
    return RedirectResponse(f"/office/applications/{application_id}", 303)


@router.post("/applications/{application_id}/refuse/reject")
def reject_refusal(session: RequestSession, actor: CurrentActor, application_id: PublicId) -> Response:
    """The second person does not agree."""
    service.reject_refusal(session, actor, _readable(session, actor, application_id), clock.now(session))
    return RedirectResponse(f"/office/applications/{application_id}", 303)
