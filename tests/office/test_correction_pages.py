"""The pages on which a confirmed outcome is corrected: by each form, by the second person, for whoever looks on."""

from typing import Any

import pytest
from bs4 import BeautifulSoup

from award.applications.models import PaperOutcome
from award.kernel.audit.trail import transaction
from award.rounds.queries import stage_of
from tests import make
from tests.applications.world import pdf_bytes
from tests.office.desk import Desk
from tests.office.test_outcome_pages import COMMON, KINDS, applied, refusals, send
from tests.visiting import only, words

NOW = make.NOW
WHY = "签字记录与录入不一致，以签字记录为准。"


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_corrected_on_its_pages(desk: Desk, client: Any, kind: str) -> None:
    own = KINDS[kind][0]
    public_id = desk.round(kind, "jiangsu-governor")
    listed = f"/office/rounds/{public_id}/outcomes"
    address = f"{listed}/{applied(desk, public_id, kind)}"
    versions = f"{address}/versions"
    assert desk.get(client, "office", f"{address}/correct").headers["location"] == address  # nothing to correct yet
    assert send(desk, client, address, {**COMMON, **own}).status_code == 303
    with transaction(desk.engine) as session:
        outcome = session.query(PaperOutcome).one()
        outcome.state, outcome.confirmed_by, outcome.confirmed_at = "confirmed", desk["second"].person_id, NOW
    assert f'href="{address}/correct"' in desk.get(client, "office", listed).text
    form = BeautifulSoup(desk.get(client, "office", f"{address}/correct").text, "html.parser")
    sent = {"stage": kind, "reason": "", **COMMON, **own, "summary": "更正后的意见"}
    assert only(form, "textarea[name=summary]").get_text().strip() == COMMON["summary"]
    unsaid = send(desk, client, f"{address}/correct", sent)
    assert unsaid.status_code == 422
    assert refusals(unsaid) == ["reason"]
    assert "更正后的意见" in unsaid.text
    assert send(desk, client, f"{address}/correct", {**sent, "reason": WHY}, with_paper=False).status_code == 303
    assert desk.get(client, "office", f"{address}/correct").headers["location"] == versions
    assert "A correction waits for the second person" in words(desk.get(client, "supervisor", listed))
    shown = words(desk.get(client, "supervisor", versions))
    assert WHY in shown
    assert f"{COMMON['summary']} 更正后的意见" in shown
    assert "Confirm the correction" not in shown
    assert "Confirm the correction" not in words(desk.get(client, "office", versions))
    confirm = BeautifulSoup(desk.get(client, "second", versions).text, "html.parser").select_one("form[action$='/confirm']")
    assert confirm is not None
    assert desk.post(client, "office", str(confirm["action"])).status_code == 403
    assert desk.post(client, "second", str(confirm["action"])).status_code == 303
    assert "更正后的意见" in words(desk.get(client, "office", listed))
    papers = BeautifulSoup(desk.get(client, "supervisor", versions).text, "html.parser").select("a[href$='/paper']")
    assert len(papers) == 2
    for one in papers:
        assert desk.get(client, "supervisor", str(one["href"])).content == pdf_bytes(1)
        assert desk.get(client, "elsewhere", str(one["href"])).status_code == 404
        assert desk.get(client, "committee", str(one["href"])).status_code == 403


def test_a_refusal_needs_its_reason_and_the_stage(desk: Desk, client: Any) -> None:
    public_id = desk.round("interview", "jiangsu-governor")
    address = f"/office/rounds/{public_id}/outcomes/{applied(desk, public_id, 'interview')}"
    own = {**COMMON, **KINDS["interview"][0]}
    assert send(desk, client, address, own).status_code == 303
    with transaction(desk.engine) as session:
        outcome = session.query(PaperOutcome).one()
        outcome.state, outcome.confirmed_by, outcome.confirmed_at = "confirmed", desk["second"].person_id, NOW
    sent = {"stage": "interview", "reason": WHY, **own, "score": "701"}
    assert send(desk, client, f"{address}/correct", sent, with_paper=False).status_code == 303
    page = BeautifulSoup(desk.get(client, "second", f"{address}/versions").text, "html.parser")
    refuse = str(only(page, "form[action$='/refuse']")["action"])
    empty = desk.post(client, "second", refuse, {"refusal": " "})
    assert empty.status_code == 422
    assert refusals(empty) == ["refusal"]
    assert desk.post(client, "second", refuse, {"refusal": "原件为 700 分。"}).status_code == 303
    shown = words(desk.get(client, "supervisor", f"{address}/versions"))
    assert "原件为 700 分。" in shown
    assert "700.00 701.00" in shown
    other = send(desk, client, f"{address}/correct", {**sent, "stage": "site"}, with_paper=False)
    assert other.status_code == 409
    assert "The stage has ended" in other.text
    with transaction(desk.engine) as session:
        round_ = desk.found(session, public_id)
        assert stage_of(round_).kind == "interview"
        round_.position += 1
    later = desk.get(client, "office", f"{address}/versions")
    assert "The stage has ended" in later.text
    assert "The stage has ended" not in desk.get(client, "supervisor", f"{address}/versions").text
    listed = words(desk.get(client, "supervisor", f"/office/rounds/{public_id}/outcomes"))
    assert f"Interview Correction refused {WHY}" in listed
