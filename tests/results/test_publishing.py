"""Approval and publication: recorded once, by two people, into a snapshot nobody can change."""

import json
from datetime import date, timedelta
from unittest import mock

import pytest
from sqlalchemy import Engine, delete, select, text, update
from sqlalchemy.exc import DBAPIError

from award.kernel.audit.trail import transaction
from award.kernel.documents.models import Document
from award.kernel.errors import Conflict, Invalid, NotFound, Refused
from award.press.views import NoticeView
from award.results import official
from award.results.models import Approval, Objection
from award.results.official import _in_lines, decision_view
from award.results.papers import Group, Winner
from award.results.queries import approval_of, decided_lines
from award.results.service.days import APPROVED_TOO_EARLY, first_of_approval
from award.results.service.publishing import publish_result
from award.rounds.models import Snapshot
from tests import make
from tests.results.acts import (
    approve,
    confirm_answer,
    decide,
    examine,
    object_to,
    propose,
    publish,
    put_on_notice,
    run_out,
    to_notice,
    to_publication,
)
from tests.results.judged import DAY, Entry, World, build
from tests.results.test_deciding import ENTRIES, states


@pytest.fixture
def world(any_engine: Engine) -> World:
    """On notice, on both databases."""
    world = build(any_engine, [*ENTRIES, Entry("后撤", (60,) * 5, state="withdrawn")])
    to_notice(world)
    return world


def test_an_approval_says_who_and_when(engine: Engine) -> None:
    world = build(engine, ENTRIES)
    to_notice(world)
    with pytest.raises(Invalid) as refusal:
        approve(world, approved_by=" ", number=" ", on=DAY + timedelta(1))
    assert [error.field for error in refusal.value.errors] == ["approved_by", "document_number", "approved_on"]


def test_an_approval_follows_the_end_of_the_notice_and_the_answers(world: World) -> None:
    objection = object_to(world)
    examine(world, objection)
    confirm_answer(world, objection)
    with transaction(world.engine) as session:
        # Five working days from Tuesday, 3 March: until Monday.
        assert first_of_approval(session, world.found(session)) == date(2026, 3, 10)
    run_out(world)
    with pytest.raises(Invalid) as refusal:
        approve(world, on=DAY - timedelta(1))
    assert [(error.text, error.params) for error in refusal.value.errors] == [(APPROVED_TOO_EARLY, {"day": DAY})]
    with transaction(world.engine) as session:
        session.execute(update(Objection).values(answered_at=make.NOW + timedelta(2)))
        assert first_of_approval(session, world.found(session)) == DAY + timedelta(2)


def test_nothing_undecided_is_approved(engine: Engine) -> None:
    world = build(engine, ENTRIES)
    propose(world)
    with pytest.raises(Conflict) as refusal:
        approve(world)
    assert refusal.value.code == "approval.undecided"


@pytest.mark.parametrize(("by", "error"), [("supervisor", Refused), ("elsewhere", Refused), ("judge", Refused)])
def test_who_cannot_approve_or_publish(engine: Engine, by: str, error: type[Exception]) -> None:
    world = build(engine, ENTRIES)
    to_notice(world)
    with pytest.raises((error, NotFound)):
        approve(world, by)
    approve(world)
    with pytest.raises((error, NotFound)):
        publish(world, by)


def test_a_second_person_publishes(world: World) -> None:
    approve(world)
    with pytest.raises(Refused) as refusal:
        publish(world, "office")
    assert refusal.value.code == "result.same_person"
    assert publish(world, "second") == publish(world, "second")
    assert world.acts("round:").count("result:published") == 1
    assert states(world) == {
        "制造一": "awarded", "制造二": "awarded", "制造三": "awarded", "制造四": "awarded", "服务一": "awarded",
        "医院一": "not_awarded", "后撤": "withdrawn",
    }  # fmt: skip


def test_somebody_else_cannot_publish_again(engine: Engine) -> None:
    world = build(engine, ENTRIES)
    to_publication(world)
    with pytest.raises(Conflict) as refusal:
        publish(world, "office")
    assert refusal.value.code == "result.published"


def test_no_publication_without_approval(engine: Engine) -> None:
    world = build(engine, ENTRIES)
    to_notice(world)
    with pytest.raises(Conflict) as refusal:
        publish(world)
    assert refusal.value.code == "result.unapproved"


def test_no_publication_in_another_stage(engine: Engine) -> None:
    world = build(engine, ENTRIES)
    propose(world)
    decide(world)
    put_on_notice(world)
    with transaction(engine) as session, pytest.raises(Refused) as refusal:
        publish_result(session, world.actors["second"], world.found(session), make.NOW)
    assert refusal.value.code == "stage.wrong"


def test_the_published_result(world: World) -> None:
    approve(world)
    snapshot = publish(world)
    with transaction(world.engine) as session:
        content = json.loads(session.get_one(Snapshot, snapshot).content)
        approval = session.scalars(select(Approval)).one()
    assert content["document_number"] == approval.document_number == "云政发〔2026〕27号"
    assert [(group["grade"], [one["name"] for one in group["winners"]]) for group in content["groups"]] == [
        ("award", ["制造一", "制造二", "制造三", "服务一"]), ("nomination", ["制造四"]),
    ]  # fmt: skip
    assert content["revoked"] == {}
    assert "医院一" not in json.dumps(content, ensure_ascii=False)


def test_the_database_keeps_a_snapshot_as_it_is(world: World) -> None:
    approve(world)
    snapshot = publish(world)
    for change in (
        update(Snapshot).where(Snapshot.id == snapshot).values(content="{}"),
        delete(Snapshot).where(Snapshot.id == snapshot),
        text("UPDATE snapshot SET published_at = NULL"),
    ):
        with pytest.raises(DBAPIError, match="written once"), transaction(world.engine) as session:
            session.execute(change)


def test_decision_and_announcement_name_the_stages_as_the_notice_does(engine: Engine) -> None:
    world = build(engine, ENTRIES)
    to_publication(world)
    publish(world)
    with transaction(engine) as session:
        round_ = world.found(session)
        approval = approval_of(session, round_.id)
        assert approval is not None
        decision = decision_view(round_, round_.scheme, decided_lines(session, round_), approval)
        announced = session.scalars(select(Document.view).where(Document.subject.startswith("announcement:"))).one()
    for said in (decision.paragraphs[0].text, json.loads(announced)["paragraphs"][0]["text"]):
        assert "经申报、受理与资格审查、材料评审和公示" in said


@pytest.mark.parametrize(
    ("category", "title", "counted"),
    [("organisation", "获奖组织的决定", "等7家组织"), ("team", "获奖班组的决定", "等7个班组"), ("individual", "获奖个人的决定", "等7人")],
)
def test_the_decision_calls_its_winners_what_they_are(world: World, category: str, title: str, counted: str) -> None:
    decision = decided(world, category, 7)
    assert decision.title[1].endswith(title)
    assert any(counted in one.text for one in decision.paragraphs)


@pytest.mark.parametrize(
    ("of_whom", "lines"),
    [
        ("获奖组织的决定", ("第六届云川市市长质量奖获奖组织的决定",)),
        ("获奖组织和个人的决定", ("第六届云川市市长质量奖", "获奖组织和个人的决定")),
    ],
)
def test_no_title_breaks_inside_a_word(of_whom: str, lines: tuple[str, ...]) -> None:
    """18 characters stand in one line of 20, 21 do not."""
    assert _in_lines("第六届云川市市长质量奖", of_whom) == lines


def decided(world: World, category: str, *winners: int) -> NoticeView:
    """The decision on a grade for each number of winners."""
    approve(world)
    with transaction(world.engine) as session:
        round_ = world.found(session)
        scheme, approval = round_.scheme, approval_of(session, round_.id)
        assert approval is not None
        quota, name = scheme.category("organisation").quotas[0], scheme.category("organisation").name
        named = (tuple(Winner(str(at), f"获奖者{at}", "", None) for at in range(1, count + 1)) for count in winners)
        groups = [Group(category, name, quota.grade, quota.name, 0, one) for one in named]
        with mock.patch.object(official, "groups_of", return_value=groups):
            return official.decision_view(round_, scheme, {}, approval)


@pytest.mark.parametrize(
    ("winners", "said"),
    [
        ((4,), ["授予获奖者1、获奖者2、获奖者3、获奖者4云川市市长质量奖。"]),
        ((5,), ["授予获奖者1、获奖者2、获奖者3、获奖者4、获奖者5等5家组织云川市市长质量奖。"]),
        ((2, 20), ["一、授予获奖者1、获奖者2云", "获奖者19、获奖者20等20家组织"]),
        ((5, 21), ["一、授予获奖者1、获奖者2等5家组织", "二、授予获奖者1、获奖者2等21家组织"]),
    ],
)
def test_up_to_twenty_winners_of_a_grade_are_named_in_the_text_and_more_in_an_annex(
    world: World, winners: tuple[int, ...], said: list[str]
) -> None:
    decision = decided(world, "organisation", *winners)
    listed = [one.text for one in decision.paragraphs[1:-1]]
    assert len(listed) == len(said)
    assert all(words in text for words, text in zip(said, listed, strict=True))
    rows = [len(one.table.rows) for one in decision.annexes if one.table is not None]
    assert rows == ([sum(winners)] if max(winners) > 20 else [])
