from typing import Any

import pytest
from sqlalchemy import Engine

from tests.office.desk import Desk, build


@pytest.fixture
def desk(engine: Engine, clock: Any) -> Desk:
    return build(engine)
