"""The acts of a result in one line each, every one in a transaction of its own, at NOW."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from award.kernel.actor import PUBLIC
from award.kernel.audit.trail import transaction
from award.results import queries
from award.results.service import deciding, noticing, publishing
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


def decide(
    world: World,
    by: str = "office",
    *,
    grades: Mapping[str, str] | None = None,
    deviations: Mapping[str, str] | None = None,
    members: Sequence[str] = MEMBERS,
    held_on: date = DAY,
    category: str = "organisation",
    now: datetime = make.NOW,
) -> int:
    """grades and deviations by the name of the organisation. Answers with the inner number of the decision."""
    with transaction(world.engine) as session:
        round_ = world.found(session)
        proposal = queries.latest_proposal(session, round_.id, category)
        assert proposal is not None
        by_id = {world.applications[name]: grade for name, grade in (grades or {}).items()}
        reasons = {world.applications[name]: reason for name, reason in (deviations or {}).items()}
        return deciding.decide(
            session, world.actors[by], round_, proposal, held_on=held_on, members=members, grades=by_id, deviations=reasons, now=now
        ).id


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
        return noticing.file_objection(
            session, PUBLIC, world.found(session), application_id=world.application(session, about).id if about else None,
            name=name, contact=contact, text=text, now=now,
        ).public_id  # fmt: skip


def answer(world: World, objection: str, by: str = "second", text: str = "经核实，不影响评选。") -> str:
    """Answers with the answer in force."""
    with transaction(world.engine) as session:
        round_ = world.found(session)
        found = queries.objection_for(session, world.actors[by], round_, objection)
        return noticing.answer_objection(session, world.actors[by], round_, found, answer=text, now=make.NOW).answer


def approve(world: World, by: str = "office", *, approved_by: str = "市政府第42次常务会议", on: date = DAY) -> str:
    """Moves the round on to the approval and records it."""
    world.stage("approve")
    with transaction(world.engine) as session:
        return publishing.record_approval(
            session, world.actors[by], world.found(session), approved_by=approved_by, document_number="云政发〔2026〕27号",
            approved_on=on, now=make.NOW,
        ).document_number  # fmt: skip


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
