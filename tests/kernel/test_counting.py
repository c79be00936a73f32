"""What a number counts agrees with it."""

import pytest

from award.kernel.counting import counted


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 streams"), (1, "1 stream"), (2, "2 streams"), (21, "21 streams"), (101, "101 streams")]
)
def test_one_is_singular_and_all_else_plural(number: int, said: str) -> None:
    assert counted(number, "stream") == said
