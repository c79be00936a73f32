"""Nobody judges, decides about or supervises whom he works for, however he came to work for it."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from award.accounts.models import Person
from award.applications import service
from award.applications.models import Application
from award.applications.queries import barred_from
from award.kernel.actor import Role, Scope
from award.kernel.audit.trail import transaction
from award.kernel.errors import Conflict, Invalid
from award.office.checks import Here, results_of
from award.organisations.models import Claim
from award.results.queries import conflicted_in
from award.rounds.queries import with_stages
from award.standing.models import Declaration
from tests import make
from tests.conftest import StandingClock
from tests.judging import world as worlds
from tests.judging.browsing import as_, main_text, post
from tests.judging.world import World

Tie = Callable[[Session, Person, Application], None]


def as_reader(session: Session, who: Person, application: Application) -> None:
    make.grant(session, who, Role.READER, Scope.APPLICATION, application.id)


def as_owner(session: Session, who: Person, application: Application) -> None:
    make.grant(session, who, Role.APPLICANT, Scope.ORGANISATION, application.organisation_id, application.authority_id)


TIES = pytest.mark.parametrize("tie", [as_reader, as_owner])


@pytest.fixture
def world(engine: Engine, clock: StandingClock) -> World:
    return worlds.build(engine, applications=1, judges=5)


@pytest.fixture
def anywhere(any_engine: Engine) -> World:
    return worlds.build(any_engine, applications=1, judges=5)


def tied(world: World, judge: int, tie: Tie) -> None:
    with transaction(world.engine) as session:
        tie(session, session.get_one(Person, world.judges[judge].person_id), world.application(session))


def at_work(world: World) -> list[object]:
    """What keeps the stage open because a judge works for whom he judges."""
    with transaction(world.engine) as session:
        round_ = world.application(session).round
        round_ = session.scalars(with_stages().where(type(round_).id == round_.id)).one()
        found = [one for _, missing in results_of(Here(session, round_, make.NOW)) for one in missing]
        return [one.params["count"] for one in found if "Judges who work" in one.text]


@TIES
@pytest.mark.parametrize("stage", ["assign", "score"])
def test_the_stage_does_not_end_while_a_judge_works_for_whom_he_judges(anywhere: World, stage: str, tie: Tie) -> None:
    anywhere.stage(stage)
    assert at_work(anywhere) == []
    tied(anywhere, 0, tie)
    assert at_work(anywhere) == [1]


@TIES
def test_his_sheet_is_closed_and_he_can_only_step_back(world: World, client: TestClient, tie: Tie) -> None:
    world.stage("score")
    worlds.score(world, 0, 0)
    tied(world, 0, tie)
    as_(client, world, "judge0")
    seat = f"/review/{world.seats[0, 0]}"
    desk = client.get("/review", headers={"accept-language": "en"})
    assert "Continue scoring" not in desk.text
    assert f"{seat}/declaration" in desk.text
    with transaction(world.engine) as session:
        before = len(session.scalars(select(Declaration)).all())
    signed = post(client, f"{seat}/declaration", {"answer": "none", "sign": "1"})
    assert signed.status_code == 422
    assert "You work for this applicant" in main_text(signed) or "您为该申报组织工作" in main_text(signed)
    with transaction(world.engine) as session:
        assert len(session.scalars(select(Declaration)).all()) == before
    assert post(client, f"{seat}/declaration", {"answer": "conflict", "reason": "任职"}).status_code == 303
    assert at_work(world) == []


@TIES
def test_the_office_reads_it_on_the_page_of_the_panel(world: World, client: TestClient, tie: Tie) -> None:
    world.stage("score")
    tied(world, 0, tie)
    as_(client, world, "office")
    page = client.get(f"/office/rounds/{world.round}/assign/{world.applications[0]}", headers={"accept-language": "en"})
    said = main_text(page)
    assert "Works for the applicant" in said or "为申报组织工作" in said


@TIES
def test_an_officer_who_works_for_an_applicant_takes_no_part_in_the_result(anywhere: World, tie: Tie) -> None:
    with transaction(anywhere.engine) as session:
        application = anywhere.application(session)
        officer = make.officer(session, application.round.award.authority, "陈静")
        assert officer.id not in conflicted_in(session, application.round)
        tie(session, officer, application)
        assert officer.id in conflicted_in(session, application.round)
        assert officer.id in barred_from(session, Application.id == application.id)


def test_acting_before_another_authority_bars_nobody_here(anywhere: World) -> None:
    with transaction(anywhere.engine) as session:
        application = anywhere.application(session)
        other, officer = make.authority(session, "远山市人民政府"), make.officer(session, application.round.award.authority, "陈静")
        make.grant(session, officer, Role.APPLICANT, Scope.ORGANISATION, application.organisation_id, other.id)
        assert officer.id not in conflicted_in(session, application.round)


def claimed_by(session: Session, person: Person, application: Application) -> Claim:
    made = Claim(
        organisation=application.organisation, person_id=person.id, authority_id=application.authority_id, claimed_name="某",
        made_at=make.NOW, state="pending",
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def test_a_claim_of_an_officer_or_of_a_judge_is_not_confirmed(anywhere: World) -> None:
    with transaction(anywhere.engine) as session:
        application = anywhere.application(session)
        officer = make.officer(session, application.round.award.authority, "陈静")
        judge = session.get_one(Person, anywhere.judges[0].person_id)
        for person, code in ((officer, "claim.office"), (judge, "claim.judge")):
            claim = claimed_by(session, person, application)
            with pytest.raises(Conflict) as refused:
                service.decide_claim(session, anywhere.office, claim, True, "", make.NOW)
            assert refused.value.code == code
            service.decide_claim(session, anywhere.office, claim, False, "本单位工作人员", make.NOW)
            assert claim.state == "refused"


def test_an_officer_begins_no_application_and_is_not_invited_to_one(world: World) -> None:
    world.stage("apply")
    with transaction(world.engine) as session:
        application = world.application(session)
        round_, organisation = application.round, application.organisation
        officer = make.officer(session, round_.award.authority, "陈静")
        as_owner(session, officer, application)
        with pytest.raises(Conflict) as refused:
            service.start_application(
                session, make.actor(session, officer), round_, organisation, application.category, application.sector, make.NOW
            )
        assert refused.value.code == "application.own_office"
        application.state, colleague = "draft", world.person(session, world.colleague)
        with pytest.raises(Invalid) as invited:
            service.invite_to_application(
                session, world.owners[0], application, name="周宁", email=colleague.email, role=Role.WRITER, now=make.NOW,
                real_now=make.NOW,
            )  # fmt: skip
        assert invited.value.errors[0].field == "email"
        assert "office of this award" in invited.value.errors[0].text
