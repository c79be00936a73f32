"""The people whom a record on paper names, against those the system knows: each sentence, and through the form."""

from dataclasses import replace
from datetime import date

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select

from award.applications.models import PaperOutcome
from award.kernel.actor import Role, Scope
from award.kernel.audit.trail import transaction
from award.kernel.errors import FieldError, Invalid
from award.kernel.files.models import StoredFile
from award.office.outcome_entry import Entry
from award.office.outcome_kinds import Consensus, Deliberation
from award.office.outcome_people import faults_of_panel
from award.office.outcomes import record_outcome
from award.panels import service as panels
from award.results.service.stepping_back import step_back
from tests import make
from tests.conftest import StandingClock
from tests.judging import world as worlds
from tests.judging.browsing import as_
from tests.judging.world import JUDGES, World

PANEL = ("周敏", "吴涛", "郑洁")
DAY = date(2026, 3, 2)


def said(faults: list[FieldError]) -> list[tuple[str, object]]:
    """The fields, and the people each fault names."""
    return [(one.field, one.params.get("names")) for one in faults]


@pytest.mark.parametrize(
    ("present", "absent", "found"),
    [
        (PANEL, "", []),
        (("郑 洁", "周敏（第一研究院）", "吴涛(第二研究院)"), "", []),
        (("周敏", "郑洁"), "", [("absent", ["吴涛"])]),
        (("周敏", "郑洁"), "吴涛出差", []),
        (PANEL, "吴涛出差", [("absent", None)]),
        (("周敏", "吴涛", "钱立"), "郑洁生病", [("members", ["钱立"])]),
        (("周敏", "周敏（第二研究院）"), "", [("members", ["周敏（第二研究院）"])]),
    ],
)
def test_who_agreed_is_the_panel(present: tuple[str, ...], absent: str, found: list[tuple[str, object]]) -> None:
    assert said(faults_of_panel(present, absent, PANEL)) == found


def test_where_the_system_knows_no_panel_nobody_is_missing() -> None:
    assert faults_of_panel(("周敏", "吴涛"), "", ()) == faults_of_panel(("周敏", "吴涛"), "郑洁出差", ()) == []


@pytest.fixture
def agreeing(any_engine: Engine, clock: StandingClock) -> World:
    """In the consensus on paper. The second of five judges has stepped back since."""
    world = worlds.build(any_engine, scheme=make.scheme_of_all_stages())
    worlds.all_in(world)
    with transaction(any_engine) as session:
        panels.declare_conflict(session, world.judges[1], world.application(session), world.seat(session, 0, 1), "顾问", make.NOW)
    world.stage("consensus")
    return world


def test_a_consensus_record_is_held_against_the_panel_as_it_is_now(agreeing: World) -> None:
    with transaction(agreeing.engine) as session:
        file, score = session.scalars(select(StoredFile.id)).first(), 50_000
        found = agreeing.application(session)
        whole = Entry(score, True, "一致意见", DAY, Consensus((JUDGES[0], *JUDGES[2:5]), {}), file)
        with_another = replace(whole, content=Consensus(JUDGES[:5], {}))
        without_leader = replace(whole, content=Consensus(JUDGES[2:5], {}))
        for entry, fault in ((with_another, ("members", [JUDGES[1]])), (without_leader, ("absent", [JUDGES[0]]))):
            with pytest.raises(Invalid) as caught:
                record_outcome(session, agreeing.office, found.round, found, entry, make.NOW)
            assert said(list(caught.value.errors)) == [fault]
        excused = replace(without_leader, content=Consensus(JUDGES[2:5], {}, "组长因病请假，由郑洁主持"))
        record_outcome(session, agreeing.office, found.round, found, excused, make.NOW)
        assert session.scalars(select(PaperOutcome)).one().content["absent"] == "组长因病请假，由郑洁主持"
        record_outcome(session, agreeing.office, found.round, found, whole, make.NOW)


@pytest.fixture
def voting(any_engine: Engine, clock: StandingClock) -> World:
    """In the deliberation on paper. A judge who has stepped back is on the committee as well, and so is one who has not."""
    world = worlds.build(any_engine, scheme=make.scheme_of_all_stages())
    with transaction(any_engine) as session:
        found = world.application(session)
        panels.declare_conflict(session, world.judges[1], found, world.seat(session, 0, 1), "顾问", make.NOW)
        for judge in (1, 2):
            person = world.person(session, world.judges[judge])
            make.grant(session, person, Role.COMMITTEE_MEMBER, Scope.AUTHORITY, found.authority_id)
    world.stage("deliberate")
    return world


def test_a_member_with_a_conflict_on_record_has_no_vote(voting: World) -> None:
    with transaction(voting.engine) as session:
        found = voting.application(session)
        file = session.scalars(select(StoredFile.id)).first()
        entry = Entry(None, True, "表决通过", DAY, Deliberation(9, 8, 8, 0, 0), file)
        with pytest.raises(Invalid) as caught:
            record_outcome(session, voting.office, found.round, found, entry, make.NOW)
        assert said(list(caught.value.errors)) == [("recused", [JUDGES[1]])]
        recused = replace(entry, content=Deliberation(9, 8, 8, 0, 0, (JUDGES[1],)))
        record_outcome(session, voting.office, found.round, found, recused, make.NOW)
        assert session.scalars(select(PaperOutcome)).one().content["recused"] == [JUDGES[1]]


def test_whoever_declared_it_himself_stands_in_the_form(voting: World, client: TestClient) -> None:
    """A member steps back from an application on whose panel he sits: his seat ends too, and the form names both as recused."""
    with transaction(voting.engine) as session:
        member = make.actor(session, voting.person(session, voting.judges[2]))
        step_back(session, member, voting.application(session), "顾问", make.NOW)
        assert voting.seat(session, 0, 2).state == "recused"
    page = as_(client, voting, "office").get(f"/office/rounds/{voting.round}/outcomes/{voting.applications[0]}").text
    assert fields(page)["recused"].split("\n") == [JUDGES[1], JUDGES[2]]


def fields(page: str) -> dict[str, str]:
    """The texts that stand in a form."""
    return {str(one["name"]): one.get_text().strip() for one in BeautifulSoup(page, "html.parser").select("main textarea")}


def test_the_form_has_the_panel_filled_in(engine: Engine, clock: StandingClock, client: TestClient) -> None:
    world = worlds.build(engine, scheme=make.scheme_of_all_stages())
    world.stage("consensus")
    page = as_(client, world, "office").get(f"/office/rounds/{world.round}/outcomes/{world.applications[0]}").text
    assert fields(page)["members"].split("\n") == list(JUDGES[:5])
