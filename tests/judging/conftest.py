"""The world of judging, on the databases a test asks for."""

import pytest
from sqlalchemy import Engine

from tests.conftest import StandingClock
from tests.judging import world as worlds
from tests.judging.world import World


@pytest.fixture
def world(engine: Engine, clock: StandingClock) -> World:
    """One application with a panel of five who have signed, in the scoring stage; the clock stands at make.NOW."""
    return worlds.build(engine)
