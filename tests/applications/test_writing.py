"""Beginning an application and writing in it: what is kept, what is refused, what the trail says."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from award.applications import queries, service
from award.applications.models import Answer, AnswerRevision, Application
from award.applications.service.writing import loses_much
from award.kernel import db
from award.kernel.audit.trail import transaction
from award.kernel.errors import Conflict, Invalid, NotFound, Refused, Stale
from award.kernel.events import Event
from award.organisations.models import Organisation
from award.rounds.models import Round
from tests import make
from tests.applications import world as worlds
from tests.applications.world import World
from tests.conftest import StandingClock

PART = "4.1.2"


def save(world: World, text: str, version: int, *, by: str = "owner", after: timedelta = timedelta()) -> Answer:
    with transaction(world.engine) as session:
        who = getattr(world, by)
        return service.save_answer(session, who, world.found(session), PART, text, None, version, make.NOW + after)


def kept(world: World, kind: str = "saved") -> list[str]:
    with db.reading(world.engine) as session:
        revisions = queries.revisions_of(session, world.found(session), PART)
        return [one.text for one in revisions if one.kind == kind]


def begin(session: Session, world: World, *, by: str = "owner", category: str = "organisation", sector: str = "services") -> Application:
    application = world.found(session)
    return service.start_application(
        session, getattr(world, by), application.round, application.organisation, category, sector, make.NOW
    )


def test_beginning_is_recorded_and_answers_again_with_the_same(world: World) -> None:
    with transaction(world.engine) as session:
        assert begin(session, world).public_id == world.application
    with db.reading(world.engine) as session:
        [record] = worlds.records(session, Event.APPLICATION_STARTED)
        assert record["obj"] == f"application:{world.application}"
        assert record["content"]["sector"] == "manufacturing"
        assert record["stage"] == "apply"


def test_nobody_begins_for_an_organisation_he_does_not_act_for(world: World) -> None:
    with transaction(world.engine) as session, pytest.raises(NotFound):
        begin(session, world, by="stranger")


@pytest.mark.parametrize(("category", "sector", "field"), [("team", "services", "category"), ("organisation", "mining", "sector")])
def test_category_and_sector_must_be_those_of_the_scheme(world: World, category: str, sector: str, field: str) -> None:
    with transaction(world.engine) as session, pytest.raises(Invalid) as refused:
        begin(session, world, category=category, sector=sector)
    assert [one.field for one in refused.value.errors] == [field]


@pytest.mark.parametrize("state", ["draft", "closed", "archived", "cancelled"])
def test_nothing_is_begun_in_a_round_that_is_not_open(world: World, state: str) -> None:
    """Whatever its stage says: a cancelled round keeps it."""
    with transaction(world.engine) as session:
        world.found(session).round.state = state
    with transaction(world.engine) as session, pytest.raises(Conflict) as refused:
        begin(session, world, sector="manufacturing")
    assert refused.value.code == "round.not_open"


def test_a_text_no_book_could_hold_is_refused_and_the_former_one_stays(world: World) -> None:
    """A draft may be longer than its part, never longer than 200 000 characters."""
    save(world, "甲" * 200_000, 0)
    with pytest.raises(Invalid) as refused:
        save(world, "甲" * 200_001, 1)
    assert [(one.field, one.params) for one in refused.value.errors] == [("text", {"longest": 200_000})]
    with db.reading(world.engine) as session:
        assert queries.answers_of(session, world.found(session))[PART].version == 1


def test_a_category_without_sectors_takes_none(world: World) -> None:
    """anhui-province: no sectors; what nobody can choose is not stored."""
    with transaction(world.engine) as session:
        round_ = make.round_(session, of=world.found(session).round.award.authority, scheme="anhui-province")
        own = world.found(session).organisation
        with pytest.raises(Invalid):
            service.start_application(session, world.owner, round_, own, "individual", "x" * 400, make.NOW)
        assert service.start_application(session, world.owner, round_, own, "individual", "", make.NOW).sector == ""


def test_a_round_that_is_past_its_deadline_takes_no_new_application(world: World) -> None:
    with transaction(world.engine) as session:
        closes = world.dates(session).closes_at
        assert closes is not None
        rival = session.query(Organisation).filter_by(credit_code=make.CODES[1]).one()
        round_ = session.query(Round).filter_by(public_id=world.round).one()
        with pytest.raises(Refused) as refused:
            service.start_application(session, world.stranger, round_, rival, "organisation", "services", closes)
    assert (refused.value.code, refused.value.status) == ("stage.over", 409)


def test_a_withdrawn_application_is_not_begun_again(sent: World) -> None:
    with transaction(sent.engine) as session:
        service.withdraw(session, sent.owner, sent.found(session), "不再申报", make.NOW)
        with pytest.raises(Conflict) as refused:
            begin(session, sent)
    assert refused.value.code == "application.withdrawn"


@pytest.mark.both_databases
def test_a_text_is_kept_as_typed_with_a_record_of_its_length_but_not_its_words(world: World) -> None:
    text = "  第一行\n\n" + "字" * 9000 + " "
    answer = save(world, text, 0)
    assert (answer.text, answer.version, answer.is_complete) == (text, 1, False)
    with db.reading(world.engine) as session:
        [record] = worlds.records(session, Event.APPLICATION_EDITED)
    assert record["content"]["characters"] == len(text)
    assert "字" not in str(record)


def test_the_same_text_again_changes_nothing(world: World) -> None:
    save(world, "甲", 0)
    assert save(world, "甲", 0).version == 1
    with db.reading(world.engine) as session:
        assert len(worlds.records(session, Event.APPLICATION_EDITED)) == 1


@pytest.mark.both_databases
def test_two_people_on_one_part_the_second_is_told_both_texts(world: World) -> None:
    save(world, "甲", 0)
    save(world, "王芳的", 1, by="colleague", after=timedelta(seconds=9))
    with pytest.raises(Stale) as stale:
        save(world, "李敏的", 1)
    error = stale.value
    assert (error.version, error.theirs["text"], error.params["by"]) == (2, "王芳的", "王芳")
    assert error.params["at"] == (make.NOW + timedelta(seconds=9)).isoformat()


def test_a_first_save_from_two_tabs_is_stale_too(world: World) -> None:
    save(world, "甲", 0)
    with pytest.raises(Stale):
        save(world, "乙", 0)


def test_two_parts_do_not_collide(world: World) -> None:
    save(world, "甲", 0)
    with transaction(world.engine) as session:
        answer = service.save_answer(session, world.colleague, world.found(session), "4.1.3", "乙", True, 0, make.NOW)
        assert (answer.version, answer.is_complete) == (1, True)


def test_earlier_texts_are_kept_one_for_ten_minutes_and_for_each_author(world: World) -> None:
    for minute, text in enumerate(["一二三四", "一二三四五", "一二三四五六"]):
        save(world, text, minute, after=timedelta(minutes=minute))
    assert kept(world) == ["一二三四"]
    save(world, "一二三四五六七", 3, after=timedelta(minutes=10))
    assert kept(world) == ["一二三四", "一二三四五六"]
    save(world, "一二三四五六七八", 4, by="colleague", after=timedelta(minutes=11))
    save(world, "一二三四五六七八九", 5, after=timedelta(minutes=12))
    assert kept(world)[2:] == ["一二三四五六七", "一二三四五六七八"]


@pytest.mark.parametrize(
    ("before", "after", "much"),
    [
        ("一二三四", "一二三四五", False), ("一二三四", "二三四", False), ("一二三四", "四", True),
        ("一二三四", "另一段话", True), ("一二", "", True),
    ],
)
def test_what_counts_as_losing_much(before: str, after: str, much: bool) -> None:
    assert loses_much(before, after) is much


def test_a_text_wiped_by_mistake_is_kept(world: World) -> None:
    save(world, "很长的一段", 0)
    save(world, "很长的一段话", 1)
    save(world, "", 2)
    assert kept(world) == ["很长的一段", "很长的一段话"]


def test_a_rejected_text_is_kept_once_and_only_for_the_owner(world: World) -> None:
    for _ in range(2):
        with transaction(world.engine) as session:
            service.keep_rejected(session, world.owner, world.found(session), PART, "来不及的", 1, make.NOW)
    assert kept(world, "rejected") == ["来不及的"]
    with transaction(world.engine) as session, pytest.raises(NotFound):
        service.keep_rejected(session, world.stranger, world.found(session), PART, "偷看", 1, make.NOW)


@pytest.mark.parametrize("by", ["stranger", "elsewhere"])
def test_strangers_find_nothing_to_write_in(world: World, by: str) -> None:
    with pytest.raises(NotFound):
        save(world, "甲", 0, by=by)


@pytest.mark.parametrize("by", ["office", "supervisor"])
def test_the_office_never_edits_an_applicants_text(world: World, by: str) -> None:
    with pytest.raises(Refused):
        save(world, "甲", 0, by=by)


def test_a_part_the_criteria_do_not_have(world: World) -> None:
    with transaction(world.engine) as session, pytest.raises(NotFound):
        service.save_answer(session, world.owner, world.found(session), "9.9.9", "甲", None, 0, make.NOW)


def test_the_deadline_itself_is_too_late_and_a_second_before_is_not(world: World) -> None:
    with db.reading(world.engine) as session:
        closes = world.dates(session).closes_at
    assert closes is not None
    save(world, "来得及", 0, after=closes - make.NOW - timedelta(seconds=1))
    with pytest.raises(Refused) as refused:
        save(world, "来不及", 1, after=closes - make.NOW)
    assert (refused.value.code, refused.value.status) == ("stage.over", 409)


def test_nothing_is_written_once_it_is_submitted(sent: World) -> None:
    with pytest.raises(Conflict) as refused:
        save(sent, "再改", 1)
    assert refused.value.code == "application.closed"


def test_facts_are_kept_as_typed_and_recorded(world: World) -> None:
    with transaction(world.engine) as session:
        found = service.save_profile(session, world.owner, world.found(session), {"staff": "约八百", "other": "x"}, 1, make.NOW)
        assert (found.profile, found.profile_version) == ({"staff": "约八百"}, 2)
    with db.reading(world.engine) as session:
        [record] = worlds.records(session, Event.APPLICATION_EDITED)
        assert record["content"]["fields"] == {"staff": "约八百"}


def test_facts_saved_by_somebody_else_meanwhile(world: World) -> None:
    with transaction(world.engine) as session:
        service.save_profile(session, world.colleague, world.found(session), {"staff": "860"}, 1, make.NOW)
    with transaction(world.engine) as session, pytest.raises(Stale) as stale:
        service.save_profile(session, world.owner, world.found(session), {"staff": "900"}, 1, make.NOW)
    assert (stale.value.version, stale.value.theirs["staff"]) == (2, "860")


def test_later_saves_leave_earlier_versions_as_they_are(world: World) -> None:
    save(world, "一", 0)
    save(world, "二", 1)
    with db.reading(world.engine) as session:
        before = [(one.id, one.text) for one in session.query(AnswerRevision).all()]
    save(world, "三", 2)
    with db.reading(world.engine) as session:
        after = [(one.id, one.text) for one in session.query(AnswerRevision).all()]
    assert after[: len(before)] == before


def test_four_who_begin_at_once_begin_one(any_engine: Engine, clock: StandingClock) -> None:
    world = worlds.build(any_engine)
    with transaction(any_engine) as session:
        session.query(Application).delete()
        organisation = session.query(Organisation).filter_by(credit_code=make.CODES[0]).one().id
        round_id = session.query(Round).filter_by(public_id=world.round).one().id
    begun: list[str] = []
    faults: list[Exception] = []
    gate = threading.Barrier(4)

    def press() -> None:
        gate.wait()
        try:
            with transaction(any_engine) as session:
                own, round_ = session.get_one(Organisation, organisation), session.get_one(Round, round_id)
                begun.append(worlds.begin(session, world.owner, round_, own).public_id)
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (faults, len(begun), len(set(begun))) == ([], 4, 1)
