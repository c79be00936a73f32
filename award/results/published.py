"""What the public reads: snapshots of calls and of the progress since, of notices and results, and nothing else."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from award.kernel.errors import NotFound
from award.regulations.model import Text
from award.rounds.models import Snapshot
from award.rounds.planning import as_it_was
from award.rounds.queries import end_told, told_outside
from award.stages import INNER, Kind

KINDS = ("call", "notice", "result")
"""What has a page of its own."""
TIMED = (Kind.APPLY, Kind.NOTICE)
"""Stages whose deadline ends them for the public, even before the office moves the round on."""
Entered = Mapping[str, tuple[datetime | None, datetime | None]]
"""Kind of a stage the office has entered -> when it was entered, and when it was left, None while it lasts."""


@dataclass(frozen=True)
class Published:
    """One snapshot. round_id: inner number, to find what belongs together; content: as it was published."""

    public_id: str
    round_id: int
    kind: str
    number: int
    published_at: datetime
    content: Mapping[str, Any]

    @property
    def round(self) -> str:
        """Public id of the round it is about."""
        return str(self.content["round"])

    @property
    def day(self) -> date:
        """The day it was published, on the authority's clock."""
        return self.day_of(self.published_at)

    def day_of(self, moment: datetime) -> date:
        """The day of a moment on the authority's clock."""
        return moment.astimezone(ZoneInfo(self.content["zone"])).date()

    @property
    def recommends(self) -> bool:
        """Whether it is about a recommendation to an award of a higher tier. What was published before could not say so."""
        gives = self.content.get("gives", self.content)
        return bool(gives.get("result") == "recommendation")

    @property
    def title(self) -> Text:
        """The round as it was called."""
        return text_of(self.content["title"])


@dataclass(frozen=True)
class PublicStage:
    """A stage as the call dated it; the public notice, once it is out, ends as it says itself.

    Where the office entered or left it earlier, its days are those on which it was.
    state: not_started, running or done, by what the office has entered.
    """

    kind: str
    title: Text
    opens_at: datetime | None
    closes_at: datetime | None
    state: str


def notices_among(published: Sequence[Published]) -> dict[int, Published]:
    """The last notice of every round that has one, by the round's inner number. published: as `latest_of` answers."""
    return {one.round_id: one for one in published if one.kind == "notice"}


def latest_of(session: Session, *kinds: str) -> list[Published]:
    """The last snapshot of each of these kinds for every round, newest first."""
    newest = (
        select(func.max(Snapshot.id)).where(Snapshot.kind.in_(kinds or KINDS)).group_by(Snapshot.round_id, Snapshot.kind)
    )
    query = select(Snapshot).where(Snapshot.id.in_(newest)).order_by(Snapshot.published_at.desc(), Snapshot.id.desc())
    return [_read(one) for one in session.scalars(query)]


def first_calls(session: Session) -> dict[int, datetime]:
    """When the call of every round first came out, by the round's inner number."""
    query = select(Snapshot.round_id, func.min(Snapshot.published_at)).where(Snapshot.kind == "call").group_by(Snapshot.round_id)
    return {row[0]: row[1] for row in session.execute(query)}


def snapshot_for(session: Session, public_id: str) -> Published:
    """One snapshot, a former one too. Raises NotFound."""
    found = session.scalar(select(Snapshot).where(Snapshot.public_id == public_id, Snapshot.kind.in_(KINDS)))
    if found is None:
        raise NotFound
    return _read(found)


def successor_of(session: Session, one: Published) -> Published | None:
    """The last snapshot of the same kind about the same round, where this is a former one."""
    query = select(Snapshot).where(Snapshot.round_id == one.round_id, Snapshot.kind == one.kind)
    last = session.scalars(query.order_by(Snapshot.number.desc()).limit(1)).one()
    return _read(last) if last.number > one.number else None


def _read(snapshot: Snapshot) -> Published:
    return Published(
        snapshot.public_id, snapshot.round_id, snapshot.kind, snapshot.number, snapshot.published_at,
        json.loads(snapshot.content),
    )  # fmt: skip


def text_of(value: Mapping[str, str]) -> Text:
    """A text of a snapshot."""
    return Text(value["zh"], value["en"])


def entered_in(session: Session) -> dict[int, Entered]:
    """What has been published of every round's progress, by the round's inner number."""
    return {
        one.round_id: {
            stage["kind"]: (moment_of(stage["entered_at"]), moment_of(stage["left_at"]))
            for stage in one.content["stages"]
            if stage["entered_at"]
        }
        for one in latest_of(session, "progress")
    }


def stages_of(call: Published, notice: Published | None, entered: Entered, now: datetime) -> list[PublicStage]:
    """The stages of a call that concern the public: its dates, and how far the round has come. notice: the round's last."""
    own = {} if notice is None else {Kind.NOTICE: closes_at(notice)}
    return [_stage(one, own.get(one["kind"]), entered, now) for one in call.content["stages"] if one["kind"] not in INNER]


def extensions_of(call: Published) -> list[dict[str, Any]]:
    """The decisions on dates of a call that concern the public, each with the title of its stage as a text."""
    told = [one for one in call.content["extensions"] if one["kind"] not in INNER]
    return [{**one, "title": told_outside(text_of(one["title"]))} for one in told]


def _stage(stage: Mapping[str, Any], own_end: datetime | None, entered: Entered, now: datetime) -> PublicStage:
    opens_at, ends_at = moment_of(stage["opens_at"]), own_end or moment_of(stage["closes_at"])
    state = "not_started"
    if stage["kind"] in entered:
        entered_at, left_at = entered[stage["kind"]]
        opens_at, ends_at = as_it_was(stage["kind"], (opens_at, ends_at), entered_at, left_at)
        is_over = stage["kind"] in TIMED and ends_at is not None and ends_at <= now
        state = "done" if is_over or left_at else "running"
    return PublicStage(stage["kind"], told_outside(text_of(stage["title"])), opens_at, ends_at, state)


def takes_applications(stages: Sequence[PublicStage], now: datetime) -> bool:
    """Whether an application can be handed in at this moment."""
    return any(
        one.kind == Kind.APPLY and one.state == "running" and one.opens_at is not None and one.opens_at <= now
        for one in stages
    )


def moment_of(text: str) -> datetime | None:
    """A moment of a snapshot, UTC; None where there is none."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) if text else None


def is_running(call: Published, now: datetime) -> bool:
    """Whether the last dated stage of a call has not ended, by its plan."""
    ends = [moment_of(one["closes_at"]) for one in call.content["stages"] if one["kind"] not in INNER]
    return not any(ends) or any(one is not None and now < one for one in ends)


def closes_at(notice: Published) -> datetime:
    """When the period of a notice ends."""
    return end_told(notice.content)


def candidates_of(notice: Published) -> Sequence[tuple[str, str]]:
    """Public id of the application and name of every candidate of a notice, in its order."""
    return [(one["application"], one["name"]) for group in notice.content["groups"] for one in group["winners"]]
