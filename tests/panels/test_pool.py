"""The pool of judges: by hand, from a table, resting."""

import io
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from award.accounts.models import Grant, Person
from award.kernel.audit.trail import transaction
from award.kernel.errors import Invalid, Refused
from award.kernel.events import Event
from award.kernel.mail.models import Message
from award.kernel.sheets.importing import Line, Plan, lines_of
from award.panels import queries, service
from award.panels.models import PoolMember
from award.panels.service.importing import FIELDS, plan_import
from award.panels.service.pool import Facts, facts_of
from award.rounds.models import Authority
from tests import make
from tests.applications.world import records
from tests.judging.world import World

NOW = make.NOW
HEAD = ["姓名", "电子邮箱", "所在单位", "职称", "专业领域", "地区", "聘期最后一日"]


def authority(session: Session, world: World) -> Authority:
    return world.application(session).round.award.authority


def add(session: Session, world: World, name: str = "韩雪", email: str = "han@example.cn", by: Any = None) -> PoolMember:
    return service.add_by_hand(session, by or world.office, authority(session, world), name, email, Facts("质量协会", "高级工程师"), NOW)


@pytest.mark.both_databases
def test_somebody_new_gets_an_account_the_role_and_a_letter(world: World) -> None:
    with transaction(world.engine) as session:
        made = add(session, world)
        assert [(one.role, one.scope) for one in made.person.grants] == [("judge", "authority")]
    with transaction(world.engine) as session:
        assert session.scalars(select(Message.template).where(Message.address == "han@example.cn")).all() == ["judge_invited"]
        assert [one["content"]["institution"] for one in records(session, Event.JUDGE_ADDED)] == ["质量协会"]


def test_who_has_an_account_keeps_it(world: World) -> None:
    with transaction(world.engine) as session:
        known = make.person(session, "何晴", email="he@example.cn")
        known.username = "he@example.cn"
        made = add(session, world, "何雪晴", "HE@example.cn")
        assert (made.person_id, made.person.name) == (known.id, "何晴")
        assert session.scalars(select(Message.template).where(Message.address == "he@example.cn")).all() == ["judge_added"]
        with pytest.raises(Invalid) as caught:
            add(session, world, "何晴", "he@example.cn")
    assert caught.value.errors[0].field == "email"


@pytest.mark.parametrize(("name", "email", "field"), [("", "a@example.cn", "name"), ("甲", "no address", "email")])
def test_what_cannot_be_used_is_named(world: World, name: str, email: str, field: str) -> None:
    with pytest.raises(Invalid) as caught, transaction(world.engine) as session:
        add(session, world, name, email)
    assert caught.value.errors[0].field == field


def test_without_an_institution_nobody_joins_or_stays(world: World) -> None:
    """Two of one institution do not sit together: with none written down, the rule would pass over a judge."""
    with transaction(world.engine) as session:
        place = authority(session, world)
        known, one = make.person(session, "何晴"), queries.pool_of(session, place.id)[0]
        acts: tuple[Callable[[], object], ...] = (
            lambda: service.add_by_hand(session, world.office, place, "韩雪", "han@example.cn", Facts(" "), NOW),
            lambda: service.add_judge(session, world.office, place, known, institution=" ", now=NOW),
            lambda: service.change_judge(session, world.office, place, one, Facts(""), NOW),
        )
        for act in acts:
            with pytest.raises(Invalid) as caught:
                act()
            assert [fault.field for fault in caught.value.errors] == ["institution"]


def test_only_the_office_of_the_authority(world: World) -> None:
    for actor in (world.stranger, world.supervisor, world.judges[0], world.owners[0]):
        with pytest.raises(Refused), transaction(world.engine) as session:
            add(session, world, by=actor)


def test_resting_is_recorded_once(world: World) -> None:
    with transaction(world.engine) as session:
        place = authority(session, world)
        one = queries.pool_of(session, place.id)[0]
        service.set_active(session, world.office, place, one, False)
        service.set_active(session, world.office, place, one, False)
    with transaction(world.engine) as session:
        assert [one["content"] for one in records(session, Event.JUDGE_CHANGED)] == [{"active": False}]


# --- from a table -------------------------------------------------------------------------------------------


def table(*rows: list[str]) -> list[list[str]]:
    return [HEAD, *rows]


def lines(rows: list[list[str]]) -> list[Line]:
    """Rows whose cells have no fault by themselves."""
    found, faults = lines_of(FIELDS, rows)
    assert faults == []
    return found


def plan(world: World, rows: list[list[str]]) -> Plan:
    found, faults = lines_of(FIELDS, rows)
    with transaction(world.engine) as session:
        planned = plan_import(session, world.office, authority(session, world), found)
    return Plan(planned.changes, (*faults, *planned.faults))


def counts(world: World) -> tuple[int, int]:
    with transaction(world.engine) as session:
        return session.scalars(select(func.count(PoolMember.id))).one(), session.scalars(select(func.count(Person.id))).one()


def test_each_line_says_what_it_would_do(world: World) -> None:
    with transaction(world.engine) as session:
        known = queries.pool_of(session, authority(session, world).id)[0].person
        name, email = known.name, known.username = known.name, "known@example.cn"
        known.email = email
    before = counts(world)
    found = plan(world, table(
        ["韩雪", "han@example.cn", "质量协会", "", "", ""], [name, "Known@example.cn", "新单位", "教授", "管理", ""],
    ))  # fmt: skip
    assert [(one.kind, one.detail) for one in found.changes] == [("added", "han@example.cn"), ("changed", "known@example.cn")]
    assert found.changes[1].changes[-1] == ("title", "", "教授")
    assert counts(world) == before


def test_each_fault_names_its_cell(world: World) -> None:
    with transaction(world.engine) as session:
        boss = make.person(session, "管理员", email="boss@example.cn")
        boss.username = "boss@example.cn"
        make.grant(session, boss, make.Role.SYSTEM_ADMINISTRATOR, make.Scope.SYSTEM, 0)
    found = plan(world, table(
        ["", "a@example.cn", "甲单位"], ["乙", "no address", "乙单位"], ["丙", "c@example.cn", ""],
        ["丁", "d@example.cn", "丁单位"], ["戊", "boss@example.cn", "戊单位"], ["己", "f@example.cn", "己" * 121],
    ))  # fmt: skip
    assert sorted(one.field for one in found.faults) == ["A2", "B3", "B6", "C4", "C7"]


def test_an_address_stands_once(world: World) -> None:
    found = plan(world, table(["甲", "a@example.cn", "甲单位"], ["乙", "A@example.cn", "乙单位"]))
    assert [(one.field, one.params) for one in found.faults] == [("B3", {"row": 2})]


@pytest.mark.parametrize("rows", [[], [["姓名", "单位"]], [HEAD]])
def test_a_table_without_its_head_or_without_judges(world: World, rows: list[list[str]]) -> None:
    assert len(plan(world, rows).faults) == 1


def test_nothing_is_half_imported(world: World) -> None:
    before = counts(world)
    rows = table(["韩雪", "han@example.cn", "质量协会"], ["乙", "no address", "乙单位"])
    with pytest.raises(Invalid), transaction(world.engine) as session:
        service.apply_import(session, world.office, authority(session, world), lines(rows), NOW)
    assert counts(world) == before


def test_a_whole_table_is_imported_and_a_second_time_changes_nothing(world: World) -> None:
    rows = table(["韩雪", "han@example.cn", "质量协会"], ["沈阳", "shen@example.cn", "检测院", "教授", "财务", "云川"])
    with transaction(world.engine) as session:
        service.apply_import(session, world.office, authority(session, world), lines(rows), NOW)
    assert plan(world, rows).is_empty
    with transaction(world.engine) as session:
        assert len(records(session, Event.JUDGE_ADDED)) == 2


@pytest.mark.both_databases
def test_a_judge_is_found_by_his_mail_whatever_his_sign_in_name_is(world: World) -> None:
    """The pool as it is exported changes nothing: addresses, empty cells, appointments that are over."""
    with transaction(world.engine) as session:
        pool = queries.pool_of(session, authority(session, world).id)
        pool[0].last_day = NOW.date() - timedelta(days=2)
        session.flush()
        assert all(one.person.username != one.person.email for one in pool)
        kept = [
            [one.person.name, one.person.email.upper(), one.institution, one.title, one.speciality, one.region, str(one.last_day)]
            for one in pool
        ]
        known, other = pool[0].person, pool[1]
        name, old_name, old_day = known.name, known.username, str(pool[0].last_day)
    same = plan(world, table(*kept))
    assert same.faults == ()
    assert same.counts == {"added": 0, "changed": 0, "same": len(kept)}
    kept[1][3] = "教授"
    changed = plan(world, table(*kept))
    assert [one.changes for one in changed.changes if one.kind == "changed"] == [(("title", other.title, "教授"),)]
    with transaction(world.engine) as session:
        service.apply_import(session, world.office, authority(session, world), lines(table(*kept)), NOW)
        assert session.get_one(PoolMember, other.id).title == "教授"
        # The name he signs in with means him too, once his address is another one.
        session.get_one(Person, known.id).username = "zhou@example.cn"
    assert old_name != "zhou@example.cn"
    found = plan(world, table([name, "zhou@example.cn", "新单位", "", "", "", old_day]))
    assert [one.kind for one in found.changes] == ["changed"]
    twice = plan(world, table([name, "zhou@example.cn", "新单位"], kept[0]))
    assert [(one.field, one.params) for one in twice.faults] == [("B3", {"row": 2})]


@pytest.mark.both_databases
def test_another_name_than_that_of_the_account_is_a_fault_of_its_cell(world: World) -> None:
    """Else a slip in the address would replace what is kept of somebody else, and nobody would see whose it was."""
    with transaction(world.engine) as session:
        make.person(session, "何晴", email="he@example.cn")
        member = queries.pool_of(session, authority(session, world).id)[0]
        email, before = member.person.email, (member.id, facts_of(member))
    rows = table(["韩雪", email, "新单位"], ["韩雪", "he@example.cn", "新单位"], ["何晴 ", "he@example.cn ", "新单位"])
    text = "The account of this address is in another name. Check the name and the mail address."
    assert [(one.field, one.text) for one in plan(world, rows[:3]).faults] == [("A2", text), ("A3", text)]
    assert plan(world, [rows[0], rows[3]]).faults == ()
    with pytest.raises(Invalid) as caught, transaction(world.engine) as session:
        service.apply_import(session, world.office, authority(session, world), lines(rows[:2]), NOW)
    assert [one.field for one in caught.value.errors] == ["A2"]
    with transaction(world.engine) as session:
        assert facts_of(session.get_one(PoolMember, before[0])) == before[1]
        assert records(session, Event.JUDGE_CHANGED) == []


@pytest.mark.both_databases
def test_an_empty_cell_of_a_judge_in_the_pool_keeps_what_is_stored(world: World) -> None:
    with transaction(world.engine) as session:
        member = queries.pool_of(session, authority(session, world).id)[0]
        member.title, member.speciality, member.region = "高级工程师", "管理", "云川市"
        member.last_day = NOW.date() + timedelta(days=400)
        kept, old = (member.id, member.last_day), member.institution
        rows = table([member.person.name, member.person.email, "新单位", "", "财务", "", ""])
    (found,) = plan(world, rows).changes
    assert (found.kind, found.changes) == ("changed", (("institution", old, "新单位"), ("speciality", "管理", "财务")))
    with transaction(world.engine) as session:
        service.apply_import(session, world.office, authority(session, world), lines(rows), NOW)
    with transaction(world.engine) as session:
        stored = facts_of(session.get_one(PoolMember, kept[0]))
        assert stored == Facts("新单位", "高级工程师", "财务", "云川市", kept[1])
        assert [one["content"] for one in records(session, Event.JUDGE_CHANGED)] == [{"institution": "新单位", "speciality": "财务"}]


@pytest.mark.both_databases
def test_who_has_an_account_and_is_no_judge_yet_is_told_as_such(world: World) -> None:
    with transaction(world.engine) as session:
        known = make.person(session, "何晴", email="he@example.cn")
    rows = table(["何晴", "he@example.cn", "甲单位"], ["韩雪", "han@example.cn", "乙单位"])
    found = plan(world, rows)
    assert [(one.kind, bool(one.remark)) for one in found.changes] == [("added", True), ("added", False)]
    with transaction(world.engine) as session:
        service.apply_import(session, world.office, authority(session, world), lines(rows), NOW)
        assert queries.member_of(session, authority(session, world).id, known.id) is not None


@pytest.mark.both_databases
def test_an_address_of_several_accounts_names_none_but_the_judge_among_them(world: World) -> None:
    with transaction(world.engine) as session:
        judge = queries.pool_of(session, authority(session, world).id)[0]
        make.person(session, "同址者", email=judge.person.email)
        for name in ("甲", "乙"):
            make.person(session, name, email="two@example.cn")
        row = [judge.person.name, judge.person.email, judge.institution, judge.title, judge.speciality, judge.region]
    found = plan(world, table(row, ["甲", "two@example.cn", "甲单位"]))
    assert found.changes[0].kind == "same"
    assert [one.field for one in found.faults] == ["B3"]


def workbook(*rows: list[object]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return content.getvalue()


# --- the appointment ----------------------------------------------------------------------------------------


def until(session: Session, member: PoolMember) -> Any:
    found = session.scalars(select(Grant).where(Grant.person_id == member.person_id, Grant.role == "judge")).one()
    return found.valid_until


@pytest.mark.both_databases
def test_an_appointment_ends_with_the_rounds_and_takes_the_role_along(world: World) -> None:
    """The last stage of the world's round closes at make.NOW - 1 + 31 × (stages left) days."""
    with transaction(world.engine) as session:
        made = add(session, world)
        last = max(one.closes_at for one in world.application(session).round.stages if one.closes_at)
        assert made.last_day == (last - timedelta(microseconds=1)).astimezone(ZoneInfo("Asia/Shanghai")).date()
        midnight = datetime.combine(made.last_day + timedelta(1), time(), ZoneInfo("Asia/Shanghai"))
        assert until(session, made) == midnight
    day = NOW.date() + timedelta(10)
    with transaction(world.engine) as session:
        again = session.get_one(PoolMember, made.id)
        facts = Facts("质量协会", "高级工程师", last_day=day)
        service.change_judge(session, world.office, authority(session, world), again, facts, NOW)
        assert until(session, again).astimezone(ZoneInfo("Asia/Shanghai")).date() == day + timedelta(1)
        assert records(session, Event.GRANT_GIVEN)[-1]["content"]["until"]
        over, place = Facts("质量协会", last_day=NOW.date() - timedelta(2)), authority(session, world)
        with pytest.raises(Invalid) as caught:
            service.change_judge(session, world.office, place, again, over, NOW)
    assert caught.value.errors[0].field == "last_day"


def test_a_table_may_name_the_last_day(world: World) -> None:
    found = plan(world, table(
        ["韩雪", "han@example.cn", "质量协会", "", "", "", "2027-12-31"], ["乙", "b@example.cn", "乙单位", "", "", "", "明年"],
        ["丙", "c@example.cn", "丙单位", "", "", "", "2020-01-01"],
    ))  # fmt: skip
    assert lines(table(["韩雪", "han@example.cn", "质量协会", "", "", "", "2027/12/31"]))[0].values["last_day"] == "2027-12-31"
    assert [one.field for one in found.faults] == ["G3", "G4"]


@pytest.mark.both_databases
def test_several_appointments_are_renewed_at_once_each_with_its_record(world: World) -> None:
    day = NOW.date() + timedelta(800)
    with transaction(world.engine) as session:
        office = authority(session, world)
        two = list(queries.pool_of(session, office.id))[:2]
        ids, others = [one.id for one in two], {one.last_day for one in queries.pool_of(session, office.id)[2:]}
        assert service.renew_judges(session, world.office, office, two, day, NOW) == 2
        assert service.renew_judges(session, world.office, office, two, day, NOW) == 0
    with transaction(world.engine) as session:
        changed = records(session, Event.JUDGE_CHANGED)
        assert [one["content"] for one in changed] == [{"last_day": day.isoformat()}] * 2
        assert len({one["obj"] for one in changed}) == 2
        pool = list(queries.pool_of(session, authority(session, world).id))
        assert {one.last_day for one in pool if one.id in ids} == {day}
        assert {one.last_day for one in pool if one.id not in ids} == others
        ends = {grant.valid_until for one in pool if one.id in ids for grant in one.person.grants if grant.role == "judge"}
        # 24:00 of the day on the authority's clock.
        assert ends == {datetime.combine(day + timedelta(1), time(), ZoneInfo("Asia/Shanghai"))}


def test_a_renewal_that_cannot_be_is_refused_for_all(world: World) -> None:
    with transaction(world.engine) as session:
        office = authority(session, world)
        pool = list(queries.pool_of(session, office.id))
        later, over = NOW.date() + timedelta(9), NOW.date() - timedelta(1)
        for members, day, fields in (([], later, ["ticked"]), (pool, None, ["renewed_until"]), (pool, over, ["renewed_until"])):
            with pytest.raises(Invalid) as caught:
                service.renew_judges(session, world.office, office, members, day, NOW)
            assert [one.field for one in caught.value.errors] == fields
        for actor in (world.stranger, world.supervisor, world.judges[0]):
            with pytest.raises(Refused):
                service.renew_judges(session, actor, office, pool, NOW.date() + timedelta(9), NOW)
        assert records(session, Event.JUDGE_CHANGED) == []
