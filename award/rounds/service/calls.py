"""What the public reads: immutable snapshots. The call of a round is the first of them."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from award import policy
from award.kernel.actor import Action, Actor
from award.kernel.audit.trail import record, round_stream
from award.kernel.errors import Conflict
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.regulations.model import CategoryRules, Scheme, Text
from award.rounds.eligibility import conditions_of
from award.rounds.models import Round, RoundStage, Snapshot, StageExtension
from award.rounds.planning import missing_dates
from award.rounds.queries import (
    criteria_of,
    dates_of,
    frame_for,
    guarded_stage,
    latest_snapshot,
    load_decisions,
    spell,
    stage_of,
    standing_in,
    title_of,
)
from award.stages import INNER


def publish_snapshot(
    session: Session, actor: Actor, round_: Round, kind: str, content: Mapping[str, object], now: datetime
) -> Snapshot:
    """Publishes what the public sees of a round from now on; an earlier snapshot of the kind stays as it was.

    kind: call, progress, notice or result. content: plain JSON values, numbers as integers or text.
    The act that calls this has checked whether it may. Asked again with the same content, answers with the last one.
    """
    text, sha256 = _canonical(content)
    last = latest_snapshot(session, round_.id, kind)
    if last is not None and last.sha256 == sha256:
        return last
    snapshot = Snapshot(
        round_id=round_.id, kind=kind, number=last.number + 1 if last else 1, content=text, sha256=sha256,
        published_at=now, published_by=actor.person_id,
    )  # fmt: skip
    session.add(snapshot)
    session.flush()
    record(
        session, actor, Event.SNAPSHOT_PUBLISHED, f"snapshot:{snapshot.public_id}", round_stream(round_.public_id),
        {"kind": kind, "number": snapshot.number, "sha256": sha256}, stage=stage_of(round_).kind, rules=round_.scheme_sha256,
    )  # fmt: skip
    return snapshot


def is_same(snapshot: Snapshot, content: Mapping[str, object]) -> bool:
    """Whether a snapshot says exactly this."""
    return snapshot.sha256 == _canonical(content)[1]


def publish_call(session: Session, actor: Actor, round_: Round, now: datetime) -> Snapshot:
    """Publishes the call for applications: titles, quotas, stages with dates and zone, contact.

    Published again after the dates were changed, it follows the earlier call.
    Raises Refused after the preparation, Conflict where stages are not dated yet or a date has passed meanwhile.
    """
    stage = guarded_stage(session, round_, now, exclusive=True)
    policy.require(Action.ROUND_EDIT, stage, standing_in(actor, round_))
    missing = missing_dates(frame_for(session, round_, now), dates_of(round_))
    if missing:
        text = N_("The call needs the dates of every stage. Enter those of: {stages}.")
        raise Conflict("call.dates_missing", text, stages=missing)
    return publish_snapshot(session, actor, round_, "call", call_content(session, round_), now)


def publish_call_anew(session: Session, actor: Actor, round_: Round, now: datetime) -> None:
    """Publishes a call that is out once more, as the round is dated now. Does nothing before the first."""
    if latest_snapshot(session, round_.id, "call") is not None:
        publish_snapshot(session, actor, round_, "call", call_content(session, round_), now)


def publish_progress(session: Session, actor: Actor, round_: Round, now: datetime) -> None:
    """Publishes which stages have been entered and left, for the public's stage line. Does nothing without a call."""
    if latest_snapshot(session, round_.id, "call") is None:
        return
    stages = [
        {"kind": one.kind, "entered_at": spell(one.entered_at), "left_at": spell(one.left_at)}
        for one in round_.stages
        if one.kind not in INNER
    ]
    publish_snapshot(session, actor, round_, "progress", {"round": round_.public_id, "stages": stages}, now)


def call_content(session: Session, round_: Round) -> dict[str, object]:
    """The call as it stands now, as plain values; moments in UTC, texts as {"zh", "en"}, points in hundredths."""
    load_decisions(session, round_)
    scheme = round_.scheme
    authority = round_.award.authority
    return {
        "round": round_.public_id,
        "number": round_.number,
        "year": round_.year,
        "title": _text(title_of(round_)),
        "award": _text(round_.award.name),
        "authority": _text(authority.name),
        "issuer": _text(scheme.issuer),
        "office": _text(scheme.office),
        "contact": authority.contact,
        "zone": authority.zone,
        "scheme": {"key": scheme.key, "edition": scheme.edition, "name": _text(scheme.name), "sha256": round_.scheme_sha256},
        "basis": [{"title": _text(one.title), "number": one.number} for one in scheme.basis],
        "categories": [_category(session, round_, scheme, one) for one in scheme.categories],
        "stages": [_stage(scheme, stage) for stage in round_.stages],
        "notice": {"days": scheme.notice.days, "unit": scheme.notice.unit},
        "gives": {
            "result": scheme.result, "certificates": scheme.certificate is not None, "feedback_reports": scheme.feedback_reports,
        },
        "extensions": [one for stage in round_.stages for one in _extensions(scheme, stage)],
    }  # fmt: skip


def _category(session: Session, round_: Round, scheme: Scheme, rules: CategoryRules) -> dict[str, object]:
    criteria = criteria_of(session, round_, rules.key)
    return {
        "key": rules.key,
        "name": _text(rules.name),
        "criteria": _text(criteria.name),
        "sectors": [{"key": key, "name": _text(name)} for key, name in rules.sectors.items()],
        "quotas": [
            {
                "grade": one.grade, "name": _text(one.name), "seats": one.seats, "minimum_hundredths": one.minimum_hundredths,
                "joint_seats": scheme.joint_seats.get(one.grade),
            }
            for one in rules.quotas
        ],
        "conditions": _conditions(scheme, rules),
    }


def _conditions(scheme: Scheme, rules: CategoryRules) -> list[dict[str, str]]:
    """Everything an applicant of the category will confirm, in the words it will read then."""
    both = zip(conditions_of(scheme, rules, "zh"), conditions_of(scheme, rules, "en"), strict=True)
    return [{"zh": zh, "en": en} for (_, zh), (_, en) in both]


def _stage(scheme: Scheme, stage: RoundStage) -> dict[str, object]:
    return {
        "kind": stage.kind,
        "title": _text(scheme.stage(stage.kind).title),
        "opens_at": spell(stage.opens_at),
        "closes_at": spell(stage.closes_at),
    }


def _extensions(scheme: Scheme, stage: RoundStage) -> list[dict[str, object]]:
    return [_extension(scheme, stage.kind, one) for one in stage.extensions]


def _extension(scheme: Scheme, kind: str, extension: StageExtension) -> dict[str, object]:
    return {
        "kind": kind,
        "title": _text(scheme.stage(kind).title),
        "opened_at_before": spell(extension.opened_at_before),
        "opens_at": spell(extension.opens_at),
        "closed_at_before": spell(extension.closed_at_before),
        "closes_at": spell(extension.closes_at),
        "reason": extension.reason,
        "decided_at": spell(extension.decided_at),
    }


def _text(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _canonical(content: Mapping[str, object]) -> tuple[str, str]:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text, hashlib.sha256(text.encode()).hexdigest()
