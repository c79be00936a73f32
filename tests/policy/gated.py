"""A round in which one gate is open and one is closed, with values that give themselves away."""

from sqlalchemy import Engine

from award.judging import service
from award.judging.service import Comment, Entry
from award.kernel.audit.trail import transaction
from tests import make
from tests.judging import world as worlds
from tests.judging.world import World
from tests.policy.doors import give_tokens

MARKS = (35, 45, 55, 75)
"""What four of five judges gave to every item but the first, to which they gave 5 more: 5% of its 50 points is 2.5."""
TOTALS = ("352.5", "452.5", "552.5", "752.5", "527.5", "502.5")
"""And what they would make together: the mean of all, and the middle."""
SECRET = "独见之明"
"""Stands in every comment, with the judge's number."""


def build(engine: Engine) -> World:
    """Two applications: of the first four sheets are in and one is open; of the second all are in."""
    world = worlds.build(engine, applications=2, judges=6)
    for judge, percent in enumerate(MARKS):
        _score(world, 0, judge, percent)
    _give_back(world)
    _score(world, 0, 4, 85, submit=False)
    for judge in range(5):
        _score(world, 1, judge, 60 + 5 * judge)
    give_tokens(engine, world.cookies)
    return world


def _give_back(world: World) -> None:
    """The first sheet was returned and came in again as it was: the list of returns has totals to hide."""
    with transaction(world.engine) as session:
        service.return_sheet(session, world.office, world.application(session), worlds.sheet(session, world, 0, 0), "请补充", make.NOW)
    worlds.submit(world, 0, 0)


def _score(world: World, at: int, judge: int, percent: int, *, submit: bool = True) -> None:
    with transaction(world.engine) as session:
        found = world.application(session, at)
        for place, item in enumerate(worlds.criteria(session, found).items()):
            comment = Comment(f"s{item.key}", "strength", "++", f"{SECRET}{at}{judge}")
            entry = Entry(percent if place else percent + 5, {}, (comment,), f"{SECRET}{at}{judge}")
            service.save_item(session, world.judges[judge], found, world.seat(session, at, judge), item.key, entry, 0, make.NOW)
    if submit:
        worlds.submit(world, at, judge)
