"""The register of objections: intake, two people, the answer, its letter."""

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select

from award.kernel.audit.trail import transaction
from award.kernel.documents.models import Document
from award.kernel.errors import Conflict, Invalid, NotFound, Refused
from award.kernel.files.service import keep, prepare_generated
from award.office.exports.asked import Asked
from award.office.exports.service import EXPORTS
from award.results import queries
from award.results.models import Objection
from award.results.service import objecting
from award.rounds.models import CalendarDay
from award.standing.models import Conflict as ConflictOfInterest
from tests import make
from tests.conftest import StandingClock
from tests.results.acts import confirm_answer, examine, object_to, to_notice
from tests.results.conftest import As
from tests.results.judged import DAY, World, build
from tests.results.test_deciding import ENTRIES


@pytest.fixture
def world(any_engine: Engine) -> World:
    """On notice, on both databases."""
    world = build(any_engine, ENTRIES)
    to_notice(world)
    return world


@pytest.fixture
def here(engine: Engine) -> World:
    """On notice."""
    world = build(engine, ENTRIES)
    to_notice(world)
    return world


def one(world: World) -> Objection:
    with transaction(world.engine) as session:
        return session.scalars(select(Objection)).one()


def extra_officer(world: World) -> str:
    with transaction(world.engine) as session:
        authority = world.found(session).award.authority
        world.actors["third"] = make.actor(session, make.officer(session, authority, "郑三"))
    return "third"


def enter(world: World, by: str = "office", *, received_on: date = DAY, paper: bool = True) -> objecting.Receipt:
    with transaction(world.engine) as session:
        actor = world.actors[by]
        file = keep(session, prepare_generated("letter.pdf", b"%PDF-letter", 1), actor.person_id, make.NOW, "objection")
        filing = objecting.Filing("钱立", "139", "请核实。", organisation="云川市某协会")
        return objecting.enter_objection(session, actor, world.found(session), filing, received_on, file.id if paper else None, make.NOW)


def test_one_examines_and_another_confirms(world: World) -> None:
    objection = object_to(world, about="制造一")
    examine(world, objection)
    with pytest.raises(Refused) as refusal:
        confirm_answer(world, objection, "office")
    assert refusal.value.code == "objection.same_person"
    assert confirm_answer(world, objection) == "answered"
    assert confirm_answer(world, objection) == "answered"
    found = one(world)
    assert (found.examined_by, found.answered_by) == (world.actors["office"].person_id, world.actors["second"].person_id)
    with transaction(world.engine) as session:
        assert make.asked(session)[1:] == [(world.actors["second"].public_id, "异议核查结果", found.receipt)]
    assert world.acts("objection:") == ["objection:filed", "objection:examined", "objection:answered"]
    with transaction(world.engine) as session:
        letter = session.scalars(select(Document).where(Document.subject == f"objection:{objection}")).one()
        view = json.loads(letter.view)
    assert (view["title"], view["recipients"], view["form"]) == (["异议答复书"], "钱立", "letter")
    said = [paragraph["text"] for paragraph in view["paragraphs"]]
    assert said[1:3] == ["不影响评选。", "经研究，公示内容不作调整。"]
    assert "制造一" not in letter.view


def test_whoever_decided_does_not_confirm(world: World) -> None:
    objection = object_to(world)
    examine(world, objection, "second")
    with pytest.raises(Refused) as refusal:
        confirm_answer(world, objection, "office")
    assert refusal.value.code == "objection.decider"
    assert confirm_answer(world, objection, extra_officer(world)) == "answered"


def warned(world: World, objection: str, by: str) -> str:
    """What somebody is told before he examines, in English; "" for nothing."""
    with transaction(world.engine) as session:
        actor, round_ = world.actors[by], world.found(session)
        found = queries.objection_for(session, actor, round_, objection)
        said = objecting.confirmers_missing(session, actor, round_, found, make.NOW)
        return said.in_language("en") if said else ""


def test_with_two_of_the_office_the_one_who_decided_examines(world: World) -> None:
    """Two people are enough: whoever examines is told before whether the other may confirm."""
    objection = object_to(world, about="制造一")
    decider = world.actors["office"].name
    assert warned(world, objection, "office") == ""
    assert f"Let {decider} examine the objection" in warned(world, objection, "second")
    examine(world, objection, "second")
    with pytest.raises(Refused) as refusal:
        confirm_answer(world, objection, "office")
    assert "send the examination back and examine the objection yourself" in refusal.value.text
    with transaction(world.engine) as session:
        round_, office = world.found(session), world.actors["office"]
        found = queries.objection_for(session, office, round_, objection)
        objecting.return_answer(session, office, round_, found, "由我核查。", make.NOW)
    examine(world, objection, "office")
    assert confirm_answer(world, objection, "second") == "answered"


def test_a_third_of_the_office_is_left_unless_a_conflict_bars_him(here: World) -> None:
    objection = object_to(here, about="制造一")
    third = here.actors[extra_officer(here)].person_id
    assert warned(here, objection, "second") == ""
    with transaction(here.engine) as session:
        about = here.application(session, "制造一").id
        session.add(ConflictOfInterest(person_id=third, application_id=about, source="office", reason="配偶", declared_at=make.NOW))
    assert "Nobody is left" in warned(here, objection, "second")
    with transaction(here.engine) as session:
        session.add(
            ConflictOfInterest(
                person_id=here.actors["second"].person_id, application_id=about, source="office", reason="配偶", declared_at=make.NOW
            )
        )
    assert "Have another person appointed" in warned(here, objection, "office")


def test_the_page_says_beforehand_who_is_left_to_confirm(here: World, as_: As, clock: StandingClock) -> None:
    url = f"/office/rounds/{here.round}/notice/objections/{object_to(here)}"
    told = "Nobody is left who may confirm what you enter here"
    assert told in as_("second").page(url).text
    assert told not in as_("office").page(url).text
    assert told not in as_("supervisor").page(url).text
    examine(here, url.rpartition("/")[2], "second")
    assert told in as_("second").page(url).text
    assert "send the examination back" in as_("office").page(url).text


def test_nothing_unexamined_is_confirmed_and_nothing_answered_changes(world: World) -> None:
    objection = object_to(world)
    with pytest.raises(Conflict) as refusal:
        confirm_answer(world, objection)
    assert refusal.value.code == "objection.unexamined"
    examine(world, objection)
    with pytest.raises(Conflict) as refusal:
        examine(world, objection, "second")
    assert refusal.value.code == "objection.examined"
    confirm_answer(world, objection)
    for act in (lambda: examine(world, objection), lambda: confirm_answer(world, objection, extra_officer(world))):
        with pytest.raises(Conflict) as refusal:
            act()
        assert refusal.value.code == "objection.answered"


def test_an_examination_is_sent_back_with_a_reason(world: World) -> None:
    objection = object_to(world)
    examine(world, objection)
    with transaction(world.engine) as session:
        round_, second = world.found(session), world.actors["second"]
        found = queries.objection_for(session, second, round_, objection)
        with pytest.raises(Invalid):
            objecting.return_answer(session, second, round_, found, " ", make.NOW)
        objecting.return_answer(session, second, round_, found, "请附台账。", make.NOW)
    assert (one(world).state, one(world).returned_reason) == ("filed", "请附台账。")
    examine(world, objection, "second")
    assert one(world).returned_reason == ""
    assert world.acts("objection:")[-2:] == ["objection:returned", "objection:examined"]


def test_what_was_entered_anew_is_not_confirmed_unseen(here: World) -> None:
    objection = object_to(here)
    examine(here, objection)
    with transaction(here.engine) as session:
        round_, second = here.found(session), here.actors["second"]
        found = queries.objection_for(session, second, round_, objection)
        with pytest.raises(Conflict) as refusal:
            objecting.confirm_answer(session, second, round_, found, make.NOW, seen=make.NOW - timedelta(minutes=1))
    assert refusal.value.code == "objection.changed"


@pytest.mark.parametrize(
    ("how", "field"), [({"findings": " "}, "findings"), ({"effect": "gold"}, "effect"), ({"answer": ""}, "answer")]
)
def test_an_examination_is_whole(here: World, how: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        examine(here, object_to(here), **how)  # type: ignore[arg-type]
    assert [error.field for error in refusal.value.errors] == [field]


@pytest.mark.parametrize(("by", "error"), [("supervisor", Refused), ("elsewhere", NotFound), ("judge", NotFound)])
@pytest.mark.parametrize("act", [examine, confirm_answer])
def test_who_cannot_answer(here: World, act: Callable[..., object], by: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        act(here, object_to(here), by)


def test_an_objection_about_ones_conflict_is_hidden(here: World) -> None:
    about, other = object_to(here, about="医院一"), object_to(here)
    with transaction(here.engine) as session:
        application = here.application(session, "医院一").id
        person = here.actors["second"].person_id
        assert person is not None
        session.add(
            ConflictOfInterest(person_id=person, application_id=application, source="office", reason="亲属", declared_at=make.NOW)
        )
    with pytest.raises(NotFound):
        examine(here, about, "second")
    with transaction(here.engine) as session:
        seen = queries.objections_of(session, here.actors["second"], here.found(session))
        assert [one.public_id for one in seen] == [other]


def test_the_office_takes_in_what_came_on_paper(world: World) -> None:
    receipt = enter(world)
    found = one(world)
    assert (found.number, found.channel, found.organisation, found.received_on) == (1, "paper", "云川市某协会", DAY)
    assert found.entered_by == world.actors["office"].person_id
    assert found.file_id is not None
    with transaction(world.engine) as session:
        known = queries.objection_by_receipt(session, found.receipt, receipt.code)
        assert known is not None
        assert known.public_id == found.public_id
        assert queries.objection_by_receipt(session, found.receipt, "ABCDEFGHJKLM") is None
        assert queries.objection_by_receipt(session, "YY-ABCDEFGH", receipt.code) is None


@pytest.mark.parametrize(
    ("how", "field"),
    [
        ({"paper": False}, "file"),
        ({"received_on": DAY - timedelta(1)}, "received_on"),  # the notice was not out
        ({"received_on": DAY + timedelta(1)}, "received_on"),  # still to come
    ],
)
def test_paper_comes_within_the_period(here: World, how: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        enter(here, **how)  # type: ignore[arg-type]
    assert [error.field for error in refusal.value.errors] == [field]


def test_no_paper_is_taken_in_once_the_round_has_gone_on(here: World) -> None:
    here.stage("approve")
    with pytest.raises(Conflict) as refusal:
        enter(here)
    assert refusal.value.code == "objection.closed"


def test_the_register_counts_and_days_are_working_days(world: World) -> None:
    object_to(world)
    second = object_to(world)
    with transaction(world.engine) as session:
        # Received on Monday 2 March 2026: five working days end on Monday the 9th, with the 5th off on Tuesday.
        session.add(CalendarDay(day=date(2026, 3, 5), is_workday=False))
    with transaction(world.engine) as session:
        round_ = world.found(session)
        found = queries.objection_for(session, world.actors["office"], round_, second)
        assert found.number == 2
        assert objecting.due_on(session, round_, found) == date(2026, 3, 10)
    examine(world, second, effect="correction")
    confirm_answer(world, second)
    with transaction(world.engine) as session:
        table = EXPORTS["objections"].make(Asked(session, world.actors["office"], "en", make.NOW, {"round": world.round})).table
        titles = [one.title for one in table.columns]
        assert [row[titles.index("To be checked by")] for row in table.rows] == [date(2026, 3, 10)] * 2
        assert [row[titles.index("Effect")] for row in table.rows] == ["—", "Notice to be corrected"]
