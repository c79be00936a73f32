"""Judges are written to when they are given applications: one letter for what was given in a few minutes."""

import json
from typing import Any

import pytest
from sqlalchemy import Engine, select

from award import worker
from award.kernel import clock as clocks
from award.kernel.audit.trail import transaction
from award.kernel.mail.models import Message
from award.kernel.mail.writing import write
from award.panels import service
from award.panels.service.telling import COLLECTED
from award.panels.tasks import TELL_JUDGE
from tests import make
from tests.conftest import StandingClock
from tests.judging import world as worlds
from tests.judging.world import World


def letters(world: World, judge: int) -> list[Any]:
    with transaction(world.engine) as session:
        query = select(Message).where(Message.person_id == world.judges[judge].person_id).order_by(Message.id)
        return [(one.template, json.loads(one.context)["organisations"]) for one in session.scalars(query)]


def work(world: World, clock: StandingClock) -> None:
    """The worker a little later."""
    clock.forward(seconds=int(COLLECTED.total_seconds()) + 1)
    worker.run(world.engine, [TELL_JUDGE], once=True)


@pytest.mark.both_databases
def test_one_letter_names_all_new_applications_once(any_engine: Engine, clock: StandingClock) -> None:
    world = worlds.build(any_engine, applications=3)
    worker.run(world.engine, [TELL_JUDGE], once=True)
    # Nothing is written while panels are being made.
    assert letters(world, 1) == []
    with transaction(world.engine) as session:
        world.application(session, 2).state = "withdrawn"
        seat = world.seat(session, 1, 4)
        service.declare_conflict(session, world.judges[4], world.application(session, 1), seat, "顾问", make.NOW)
    work(world, clock)
    assert letters(world, 1) == [("judge_assigned", list(worlds.APPLICANTS[:2]))]
    # A seat that has ended is not spoken of.
    assert letters(world, 4) == [("judge_assigned", [worlds.APPLICANTS[0]])]
    work(world, clock)
    assert len(letters(world, 1)) == 1


@pytest.mark.both_databases
def test_a_substitute_named_while_judges_score_is_written_to_at_once(any_engine: Engine, clock: StandingClock) -> None:
    world = worlds.build(any_engine, applications=2)
    work(world, clock)
    with transaction(world.engine) as session:
        for at in (0, 1):
            seat = world.seat(session, at, 4)
            service.declare_conflict(session, world.judges[4], world.application(session, at), seat, "顾问", make.NOW)
    worlds.replace(world, 4, 5, at=0, now=clocks.real_now())
    # No worker has run and no minute has passed.
    assert letters(world, 5) == [("judge_substitute", [worlds.APPLICANTS[0]])]
    worlds.replace(world, 4, 5, at=1, now=clocks.real_now())
    # A second seat in the same minutes is a letter of its own, and a worker later repeats neither.
    work(world, clock)
    assert letters(world, 5) == [("judge_substitute", [one]) for one in worlds.APPLICANTS[:2]]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("template", ["judge_assigned", "judge_substitute"])
def test_the_letter_names_organisations_and_nothing_else_of_them(template: str, language: str) -> None:
    context = {"name": "周敏", "round": "第六届", "organisations": ["甲公司", "乙医院"], "closes_at": "", "address": "https://a.example/review"}
    letter = write(template, context, language)
    assert "- 甲公司\n- 乙医院" in letter.body
    assert "https://a.example/review" in letter.body
    assert "甲公司" not in letter.subject
