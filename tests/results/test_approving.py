"""The approval is entered by one person and binds once another has confirmed it; until the publication it can be put right."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update

from award.invariants import people, told
from award.invariants.telling import as_told
from award.kernel.audit.trail import transaction
from award.kernel.errors import Conflict, Invalid, Refused
from award.office.checks import Here, approval_recorded
from award.results import queries
from award.results.models import Approval, Objection
from award.results.service import approving
from tests import make
from tests.results.acts import (
    approve,
    confirm_answer,
    confirm_approval,
    enter_approval,
    examine,
    object_to,
    publish,
    to_notice,
    to_publication,
)
from tests.results.judged import Entry, World, build

ENTRIES = [Entry("制造一", (90,) * 5), Entry("服务一", (70,) * 5, "services")]


@pytest.fixture
def world(any_engine: Engine) -> World:
    """On notice, on both databases."""
    world = build(any_engine, ENTRIES)
    to_notice(world)
    return world


def versions(world: World) -> list[tuple[int, str]]:
    with transaction(world.engine) as session:
        return [(one.number, one.state) for one in session.scalars(select(Approval).order_by(Approval.number))]


def missing(world: World) -> list[str]:
    with transaction(world.engine) as session:
        return [one.text for one in approval_recorded(Here(session, world.found(session), make.NOW))]


def test_one_enters_it_and_another_puts_it_in_force(world: World) -> None:
    entered = enter_approval(world)
    assert enter_approval(world) == entered
    assert missing(world) == ["The approval waits for a second person"]
    with transaction(world.engine) as session:
        assert queries.approval_of(session, world.found(session).id) is None
        assert make.asked(session)[-1] == (world.actors["second"].public_id, "批准", "")
    with pytest.raises(Refused) as refusal:
        confirm_approval(world, entered, "office")
    assert (refusal.value.code, refusal.value.text) == ("approval.same_person", approving.SAME_PERSON)
    assert confirm_approval(world, entered) == confirm_approval(world, entered) == "in_force"
    assert (versions(world), missing(world)) == ([(1, "in_force")], [])
    assert world.acts("approval:") == ["approval:recorded", "approval:confirmed"]


def test_a_draft_is_changed_or_withdrawn(world: World) -> None:
    former = enter_approval(world)
    later = enter_approval(world, "second", number="云政发〔2026〕28号")
    with pytest.raises(Conflict) as over:
        confirm_approval(world, former)
    assert over.value.code == "approval.over"
    with transaction(world.engine) as session:
        round_ = world.found(session)
        for by in ("second", "office"):
            approving.drop_approval(session, world.actors[by], round_, queries.approval_for(session, round_, later), make.NOW)
    assert versions(world) == [(1, "dropped"), (2, "dropped")]
    assert missing(world) == ["The approval has not been recorded"]


def test_a_slip_is_put_right_until_the_publication(world: World) -> None:
    approve(world)
    with pytest.raises(Invalid) as unsaid:
        enter_approval(world, number="云政发〔2026〕28号")
    with pytest.raises(Invalid) as unchanged:
        enter_approval(world, reason="文号有误")
    assert [one.field for refusal in (unsaid, unchanged) for one in refusal.value.errors] == ["reason", "approved_on"]
    corrected = enter_approval(world, "second", number="云政发〔2026〕28号", reason="文号有误")
    with pytest.raises(Conflict) as waits:
        publish(world)
    assert waits.value.code == "result.approval_waiting"
    assert confirm_approval(world, corrected, "office") == "in_force"  # the round stands in its publication now
    assert versions(world) == [(1, "replaced"), (2, "in_force")]
    with transaction(world.engine) as session:
        found = queries.approval_of(session, world.found(session).id)
        assert found is not None
        assert found.document_number == "云政发〔2026〕28号"
        assert [check(session).offences for check in (people.two_persons, as_told(*told.RESULTS))] == [0, 0]


def test_what_was_published_stays_approved_as_it_was(engine: Engine) -> None:
    world = build(engine, ENTRIES)
    to_publication(world)
    with pytest.raises(Conflict) as published:
        enter_approval(world, number="云政发〔2026〕28号", reason="文号有误")
    assert published.value.code == "approval.published"


def test_an_answer_that_came_later_is_seen_by_the_second_person(engine: Engine) -> None:
    world = build(engine, ENTRIES)
    to_notice(world)
    objection = object_to(world)
    examine(world, objection)
    confirm_answer(world, objection)
    entered = enter_approval(world)
    with transaction(engine) as session:
        session.execute(update(Objection).values(answered_at=make.NOW + timedelta(2)))
    with pytest.raises(Conflict) as outdated:
        confirm_approval(world, entered)
    assert outdated.value.code == "approval.outdated"
