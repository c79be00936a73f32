"""Other dates for a stage: decided by one person before anything is handed in, by two from then on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from award import policy
from award.applications.letters import write_to_drafts
from award.applications.models import Application
from award.kernel.actor import Action, Actor
from award.kernel.audit.chain import canonical
from award.kernel.audit.trail import record, round_stream
from award.kernel.errors import Conflict, Invalid, NotFound, Refused
from award.kernel.events import Event
from award.kernel.i18n import N_, Phrase
from award.policy import Moment
from award.results.queries import conflicted_in, notice_of
from award.results.service.noticing import correction_due
from award.rounds.models import DateChange, Round, StageExtension
from award.rounds.moving import Move, moves_of
from award.rounds.planning import unannounced_years
from award.rounds.queries import (
    calendar_of,
    dates_of,
    frame_for,
    guarded_stage,
    refresh_dates,
    spell,
    spelled,
    stage_now,
    stage_of,
    stage_of_kind,
    standing_in,
    unspelled,
)
from award.rounds.service import extend_stage, replan_stage
from award.rounds.service.extensions import already_decided, dates_if_extended
from award.rounds.service.replanning import dates_if_replanned
from award.rounds.service.second_person import Waiting, ask_second_person, tell_first_person
from award.stages import Kind

WAITS = N_("Other dates wait for a second person already. They are confirmed or declined first.")
SAME_PERSON = N_("You proposed these dates; another person of the office must confirm them.")
CONFLICTED = N_("A conflict of interest of yours is on record in this round, so you confirm none of its dates. Ask a colleague.")
CHANGED = N_("The dates of the round or the calendar of working days have changed meanwhile. Look at what would move now, then decide.")
NOTICE_OUT = N_(
    "The public notice is out: objections are taken until {until}, as it says, and a later end of this stage would not change that. "
    "Only a corrected notice that names somebody newly runs for a new period; once the amended decision behind it is confirmed, this "
    "stage can be given the end it needs."
)
NO_REFUSAL = N_("Say why the dates are not to be changed so; who proposed them reads it.")

MOVED_ON = N_("The round has moved on since this was proposed.")
OTHER_GROUND = N_("The dates of the round or the calendar of working days have changed since this was proposed.")
LOST = N_("This can no longer be confirmed: {why} Decline it; where other dates are still needed, propose them anew.")


@dataclass(frozen=True)
class Wanted:
    """The dates somebody wants for a stage. opens_at: None where only the end of the present stage is moved."""

    kind: str
    opens_at: datetime | None
    closes_at: datetime
    reason: str


@dataclass(frozen=True)
class Outlook:
    """What wanted dates would do. seen: names exactly this; years: whose holidays have not been announced."""

    dates: Mapping[str, Mapping[str, list[str]]]
    moves: list[Move]
    years: list[int]

    @property
    def seen(self) -> str:
        """16 hexadecimal digits of a SHA-256."""
        return sha256(canonical(self.dates).encode()).hexdigest()[:16]


def needs_two(session: Session, round_: Round) -> bool:
    """Whether anything has ever been handed in in the round; from then on people rely on its dates."""
    handed_in = exists().where(Application.round_id == round_.id, Application.submitted_at.is_not(None))
    return bool(session.scalar(select(handed_in)))


def outlook_of(session: Session, actor: Actor, round_: Round, wanted: Wanted, now: datetime) -> Outlook:
    """What would move and what would stay; changes nothing. Raises what deciding on the dates would raise."""
    policy.require(Action.STAGE_EXTEND, stage_now(round_, now), standing_in(actor, round_))
    if waiting_change(session, round_):
        raise Conflict("dates.waiting", WAITS)
    return _outlook(session, round_, wanted.kind, _dates(session, round_, wanted, now), now)


def outlook_then(session: Session, round_: Round, change: DateChange, now: datetime) -> Outlook:
    """What both persons decide on: what would move as it was proposed."""
    return _outlook(session, round_, change.stage.kind, change.dates, now)


def why_fixed(session: Session, round_: Round) -> Phrase | None:
    """Why the present stage can be given no other end: its notice is out, and no correction with a new period is due."""
    if stage_of(round_).kind != Kind.NOTICE or (notice := notice_of(session, round_.id)) is None:
        return None
    due = correction_due(session, round_)
    if due is not None and due.added:
        return None
    return Phrase(NOTICE_OUT, {"until": Moment(notice.closes_at, round_.award.authority.zone)})


def _dates(session: Session, round_: Round, wanted: Wanted, now: datetime) -> dict[str, dict[str, list[str]]]:
    if wanted.opens_at is None:
        if stage_of(round_).kind != wanted.kind:
            raise Conflict("dates.stage_left", MOVED_ON)
        if why := why_fixed(session, round_):
            raise Conflict("dates.notice_out", why.text, **why.params)
        after = dates_if_extended(session, round_, wanted.closes_at, wanted.reason, now)
    else:
        period = (wanted.opens_at, wanted.closes_at)
        after = dates_if_replanned(session, round_, wanted.kind, period, wanted.reason, now)
    return {"before": spelled(dates_of(round_)), "after": spelled(after)}


def _outlook(
    session: Session, round_: Round, kind: str, dates: Mapping[str, Mapping[str, list[str]]], now: datetime
) -> Outlook:
    before, after = unspelled(dates["before"]), unspelled(dates["after"])
    moved = {one: period for one, period in after.items() if period != before.get(one)}
    moves = moves_of(frame_for(session, round_, now), kind, before, after)
    return Outlook(dates, moves, unannounced_years(calendar_of(session), moved))


def change_dates(
    session: Session, actor: Actor, round_: Round, wanted: Wanted, seen: str, now: datetime
) -> StageExtension | DateChange:
    """Decides on other dates of a stage, or, once anything has been handed in, puts them before a second person.

    seen: of the outlook the person has looked at. Asked again by the same person, answers with the first.
    Raises Refused for anybody but the office, Conflict (others wait, something else would move now, or what the act itself
    raises), Invalid and NotFound as the act itself. Effects: those of the decision, or messages to colleagues.
    """
    stage = guarded_stage(session, round_, now, exclusive=True)
    policy.require(Action.STAGE_EXTEND, stage, standing_in(actor, round_))
    refresh_dates(session, round_)
    own = stage_of_kind(round_, wanted.kind)
    if own is not None and (done := already_decided(own, wanted.opens_at, wanted.closes_at)):
        return done
    if waiting := waiting_change(session, round_):
        return _the_same(waiting, wanted, actor)
    dates = _dates(session, round_, wanted, now)
    if seen != _outlook(session, round_, wanted.kind, dates, now).seen:
        raise Conflict("dates.changed", CHANGED)
    if needs_two(session, round_):
        return _propose(session, actor, round_, wanted, dates, now)
    return _carry_out(session, actor, round_, wanted, now)


def _the_same(waiting: DateChange, wanted: Wanted, actor: Actor) -> DateChange:
    if waiting.proposed_by == actor.person_id and wanted_by(waiting) == wanted:
        return waiting
    raise Conflict("dates.waiting", WAITS)


def _propose(
    session: Session, actor: Actor, round_: Round, wanted: Wanted, dates: Mapping[str, Mapping[str, list[str]]], now: datetime
) -> DateChange:
    stage = stage_of_kind(round_, wanted.kind)
    if stage is None:
        raise NotFound
    change = DateChange(
        round_id=round_.id, stage=stage, opens_at=wanted.opens_at, closes_at=wanted.closes_at, reason=wanted.reason, dates=dates,
        proposed_by=actor.person_id, proposed_at=now,
    )  # fmt: skip
    session.add(change)
    session.flush()
    _note(session, actor, Event.DATE_CHANGE_PROPOSED, round_, change)
    ask_second_person(session, actor, round_, _waiting(round_, change), now, without=conflicted_in(session, round_))
    return change


def _waiting(round_: Round, change: DateChange) -> Waiting:
    title = round_.scheme.stage(change.stage.kind).title
    return Waiting(N_("Other dates of a stage"), title, f"/office/rounds/{round_.public_id}/stages", change.public_id)


def changes_of(session: Session, round_: Round) -> list[DateChange]:
    """All that was ever proposed for the dates of a round, in order."""
    return list(session.scalars(select(DateChange).where(DateChange.round_id == round_.id).order_by(DateChange.id)))


def waiting_change(session: Session, round_: Round) -> DateChange | None:
    """The dates that wait for a second person."""
    return next((one for one in changes_of(session, round_) if one.state == "proposed"), None)


def change_in(session: Session, round_: Round, public_id: str) -> DateChange:
    """One proposal of other dates in a round. Raises NotFound."""
    query = select(DateChange).where(DateChange.round_id == round_.id, DateChange.public_id == public_id)
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def wanted_by(change: DateChange) -> Wanted:
    """What a proposal wants."""
    return Wanted(change.stage.kind, change.opens_at, change.closes_at, change.reason)


def why_lost(session: Session, round_: Round, change: DateChange, now: datetime) -> Phrase | None:
    """Why a proposal can no longer be confirmed, None while it can: its stage, its dates or the calendar are others now."""
    try:
        dates = _dates(session, round_, wanted_by(change), now)
    except Conflict as error:
        why = Phrase(error.text, error.params) if error.code == "dates.notice_out" else Phrase(MOVED_ON)
        return Phrase(LOST, {"why": why})
    except Invalid as error:
        first = error.errors[0]
        return Phrase(LOST, {"why": Phrase(first.text, first.params)})
    return None if dates == change.dates else Phrase(LOST, {"why": Phrase(OTHER_GROUND)})


def lapses_on_going_on(round_: Round, change: DateChange) -> bool:
    """Whether a proposal can only be declined once the round has gone on: its stage is then left, or has begun."""
    return change.stage.position <= round_.position + 1


def confirm_change(session: Session, actor: Actor, round_: Round, change: DateChange, now: datetime) -> DateChange:
    """Decides what was proposed, in the name of both. Confirmed by the same person already, nothing happens.

    Raises Refused (wrong role, or the person who proposed it), Conflict (decided on already, a conflict of interest in the
    round, or its ground is another now). Effects: those of the decision on the dates, letters too.
    """
    _hold(session, actor, round_, change, now)
    if change.state == "confirmed" and change.decided_by == actor.person_id:
        return change
    _require_waiting(change)
    if change.proposed_by == actor.person_id:
        raise Refused("dates.same_person", SAME_PERSON)
    if actor.person_id in conflicted_in(session, round_):
        raise Conflict("dates.conflicted", CONFLICTED)
    if why := why_lost(session, round_, change, now):
        raise Conflict("dates.lost", why.text, **why.params)
    change.state, change.decided_by, change.decided_at = "confirmed", actor.person_id, now
    _note(session, actor, Event.DATE_CHANGE_CONFIRMED, round_, change)
    _carry_out(session, actor, round_, wanted_by(change), now, change)
    return change


def drop_change(
    session: Session, actor: Actor, round_: Round, change: DateChange, refusal: str, now: datetime
) -> DateChange:
    """Declines proposed dates, or takes them back where the proposer does: the dates stay.

    Asked again by the same person, answers with it. Raises Refused (wrong role), Conflict (decided on already), Invalid
    without a reason. Effects: a letter to whoever proposed them.
    """
    _hold(session, actor, round_, change, now)
    if change.state == "dropped" and change.decided_by == actor.person_id:
        return change
    _require_waiting(change)
    if not refusal.strip():
        raise Invalid.one("refusal", NO_REFUSAL)
    change.state, change.refusal = "dropped", refusal.strip()
    change.decided_by, change.decided_at = actor.person_id, now
    _note(session, actor, Event.DATE_CHANGE_DROPPED, round_, change)
    tell_first_person(session, actor, round_, change.proposed_by, _waiting(round_, change), change.refusal, now)
    return change


def _hold(session: Session, actor: Actor, round_: Round, change: DateChange, now: datetime) -> None:
    stage = guarded_stage(session, round_, now, exclusive=True)
    policy.require(Action.STAGE_EXTEND, stage, standing_in(actor, round_))
    session.refresh(change)
    refresh_dates(session, round_)


def _require_waiting(change: DateChange) -> None:
    if change.state != "proposed":
        raise Conflict("dates.over", N_("These dates do not wait any more. Look at the stages as they are dated now."))


def _carry_out(
    session: Session, actor: Actor, round_: Round, wanted: Wanted, now: datetime, confirms: DateChange | None = None
) -> StageExtension:
    """Where applications close later, everybody with a draft is written to."""
    if wanted.opens_at is not None:
        period = (wanted.opens_at, wanted.closes_at)
        return replan_stage(session, actor, round_, wanted.kind, period, wanted.reason, now, confirms)
    extension = extend_stage(session, actor, round_, wanted.closes_at, wanted.reason, now, confirms)
    if wanted.kind == Kind.APPLY:
        write_to_drafts(session, round_, extension)
    return extension


def _note(session: Session, actor: Actor, event: Event, round_: Round, change: DateChange) -> None:
    content: Mapping[str, object] = {
        "stage": change.stage.kind, "opens_at": None if change.opens_at is None else spell(change.opens_at),
        "closes_at": spell(change.closes_at), "reason": change.reason, "dates": change.dates, "refusal": change.refusal,
    }  # fmt: skip
    record(
        session, actor, event, f"date_change:{change.public_id}", round_stream(round_.public_id), content,
        stage=stage_of(round_).kind, rules=round_.scheme_sha256,
    )  # fmt: skip
