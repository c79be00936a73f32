"""The same act twice: who did it is answered with the first receipt, anybody else is told that it is done."""

from typing import TypeVar

from award.kernel.actor import Actor
from award.kernel.errors import Conflict

T = TypeVar("T")


def first_of(existing: T | None, by: int | None, actor: Actor, code: str, text: str) -> T | None:
    """What exists already, to the person who made it; None where nothing does. by: who made it. Raises Conflict."""
    if existing is not None and by != actor.person_id:
        raise Conflict(code, text)
    return existing
