"""The judge's pages and the office's: by button and by autosave, what is refused, and how much they ask of the database."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from sqlalchemy import select

from award.accounts.identify import SESSION_COOKIE
from award.judging.models import FeedbackReport, SheetItem
from award.kernel.audit.trail import transaction
from award.kernel.web.csrf import HEADER, token_for
from award.panels.service import Wanted, propose_change
from award.regulations.loader import shipped_schemes
from tests import make
from tests.bench.statements import counted
from tests.conftest import StandingClock
from tests.judging import world as worlds
from tests.judging.browsing import as_, main_text, post, put
from tests.judging.world import World
from tests.results.judged import with_scheme
from tests.visiting import only

ROW = {"id": "", "kind": "strength", "mark": "++", "text": "过程能力逐年提高。", "refs": "E-1，p71"}
FIELDS = {"percent": "65", "factor-approach": "50–65", "note": "现场再看", **{f"comments-0-{key}": value for key, value in ROW.items()}}


def item_url(world: World, judge: int = 0, item: str = "4.1.2") -> str:
    return f"/review/{world.seats[0, judge]}/items/{item}"


def stored(world: World) -> SheetItem | None:
    with transaction(world.engine) as session:
        return session.scalars(select(SheetItem)).one_or_none()


def test_autosave_saves_and_names_new_rows(world: World, client: TestClient) -> None:
    answer = put(as_(client, world, "judge0"), item_url(world), FIELDS)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
    body = answer.json()
    assert body["version"] == 1
    row = stored(world)
    assert row is not None
    assert (row.percent, row.factors, row.note) == (65, {"approach": "b50"}, "现场再看")
    [comment] = row.comments
    assert (comment["weight"], comment["references"]) == ("++", ["E-1", "p71"])
    assert body["fields"] == {"comments-0-id": comment["key"]}


def test_autosave_needs_a_version(world: World, client: TestClient) -> None:
    assert put(as_(client, world, "judge0"), item_url(world), FIELDS, None).status_code == 428


def test_autosave_tells_both_versions(world: World, client: TestClient) -> None:
    as_(client, world, "judge0")
    key = put(client, item_url(world), FIELDS).json()["fields"]["comments-0-id"]
    mine = FIELDS | {"comments-0-id": "", "comments-3-id": key, "comments-3-kind": "strength", "comments-3-mark": "+",
                     "comments-3-text": "改过", "percent": "30"}  # fmt: skip
    answer = put(client, item_url(world), mine, 0)
    assert answer.status_code == 412
    theirs = answer.json()["theirs"]
    assert answer.json()["version"] == 1
    # The same comment keeps the number it has in my window.
    assert (theirs["percent"], theirs["comments-3-text"], theirs["factor-approach"]) == ("65", "过程能力逐年提高。", "50–65")
    row = stored(world)
    assert row is not None
    assert row.version == 1


@pytest.mark.parametrize("typed", ["7", "27", "10.0", "八十", "", " ", "101", "-5", "0.85", "٨٥"])
@pytest.mark.parametrize("by", ["button", "autosave"])
def test_percentages_that_are_refused_with_a_sentence(world: World, client: TestClient, typed: str, by: str) -> None:
    as_(client, world, "judge0")
    if by == "autosave":
        answer = put(client, item_url(world), FIELDS | {"percent": typed})
        assert answer.json()["errors"][0]["field"] == "percent"
        said = answer.json()["detail"]
    else:
        answer = post(client, item_url(world), FIELDS | {"percent": typed, "version": "0"})
        page = BeautifulSoup(answer.text, "html.parser")
        said = only(page, ".summary li").get_text()
        # Nothing that was typed is lost.
        assert "过程能力逐年提高。" in answer.text
        assert "现场再看" in answer.text
    assert answer.status_code == 422
    assert "0、5、10、……、100" in said
    assert stored(world) is None


TOO_MUCH = (
    {"comments-0-refs": "E-1，" + "图" * 51}, {"comments-0-refs": ",".join(f"p{one}" for one in range(30))},
    {"comments-0-text": " ", "comments-0-refs": "E-1"},
    {f"comments-{at}-{key}": value for at in range(63) for key, value in ROW.items()},
)  # fmt: skip
"""A reference of 51 characters, 30 references, references without a text, 63 comments."""


def test_what_cannot_be_kept_of_a_comment_is_said_and_stays_on_the_page(world: World, client: TestClient) -> None:
    as_(client, world, "judge0")
    for typed in TOO_MUCH:
        fields = {name: one for name, one in FIELDS.items() if not name.endswith("-id")} | typed
        answer = put(client, item_url(world), fields)
        assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (422, ["comments"])
        answer = post(client, item_url(world), fields | {"version": "0"})
        assert answer.status_code == 422
        page = BeautifulSoup(answer.text, "html.parser")
        rows = page.select("[data-row-list] [data-row]")
        texts = [one for name, one in fields.items() if name.endswith("-text")]
        assert [only(row, "textarea").get_text().strip() for row in rows] == [one.strip() for one in texts]
        kept = fields["comments-0-refs"].replace("，", ",").split(",")
        assert str(only(rows[0], "[name='comments-0-refs']")["value"]).split(", ") == kept
        checked = {one["name"]: one.get("value") for one in page.select("input[type=radio][checked]")}
        assert (checked["percent"], checked["factor-approach"]) == ("65", "50–65")
    assert stored(world) is None


def test_the_field_of_references_takes_as_much_as_is_kept(world: World, client: TestClient) -> None:
    """20 references of 40 characters with a comma and a space after each: 840."""
    as_(client, world, "judge0")
    page = BeautifulSoup(client.get(f"{item_url(world)}?add=strength").text, "html.parser")
    assert {one.get("maxlength") for one in page.select("[name^=comments-][name$=-refs]")} == {"840"}


def test_a_name_twice_in_what_autosave_sends(world: World, client: TestClient) -> None:
    as_(client, world, "judge0")
    headers = {HEADER: token_for(client.cookies[SESSION_COOKIE]), "if-match": '"0"', "content-type": "application/json"}
    headers["accept"] = "application/json"
    answer = client.put(item_url(world), content='{"fields": {"percent": "65", "percent": "70"}}', headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid")
    assert stored(world) is None


@pytest.mark.parametrize("typed", ["65", "６５", "0", "100"])
def test_percentages_that_are_taken(world: World, client: TestClient, typed: str) -> None:
    assert put(as_(client, world, "judge0"), item_url(world), {"percent": typed}).status_code == 200


def test_a_closed_stage_or_a_submitted_sheet_keeps_the_text_where_it_is(
    world: World, client: TestClient, clock: StandingClock
) -> None:
    worlds.score(world, 0, 0)
    worlds.submit(world, 0, 0)
    answer = put(as_(client, world, "judge0"), item_url(world), FIELDS, 1)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:award:sheet.submitted")
    # Sessions end by real time; only the stage is over here.
    with transaction(world.engine) as session:
        stage = next(one for one in world.application(session).round.stages if one.kind == "score")
        stage.closes_at = make.NOW
    answer = put(as_(client, world, "judge1"), item_url(world, 1), FIELDS, 0)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:award:stage.over")
    assert "2026年3月2日 09:00" in answer.json()["detail"]


def test_by_button_without_scripts(world: World, client: TestClient) -> None:
    as_(client, world, "judge0")
    answer = post(client, item_url(world), FIELDS | {"version": "0", "act": "next"})
    assert (answer.status_code, answer.headers["location"]) == (303, item_url(world, item="4.1.3"))
    answer = post(client, item_url(world), FIELDS | {"version": "1", "act": "add:opportunity"})
    assert answer.headers["location"] == f"{item_url(world)}?add=opportunity"
    rows = BeautifulSoup(client.get(answer.headers["location"]).text, "html.parser").select("[data-row-list] [data-row]")
    assert len(rows) == 2
    answer = post(client, item_url(world), FIELDS | {"version": "2", "act": "remove:0"})
    row = stored(world)
    assert row is not None
    assert row.comments == []


def test_a_stale_form_shows_both(world: World, client: TestClient) -> None:
    as_(client, world, "judge0")
    post(client, item_url(world), FIELDS | {"version": "0"})
    answer = post(client, item_url(world), FIELDS | {"version": "0", "note": "我的新笔记"})
    assert answer.status_code == 412
    assert "我的新笔记" in answer.text
    assert "现场再看" in answer.text


def test_the_whole_way_of_a_sheet(world: World, client: TestClient) -> None:
    base = f"/review/{world.seats[0, 0]}"
    as_(client, world, "judge0")
    for url in ("/review", base):
        assert "开始评分（4.1.2）" in client.get(url).text
        assert "继续评分" not in client.get(url).text
    worlds.score(world, 0, 0, percent=60, leave=1)
    for url in ("/review", base):
        assert "继续评分（4.7.7）" in client.get(url).text
    refused = post(client, f"{base}/submit")
    assert refused.status_code == 422
    assert "4.7.7" in main_text(refused)
    post(client, item_url(world, item="4.7.7"), FIELDS | {"percent": "60", "version": "0", "factor-approach": ""})
    assert "600.0" in main_text(client.get(f"{base}/submit"))
    first, second = post(client, f"{base}/submit"), post(client, f"{base}/submit")
    assert (first.status_code, second.status_code) == (303, 303)
    page = client.get(base)
    text = main_text(page)
    scored = [row.select("td.num")[2].get_text() for row in BeautifulSoup(page.text, "html.parser").select("tr:not(.row-group):has(td)")]
    assert len(scored) == 23
    assert all(re.fullmatch(r"\d+\.\d\d", one) for one in scored), "points stand with as many places in every line"
    with transaction(world.engine) as session:
        [version] = worlds.versions(session, worlds.sheet(session, world, 0, 0))
    assert version.sha256 in text
    assert f"round:{world.round}" in text


def test_declaring(engine: Any, clock: Any, client: TestClient) -> None:
    world = worlds.build(engine, unsigned=((0, 0), (0, 1), (0, 2)))
    urls = [f"/review/{world.seats[0, at]}/declaration" for at in range(3)]
    as_(client, world, "judge0")
    assert post(client, urls[0], {}).status_code == 422
    assert post(client, urls[0], {"answer": "none"}).status_code == 422
    assert post(client, urls[0], {"answer": "unsure"}).status_code == 200
    assert "林晓 0552-3001234" in post(client, urls[0], {"answer": "unsure"}).text
    assert post(client, urls[0], {"answer": "none", "sign": "1"}).headers["location"].startswith(f"/review/{world.seats[0, 0]}")
    assert client.get(f"/review/{world.seats[0, 0]}").status_code == 200
    as_(client, world, "judge1")
    assert post(client, urls[1], {"answer": "conflict"}).status_code == 422
    assert post(client, urls[1], {"answer": "conflict", "reason": "配偶任职"}).headers["location"] == "/review?done=recused"
    assert client.get(urls[1]).status_code == 404
    # Nobody signs for another.
    assert post(as_(client, world, "judge3"), urls[2], {"answer": "none", "sign": "1"}).status_code == 404


def test_stepping_back_from_any_page(world: World, client: TestClient) -> None:
    base = f"/review/{world.seats[0, 2]}"
    as_(client, world, "judge2")
    assert f"{base}/recuse" in client.get(base).text
    assert post(client, f"{base}/recuse", {"reason": ""}).status_code == 422
    assert post(client, f"{base}/recuse", {"reason": "持有股份"}).status_code == 303
    assert client.get(item_url(world, 2)).status_code == 404
    assert put(client, item_url(world, 2), FIELDS).status_code == 404
    page = main_text(as_(client, world, "office").get(f"/office/rounds/{world.round}/progress"))
    assert worlds.JUDGES[2] in page


def test_the_office_returns_a_sheet(world: World, client: TestClient) -> None:
    worlds.score(world, 0, 0)
    worlds.submit(world, 0, 0)
    with transaction(world.engine) as session:
        sheet = worlds.sheet(session, world, 0, 0).public_id
    url = f"/office/rounds/{world.round}/progress/{world.applications[0]}/sheets/{sheet}/return"
    as_(client, world, "office")
    assert post(client, url, {"code": "form", "reason": ""}).status_code == 422
    assert post(client, url, {"reason": "条款写错"}).status_code == 422
    assert post(client, url, {"code": "form", "reason": "条款写错"}).status_code == 303
    assert "条款写错" in as_(client, world, "judge0").get(f"/review/{world.seats[0, 0]}").text
    assert post(as_(client, world, "supervisor"), url, {"code": "form", "reason": "条款写错"}).status_code == 403
    assert post(as_(client, world, "judge1"), url, {"code": "form", "reason": "条款写错"}).status_code == 403


def test_strangers_find_nothing(world: World, client: TestClient) -> None:
    as_(client, world, "stranger")
    base = f"/office/rounds/{world.round}"
    for url in (f"{base}/progress", f"{base}/assign", f"{base}/assign/{world.applications[0]}", f"{base}/feedback"):
        assert client.get(url).status_code == 404, url
    client.cookies.clear()
    assert client.get("/review").status_code == 303


def test_evidence_is_read_page_by_page_while_scoring(world: World, client: TestClient) -> None:
    as_(client, world, "judge0")
    page = BeautifulSoup(client.get(f"{item_url(world)}?tab=evidence").text, "html.parser")
    first = str(page.select_one(".reading .file")["href"])  # type: ignore[index]
    viewer = BeautifulSoup(client.get(first).text, "html.parser")
    picture = client.get(str(viewer.select_one(".viewer img")["src"]))  # type: ignore[index]
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    assert "no-store" in picture.headers["cache-control"]
    assert picture.content.startswith(b"\x89PNG")


# --- statements ---------------------------------------------------------------------------------------------

MOST = 12


def statements(client: TestClient, world: World, who: str, url: str) -> int:
    as_(client, world, who).get(url)
    with counted(world.engine) as sent:
        assert client.get(url).status_code == 200, url
    return len(sent)


@pytest.mark.parametrize("applications", [1, 3, 8])
def test_pages_ask_little_of_the_database(engine: Any, clock: Any, client: TestClient, applications: int) -> None:
    world = worlds.build(engine, applications=applications, judges=7)
    worlds.all_in(world)
    base, seat = f"/office/rounds/{world.round}", world.seats[0, 0]
    pages = {
        "judge0": ["/review", f"/review/{seat}", f"/review/{seat}/items/4.1.2", f"/review/{seat}/panel",
                   f"/review/{seat}/team", f"/review/{seat}/report"],
        "office": [f"{base}/progress", f"{base}/progress/{world.applications[0]}", f"{base}/assign",
                   f"{base}/assign/{world.applications[0]}", f"{base}/feedback", "/office/judges"],
    }  # fmt: skip
    asked = {url: statements(client, world, who, url) for who, urls in pages.items() for url in urls}
    assert {url: count for url, count in asked.items() if count > MOST} == {}


def test_a_save_asks_nine_statements(world: World, client: TestClient) -> None:
    """Who asks, the seat with its stage, the sheet with its item; the two that change; four of the trail."""
    as_(client, world, "judge0")
    put(client, item_url(world), FIELDS)
    with counted(world.engine) as sent:
        assert put(client, item_url(world), FIELDS | {"percent": "45"}, 1).status_code == 200
    assert len(sent) == 9, sent


def test_a_save_whose_answer_was_lost_is_no_other_version(world: World, client: TestClient) -> None:
    """The browser sends the same again under the old version, its new row still without a key."""
    as_(client, world, "judge0")
    put(client, item_url(world), FIELDS)
    answer = put(client, item_url(world), FIELDS)
    assert answer.status_code == 412
    theirs = answer.json()["theirs"]
    shown = {name: value for name, value in FIELDS.items() if not name.endswith(("-id", "-refs"))}
    assert {name: theirs[name] for name in shown} == shown
    assert {name for name in theirs if name.startswith("comments-")} == {f"comments-0-{key}" for key in ROW}


def test_a_leaders_report_stands_on_his_desk_and_in_the_offices_to_do(world: World, client: TestClient) -> None:
    """Every sheet is in: the leader finds the report, is written to, and the office is told that it is not begun."""
    desk, sheet = "/review", f"/review/{world.seats[0, 0]}"
    office = f"/office/rounds/{world.round}"
    assert "撰写反馈报告" not in as_(client, world, "judge0").get(desk).text
    assert "评分表全部提交之前他人不可见" in as_(client, world, "judge0").get(sheet).text
    worlds.all_in(world)
    assert f'href="{sheet}/report"' in as_(client, world, "judge0").get(desk).text
    assert "撰写反馈报告" not in as_(client, world, "judge1").get(desk).text
    assert "请撰写反馈报告" in as_(client, world, "judge0").get("/messages").text
    # The gate has opened, so the sheet says who sees its marks now.
    assert "评分表已全部提交，评审组与评审办公室均可查看" in as_(client, world, "judge0").get(sheet).text
    assert "组长尚未开始撰写的反馈报告：1 份" in as_(client, world, "office").get(office).text
    post(as_(client, world, "judge0"), f"{sheet}/report/start")
    assert "组长尚未开始撰写" not in as_(client, world, "office").get(office).text
    # Begun and not handed in, it is still his to finish.
    assert f'href="{sheet}/report"' in as_(client, world, "judge0").get(desk).text
    with transaction(world.engine) as session:
        session.scalars(select(FeedbackReport)).one().state = "waiting"
    assert f'href="{sheet}/report"' not in as_(client, world, "judge0").get(desk).text


def test_a_change_that_waits_stands_on_the_dashboard(world: World, client: TestClient) -> None:
    office = f"/office/rounds/{world.round}"
    assert "评审组变更待第二人确认" not in as_(client, world, "office").get(office).text
    with transaction(world.engine) as session:
        wanted = Wanted("leader", "组长出差", world.seat(session, 0, 1))
        propose_change(session, world.office, world.application(session), wanted, make.NOW)
    assert "评审组变更待第二人确认：1 项" in as_(client, world, "office").get(office).text


@pytest.mark.parametrize(("language", "zone"), [("zh", "（北京时间）"), ("en", "(Beijing time)")])
def test_the_deadline_names_its_clock_on_every_page_of_a_review(world: World, client: TestClient, language: str, zone: str) -> None:
    as_(client, world, "judge0")
    client.cookies.set("lang", language)
    said = {"zh": "截止", "en": "Closes"}[language]
    for path in (item_url(world), f"/review/{world.seats[0, 0]}", "/review"):
        page = BeautifulSoup(client.get(path).text, "html.parser")
        [line, *_] = [one.get_text() for one in page.find_all("p") if said in one.get_text() and ":" in one.get_text()]
        assert zone in line, path


def test_after_the_deadline_the_desk_says_so_and_offers_no_scoring(world: World, client: TestClient) -> None:
    desk = as_(client, world, "judge0").get("/review").text
    assert "继续评分" in desk or "开始评分" in desk
    with transaction(world.engine) as session:
        next(one for one in world.application(session).round.stages if one.kind == "score").closes_at = make.NOW
    desk = client.get("/review").text
    assert "已于 2026年3月2日 09:00（北京时间）截止" in desk
    assert "继续评分" not in desk
    assert "开始评分" not in desk
    assert "打开评分表" in desk


def test_the_form_saves_under_the_clock_of_the_authority(world: World, client: TestClient) -> None:
    page = BeautifulSoup(as_(client, world, "judge0").get(item_url(world)).text, "html.parser")
    assert [one["data-zone"] for one in page.select("form[data-autosave]")] == ["Asia/Shanghai"]


def test_a_judge_sees_the_category_where_a_round_has_several(world: World, client: TestClient) -> None:
    other = shipped_schemes()["datong-recommendation"].category("individual")
    assert "组织 " not in main_text(as_(client, world, "judge0").get("/review"))
    with transaction(world.engine) as session:
        round_ = world.application(session).round
        with_scheme(session, round_, categories=(*round_.scheme.categories, other))
    assert " · 组织" in main_text(client.get("/review"))
