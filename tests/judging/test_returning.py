"""The leader of a panel sees how far its sheets are and gives one back: what he learns, what follows, each refusal."""

import json
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select

from award.judging import service
from award.kernel.actor import Actor
from award.kernel.audit.trail import transaction
from award.kernel.errors import AwardError
from award.kernel.events import Event
from award.kernel.mail.models import Message
from award.kernel.mail.writing import write
from award.panels import service as panels
from tests import make
from tests.applications.world import records
from tests.conftest import StandingClock
from tests.judging import world as worlds
from tests.judging.browsing import as_, main_text, post
from tests.judging.world import World
from tests.visiting import faults

REASON = "评审员来电，4.1.2 的意见写在了 4.1.3 下"


LETTERS = select(Message).where(Message.template == "sheet_returned").order_by(Message.id)


def give_back(world: World, judge: int = 1, *, by: Actor | None = None, reason: str = REASON) -> None:
    """The leader returns the sheet of a judge of his panel."""
    with transaction(world.engine) as session:
        sheet = worlds.sheet(session, world, 0, judge)
        service.return_sheet(session, by or world.judges[0], world.application(session), sheet, reason, make.NOW)


def refused(world: World, judge: int = 1, *, by: Actor | None = None, reason: str = REASON) -> tuple[str, int]:
    """The code and the status of what it raises."""
    with pytest.raises(AwardError) as caught:
        give_back(world, judge, by=by, reason=reason)
    return caught.value.code, caught.value.status


def put_in(world: World, *judges: int) -> None:
    """These judges score and submit."""
    for judge in judges:
        worlds.score(world, 0, judge)
        worlds.submit(world, 0, judge)


def test_the_leader_gives_a_sheet_back(any_engine: Engine, clock: StandingClock) -> None:
    """His own need not be in. The judge is written to by whom; what he submits again is a second version."""
    world = worlds.build(any_engine)
    put_in(world, 1)
    give_back(world)
    with transaction(any_engine) as session:
        sheet = worlds.sheet(session, world, 0, 1)
        assert (sheet.state, sheet.returned_reason, sheet.returned_by) == ("returned", REASON, "leader")
        [record] = records(session, Event.SHEET_RETURNED)
        assert record["actor"]["id"] == world.judges[0].public_id
        assert record["content"] == {"reason": REASON, "version": 1, "returned_by": "leader"}
        assert [(one.person_id, one.about) for one in session.scalars(LETTERS)] == [
            (world.judges[1].person_id, f"application:{world.applications[0]}")
        ]
    worlds.submit(world, 0, 1)
    give_back(world, by=world.office)
    with transaction(any_engine) as session:
        first, second = [write(one.template, json.loads(one.context), "zh").body for one in session.scalars(LETTERS)]
    assert "评审组组长将您" in first
    assert REASON in first
    assert f"/review/{world.seats[0, 1]}\n" in first
    assert "评审办公室将您" in second


def test_whom_and_what_he_cannot_return(world: World) -> None:
    worlds.score(world, 0, 2)
    put_in(world, 0, 1)
    assert refused(world, 0) == ("sheet.own", 409)
    assert refused(world, 2) == ("sheet.not_submitted", 409)
    assert refused(world, reason=" ") == ("invalid", 422)
    assert refused(world, by=world.judges[2]) == ("role.cannot", 403)
    assert refused(world, by=world.judges[5]) == ("not_found", 404)


def test_a_leader_who_was_replaced_or_has_a_conflict_returns_nothing(world: World) -> None:
    put_in(world, 1)
    worlds.change(world, "leader", 2)
    assert refused(world) == ("role.cannot", 403)
    with transaction(world.engine) as session:
        found, seat = world.application(session), world.seat(session, 0, 2)
        panels.declare_conflict(session, world.judges[2], found, seat, "顾问", make.NOW)
    assert refused(world, by=world.judges[2]) == ("not_found", 404)


def test_the_sheet_of_a_judge_who_has_left_is_not_returned(world: World) -> None:
    """Nothing is written about the application to somebody for whom it does not exist any more."""
    put_in(world, 1)
    with transaction(world.engine) as session:
        panels.declare_conflict(session, world.judges[1], world.application(session), world.seat(session, 0, 1), "顾问", make.NOW)
    assert refused(world) == refused(world, by=world.office) == ("not_found", 404)
    with transaction(world.engine) as session:
        assert session.scalars(LETTERS).all() == []


def test_only_while_judges_score(engine: Engine, clock: StandingClock) -> None:
    """The other stages: tests/policy."""
    world = worlds.build(engine, scheme=make.scheme_of_all_stages())
    put_in(world, 1)
    for kind in ("assign", "consensus", "site", "deliberate", "archive"):
        world.stage(kind)
        assert refused(world) == ("stage.wrong", 409)


def test_not_once_all_sheets_were_in(world: World) -> None:
    """Nor when a recusal has closed the gate again: what was seen stays seen."""
    worlds.all_in(world)
    assert refused(world) == ("gate.open", 409)
    with transaction(world.engine) as session:
        panels.declare_conflict(session, world.judges[4], world.application(session), world.seat(session, 0, 4), "顾问", make.NOW)
    assert refused(world) == ("gate.was_open", 409)


def test_nobody_returns_a_sheet_that_could_not_come_in_again(world: World) -> None:
    put_in(world, 1)
    with transaction(world.engine) as session:
        round_ = world.application(session).round
        round_.stages[round_.position].closes_at = make.NOW - timedelta(minutes=1)
    assert refused(world) == ("stage.over", 409)
    assert refused(world, by=world.office) == ("stage.over", 409)


def lines(page: str) -> list[str]:
    """The rows of the table, without the forms in them."""
    table = BeautifulSoup(page, "html.parser").select_one("main table")
    assert table is not None
    for form in table.select("details"):
        form.decompose()
    return [" ".join(row.get_text(" ").split()) for row in table.select("tbody tr")]


def test_his_page_tells_states_and_nothing_else(world: World, client: TestClient) -> None:
    """Other marks and more items scored: the same page. No names of judges, however far they are."""
    pages = []
    for percent in (30, 85):
        worlds.score(world, 0, 1 if percent == 30 else 2, percent=percent, leave=3 if percent == 30 else 20)
        pages.append(as_(client, world, "judge0").get(f"/review/{world.seats[0, 0]}/team").text)
    assert lines(pages[1]) == ["A 您 未开始", "B 评分中", "C 评分中", "D 未开始", "E 未开始"]
    assert lines(pages[0])[1] == lines(pages[1])[2].replace("C", "B")
    assert [name for name in worlds.JUDGES[1:5] for page in pages if name in page] == []
    assert f"/review/{world.seats[0, 0]}/team" in client.get(f"/review/{world.seats[0, 0]}").text
    as_(client, world, "judge1")
    assert "/team" not in client.get(f"/review/{world.seats[0, 1]}").text
    assert client.get(f"/review/{world.seats[0, 1]}/team").status_code == 403
    assert client.get(f"/review/{world.seats[0, 0]}/team").status_code == 404


def test_the_form_of_his_page(world: World, client: TestClient) -> None:
    put_in(world, 1, 2)
    with transaction(world.engine) as session:
        sheet = worlds.sheet(session, world, 0, 1).public_id
    url = f"/review/{world.seats[0, 0]}/team"
    as_(client, world, "judge0")
    nothing, no_reason, no_code = (
        post(client, f"{url}/{sheet}/return", data) for data in ({}, {"code": "asked", "reason": ""}, {"reason": "改写意见"})
    )
    wanted = ["请选择退回原因。", "请写明需要修改什么，评审员会看到。"]
    for answer, found in ((nothing, wanted), (no_reason, wanted[1:]), (no_code, wanted[:1])):
        assert answer.status_code == 422
        assert faults(answer) == found
    assert BeautifulSoup(no_reason.text, "html.parser").select_one('input[value="asked"][checked]') is not None
    assert "改写意见" in main_text(no_code)
    assert post(client, f"{url}/zzzzzzzzzzzz/return", {"code": "asked", "reason": "改"}).status_code == 404
    assert post(client, f"{url}/{sheet}/return", {"code": "asked", "reason": "改写意见"}).headers["location"] == url
    assert lines(client.get(url).text)[1] == "B 已退回修改"
    said = "评审组组长退回了此评分表：评审员本人请求：改写意见"
    assert said in main_text(as_(client, world, "judge1").get(f"/review/{world.seats[0, 1]}"))
    assert said in main_text(as_(client, world, "office").get(f"/office/rounds/{world.round}/progress/{world.applications[0]}"))


def test_his_page_says_why_nothing_can_be_returned(world: World, client: TestClient) -> None:
    worlds.all_in(world)
    page = main_text(as_(client, world, "judge0").get(f"/review/{world.seats[0, 0]}/team"))
    assert "评分表已全部提交，不能再退回" in page
    world.stage("notice")
    assert client.get(f"/review/{world.seats[0, 0]}/team").status_code == 409
