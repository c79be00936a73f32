"""A later end of applications: who has a draft is written to, each person once per decision."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from award.accounts.models import Person
from award.kernel.audit.trail import transaction
from award.kernel.errors import Refused
from award.kernel.mail.models import Message
from tests import make
from tests.applications.world import World, build
from tests.office.dating import extended

TEMPLATE = "applications_extended"


@pytest.fixture
def world(any_engine: Engine) -> World:
    """A round that takes applications, with one draft."""
    made = build(any_engine)
    with transaction(any_engine) as session:
        session.get_one(Person, made.owner.person_id).email = "owner@example.cn"
    return made


def later(world: World, days: int, by: str = "office") -> None:
    with transaction(world.engine) as session:
        end = make.NOW + timedelta(30 + days)
        extended(session, getattr(world, by), world.found(session).round, end)


def letters(world: World) -> list[Message]:
    with transaction(world.engine) as session:
        return list(session.scalars(select(Message).where(Message.template == TEMPLATE).order_by(Message.id)))


def test_the_contact_of_a_draft_is_written_to_once_for_each_extension(world: World) -> None:
    for days in (2, 5):
        later(world, days)
    first, second = letters(world)
    assert (first.address, second.address) == ("owner@example.cn", "owner@example.cn")
    assert (first.person_id, first.about) == (world.owner.person_id, f"application:{world.application}")
    said = json.loads(first.context)
    assert (said["reason"], said["address"].rpartition("/")[2]) == ("台风停工", "apply")
    assert said["before"] != said["until"] == json.loads(second.context)["before"]


def test_who_has_submitted_is_not_written_to(world: World) -> None:
    with transaction(world.engine) as session:
        world.found(session).state = "submitted"
    later(world, 2)
    assert letters(world) == []


def test_another_stage_that_ends_later_concerns_no_draft(world: World) -> None:
    world.stage("accept")
    with transaction(world.engine) as session:
        stage = world.dates(session)
        assert stage.closes_at is not None
        extended(session, world.office, world.found(session).round, stage.closes_at + timedelta(1))
    assert letters(world) == []


def test_nobody_is_written_to_where_the_extension_is_refused(world: World) -> None:
    with pytest.raises(Refused):
        later(world, 2, by="supervisor")
    assert letters(world) == []
