"""Outcomes of stages held on paper: entered by one person, confirmed by another."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from award import policy
from award.applications.models import Application, PaperOutcome
from award.kernel.actor import Action, Actor
from award.kernel.audit.trail import record, round_stream
from award.kernel.errors import Conflict, Invalid, NotFound, Refused
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.office.going_on import going_on
from award.rounds.models import Round
from award.rounds.queries import guarded_stage, scheme_of, stage_of
from award.standing.queries import standing_of

MOST_HUNDREDTHS = 100_000
"""1000 points."""


@dataclass(frozen=True)
class Entry:
    """An outcome as it is entered. score_hundredths: of a point out of 1000, None where the stage gives no figure.

    goes_on: the application stays in the round. file_id: the signed paper.
    """

    score_hundredths: int | None
    goes_on: bool
    summary: str
    held_on: date
    file_id: int | None = None


def outcomes_of(session: Session, round_: Round) -> dict[int, PaperOutcome]:
    """Application id -> the outcome of the present stage."""
    query = select(PaperOutcome).where(PaperOutcome.round_stage_id == stage_of(round_).id)
    return {one.application_id: one for one in session.scalars(query)}


def gives_score(session: Session, round_: Round) -> bool:
    """Whether the present stage counts in the final result, so that its outcome needs a figure."""
    return bool(scheme_of(session, round_).stage(stage_of(round_).kind).weight_hundredths)


def record_outcome(
    session: Session, actor: Actor, round_: Round, application: Application, entry: Entry, now: datetime
) -> PaperOutcome:
    """Enters the outcome of the present stage for an application, or enters it anew while nobody has confirmed it.

    Raises NotFound for an application of another round or one the actor must not touch, Refused in a stage without
    outcomes, Conflict once it is confirmed, Invalid for a figure that is missing or out of 0..1000 points.
    """
    stage = guarded_stage(session, round_, now, exclusive=True)
    policy.require(Action.OUTCOME_RECORD, stage, standing_of(session, actor, application, now))
    _require_in_race(session, round_, application)
    _check(session, round_, entry, now)
    outcome = outcomes_of(session, round_).get(application.id)
    if outcome is not None and outcome.state == "confirmed":
        raise Conflict("outcome.confirmed", N_("This outcome has been confirmed by a second person and stays as it is."))
    if outcome is None:
        outcome = PaperOutcome(round_stage_id=stage_of(round_).id, application_id=application.id)
        session.add(outcome)
    outcome.score_hundredths, outcome.goes_on = entry.score_hundredths, entry.goes_on
    outcome.summary, outcome.held_on = entry.summary, entry.held_on
    outcome.file_id = entry.file_id or outcome.file_id
    outcome.recorded_by, outcome.recorded_at = _person(actor), now
    session.flush()
    _note(session, actor, Event.OUTCOME_RECORDED, application, outcome)
    return outcome


def fingerprint_of(outcome: PaperOutcome) -> str:
    """What an outcome says, in a few characters: 16 hexadecimal digits of a SHA-256."""
    said = (outcome.score_hundredths, outcome.goes_on, outcome.summary, outcome.held_on.isoformat(), outcome.file_id)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def confirm_outcome(
    session: Session, actor: Actor, round_: Round, application: Application, now: datetime, seen: str | None = None
) -> PaperOutcome:
    """Confirms an outcome another person has entered; from then on it counts.

    seen: fingerprint of what the second person looked at; None where he works without a page.
    Asked again by the same person, answers with what he has confirmed.
    Raises NotFound where nothing is entered, Refused for the person who entered it, Conflict where it was entered anew.
    """
    stage = guarded_stage(session, round_, now, exclusive=True)
    policy.require(Action.OUTCOME_RECORD, stage, standing_of(session, actor, application, now))
    outcome = outcomes_of(session, round_).get(application.id)
    if outcome is None or application.round_id != round_.id:
        raise NotFound
    if outcome.state == "confirmed" and outcome.confirmed_by == actor.person_id:
        return outcome
    if outcome.state == "confirmed":
        raise Conflict("outcome.confirmed", N_("This outcome has been confirmed by a second person and stays as it is."))
    if outcome.recorded_by == actor.person_id:
        raise Refused("outcome.same_person", N_("You entered this outcome; another person of the office must confirm it."))
    if seen is not None and seen != fingerprint_of(outcome):
        raise Conflict("outcome.changed", N_("This outcome was entered anew since you opened the page. Look at it again, then confirm it."))
    outcome.state, outcome.confirmed_by, outcome.confirmed_at = "confirmed", _person(actor), now
    session.flush()
    _note(session, actor, Event.OUTCOME_CONFIRMED, application, outcome)
    return outcome


def _require_in_race(session: Session, round_: Round, application: Application) -> None:
    if application.round_id != round_.id:
        raise NotFound
    if session.scalar(going_on(round_).where(Application.id == application.id)) is None:
        raise Conflict("application.out", N_("This application is no longer in the round."))


def _check(session: Session, round_: Round, entry: Entry, now: datetime) -> None:
    if scheme_of(session, round_).stage(stage_of(round_).kind).held != "paper":
        raise Conflict("stage.not_on_paper", N_("This stage is held in the system; its outcome is not typed in."))
    if not entry.summary.strip():
        raise Invalid.one("summary", N_("Say in a sentence what came out."))
    if entry.held_on > now.astimezone(ZoneInfo(round_.award.authority.zone)).date():
        raise Invalid.one("held_on", N_("This day has not come yet."))
    if not gives_score(session, round_):
        if entry.score_hundredths is not None:
            raise Invalid.one("score", N_("This stage gives no points."))
        return
    if entry.score_hundredths is None or not 0 <= entry.score_hundredths <= MOST_HUNDREDTHS:
        raise Invalid.one("score", N_("Enter the points of this stage from 0 to 1000, at most two decimals, like 612.50."))


def _person(actor: Actor) -> int:
    if actor.person_id is None:
        raise NotFound
    return actor.person_id


def _note(session: Session, actor: Actor, event: Event, application: Application, outcome: PaperOutcome) -> None:
    round_ = application.round
    content = {
        "application": application.public_id, "score_hundredths": outcome.score_hundredths, "goes_on": outcome.goes_on,
        "summary": outcome.summary, "held_on": outcome.held_on.isoformat(), "has_file": outcome.file_id is not None,
    }  # fmt: skip
    record(
        session, actor, event, f"outcome:{outcome.public_id}", round_stream(round_.public_id), content,
        stage=stage_of(round_).kind, rules=round_.scheme_sha256,
    )  # fmt: skip
