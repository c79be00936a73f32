"""Browsers of the people of a judged round."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.applications.browsing import Visitor
from tests.conftest import StandingClock
from tests.results.judged import World, build
from tests.results.test_deciding import ENTRIES

As = Callable[[str], Visitor]


@pytest.fixture
def here(engine: Engine, clock: StandingClock) -> World:
    """A round in its notice stage with all sheets in, on a clock that shows NOW."""
    return build(engine, ENTRIES)


@pytest.fixture
def as_(client: Any, here: World) -> As:
    """Somebody's browser, by the name of his role in the world."""
    return lambda who: Visitor(client, here.cookies[who])
