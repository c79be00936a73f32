"""Who sees values: nobody but their author before all sheets are in, and a conflict hides everything behind every door."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from award.kernel.audit.trail import transaction
from award.panels import service as panels
from tests import make
from tests.judging import world as worlds
from tests.judging.browsing import as_, doors, main_text, review_doors, without_token
from tests.judging.world import World

# Sheets at 35, 45, 55, 85 and 95 %: totals 350.0 … 950.0; figures that stand for nothing else on any page.
PERCENTS = (35, 45, 55, 85, 95)
TRACES = {at: (f"{percent}%", f"{percent}0.0", f"{percent}0.00", f"{percent}000") for at, percent in enumerate(PERCENTS)}


@pytest.fixture
def closed(world: World) -> World:
    """All sheets but the last are in."""
    for judge in range(5):
        worlds.score(world, 0, judge, percent=PERCENTS[judge])
    for judge in range(4):
        worlds.submit(world, 0, judge)
    return world


def judge_of(who: str) -> int | None:
    return int(who[-1]) if who.startswith("judge") else None


def test_before_the_gate_nobody_but_the_author_sees_a_value(closed: World, client: TestClient) -> None:
    seen = 0
    for who, urls in doors(closed).items():
        for url in urls:
            answer = as_(client, closed, who).get(url)
            text = main_text(answer) if answer.status_code == 200 else answer.text
            others = [trace for at, traces in TRACES.items() if at != judge_of(who) for trace in traces]
            # The item's page shows every percentage as a button; its own figures are compared there.
            if "/items/" not in url:
                assert [trace for trace in others if trace in text] == [], (who, url)
                seen += answer.status_code == 200
            assert "评分：" not in text
            if judge_of(who) is not None and url == f"/review/{closed.seats[0, judge_of(who)]}":  # type: ignore[index]
                assert TRACES[judge_of(who)][1] in text  # type: ignore[index]
    assert seen >= 30


def test_before_the_gate_no_comment_of_another_is_shown(closed: World, client: TestClient) -> None:
    with transaction(closed.engine) as session:
        found, seat = closed.application(session), closed.seat(session, 0, 4)
        given = worlds.entry(95, text="只有我写过这句话")
        worlds.service.save_item(session, closed.judges[4], found, seat, "4.1.2", given, 1, make.NOW)
    for who, urls in doors(closed).items():
        for url in urls:
            text = as_(client, closed, who).get(url).text
            assert ("只有我写过这句话" in text) == (who == "judge4" and "/items/" in url), (who, url)


def test_after_the_gate_the_panel_reads_all_sheets_by_letters(closed: World, client: TestClient) -> None:
    worlds.submit(closed, 0, 4)
    text = main_text(as_(client, closed, "judge1").get(f"/review/{closed.seats[0, 1]}/panel"))
    for letter, traces in zip("ABCDE", TRACES.values(), strict=True):
        assert letter in text
        assert traces[1] in text
    assert [name for name in worlds.JUDGES[:5] if name in text and name != worlds.JUDGES[1]] == []
    office = main_text(as_(client, closed, "office").get(f"/office/rounds/{closed.round}/progress/{closed.applications[0]}"))
    assert TRACES[0][1] in office
    # The applicant sees nothing of it.
    owner = as_(client, closed, "owner0").get(f"/apply/{closed.applications[0]}/feedback")
    assert owner.status_code == 404


def test_another_panels_sheets_stay_closed_to_a_judge(engine: Any, clock: Any, client: TestClient) -> None:
    world = worlds.build(engine, applications=2)
    worlds.all_in(world, 1)
    assert as_(client, world, "judge0").get(f"/review/{world.seats[0, 0]}/panel").status_code == 409
    assert as_(client, world, "judge5").get(f"/review/{world.seats[1, 0]}/panel").status_code == 404


def bodies(client: TestClient, world: World, who: str, urls: list[str]) -> list[tuple[int, str]]:
    found = []
    for url in urls:
        answer = as_(client, world, who).get(url)
        found.append((answer.status_code, without_token(answer.text)))
    return found


def test_a_conflict_looks_like_nothing_behind_every_door(world: World, client: TestClient) -> None:
    worlds.all_in(world)
    with transaction(world.engine) as session:
        panels.declare_conflict(session, world.judges[1], world.application(session), world.seat(session, 0, 1), "顾问", make.NOW)
        evidence = session.scalars(worlds.select(worlds.Evidence.public_id)).first()
    gone = [*review_doors(world.seats[0, 1]), f"/evidence/{evidence}", f"/evidence/{evidence}/pages/1"]
    never = [url.replace(world.seats[0, 1], "zzzzzzzzzzzz").replace(str(evidence), "zzzzzzzzzzzz") for url in gone]
    left, right = bodies(client, world, "judge1", gone), bodies(client, world, "judge1", never)
    assert {status for status, _ in left} == {404}
    assert left == right
    assert world.applications[0] not in as_(client, world, "judge1").get("/review").text
    assert worlds.APPLICANTS[0] not in as_(client, world, "judge1").get("/review").text


def test_a_conflict_of_the_office_hides_it_too(world: World, client: TestClient) -> None:
    with transaction(world.engine) as session:
        found, person = world.application(session), world.person(session, world.office)
        session.add(panels.conflicts.Conflict(
            person_id=person.id, application_id=found.id, source="office", reason="亲属任职", declared_by=None, declared_at=make.NOW
        ))  # fmt: skip
    for url in doors(world)["office"]:
        answer = as_(client, world, "office").get(url)
        assert worlds.APPLICANTS[0] not in answer.text, url
        assert answer.status_code == (404 if world.applications[0] in url else 200), url


def test_before_the_declaration_only_the_name_exists(engine: Any, clock: Any, client: TestClient) -> None:
    world = worlds.build(engine, unsigned=((0, 1),))
    as_(client, world, "judge1")
    base = f"/review/{world.seats[0, 1]}"
    page = client.get(f"{base}/declaration")
    assert worlds.APPLICANTS[0] in page.text
    for url in ("/review", f"{base}/declaration"):
        text = client.get(url).text
        assert "2026-000101" not in text
        assert "制造业" not in text
    for url in (base, f"{base}/items/4.1.2", f"{base}/submit"):
        answer = client.get(url)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{base}/declaration")
    with transaction(engine) as session:
        evidence = session.scalars(worlds.select(worlds.Evidence.public_id)).first()
    assert client.get(f"/evidence/{evidence}").status_code == 404
    assert client.get(f"{base}/panel").status_code in (403, 409)


def test_a_withdrawn_application_looks_like_nothing_to_its_judges(world: World, client: TestClient) -> None:
    worlds.all_in(world)
    with transaction(world.engine) as session:
        world.application(session).state = "withdrawn"
        evidence = session.scalars(worlds.select(worlds.Evidence.public_id)).first()
    for judge in (0, 1):
        seat = world.seats[0, judge]
        gone = [*review_doors(seat), f"/evidence/{evidence}", f"/evidence/{evidence}/pages/1"]
        never = [url.replace(seat, "zzzzzzzzzzzz").replace(str(evidence), "zzzzzzzzzzzz") for url in gone]
        left, right = bodies(client, world, f"judge{judge}", gone), bodies(client, world, f"judge{judge}", never)
        assert {status for status, _ in left} == {404}
        assert left == right
        # His list says what became of it, and leads nowhere.
        mine = as_(client, world, f"judge{judge}").get("/review")
        assert worlds.APPLICANTS[0] in main_text(mine)
        assert "已撤回" in main_text(mine)
        assert seat not in mine.text
