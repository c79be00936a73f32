"""The acts of a result in one line each, every one in a transaction of its own, at NOW."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from award.kernel.actor import PUBLIC
from award.kernel.audit.trail import transaction
from award.results import queries
from award.results.models import Notice
from award.results.service import amending, approving, confirming, deciding, noticing, objecting, publishing
from tests import make
from tests.results.judged import DAY, World

MEMBERS = ("市市场监督管理局 何局长", "云川大学 梁教授")
CONTACT = "市长质量奖办公室 0599-3100088"
NUMBER = "云质评〔2026〕3号"
TOMORROW = DAY + timedelta(1)


def propose(world: World, by: str = "office", category: str = "organisation") -> str:
    """Answers with the public id of the proposal."""
    with transaction(world.engine) as session:
        return deciding.propose(session, world.actors[by], world.found(session), category, make.NOW).public_id


def enter_decision(
    world: World,
    by: str = "office",
    *,
    grades: Mapping[str, str] | None = None,
    deviations: Mapping[str, str] | None = None,
    members: Sequence[str] = MEMBERS,
    held_on: date = DAY,
    category: str = "organisation",
    reason: str = "",
    file_id: int | None = None,
    now: datetime = make.NOW,
) -> str:
    """grades and deviations by the name of the organisation. Answers with the public id of the decision."""
    with transaction(world.engine) as session:
        round_ = world.found(session)
        proposal = queries.latest_proposal(session, round_.id, category)
        assert proposal is not None
        by_id = {world.applications[name]: grade for name, grade in (grades or {}).items()}
        reasons = {world.applications[name]: reason for name, reason in (deviations or {}).items()}
        return deciding.decide(
            session, world.actors[by], round_, proposal, held_on=held_on, members=members, grades=by_id, deviations=reasons,
            reason=reason, file_id=file_id, now=now,
        ).public_id  # fmt: skip


def confirm_decision(world: World, decision: str, by: str = "second", now: datetime = make.NOW) -> str:
    """Answers with the state."""
    with transaction(world.engine) as session:
        round_ = world.found(session)
        found = queries.decision_for(session, round_, decision)
        return confirming.confirm_decision(session, world.actors[by], round_, found, now).state


def decide(world: World, by: str = "office", *, now: datetime = make.NOW, **entered: Any) -> str:
    """Entered by one, as `enter_decision` takes it, and confirmed by the other. Answers with the public id of the decision."""
    decision = enter_decision(world, by, now=now, **entered)
    confirm_decision(world, decision, "office" if by == "second" else "second", now)
    return decision


def put_on_notice(
    world: World, by: str = "office", *, first_day: date = TOMORROW, number: str = NUMBER, contact: str = CONTACT,
    now: datetime = make.NOW,
) -> str:  # fmt: skip
    """Answers with the public id of the notice."""
    with transaction(world.engine) as session:
        return noticing.publish_notice(
            session, world.actors[by], world.found(session), document_number=number, first_day=first_day, contact=contact, now=now
        ).public_id


def object_to(
    world: World, *, name: str = "钱立", contact: str = "139****2210", text: str = "请核实。", about: str = "", now: datetime = make.NOW
) -> str:
    """Answers with the public id of the objection. about: name of an organisation."""
    with transaction(world.engine) as session:
        about_id = world.application(session, about).id if about else None
        filing = objecting.Filing(name, contact, text, application_id=about_id)
        return objecting.file_objection(session, PUBLIC, world.found(session), filing, now).objection.public_id


def examine(
    world: World, objection: str, by: str = "office", *, effect: str = "none", findings: str = "查阅台账。", answer: str = "不影响评选。"
) -> None:
    """Enters findings and answer."""
    with transaction(world.engine) as session:
        round_ = world.found(session)
        found = queries.objection_for(session, world.actors[by], round_, objection)
        objecting.examine_objection(
            session, world.actors[by], round_, found, findings=findings, effect=effect, answer=answer, evidence_id=None, now=make.NOW
        )


def confirm_answer(world: World, objection: str, by: str = "second") -> str:
    """Answers with the state."""
    with transaction(world.engine) as session:
        round_ = world.found(session)
        found = queries.objection_for(session, world.actors[by], round_, objection)
        return objecting.confirm_answer(session, world.actors[by], round_, found, make.NOW).state


def uphold(world: World, about: str = "", effect: str = "amendment") -> str:
    """An objection, examined and answered with this effect. Answers with its public id."""
    objection = object_to(world, about=about)
    examine(world, objection, effect=effect)
    confirm_answer(world, objection)
    return objection


def amend(
    world: World, objections: Sequence[str], grades: Mapping[str, str], by: str = "office", *, reason: str = "申报数据不实",
    reasons: Mapping[str, str] | None = None, members: Sequence[str] = MEMBERS, held_on: date = DAY, stays: bool = False,
) -> str:  # fmt: skip
    """grades and reasons by the name of the organisation. Answers with the public id of the amended decision."""
    with transaction(world.engine) as session:
        round_ = world.found(session)
        proposal = queries.latest_proposal(session, round_.id, "organisation")
        assert proposal is not None
        said = dict.fromkeys(grades, "经查实") if reasons is None else reasons
        amendment = amending.Amendment(
            held_on, members, reason, {world.applications[name]: grade for name, grade in grades.items()},
            {world.applications[name]: text for name, text in said.items()}, objections, stays,
        )  # fmt: skip
        return amending.amend(session, world.actors[by], round_, proposal, amendment, make.NOW).public_id


def confirm_amendment(world: World, decision: str, by: str = "second") -> str:
    """Answers with the state."""
    with transaction(world.engine) as session:
        round_ = world.found(session)
        found = queries.decision_for(session, round_, decision)
        return amending.confirm_amendment(session, world.actors[by], round_, found, make.NOW).state


def correct_notice(
    world: World, by: str = "office", *, first_day: date = TOMORROW, number: str = "云质评〔2026〕4号", reason: str = "一家申报数据不实",
) -> str:  # fmt: skip
    """Answers with the public id of the corrected notice."""
    with transaction(world.engine) as session:
        return noticing.publish_correction(
            session, world.actors[by], world.found(session), document_number=number, first_day=first_day, contact=CONTACT,
            reason=reason, now=make.NOW,
        ).public_id  # fmt: skip


def run_out(world: World) -> None:
    """Moves the days of every notice back, so that it ended yesterday."""
    with transaction(world.engine) as session:
        for one in session.scalars(select(Notice).where(Notice.round_id == world.found(session).id)):
            back = one.last_day - (DAY - timedelta(1))
            one.first_day, one.last_day, one.closes_at = one.first_day - back, one.last_day - back, one.closes_at - back


def enter_approval(
    world: World, by: str = "office", *, approved_by: str = "市政府第42次常务会议", number: str = "云政发〔2026〕27号", on: date = DAY,
    reason: str = "",
) -> str:  # fmt: skip
    """Moves the round on to the approval and enters it, as if the notice had run until the day before. Answers with its public id."""
    world.stage("approve")
    run_out(world)
    with transaction(world.engine) as session:
        return approving.record_approval(
            session, world.actors[by], world.found(session), approved_by=approved_by, document_number=number, approved_on=on,
            reason=reason, now=make.NOW,
        ).public_id  # fmt: skip


def confirm_approval(world: World, approval: str, by: str = "second") -> str:
    """Answers with the state."""
    with transaction(world.engine) as session:
        round_ = world.found(session)
        found = queries.approval_for(session, round_, approval)
        return approving.confirm_approval(session, world.actors[by], round_, found, make.NOW).state


def approve(world: World, by: str = "office", **entered: Any) -> str:
    """Entered by one, as `enter_approval` takes it, and confirmed by the other. Answers with its public id."""
    approval = enter_approval(world, by, **entered)
    confirm_approval(world, approval, "office" if by == "second" else "second")
    return approval


def publish(world: World, by: str = "second") -> int:
    """Moves the round on to the publication and publishes. Answers with the inner number of the snapshot."""
    world.stage("publish")
    with transaction(world.engine) as session:
        return publishing.publish_result(session, world.actors[by], world.found(session), make.NOW).snapshot_id


def to_notice(world: World) -> None:
    """Proposed, decided and on notice."""
    propose(world)
    decide(world)
    put_on_notice(world)


def to_publication(world: World) -> None:
    """All the way."""
    to_notice(world)
    approve(world)
    publish(world)
