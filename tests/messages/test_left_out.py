"""Whom a stage held on paper left out is no longer written to with those still in the round, and has a group of his own."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select

from award.accounts.models import Person
from award.kernel.actor import Role, Scope
from award.kernel.audit.trail import transaction
from award.kernel.errors import Invalid
from award.kernel.i18n import translate
from award.messages.groups import GROUPS
from award.messages.queries.receivers import receivers_of
from award.messages.service.mailing import Draft, Preview, preview_mailing, send_mailing
from award.standing.models import Assignment
from tests import make
from tests.applications.browsing import Visitor
from tests.conftest import StandingClock
from tests.office.test_outcomes_decided import FAILED, PASSED, voted
from tests.results import judged
from tests.results.judged import Entry, World

DRAFT = Draft("accepted", "现场答辩", "请{单位名称}于{截止时间}前到会。")
MONTH = timedelta(30)


@pytest.fixture
def world(any_engine: Engine, clock: StandingClock) -> World:
    """Jiangsu's committee has voted on three of one contact person: 甲 goes on, 乙 does not; the vote on 丙 waits."""
    made = judged.build(any_engine, [Entry("甲"), Entry("乙"), Entry("丙")], scheme="jiangsu-governor", at="deliberate")
    voted(made, "甲", PASSED)
    voted(made, "乙", FAILED)
    voted(made, "丙", FAILED, is_confirmed=False)
    return made


def meant(world: World, key: str) -> list[str]:
    """Of what the letters of a group name as the receiver's organisations."""
    with transaction(world.engine) as session:
        found = receivers_of(session, world.actors["office"], world.found(session), GROUPS[key], make.NOW)
        return [one.values["organisation"] for one in found]


def previewed(world: World, draft: Draft = DRAFT, now: Any = make.NOW) -> Preview:
    with transaction(world.engine) as session:
        return preview_mailing(session, world.actors["office"], world.found(session), draft, now)


def put(world: World, **states: str) -> None:
    with transaction(world.engine) as session:
        for name, state in states.items():
            world.application(session, name).state = state


def test_those_in_the_round_and_those_left_out_are_two_groups(world: World) -> None:
    assert (meant(world, "accepted"), meant(world, "left_out")) == (["甲、丙"], ["乙"])


def test_nobody_is_left_out_before_a_second_person_confirms_it(any_engine: Engine, clock: StandingClock) -> None:
    world = judged.build(any_engine, [Entry("甲")], scheme="jiangsu-governor", at="deliberate")
    voted(world, "甲", FAILED, is_confirmed=False)
    assert (meant(world, "accepted"), meant(world, "left_out")) == (["甲"], [])
    with pytest.raises(Invalid) as caught:
        previewed(world, Draft("left_out", "a", "b"))
    assert [one.field for one in caught.value.errors] == ["group"]


def test_left_out_before_acceptance_is_no_longer_among_the_submitted(world: World) -> None:
    put(world, 甲="submitted", 乙="submitted")
    assert (meant(world, "submitted"), meant(world, "left_out"), meant(world, "accepted")) == (["甲"], ["乙"], ["丙"])


def test_left_out_stays_so_after_the_result_and_a_withdrawal_ends_it(world: World) -> None:
    put(world, 甲="awarded", 乙="not_awarded", 丙="not_awarded")
    assert (meant(world, "accepted"), meant(world, "left_out")) == (["甲、丙"], ["乙"])
    put(world, 乙="withdrawn")
    assert meant(world, "left_out") == []


@pytest.mark.parametrize("group", ["accepted", "left_out", "judges"])
def test_the_deadline_is_the_end_of_the_present_stage(world: World, group: str) -> None:
    """The stage began a day before 09:00 of 2 March and takes 31 days; scoring ended four stages earlier."""
    with transaction(world.engine) as session:
        round_, seated = world.found(session), session.scalars(select(Assignment)).first()
        assert seated is not None
        make.grant(session, session.get_one(Person, seated.person_id), Role.JUDGE, Scope.ROUND, round_.id)
        found = receivers_of(session, world.actors["office"], round_, GROUPS[group], make.NOW)
        assert [one.values["deadline"] for one in found] == ["2026年4月1日 09:00（北京时间）"]


@pytest.mark.parametrize("late", [MONTH, MONTH + timedelta(1)])
def test_a_deadline_that_has_passed_is_refused_with_the_stage(world: World, late: timedelta) -> None:
    with pytest.raises(Invalid) as caught:
        previewed(world, now=make.NOW + late)
    (one,) = caught.value.errors
    said = translate("zh", one.text, one.params)
    assert (one.field, said) == ("text", "截止时间无法填写：当前环节“审议表决”没有尚未到期的截止时间。请直接写明日期。")
    assert "“Deliberation and vote”" in translate("en", one.text, one.params)
    undated = Draft("accepted", "现场答辩", "请{单位名称}于4月20日前到会。")
    assert previewed(world, undated, make.NOW + late).count == 1


def test_a_letter_seen_in_time_is_not_sent_with_a_date_past(world: World) -> None:
    seen = previewed(world, now=make.NOW + MONTH - timedelta(minutes=1))
    assert "请甲、丙于2026年4月1日 09:00（北京时间）前到会。" in seen.context["text"]
    with pytest.raises(Invalid) as caught, transaction(world.engine) as session:
        send_mailing(
            session, world.actors["office"], world.found(session), DRAFT, key=seen.key, confirmed=1, mark=seen.mark, now=make.NOW + MONTH,
        )  # fmt: skip
    assert [one.field for one in caught.value.errors] == ["text"]


def test_only_a_round_with_stages_on_paper_offers_the_group(world: World, any_engine: Engine, client: TestClient) -> None:
    def offered(of: World) -> dict[str, str]:
        page = Visitor(client, of.cookies["office"]).page(f"/office/rounds/{of.round}/mailing")
        return {str(one["value"]): one.get_text() for one in page.select("option") if one["value"]}

    assert offered(world)["accepted"] == "Applicants accepted and still in the round"
    assert offered(world)["left_out"] == "Applicants left out by a stage held on paper"
    with transaction(any_engine) as session:
        round_ = make.round_(session, of=world.found(session).award.authority)
        within = World(any_engine, round_.public_id, {}, world.actors, world.cookies)
    assert set(offered(world)) - set(offered(within)) == {"left_out"}
