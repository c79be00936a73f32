"""What a check answers with."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.orm import Session

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Found:
    """How many things a check looked at, how many of them offend, and the first of these in words."""

    looked: int
    offences: int = 0
    first: str = ""


@dataclass(frozen=True)
class Invariant:
    """One thing that must hold. says: as a sentence."""

    name: str
    says: str
    check: Callable[[Session], Found]


def among(things: Iterable[Thing], offence: Callable[[Thing], str]) -> Found:
    """Looks at every thing. offence: what is wrong with one, "" for nothing."""
    looked, told = 0, []
    for one in things:
        looked += 1
        if said := offence(one):
            told.append(said)
    return Found(looked, len(told), told[0] if told else "")
