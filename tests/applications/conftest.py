"""The world of applications, on the databases a test asks for."""

import pytest
from sqlalchemy import Engine

from tests.applications import world as worlds
from tests.applications.world import World
from tests.conftest import StandingClock


@pytest.fixture
def world(engine: Engine, clock: StandingClock) -> World:
    """A draft in the apply stage; the clock stands at make.NOW."""
    return worlds.build(engine)


@pytest.fixture
def sent(world: World) -> World:
    """The same, submitted."""
    return worlds.submitted(world)
