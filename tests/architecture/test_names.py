"""The names of acts and events: alphabetical, `thing:verb`, each once."""

import re
from enum import StrEnum

import pytest

from award.kernel.actor import Action
from award.kernel.events import Event


@pytest.mark.parametrize("names", [Action, Event])
def test_alphabetical(names: type[StrEnum]) -> None:
    keys = [name.split("_") for name in names.__members__]
    assert keys == sorted(keys)


@pytest.mark.parametrize("names", [Action, Event])
def test_thing_and_verb(names: type[StrEnum]) -> None:
    assert [one.value for one in names if not re.fullmatch(r"[a-z_]+:[a-z_]+", one.value)] == []


@pytest.mark.parametrize("names", [Action, Event])
def test_each_once(names: type[StrEnum]) -> None:
    assert list(names.__members__) == [one.name for one in names]
