"""The returns of a round judge by judge: how often, by whom, why; what changed only for whom values are open at that time."""

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from award.judging import service
from award.judging.returns import Change, returns_in
from award.kernel.actor import Actor
from award.kernel.audit.trail import transaction
from award.standing.models import Conflict
from tests import make
from tests.conftest import StandingClock
from tests.judging import world as worlds
from tests.judging.browsing import as_, main_text, post
from tests.judging.world import World
from tests.visiting import only


def give_back(world: World, judge: int, reason: str, by: Actor) -> None:
    with transaction(world.engine) as session:
        service.return_sheet(
            session, by, world.application(session), worlds.sheet(session, world, 0, judge), reason, make.NOW
        )


def mark_anew(world: World, judge: int, percent: int) -> None:
    with transaction(world.engine) as session:
        found = world.application(session)
        items = worlds.criteria(session, found).items()
        entries = {item.key: (replace(worlds.entry(percent, key=item.key), factors={}), 1) for item in items}
        service.save_items(session, world.judges[judge], found, world.seat(session, 0, judge), entries, make.NOW)


def returned(engine: Engine) -> World:
    """Judge 1 was given his sheet back twice, by the leader (60 -> 70 percent) and by the office; judge 2 once, unchanged."""
    world = worlds.build(engine, applications=2, scheme=make.scheme_of_all_stages())
    for judge, percent in ((1, 60), (2, 80)):
        worlds.score(world, 0, judge, percent=percent)
        worlds.submit(world, 0, judge)
    give_back(world, 1, "意见写错了条款", world.judges[0])
    mark_anew(world, 1, 70)
    worlds.submit(world, 0, 1)
    give_back(world, 1, "用语不当", world.office)
    give_back(world, 2, "评审员来电", world.office)
    return world


def hand_in(world: World) -> None:
    """Everything comes in; the gate of the application opens."""
    for judge in (1, 2):
        worlds.submit(world, 0, judge)
    for judge in (0, 3, 4):
        worlds.score(world, 0, judge)
        worlds.submit(world, 0, judge)


def found(world: World, actor: Actor) -> list[list[tuple[str, str, str, int, Change | None]]]:
    with transaction(world.engine) as session:
        judges = returns_in(session, actor, world.application(session).round, make.NOW)
        return [[(one.judge, one.returner, one.reason, one.version, one.change) for one in all_] for all_ in judges.values()]


def test_who_sees_what_and_when(any_engine: Engine, clock: StandingClock) -> None:
    """Before the gate opens only who, how often and why; then the office; the supervisor once judges have scored."""
    world = returned(any_engine)
    first, second = worlds.JUDGES[1], worlds.JUDGES[2]
    hidden = [
        [(first, worlds.JUDGES[0], "意见写错了条款", 1, None), (first, world.office.name, "用语不当", 2, None)],
        [(second, world.office.name, "评审员来电", 1, None)],
    ]
    assert found(world, world.office) == found(world, world.supervisor) == hidden
    hand_in(world)
    # 600 of 1000 points at 60 percent everywhere, 700 at 70.
    told = [[Change(60000, 70000), Change(70000, 70000)], [Change(80000, 80000)]]
    assert [[one[4] for one in all_] for all_ in found(world, world.office)] == told
    assert found(world, world.supervisor) == hidden
    world.stage("consensus")
    assert found(world, world.supervisor) == found(world, world.office)
    assert [[one[4] for one in all_] for all_ in found(world, world.supervisor)] == told


def test_nothing_of_an_application_one_has_a_conflict_with(any_engine: Engine, clock: StandingClock) -> None:
    world = returned(any_engine)
    with transaction(any_engine) as session:
        session.add(Conflict(
            person_id=world.supervisor.person_id, application_id=world.application(session).id, source="office", reason="亲属",
            declared_at=make.NOW,
        ))  # fmt: skip
    assert found(world, world.supervisor) == []
    assert found(world, world.office) != []


def test_no_change_is_told_of_a_sheet_that_does_not_count(engine: Engine, clock: StandingClock) -> None:
    """Its judge has left the panel: nobody sees its values, and who pressed him is still told."""
    world = returned(engine)
    worlds.submit(world, 0, 2)
    worlds.replace(world, 1, 5)
    for judge in (0, 3, 4, 5):
        if judge == 5:
            worlds.sign(world, 0, 5)
        worlds.score(world, 0, judge)
        worlds.submit(world, 0, judge)
    mine, other = found(world, world.office)
    assert [(one[2], one[4]) for one in mine] == [("意见写错了条款", None), ("用语不当", None)]
    assert [one[4] for one in other] == [Change(80000, 80000)]


@pytest.mark.parametrize("who", ["office", "supervisor"])
def test_the_page_and_its_table(engine: Engine, clock: StandingClock, client: TestClient, who: str) -> None:
    world = returned(engine)
    url = f"/office/rounds/{world.round}/returns"
    page = as_(client, world, who).get(url)
    assert url in client.get(f"/office/rounds/{world.round}/progress").text
    text = main_text(page)
    assert f"{worlds.JUDGES[1]} 退回 2 次 · 1 份评分表" in text
    assert "意见写错了条款" in text
    assert "评审组组长" in text
    assert "600" not in text
    hand_in(world)
    world.stage("consensus")
    text = main_text(client.get(url))
    assert "+100.00 600.00 → 700.00" in text
    assert "退回后总分有变化 1 / 3" in text
    table = post(client, f"/office/export/returns?round={world.round}", {"format": "csv", "reason": ""}).content.decode("utf-8-sig")
    assert [line.split(",")[-3:] for line in table.splitlines()[1:]] == [
        ["600.00", "700.00", "100.00"], ["700.00", "700.00", "0.00"], ["800.00", "800.00", "0.00"],
    ]  # fmt: skip


def test_a_round_without_returns_says_so(world: World, client: TestClient) -> None:
    page = as_(client, world, "office").get(f"/office/rounds/{world.round}/returns")
    assert "本届没有退回过评分表。" in only(BeautifulSoup(page.text, "html.parser"), "main").get_text()
