"""The demonstration's result: proposed, decided, on notice, approved, published, with certificates and feedback."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from award.applications.models import Application
from award.demo.founding import OFFICE, SECOND, move_on
from award.demo.world import ZONE, Entry, World
from award.kernel.actor import PUBLIC
from award.results import queries
from award.results.service.approving import confirm_approval, record_approval
from award.results.service.confirming import confirm_decision
from award.results.service.deciding import decide, propose
from award.results.service.noticing import publish_notice
from award.results.service.objecting import Filing, confirm_answer, examine_objection, file_objection
from award.results.service.publishing import publish_result
from award.winners.service import issue_certificates

MEMBERS = (
    "市人民政府 周副市长", "市市场监督管理局 何局长", "市工业和信息化局 罗副局长", "市卫生健康委员会 田副主任",
    "市教育局 马副局长", "云川大学 梁教授", "市质量协会 方秘书长",
)  # fmt: skip
CONTACT = "云川市市长质量奖评审委员会办公室（市市场监督管理局），电话 0599-3100088，邮箱 zlj@yunchuan.example"


def decide_candidates(world: World, category: str) -> None:
    """The office fixes the ranking and enters the committee's decision, a second person confirms it."""
    opens_at, _ = world.stage_period("notice")
    with world.act(max(world.after(5), opens_at + timedelta(hours=9))) as session:
        propose(session, world.actor(session, OFFICE), world.round(session), category, world.now)
    with world.act(world.after(60 * 4)) as session:
        round_ = world.round(session)
        proposal = queries.latest_proposal(session, round_.id, category)
        if proposal is None:
            raise RuntimeError("the ranking was just proposed")
        entered = decide(
            session, world.actor(session, OFFICE), round_, proposal, held_on=world.now.date(), members=MEMBERS,
            grades={}, deviations={}, now=world.now,
        ).public_id  # fmt: skip
    with world.act(world.after(30)) as session:
        round_, second = world.round(session), world.actor(session, SECOND)
        confirm_decision(session, second, round_, queries.decision_for(session, round_, entered), world.now)


def give_notice(world: World) -> None:
    """The candidates are put on notice; one objection comes in, one person examines it and a second confirms the answer."""
    with world.act(world.after(60)) as session:
        today = world.now.astimezone(ZoneInfo(ZONE)).date()
        publish_notice(
            session, world.actor(session, OFFICE), world.round(session), document_number=f"云质评〔{today.year}〕3号",
            first_day=today + timedelta(1), contact=CONTACT, now=world.now,
        )  # fmt: skip
    with world.act(world.after(60 * 50)) as session:
        filing = Filing("钱立", "139****2210", "公示名单中一家组织去年曾有顾客投诉，请核实是否影响评选。")
        objection_id = file_objection(session, PUBLIC, world.round(session), filing, world.now).objection.public_id
    with world.act(world.after(60 * 20)) as session:
        round_, first = world.round(session), world.actor(session, OFFICE)
        examine_objection(
            session, first, round_, queries.objection_for(session, first, round_, objection_id), effect="none",
            findings="调阅投诉处理记录并与投诉人电话核实：投诉为送货延误，企业当月办结。", evidence_id=None, now=world.now,
            answer="经核实，该投诉属一般服务投诉，已于当月办结，顾客表示满意，不属于办法第九条所列情形。",
        )  # fmt: skip
    with world.act(world.after(60 * 4)) as session:
        round_, second = world.round(session), world.actor(session, SECOND)
        confirm_answer(session, second, round_, queries.objection_for(session, second, round_, objection_id), world.now)


def wait_for_notice(world: World) -> None:
    """Time passes until the notice is over."""
    with world.act() as session:
        notice = queries.notice_of(session, world.round_id)
    if notice is not None:
        world.now = max(world.now, notice.closes_at + timedelta(minutes=1))


def approve(world: World) -> None:
    """The government approves; the office enters its document, a second person confirms it."""
    opens_at, _ = world.stage_period("approve")
    with world.act(max(world.after(60), opens_at + timedelta(days=4, hours=10))) as session:
        today = world.now.astimezone(ZoneInfo(ZONE)).date()
        entered = record_approval(
            session, world.actor(session, OFFICE), world.round(session), approved_by="云川市人民政府第42次常务会议",
            document_number=f"云政发〔{today.year}〕27号", approved_on=today - timedelta(1), now=world.now,
        ).public_id  # fmt: skip
    with world.act(world.after(30)) as session:
        round_, second = world.round(session), world.actor(session, SECOND)
        confirm_approval(session, second, round_, queries.approval_for(session, round_, entered), world.now)


def publish(world: World) -> None:
    """A second person publishes; certificates are issued where the award gives any."""
    opens_at, _ = world.stage_period("publish")
    with world.act(max(world.after(5), opens_at + timedelta(hours=9))) as session:
        publish_result(session, world.actor(session, SECOND), world.round(session), world.now)
    with world.act(world.after(60)) as session:
        today, round_ = world.now.astimezone(ZoneInfo(ZONE)).date(), world.round(session)
        if round_.scheme.certificate is not None:
            issue_certificates(session, world.actor(session, OFFICE), round_, today, world.now)


def finish(world: World) -> None:
    """Into the archive."""
    move_on(world)


def entries_in_state(world: World, state: str) -> list[Entry]:
    """The entries whose application is in a state."""
    query = select(Application.id).where(Application.round_id == world.round_id, Application.state == state)
    with world.act() as session:
        found = set(session.scalars(query))
    return [entry for entry in world.entries if entry.application_id in found]
