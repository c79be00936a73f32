"""Seats on panels: each act, its record, each rule that keeps a judge off."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from award.accounts.queries import actor_for
from award.applications.queries import application_for
from award.judging import queries as sheets
from award.kernel.actor import Role, Scope
from award.kernel.audit.trail import transaction
from award.kernel.errors import AwardError, Conflict, Invalid, NotFound, Refused
from award.kernel.events import Event
from award.panels import queries, service
from award.panels.models import PoolMember
from award.panels.service.pool import Facts
from award.standing.models import Assignment
from tests import make
from tests.applications.world import records
from tests.conftest import StandingClock
from tests.judging import world as worlds
from tests.judging.world import World

NOW = make.NOW


def assign(session: Session, world: World, judge: int, *, by: Any = None, **more: Any) -> Assignment:
    person = world.person(session, world.judges[judge])
    return service.assign(session, by or world.office, world.application(session), person, NOW, **more)


def refused(world: World, act: Callable[[Session], object]) -> AwardError:
    with pytest.raises(AwardError) as caught, transaction(world.engine) as session:
        act(session)
    return caught.value


def free_seat(world: World) -> None:
    """The last of the five goes, in the stage for it."""
    world.stage("assign")
    with transaction(world.engine) as session:
        service.unassign(session, world.office, world.application(session), world.seat(session, 0, 4), "改派", NOW)


def member(session: Session, world: World, judge: int) -> PoolMember:
    return session.scalars(select(PoolMember).where(PoolMember.person_id == world.judges[judge].person_id)).one()


@pytest.mark.both_databases
def test_a_seat_is_given_once_and_recorded(world: World) -> None:
    free_seat(world)
    with transaction(world.engine) as session:
        first = assign(session, world, 5)
        assert assign(session, world, 5).id == first.id
    with transaction(world.engine) as session:
        record = records(session, Event.JUDGE_ASSIGNED)[-1]
        assert record["content"]["judge"] == world.judges[5].public_id
        assert record["obj"] == f"assignment:{first.public_id}"
        assert [one.name for one in queries.seats_of(session, world.application(session))][-1] == worlds.JUDGES[5]


def test_the_rules_of_a_panel(world: World) -> None:
    world.stage("assign")
    assert refused(world, lambda session: assign(session, world, 5)).code == "panel.full"
    free_seat(world)

    def change(**values: Any) -> None:
        with transaction(world.engine) as session:
            for key, value in values.items():
                setattr(member(session, world, 5), key, value)

    change(institution="第1研究院")
    assert refused(world, lambda session: assign(session, world, 5)).code == "panel.institution"
    change(institution=worlds.APPLICANTS[0])
    assert refused(world, lambda session: assign(session, world, 5)).code == "panel.own_institution"
    change(institution="第6研究院", is_active=False)
    assert refused(world, lambda session: assign(session, world, 5)).code == "panel.not_in_pool"
    change(is_active=True, last_day=NOW.date() - timedelta(1))
    assert refused(world, lambda session: assign(session, world, 5)).code == "panel.appointment_over"
    change(last_day=NOW.date())
    with transaction(world.engine) as session:
        service.record_conflict(
            session, world.office, world.application(session), world.person(session, world.judges[5]), "曾任职", NOW
        )
    assert refused(world, lambda session: assign(session, world, 5)).code == "panel.conflict"


def test_who_acts_for_the_applicant_takes_no_seat(world: World) -> None:
    free_seat(world)
    with transaction(world.engine) as session:
        person, found = world.person(session, world.judges[5]), world.application(session)
        make.grant(session, person, Role.APPLICANT, Scope.ORGANISATION, found.organisation_id, found.authority_id)
    assert refused(world, lambda session: assign(session, world, 5)).code == "panel.conflict"


def test_the_office_hides_no_application_from_colleagues_or_the_supervisor(world: World) -> None:
    for actor in (world.supervisor, world.office, world.owners[0]):
        act = lambda session, of=actor: service.record_conflict(  # noqa: E731
            session, world.office, world.application(session), world.person(session, of), "曾任职", NOW
        )
        assert isinstance(refused(world, act), NotFound)


def test_no_judge_has_more_applications_than_the_scheme_allows(engine: Any, clock: Any) -> None:
    """yunchuan-mayor: at most thirty."""
    world = worlds.build(engine, applications=31, seats=0)
    world.stage("assign")
    for at in range(30):
        worlds.assign(world, at, 0)
    with pytest.raises(Conflict) as caught:
        worlds.assign(world, 30, 0)
    assert caught.value.code == "panel.load"


def test_only_the_office_and_only_in_its_stage(world: World) -> None:
    free_seat(world)
    for actor in (world.supervisor, world.judges[0], world.owners[0]):
        assert isinstance(refused(world, lambda session, by=actor: assign(session, world, 5, by=by)), Refused)  # type: ignore[misc]
    assert isinstance(refused(world, lambda session: assign(session, world, 5, by=world.stranger)), NotFound)
    world.stage("score")
    error = refused(world, lambda session: assign(session, world, 5))
    assert (error.code, error.status) == ("stage.wrong", 409)


def test_one_leader_at_a_time(world: World) -> None:
    world.stage("assign")
    with transaction(world.engine) as session:
        found = world.application(session)
        service.name_leader(session, world.office, found, world.seat(session, 0, 3), NOW)
        service.name_leader(session, world.office, found, world.seat(session, 0, 3), NOW)
    with transaction(world.engine) as session:
        leaders = [one for one in queries.seats_of(session, world.application(session)) if one.assignment.is_leader]
        assert [one.name for one in leaders] == [worlds.JUDGES[3]]
        assert len(records(session, Event.LEADER_NAMED)) == 1


def test_an_ended_seat_cannot_lead(world: World) -> None:
    free_seat(world)
    act = lambda session: service.name_leader(session, world.office, world.application(session), world.seat(session, 0, 4), NOW)  # noqa: E731
    assert isinstance(refused(world, act), NotFound)


@pytest.mark.both_databases
def test_recusal_takes_effect_at_once_and_a_substitute_is_named(world: World) -> None:
    with transaction(world.engine) as session:
        found, seat = world.application(session), world.seat(session, 0, 1)
        with pytest.raises(Invalid):
            service.declare_conflict(session, world.judges[1], found, seat, " ", NOW)
        service.declare_conflict(session, world.judges[1], found, seat, "曾为其提供咨询", NOW)
    judge = world.judges[1]
    assert isinstance(refused(world, lambda session: sheets.review_for(session, judge, world.seats[0, 1], NOW)), NotFound)
    assert isinstance(refused(world, lambda session: application_for(session, judge, world.applications[0], NOW)), NotFound)
    with pytest.raises(Conflict) as caught:
        worlds.replace(world, 1, 1)
    assert caught.value.code == "panel.conflict"
    with transaction(world.engine) as session:
        ended = world.seat(session, 0, 1).id
    assert worlds.replace(world, 1, 5, reason="").replaces_id == ended
    with transaction(world.engine) as session:
        assert [one["content"]["reason"] for one in records(session, Event.CONFLICT_DECLARED)] == ["曾为其提供咨询"]
        assert len(records(session, Event.JUDGE_REPLACED)) == 1


def test_a_seat_still_taken_is_replaced_with_a_reason(world: World) -> None:
    world.stage("assign")

    def replace(session: Session, reason: str = "生病", seat: int = 2) -> Assignment:
        found, person = world.application(session), world.person(session, world.judges[5])
        return service.replace_judge(session, world.office, found, world.seat(session, 0, seat), person, reason, NOW)

    assert isinstance(refused(world, lambda session: replace(session, "")), Invalid)
    with transaction(world.engine) as session:
        made = replace(session, seat=0)
        # The leader's substitute leads.
        assert made.is_leader
        assert world.seat(session, 0, 0).state == "removed"


def test_nobody_stands_in_for_a_judge_who_still_sits(world: World) -> None:
    """A seat is taken over only once it has ended; a judge's sheet is not put aside beside him."""
    free_seat(world)
    taken = refused(world, lambda session: assign(session, world, 5, replaces=world.seat(session, 0, 1)))
    assert taken.code == "panel.seat_taken"
    with transaction(world.engine) as session:
        assert len(queries.seats_of(session, world.application(session))) == 4
        ended = world.seat(session, 0, 4)
        assert assign(session, world, 5, replaces=ended).replaces_id == ended.id


def test_after_the_gate_nobody_else_takes_a_sheet_out(world: World) -> None:
    worlds.all_in(world)
    person = lambda session, at: world.person(session, world.judges[at])  # noqa: E731
    for wanted in (lambda session: service.Wanted("replace", "生病", world.seat(session, 0, 2), person(session, 5)),
                   lambda session: service.Wanted("conflict", "曾任职", None, person(session, 2))):  # fmt: skip
        propose = lambda session, of=wanted: service.propose_change(  # noqa: E731
            session, world.office, world.application(session), of(session), NOW
        )
        assert refused(world, propose).code == "gate.open"


@pytest.mark.both_databases
def test_a_recusal_after_the_gate_lets_the_office_take_no_seen_sheet_out(engine: Engine, clock: StandingClock) -> None:
    """Otherwise one who steps back would open the way to be rid of whoever scored low."""
    world = worlds.build(engine, judges=7)
    worlds.all_in(world)
    with transaction(world.engine) as session:
        service.declare_conflict(session, world.judges[1], world.application(session), world.seat(session, 0, 1), "顾问", NOW)
    later = clock.forward(hours=1)

    for kind, seat, judge in (("replace", 2, 5), ("conflict", None, 2)):
        with pytest.raises(Conflict) as caught:
            worlds.change(world, kind, seat, judge, now=later)
        assert caught.value.code == "gate.open"
    worlds.replace(world, 1, 5, now=later)
    # Nobody has seen anything of the substitute's.
    assert worlds.replace(world, 5, 6, now=later).state == "active"


def test_signing_twice_is_signing_once(world: World) -> None:
    worlds.sign(world, 0, 0)
    with transaction(world.engine) as session:
        mine = [one for one in records(session, Event.DECLARATION_SIGNED) if one["actor"]["id"] == world.judges[0].public_id]
        assert [one["content"]["wording"] for one in mine] == ["无利益冲突"]


def test_who_has_no_seat_signs_nothing(world: World) -> None:
    for actor in (world.judges[5], world.office, world.owners[0]):
        act = lambda session, by=actor: service.sign_declaration(  # noqa: E731
            session, by, world.application(session), world.seat(session, 0, 0), "无", NOW
        )
        assert isinstance(refused(world, act), Refused | NotFound)


@pytest.mark.both_databases
def test_nothing_is_open_to_a_judge_whose_appointment_is_over(world: World) -> None:
    """His role ends with the day; from the next request on his reviews answer like missing ones."""
    with transaction(world.engine) as session:
        place = world.application(session).round.award.authority
        facts = Facts("第1研究院", speciality="管理", last_day=NOW.date())
        service.change_judge(session, world.office, place, member(session, world, 0), facts, NOW)
    day = NOW + timedelta(days=2)
    for now, is_open in ((NOW, True), (day, False)):
        with transaction(world.engine) as session:
            judge = actor_for(session, world.person(session, world.judges[0]), now)
            assert (Role.JUDGE in judge.roles) == is_open
            if is_open:
                assert sheets.review_for(session, judge, world.seats[0, 0], now).has_signed
            else:
                with pytest.raises(NotFound):
                    sheets.review_for(session, judge, world.seats[0, 0], now)
