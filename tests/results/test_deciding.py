"""Proposal and decision: what they change and record, what they refuse, and that no reason buys a seat."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, select

from award.applications.models import PaperOutcome
from award.judging.models import Sheet
from award.kernel.audit.trail import transaction
from award.kernel.errors import Conflict, Invalid, NotFound, Refused
from award.results.models import AwardDecision, Proposal, ResultLine
from award.results.service import deciding as service
from award.results.service.days import DECIDED_TOO_EARLY, first_of_decision
from award.standing.models import Conflict as ConflictOfInterest
from tests import make
from tests.results.acts import MEMBERS, confirm_decision, decide, enter_decision, propose
from tests.results.judged import DAY, Entry, World, build, with_scheme

ENTRIES = [
    Entry("制造一", (90,) * 5), Entry("制造二", (85,) * 5), Entry("制造三", (80,) * 5), Entry("制造四", (75,) * 5),
    Entry("服务一", (55,) * 5, "services"), Entry("医院一", (40,) * 5, "health_education"),
]  # fmt: skip
"""Proposed: three awards and a nomination for manufacturing, an award for services, nothing for 400 points."""


@pytest.fixture
def world(any_engine: Engine) -> World:
    """A round in its notice stage, all sheets in; on both databases."""
    return build(any_engine, ENTRIES)


def states(world: World) -> dict[str, str]:
    with transaction(world.engine) as session:
        return {name: world.application(session, name).state for name in world.applications}


def decided(world: World) -> dict[str, tuple[str | None, str]]:
    with transaction(world.engine) as session:
        lines = session.scalars(select(ResultLine).order_by(ResultLine.rank))
        return {line.application.organisation.name: (line.decided_grade, line.deviation) for line in lines}


def test_a_proposal_fixes_the_ranking(world: World) -> None:
    propose(world)
    with transaction(world.engine) as session:
        proposal = session.scalars(select(Proposal)).one()
        assert [(one.rank, one.published, one.proposed_grade) for one in proposal.lines] == [
            (1, "900.00", "award"), (2, "850.00", "award"), (3, "800.00", "award"), (4, "750.00", "nomination"),
            (5, "550.00", "award"), (6, "400.00", ""),
        ]  # fmt: skip
    assert world.acts("proposal:") == ["result:proposed"]


def test_the_same_ranking_is_proposed_once(world: World) -> None:
    assert propose(world) == propose(world, "second")
    assert world.acts("proposal:") == ["result:proposed"]


def test_a_ranking_that_changed_is_proposed_anew(world: World) -> None:
    first = propose(world)
    change_a_sheet(world, "制造一", 95)
    assert propose(world) != first
    with transaction(world.engine) as session:
        assert list(session.scalars(select(Proposal.number).order_by(Proposal.id))) == [1, 2]


def change_a_sheet(world: World, name: str, percent: int) -> None:
    with transaction(world.engine) as session:
        for sheet in session.scalars(select(Sheet).where(Sheet.application_id == world.application(session, name).id)):
            sheet.marks = dict.fromkeys(sheet.marks, percent)
            sheet.total_hundredths = percent * 1000


def test_nothing_is_proposed_while_a_sheet_is_missing(engine: Engine) -> None:
    world = build(engine, [*ENTRIES, Entry("待评", ())])
    with pytest.raises(Conflict) as refusal:
        propose(world)
    assert (refusal.value.code, refusal.value.params) == ("result.sheets_missing", {"count": 1})


@pytest.mark.parametrize("by", ["supervisor", "judge"])
def test_only_the_office_proposes(engine: Engine, by: str) -> None:
    with pytest.raises((Refused, NotFound)):
        propose(build(engine, ENTRIES), by)


@pytest.mark.parametrize("at", ["accept", "score", "publish", "archive"])
def test_nothing_is_proposed_or_decided_in_another_stage(engine: Engine, at: str) -> None:
    world = build(engine, ENTRIES)
    propose(world)
    world.stage(at)
    for act in (propose, decide):
        with pytest.raises(Refused) as refusal:
            act(world)
        assert (refusal.value.code, refusal.value.status) == ("stage.wrong", 409)


def test_a_decision_as_proposed(world: World) -> None:
    propose(world)
    decide(world)
    assert {name: grade for name, (grade, _) in decided(world).items()} == {
        "制造一": "award", "制造二": "award", "制造三": "award", "制造四": "nomination", "服务一": "award", "医院一": "",
    }  # fmt: skip
    assert states(world) == {
        "制造一": "candidate", "制造二": "candidate", "制造三": "candidate", "制造四": "candidate", "服务一": "candidate",
        "医院一": "accepted",
    }  # fmt: skip
    assert world.acts("proposal:") == ["result:proposed"]
    assert world.acts("decision:") == ["result:decided", "result:decision_confirmed"]


def test_a_decision_closes_the_ranking(world: World) -> None:
    propose(world)
    decide(world)
    change_a_sheet(world, "制造四", 95)
    with pytest.raises(Conflict) as refusal:
        propose(world)
    assert refusal.value.code == "result.decided"


def test_a_ranking_that_changed_is_proposed_again_before_what_waits_can_be_confirmed(engine: Engine) -> None:
    world = build(engine, ENTRIES)
    propose(world)
    entered = enter_decision(world)
    change_a_sheet(world, "制造四", 95)
    with pytest.raises(Conflict) as outdated:
        confirm_decision(world, entered)
    with pytest.raises(Conflict) as waiting:
        propose(world)
    assert (outdated.value.code, waiting.value.code) == ("result.outdated", "result.decision_waiting")


def test_a_deviation_needs_its_reason(world: World) -> None:
    propose(world)
    with pytest.raises(Invalid) as refusal:
        decide(world, grades={"制造三": ""}, deviations={"制造三": "  "})
    assert [error.field for error in refusal.value.errors] == [f"reason-{world.applications['制造三']}"]
    decide(world, grades={"制造三": ""}, deviations={"制造三": "近期发生事故", "制造一": "与建议相同，不记"})
    assert decided(world)["制造三"] == ("", "近期发生事故")
    assert decided(world)["制造一"] == ("award", "")
    assert states(world)["制造三"] == "accepted"


@pytest.mark.parametrize(("grades", "message"), [
    ({"制造四": "award"}, "{grade}: at most {seats} of the sector {sector}; {count} were chosen."),
    ({"医院一": "award"}, "{name} is below the minimum of {points} points for {grade}."),
    ({"医院一": "nomination"}, "{name} is below the minimum of {points} points for {grade}."),
    ({"医院一": "gold"}, "Choose one of the options."),
])  # fmt: skip
def test_no_reason_buys_a_seat(engine: Engine, grades: dict[str, str], message: str) -> None:
    world = build(engine, ENTRIES)
    propose(world)
    with pytest.raises(Invalid) as refusal:
        decide(world, grades=grades, deviations=dict.fromkeys(grades, "特批"))
    assert [error.text for error in refusal.value.errors] == [message]


def test_a_sixth_award_is_one_seat_too_many(engine: Engine) -> None:
    sectors = ["manufacturing", "manufacturing", "manufacturing", "services", "services", "health_education"]
    world = build(engine, [Entry(f"第{at}", (95 - 5 * at,) * 5, sector) for at, sector in enumerate(sectors)])
    propose(world)
    with pytest.raises(Invalid) as refusal:
        decide(world, grades={"第5": "award"}, deviations={"第5": "特批"})
    assert [(error.text, error.params["seats"], error.params["count"]) for error in refusal.value.errors] == [
        ("{grade} has {seats} seats; {count} were chosen.", 5, 6)
    ]


def test_who_has_no_total_gets_no_grade(engine: Engine) -> None:
    world = build(engine, [Entry("四张", (90,) * 4), *ENTRIES[:2]])
    propose(world)
    with pytest.raises(Invalid) as refusal:
        decide(world, grades={"四张": "award"}, deviations={"四张": "特批"})
    assert [error.text for error in refusal.value.errors] == ["{name} has no total by the rules and cannot be given a grade."]


def test_equals_whom_the_rules_take_together_may_be_decided(engine: Engine) -> None:
    entries = [Entry(f"第{at}", (90,) * 5, "services") for at in range(3)]
    world = build(engine, entries)
    with transaction(engine) as session:
        with_scheme(session, world.found(session), scoring={"cutoff": "include_all"})
    propose(world)
    decide(world)  # two seats of the sector, three equals
    assert {grade for grade, _ in decided(world).values()} == {"award"}


def test_seats_kept_for_a_sector_stay_vacant(engine: Engine) -> None:
    world = build(engine, ENTRIES[:4])
    with transaction(engine) as session:
        scheme = with_scheme(session, world.found(session))
        category = scheme.categories[0]
        award = replace(category.quotas[0], seats=4, per_sector={}, at_least_sector={"services": 1})
        with_scheme(session, world.found(session), categories=(replace(category, quotas=(award, category.quotas[1])),))
    propose(world)
    assert [grade for grade, _ in proposed(world)] == ["award", "award", "award", "nomination"]
    with pytest.raises(Invalid) as refusal:
        decide(world, grades={"制造四": "award"}, deviations={"制造四": "无服务业申报"})
    assert [(error.text, error.params["kept"]) for error in refusal.value.errors] == [
        ("{grade}: {kept} seats are kept for sectors that have fewer winners; they stay vacant.", 1)
    ]


def proposed(world: World) -> list[tuple[str, str]]:
    with transaction(world.engine) as session:
        return [(line.proposed_grade, line.proposed_reason) for line in session.scalars(select(ResultLine).order_by(ResultLine.rank))]


def test_seats_shared_by_all_categories(engine: Engine) -> None:
    world = build(
        engine, [Entry("组织", (80, 80), ""), Entry("个人", (80, 80), "", "individual")], scheme="anhui-province", at="notice"
    )
    with transaction(engine) as session:
        with_scheme(session, world.found(session), joint_seats={"award": 1})
    propose(world)
    propose(world, category="individual")
    decide(world)
    with pytest.raises(Invalid) as refusal:
        decide(world, category="individual")
    assert [(error.text, error.params["count"]) for error in refusal.value.errors] == [
        ("{grade} has {seats} seats for all categories together; {count} would be chosen.", 2)
    ]


def test_names_and_day_are_asked_for(engine: Engine) -> None:
    world = build(engine, ENTRIES)
    propose(world)
    with pytest.raises(Invalid) as refusal:
        decide(world, members=("", " "), held_on=DAY + timedelta(1))
    assert [error.field for error in refusal.value.errors] == ["held_on", "members"]


def test_nothing_is_decided_before_what_it_rests_on(any_engine: Engine) -> None:
    world = build(any_engine, ENTRIES)
    propose(world)
    with pytest.raises(Invalid) as refusal:
        decide(world, held_on=DAY - timedelta(1))
    assert [(error.text, error.params) for error in refusal.value.errors] == [(DECIDED_TOO_EARLY, {"day": DAY})]
    with transaction(any_engine) as session:
        round_, by = world.found(session), world.actors["office"].person_id
        held: dict[str, Any] = {"round_stage_id": round_.stages[4].id, "goes_on": True, "summary": "属实", "content": {}}
        for name, state, days in (("制造一", "confirmed", 3), ("制造二", "recorded", 5)):
            application = world.application(session, name).id
            session.add(PaperOutcome(
                **held, application_id=application, held_on=DAY + timedelta(days), state=state, recorded_by=by, recorded_at=make.NOW,
            ))  # fmt: skip
        session.flush()
        assert first_of_decision(session, round_, "organisation") == DAY + timedelta(3)
        assert first_of_decision(session, round_, "team") is None


def test_today_is_the_day_of_the_authority(engine: Engine) -> None:
    world = build(engine, ENTRIES)
    propose(world)
    # 00:30 in Beijing is still yesterday in UTC.
    decide(world, now=datetime(2026, 3, 3, 0, 30, tzinfo=ZoneInfo("Asia/Shanghai")), held_on=DAY + timedelta(1))


def test_a_decision_is_made_on_the_ranking_as_it_is(engine: Engine) -> None:
    world = build(engine, ENTRIES)
    propose(world)
    change_a_sheet(world, "制造四", 95)
    with pytest.raises(Conflict) as refusal:
        decide(world)
    assert refusal.value.code == "result.outdated"


def test_a_decision_is_made_on_the_newest_ranking(world: World) -> None:
    """Whoever still has the former one before him would give seats by figures that no longer hold."""
    former = propose(world)
    change_a_sheet(world, "制造四", 95)
    propose(world, "second")
    with transaction(world.engine) as session:
        seen = session.scalars(select(Proposal).where(Proposal.public_id == former)).one()
        act = partial(service.decide, session, world.actors["office"], world.found(session), seen, held_on=DAY, members=MEMBERS)
        with pytest.raises(Conflict) as refusal:
            act(grades={}, deviations={}, now=make.NOW)
    assert refusal.value.code == "result.newer_proposal"
    assert set(states(world).values()) == {"accepted"}
    assert decide(world)


def test_a_conflict_of_interest_keeps_out_of_the_result(engine: Engine) -> None:
    world = build(engine, ENTRIES)
    propose(world)
    office = world.actors["office"].person_id
    assert office is not None
    with transaction(engine) as session:
        session.add(
            ConflictOfInterest(
                person_id=office, application_id=world.application(session, "医院一").id, source="office", reason="亲属",
                declared_at=make.NOW,
            )
        )  # fmt: skip
    for act in (propose, decide):
        with pytest.raises(Conflict) as refusal:
            act(world)
        assert refusal.value.code == "result.conflicted"
    entered = enter_decision(world, "second")
    with pytest.raises(Conflict) as refusal:
        confirm_decision(world, entered, "office")
    assert refusal.value.code == "result.conflicted"


def test_a_failed_decision_leaves_nothing(engine: Engine) -> None:
    world = build(engine, ENTRIES)
    propose(world)
    with pytest.raises(Invalid):
        decide(world, members=())
    assert set(states(world).values()) == {"accepted"}
    with transaction(engine) as session:
        assert session.scalars(select(AwardDecision)).all() == []
    assert world.acts("proposal:") == ["result:proposed"]
