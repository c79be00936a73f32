"""Rubric files that are not taken: line and column, in words; and how many causes all tables have together."""

import pytest

from award.regulations.faults import RuleFaults
from award.regulations.loader import load_criteria
from tests.bad_input.files_table import BOOKS, UPLOADS
from tests.bad_input.requests_table import REQUESTS
from tests.bad_input.rules_table import RULES
from tests.bad_input.test_forms import ROWS
from tests.regulations.samples import CRITERIA

LEAST = 300
"""Source: issue 3, "Bad input"."""


@pytest.mark.parametrize(("cause", "old", "new", "line", "column", "words"), RULES, ids=lambda value: str(value)[:40])
def test_said_where_it_stands(cause: str, old: str, new: str, line: int, column: int, words: str) -> None:
    assert CRITERIA.count(old) >= 1, cause
    with pytest.raises(RuleFaults) as caught:
        load_criteria(CRITERIA.replace(old, new, 1), "small")
    said = {(one.line, one.column): one.message for one in caught.value.faults}
    assert words in said.get((line, column), ""), said


def test_at_least_three_hundred_different_causes() -> None:
    causes = [
        *(row[0] for _, row in ROWS), *(one.cause for one in REQUESTS), *(one.cause for one in UPLOADS),
        *(row[0] for row in BOOKS), *(row[0] for row in RULES),
    ]  # fmt: skip
    assert len(causes) == len(set(causes)), [one for one in causes if causes.count(one) > 1]
    assert len(causes) >= LEAST
