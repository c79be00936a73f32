"""A decision is entered by one person and binds once another has confirmed it; until the notice it can be put right."""

import pytest
from sqlalchemy import Engine, select

from award.invariants import people, results, told
from award.invariants.telling import as_told
from award.kernel.audit.trail import transaction
from award.kernel.errors import Conflict, Invalid, Refused
from award.kernel.mail.models import Message
from award.results import queries
from award.results.models import AwardDecision
from award.results.service import confirming
from tests import make
from tests.results.acts import MEMBERS, confirm_decision, decide, enter_decision, propose, put_on_notice, to_notice
from tests.results.judged import Entry, World, build

ENTRIES = [Entry("制造一", (90,) * 5), Entry("制造二", (85,) * 5), Entry("服务一", (70,) * 5, "services")]


@pytest.fixture
def world(any_engine: Engine) -> World:
    """A round in its notice stage with its ranking proposed; on both databases."""
    world = build(any_engine, ENTRIES)
    propose(world)
    return world


def versions(world: World) -> list[tuple[int, str]]:
    with transaction(world.engine) as session:
        return [(one.number, one.state) for one in session.scalars(select(AwardDecision).order_by(AwardDecision.number))]


def states(world: World) -> set[str]:
    with transaction(world.engine) as session:
        return {world.application(session, name).state for name in world.applications}


def drop(world: World, decision: str, by: str = "office") -> None:
    with transaction(world.engine) as session:
        round_ = world.found(session)
        found = queries.decision_for(session, round_, decision)
        confirming.drop_decision(session, world.actors[by], round_, found, make.NOW)


def code_of(caught: pytest.ExceptionInfo[Conflict]) -> str:
    return caught.value.code


def test_what_one_person_entered_binds_nobody(world: World) -> None:
    entered = enter_decision(world)
    assert enter_decision(world) == entered
    assert (versions(world), states(world)) == ([(1, "waiting")], {"accepted"})
    with transaction(world.engine) as session:
        letters = session.scalars(select(Message).where(Message.template == "second_person")).all()
        assert [one.person_id for one in letters] == [world.actors["second"].person_id]
        assert queries.undecided(session, world.found(session)) == {"organisation"}
    with pytest.raises(Conflict) as undecided:
        put_on_notice(world)
    assert code_of(undecided) == "notice.undecided"


def test_who_entered_it_does_not_confirm_it_and_is_told_what_to_do(world: World) -> None:
    entered = enter_decision(world)
    with pytest.raises(Refused) as refusal:
        confirm_decision(world, entered, "office")
    assert (refusal.value.code, refusal.value.text) == ("decision.same_person", confirming.SAME_PERSON)
    assert versions(world) == [(1, "waiting")]


def test_another_person_puts_it_in_force_once(world: World) -> None:
    entered = enter_decision(world)
    assert confirm_decision(world, entered) == confirm_decision(world, entered) == "in_force"
    assert (versions(world), states(world)) == ([(1, "in_force")], {"candidate"})
    assert world.acts("decision:") == ["result:decided", "result:decision_confirmed"]


def test_a_draft_is_entered_anew_and_the_former_cannot_be_confirmed(world: World) -> None:
    """Whoever enters the later version is its first person: his colleague confirms it, though he entered the former."""
    former = enter_decision(world)
    later = enter_decision(world, "second", members=("李梅",))
    assert versions(world) == [(1, "dropped"), (2, "waiting")]
    with pytest.raises(Conflict) as over:
        confirm_decision(world, former)
    assert code_of(over) == "decision.over"
    assert confirm_decision(world, later, "office") == "in_force"
    with transaction(world.engine) as session:
        assert session.scalars(select(AwardDecision.members).order_by(AwardDecision.number)).all() == [list(MEMBERS), ["李梅"]]


def test_a_draft_is_withdrawn_and_stays_readable(world: World) -> None:
    entered = enter_decision(world)
    drop(world, entered)
    drop(world, entered, "second")
    assert versions(world) == [(1, "dropped")]
    assert world.acts("decision:") == ["result:decided", "result:decision_dropped"]
    propose(world)
    confirmed = decide(world)
    with pytest.raises(Conflict) as over:
        drop(world, confirmed)
    assert code_of(over) == "decision.over"


def test_a_slip_in_a_decision_in_force_is_put_right_before_the_notice(world: World) -> None:
    decide(world, deviations={"制造二": "近期发生事故"}, grades={"制造二": ""})
    with pytest.raises(Invalid) as unsaid:
        enter_decision(world, members=("李梅",))
    with pytest.raises(Invalid) as unchanged:
        enter_decision(world, reason="名单有误", deviations={"制造二": "近期发生事故"}, grades={"制造二": ""})
    assert [one.field for refusal in (unsaid, unchanged) for one in refusal.value.errors] == ["reason", "held_on"]
    corrected = enter_decision(world, "second", reason="名单有误", members=("李梅",))
    assert versions(world) == [(1, "in_force"), (2, "waiting")]
    with pytest.raises(Conflict) as waits:
        put_on_notice(world)
    assert code_of(waits) == "notice.decision_waiting"
    confirm_decision(world, corrected, "office")
    assert (versions(world), states(world)) == ([(1, "replaced"), (2, "in_force")], {"candidate"})
    with transaction(world.engine) as session:
        lines = [line for lines in queries.decided_lines(session, world.found(session)).values() for line in lines]
        assert {line.deviation for line in lines} == {""}
        assert [check(session).offences for check in (people.two_persons, results.lines_as_decided, as_told(*told.RESULTS))] == [0, 0, 0]


def test_on_notice_a_decision_is_corrected_no_more(engine: Engine) -> None:
    world = build(engine, ENTRIES)
    to_notice(world)
    with pytest.raises(Conflict) as decided:
        enter_decision(world, "second", reason="名单有误", members=("李梅",))
    assert code_of(decided) == "result.decided"


def test_minutes_stay_with_the_next_version(engine: Engine) -> None:
    world = build(engine, ENTRIES)
    propose(world)
    with transaction(engine) as session:
        minutes = make.stored_file(session)
    enter_decision(world, file_id=minutes)
    enter_decision(world, members=("李梅",))
    with transaction(engine) as session:
        assert session.scalars(select(AwardDecision.file_id)).all() == [minutes, minutes]
