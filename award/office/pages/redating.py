"""Other dates for a stage: entered, looked at with all they move, decided or proposed, and the second person's answer."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from award.kernel import clock
from award.kernel.actor import Actor
from award.kernel.errors import Conflict, Invalid, Refused
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.forms import Form, SubmittedForm
from award.kernel.web.rendering import render, render_invalid
from award.office import redating
from award.office.pages.stages import TEMPLATE, page_of, refused
from award.office.redating import Wanted
from award.rounds import queries
from award.rounds.forms import read_moment, read_period, typed_dates
from award.rounds.models import DateChange, Round
from award.rounds.pages.place import place_of
from award.rounds.service.replanning import upcoming
from award.stages import Kind

router = APIRouter(prefix="/office/rounds/{round_id}")
DATES, OUTLOOK = "office/stage_dates.html", "office/stage_outlook.html"
FIELDS = ("opens_at", "opens_at.time", "closes_at", "closes_at.time", "reason")
StageKind = Annotated[str, Path(pattern="^[a-z]{2,16}$")]


@router.get("/stages/{kind}/dates", dependencies=[Depends(guard.office)])
def planned_dates(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, kind: StageKind
) -> Response:
    """The form for other dates of a stage that has not begun."""
    round_ = queries.round_for(session, actor, round_id)
    try:
        stage = upcoming(round_, kind)
    except Conflict as error:
        return refused(request, session, actor, round_, error)
    dates = typed_dates({kind: (stage.opens_at, stage.closes_at)}, round_.award.authority.zone)
    typed = {name.partition(".")[2]: value for name, value in dates.items()}
    return render(request, session, DATES, **_dates(session, actor, round_, kind), typed=typed)


@router.post("/stages/{kind}/dates", dependencies=[Depends(guard.office)])
def replan(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, kind: StageKind, form: Form
) -> Response:
    """Shows what these dates move, then gives them to the stage or proposes them."""
    round_ = queries.round_for(session, actor, round_id)
    try:
        upcoming(round_, kind)
        if form.act("back"):
            return render(request, session, DATES, **_dates(session, actor, round_, kind), typed=_typed(form))
        wanted = _wanted(form, round_, kind)
        return _looked_at_or_done(request, session, actor, round_, wanted, form, "planned")
    except Invalid as error:
        session.rollback()
        page = _dates(session, actor, round_, kind)
        return render_invalid(request, session, DATES, error, **page, typed=_typed(form))
    except Conflict as error:
        return refused(request, session, actor, round_, error)


@router.post("/extension", dependencies=[Depends(guard.office)])
def extend(request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, form: Form) -> Response:
    """Shows what a later end of the present stage moves, then gives it to the stage or proposes it."""
    round_ = queries.round_for(session, actor, round_id)
    try:
        if form.act("back"):
            page = page_of(request, session, actor, round_) | {"typed": _typed(form)}
            return render(request, session, TEMPLATE, **page)
        wanted = _wanted_end(form, round_)
        return _looked_at_or_done(request, session, actor, round_, wanted, form, "extended")
    except Invalid as error:
        session.rollback()
        page = page_of(request, session, actor, round_) | {"typed": _typed(form)}
        return render_invalid(request, session, TEMPLATE, error, **page)
    except Conflict as error:
        return refused(request, session, actor, round_, error)


@router.post("/date-changes/{change_id}", dependencies=[Depends(guard.office)])
def answer(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, change_id: PublicId, form: Form
) -> Response:
    """Confirms or declines proposed dates."""
    round_ = queries.round_for(session, actor, round_id)
    change, now = redating.change_in(session, round_, change_id), clock.now(session)
    try:
        if form.act("confirm", "drop") == "confirm":
            done = redating.confirm_change(session, actor, round_, change, now)
        else:
            refusal = form.text("refusal", required=False, longest=1000, lines=True)
            form.check()
            done = redating.drop_change(session, actor, round_, change, refusal, now)
    except Invalid as error:
        session.rollback()
        page = page_of(request, session, actor, round_) | {"refusal": form.get("refusal")}
        return render_invalid(request, session, TEMPLATE, error, **page)
    except (Conflict, Refused) as error:
        return refused(request, session, actor, round_, error)
    return RedirectResponse(f"/office/rounds/{round_id}/stages?done={done.state}", 303)


def _wanted(form: SubmittedForm, round_: Round, kind: str) -> Wanted:
    """Raises Invalid with every fault."""
    opens_at, closes_at = read_period(form, round_.award.authority.zone)
    return Wanted(kind, opens_at, *_checked(form, closes_at))


def _wanted_end(form: SubmittedForm, round_: Round) -> Wanted:
    """Raises Invalid with every fault."""
    closes_at = read_moment(form, "closes_at", round_.award.authority.zone)
    if closes_at is None and not form.errors:
        form.day("closes_at")
    return Wanted(queries.stage_of(round_).kind, None, *_checked(form, closes_at))


def _checked(form: SubmittedForm, closes_at: datetime | None) -> tuple[datetime, str]:
    """The end, whose absence the form has noted, and the reason. Raises Invalid with every fault.

    Where the dates can be read a missing reason is told by the act, together with what is wrong with the dates.
    """
    reason = form.text("reason", required=bool(form.errors), longest=1000, lines=True)
    form.check()
    if closes_at is None:
        raise ValueError("the form noted no fault where an end is missing")
    return closes_at, reason


def _looked_at_or_done(
    request: Request, session: Session, actor: Actor, round_: Round, wanted: Wanted, form: SubmittedForm, done: str
) -> Response:
    """Nobody decides on dates whose consequences he has not seen: the first time they are shown, then it is done."""
    now, seen, changed = clock.now(session), form.get("seen"), ""
    if seen:
        try:
            made = redating.change_dates(session, actor, round_, wanted, seen, now)
        except Conflict as error:
            if error.code != "dates.changed":
                raise
            session.rollback()
            changed = error.text
        else:
            done = "proposed" if isinstance(made, DateChange) else done
            return RedirectResponse(f"/office/rounds/{round_.public_id}/stages?done={done}", 303)
    page = {
        **place_of(actor, round_, "stages", now),
        "wanted": wanted, "outlook": redating.outlook_of(session, actor, round_, wanted, now), "changed": changed,
        "by_two": redating.needs_two(session, round_), "scheme": round_.scheme, "typed": _typed(form), "address": request.url.path,
    }  # fmt: skip
    return render(request, session, OUTLOOK, **page)


def _typed(form: SubmittedForm) -> dict[str, str]:
    return {name: form.get(name) for name in FIELDS if name in form.names()}


def _dates(session: Session, actor: Actor, round_: Round, kind: str) -> dict[str, Any]:
    return {
        **place_of(actor, round_, "stages", clock.now(session)),
        "stage": upcoming(round_, kind),
        "present": queries.stage_of(round_),
        "scheme": round_.scheme,
        "notice": round_.scheme.notice if kind == Kind.NOTICE else None,
        "by_two": redating.needs_two(session, round_),
    }
