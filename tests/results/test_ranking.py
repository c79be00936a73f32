"""Totals, ranks and proposals of sheets worked out by hand, by the rules of the demonstration award.

Its rules: the mean without the highest and the lowest of five sheets, two decimals, half up; ties by results, then 4.1;
5 awards from 500 points (manufacturing 3, services 2, health and education 2), 8 nominations from 450 (4, 3, 3).
"""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from award.applications.models import Application, PaperOutcome
from award.kernel.audit.chain import canonical
from award.kernel.audit.trail import transaction
from award.results.explained import Explained, Ranking, as_content, from_content
from award.results.queries import closed_gates
from award.results.ranking import ranking_of
from award.standing.models import Assignment
from tests import make
from tests.results.judged import HIGH_AND_LOW, Entry, Marks, World, build, with_scheme

RESULTS_FIRST: Marks = {"": 60, "4.7": 85}
"""600 x 60 % + 400 x 85 % = 360 + 340 = 700, of which 340 are results; at 70 % throughout they are 280."""
LEADERSHIP_FIRST: Marks = {"": 65, "4.1": 75, "4.2": 55, "4.4.4": 55}
"""65 % throughout with 10 % more of the 110 points of 4.1 and 10 % less of the 90 + 20 of 4.2 and 4.4.4: 650."""


def ranking(world: World, category: str = "organisation") -> Ranking:
    with transaction(world.engine) as session:
        return ranking_of(session, world.found(session), category)


def line(found: Ranking, name: str) -> Explained:
    return next(one for one in found.lines if one.name == name)


def ranks(found: Ranking) -> list[tuple[str, int | None, str]]:
    return [(one.name, one.rank, one.grade) for one in found.lines]


def test_the_highest_and_the_lowest_are_left_out(engine: Engine) -> None:
    # 605, 650, 703, 750, 1000: (650 + 703 + 750) / 3 = 2103 / 3 = 701
    sheets: list[Marks] = [{"": 60, "4.1.2": 70}, 65, {"": 70, "4.1.3": 80}, 75, 100]
    one = line(ranking(build(engine, [Entry("甲", sheets)])), "甲")
    assert [sheet.total_hundredths for sheet in one.sheets] == [60_500, 65_000, 70_300, 75_000, 100_000]
    assert [(sheet.letter, sheet.used) for sheet in one.sheets] == [
        ("A", False), ("B", True), ("C", True), ("D", True), ("E", False),
    ]  # fmt: skip
    assert one.combined == Fraction(70_100)
    assert one.published == Decimal("701.00")


def test_an_individual_is_ranked_by_his_own_name(any_engine: Engine) -> None:
    world = build(any_engine, [Entry("云川重工", (60,) * 5), Entry("江畔医院", (50,) * 5)])
    with transaction(any_engine) as session:
        application = session.query(Application).filter_by(public_id=world.applications["云川重工"]).one()
        application.profile = {**application.profile, "nominee": "钱伟"}
    assert [one.name for one in ranking(world).lines] == ["钱伟（云川重工）", "江畔医院"]


def test_of_equal_extremes_one_goes(engine: Engine) -> None:
    # 600, 600, 700, 800, 800 without one 600 and one 800: 2100 / 3 = 700
    one = line(ranking(build(engine, [Entry("甲", (60, 60, 70, 80, 80))])), "甲")
    assert one.published == Decimal("700.00")
    assert [sheet.used for sheet in one.sheets].count(False) == 2


def test_a_third_is_rounded_once(engine: Engine) -> None:
    # 600, 650, 650, 650 + 50 x 10 % = 655, 800: (650 + 650 + 655) / 3 = 1955 / 3 = 651.666...
    one = line(ranking(build(engine, [Entry("甲", (60, 65, 65, {"": 65, "4.1.2": 75}, 80))])), "甲")
    assert one.combined == Fraction(195_500, 3)
    assert one.published == Decimal("651.67")


def test_ties_go_to_results_then_to_leadership(engine: Engine) -> None:
    world = build(engine, [
        Entry("均衡"), Entry("重结果", (RESULTS_FIRST,) * 5),
        Entry("平平", (65,) * 5), Entry("重领导", (LEADERSHIP_FIRST,) * 5),
    ])  # fmt: skip
    found = ranking(world)
    assert [(one.name, str(one.published), one.rank, one.decided_by) for one in found.lines] == [
        ("重结果", "700.00", 1, 0), ("均衡", "700.00", 2, 0), ("重领导", "650.00", 3, 1), ("平平", "650.00", 4, 1),
    ]  # fmt: skip
    # 400 x 85 % = 340 of results; 110 x 75 % = 82.5 of leadership
    assert [tie.value for tie in line(found, "重结果").ties] == [34_000, 6_600]
    assert [tie.value for tie in line(found, "重领导").ties] == [26_000, 8_250]


def test_what_the_chain_leaves_equal_shares_a_rank_and_is_referred_at_the_line(engine: Engine) -> None:
    # Three of the sector may have the award; two equals stand for the third seat of it.
    world = build(engine, [
        Entry("一", (90,) * 5), Entry("二", (85,) * 5), Entry("三甲", (80,) * 5), Entry("三乙", (80,) * 5), Entry("五", (75,) * 5),
    ])  # fmt: skip
    found = ranking(world)
    assert [(one.rank, one.is_tied) for one in found.lines] == [(1, False), (2, False), (3, True), (3, True), (5, False)]
    assert [(one.grade, one.reason) for one in found.lines] == [
        ("award", "within_quota"), ("award", "within_quota"), ("", "referred"), ("", "referred"), ("", "awaits_referral"),
    ]  # fmt: skip


def test_seats_sector_limits_minimum_and_vacancy(engine: Engine) -> None:
    entries = [
        Entry("制造一", (90,) * 5), Entry("制造二", (85,) * 5), Entry("制造三", (80,) * 5), Entry("制造四", (75,) * 5),
        Entry("服务一", (55,) * 5, "services"), Entry("医院一", (45,) * 5, "health_education"),
        Entry("医院二", (40,) * 5, "health_education"),
    ]  # fmt: skip
    found = ranking(build(engine, entries))
    assert ranks(found) == [
        ("制造一", 1, "award"), ("制造二", 2, "award"), ("制造三", 3, "award"), ("制造四", 4, "nomination"),
        ("服务一", 5, "award"), ("医院一", 6, "nomination"), ("医院二", 7, ""),
    ]  # fmt: skip
    assert line(found, "制造四").refused == (("award", "sector_full"),)
    assert line(found, "医院一").refused == (("award", "below_minimum"),)
    assert line(found, "医院二").refused == (("award", "below_minimum"), ("nomination", "below_minimum"))
    assert found.vacancies == (("award", 1), ("nomination", 6))


def test_a_sixth_is_left_out_by_seats(engine: Engine) -> None:
    sectors = ["manufacturing", "services", "health_education"] * 2
    entries = [Entry(f"第{at}", (95 - 5 * at,) * 5, sector) for at, sector in enumerate(sectors)]
    assert [one.grade for one in ranking(build(engine, entries)).lines] == ["award"] * 5 + ["nomination"]


def test_fewer_sheets_than_the_rules_ask_for_give_no_total(engine: Engine) -> None:
    found = ranking(build(engine, [Entry("四张", (70,) * 4), Entry("五张", (60,) * 5)]))
    assert ranks(found) == [("五张", 1, "award"), ("四张", None, "")]
    assert line(found, "四张").flags == ("below_minimum",)
    assert line(found, "四张").published is None


@pytest.mark.parametrize("state", ["withdrawn", "rejected", "draft", "submitted"])
def test_only_applications_in_the_race_are_ranked(engine: Engine, state: str) -> None:
    found = ranking(build(engine, [Entry("在", (60,) * 5), Entry("不在", (90,) * 5, state=state)]))
    assert [one.name for one in found.lines] == ["在"]


def test_a_sheet_of_a_seat_that_ended_counts_nowhere(engine: Engine) -> None:
    world = build(engine, [Entry("甲", (60, 65, 70, 75, 80, 100))])
    with transaction(engine) as session:
        seat = session.query(Assignment).order_by(Assignment.id.desc()).first()
        assert seat is not None
        seat.state = "recused"
    one = line(ranking(world), "甲")
    assert len(one.sheets) == 5
    assert one.published == Decimal("700.00")


def test_the_leaders_sheet_may_weigh_more(engine: Engine) -> None:
    world = build(engine, [Entry("甲", (80, 60, 60))])
    with transaction(engine) as session:
        with_scheme(session, world.found(session), scoring={"method": "weighted_mean", "leader_weight": 2, "minimum_sheets": 1})
    # (2 x 800 + 600 + 600) / 4 = 700
    assert line(ranking(world), "甲").published == Decimal("700.00")


def test_items_may_be_combined_one_by_one(engine: Engine) -> None:
    # Item 4.1.2 (50 points): 0, 50, 100 leaves 50; everything else 70, 60, 80 leaves 70: 25 + 950 x 70 % = 690.
    sheets: list[Marks] = [{"": 70, "4.1.2": 0}, {"": 60, "4.1.2": 50}, {"": 80, "4.1.2": 100}]
    world = build(engine, [Entry("甲", sheets)])
    with transaction(engine) as session:
        with_scheme(session, world.found(session), scoring={"on": "items", "minimum_sheets": 1})
    assert line(ranking(world), "甲").published == Decimal("690.00")


@pytest.mark.parametrize(("minimum_on", "grade"), [("published", "award"), ("exact", "")])
def test_the_minimum_is_held_against_the_figure_the_rules_name(engine: Engine, minimum_on: str, grade: str) -> None:
    # Mean of 500, 500, 498.5 = 499.5, published without decimals as 500.
    world = build(engine, [Entry("甲", (50, 50, {"": 50, "4.4.4": 45, "4.4.6": 45}))])
    with transaction(engine) as session:
        rules = {"method": "mean", "drop": 0, "minimum_sheets": 1, "places": 0, "minimum_on": minimum_on}
        with_scheme(session, world.found(session), scoring=rules)
    one = line(ranking(world), "甲")
    assert one.exact == Fraction(49_950)
    assert str(one.published) == "500"
    assert one.grade == (grade or "nomination")


def test_stages_on_paper_weigh_by_the_scheme(engine: Engine) -> None:
    # 安徽: material 40 %, site 40 %, interview 20 %: 700 x .4 + 800 x .4 + 650 x .2 = 280 + 320 + 130 = 730
    world = build(engine, [Entry("甲", (65, 75), ""), Entry("乙", (65, 75), "")], scheme="anhui-province")
    with transaction(engine) as session:
        _outcome(session, world, "甲", "site", 80_000)
        _outcome(session, world, "甲", "interview", 65_000)
        _outcome(session, world, "乙", "site", None)
    found = ranking(world)
    assert line(found, "甲").published == Decimal("730.00")
    # Missing stages give their share to the others by this scheme: only the desk review is left.
    assert line(found, "乙").published == Decimal("700.00")
    assert line(found, "乙").missing == ("site", "interview")
    assert [stage.share for stage in line(found, "乙").stages] == [1, 0, 0]


def test_who_was_left_behind_on_paper_is_not_ranked_and_not_waited_for(engine: Engine) -> None:
    world = build(engine, [Entry("甲", (65, 75), ""), Entry("乙", (), "")], scheme="anhui-province")
    with transaction(engine) as session:
        assert closed_gates(session, world.found(session), "organisation") == 1
        _outcome(session, world, "乙", "site", None, goes_on=False)
        assert closed_gates(session, world.found(session), "organisation") == 0
    assert [one.name for one in ranking(world).lines] == ["甲"]


def _outcome(session: Session, world: World, name: str, kind: str, score: int | None, *, goes_on: bool = True) -> None:
    round_ = world.found(session)
    stage = next(one for one in round_.stages if one.kind == kind)
    office = world.actors["office"].person_id
    assert office is not None
    session.add(
        PaperOutcome(
            round_stage_id=stage.id, application_id=world.application(session, name).id, state="confirmed",
            score_hundredths=score, goes_on=goes_on, summary="已评", held_on=(make.NOW - timedelta(9)).date(), recorded_by=office,
            recorded_at=make.NOW,
        )
    )  # fmt: skip
    session.flush()


def test_a_stored_ranking_reads_back_the_same(engine: Engine) -> None:
    world = build(engine, [Entry("甲", HIGH_AND_LOW), Entry("乙", (65,) * 4), Entry("丙", (60, 65, 65, 65, 80))])
    found = ranking(world)
    ids = {one.public_id: one.application_id for one in found.lines}
    assert from_content(canonical(as_content(found)), ids) == found
    assert replace(found, vacancies=()) != found
