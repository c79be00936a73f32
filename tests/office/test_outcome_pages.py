"""The form of each kind of stage on paper: seen empty, refused with what was typed, entered, shown to the second person."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import Engine

from award.applications.models import Application, PaperOutcome, Submission
from award.kernel.audit.trail import transaction
from award.kernel.web.csrf import token_for
from award.office.exports.asked import Asked
from award.office.exports.service import EXPORTS
from tests import make
from tests.applications.world import pdf_bytes
from tests.office import world
from tests.office.desk import Desk
from tests.results.test_pages import statements
from tests.visiting import only

COMMON = {"goes_on": "yes", "summary": "一致意见", "held_on": "2026-02-26"}
ROW = {
    "answers.3.department": "市应急管理局", "answers.3.objects": "yes", "answers.3.text": "一起事故",
    "answers.3.answered_on": "2026-02-27",
}  # fmt: skip
ALL_60 = {f"marks.{key}": "60" for key in ("4.1.2", "4.7.2")}
KINDS = {
    "recommend": ({"body": "鼓楼区人民政府", "rank": "1"}, {"rank": ""}, ["rank"], "鼓楼区人民政府: place 1"),
    "opinions": (ROW, {"answers.3.text": ""}, ["answers.0.text"], "市应急管理局 objects: 一起事故"),
    "consensus": (
        {"members": "王强\n李敏", **ALL_60}, {"members": "王强", "marks.4.1.2": "62"}, ["members", "marks.4.1.2"], "Present: 王强, 李敏",
    ),
    "site": (
        {"until": "2026-02-27", "team": "王强", "score": "612.5"}, {"until": "2026-02-25"}, ["until"], "Until 27 February 2026; team: 王强",
    ),
    "interview": ({"order": "3", "score": "700"}, {"order": "0"}, ["order"], "Number 3"),
    "deliberate": (
        {"members": "9", "present": "8", "votes_for": "6", "votes_against": "1", "abstained": "1"},
        {"votes_for": "5", "votes_against": "2"}, ["goes_on"], "6 for, 1 against, 1 abstained; 8 of 9 present",
    ),
}  # fmt: skip
"""Kind -> its own fields, what spoils them, the fields that are refused, what the page then says."""


def applied(desk: Desk, public_id: str, kind: str, number: int = 1) -> str:
    """The public id of an application that is in the round in this stage."""
    with transaction(desk.engine) as session:
        state = "submitted" if kind == "recommend" else "accepted"
        made = world.application(session, desk.found(session, public_id), number, state, "")
        made.category = "organisation"
        return made.public_id


def refusals(answer: Any) -> list[str]:
    """The fields the summary of errors leads to, in its order; each is on the page."""
    page = BeautifulSoup(answer.text, "html.parser")
    names = [str(one["href"]).removeprefix("#f-") for one in page.select(".summary li a")]
    assert all(page.find(id=f"f-{name}") is not None for name in names), names
    return names


def send(desk: Desk, client: Any, address: str, data: dict[str, str], *, with_paper: bool = True) -> Any:
    cookie = desk.cookies["office"]
    return client.post(
        address, data=data, files={"file": ("record.pdf", pdf_bytes(1), "application/pdf")} if with_paper else None,
        headers={"cookie": f"session={cookie}; lang=en", "x-csrf-token": token_for(cookie)},
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_each_form(desk: Desk, client: Any, kind: str) -> None:
    own, spoilt, refused, said = KINDS[kind]
    public_id = desk.round(kind, "jiangsu-governor")
    address = f"/office/rounds/{public_id}/outcomes/{applied(desk, public_id, kind)}"
    assert desk.get(client, "office", address).status_code == 200
    wrong = send(desk, client, address, {**COMMON, **own, **spoilt})
    assert wrong.status_code == 422
    assert refusals(wrong) == refused
    page = BeautifulSoup(wrong.text, "html.parser")
    assert only(page, "textarea[name=summary]").get_text().strip() == "一致意见"
    assert send(desk, client, address, {**COMMON, **own}).status_code == 303
    assert said in desk.get(client, "office", address).text
    shown = BeautifulSoup(desk.get(client, "second", address).text, "html.parser")
    assert said in shown.get_text()
    seen = shown.select_one("form[action$='/confirm'] input[name=seen]")
    assert seen is not None
    assert said in desk.get(client, "supervisor", address.rpartition("/")[0]).text
    assert desk.post(client, "second", f"{address}/confirm", {"seen": str(seen["value"])}).status_code == 303
    assert "Confirmed by" in desk.get(client, "office", address).text
    with transaction(desk.engine) as session:
        assert session.query(PaperOutcome).one().state == "confirmed"


def test_departments_asked_before_stand_in_the_next_form(desk: Desk, client: Any) -> None:
    public_id = desk.round("opinions", "jiangsu-governor")
    first, second = (applied(desk, public_id, "opinions", at) for at in (1, 2))
    address = f"/office/rounds/{public_id}/outcomes"
    assert send(desk, client, f"{address}/{first}", {**COMMON, **ROW}).status_code == 303
    page = BeautifulSoup(desk.get(client, "second", f"{address}/{second}").text, "html.parser")
    departments = [str(one["value"]) for one in page.select("input[name$='.department']")]
    assert departments == ["市应急管理局"] + [""] * 5
    assert [str(one["value"]) for one in page.select("input[name$='.text']")] == [""] * 6


def test_a_department_that_did_not_answer_is_entered_as_such_and_shown_so(desk: Desk, client: Any) -> None:
    public_id = desk.round("opinions", "jiangsu-governor")
    address = f"/office/rounds/{public_id}/outcomes/{applied(desk, public_id, 'opinions')}"
    silent = {**COMMON, **ROW, "answers.3.objects": "silent", "answers.3.text": ""}
    assert send(desk, client, address, silent).status_code == 303
    page = BeautifulSoup(desk.get(client, "office", address).text, "html.parser")
    assert "市应急管理局: no answer by 27 February 2026" in page.get_text()
    assert only(page, "select[name='answers.0.objects'] option[selected]")["value"] == "silent"


def test_the_supervisor_reads_an_outcome_and_its_paper(desk: Desk, client: Any) -> None:
    """What an inspector reads is what the office has; he is offered nothing to enter, confirm or correct."""
    public_id = desk.round("deliberate", "jiangsu-governor")
    listed = f"/office/rounds/{public_id}/outcomes"
    address = f"{listed}/{applied(desk, public_id, 'deliberate')}"
    assert "Nothing is entered here" in desk.get(client, "supervisor", address).text
    assert send(desk, client, address, {**COMMON, **KINDS["deliberate"][0]}).status_code == 303
    assert f'href="{address}"' in desk.get(client, "supervisor", listed).text
    page = BeautifulSoup(desk.get(client, "supervisor", address).text, "html.parser")
    assert KINDS["deliberate"][3] in page.get_text()
    assert page.select("main form") == []
    paper = desk.get(client, "supervisor", only(page, "a[href$='/paper']")["href"])
    assert (paper.status_code, paper.content) == (200, pdf_bytes(1))
    for who, status in (("elsewhere", 404), ("committee", 403), ("applicant", 403)):
        assert desk.get(client, who, address).status_code == status, who
    for act in ("", "/confirm", "/correct"):
        assert desk.post(client, "supervisor", f"{address}{act}").status_code == 403, act


@pytest.mark.parametrize("kind", KINDS)
def test_each_rests_on_its_signed_paper(desk: Desk, client: Any, kind: str) -> None:
    public_id = desk.round(kind, "jiangsu-governor")
    address = f"/office/rounds/{public_id}/outcomes/{applied(desk, public_id, kind)}"
    answer = send(desk, client, address, {**COMMON, **KINDS[kind][0]}, with_paper=False)
    assert answer.status_code == 422
    assert refusals(answer) == ["file"]


@pytest.mark.parametrize(("kind", "told"), [("consensus", True), ("site", False)])
def test_a_form_says_where_its_score_may_stay_empty(desk: Desk, client: Any, kind: str, told: bool) -> None:
    public_id = desk.round(kind, "jiangsu-governor")
    address = f"/office/rounds/{public_id}/outcomes"
    page = desk.get(client, "office", f"{address}/{applied(desk, public_id, kind)}").text
    assert ("it may be left empty" in page) is told
    assert ">(optional)</span></label>" in page or not told
    # Two categories: each application says which one it is in.
    assert "· Organisations" in desk.get(client, "office", address).text


def test_the_place_of_a_recommendation_is_not_called_optional(desk: Desk, client: Any) -> None:
    """It is empty only where the body does not recommend, as its hint says."""
    public_id = desk.round("recommend", "jiangsu-governor")
    page = desk.get(client, "office", f"/office/rounds/{public_id}/outcomes/{applied(desk, public_id, 'recommend')}").text
    label = page[page.index('<label for="f-rank">') :].partition("</label>")[0]
    assert "(optional)" not in label


def test_rows_are_added_without_losing_what_was_typed(desk: Desk, client: Any) -> None:
    """Six rows to begin with, six more at a time, sixty at most; nothing is entered by it, and nothing is refused."""
    public_id = desk.round("opinions", "jiangsu-governor")
    address = f"/office/rounds/{public_id}/outcomes/{applied(desk, public_id, 'opinions')}"
    page = BeautifulSoup(desk.get(client, "office", address).text, "html.parser")
    assert len(page.select("table.answers tbody tr")) == 6
    typed = {f"answers.{at}.{part}": "" for at in range(6) for part in ("department", "text", "answered_on", "objects")}
    typed |= {"summary": "写了一半", "goes_on": "no", "answers.0.department": "市税务局", "answers.5.text": "欠税", "act": "more"}
    answer = send(desk, client, address, typed, with_paper=False)
    assert answer.status_code == 200
    page = BeautifulSoup(answer.text, "html.parser")
    assert len(page.select("table.answers tbody tr")) == 12
    values = {str(one["name"]): one.get("value") for one in page.select("input[name^=answers]")}
    assert (values["answers.0.department"], values["answers.5.text"]) == ("市税务局", "欠税")
    assert only(page, "textarea[name=summary]").text.strip() == "写了一半"
    assert only(page, "[name=goes_on][value=no]").has_attr("checked")
    many = typed | {f"answers.{at}.department": f"第{at}局" for at in range(58)}
    page = BeautifulSoup(send(desk, client, address, many, with_paper=False).text, "html.parser")
    assert len(page.select("table.answers tbody tr")) == 60
    assert page.select_one("button[name=act]") is None
    with transaction(desk.engine) as session:
        assert session.query(PaperOutcome).count() == 0


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_decided_beforehand(desk: Desk, client: Any, kind: str) -> None:
    public_id = desk.round(kind, "jiangsu-governor")
    address = f"/office/rounds/{public_id}/outcomes/{applied(desk, public_id, kind)}"
    page = BeautifulSoup(desk.get(client, "office", address).text, "html.parser")
    assert page.select("[name=goes_on][checked]") == page.select("select option[selected]") == []
    left_out = {**COMMON, **KINDS[kind][0]}
    del left_out["goes_on"]
    assert refusals(send(desk, client, address, left_out)) == ["goes_on"]


def test_a_conflict_gives_everything_back_by_the_words_of_the_form(desk: Desk, client: Any) -> None:
    """Confirmed by a colleague while it was typed anew."""
    public_id = desk.round("opinions", "jiangsu-governor")
    address = f"/office/rounds/{public_id}/outcomes/{applied(desk, public_id, 'opinions')}"
    assert send(desk, client, address, {**COMMON, **ROW}).status_code == 303
    with transaction(desk.engine) as session:
        outcome = session.query(PaperOutcome).one()
        outcome.state, outcome.confirmed_by, outcome.confirmed_at = "confirmed", outcome.recorded_by, outcome.recorded_at
    answer = send(desk, client, address, {**COMMON, **ROW, "summary": "另有意见"})
    assert answer.status_code == 409
    page = BeautifulSoup(answer.text, "html.parser")
    given = dict(zip([one.text for one in page.select("h3")], [one.text for one in page.select("p.prose-lines")], strict=True))
    assert given == {
        "Does the application stay in the round?": "It goes on", "Conclusion of the office": "另有意见", "Asked on": "2026-02-26",
        "Department 1": "市应急管理局", "Answer 1": "Objects", "What it objects to 1": "一起事故", "Answered on, or not by 1": "2026-02-27",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "own", "named"),
    [
        ("recommend", ["body", "rank"], ["held_on", "body", "goes_on", "summary", "file", "rank"]),
        ("opinions", [], ["held_on", "goes_on", "summary", "file", "answers"]),
        ("consensus", ["members"], ["held_on", "members", "goes_on", "summary", "file"]),
        ("site", ["until", "team", "score"], ["held_on", "until", "team", "goes_on", "score", "summary", "file"]),
        ("interview", ["order", "score"], ["held_on", "order", "goes_on", "score", "summary", "file"]),
    ],
)
def test_an_empty_form_names_everything_at_once(desk: Desk, client: Any, kind: str, own: list[str], named: list[str]) -> None:
    public_id = desk.round(kind, "jiangsu-governor")
    address = f"/office/rounds/{public_id}/outcomes/{applied(desk, public_id, kind)}"
    empty = dict.fromkeys(["held_on", "summary", *own], "")
    assert refusals(send(desk, client, address, empty, with_paper=False)) == named
    members = {"members": "王强", "held_on": "2026-02-26"} if kind == "consensus" else {}
    assert not members or "members" in refusals(send(desk, client, address, members))


@pytest.mark.parametrize(("kind", "name"), [("consensus", "members"), ("site", "team")])
def test_nobody_is_named_twice(desk: Desk, client: Any, kind: str, name: str) -> None:
    public_id = desk.round(kind, "jiangsu-governor")
    address = f"/office/rounds/{public_id}/outcomes/{applied(desk, public_id, kind)}"
    answer = send(desk, client, address, {**COMMON, **KINDS[kind][0], name: "王强\n李敏\n王 强"})
    assert refusals(answer) == [name]
    assert "“王 强” stands here twice" in answer.text


@pytest.mark.parametrize(("votes", "refused"), [({"votes_for": "9"}, "votes_for"), ({"votes_for": "5", "votes_against": "2"}, "goes_on")])
def test_what_does_not_agree_is_told_with_what_is_empty(desk: Desk, client: Any, votes: dict[str, str], refused: str) -> None:
    """And nothing is made of a number that is empty itself."""
    public_id = desk.round("deliberate", "jiangsu-governor")
    address = f"/office/rounds/{public_id}/outcomes/{applied(desk, public_id, 'deliberate')}"
    entered = {**COMMON, **KINDS["deliberate"][0], "summary": "", "held_on": "", **votes}
    assert refusals(send(desk, client, address, entered, with_paper=False)) == ["held_on", "summary", "file", refused]
    assert refusals(send(desk, client, address, {**entered, "present": ""})) == ["held_on", "present", "summary"]


def test_outcomes_of_a_stage_that_is_over_stay_readable(engine: Engine, desk: Desk, client: Any) -> None:
    """By stage, for office and supervisor, from the application's page too; in twelve statements, and with nothing to enter."""
    public_id = desk.round("site", "jiangsu-governor")
    one = applied(desk, public_id, "site")
    listed, application = f"/office/rounds/{public_id}/outcomes", f"/office/applications/{one}"
    assert send(desk, client, f"{listed}/{one}", {**COMMON, **KINDS["site"][0]}).status_code == 303
    with transaction(desk.engine) as session:
        outcome = session.query(PaperOutcome).one()
        outcome.state, outcome.confirmed_by, outcome.confirmed_at = "confirmed", desk["second"].person_id, make.NOW
        desk.found(session, public_id).position += 1  # the interview, held on paper too
    for who in ("office", "supervisor"):
        present = BeautifulSoup(desk.get(client, who, listed).text, "html.parser")
        assert [tab.get_text() for tab in present.select(".tabs a")] == ["Site visit", "Interview"]
        assert KINDS["site"][3] not in present.get_text()
        before = desk.get(client, who, f"{listed}?stage=site")
        assert KINDS["site"][3] in before.text
        assert "612.50" in before.text
        page = BeautifulSoup(before.text, "html.parser")
        assert page.select("main form") == []
        assert desk.get(client, who, str(only(page, "a[href$='/paper']")["href"])).content == pdf_bytes(1)
        assert KINDS["site"][3] in desk.get(client, who, str(only(page, "td a.btn")["href"])).text
    with transaction(desk.engine) as session:
        asked = Asked(session, desk["supervisor"], "en", make.NOW, {"round": public_id, "stage": "site"})
        (row,) = EXPORTS["outcomes"].make(asked).table.rows
        assert row[2:7] == ("Site visit", "Confirmed", date(2026, 2, 26), Decimal("612.5"), "Yes")
        desk.found(session, public_id).position += 2  # the public notice, held in the system
        made = session.query(Application).one()
        made.submitted_at = make.NOW
        content = {"organisation": {"name": "", "credit_code": ""}, "category": "organisation", "sector": "manufacturing"}
        content |= {"profile": {}, "parts": {}, "evidence": [], "declarations": []}
        session.add(Submission(
            application_id=made.id, number=1, content=json.dumps(content), sha256="0" * 64, submitted_at=make.NOW,
            submitted_by=made.contact_person_id,
        ))  # fmt: skip
    assert KINDS["site"][3] in desk.get(client, "supervisor", listed).text
    assert f'href="{listed}/{one}/versions"' in desk.get(client, "supervisor", f"{listed}/{one}").text
    assert f'href="{listed}/{one}/versions"' in desk.get(client, "supervisor", application).text
    assert statements(engine, lambda: desk.get(client, "supervisor", listed)) <= 12
