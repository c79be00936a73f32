"""What a committee member reads: the proposed ranking while the committee decides, and nothing before, after or beside it."""

import json
from typing import Any

import pytest
from sqlalchemy import Engine, select

from award.accounts.pages.going import home_of
from award.invariants.commands import ask_all
from award.kernel.actor import Role
from award.kernel.audit.trail import transaction
from award.kernel.errors import Refused
from award.kernel.events import Event
from award.kernel.mail.models import Message
from award.kernel.mail.writing import write
from award.results.consulting import may_consult
from award.results.service.stepping_back import step_back
from award.standing.models import Conflict
from tests import make
from tests.applications.browsing import Visitor, without_reference
from tests.applications.world import records
from tests.conftest import StandingClock
from tests.results.acts import decide, propose, put_on_notice
from tests.results.judged import Entry, World, build
from tests.results.test_deciding import ENTRIES
from tests.results.test_pages import main_of


def member_of(world: World, client: Any, name: str = "孙毅") -> Visitor:
    """A committee member's browser."""
    with transaction(world.engine) as session:
        who = make.officer(session, world.found(session).award.authority, name, role=Role.COMMITTEE_MEMBER)
        world.actors[name], world.cookies[name] = make.actor(session, who), make.signed_in(session, who)
    return Visitor(client, world.cookies[name])


def page(world: World) -> str:
    return f"/committee/rounds/{world.round}"


def test_where_his_work_is() -> None:
    assert home_of(frozenset({Role.COMMITTEE_MEMBER})) == "/committee"
    assert home_of(frozenset({Role.RECOMMENDER})) == "/me"


@pytest.mark.both_databases
def test_the_ranking_lies_before_him_once_it_is_proposed(here: World, client: Any) -> None:
    world, member = here, member_of(here, client)
    assert page(world) in str(member.page("/committee"))
    before = main_of(member.page(page(world)))
    assert "No ranking has been proposed" in before
    assert ENTRIES[0].name not in before
    propose(world)
    shown = main_of(member.page(page(world)))
    assert all(one.name in shown for one in ENTRIES if one.state == "accepted")
    assert "The award office proposed this ranking on" in shown
    decide(world)
    assert "The candidates were decided on" in main_of(member.page(page(world)))


def test_he_learns_no_judge_and_changes_nothing(here: World, client: Any) -> None:
    propose(here)
    member = member_of(here, client)
    soup = member.page(page(here))
    assert not any(name in str(soup) for name in (*here.judges, "评审员"))
    assert [one.get("action") for one in soup.select("main form")] == []
    for url in (f"/office/rounds/{here.round}/results", f"/office/rounds/{here.round}", f"/office/export/ranking?round={here.round}"):
        assert member.get(url).status_code == 403


@pytest.mark.parametrize("stage", ["setup", "apply", "accept", "assign", "score", "approve", "publish", "archive"])
def test_in_no_other_stage(here: World, client: Any, stage: str) -> None:
    propose(here)
    member = member_of(here, client)
    here.stage(stage)
    refused = member.get(page(here))
    assert refused.status_code == 409
    assert "“Read the ranking that is proposed to the committee” is not open in the stage" in refused.text
    listed = member.page("/committee")
    assert page(here) not in str(listed)
    is_over = stage in ("approve", "publish", "archive")
    assert ("The committee's part of this round has ended" if is_over else "Opens in the stage “Public notice”") in main_of(listed)


def test_with_a_stage_for_deliberation_it_is_read_there_alone(engine: Engine, clock: StandingClock, client: Any) -> None:
    world = build(engine, [Entry("甲", sector="manufacturing")], scheme="qingdao-mayor", at="deliberate")
    member = member_of(world, client)
    assert member.get(page(world)).status_code == 200
    world.stage("score")
    assert "Opens in the stage “Deliberation and vote”" in main_of(member.page("/committee"))
    world.stage("notice")
    assert "The committee's part of this round has ended" in main_of(member.page("/committee"))
    refused = member.get(page(world))
    assert refused.status_code == 409
    assert "The committee has deliberated" in refused.text


def test_what_he_has_a_conflict_with_is_not_there(here: World, client: Any) -> None:
    propose(here)
    member = member_of(here, client)
    with transaction(here.engine) as session:
        about = here.application(session, ENTRIES[0].name).id
        session.add(
            Conflict(
                person_id=here.actors["孙毅"].person_id, application_id=about, source="office", reason="配偶", declared_at=make.NOW
            )
        )
    shown = main_of(member.page(page(here)))
    assert ENTRIES[0].name not in shown
    assert ENTRIES[1].name in shown
    assert "A conflict of interest of yours is on record" in shown


def test_a_member_steps_back_from_an_applicant(any_engine: Engine, clock: StandingClock, client: Any) -> None:
    """By names only and before the ranking is there; from then on the applicant does not exist for him, and twice is hidden."""
    world = build(any_engine, [Entry("甲"), Entry("乙")], at="notice")
    member, name = member_of(world, client), "甲"
    with transaction(any_engine) as session:
        public_id = world.application(session, name).public_id
    url = f"{page(world)}/conflicts/{public_id}"
    listed = main_of(member.page(f"{page(world)}/conflicts"))
    assert name in listed
    assert "乙" in listed
    refused = member.post(url, {"reason": " "})
    assert refused.status_code == 422
    assert "Say in a few words what the conflict is." in refused.text
    assert member.post(url, {"reason": "配偶在该组织任职"}).headers["location"] == f"{page(world)}/conflicts"
    with transaction(any_engine) as session:
        kept = session.scalars(select(Conflict)).one()
        assert (kept.source, kept.reason, kept.person_id) == ("committee", "配偶在该组织任职", world.actors["孙毅"].person_id)
        [told] = records(session, Event.CONFLICT_DECLARED)
        assert (told["actor"]["id"], told["content"]) == (
            world.actors["孙毅"].public_id, {"reason": "配偶在该组织任职", "source": "committee"},
        )
        assert ask_all(session)["conflicts_as_told"].offences == 0
        [letter, _] = session.scalars(select(Message).where(Message.template == "member_recused").order_by(Message.id))
        assert letter.about == f"application:{public_id}"
        body = write(letter.template, json.loads(letter.context), "zh").body
        assert "孙毅已申明与甲存在利益冲突" in body
        assert "配偶" not in body
    propose(world)
    for shown in (member.page(f"{page(world)}/conflicts"), member.page(page(world))):
        assert name not in main_of(shown)
        assert "A conflict of interest of yours is on record" in main_of(shown)
    gone, missing = member.get(url), member.get(f"{page(world)}/conflicts/222222222222")
    assert gone.status_code == missing.status_code == 404
    assert without_reference(gone.text) == without_reference(missing.text).replace("222222222222", public_id)
    assert member.post(url, {"reason": "再次申明"}).status_code == 404


def test_nobody_else_steps_back_so(engine: Engine, clock: StandingClock, client: Any) -> None:
    """Not before or after the committee's part of the round, and nobody who is not of the committee."""
    world = build(engine, [Entry("甲", sector="manufacturing")], scheme="qingdao-mayor", at="deliberate")
    member_of(world, client)
    for stage, who, status in (("deliberate", "office", 403), ("score", "孙毅", 409), ("notice", "孙毅", 409)):
        world.stage(stage)
        with transaction(engine) as session, pytest.raises(Refused) as caught:
            step_back(session, world.actors[who], world.application(session, "甲"), "配偶", make.NOW)
        assert caught.value.status == status


def test_a_member_reads_what_is_done_on_paper(here: World, client: Any) -> None:
    """Nothing on this page is promised that it does not hold: no vote, no signature."""
    shown = main_of(member_of(here, client).page("/committee"))
    for said in ("On paper you vote and sign the minutes", "A conflict of interest you declare", "without a vote or a signature of yours"):
        assert said in shown


def test_only_its_committee(here: World, client: Any) -> None:
    propose(here)
    for who in ("office", "second"):
        assert Visitor(client, here.cookies[who]).get(page(here)).status_code == 403, who
    with transaction(here.engine) as session:
        other = make.authority(session, "远山市人民政府")
        elsewhere = make.officer(session, other, "孙远", role=Role.COMMITTEE_MEMBER)
        cookie = make.signed_in(session, elsewhere)
    stranger = Visitor(client, cookie)
    hidden, missing = stranger.get(page(here)), stranger.get("/committee/rounds/222222222222")
    assert hidden.status_code == missing.status_code == 404
    assert without_reference(hidden.text) == without_reference(missing.text)
    assert "You belong to the committee of no round" in main_of(stranger.page("/committee"))
    member = member_of(here, client)
    assert member.get(f"{page(here)}?category=nothing").status_code == 404


def test_an_officer_reads_it_as_office_only(here: World) -> None:
    """The guard keeps him out; the rule does too."""
    with transaction(here.engine) as session:
        assert not may_consult(here.actors["office"], here.found(session), make.NOW).allowed


def test_it_stays_readable_while_the_notice_runs(here: World, client: Any) -> None:
    propose(here)
    decide(here)
    put_on_notice(here)
    assert member_of(here, client).get(page(here)).status_code == 200
