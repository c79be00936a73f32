"""An applicant that gets no feedback report: the office says why, the applicant reads it; and awards that give none at all."""

import json
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from award.invariants.finding import Found
from award.invariants.replayed import waivers_as_told
from award.judging import service
from award.judging.queries import state_of_report
from award.kernel.actor import Actor
from award.kernel.audit.trail import transaction
from award.kernel.errors import AwardError, Conflict, Invalid, Refused
from award.kernel.events import Event
from award.kernel.mail.models import Message
from award.messages.queries.reminding import settings_of
from award.office.checks import CHECKS, Here, results_of
from award.panels.queries import leader_of
from award.policy import decide
from award.rounds.queries import stage_now, standing_in
from award.stages import CERTIFYING, REPORTING
from award.standing.models import Assignment
from tests import make
from tests.applications.world import records
from tests.judging import world as worlds
from tests.judging.browsing import as_, main_text, post
from tests.judging.test_feedback import begun, do, handed_in, open_, published, report
from tests.judging.world import World
from tests.results.judged import with_scheme

NOW = make.NOW
REASON = "组长已调离，评审组无人能够继续撰写。"
__all__ = ["begun", "open_"]


def waive(world: World, reason: str = REASON, by: Actor | None = None) -> None:
    with transaction(world.engine) as session:
        service.waive_report(session, by or world.office, world.application(session), reason, NOW)


def refused(world: World, **more: Any) -> AwardError:
    with pytest.raises(AwardError) as caught:
        waive(world, **more)
    return caught.value


def without(world: World, **changes: object) -> None:
    """The scheme of the round, with something it does not give."""
    with transaction(world.engine) as session:
        with_scheme(session, world.application(session).round, **changes)


# --- the act ------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_the_office_says_that_no_report_comes_once_the_result_is_out(begun: World) -> None:
    assert isinstance(refused(begun), Refused)
    begun.stage("publish")
    assert refused(begun).code == "feedback.not_published"
    published(begun)
    for actor in (begun.judges[0], begun.owners[0], begun.supervisor, begun.stranger):
        assert isinstance(refused(begun, by=actor), AwardError)
    empty = refused(begun, reason="  ")
    assert isinstance(empty, Invalid)
    assert [one.field for one in empty.errors] == ["reason"]
    waive(begun)
    waive(begun, "第二次")
    with transaction(begun.engine) as session:
        application = begun.application(session)
        assert (application.feedback_waiver, application.feedback_waived_at) == (REASON, NOW)
        assert state_of_report(application, report(session, begun)) == ("feedback", "waived")
        assert len(records(session, Event.FEEDBACK_WAIVED)) == 1
        letters = select(Message).where(Message.template == "feedback_waived")
        assert [json.loads(one.context)["reason"] for one in session.scalars(letters)] == [REASON]
        assert CHECKS["reports_released"](Here(session, application.round, NOW)) == []


def test_nothing_is_written_of_a_report_that_will_not_come(begun: World) -> None:
    published(begun)
    waive(begun)
    leader = begun.judges[0]
    for act in (
        lambda s, r: service.start_report(s, leader, r.application, NOW),
        lambda s, r: service.save_report(s, leader, r, "总评", "", r.version, NOW),
        lambda s, r: service.hand_in(s, leader, r, r.version, NOW),
    ):
        with pytest.raises(Conflict) as caught:
            do(begun, act)
        assert caught.value.code == "feedback.waived"


def test_a_report_that_was_handed_in_is_released_or_returned(begun: World) -> None:
    handed_in(begun)
    published(begun)
    assert refused(begun).code == "feedback.not_missing"
    do(begun, lambda s, r: service.release_report(s, begun.office, r, NOW))
    assert refused(begun).code == "feedback.not_missing"


def test_an_application_without_sheets_waits_for_no_report(world: World) -> None:
    published(world)
    assert refused(world).code == "feedback.not_judged"


def test_the_check_counts_those_nobody_can_write_for(begun: World) -> None:
    published(begun)
    after = NOW + timedelta(1)
    with transaction(begun.engine) as session:
        assert texts(session, begun) == ["Feedback reports their panel leaders are still writing: {count}"]
        begun.person(session, begun.judges[0]).is_active = False
    with transaction(begun.engine) as session:
        assert [one.partition(",")[0] for one in texts(session, begun)] == ["Feedback reports that nobody can write any more"]
        assert begun.application(session).round.stages[-1].opens_at > after
    waive(begun)
    with transaction(begun.engine) as session:
        assert texts(session, begun) == []


def texts(session: Session, world: World) -> list[str]:
    return [one.text for one in CHECKS["reports_released"](Here(session, world.application(session).round, NOW))]


# --- taking it back -----------------------------------------------------------------------------------------

BACK = "新组长已接任，可以撰写报告。"


def withdraw(world: World, reason: str = BACK, by: Actor | None = None) -> None:
    with transaction(world.engine) as session:
        service.withdraw_waiver(session, by or world.office, world.application(session), reason, NOW)


def letters(session: Session) -> list[tuple[str, str]]:
    """The messages on the waiver, with the reason in each."""
    query = select(Message).where(Message.template.in_(("feedback_waived", "feedback_after_all"))).order_by(Message.id)
    return [(one.template, json.loads(one.context)["reason"]) for one in session.scalars(query)]


@pytest.mark.both_databases
def test_the_office_takes_it_back_and_the_report_goes_its_way(begun: World) -> None:
    published(begun)
    withdraw(begun)  # nothing was said: nothing happens
    waive(begun)
    for actor in (begun.judges[0], begun.owners[0], begun.supervisor, begun.stranger):
        with pytest.raises(AwardError):
            withdraw(begun, by=actor)
    with pytest.raises(Invalid) as caught:
        withdraw(begun, reason=" ")
    assert [one.field for one in caught.value.errors] == ["reason"]
    withdraw(begun)
    withdraw(begun, "第二次")
    with transaction(begun.engine) as session:
        application = begun.application(session)
        assert (application.feedback_waiver, application.feedback_waived_at) == ("", None)
        assert state_of_report(application, report(session, begun)) == ("feedback", "drafting")
        assert len(records(session, Event.FEEDBACK_WAIVER_WITHDRAWN)) == 1
        assert letters(session) == [("feedback_waived", REASON), ("feedback_after_all", BACK)]
        assert to_leaders(session) == [(begun.judges[0].person_id, BACK)]
        assert texts(session, begun) == ["Feedback reports their panel leaders are still writing: {count}"]
        assert waivers_as_told(session) == Found(0)
    handed_in(begun)
    do(begun, lambda s, r: service.release_report(s, begun.office, r, NOW))
    with transaction(begun.engine) as session:
        assert report(session, begun).state == "released"
        assert texts(session, begun) == []


def to_leaders(session: Session) -> list[tuple[int | None, str]]:
    """Who was asked to write it after all, and why."""
    query = select(Message).where(Message.template == "report_after_all").order_by(Message.id)
    return [(one.person_id, json.loads(one.context)["reason"]) for one in session.scalars(query)]


@pytest.mark.both_databases
def test_each_time_it_is_taken_back_whoever_leads_the_panel_then_is_asked_to_write(begun: World) -> None:
    published(begun)
    waive(begun)
    withdraw(begun)
    with transaction(begun.engine) as session:
        session.get_one(Assignment, leader_of(session, begun.application(session).id).id).is_leader = False
        session.flush()
        seat = session.scalars(select(Assignment).where(Assignment.person_id == begun.judges[1].person_id)).first()
        seat.is_leader = True
        begun.application(session).feedback_waived_at = NOW + timedelta(1)
    withdraw(begun, reason="再次收回。")
    with transaction(begun.engine) as session:
        assert to_leaders(session) == [(begun.judges[0].person_id, BACK), (begun.judges[1].person_id, "再次收回。")]
        (letter,) = session.scalars(select(Message).where(Message.context.contains("再次收回。"), Message.template == "report_after_all"))
        assert f"/review/{begun.seats[0, 1]}/report" in json.loads(letter.context)["address"]
        leader_of(session, begun.application(session).id).is_leader = False
        begun.application(session).feedback_waived_at = NOW + timedelta(2)
    withdraw(begun, reason="第三次收回。")
    with transaction(begun.engine) as session:
        assert len(to_leaders(session)) == 2  # nobody leads the panel: nobody is asked


def test_while_it_is_said_nobody_is_asked_to_write_it(begun: World) -> None:
    """Not a leader who is named then either; once it is taken back, whoever leads is."""
    published(begun)
    waive(begun)
    begun.stage("score")
    worlds.change(begun, "leader", 1)
    with transaction(begun.engine) as session:
        asked = session.scalars(select(Message.person_id).where(Message.template == "report_wanted")).all()
        assert asked == [begun.judges[0].person_id]
    begun.stage("publish")
    withdraw(begun)
    with transaction(begun.engine) as session:
        assert to_leaders(session) == [(begun.judges[1].person_id, BACK)]


@pytest.mark.both_databases
def test_it_is_said_again_and_told_again(begun: World) -> None:
    published(begun)
    waive(begun)
    withdraw(begun)
    waive(begun, "新组长也已离任。")
    with transaction(begun.engine) as session:
        assert [template for template, _ in letters(session)] == ["feedback_waived", "feedback_after_all", "feedback_waived"]
        assert waivers_as_told(session) == Found(1)
        begun.application(session).feedback_waived_at = None
    with transaction(begun.engine) as session:
        assert "is nothing, told is 新组长也已离任。" in waivers_as_told(session).first


def test_it_stays_once_its_stage_has_ended_or_nothing_was_judged(begun: World) -> None:
    published(begun)
    waive(begun)
    begun.stage("archive")
    with pytest.raises(Refused):
        withdraw(begun)
    begun.stage("publish")
    with transaction(begun.engine) as session:
        begun.application(session).gate_opened_at = None
    with pytest.raises(Conflict) as caught:
        withdraw(begun)
    assert caught.value.code == "feedback.not_judged"


def test_the_pages_take_it_back(begun: World, client: TestClient) -> None:
    base, mine = f"/office/rounds/{begun.round}/feedback", f"/apply/{begun.applications[0]}"
    url = f"{base}/{begun.applications[0]}/none"
    published(begun)
    waive(begun)
    for page in (base, f"{base}/{begun.applications[0]}"):
        assert url in as_(client, begun, "office").get(page).text
        assert url not in as_(client, begun, "supervisor").get(page).text
    assert REASON in main_text(as_(client, begun, "office").get(url))
    unsaid = post(client, f"{url}/withdraw", {"reason": " "})
    assert unsaid.status_code == 422
    assert "请填写重新提供报告的原因" in main_text(unsaid)
    assert post(as_(client, begun, "supervisor"), f"{url}/withdraw", {"reason": BACK}).status_code == 403
    assert post(as_(client, begun, "office"), f"{url}/withdraw", {"reason": BACK}).status_code == 303
    assert REASON not in main_text(client.get(base))
    assert as_(client, begun, "owner0").get(f"{mine}/feedback").status_code == 404
    assert "没有反馈报告" not in main_text(client.get(mine))
    assert "撰写反馈报告" in main_text(as_(client, begun, "judge0").get("/review"))


# --- pages --------------------------------------------------------------------------------------------------


def test_the_pages_of_an_application_without_a_report(begun: World, client: TestClient) -> None:
    base, mine = f"/office/rounds/{begun.round}/feedback", f"/apply/{begun.applications[0]}"
    url = f"{base}/{begun.applications[0]}/none"
    assert url not in as_(client, begun, "office").get(base).text
    published(begun)
    assert url in client.get(base).text
    assert url in client.get(f"{base}/{begun.applications[0]}").text
    assert "组长" in main_text(client.get(url))
    assert as_(client, begun, "supervisor").get(url).status_code == 403
    assert url not in client.get(base).text
    assert as_(client, begun, "owner0").get(f"{mine}/feedback").status_code == 404
    too_short = post(as_(client, begun, "office"), url, {"reason": " "})
    assert too_short.status_code == 422
    assert "请填写没有报告的原因" in main_text(too_short)
    too_long = post(client, url, {"reason": "字" * 1001})
    assert too_long.status_code == 422
    assert "字" * 1001 in too_long.text
    assert post(client, url, {"reason": REASON}).status_code == 303
    listed = main_text(client.get(base))
    assert "没有报告" in listed
    assert REASON in listed
    assert REASON in main_text(client.get(f"{base}/{begun.applications[0]}"))
    assert "须向申报组织说明" not in client.get(f"/office/rounds/{begun.round}/stages").text
    told = as_(client, begun, "owner0").get(f"{mine}/feedback")
    assert REASON in main_text(told)
    assert f'href="{mine}/feedback"' in client.get(mine).text
    assert REASON in main_text(client.get(mine))
    assert client.get(f"{mine}/feedback/report.pdf").status_code == 404
    assert "撰写反馈报告" not in main_text(as_(client, begun, "judge0").get("/review"))
    assert client.get(f"/review/{begun.seats[0, 0]}/report").status_code == 409


# --- awards that give none ----------------------------------------------------------------------------------


def test_an_award_without_reports_knows_none_of_their_acts(open_: World) -> None:
    without(open_, feedback_reports=False)
    published(open_)
    with transaction(open_.engine) as session:
        round_ = open_.application(session).round
        stage = stage_now(round_, NOW)
        assert stage.without == REPORTING
        codes = {decide(one, stage, standing_in(open_.office, round_)).code for one in REPORTING}
        assert codes == {"scheme.without", "role.cannot"}
        assert [name for name, _ in results_of(Here(session, round_, NOW))] == ["result_published"]
        assert "report" not in {one.kind.key for one in settings_of(session, round_)}
    with pytest.raises(Refused) as caught, transaction(open_.engine) as session:
        service.start_report(session, open_.judges[0], open_.application(session), NOW)
    assert (caught.value.code, caught.value.status) == ("scheme.without", 409)
    assert refused(open_).code == "scheme.without"


def test_no_leader_is_written_to_and_no_page_promises_a_report(world: World, client: TestClient) -> None:
    without(world, feedback_reports=False)
    worlds.all_in(world)
    with transaction(world.engine) as session:
        assert session.scalars(select(Message.template)).all() == []
    base = f"/office/rounds/{world.round}"
    assert "反馈报告" not in main_text(as_(client, world, "judge0").get("/review"))
    assert "反馈报告" not in client.get(f"/review/{world.seats[0, 0]}").text
    for stage in ("score", "notice", "publish"):
        world.stage(stage)
        for page in ("", "/stages", "/reminders", "/results/publish", "/papers", f"/assign/{world.applications[0]}"):
            told = as_(client, world, "office").get(f"{base}{page}").text
            assert "反馈报告" not in told.replace("按评选方案签发证书、发布反馈报告", ""), f"{stage} {page}"
    assert "本奖项不发布反馈报告" in main_text(client.get(f"{base}/feedback"))
    assert "反馈报告" not in as_(client, world, "owner0").get(f"/apply/{world.applications[0]}/receipt").text


def test_reminders_are_saved_without_the_one_there_is_not(world: World, client: TestClient) -> None:
    without(world, feedback_reports=False)
    url = f"/office/rounds/{world.round}/reminders"
    kinds = ("draft", "correction", "declaration", "sheet", "objection", "notice")
    data = {f"days-{one}": "4" for one in kinds} | {f"on-{one}": "1" for one in kinds}
    assert post(as_(client, world, "office"), url, data).status_code == 303
    with transaction(world.engine) as session:
        assert {one.days for one in settings_of(session, world.application(session).round)} == {4}


def test_an_award_without_certificates_knows_none_of_their_acts(world: World, client: TestClient) -> None:
    without(world, certificate=None)
    published(world)
    with transaction(world.engine) as session:
        round_ = world.application(session).round
        assert stage_now(round_, NOW).without == CERTIFYING
        assert {decide(one, stage_now(round_, NOW), standing_in(world.office, round_)).code for one in CERTIFYING} == {"scheme.without"}
    url = f"/office/rounds/{world.round}/certificates"
    assert f'"{url}"' not in as_(client, world, "office").get(f"/office/rounds/{world.round}").text
    page = client.get(url)
    assert page.status_code == 200
    assert "本奖项不签发证书" in main_text(page)
    assert post(client, url, {"issued_on": "2026-03-02"}).status_code == 409
