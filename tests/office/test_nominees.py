"""Where an organisation enters an individual beside itself, lists and letters tell the two apart by the individual's name."""

import pytest
from sqlalchemy import Engine, select

from award.accounts.models import Person
from award.applications.listing import Filters, list_for_office
from award.kernel.actor import Role
from award.kernel.audit.trail import transaction
from award.messages.groups import GROUPS
from award.messages.queries.receivers import receivers_of
from award.messages.queries.reminding import open_reminders
from award.messages.reminders import REMINDERS
from award.office.exports.asked import Asked
from award.office.exports.service import EXPORTS
from award.office.queries import Wanted, lines_of
from award.standing.models import Assignment
from tests import make
from tests.conftest import StandingClock
from tests.results.judged import Entry, World, build

BOTH = {"重工", "钱伟（轴承厂）"}


@pytest.fixture
def world(any_engine: Engine, clock: StandingClock) -> World:
    """Jiangsu: an organisation, and an individual of another."""
    world = build(any_engine, [Entry("重工"), Entry("轴承厂", category="individual")], scheme="jiangsu-governor", at="score")
    with transaction(any_engine) as session:
        application = world.application(session, "轴承厂")
        application.profile = {**application.profile, "nominee": "钱伟"}
    return world


def test_the_office_finds_him_by_his_name(world: World) -> None:
    office = world.actors["office"]
    with transaction(world.engine) as session:
        round_ = world.found(session)
        assert {one.name for one in list_for_office(session, office, round_, Filters()).rows} == BOTH
        for wanted in ("钱伟", "轴承"):
            listed = list_for_office(session, office, round_, Filters(search=wanted))
            assert ([one.name for one in listed.rows], listed.total) == (["钱伟（轴承厂）"], 1)
            lines, total = lines_of(session, office, round_, Wanted(search=wanted), 1)
            assert ([one.application.entrant for one in lines], total) == (["钱伟（轴承厂）"], 1)


def test_the_export_of_the_sheets_names_him(world: World) -> None:
    with transaction(world.engine) as session:
        asked = Asked(session, world.actors["office"], "zh", make.NOW, {"round": world.round, "category": "individual"})
        assert {row[0] for row in EXPORTS["sheets"].make(asked).table.rows} == {"钱伟（轴承厂）"}


def test_mailings_and_reminders_name_him(world: World) -> None:
    with transaction(world.engine) as session:
        round_ = world.found(session)
        for leader in session.scalars(select(Person).join(Assignment, Assignment.person_id == Person.id).where(Assignment.is_leader)):
            make.grant(session, leader, Role.JUDGE, make.Scope.ROUND, round_.id)
        told = receivers_of(session, world.actors["office"], round_, GROUPS["accepted"], make.NOW)
        assert {name for one in told for name in one.values["organisation"].split("、")} == BOTH
        reminded = open_reminders(session, round_, REMINDERS["report"], make.NOW)
        assert {name for one in reminded for name in one.items} == BOTH
