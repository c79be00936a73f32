"""The stages of a round: exit checks, moving on, and what was decided on their dates."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from award.accounts.queries import names_of
from award.kernel import clock
from award.kernel.actor import Action, Actor
from award.kernel.errors import AwardError, FieldError, Invalid, Stale
from award.kernel.i18n import N_, translate
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.forms import Form, SubmittedForm
from award.kernel.web.rendering import render, render_invalid
from award.office import checks, dashboard, redating, service
from award.policy import decide
from award.rounds import queries
from award.rounds.forms import typed_moment
from award.rounds.models import DateChange, Round, RoundStage, StageExtension
from award.rounds.pages.place import place_of
from award.stages import TABLE, Kind

router = APIRouter(prefix="/office/rounds/{round_id}")
TEMPLATE = "office/stages.html"
DONE = {
    "advanced": N_("The round has moved on into this stage."),
    "extended": N_("The later end is decided and published."),
    "planned": N_("The dates are saved."),
    "proposed": N_("The dates are proposed. They change once another person of the office has confirmed them."),
    "confirmed": N_("The proposed dates are confirmed and published."),
    "dropped": N_("The proposed dates are declined; nothing changes."),
}


@router.get("/stages", dependencies=[Depends(guard.office_or_supervisor)])
def stages(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, done: str = ""
) -> Response:
    """Where the round stands, and what keeps it there."""
    round_ = queries.round_for(session, actor, round_id)
    messages = [translate(request.state.language, DONE[done])] if done in DONE else []
    return render(request, session, TEMPLATE, **page_of(request, session, actor, round_), messages=messages)


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
        page = page_of(request, session, actor, round_)
        page["typed"] |= {name: form.get(name) for name in form.names()}
        return render_invalid(request, session, TEMPLATE, _unconfirmed(form, error), **page)
    except (service.NotReady, Stale) as error:
        return refused(request, session, actor, round_, error)
    return RedirectResponse(f"/office/rounds/{round_id}/stages?done=advanced", 303)


def _unconfirmed(form: SubmittedForm, error: Invalid) -> Invalid:
    """What the page asks for before a stage is entered early: the tick as well as the reason."""
    untold = [] if form.get("early_reason").strip() and not form.errors else error.errors
    if form.ticked("early"):
        return Invalid(untold)
    text = N_("The next stage is planned for later. Tick this if it is to be entered now all the same.")
    return Invalid([FieldError("early", text), *untold])


def refused(request: Request, session: Session, actor: Actor, round_: Round, error: AwardError) -> Response:
    """The page of the stages with why an act was refused, so that nobody is left without a way back."""
    session.rollback()
    language, page = request.state.language, page_of(request, session, actor, round_)
    why = translate(language, error.text, error.params)
    if isinstance(error, service.NotReady | Stale):
        why = translate(language, N_("The round was not moved on: {why}"), {"why": why})
    return render(request, session, TEMPLATE, status_code=error.status, **page, refused=why)


def page_of(request: Request, session: Session, actor: Actor, round_: Round) -> dict[str, Any]:
    """All that the page of the stages shows."""
    now = clock.now(session)
    place = place_of(actor, round_, "stages", now)
    view = dashboard.view_of(session, actor, round_, request.state.language, now)
    stage = queries.stage_of(round_)
    queries.load_decisions(session, round_)
    extensions = [(one, extension) for one in round_.stages for extension in one.extensions]
    changes = redating.changes_of(session, round_)
    return {
        **place,
        "stage": stage,
        "about": TABLE[Kind(stage.kind)].about,
        "scheme": view.scheme,
        "line": dashboard.stages_of(view),
        "checks": [(name, missing, checks.TITLES[name]) for name, missing in checks.results_of(view.here)],
        "following": round_.stages[round_.position + 1] if round_.position + 1 < len(round_.stages) else None,
        "extensions": extensions,
        "dropped": [one for one in changes if one.state == "dropped"],
        "waiting": _waiting(session, round_, next((one for one in changes if one.state == "proposed"), None), now),
        "fixed": redating.why_fixed(session, round_),
        "by_two": redating.needs_two(session, round_),
        "names": names_of(session, _people(extensions, changes)),
        "typed": dict(typed_moment("closes_at", stage.closes_at, place["zone"])),
        "may_change": decide(
            Action.STAGE_EXTEND, queries.stage_now(round_, now), queries.standing_in(actor, round_)
        ).allowed,
        "is_early": service.opens_later(round_, now),
        "ends_at": view.ends_at,
        "left": view.ends_at - now if view.ends_at is not None and view.ends_at > now else None,
    }


def _waiting(session: Session, round_: Round, change: DateChange | None, now: datetime) -> dict[str, Any] | None:
    """The dates that wait for a second person, with all they would move and why they cannot be confirmed any more."""
    if change is None:
        return None
    return {
        "change": change,
        "outlook": redating.outlook_then(session, round_, change, now),
        "why_lost": redating.why_lost(session, round_, change, now),
        "lapses": redating.lapses_on_going_on(round_, change),
    }


def _people(extensions: Iterable[tuple[RoundStage, StageExtension]], changes: Iterable[DateChange]) -> set[int]:
    first = [one.proposed_by for _, one in extensions] + [one.proposed_by for one in changes]
    second = [one.decided_by for _, one in extensions] + [one.decided_by for one in changes]
    return {one for one in (*first, *second) if one is not None}
