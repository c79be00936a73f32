"""An amended decision during the notice, and the notice that corrects."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import Engine, delete, select, update

from award.kernel.audit.trail import transaction
from award.kernel.documents.models import Document
from award.kernel.errors import Conflict, Invalid, NotFound, Refused
from award.office import checks
from award.results import queries
from award.results.models import AwardDecision, Notice, Objection
from award.results.service import amending
from award.results.service.days import AMENDED_TOO_EARLY
from award.rounds.models import Snapshot
from tests import make
from tests.applications.browsing import Visitor
from tests.conftest import StandingClock
from tests.results.acts import (
    NUMBER,
    amend,
    approve,
    confirm_amendment,
    correct_notice,
    decide,
    propose,
    publish,
    to_notice,
    uphold,
)
from tests.results.judged import DAY, Entry, World, build, with_scheme
from tests.results.test_deciding import ENTRIES, decided, states
from tests.results.test_pages import chosen, main_of


@pytest.fixture
def world(any_engine: Engine) -> World:
    """On notice: 制造一 to 三 and 服务一 with the award, 制造四 nominated. On both databases."""
    world = build(any_engine, ENTRIES)
    to_notice(world)
    return world


@pytest.fixture
def here(engine: Engine) -> World:
    """The same."""
    world = build(engine, ENTRIES)
    to_notice(world)
    return world


VACANT = {"制造二": ""}
NEXT = {"制造二": "", "制造四": "award"}


def settled(world: World) -> list[str]:
    with transaction(world.engine) as session:
        both = (checks.decision_made, checks.objections_settled)
        return [one.text for check in both for one in check(checks.Here(session, world.found(session), make.NOW))]


def notices(world: World) -> list[Notice]:
    with transaction(world.engine) as session:
        return list(session.scalars(select(Notice).order_by(Notice.number)))


def letters(world: World) -> list[list[str]]:
    """The letters to whoever objected, the first one first: title and paragraphs."""
    with transaction(world.engine) as session:
        found = session.scalars(select(Document.view).where(Document.subject.startswith("objection:")).order_by(Document.id))
        views = [json.loads(one) for one in found]
    return [[*view["title"], *(one["text"] for one in view["paragraphs"])] for view in views]


def test_a_seat_is_left_vacant(world: World) -> None:
    objection = uphold(world, "制造二")
    assert settled(world) == ["Objections that call for an amended decision: {receipts}"]
    made = amend(world, [objection], VACANT)
    assert settled(world) == ["Decisions that wait for a second person: {categories}"]
    assert decided(world)["制造二"][0] == "award"  # nothing counts before the second person
    with transaction(world.engine) as session:
        assert make.asked(session)[-1] == (world.actors["second"].public_id, "变更决定", "")
    assert confirm_amendment(world, made) == "in_force"
    assert settled(world) == ["A corrected notice is to be published"]
    assert decided(world)["制造二"] == ("", "经查实")
    assert states(world)["制造二"] == "accepted"
    correct_notice(world)
    assert settled(world) == []
    assert world.acts("decision:")[2:] == ["result:amended", "result:amendment_confirmed"]
    first, second = letters(world)
    assert first[3] == "经研究，我办将对有关结果重新审议；审议结果以更正公示公布，并另行书面告知。"
    assert second[0] == "异议处理结果告知书"
    assert second[2:4] == ["经重新审议，有关结果已作变更。理由：申报数据不实", "更正公示另行发布。"]
    assert not any("制造二" in line for line in second)


def test_the_versions_stay_readable(world: World) -> None:
    confirm_amendment(world, amend(world, [uphold(world, "制造二")], VACANT))
    with transaction(world.engine) as session:
        new, old = session.scalars(select(AwardDecision).order_by(AwardDecision.number.desc()))
        assert (old.state, old.number, new.state, new.number) == ("replaced", 1, "in_force", 2)
        assert new.supersedes_id == old.id
        key = world.applications["制造二"]
        assert (old.grades[key], new.grades[key], new.reasons) == ("award", "", {key: "经查实"})
        assert [one.id for one in queries.decisions_of(session, world.found(session))] == [new.id]
        assert session.scalars(select(Objection.decision_id)).one() == new.id


def test_the_next_in_rank_takes_the_seat_and_is_on_notice_anew(world: World) -> None:
    confirm_amendment(world, amend(world, [uphold(world, "制造二")], NEXT))
    correct_notice(world, first_day=date(2026, 3, 4))
    first, second = notices(world)
    assert (second.number, second.corrects_id) == (2, first.id)
    # Five working days from Wednesday 4 March 2026: 4, 5, 6, 9 and Tuesday 10.
    assert (second.first_day, second.last_day) == (date(2026, 3, 4), date(2026, 3, 10))
    assert second.closes_at == datetime(2026, 3, 10, 16, tzinfo=UTC)
    with transaction(world.engine) as session:
        before, after = session.scalars(select(Snapshot).where(Snapshot.kind == "notice").order_by(Snapshot.number))
        told = json.loads(after.content)
    assert "制造二" in before.content
    assert "制造二" not in after.content
    assert told["corrects"] == {
        "notice": before.public_id, "document_number": "云质评〔2026〕3号", "published_on": "2026-03-02",
        "reason": "一家申报数据不实", "added": ["制造四"],
    }  # fmt: skip
    assert states(world)["制造四"] == "publicised"


def test_where_nobody_is_new_the_period_stays(world: World) -> None:
    confirm_amendment(world, amend(world, [uphold(world, "制造二")], VACANT))
    correct_notice(world, first_day=DAY + timedelta(9))
    first, second = notices(world)
    assert (second.first_day, second.last_day, second.closes_at) == (first.first_day, first.last_day, first.closes_at)


def test_a_notice_is_corrected_without_another_decision(world: World) -> None:
    uphold(world, effect="correction")
    assert settled(world) == ["A corrected notice is to be published"]
    made = correct_notice(world)
    assert correct_notice(world) == made
    assert settled(world) == []


def test_nothing_is_corrected_without_cause(here: World) -> None:
    with pytest.raises(Conflict) as refusal:
        correct_notice(here)
    assert refusal.value.code == "notice.nothing_to_correct"


def test_a_correction_has_number_reason_and_day(here: World) -> None:
    confirm_amendment(here, amend(here, [uphold(here, "制造二")], NEXT))
    with pytest.raises(Invalid) as refusal:
        correct_notice(here, number=" ", reason="", first_day=DAY)
    assert [error.field for error in refusal.value.errors] == ["document_number", "first_day", "reason"]


def test_a_correction_does_not_bear_the_number_of_the_notice_it_corrects(here: World) -> None:
    confirm_amendment(here, amend(here, [uphold(here, "制造二")], NEXT))
    with pytest.raises(Invalid) as refusal:
        correct_notice(here, number=NUMBER)
    assert [(one.field, one.text[:21]) for one in refusal.value.errors] == [("document_number", "Another notice of thi")]
    assert len(notices(here)) == 1


def test_another_person_confirms(world: World) -> None:
    made = amend(world, [uphold(world, "制造二")], VACANT)
    with pytest.raises(Refused) as refusal:
        confirm_amendment(world, made, "office")
    assert refusal.value.code == "amendment.same_person"
    assert confirm_amendment(world, made) == confirm_amendment(world, made) == "in_force"


def test_one_waits_at_a_time_and_can_be_dropped(world: World) -> None:
    objection = uphold(world, "制造二")
    made = amend(world, [objection], VACANT)
    assert amend(world, [objection], NEXT) == made
    with pytest.raises(Conflict) as refusal:
        amend(world, [objection], NEXT, "second")
    assert refusal.value.code == "amendment.waiting"
    with transaction(world.engine) as session:
        round_ = world.found(session)
        amending.drop_amendment(session, world.actors["second"], round_, queries.decision_for(session, round_, made), make.NOW)
    with pytest.raises(Conflict) as refusal:
        confirm_amendment(world, made)
    assert refusal.value.code == "decision.over"
    assert confirm_amendment(world, amend(world, [objection], NEXT, "second"), "office") == "in_force"
    with transaction(world.engine) as session:
        assert [one.number for one in queries.decisions_of(session, world.found(session))] == [3]


def test_a_general_objection_under_which_no_grade_changes_does_not_hold_the_round(world: World) -> None:
    """It was upheld with an amended decision in mind, and on reconsideration nothing is to change; two persons say so."""
    objection = uphold(world)
    before = decided(world)
    with pytest.raises(Invalid) as refused:
        amend(world, [objection], {})
    text = "Nothing would change. Choose another grade for those the objection affects, or tick that the decision stays as it was."
    assert [(one.field, one.text) for one in refused.value.errors] == [("grades", text)]
    made = amend(world, [objection], {}, stays=True, reason="经重新审议，维持原决定")
    assert settled(world) == ["Decisions that wait for a second person: {categories}"]
    with pytest.raises(Refused):
        confirm_amendment(world, made, by="office")
    assert len(letters(world)) == 1, "nothing is told before two people have said it"
    assert confirm_amendment(world, made) == "in_force"
    assert letters(world)[1][2] == "经重新审议，维持原结果。理由：经重新审议，维持原决定"
    assert (decided(world), settled(world)) == (before, ["A corrected notice is to be published"])
    correct_notice(world)
    assert settled(world) == []
    first, second = notices(world)
    assert second.closes_at == first.closes_at, "nobody is named newly"


def test_the_page_of_the_objection_has_both_letters(clock: StandingClock, here: World, client: Any) -> None:
    objection = uphold(here)
    url, office = f"/office/rounds/{here.round}/notice/objections/{objection}", Visitor(client, here.cookies["office"])
    assert "a second letter says what came of it" not in main_of(office.page(url))
    assert office.get(f"{url}/files/outcome").status_code == 404
    confirm_amendment(here, amend(here, [objection], {}, stays=True, reason="经重新审议，维持原决定"))
    assert "a second letter says what came of it" in main_of(office.page(url))


def test_that_the_decision_stays_is_not_said_beside_another_grade(here: World) -> None:
    with pytest.raises(Invalid) as refused:
        amend(here, [uphold(here)], VACANT, stays=True)
    text = "It is ticked that the decision stays as it was, but grades differ. Take back the one or the other."
    assert [(one.field, one.text) for one in refused.value.errors] == [("stays", text)]
    with pytest.raises(Invalid) as refused:
        amend(here, [], {}, stays=True)
    assert [one.field for one in refused.value.errors] == ["objections"]


def test_no_amendment_without_an_upheld_objection(here: World) -> None:
    refused = uphold(here, "制造二", "none")
    for named in ([], [refused]):
        with pytest.raises(Invalid) as refusal:
            amend(here, named, VACANT)
        assert [error.field for error in refusal.value.errors] == ["objections"]


def test_an_amendment_says_who_when_what_and_why(here: World) -> None:
    objection = uphold(here, "制造二")
    key = here.applications["制造二"]
    with pytest.raises(Invalid) as refusal:
        amend(here, [objection], VACANT, reason=" ", reasons={}, members=[""], held_on=DAY + timedelta(1))
    assert [error.field for error in refusal.value.errors] == ["held_on", "members", "reason", f"reason-{key}"]
    with pytest.raises(Invalid) as refusal:
        amend(here, [objection], {"制造二": "award"})
    assert [error.field for error in refusal.value.errors] == ["grades"]


def test_an_empty_form_of_an_amendment_names_everything_at_once(clock: StandingClock, here: World, client: Any) -> None:
    uphold(here, "制造二")
    url = f"/office/rounds/{here.round}/results/amendment?category=organisation"
    key = here.applications["制造二"]
    office = Visitor(client, here.cookies["office"])
    grades = {f"grade-{one['key']}": one["value"] for one in chosen(office.page(url))}
    answer = office.post(url, {**grades, f"grade-{key}": "", "held_on": "", "members": "", "reason": ""})
    page = BeautifulSoup(answer.text, "html.parser")
    named = [str(one["href"]).removeprefix("#f-") for one in page.select(".summary a")]
    assert (answer.status_code, named) == (422, ["held_on", "members", "reason", "objections", f"reason-{key}"])


def test_an_amended_decision_follows_the_objection_behind_it(here: World) -> None:
    objection = uphold(here, "制造二")
    with transaction(here.engine) as session:
        session.execute(update(AwardDecision).values(held_on=DAY - timedelta(3)))
    with pytest.raises(Invalid) as refusal:
        amend(here, [objection], VACANT, held_on=DAY - timedelta(1))
    assert [(error.text, error.params) for error in refusal.value.errors] == [(AMENDED_TOO_EARLY, {"day": DAY})]
    assert amend(here, [objection], VACANT)


def test_no_seat_for_somebody_who_is_not_next(here: World) -> None:
    """Whoever is below the minimum or behind others is not next in rank."""
    with transaction(here.engine) as session:
        ranked = {name: here.application(session, name).sector for name in ("制造四", "医院一")}
    assert ranked["制造四"] == "manufacturing"
    with pytest.raises(Invalid) as refusal:
        amend(here, [uphold(here, "制造二")], {"制造二": "", "医院一": "award"})
    assert [error.field for error in refusal.value.errors] == [f"grade-{here.applications['医院一']}"]


def test_nobody_is_put_before_the_next_in_rank(any_engine: Engine) -> None:
    """The freed seat is that of 制造四 (750 points), not of 制造五 (700), though both are above the minimum."""
    world = build(any_engine, [*ENTRIES, Entry("制造五", (70,) * 5)])
    to_notice(world)
    with pytest.raises(Invalid) as refusal:
        amend(world, [uphold(world, "制造二")], {"制造二": "", "制造五": "award"})
    (fault,) = refusal.value.errors
    assert (fault.field, fault.params["name"]) == (f"grade-{world.applications['制造五']}", "制造五")
    assert fault.text.startswith("{name} is not next in rank")
    assert decided(world)["制造二"][0] == "award"


def test_a_category_that_was_not_decided_is_not_amended(here: World) -> None:
    """The page offers it after a decision only; the act asks for itself."""
    objection = uphold(here, "制造二")
    with transaction(here.engine) as session:
        session.execute(delete(AwardDecision))
    with pytest.raises(Conflict) as refusal:
        amend(here, [objection], VACANT)
    assert refusal.value.code == "amendment.undecided"


def test_where_the_rules_leave_no_seat_vacant_the_next_takes_it(here: World) -> None:
    with transaction(here.engine) as session:
        with_scheme(session, here.found(session), vacancy_allowed=False)
    objection = uphold(here, "制造二")
    with pytest.raises(Invalid) as refusal:
        amend(here, [objection], VACANT)
    assert [(error.field, error.params) for error in refusal.value.errors] == [("grades", {"names": ["制造四"]})]
    assert amend(here, [objection], NEXT)


def test_a_sanction_can_lower_a_grade(here: World) -> None:
    """An award becomes a nomination; the freed seat of the award may stay vacant."""
    confirm_amendment(here, amend(here, [uphold(here, "制造三")], {"制造三": "nomination"}))
    assert decided(here)["制造三"][0] == "nomination"


def test_before_the_notice_nothing_is_amended(engine: Engine) -> None:
    world = build(engine, ENTRIES)
    propose(world)
    decide(world)
    with pytest.raises(Conflict) as refusal:
        amend(world, [], VACANT)
    assert refusal.value.code == "amendment.no_notice"


@pytest.mark.parametrize("at", ["approve", "publish", "archive"])
def test_after_the_notice_nothing_is_amended(here: World, at: str) -> None:
    objection = uphold(here, "制造二")
    made = amend(here, [objection], VACANT)
    here.stage(at)
    for act in (lambda: amend(here, [objection], VACANT), lambda: confirm_amendment(here, made)):
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.code == "stage.wrong"


def test_the_newest_confirmed_decision_is_published(world: World) -> None:
    confirm_amendment(world, amend(world, [uphold(world, "制造二")], NEXT))
    correct_notice(world)
    approve(world)
    publish(world)
    assert states(world) == {
        "制造一": "awarded", "制造二": "not_awarded", "制造三": "awarded", "制造四": "awarded", "服务一": "awarded",
        "医院一": "not_awarded",
    }  # fmt: skip
    with transaction(world.engine) as session:
        result = session.scalars(select(Snapshot.content).where(Snapshot.kind == "result")).one()
    assert "制造二" not in result


@pytest.mark.parametrize("by", ["supervisor", "judge", "elsewhere"])
def test_only_its_office_amends(here: World, by: str) -> None:
    with pytest.raises((Refused, NotFound)):
        amend(here, [uphold(here, "制造二")], VACANT, by)
