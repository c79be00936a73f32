"""The time acts are judged by: real, or a demonstration's, which can be moved forward and nothing else."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from award.kernel import clock as clocks
from award.kernel import db
from award.kernel.audit.trail import transaction
from award.kernel.clock import Installation
from tests.conftest import StandingClock

DAY = timedelta(days=1)


def install(engine: Engine, *, is_demonstration: bool) -> None:
    with transaction(engine) as session:
        session.add(Installation(id=1, is_demonstration=is_demonstration, clock_offset_seconds=0))


def shown(engine: Engine) -> datetime:
    with db.reading(engine) as session:
        return clocks.now(session)


def move(engine: Engine, by: timedelta) -> datetime:
    with transaction(engine) as session:
        return clocks.move_forward(session, by)


def test_real_time_is_aware_and_utc() -> None:
    before = datetime.now(UTC)
    assert before <= clocks.real_now() <= datetime.now(UTC)
    assert clocks.real_now().utcoffset() == timedelta()


@pytest.mark.parametrize("installed", [False, True])
def test_a_live_clock_is_real_and_cannot_be_moved(any_engine: Engine, clock: StandingClock, installed: bool) -> None:
    if installed:
        install(any_engine, is_demonstration=False)
    assert shown(any_engine) == clock.now
    with pytest.raises(ValueError, match="only the clock of a demonstration"):
        move(any_engine, DAY)
    with db.reading(any_engine) as session:
        assert clocks.offset(session) is None


def test_a_demonstrations_clock_moves_forward_and_ticks(any_engine: Engine, clock: StandingClock) -> None:
    install(any_engine, is_demonstration=True)
    assert shown(any_engine) == clock.now
    assert move(any_engine, 5 * DAY) == clock.now + 5 * DAY
    assert shown(any_engine) == clock.now + 5 * DAY
    clock.forward(minutes=1)
    assert shown(any_engine) == clock.now + 5 * DAY
    assert move(any_engine, DAY) == clock.now + 6 * DAY


@pytest.mark.parametrize("by", [timedelta(), -DAY])
def test_it_cannot_go_back(engine: Engine, clock: StandingClock, by: timedelta) -> None:
    install(engine, is_demonstration=True)
    with pytest.raises(ValueError, match="only be moved forward"):
        move(engine, by)
    assert shown(engine) == clock.now


def test_an_undone_move_is_undone(engine: Engine, clock: StandingClock) -> None:
    install(engine, is_demonstration=True)
    with db.session_on(engine, writes=True) as session:
        clocks.move_forward(session, DAY)
    assert shown(engine) == clock.now


def test_time_is_taken_after_the_turn_has_come(engine: Engine) -> None:
    """Whoever waits for another writer past a deadline is late."""
    install(engine, is_demonstration=True)
    taken: list[datetime] = []
    waiting = threading.Event()

    def ask() -> None:
        with transaction(engine) as session:
            waiting.set()
            taken.append(clocks.now(session))

    with transaction(engine) as session:
        session.execute(text("SELECT 1"))
        other = threading.Thread(target=ask)
        other.start()
        waiting.wait(5)
        time.sleep(0.2)
        still_before = clocks.real_now()
    other.join()
    assert taken[0] >= still_before


def test_there_is_one_installation(any_engine: Engine) -> None:
    with pytest.raises(Exception, match=r"(?i)check constraint"), transaction(any_engine) as session:
        session.add(Installation(id=2, is_demonstration=True, clock_offset_seconds=0))
