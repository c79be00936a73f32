"""The form of each kind of stage on paper: seen empty, refused with what was typed, entered, shown to the second person."""

from typing import Any

import pytest
from bs4 import BeautifulSoup

from award.applications.models import PaperOutcome
from award.kernel.audit.trail import transaction
from award.kernel.web.csrf import token_for
from tests.applications.world import pdf_bytes
from tests.office import world
from tests.office.desk import Desk

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
    assert page.select_one("textarea[name=summary]").get_text().strip() == "一致意见"  # type: ignore[union-attr]
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


@pytest.mark.parametrize(("kind", "needed"), [("recommend", True), ("site", True), ("interview", False), ("opinions", False)])
def test_a_signed_paper_is_needed_where_one_is_signed(desk: Desk, client: Any, kind: str, needed: bool) -> None:
    public_id = desk.round(kind, "jiangsu-governor")
    address = f"/office/rounds/{public_id}/outcomes/{applied(desk, public_id, kind)}"
    answer = send(desk, client, address, {**COMMON, **KINDS[kind][0]}, with_paper=False)
    assert answer.status_code == (422 if needed else 303)
    assert not needed or refusals(answer) == ["file"]


@pytest.mark.parametrize(("kind", "told"), [("consensus", True), ("site", False)])
def test_a_form_says_where_its_score_may_stay_empty(desk: Desk, client: Any, kind: str, told: bool) -> None:
    public_id = desk.round(kind, "jiangsu-governor")
    address = f"/office/rounds/{public_id}/outcomes"
    page = desk.get(client, "office", f"{address}/{applied(desk, public_id, kind)}").text
    assert ("it may be left empty" in page) is told
    assert ">(optional)</span></label>" in page or not told
    # Two categories: each application says which one it is in.
    assert "· Organisations" in desk.get(client, "office", address).text
