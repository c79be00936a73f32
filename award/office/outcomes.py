"""Outcomes of stages held on paper: entered by one person, confirmed by another."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from award import policy
from award.accounts.models import Person
from award.applications.models import Application, PaperOutcome
from award.applications.queries import barred_from, is_barred
from award.kernel.actor import Action, Actor, Role
from award.kernel.audit.trail import record, round_stream
from award.kernel.errors import Conflict, FieldError, Invalid, NotFound, Refused
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.office.going_on import going_on
from award.office.outcome_entry import Content, Entry, Setting, faults_of
from award.office.outcome_json import as_json, from_json
from award.office.outcome_kinds import CONTENTS, OTHER_COMMITTEE, committee_of
from award.panels.queries import seats_of
from award.results.service.deciding import set_aside
from award.rounds.models import Round, RoundStage
from award.rounds.people import holds
from award.rounds.queries import criteria_of, guarded_stage, stage_of
from award.rounds.service.second_person import Waiting, ask_second_person
from award.standing.queries import standing_of

AFTER_SCORING = ("consensus", "site", "interview", "deliberate")
"""Kinds of stages that are held for an application only once what comes before has ended for it."""
STANDS = (PaperOutcome.state == "confirmed") | ((PaperOutcome.number == 1) & (PaperOutcome.state == "recorded"))
"""The version of an outcome a list shows: the confirmed one, or the first entry that waits for its second person."""
CONFIRMED = N_("This outcome has been confirmed by a second person. An error in it is put right by a correction.")


def outcomes_of(session: Session, round_: Round) -> dict[int, PaperOutcome]:
    """Application id -> the outcome of the present stage: the confirmed one also while a correction of it waits."""
    query = select(PaperOutcome).where(PaperOutcome.round_stage_id == stage_of(round_).id, STANDS)
    return {one.application_id: one for one in session.scalars(query)}


def stages_with_outcomes(session: Session, round_: Round) -> list[str]:
    """The kinds of stages on paper in which something was entered, and the present one if it is held so; in the scheme's order."""
    query = select(RoundStage.kind).join(PaperOutcome, PaperOutcome.round_stage_id == RoundStage.id).where(RoundStage.round_id == round_.id)
    kinds = {*session.scalars(query.distinct()), stage_of(round_).kind}
    return [one.kind for one in round_.scheme.stages if one.held == "paper" and one.kind in kinds]


def outcomes_in(session: Session, actor: Actor, round_: Round, kind: str) -> Sequence[tuple[Application, PaperOutcome]]:
    """What stands in a stage of the round, also once it is over, by the applications' numbers; nothing that a conflict hides."""
    query = (
        select(Application, PaperOutcome)
        .join(PaperOutcome, PaperOutcome.application_id == Application.id)
        .join(RoundStage, RoundStage.id == PaperOutcome.round_stage_id)
        .where(RoundStage.round_id == round_.id, RoundStage.kind == kind, STANDS, ~is_barred(actor))
        .options(joinedload(Application.organisation))
    )
    return [(one, outcome) for one, outcome in session.execute(query.order_by(Application.number))]


def stage_shown(round_: Round, kinds: Sequence[str], wanted: str) -> str:
    """Which stage a list is of: the one asked for, else the present one, else the last of kinds; "" where there is none."""
    present = stage_of(round_).kind
    return next((one for one in (wanted, present) if one in kinds), kinds[-1] if kinds else "")


def lines_of(session: Session, actor: Actor, round_: Round, kind: str) -> Sequence[tuple[Application, PaperOutcome | None]]:
    """The list of a stage: while it runs every application in the race, afterwards what stands in it. kind: "" for none."""
    if kind != stage_of(round_).kind:
        return outcomes_in(session, actor, round_, kind) if kind else []
    query = going_on(round_).where(~is_barred(actor)).options(joinedload(Application.organisation))
    found = outcomes_of(session, round_)
    return [(one, found.get(one.id)) for one in session.scalars(query.order_by(Application.number))]


def content_of(round_: Round, outcome: PaperOutcome) -> Content | None:
    """What the outcome of the present stage says besides the common fields; None where nothing was kept."""
    return from_json(stage_of(round_).kind, outcome.content)


def gives_score(round_: Round) -> bool:
    """Whether the present stage counts in the final result, so that its outcome needs a figure."""
    return bool(round_.scheme.stage(stage_of(round_).kind).weight_hundredths)


def record_outcome(
    session: Session, actor: Actor, round_: Round, application: Application, entry: Entry, now: datetime
) -> PaperOutcome:
    """Enters the outcome of the present stage for an application, or enters it anew while nobody has confirmed it.

    Raises NotFound for an application of another round or one the actor must not touch, Refused in a stage without
    outcomes, Conflict once it is confirmed, Invalid for all that is missing or does not agree, as its kind of stage says.
    """
    stage = guarded_stage(session, round_, now, exclusive=True)
    policy.require(Action.OUTCOME_RECORD, stage, standing_of(session, actor, application, now))
    require_in_race(session, round_, application)
    kept = outcomes_of(session, round_)
    outcome = kept.pop(application.id, None)
    if outcome is not None and outcome.state == "confirmed":
        raise Conflict("outcome.confirmed", CONFIRMED)
    entry = replace(entry, file_id=entry.file_id or (outcome.file_id if outcome else None))
    if faults := faults_of_entry(session, round_, application, entry, kept, now):
        raise Invalid(faults)
    if outcome is None:
        outcome = PaperOutcome(round_stage_id=stage_of(round_).id, application_id=application.id)
    write(outcome, entry, person_of(actor), now)
    session.add(outcome)
    session.flush()
    note(session, actor, Event.OUTCOME_RECORDED, application, outcome)
    _ask(session, actor, round_, now)
    return outcome


def write(outcome: PaperOutcome, entry: Entry, by: int, now: datetime) -> None:
    """Puts into the row what was entered. by: inner number of the person who entered it."""
    outcome.score_hundredths, outcome.goes_on = entry.score_hundredths, entry.goes_on
    outcome.summary, outcome.held_on = entry.summary, entry.held_on
    outcome.content, outcome.file_id = as_json(entry.content), entry.file_id
    outcome.recorded_by, outcome.recorded_at = by, now


def _ask(session: Session, actor: Actor, round_: Round, now: datetime) -> None:
    """One letter a day to each colleague: an office enters the outcomes of a stage one after the other."""
    stage = stage_of(round_)
    key = f"outcomes:{round_.public_id}:{stage.kind}:{round_.award.authority.day_of(now)}"
    title = round_.scheme.stage(stage.kind).title
    place = f"/office/rounds/{round_.public_id}/outcomes"
    ask_second_person(session, actor, round_, Waiting(N_("Outcomes of a stage"), title, place, key), now)


def fingerprint_of(outcome: PaperOutcome) -> str:
    """What an outcome says, in a few characters: 16 hexadecimal digits of a SHA-256."""
    said = [outcome.score_hundredths, outcome.goes_on, outcome.summary, outcome.held_on.isoformat(), outcome.file_id, outcome.content]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def confirm_outcome(
    session: Session, actor: Actor, round_: Round, application: Application, now: datetime, seen: str | None = None
) -> PaperOutcome:
    """Confirms an outcome another person has entered; from then on it counts.

    seen: fingerprint of what the second person looked at; None where he works without a page.
    Asked again by the same person, answers with what he has confirmed.
    Effects: a decision that rests on another ranking is set aside. Raises NotFound where nothing is entered, Refused for the
    person who entered it, Conflict where it was entered anew, a decision would be set aside by somebody with a conflict of
    interest in the round, or a vote of the same day was confirmed with a committee of another size.
    """
    stage = guarded_stage(session, round_, now, exclusive=True)
    policy.require(Action.OUTCOME_RECORD, stage, standing_of(session, actor, application, now))
    kept = outcomes_of(session, round_)
    outcome = kept.pop(application.id, None)
    if outcome is None or application.round_id != round_.id:
        raise NotFound
    if outcome.state == "confirmed" and outcome.confirmed_by == actor.person_id:
        return outcome
    if outcome.state == "confirmed":
        raise Conflict("outcome.confirmed", CONFIRMED)
    if outcome.recorded_by == actor.person_id:
        raise Refused("outcome.same_person", N_("You entered this outcome; another person of the office must confirm it."))
    if seen is not None and seen != fingerprint_of(outcome):
        raise Conflict("outcome.changed", N_("This outcome was entered anew since you opened the page. Look at it again, then confirm it."))
    committee = _committee_on(stage_of(round_).kind, outcome.held_on, kept.values())
    if committee not in (None, committee_of(content_of(round_, outcome))):
        raise Conflict("outcome.committee", OTHER_COMMITTEE, members=committee)
    if changes_ranking(round_, outcome):
        set_aside(session, actor, round_, application.category, outcome.public_id)
    outcome.state, outcome.confirmed_by, outcome.confirmed_at = "confirmed", person_of(actor), now
    session.flush()
    note(session, actor, Event.OUTCOME_CONFIRMED, application, outcome)
    return outcome


def changes_ranking(round_: Round, outcome: PaperOutcome, before: PaperOutcome | None = None) -> bool:
    """Whether an outcome of the present stage, once confirmed, changes whom the ranking has or how. before: which it corrects."""
    if before is None:
        return not outcome.goes_on or gives_score(round_)
    return before.goes_on != outcome.goes_on or (gives_score(round_) and before.score_hundredths != outcome.score_hundredths)


def require_in_race(session: Session, round_: Round, application: Application) -> None:
    """Raises NotFound for an application of another round, Conflict for one that has left the round."""
    if application.round_id != round_.id:
        raise NotFound
    if session.scalar(going_on(round_).where(Application.id == application.id)) is None:
        raise Conflict("application.out", N_("This application is no longer in the round."))


def faults_of_entry(
    session: Session, round_: Round, application: Application, entry: Entry, kept: Mapping[int, PaperOutcome], now: datetime
) -> list[FieldError]:
    """What is missing or does not agree. kept: the outcomes of the other applications it must not contradict.

    Raises Conflict where the stage is held in the system or is another than the form is of.
    """
    kind, scheme = require_paper(round_), round_.scheme
    if not isinstance(entry.content, CONTENTS[kind]):
        raise Conflict("outcome.kind", N_("The round stands in another stage now; open its form again."))
    criteria = criteria_of(session, round_, application.category)
    day_of, submitted, accepted = round_.award.authority.day_of, application.submitted_at, application.accepted_at
    setting = Setting(
        day_of(now),
        {item.key: item.points for item in criteria.items()},
        criteria.percents,
        scheme.vote,
        scheme.category(application.category).recommended_per_office,
        _others(session, kind, application, kept),
        None if submitted is None else day_of(submitted),
        _committee_on(kind, entry.held_on, kept.values()),
        None if accepted is None else day_of(accepted),
        panel_of(session, application) if kind == "consensus" else (),
        barred_members(session, round_, application, now) if kind == "deliberate" else (),
        _ended_before(session, round_, application) if kind in AFTER_SCORING else None,
    )
    return faults_of(entry, setting, counts=gives_score(round_))


def _ended_before(session: Session, round_: Round, application: Application) -> date | None:
    """The last day of what came before the present stage for an application: its sheets were in, its outcomes were held."""
    query = (
        select(RoundStage.kind, PaperOutcome.held_on, PaperOutcome.content)
        .join(PaperOutcome, PaperOutcome.round_stage_id == RoundStage.id)
        .where(
            PaperOutcome.application_id == application.id, PaperOutcome.state == "confirmed", RoundStage.position < round_.position
        )
    )
    days = [getattr(from_json(kind, content), "until", held_on) for kind, held_on, content in session.execute(query)]
    sheets_in = application.gate_opened_at
    return max([*days, *([] if sheets_in is None else [round_.award.authority.day_of(sheets_in)])], default=None)


def require_paper(round_: Round) -> str:
    """The kind of the present stage. Raises Conflict where it is held in the system."""
    kind = stage_of(round_).kind
    if round_.scheme.stage(kind).held != "paper":
        raise Conflict("stage.not_on_paper", N_("This stage is held in the system; its outcome is not typed in."))
    return kind


def panel_of(session: Session, application: Application) -> tuple[str, ...]:
    """The names of those who sit on the panel of an application now, the leader first."""
    return tuple(one.name for one in seats_of(session, application))


def barred_members(session: Session, round_: Round, application: Application, now: datetime) -> tuple[str, ...]:
    """The names of the members of the committee who must not touch an application."""
    is_barred = Person.id.in_(barred_from(session, Application.id == application.id))
    query = select(Person.name).where(is_barred, holds(Role.COMMITTEE_MEMBER, round_, now))
    return tuple(session.scalars(query.order_by(Person.id)))


def _others(session: Session, kind: str, application: Application, kept: Mapping[int, PaperOutcome]) -> list[Content]:
    """What is entered in this stage for the other applications of the category."""
    query = select(Application.id).where(Application.id.in_(kept), Application.category == application.category)
    read = [from_json(kind, kept[id_].content) for id_ in session.scalars(query)]
    return [one for one in read if one is not None]


def _committee_on(kind: str, day: date, outcomes: Iterable[PaperOutcome]) -> int | None:
    """How many members the committee has in the confirmed votes of a day; those nobody has confirmed may still be entered anew."""
    votes = (from_json(kind, one.content) for one in outcomes if one.state == "confirmed" and one.held_on == day)
    return next((size for one in votes if (size := committee_of(one)) is not None), None)


def person_of(actor: Actor) -> int:
    """Inner number of who acts. Raises NotFound for nobody."""
    if actor.person_id is None:
        raise NotFound
    return actor.person_id


def note(session: Session, actor: Actor, event: Event, application: Application, outcome: PaperOutcome) -> None:
    """Records an act on an outcome of the present stage, with all that the outcome says."""
    round_ = application.round
    corrected = None if outcome.corrects_id is None else session.get_one(PaperOutcome, outcome.corrects_id)
    content = {
        "application": application.public_id, "score_hundredths": outcome.score_hundredths, "goes_on": outcome.goes_on,
        "summary": outcome.summary, "held_on": outcome.held_on.isoformat(), "file": outcome.file_id,
        "kind": stage_of(round_).kind, "said": outcome.content, "number": outcome.number,
        "corrects": corrected and corrected.public_id, "reason": outcome.reason or "", "refusal": outcome.refusal or "",
    }  # fmt: skip
    record(
        session, actor, event, f"outcome:{outcome.public_id}", round_stream(round_.public_id), content,
        stage=stage_of(round_).kind, rules=round_.scheme_sha256,
    )  # fmt: skip
