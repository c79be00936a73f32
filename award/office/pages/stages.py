"""The stages of a round: exit checks, moving on, and a later end by decision."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from award.accounts.queries import names_of
from award.kernel import clock
from award.kernel.actor import Action, Actor
from award.kernel.errors import AwardError, Conflict, FieldError, Invalid, Stale
from award.kernel.i18n import N_, translate
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.forms import Form, SubmittedForm
from award.kernel.web.rendering import render, render_invalid
from award.office import checks, dashboard, service
from award.policy import decide
from award.rounds import queries
from award.rounds.forms import read_moment, read_period, typed_dates, typed_moment
from award.rounds.models import Round
from award.rounds.pages.place import place_of
from award.rounds.service import replan_stage
from award.rounds.service.replanning import upcoming
from award.stages import TABLE, Kind

router = APIRouter(prefix="/office/rounds/{round_id}")
TEMPLATE, DATES = "office/stages.html", "office/stage_dates.html"
DONE = {
    "advanced": N_("The round has moved on into this stage."),
    "extended": N_("The later end is decided and published."),
    "planned": N_("The dates are saved."),
}
StageKind = Annotated[str, Path(pattern="^[a-z]{2,16}$")]


@router.get("/stages", dependencies=[Depends(guard.office_or_supervisor)])
def stages(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, done: str = ""
) -> Response:
    """Where the round stands, and what keeps it there."""
    round_ = queries.round_for(session, actor, round_id)
    messages = [translate(request.state.language, DONE[done])] if done in DONE else []
    return render(request, session, TEMPLATE, **_page(request, session, actor, round_), messages=messages)


@router.post("/advance", dependencies=[Depends(guard.office)])
def advance(request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, form: Form) -> Response:
    """Moves the round on into its next stage."""
    round_ = queries.round_for(session, actor, round_id)
    version = form.version()
    form.check()
    try:
        reason, is_meant = form.text("early_reason", required=False, longest=1000, lines=True), form.ticked("early")
        form.check()
        service.advance(session, actor, round_, version, clock.now(session), reason if is_meant else "")
    except Invalid as error:
        session.rollback()
        page = _page(request, session, actor, round_)
        page["typed"] |= {name: form.get(name) for name in form.names()}
        return render_invalid(request, session, TEMPLATE, _unconfirmed(form, error), **page)
    except (service.NotReady, Stale) as error:
        return _refused(request, session, actor, round_, error)
    return RedirectResponse(f"/office/rounds/{round_id}/stages?done=advanced", 303)


def _unconfirmed(form: SubmittedForm, error: Invalid) -> Invalid:
    """What the page asks for before a stage is entered early: the tick as well as the reason."""
    untold = [] if form.get("early_reason").strip() and not form.errors else error.errors
    if form.ticked("early"):
        return Invalid(untold)
    text = N_("The next stage is planned for later. Tick this if it is to be entered now all the same.")
    return Invalid([FieldError("early", text), *untold])


@router.get("/stages/{kind}/dates", dependencies=[Depends(guard.office)])
def planned_dates(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, kind: StageKind
) -> Response:
    """The form for other dates of a stage that has not begun."""
    round_ = queries.round_for(session, actor, round_id)
    try:
        stage = upcoming(round_, kind)
    except Conflict as error:
        return _refused(request, session, actor, round_, error)
    dates = typed_dates({kind: (stage.opens_at, stage.closes_at)}, round_.award.authority.zone)
    typed = {name.partition(".")[2]: value for name, value in dates.items()}
    return render(request, session, DATES, **_dates(session, actor, round_, kind), typed=typed)


@router.post("/stages/{kind}/dates", dependencies=[Depends(guard.office)])
def replan(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, kind: StageKind, form: Form
) -> Response:
    """Gives it these dates."""
    round_ = queries.round_for(session, actor, round_id)
    try:
        period = read_period(form, round_.award.authority.zone)
        reason, version = form.text("reason", longest=1000, lines=True), form.version()
        form.check()
        replan_stage(session, actor, round_, kind, period, reason, version, clock.now(session))
    except Invalid as error:
        session.rollback()
        typed = {name: form.get(name) for name in form.names()}
        return render_invalid(request, session, DATES, error, **_dates(session, actor, round_, kind), typed=typed)
    except Conflict as error:
        return _refused(request, session, actor, round_, error)
    return RedirectResponse(f"/office/rounds/{round_id}/stages?done=planned", 303)


def _dates(session: Session, actor: Actor, round_: Round, kind: str) -> dict[str, Any]:
    present = queries.stage_of(round_)
    return {
        **place_of(actor, round_, "stages", clock.now(session)),
        "stage": upcoming(round_, kind),
        "present": present,
        "scheme": round_.scheme,
        "notice": round_.scheme.notice if kind == Kind.NOTICE else None,
    }


@router.post("/extension", dependencies=[Depends(guard.office)])
def extend(request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, form: Form) -> Response:
    """Gives the present stage a later end."""
    round_ = queries.round_for(session, actor, round_id)
    try:
        closes_at = read_moment(form, "closes_at", round_.award.authority.zone)
        if closes_at is None and not form.errors:
            form.day("closes_at")
        reason = form.text("reason", longest=1000, lines=True)
        form.check()
        if closes_at is not None:
            service.extend(session, actor, round_, closes_at, reason, clock.now(session))
    except Invalid as error:
        session.rollback()
        typed = {name: form.get(name) for name in form.names()}
        page = _page(request, session, actor, round_) | {"typed": typed}
        return render_invalid(request, session, TEMPLATE, error, **page)
    except Conflict as error:
        return _refused(request, session, actor, round_, error)
    return RedirectResponse(f"/office/rounds/{round_id}/stages?done=extended", 303)


def _refused(request: Request, session: Session, actor: Actor, round_: Round, error: AwardError) -> Response:
    """The page of the stages with why an act was refused, so that nobody is left without a way back."""
    session.rollback()
    language, page = request.state.language, _page(request, session, actor, round_)
    why = translate(language, error.text, error.params)
    if isinstance(error, service.NotReady | Stale):
        why = translate(language, N_("The round was not moved on: {why}"), {"why": why})
    return render(request, session, TEMPLATE, status_code=error.status, **page, refused=why)


def _page(request: Request, session: Session, actor: Actor, round_: Round) -> dict[str, Any]:
    now = clock.now(session)
    place = place_of(actor, round_, "stages", now)
    view = dashboard.view_of(session, actor, round_, request.state.language, now)
    stage = queries.stage_of(round_)
    queries.load_decisions(session, round_)
    extensions = [(one, extension) for one in round_.stages for extension in one.extensions]
    return {
        **place,
        "stage": stage,
        "about": TABLE[Kind(stage.kind)].about,
        "scheme": view.scheme,
        "line": dashboard.stages_of(view),
        "checks": [(name, missing, checks.TITLES[name]) for name, missing in checks.results_of(session, round_, now)],
        "following": round_.stages[round_.position + 1] if round_.position + 1 < len(round_.stages) else None,
        "extensions": extensions,
        "deciders": names_of(session, [extension.decided_by for _, extension in extensions]),
        "typed": dict(typed_moment("closes_at", stage.closes_at, place["zone"])),
        "may_change": decide(
            Action.STAGE_EXTEND, queries.stage_now(round_, now), queries.standing_in(actor, round_)
        ).allowed,
        "is_early": service.opens_later(round_, now),
        "left": stage.closes_at - now if stage.closes_at is not None and stage.closes_at > now else None,
    }
