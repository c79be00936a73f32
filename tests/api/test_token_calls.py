"""The limit on a token holds for all processes together, and costs a statement only now and then."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, select

from award.accounts.models import ApiToken
from award.accounts.token_calls import SHARED_EVERY, TokenCalls
from award.kernel.audit.trail import transaction
from award.kernel.errors import TooMany
from tests import make
from tests.api.asking import ALL, token_for
from tests.bench.statements import counted
from tests.conftest import StandingClock

FIVE = timedelta(minutes=5)
LIMIT = 100


@pytest.fixture
def token(any_engine: Engine, clock: StandingClock) -> int:
    with transaction(any_engine) as session:
        person = make.person(session).id
    token_for(any_engine, person, ALL)
    with transaction(any_engine) as session:
        return session.scalars(select(ApiToken.id)).one()


def read(engine: Engine, token: int) -> ApiToken:
    """The token as a request reads it."""
    with transaction(engine) as session:
        return session.get_one(ApiToken, token)


def let_through(process: TokenCalls, engine: Engine, token: int, clock: StandingClock, tries: int) -> int:
    count = 0
    for _ in range(tries):
        try:
            process.take(engine, read(engine, token), clock.now)
        except TooMany:
            continue
        count += 1
    return count


def test_one_process_lets_exactly_the_limit_through(any_engine: Engine, token: int, clock: StandingClock) -> None:
    process = TokenCalls(LIMIT, FIVE)
    assert let_through(process, any_engine, token, clock, LIMIT + 30) == LIMIT
    assert (read(any_engine, token).calls, read(any_engine, token).calls_since) == (LIMIT, make.NOW)


def test_several_processes_share_it(any_engine: Engine, token: int, clock: StandingClock) -> None:
    """Each may have let through what it has not told yet: at most 19 of the next 20."""
    processes = [TokenCalls(LIMIT, FIVE) for _ in range(4)]
    passed = sum(let_through(one, any_engine, token, clock, 1) for _ in range(LIMIT) for one in processes)
    assert LIMIT <= passed <= LIMIT + len(processes) * (SHARED_EVERY - 1)
    late = TokenCalls(LIMIT, FIVE)
    assert let_through(late, any_engine, token, clock, 5) == 0, "a process that begins later knows what the others let through"


def test_at_the_same_moment_none_is_lost(any_engine: Engine, token: int, clock: StandingClock) -> None:
    processes, start = [TokenCalls(10_000, FIVE) for _ in range(4)], Barrier(4)

    def ask(process: TokenCalls) -> None:
        start.wait()
        let_through(process, any_engine, token, clock, 3 * SHARED_EVERY)

    threads = [Thread(target=ask, args=(one,)) for one in processes]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert read(any_engine, token).calls == 4 * 3 * SHARED_EVERY


def test_a_window_ends_for_all_of_them(any_engine: Engine, token: int, clock: StandingClock) -> None:
    first, second = TokenCalls(LIMIT, FIVE), TokenCalls(LIMIT, FIVE)
    let_through(first, any_engine, token, clock, LIMIT)
    clock.forward(minutes=4, seconds=59)
    with pytest.raises(TooMany) as refused:
        second.take(any_engine, read(any_engine, token), clock.now)
    assert refused.value.params == {"minutes": 1}
    clock.forward(seconds=1)
    assert let_through(second, any_engine, token, clock, LIMIT + 30) == LIMIT
    assert read(any_engine, token).calls_since == clock.now


def test_a_window_begins_with_the_first_request_not_with_the_first_that_was_told(
    any_engine: Engine, token: int, clock: StandingClock
) -> None:
    process = TokenCalls(LIMIT, FIVE)
    for _ in range(SHARED_EVERY):
        let_through(process, any_engine, token, clock, 1)
        clock.forward(seconds=2)
    assert read(any_engine, token).calls_since == make.NOW


def test_what_was_not_told_is_forgotten_with_its_window(any_engine: Engine, token: int, clock: StandingClock) -> None:
    process = TokenCalls(LIMIT, FIVE)
    let_through(process, any_engine, token, clock, SHARED_EVERY - 1)
    clock.forward(minutes=5)
    let_through(process, any_engine, token, clock, 1)
    assert read(any_engine, token).calls == 0


def test_another_token_is_not_counted(any_engine: Engine, token: int, clock: StandingClock) -> None:
    process = TokenCalls(LIMIT, FIVE)
    let_through(process, any_engine, token, clock, LIMIT)
    with transaction(any_engine) as session:
        person = make.person(session).id
    token_for(any_engine, person, ALL)
    with transaction(any_engine) as session:
        other = session.scalars(select(ApiToken.id).where(ApiToken.id != token)).one()
    assert let_through(process, any_engine, other, clock, 3) == 3


def test_a_statement_is_asked_once_in_twenty_requests(any_engine: Engine, token: int, clock: StandingClock) -> None:
    process, row = TokenCalls(LIMIT, FIVE), read(any_engine, token)
    with counted(any_engine) as said:
        for _ in range(3 * SHARED_EVERY - 1):
            process.take(any_engine, row, clock.now)
    assert [one.partition(" SET")[0] for one in said if "api_token" in one] == ["UPDATE api_token"] * 2
