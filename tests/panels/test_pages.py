"""The office's pages of the pool and of panels."""

from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from sqlalchemy import select

from award.kernel.audit.trail import transaction
from award.panels.models import PoolMember
from tests.judging import world as worlds
from tests.judging.browsing import as_, main_text, post
from tests.judging.world import World
from tests.visiting import faults, only


def test_adding_by_hand_and_letting_rest(world: World, client: TestClient) -> None:
    as_(client, world, "office")
    faulty = post(client, "/office/judges", {"authority": "", "name": "韩雪", "email": "han@example.cn", "institution": ""})
    assert faulty.status_code == 422
    assert "han@example.cn" in faulty.text
    data = {"authority": "", "name": "韩雪", "email": "han@example.cn", "institution": "质量协会", "last_day": "2030-12-31"}
    assert post(client, "/office/judges", data).status_code == 303
    page = BeautifulSoup(client.get("/office/judges?q=韩雪").text, "html.parser")
    url = str(page.select_one("tbody form")["action"])  # type: ignore[index]
    assert post(client, url, {"act": "rest"}).status_code == 303
    with transaction(world.engine) as session:
        assert session.scalars(select(PoolMember.is_active).order_by(PoolMember.id.desc())).first() is False
    assert post(as_(client, world, "stranger"), url, {"act": "return"}).status_code == 404
    assert as_(client, world, "judge0").get("/office/judges").status_code == 403


def test_a_panel_is_made_by_buttons(world: World, client: TestClient) -> None:
    world.stage("assign")
    url = f"/office/rounds/{world.round}/assign/{world.applications[0]}"
    person = world.judges[5].public_id
    as_(client, world, "office")
    full = post(client, url, {"act": "assign", "judge": person})
    assert full.status_code == 409
    assert "该评审组已满 5 人。" in main_text(full)
    assert post(client, url, {"act": "remove", "seat": world.seats[0, 0]}).status_code == 303
    page = client.get(url)
    assert "该评审组尚无组长" in main_text(page)
    assert post(client, url, {"act": "assign", "judge": person, "leader": "1"}).status_code == 303
    assert worlds.JUDGES[5] in main_text(client.get(f"/office/rounds/{world.round}/assign"))
    assert post(client, url, {"act": "leader", "seat": world.seats[0, 1]}).status_code == 303
    assert post(client, url, {"act": "conflict", "judge": world.judges[1].public_id, "reason": ""}).status_code == 422
    assert post(client, url, {"act": "conflict", "judge": world.judges[1].public_id, "reason": "曾任职"}).status_code == 303
    assert post(client, url, {"act": "dance"}).status_code == 422
    assert post(as_(client, world, "supervisor"), url, {"act": "assign", "judge": person}).status_code == 403


def test_a_substitute_is_named_while_judges_score(world: World, client: TestClient) -> None:
    url = f"/office/rounds/{world.round}/assign/{world.applications[0]}"
    as_(client, world, "office")
    offered = client.get(f"{url}?replace={world.seats[0, 3]}")
    assert worlds.JUDGES[3] in main_text(offered)
    data = {"act": "replace", "judge": world.judges[5].public_id, "replaces": world.seats[0, 3]}
    assert post(client, url, data).status_code == 422
    assert post(client, url, data | {"reason": "住院"}).status_code == 303
    # Until a second person confirms it, nothing has changed, and nothing else can be proposed.
    waits = client.get(url)
    assert "住院" in main_text(waits)
    assert "待确认" in main_text(client.get(f"/office/rounds/{world.round}/assign"))
    change = BeautifulSoup(waits.text, "html.parser").select_one("[name=change]")
    assert change is not None
    own = {"act": "confirm", "change": str(change["value"])}
    assert waits.text.count('name="act"') == 1
    assert post(client, url, own).status_code == 403
    assert post(client, url, data | {"reason": "又住院"}).status_code == 409
    assert post(client, url, own | {"change": "AAAAAAAAAAAA"}).status_code == 404
    as_(client, world, "colleague")
    assert post(client, url, own).status_code == 303
    assert post(client, url, own).status_code == 303
    assert worlds.JUDGES[5] in main_text(client.get(f"/office/rounds/{world.round}/assign")).split("评审员工作量")[0]
    assert post(client, url, own | {"act": "drop"}).status_code == 409


def test_the_supervisor_sees_panels_and_no_button(world: World, client: TestClient) -> None:
    page = as_(client, world, "supervisor").get(f"/office/rounds/{world.round}/assign/{world.applications[0]}")
    assert worlds.JUDGES[0] in page.text
    assert BeautifulSoup(page.text, "html.parser").select("main form") == []


def test_several_appointments_are_renewed_from_the_list(world: World, client: TestClient) -> None:
    page = BeautifulSoup(as_(client, world, "office").get("/office/judges").text, "html.parser")
    ids = [str(one["value"]) for one in page.select("tbody input[name=ticked]")]
    assert len(ids) == 6
    assert page.select("tbody input[name=ticked][form=renew]") != []
    sent = {"authority": "", "q": "", "ticked": ids[:2], "renewed_until": "2031-06-30"}
    for wrong in ({"ticked": []}, {"renewed_until": ""}, {"renewed_until": "2001-01-01"}, {"renewed_until": "someday"}):
        answer = post(client, "/office/judges/renewals", sent | wrong)
        assert answer.status_code == 422
        kept = BeautifulSoup(answer.text, "html.parser").select("tbody input[name=ticked][checked]")
        assert len(kept) == (0 if "ticked" in wrong else 2)
    nothing = post(client, "/office/judges/renewals", sent | {"ticked": [], "renewed_until": ""})
    assert faults(nothing, named=True) == ["评审员：请至少勾选一名评审员。", "新的聘期最后一日：请填写聘期最后一日。"]
    assert post(client, "/office/judges/renewals", sent | {"ticked": [ids[0], "AAAAAAAAAAAA"]}).status_code == 404
    done = post(client, "/office/judges/renewals", sent)
    assert done.status_code == 303
    assert "聘期已续至新的最后一日" in client.get(done.headers["location"]).text
    with transaction(world.engine) as session:
        days = {one.public_id: one.last_day.isoformat() for one in session.scalars(select(PoolMember))}
    assert [days[one] == "2031-06-30" for one in ids] == [True, True, False, False, False, False]
    assert post(as_(client, world, "stranger"), "/office/judges/renewals", sent).status_code == 404
    assert post(as_(client, world, "judge0"), "/office/judges/renewals", sent).status_code == 403


def test_each_panel_says_what_it_lacks_or_that_it_is_complete(world: World, client: TestClient) -> None:
    """Five of five judges with a leader; then four without one. Source: the demonstration's scheme, panels of five with a leader."""
    world.stage("assign")
    url = f"/office/rounds/{world.round}/assign"
    as_(client, world, "office")
    assert _state(client.get(url).text) == "已配齐"
    post(client, f"{url}/{world.applications[0]}", {"act": "remove", "seat": world.seats[0, 0]})
    page = client.get(url).text
    assert _state(page) == "缺 1 人 缺组长"
    assert "配备情况" in [one.get_text(strip=True) for one in BeautifulSoup(page, "html.parser").select("thead th")]


def _state(page: str) -> str:
    """What the page says of its one panel."""
    return only(BeautifulSoup(page, "html.parser"), ".table-cards tbody td:nth-of-type(2)").get_text(" ", strip=True)


def test_the_top_bar_says_in_which_role_one_is_here(world: World, client: TestClient) -> None:
    for who, said in (("office", "评审办公室"), ("supervisor", "监督员")):
        for url in ("/office", f"/office/rounds/{world.round}/assign", f"/office/rounds/{world.round}"):
            page = BeautifulSoup(as_(client, world, who).get(url).text, "html.parser")
            assert only(page, ".topbar .mark-place").get_text(strip=True) == said, url
