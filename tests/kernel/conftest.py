"""What the tests of the kernel are given besides."""

import pytest
from sqlalchemy import Engine

from award.kernel import db
from award.kernel.documents import models as documents
from award.kernel.mail import models as mail

assert documents
assert mail


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """Until the first migration is written: the tables as the models have them."""
    with engine.execution_options(writes=True).begin() as connection:
        db.Base.metadata.create_all(connection)
    return engine
