"""A panel whose judges score is changed by two persons; a judge steps back alone."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from award.judging import queries as sheets
from award.kernel.actor import Actor
from award.kernel.audit.trail import transaction
from award.kernel.errors import Conflict, Invalid, NotFound, Refused
from award.kernel.events import Event
from award.kernel.mail.models import Message
from award.panels import queries, service
from award.panels.models import PanelChange
from award.standing.models import Conflict as StandingConflict
from tests import make
from tests.applications.world import records
from tests.judging import world as worlds
from tests.judging.world import World

NOW = make.NOW


def propose(world: World, kind: str = "replace", by: Actor | None = None, reason: str = "住院") -> PanelChange:
    with transaction(world.engine) as session:
        wanted = service.Wanted(kind, reason, world.seat(session, 0, 2), world.person(session, world.judges[5]))
        return service.propose_change(session, by or world.office, world.application(session), wanted, NOW)


def decide(world: World, change: PanelChange, by: Actor, *, drop: bool = False) -> None:
    with transaction(world.engine) as session:
        act = service.drop_change if drop else service.confirm_change
        act(session, by, session.get_one(PanelChange, change.id), NOW)


def on_panel(session: Session, world: World, judge: int) -> bool:
    seats = queries.seats_of(session, world.application(session))
    return world.judges[judge].person_id in {one.assignment.person_id for one in seats}


@pytest.mark.both_databases
def test_one_proposes_and_another_confirms(world: World) -> None:
    worlds.score(world, 0, 2)
    change = propose(world)
    with transaction(world.engine) as session:
        # Nothing has changed yet: the judge still scores.
        assert on_panel(session, world, 2)
        assert not on_panel(session, world, 5)
    worlds.submit(world, 0, 2)
    with pytest.raises(Refused) as caught:
        decide(world, change, world.office)
    assert caught.value.code == "panel.same_person"
    decide(world, change, world.colleague)
    decide(world, change, world.colleague)
    with transaction(world.engine) as session:
        assert on_panel(session, world, 5)
        assert not on_panel(session, world, 2)
        # The sheet of the seat that ended is void.
        assert sheets.valid_sheets(session, world.application(session)) == []
        confirmed = records(session, Event.PANEL_CHANGE_CONFIRMED)
        assert [one["content"]["reason"] for one in confirmed] == ["住院"]
        assert confirmed[0]["content"]["proposed_by"] == world.office.public_id
        assert confirmed[0]["actor"]["id"] == world.colleague.public_id
        assert make.asked(session) == [(world.colleague.public_id, "评审组变更", worlds.APPLICANTS[0])]
        assert len(records(session, Event.JUDGE_REPLACED)) == 1


def test_a_colleague_with_a_conflict_is_not_asked(world: World) -> None:
    with transaction(world.engine) as session:
        about, who = world.application(session).id, world.colleague.person_id
        session.add(
            StandingConflict(application_id=about, person_id=who, source="office", reason="顾问", declared_at=NOW)
        )
    propose(world)
    with transaction(world.engine) as session:
        assert make.asked(session) == []


def test_a_leader_named_when_all_sheets_are_in_is_told_of_the_report(world: World) -> None:
    worlds.all_in(world)
    with transaction(world.engine) as session:
        assert report_letters(session) == [world.judges[0].person_id]
        seat = world.seat(session, 0, 1)
        change = service.propose_change(
            session, world.office, world.application(session), service.Wanted("leader", "组长出差", seat), NOW
        )
        service.confirm_change(session, world.colleague, change, NOW)
        assert report_letters(session) == [world.judges[0].person_id, world.judges[1].person_id]


def report_letters(session: Session) -> list[int | None]:
    query = select(Message.person_id).where(Message.template == "report_wanted").order_by(Message.id)
    return list(session.scalars(query))


@pytest.mark.parametrize("kind", ["replace", "leader", "conflict", "substitute"])
def test_no_act_of_one_person_changes_a_panel_that_scores(world: World, kind: str) -> None:
    def act(session: Session) -> None:
        found, seat = world.application(session), world.seat(session, 0, 2)
        person = world.person(session, world.judges[5])
        if kind == "replace":
            service.replace_judge(session, world.office, found, seat, person, "住院", NOW)
        elif kind == "leader":
            service.name_leader(session, world.office, found, seat, NOW)
        elif kind == "conflict":
            service.record_conflict(session, world.office, found, world.person(session, world.judges[2]), "曾任职", NOW)
        else:
            service.assign(session, world.office, found, person, NOW, replaces=seat)

    with pytest.raises(Conflict) as caught, transaction(world.engine) as session:
        act(session)
    assert caught.value.code == "panel.two_persons"


def test_a_judge_steps_back_alone_and_at_once(world: World) -> None:
    change = propose(world)
    with transaction(world.engine) as session:
        service.declare_conflict(
            session, world.judges[2], world.application(session), world.seat(session, 0, 2), "顾问", NOW
        )
    with pytest.raises(NotFound), transaction(world.engine) as session:
        sheets.review_for(session, world.judges[2], world.seats[0, 2], NOW)
    # What was proposed for his seat can still be confirmed: the substitute takes it.
    decide(world, change, world.colleague)
    with transaction(world.engine) as session:
        assert on_panel(session, world, 5)


def test_one_change_waits_at_a_time_and_can_be_dropped(world: World) -> None:
    first = propose(world)
    with pytest.raises(Conflict) as caught:
        propose(world, by=world.colleague)
    assert caught.value.code == "panel.change_waits"
    decide(world, first, world.office, drop=True)
    decide(world, first, world.office, drop=True)
    with pytest.raises(Conflict) as caught:
        decide(world, first, world.colleague)
    assert caught.value.code == "panel.change_decided"
    second = propose(world, "leader", by=world.colleague)
    decide(world, second, world.office)
    with transaction(world.engine) as session:
        assert world.seat(session, 0, 2).is_leader
        assert len(records(session, Event.PANEL_CHANGE_DROPPED)) == 1
        assert not on_panel(session, world, 5)


def test_a_conflict_the_office_knows_ends_a_seat_by_two(world: World) -> None:
    worlds.change(world, "conflict", judge=3, reason="曾任职")
    with transaction(world.engine) as session:
        assert not on_panel(session, world, 3)
        assert queries.has_conflict(session, world.person(session, world.judges[3]).id, world.application(session).id)


def test_what_cannot_be_proposed(world: World) -> None:
    with pytest.raises(Invalid):
        propose(world, reason=" ")
    for actor, error in ((world.supervisor, Refused), (world.judges[0], Refused), (world.stranger, NotFound)):
        with pytest.raises(error):
            propose(world, by=actor)
    with pytest.raises(NotFound):
        propose(world, "dance")
    world.stage("assign")
    with pytest.raises(Conflict) as caught:
        propose(world)
    assert caught.value.code == "panel.at_once"
