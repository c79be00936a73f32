"""The applicant's pages, without JavaScript."""

import json
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from award.accounts.models import SignIn
from award.applications import queries, service
from award.kernel import db
from award.kernel.audit.trail import transaction
from award.kernel.mail.models import Message
from award.kernel.mail.writing import write as write_letter
from award.organisations.models import Organisation
from award.organisations.service import claim_organisation
from award.regulations.loader import shipped_schemes
from award.rounds.models import RoundRubric
from tests import make
from tests.applications import world as worlds
from tests.applications.browsing import Visitor, without_reference
from tests.applications.world import World
from tests.conftest import StandingClock
from tests.results.judged import with_scheme
from tests.visiting import only

PART = "4.1.2"


@pytest.fixture
def desk(client: TestClient, world: World) -> dict[str, Visitor]:
    """Everybody's browser, by name."""
    return {name: Visitor(client, cookie) for name, cookie in world.cookies.items()}


def base(world: World) -> str:
    return f"/apply/{world.application}"


def text_of(world: World) -> str:
    with db.reading(world.engine) as session:
        answer = queries.answers_of(session, world.found(session)).get(PART)
        return answer.text if answer else ""


def kept(world: World, part: str = PART) -> list[str]:
    with db.reading(world.engine) as session:
        return [one.text for one in queries.revisions_of(session, world.found(session), part) if one.kind == "rejected"]


def write(desk: dict[str, Visitor], world: World, text: str, version: int, **more: str) -> Any:
    data = {"text": text, "version": str(version), "is_done": "no", "act": "save", **more}
    return desk["owner"].post(f"{base(world)}/items/{PART}", data)


PAGES = (
    "", "/profile", "/items/4.1.2", "/items/profile.environment", "/items/4.1.2/history", "/evidence", "/check", "/submit",
    "/print?draft=true", "/withdraw",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_strangers_get_the_answer_of_a_missing_application(desk: dict[str, Visitor], world: World, path: str) -> None:
    assert desk["owner"].get(base(world) + path).status_code == 200
    hidden = desk["stranger"].get(base(world) + path)
    missing = desk["stranger"].get("/apply/222222222222" + path)
    assert hidden.status_code == missing.status_code == 404
    assert without_reference(hidden.text) == without_reference(missing.text)
    assert desk["office"].get(base(world) + path).status_code == 404


def test_nobody_signed_in_is_sent_to_sign_in(client: TestClient, world: World) -> None:
    answer = client.get(base(world))
    assert (answer.status_code, answer.headers["location"]) == (303, f"/login?next=/apply/{world.application}")


def test_the_first_page_lists_ones_applications_and_open_rounds(desk: dict[str, Visitor], world: World) -> None:
    mine, another, begin = base(world), desk["stranger"].page("/apply"), f"/apply/rounds/{world.round}/organisation"
    page = desk["owner"].page("/apply")
    assert page.find("a", href=mine) is not None
    assert another.find("a", href=mine) is None
    assert another.find("a", href=begin) is not None
    assert page.find("a", href=begin) is None, "its one organisation has an application in this round"


def test_a_claim_that_waits_is_no_organisation_one_acts_for(desk: dict[str, Visitor], world: World) -> None:
    with transaction(world.engine) as session:
        authority = world.found(session).round.award.authority
        claim_organisation(session, world.stranger, authority, make.CODES[0], "云川精密机械有限公司", None, make.NOW)
    own, claims = desk["stranger"].page("/apply").select("aside .panel")
    assert only(own, "h2").get_text() == "Organisations you act for"
    assert [one.contents[0] for one in own.select(".task span:first-child")] == ["云川仪表有限公司"]
    assert only(claims, "h2").get_text() == "Your claims"
    assert [one.contents[0] for one in claims.select(".task span:first-child")] == ["云川精密机械有限公司"]
    assert len(desk["colleague"].page("/apply").select("aside .panel")) == 1


def test_the_example_of_a_code_is_one_of_the_applications_own(desk: dict[str, Visitor], world: World) -> None:
    with transaction(world.engine) as session:
        worlds.fill(session, world.owner, world.found(session))
    assert "Write the code, for example E-1, where" in desk["owner"].page(f"{base(world)}/items/{PART}").get_text()


def test_conditions_are_confirmed_before_an_application_begins(desk: dict[str, Visitor], world: World) -> None:
    path = f"/apply/rounds/{world.round}/organisation"
    form = desk["stranger"].page(path).find("form", action=path)
    assert form is not None
    boxes = [str(one["name"]) for one in form.find_all("input", type="checkbox")]
    assert "c-registered" in boxes
    assert "c-lawful" in boxes
    chosen = {"organisation": str(form.select("input[type=radio]")[0]["value"]), "sector": "services"}
    refused = desk["stranger"].post(path, {**chosen, **dict.fromkeys(boxes[1:], "1")})
    assert refused.status_code == 422
    assert f"#f-{boxes[0]}" in refused.text
    begun = desk["stranger"].post(path, {**chosen, **dict.fromkeys(boxes, "1")})
    assert begun.status_code == 303
    assert desk["stranger"].get(begun.headers["location"]).status_code == 200


def test_that_an_organisation_enters_one_individual_is_said_before_it_begins(desk: dict[str, Visitor], world: World) -> None:
    """A second start leads to the application there is."""
    with transaction(world.engine) as session:
        with_scheme(session, world.found(session).round, categories=shipped_schemes()["jiangsu-governor"].categories)
    path = f"/apply/rounds/{world.round}"
    form = desk["stranger"].page(f"{path}/individual").find("form", action=f"{path}/individual")
    assert form is not None
    assert "one individual or one team in a round" in form.get_text()
    assert "one individual or one team" not in desk["stranger"].page(f"{path}/organisation").get_text()
    sent = {str(one["name"]): "1" for one in form.find_all("input", type="checkbox")}
    sent["organisation"] = str(form.select("input[type=radio]")[0]["value"])
    first, second = (desk["stranger"].post(f"{path}/individual", sent) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    with transaction(world.engine) as session:
        round_, rival = world.found(session).round, session.query(Organisation).filter_by(credit_code=make.CODES[1]).one()
        sector = next(iter(round_.scheme.category("organisation").sectors), "")
        service.start_application(session, world.stranger, round_, rival, "organisation", sector, make.NOW)
        round_.rubrics.append(RoundRubric(category="individual", criteria_sha256=round_.rubrics[0].criteria_sha256))
    told = [one.get_text() for one in desk["stranger"].page("/apply").select(".task small")]
    assert [one.rpartition(" · Closes")[0].rpartition(" · ")[2] for one in told[:2]] == ["Organisations", "Individuals"]


def test_who_comes_too_late_to_begin_is_told_when_it_closed(desk: dict[str, Visitor], world: World, clock: StandingClock) -> None:
    path = f"/apply/rounds/{world.round}/organisation"
    with transaction(world.engine) as session:
        closes_at = world.dates(session).closes_at
        assert closes_at is not None
    for moment, status in ((closes_at - timedelta(microseconds=1), 422), (closes_at, 409)):
        clock.now = moment
        with transaction(world.engine) as session:
            session.execute(update(SignIn).values(seen_at=moment, ends_at=moment + timedelta(hours=1)))
        answer = desk["stranger"].post(path, {})
        assert answer.status_code == status
    assert "This closed at 1 April 2026 09:00 (Beijing time)" in answer.text


def test_the_task_list_shows_every_part_and_what_is_next(desk: dict[str, Visitor], world: World) -> None:
    page = desk["owner"].page(base(world))
    assert len(page.select("a.task")) == 1 + 3 + 23
    write(desk, world, "正文", 0, is_done="yes")
    row = desk["owner"].page(base(world)).find("a", href=f"{base(world)}/items/{PART}")
    assert row is not None
    assert "Complete" in row.text
    assert "2 of 5000" in row.text


def test_a_text_is_saved_by_button_and_goes_on_to_the_next_part(desk: dict[str, Visitor], world: World) -> None:
    answer = write(desk, world, "第一行\r\n第二行", 0, act="next")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{base(world)}/items/4.1.3")
    assert text_of(world) == "第一行\n第二行"
    page = desk["owner"].page(f"{base(world)}/items/{PART}")
    assert page.find("input", attrs={"name": "version"})["value"] == "1"  # type: ignore[index]


def test_a_stale_form_shows_both_texts_and_keeps_the_second(desk: dict[str, Visitor], world: World) -> None:
    write(desk, world, "先到的", 0)
    answer = write(desk, world, "后到的", 0)
    assert answer.status_code == 412
    page = BeautifulSoup(answer.text, "html.parser")
    assert "先到的" in page.text
    assert page.find("input", attrs={"name": "text"})["value"] == "后到的"  # type: ignore[index]
    assert {one["value"] for one in page.find_all("input", attrs={"name": "version"})} == {"1"}
    assert (text_of(world), kept(world)) == ("先到的", ["后到的"])


def test_a_text_without_a_version_is_not_taken(desk: dict[str, Visitor], world: World) -> None:
    answer = desk["owner"].post(f"{base(world)}/items/{PART}", {"text": "甲", "act": "save"})
    assert answer.status_code == 422
    assert "甲" in answer.text


def test_late_by_a_second_the_text_is_kept_and_can_be_downloaded(desk: dict[str, Visitor], world: World, clock: StandingClock) -> None:
    with transaction(world.engine) as session:
        world.dates(session).closes_at = make.NOW + timedelta(minutes=5)
    clock.forward(minutes=5, seconds=1)
    answer = write(desk, world, "来不及的正文", 0)
    assert answer.status_code == 409
    assert "来不及的正文" in answer.text
    assert (text_of(world), kept(world)) == ("", ["来不及的正文"])
    history = desk["owner"].page(f"{base(world)}/items/{PART}/history")
    link = history.find("a", href=f"{base(world)}/items/{PART}/history/1.txt")
    assert link is not None
    file = desk["owner"].get(str(link["href"]))
    assert (file.text, file.headers["content-disposition"][:10]) == ("来不及的正文", "attachment")
    assert "This closed at" in desk["owner"].page(f"{base(world)}/items/{PART}").text


def test_an_earlier_version_is_restored_and_the_present_one_is_kept(desk: dict[str, Visitor], world: World) -> None:
    write(desk, world, "第一版", 0)
    write(desk, world, "完全不同的第二版", 1)
    answer = desk["owner"].post(f"{base(world)}/items/{PART}/history/1/restore", {"version": "2"})
    assert answer.status_code == 303
    assert text_of(world) == "第一版"
    assert "完全不同的第二版" in desk["owner"].page(f"{base(world)}/items/{PART}/history").text


def test_autosave_speaks_as_its_script_expects(desk: dict[str, Visitor], world: World) -> None:
    path = f"{base(world)}/items/{PART}"
    saved = desk["owner"].put(path, {"text": "甲", "is_done": "yes"}, '"0"')
    assert (saved.status_code, saved.json()["version"], saved.headers["etag"]) == (200, 1, '"1"')
    assert saved.json()["saved_at"] == make.NOW.isoformat()
    stale = desk["colleague"].put(path, {"text": "乙", "is_done": "no"}, '"0"')
    assert stale.status_code == 412
    problem = stale.json()
    assert (problem["version"], problem["theirs"], problem["by"]) == (1, {"text": "甲", "is_done": "yes"}, "李敏")
    assert problem["at"] == make.NOW.isoformat()
    assert desk["owner"].put(path, {"text": "丙"}, None).status_code == 428
    assert desk["owner"].put(path, {"text": "丙"}, '"x"').status_code == 428
    assert desk["stranger"].put(path, {"text": "丙"}, '"1"').status_code == 404
    assert (text_of(world), kept(world)) == ("甲", ["乙"])


def test_autosave_past_the_deadline_keeps_the_text_and_says_so(desk: dict[str, Visitor], world: World, clock: StandingClock) -> None:
    with transaction(world.engine) as session:
        world.dates(session).closes_at = make.NOW + timedelta(minutes=5)
    clock.forward(minutes=5)
    answer = desk["owner"].put(f"{base(world)}/items/{PART}", {"text": "来不及"}, '"0"')
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:award:stage.over")
    assert "closed at" in answer.json()["detail"]
    assert kept(world) == ["来不及"]


def test_facts_are_saved_even_when_wrong_and_the_check_says_so(desk: dict[str, Visitor], world: World) -> None:
    path = f"{base(world)}/profile"
    assert desk["owner"].post(path, {"version": "1", "staff": "许多", "act": "save"}).status_code == 303
    page = desk["owner"].page(path)
    assert page.find("input", id="f-staff")["value"] == "许多"  # type: ignore[index]
    assert "Enter “Number of staff” as a whole number" in desk["owner"].page(f"{base(world)}/check").text
    stale = desk["owner"].post(path, {"version": "1", "staff": "900"})
    assert stale.status_code == 412
    assert kept(world, "facts") == ["staff: 900"]
    saved = desk["owner"].put(path, {"staff": "860"}, '"2"')
    assert (saved.status_code, saved.json()["version"]) == (200, 3)


def test_evidence_is_uploaded_shown_renamed_and_removed(desk: dict[str, Visitor], world: World) -> None:
    path = f"{base(world)}/evidence"
    content = worlds.pdf_bytes(3)
    answer = desk["owner"].post(path, files={"file": ("年度报告.pdf", content, "application/octet-stream")})
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    page = desk["owner"].page(path)
    assert "Not referenced" in page.text
    link = page.find("a", string="年度报告")
    assert link is not None
    one = str(link["href"])
    picture = desk["owner"].page(f"{one}?page=2").find("img", class_="page-picture")
    assert picture is not None
    drawn = desk["owner"].get(str(picture["src"]))
    assert (drawn.status_code, drawn.headers["content-type"], drawn.content[:4]) == (200, "image/png", b"\x89PNG")
    assert desk["stranger"].get(str(picture["src"])).status_code == 404
    assert desk["owner"].post(one, {"title": "审计报告"}).status_code == 303
    assert desk["owner"].page(path).find("a", string="审计报告") is not None
    file = "/evidence/" + one.rsplit("/", 1)[1]
    assert desk["owner"].get(file).content == content
    assert "attachment" in desk["owner"].get(file).headers["content-disposition"]
    assert desk["owner"].post(f"{one}/remove").status_code == 303
    assert desk["owner"].get(one).status_code == 404


def test_a_file_that_is_not_what_it_says_is_refused_in_words(desk: dict[str, Visitor], world: World) -> None:
    path = f"{base(world)}/evidence"
    answer = desk["owner"].post(path, files={"file": ("报表.exe", b"MZ", "application/octet-stream")})
    assert answer.status_code == 422
    assert "报表.exe" in answer.text
    empty = desk["owner"].post(path, {"title": ""})
    assert (empty.status_code, "Choose a file first." in empty.text) == (422, True)
    limits = desk["owner"].page(path)
    assert "at most 50 MB each" in limits.text


def fill(world: World) -> None:
    with transaction(world.engine) as session:
        worlds.fill(session, world.owner, world.found(session))


def test_submitting_by_hand_leads_to_a_receipt(desk: dict[str, Visitor], world: World) -> None:
    fill(world)
    path = f"{base(world)}/submit"
    without = desk["owner"].post(path)
    assert without.status_code == 422
    assert "Confirm each declaration" in without.text
    answer = desk["owner"].post(path, dict.fromkeys(service.DECLARATIONS, "1"))
    assert (answer.status_code, answer.headers["location"]) == (303, f"{base(world)}/receipt")
    again = desk["owner"].post(path)
    assert again.headers["location"] == f"{base(world)}/receipt"
    page = desk["owner"].page(f"{base(world)}/receipt")
    with db.reading(world.engine) as session:
        submission = queries.latest_submission(session, world.found(session))
    assert submission is not None
    assert submission.sha256 in page.text
    assert f"round:{world.round}" in page.text
    raw = desk["owner"].get(f"{base(world)}/submissions/1.json")
    assert raw.content.decode() == submission.content
    sent = desk["owner"].get(f"{base(world)}/print?download=true")
    assert "attachment" in sent.headers["content-disposition"]
    assert "高层领导的作用" in sent.text
    assert submission.sha256 in sent.text
    assert "/static/" not in sent.text


def test_an_incomplete_application_shows_what_is_missing_with_links(desk: dict[str, Visitor], world: World) -> None:
    answer = desk["owner"].post(f"{base(world)}/submit", dict.fromkeys(service.DECLARATIONS, "1"))
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    links = [str(one["href"]) for one in page.select(".todos a")]
    assert f"{base(world)}/items/4.1.2" in links
    assert f"{base(world)}/profile#f-staff" in links
    target = desk["owner"].page(f"{base(world)}/profile")
    for link in links:
        if "#" in link:
            assert target.find(id=link.split("#")[1]) is not None


def test_everything_missing_is_named_in_one_turn_then_every_declaration(desk: dict[str, Visitor], world: World) -> None:
    path = f"{base(world)}/submit"
    page = BeautifulSoup(desk["owner"].post(path).text, "html.parser")
    assert len(page.select(".todos a")) >= 3 + 23
    fill(world)
    page = BeautifulSoup(desk["owner"].post(path, {"true": "1"}).text, "html.parser")
    assert [one["href"] for one in page.select(".summary a")] == ["#f-clean", "#f-secrets", "#f-check"]


def test_withdrawing_asks_first_and_needs_a_reason(desk: dict[str, Visitor], world: World) -> None:
    worlds.submitted(world)
    path = f"{base(world)}/withdraw"
    assert "cannot be undone" in desk["owner"].page(path).text
    assert desk["owner"].post(path, {"reason": ""}).status_code == 422
    assert desk["owner"].post(path, {"reason": "组织合并"}).status_code == 303
    assert "Withdrawn" in desk["owner"].page(base(world)).text


def test_a_correction_lists_what_is_open_and_what_has_been_changed(desk: dict[str, Visitor], world: World) -> None:
    worlds.submitted(world)
    world.stage("accept")
    with transaction(world.engine) as session:
        points = [{"part": PART, "text": "请补充记录"}, {"part": "evidence", "text": "请补充报表"}]
        service.return_for_correction(session, world.office, world.found(session), points, make.NOW)
    assert "Continue: 4.1.2 " in desk["owner"].page(base(world)).text
    page = desk["owner"].page(f"{base(world)}/corrections")
    assert ["请补充记录" in page.text, "请补充报表" in page.text, page.text.count("Not changed yet")] == [True, True, 2]
    write(desk, world, "补充后的内容，见 E-1。", 1)
    page = desk["owner"].page(f"{base(world)}/corrections")
    assert page.text.count("Not changed yet") == 1
    assert "cannot return the application again" in desk["owner"].page(f"{base(world)}/submit").text
    # What the list does not name is there to read only, and says why.
    for path, is_open in ((f"items/{PART}", True), ("evidence", True), ("items/4.1.3", False), ("profile", False)):
        page = desk["owner"].page(f"{base(world)}/{path}")
        assert ("returned other parts for correction" in page.text) is not is_open
        assert bool(page.select("textarea:not([readonly]), input[type=file], input[type=text]:not([readonly])")) is is_open


def test_what_is_open_is_named_with_number_and_title_in_the_letter_and_on_the_page(desk: dict[str, Visitor], world: World) -> None:
    worlds.submitted(world)
    world.stage("accept")
    with transaction(world.engine) as session:
        points = [{"part": PART, "text": "请补充记录"}, {"part": "facts", "text": "请核对职工人数"}, {"part": "", "text": "请盖章"}]
        service.return_for_correction(session, world.office, world.found(session), points, make.NOW)
        message = session.scalars(select(Message).where(Message.template == "application_returned")).one()
        letter = write_letter(message.template, json.loads(message.context), message.language)
    lines = ["1. 4.1.2 高层领导的作用：请补充记录", "2. 组织基本信息：请核对职工人数", "3. 整份申报材料：请盖章"]
    assert [line for line in letter.body.splitlines() if line[:2] in ("1.", "2.", "3.")] == lines
    names = [one.text for one in desk["owner"].page(f"{base(world)}/corrections").select(".panel h2")]
    assert names[0].startswith("4.1.2 ")
    assert names[1:] == ["Facts of the organisation", "The application as a whole"]


def test_a_receipt_promises_a_correction_only_while_one_is_left(desk: dict[str, Visitor], world: World) -> None:
    worlds.submitted(world)
    assert "returns it once for correction" in desk["owner"].page(f"{base(world)}/receipt").text
    world.stage("accept")
    with transaction(world.engine) as session:
        application = world.found(session)
        service.return_for_correction(session, world.office, application, [{"part": PART, "text": "请补充"}], make.NOW)
        service.submit_application(session, world.owner, application, [*service.DECLARATIONS, service.UNCHANGED], make.NOW)
    page = desk["owner"].page(f"{base(world)}/receipt")
    assert "after correction" in page.text
    assert "returns it once for correction" not in page.text
