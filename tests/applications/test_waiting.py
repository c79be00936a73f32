"""Who waits for another's act is judged by the time at which his turn has come."""

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from award.applications import service
from award.kernel import clock as award_clock
from award.kernel import db
from award.kernel.audit.trail import transaction
from award.kernel.errors import AwardError
from tests.applications import world as worlds
from tests.applications.world import World
from tests.conftest import StandingClock


@pytest.fixture
def world(any_engine: Engine, clock: StandingClock) -> World:
    return worlds.build(any_engine)


@pytest.mark.parametrize(("early", "outcome"), [(timedelta(seconds=11), "saved"), (timedelta(seconds=10), "stage.over")])
def test_a_deadline_that_passes_while_one_waits(world: World, clock: StandingClock, early: timedelta, outcome: str) -> None:
    """The lock is held for ten seconds of the clock; the deadline itself is already too late."""
    with transaction(world.engine) as session:
        closes_at = world.dates(session).closes_at
        round_id = world.found(session).round_id
    assert closes_at is not None
    clock.now = closes_at - early
    outcomes: list[str] = []
    begun = threading.Event()

    def save() -> None:
        begun.set()
        try:
            with transaction(world.engine) as session:
                found = world.found(session)
                now = award_clock.now(session)
                service.save_answer(session, world.owner, found, "4.1.2", "写到最后一刻", True, 0, now)
            outcomes.append("saved")
        except AwardError as error:
            outcomes.append(error.code)

    with transaction(world.engine) as session:
        world.found(session)
        db.lock_row(session, "round", round_id, exclusive=True)
        waiting = threading.Thread(target=save)
        waiting.start()
        begun.wait()
        time.sleep(0.5)
        clock.forward(seconds=10)
    waiting.join()
    assert outcomes == [outcome]
