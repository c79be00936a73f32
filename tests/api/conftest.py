"""A round that is judged, and programs of the people in it."""

from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from award.kernel.actor import Actor, TokenScope
from tests.api.asking import ALL, Program, token_for
from tests.conftest import StandingClock
from tests.judging import world as worlds
from tests.judging.world import World
from tests.lasting import app_on

As = Callable[..., Program]


@pytest.fixture
def api(engine: Engine) -> Iterator[TestClient]:
    with TestClient(app_on(engine), base_url="http://localhost", follow_redirects=False, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def world(engine: Engine, clock: StandingClock) -> World:
    return worlds.build(engine, applications=2, judges=6)


@pytest.fixture
def program(world: World, api: TestClient) -> As:
    """A program of one of the people."""

    def made(actor: Actor, scopes: frozenset[TokenScope] = ALL) -> Program:
        return Program(api, token_for(world.engine, actor.person_id, scopes))

    return made
