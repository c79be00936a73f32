"""Reading rounds: their frozen rules, and the stage an act meets."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, bindparam, func, inspect, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from award.kernel import clock, db
from award.kernel.actor import Actor, Role, Scope
from award.kernel.errors import NotFound
from award.kernel.i18n import N_, Phrase
from award.kernel.workdays import Calendar
from award.policy import Standing
from award.regulations.loader import criteria_from_canonical
from award.regulations.model import Criteria, StageRules, Text
from award.rounds.models import (
    Authority,
    Award,
    CalendarDay,
    CalendarYear,
    Round,
    RoundStage,
    Snapshot,
    StageExtension,
    ruleset_text,
)
from award.rounds.narrowing import closed_everywhere
from award.rounds.planning import Dates, Frame, Period, frame_of
from award.stages import Kind, StageNow
from award.standing.queries import standing_in_round


def stage_of(round_: Round) -> RoundStage:
    """The stage the round is in."""
    present = round_.present
    return present if present is not None and present.position == round_.position else round_.stages[round_.position]


def stage_of_kind(round_: Round, kind: str) -> RoundStage | None:
    """The stage of a kind, None where the scheme has none. The present one is at hand; for another all are read."""
    present = stage_of(round_)
    return present if present.kind == kind else next((one for one in round_.stages if one.kind == kind), None)


def stage_now(round_: Round, now: datetime) -> StageNow:
    """The present stage as an act meets it at a moment."""
    stage = stage_of(round_)
    zone, scheme = round_.award.authority.zone, round_.scheme
    titles = {Kind(one.kind): one.title for one in scheme.stages}
    without, kinds = closed_everywhere(scheme), frozenset(titles)
    return StageNow(Kind(stage.kind), stage.opens_at, stage.closes_at, now, zone, without, kinds, titles)


def guarded_stage(session: Session, round_: Round, now: datetime, *, exclusive: bool = False) -> StageNow:
    """The present stage, held until the transaction ends, so that no advance can slip between check and write.

    exclusive: for the one who advances. Read afresh after the lock: another may have advanced while this waited. The stage
    is told the time at which the lock is held; a late act must not get an early time by waiting.
    """
    asked_at = clock.real_now()
    db.lock_row(session, "round", round_.id, exclusive=exclusive)
    now += clock.real_now() - asked_at
    db.read_afresh(session, round_, ["position", "state", "version"])
    stage = stage_of(round_)
    db.read_afresh(session, stage, ["opens_at", "closes_at"])
    return stage_now(round_, now)


def round_for(session: Session, actor: Actor, public_id: str) -> Round:
    """A round for somebody who works in it (office, supervisor, committee, recommender). Raises NotFound otherwise."""
    round_ = session.scalar(_BY_ID, {"public_id": public_id})
    if round_ is None or len(standing_in(actor, round_).who) < 2:
        raise NotFound
    return round_


def standing_in(actor: Actor, round_: Round) -> Standing:
    """How an actor stands to the round."""
    return standing_in_round(actor, round_.id, round_.award.authority_id)


def rounds_of(session: Session, actor: Actor) -> list[Round]:
    """All rounds an actor works in, newest first."""
    roles = (Role.AWARD_OFFICE, Role.SUPERVISOR, Role.COMMITTEE_MEMBER, Role.RECOMMENDER)
    authorities = {one for role in roles for one in actor.scopes_of(role, Scope.AUTHORITY)}
    rounds = {one for role in roles for one in actor.scopes_of(role, Scope.ROUND)}
    query = with_stages().join(Award).where(Award.authority_id.in_(authorities) | Round.id.in_(rounds))
    return list(session.scalars(query.order_by(Round.created_at.desc(), Round.id.desc())))


def open_rounds(session: Session) -> list[Round]:
    """Rounds that are running, for applicants who look for one to enter."""
    return list(session.scalars(_OPEN))


def called_rounds(session: Session) -> dict[int, Snapshot]:
    """The last call of every round that has one, by the round's inner number: what everybody may read of rounds."""
    newest = select(func.max(Snapshot.id)).where(Snapshot.kind == "call").group_by(Snapshot.round_id)
    return {one.round_id: one for one in session.scalars(select(Snapshot).where(Snapshot.id.in_(newest)))}


def notices_until(session: Session) -> dict[int, datetime]:
    """Until when the last public notice of every round that has one runs, by the round's inner number; the plan counts no more."""
    newest = select(func.max(Snapshot.id)).where(Snapshot.kind == "notice").group_by(Snapshot.round_id)
    query = select(Snapshot.round_id, Snapshot.content).where(Snapshot.id.in_(newest))
    return {round_id: end_told(json.loads(content)) for round_id, content in session.execute(query)}


def end_told(notice: Mapping[str, Any]) -> datetime:
    """When the period of a notice ends that was published, UTC: the end of its last day on the authority's clock."""
    after = date.fromisoformat(notice["last_day"]) + timedelta(1)
    return datetime(after.year, after.month, after.day, tzinfo=ZoneInfo(notice["zone"])).astimezone(UTC)


def rounds_by_id(session: Session, ids: Collection[int]) -> list[Round]:
    """Rounds by their inner numbers."""
    return list(session.scalars(with_stages().where(Round.id.in_(ids))))


def criteria_of(session: Session, round_: Round, category: str) -> Criteria:
    """The frozen criteria of one category of a round. Raises NotFound where the round has no such category."""
    if round_.public_id not in _rubrics:
        _rubrics[round_.public_id] = {one.category: one.criteria_sha256 for one in round_.rubrics}
    sha256 = _rubrics[round_.public_id].get(category)
    if sha256 is None:
        raise NotFound
    return criteria_from_canonical(ruleset_text(session, sha256))


# The criteria of a round never change, so one read per process is enough.
_rubrics: dict[str, dict[str, str]] = {}


def title_of(round_: Round) -> Text:
    """How a round is called: 第六届云川市市长质量奖（2026）."""
    award = round_.award
    zh = f"第{_chinese_number(round_.number)}届{award.name_zh}（{round_.year}）"
    return Text(zh, f"{_ordinal(round_.number)} {award.name_en} ({round_.year})")


def public_title(stage: StageRules) -> Text:
    """A stage as papers and the public site name it."""
    return told_outside(stage.title)


def told_outside(title: Text) -> Text:
    """What a stage's title says after its middle dot (材料评审·独立评分) is the office's own division, and nobody else's."""
    return Text(title.zh.partition("·")[0], title.en)


def _chinese_number(number: int) -> str:
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    if number < 10:
        return digits[number]
    return ("" if tens == 1 else digits[tens]) + "十" + (digits[ones] if ones else "")


def _ordinal(number: int) -> str:
    suffix = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def latest_snapshot(session: Session, round_id: int, kind: str) -> Snapshot | None:
    """What the public sees of a round now: its last call, notice or result."""
    query = select(Snapshot).where(Snapshot.round_id == round_id, Snapshot.kind == kind)
    return session.scalar(query.order_by(Snapshot.number.desc()).limit(1))


@dataclass(frozen=True)
class Publication:
    """That something of a round was published, and under which id."""

    public_id: str
    published_at: datetime


def first_publications(session: Session, round_id: int) -> dict[str, Publication]:
    """When each kind of snapshot of a round was published for the first time; a later one may correct it."""
    rows = db.rows_of(session, _PUBLICATIONS, round=round_id)
    return {row[0]: Publication(row[1], row[2]) for row in rows}


_PUBLICATIONS = (
    select(Snapshot.kind, Snapshot.public_id, Snapshot.published_at)
    .where(Snapshot.round_id == bindparam("round"))
    .order_by(Snapshot.number.desc())
)
"""Of one kind the first comes last."""


def with_stages() -> Select[Round]:
    """Rounds with their stages, award and authority, in few queries."""
    return select(Round).options(selectinload(Round.stages), joinedload(Round.award).joinedload(Award.authority))


_BY_ID = with_stages().where(Round.public_id == bindparam("public_id"))
_OPEN = with_stages().where(Round.state == "open").order_by(Round.created_at.desc())


def days_of(session: Session, year: int) -> list[CalendarDay]:
    """The days of a year that differ from Monday to Friday, in order."""
    query = select(CalendarDay).where(CalendarDay.day >= date(year, 1, 1), CalendarDay.day <= date(year, 12, 31))
    return list(session.scalars(query.order_by(CalendarDay.day)))


def authorities_of(session: Session, actor: Actor) -> list[Authority]:
    """The authorities whose office an actor is, by name."""
    ids = actor.scopes_of(Role.AWARD_OFFICE, Scope.AUTHORITY)
    return list(session.scalars(select(Authority).where(Authority.id.in_(ids)).order_by(Authority.name_zh)))


def awards_of(session: Session, actor: Actor) -> list[Award]:
    """The awards an actor's authorities give, by name."""
    ids = actor.scopes_of(Role.AWARD_OFFICE, Scope.AUTHORITY)
    query = select(Award).options(selectinload(Award.authority)).where(Award.authority_id.in_(ids))
    return list(session.scalars(query.order_by(Award.name_zh)))


def authority_in_letters(session: Session, authority: Authority) -> Text | Phrase:
    """An authority with the awards it gives, as letters to people who may not know it name it."""
    name = authority.name
    query = select(Award).where(Award.authority_id == authority.id).order_by(Award.id)
    awards = [one.name for one in session.scalars(query)]
    return Phrase(N_("{authority} ({awards})"), {"authority": name, "awards": awards}) if awards else name


def calendar_of(session: Session) -> Calendar:
    """The working days as the office keeps them."""
    exceptions = {row.day: row.is_workday for row in session.scalars(select(CalendarDay))}
    return Calendar(exceptions, frozenset(session.scalars(select(CalendarYear.year))))


def frame_for(session: Session, round_: Round, now: datetime) -> Frame:
    """What the dates of a round are held against. now: UTC."""
    return frame_of(round_.scheme, round_.award.authority.zone, calendar_of(session), now)


def load_decisions(session: Session, round_: Round) -> None:
    """Reads the decisions on the dates of all stages at once, so that nobody asks stage by stage."""
    stages = {one.id: one for one in round_.stages if "extensions" in inspect(one).unloaded}
    if not stages:
        return
    found: dict[int, list[StageExtension]] = {id_: [] for id_ in stages}
    query = select(StageExtension).where(StageExtension.round_stage_id.in_(stages))
    for one in session.scalars(query.order_by(StageExtension.decided_at)):
        found[one.round_stage_id].append(one)
    for id_, stage in stages.items():
        set_committed_value(stage, "extensions", found[id_])


def dates_of(round_: Round) -> dict[str, Period]:
    """The dates of a round by stage kind."""
    return {stage.kind: (stage.opens_at, stage.closes_at) for stage in round_.stages}


def refresh_dates(session: Session, round_: Round) -> None:
    """Reads the dates of the stages afresh, under the lock of the round: another may have changed them while this waited."""
    for one in round_.stages:
        session.refresh(one, ["opens_at", "closes_at"])


def spelled_dates(round_: Round) -> dict[str, list[str]]:
    """The dates of a round as records keep them; a stage without any is left out."""
    return spelled(dates_of(round_))


def spelled(dates: Dates) -> dict[str, list[str]]:
    """Dates as records keep them; a stage without any is left out."""
    return {kind: [spell(one) for one in period] for kind, period in dates.items() if any(period)}


def unspelled(dates: Mapping[str, Sequence[str]]) -> dict[str, Period]:
    """Dates read back from how records keep them."""
    read = {kind: [datetime.fromisoformat(one) if one else None for one in period] for kind, period in dates.items()}
    return {kind: (opens_at, closes_at) for kind, (opens_at, closes_at) in read.items()}


def spell(moment: datetime | None) -> str:
    """A moment as records and snapshots keep it: 2026-08-28T10:00:00Z, "" where there is none."""
    return "" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
