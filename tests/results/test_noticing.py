"""The public notice: its days, its snapshot and paper, and the objections that come in while it runs."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, delete, select

from award.kernel.audit.trail import transaction
from award.kernel.documents.models import Document
from award.kernel.errors import Conflict, Invalid, NotFound, Refused
from award.results.models import Notice, Objection
from award.results.service.noticing import period_of
from award.rounds.models import CalendarDay, CalendarYear, Snapshot
from tests import make
from tests.results.acts import decide, object_to, propose, put_on_notice, to_notice
from tests.results.judged import DAY, Entry, World, build, with_scheme
from tests.results.test_deciding import ENTRIES

WUHU = datetime(2023, 10, 10, 1, tzinfo=UTC)
"""The day the notice of Wuhu was published. Source: domain.md 0.7 and 4.9."""


@pytest.fixture
def world(any_engine: Engine) -> World:
    """Decided, on both databases."""
    world = build(any_engine, ENTRIES)
    propose(world)
    decide(world)
    return world


def notice(world: World) -> Notice:
    with transaction(world.engine) as session:
        return session.scalars(select(Notice)).one()


@pytest.mark.parametrize(("days", "unit"), [(5, "working"), (7, "calendar")])
def test_the_period_of_wuhu(engine: Engine, days: int, unit: str) -> None:
    """Published on 10 October 2023, it ran from 11 to 17 October: seven days, five of them working days."""
    world = build(engine, ENTRIES, now=WUHU)
    with transaction(engine) as session:
        # Saturday 7 and Sunday 8 October were made up for; the holiday ended on the 6th.
        session.add_all(CalendarDay(day=date(2023, 10, day), is_workday=True) for day in (7, 8))
        round_ = world.found(session)
        with_scheme(session, round_, notice={"days": days, "unit": unit})
        period = period_of(session, round_, date(2023, 10, 11))
    assert period.last_day == date(2023, 10, 17)
    assert period.closes_at == datetime(2023, 10, 17, 16, tzinfo=UTC)  # 24:00 in Beijing
    assert period.unknown_year is None


def test_a_notice_is_published_with_its_paper(world: World) -> None:
    put_on_notice(world)
    made = notice(world)
    # Five working days from Tuesday 3 March 2026: 3, 4, 5, 6 and Monday 9.
    assert (made.first_day, made.last_day) == (date(2026, 3, 3), date(2026, 3, 9))
    assert made.closes_at == datetime(2026, 3, 9, 16, tzinfo=UTC)
    with transaction(world.engine) as session:
        assert world.application(session, "制造一").state == "publicised"
        assert world.application(session, "医院一").state == "accepted"
        paper = session.get_one(Document, made.document_id)
        assert (paper.kind, paper.subject, paper.state) == ("notice", f"round:{world.round}", "wanted")
        view = json.loads(paper.view)
    assert view["document_number"] == "云质评〔2026〕3号"
    assert [row[1] for row in view["table"]["rows"]] == ["制造一", "制造二", "制造三", "服务一", "制造四"]
    assert "完成申报、受理与资格审查、材料评审，现将建议授奖名单（共5个）" in view["paragraphs"][0]["text"]
    assert "公示期为5个工作日，自2026年3月3日至2026年3月9日。" in view["paragraphs"][1]["text"]
    assert world.acts()[-2:] == ["snapshot:published", "notice:published"]


def test_the_snapshot_names_nobody_who_was_not_chosen_and_no_figure(world: World) -> None:
    put_on_notice(world)
    with transaction(world.engine) as session:
        content = session.get_one(Snapshot, notice(world).snapshot_id).content
    assert "医院一" not in content
    assert "900" not in content
    names = [one["name"] for group in json.loads(content)["groups"] for one in group["winners"]]
    assert names == ["制造一", "制造二", "制造三", "服务一", "制造四"]


def test_the_same_notice_twice_is_one(world: World) -> None:
    assert put_on_notice(world) == put_on_notice(world)
    with pytest.raises(Conflict) as refusal:
        put_on_notice(world, "second")
    assert refusal.value.code == "notice.published"
    assert world.acts("notice:") == ["notice:published"]


def test_nothing_undecided_goes_on_notice(engine: Engine) -> None:
    world = build(engine, ENTRIES)
    propose(world)
    with pytest.raises(Conflict) as refusal:
        put_on_notice(world)
    assert refusal.value.code == "notice.undecided"


@pytest.mark.parametrize("first_day", [DAY, DAY - timedelta(1)])
def test_the_day_of_publication_does_not_count(engine: Engine, first_day: date) -> None:
    world = build(engine, ENTRIES)
    propose(world)
    decide(world)
    with pytest.raises(Invalid) as refusal:
        put_on_notice(world, first_day=first_day, number=" ", contact="")
    assert [error.field for error in refusal.value.errors] == ["document_number", "first_day", "contact"]


def test_a_year_without_announced_holidays_is_refused(engine: Engine) -> None:
    world = build(engine, ENTRIES)
    propose(world)
    decide(world)
    with transaction(engine) as session:
        session.execute(delete(CalendarYear))
    with pytest.raises(Conflict) as refusal:
        put_on_notice(world)
    assert (refusal.value.code, refusal.value.params) == ("notice.year_unknown", {"year": 2026})


def test_a_notice_ends_within_its_stage(engine: Engine) -> None:
    world = build(engine, ENTRIES)
    propose(world)
    decide(world)
    with pytest.raises(Conflict) as refusal:
        put_on_notice(world, first_day=DAY + timedelta(28))
    assert refusal.value.code == "notice.stage_too_short"


@pytest.mark.parametrize("at", ["score", "approve", "publish"])
def test_no_notice_in_another_stage(engine: Engine, at: str) -> None:
    world = build(engine, ENTRIES)
    propose(world)
    decide(world)
    world.stage(at)
    with pytest.raises(Refused) as refusal:
        put_on_notice(world)
    assert refusal.value.code == "stage.wrong"


@pytest.mark.parametrize("by", ["supervisor", "judge", "elsewhere"])
def test_only_its_office_gives_notice(engine: Engine, by: str) -> None:
    world = build(engine, ENTRIES)
    propose(world)
    decide(world)
    with pytest.raises((Refused, NotFound)):
        put_on_notice(world, by)


def test_anybody_may_object_while_the_notice_runs(world: World) -> None:
    put_on_notice(world)
    object_to(world, about="制造一")
    with transaction(world.engine) as session:
        filed = session.scalars(select(Objection)).one()
        assert filed.receipt[:3] == "YY-"
        assert len(filed.receipt) == 11
        assert (filed.state, filed.name, filed.text) == ("filed", "钱立", "请核实。")
        assert filed.application_id == world.application(session, "制造一").id
    assert world.acts("objection:") == ["objection:filed"]


def test_an_objection_is_closed_at_the_last_second(world: World) -> None:
    put_on_notice(world)
    closes_at = notice(world).closes_at
    object_to(world, now=closes_at - timedelta(seconds=1))
    with pytest.raises(Conflict) as refusal:
        object_to(world, now=closes_at)
    assert refusal.value.code == "objection.closed"


def test_objections_follow_the_published_notice_not_the_planned_days(world: World) -> None:
    """A notice that is given earlier than planned is open to objections all the same."""
    put_on_notice(world)
    with transaction(world.engine) as session:
        stage = next(one for one in world.found(session).stages if one.kind == "notice")
        stage.opens_at = make.NOW + timedelta(days=60)
        stage.closes_at = make.NOW + timedelta(days=70)
    assert object_to(world)


def test_no_objection_before_the_notice(engine: Engine) -> None:
    world = build(engine, ENTRIES)
    with pytest.raises(Conflict) as refusal:
        object_to(world)
    assert refusal.value.code == "objection.closed"


def test_no_objection_in_another_stage(engine: Engine) -> None:
    world = build(engine, ENTRIES)
    to_notice(world)
    world.stage("approve")
    with pytest.raises(Refused) as refusal:
        object_to(world)
    assert refusal.value.code == "stage.wrong"


def test_an_objection_says_what_and_by_whom(engine: Engine) -> None:
    world = build(engine, ENTRIES)
    to_notice(world)
    with pytest.raises(Invalid) as refusal:
        object_to(world, name=" ", contact="", text="")
    assert [error.field for error in refusal.value.errors] == ["text", "name", "contact"]


def test_a_scheme_may_take_objections_without_a_name(engine: Engine) -> None:
    world = build(engine, ENTRIES)
    with transaction(engine) as session:
        with_scheme(session, world.found(session), notice={"real_name": False})
    to_notice(world)
    object_to(world, name="", contact="")


def test_a_round_with_vacant_seats_only_can_be_put_on_notice(engine: Engine) -> None:
    world = build(engine, [Entry("低分", (40,) * 5)])
    to_notice(world)
    with transaction(engine) as session:
        assert json.loads(session.scalars(select(Snapshot.content)).one())["groups"] == []
