"""A round whose result is a recommendation: no paper, page or letter of it speaks of an award or of winners."""

import json

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select

from award.applications.models import Application
from award.kernel.audit.trail import transaction
from award.kernel.documents.models import Document
from award.kernel.mail.models import Message
from award.regulations.loader import shipped_schemes
from award.results.official import announcement_view, decision_view
from award.results.papers import told
from award.results.queries import approval_of, decided_lines
from award.rounds.models import Snapshot
from award.rounds.service import call_content, publish_snapshot
from tests import make
from tests.api.asking import Program, token_for
from tests.conftest import StandingClock
from tests.results.acts import to_publication
from tests.results.judged import DAY, World, build, with_scheme
from tests.results.test_deciding import ENTRIES
from tests.visiting import words

AWARDING = ("获奖", "授奖", "授予", "奖项空缺", "证书", "表彰")
"""What is said of an award only."""


@pytest.fixture
def world(any_engine: Engine) -> World:
    """Judged by the demonstration's rules, to recommend and not to award, without certificates."""
    world = build(any_engine, ENTRIES)
    with transaction(any_engine) as session:
        scheme = with_scheme(session, world.found(session), result="recommendation", certificate=None)
        assert scheme.recommends
    return world


def test_no_paper_of_a_recommendation_speaks_of_an_award(world: World) -> None:
    to_publication(world)
    with transaction(world.engine) as session:
        round_ = world.found(session)
        approval, lines = approval_of(session, round_.id), decided_lines(session, round_)
        assert approval is not None
        views = [json.loads(one.view) for one in session.scalars(select(Document).where(Document.kind == "notice"))]
        decision = decision_view(round_, round_.scheme, lines, approval)
        announced = announcement_view(round_, round_.scheme, lines, approval, DAY)
        nobody = announcement_view(round_, round_.scheme, {}, approval, DAY)
    notice = next(one for one in views if "公示" in "".join(one["title"]))
    assert notice["title"][-1] == "拟推荐名单的公示"
    assert "现将拟推荐名单（共5个）予以公示" in notice["paragraphs"][0]["text"]
    assert notice["table"]["columns"][2] == "拟推荐事项"
    assert decision.title == ("云川市人民政府关于", "第六届云川市市长质量奖推荐名单的通报")
    assert decision.paragraphs[0].text.endswith("现将推荐名单通报如下：")
    assert announced.title[-1].endswith("推荐名单的公告")
    assert nobody.paragraphs[1].text == "本届没有推荐对象。"
    for text in (str(notice), str(decision), str(announced), str(nobody)):
        assert [word for word in AWARDING if word in text] == []


def test_an_award_still_says_that_it_is_one(engine: Engine) -> None:
    world = build(engine, ENTRIES)
    to_publication(world)
    with transaction(engine) as session:
        round_ = world.found(session)
        approval = approval_of(session, round_.id)
        assert approval is not None
        decision = decision_view(round_, round_.scheme, decided_lines(session, round_), approval)
        announced = announcement_view(round_, round_.scheme, decided_lines(session, round_), approval, DAY)
    assert "表彰" in decision.title[0]
    assert announced.paragraphs[-2].text == "获奖证书可凭证书上的核验码在本奖项网站核验。"
    assert told("The candidates", recommends=True) == "The candidates"


def test_what_the_public_and_the_applicants_are_told(engine: Engine, clock: StandingClock, client: TestClient) -> None:
    world = build(engine, ENTRIES)
    with transaction(engine) as session:
        with_scheme(session, world.found(session), result="recommendation", certificate=None)
    to_publication(world)
    with transaction(engine) as session:
        shown = {one.kind: one.public_id for one in session.scalars(select(Snapshot).order_by(Snapshot.id))}
        letters = session.scalars(select(Message).where(Message.template == "result_published"))
        outcomes = {json.loads(one.context)["outcome"] for one in letters}
        kinds = {one.words for one in session.scalars(select(Application))}
    assert outcomes == {"获推荐", "未获推荐"}
    assert kinds == {"recommendation"}
    notice, result = (client.get(f"/notices/{shown[kind]}") for kind in ("notice", "result"))
    for page in (notice, result):
        assert page.status_code == 200
        assert [word for word in AWARDING if word in words(page)] == []
    assert "推荐名单" in words(result)
    program = Program(client, token_for(engine, world.actors["office"].person_id))
    assert program.get(f"/results/{shown['result']}").json()["gives"] == "recommendation"
    assert "制造一" not in words(client.get("/winners"))
    assert "制造一" not in words(client.get("/"))


def test_the_shipped_recommendation_names_what_it_recommends_to() -> None:
    scheme = shipped_schemes()["datong-recommendation"]
    assert scheme.recommends
    assert [one.award.zh for one in scheme.upward] == ["山西省质量奖", "中国质量奖"]



@pytest.mark.parametrize("result", ["recommendation", "award"])
def test_the_front_page_says_what_follows_an_application(engine: Engine, client: TestClient, result: str) -> None:
    world = build(engine, ENTRIES)
    with transaction(engine) as session:
        round_ = world.found(session)
        with_scheme(session, round_, result=result, certificate=None)
        publish_snapshot(session, world.actors["office"], round_, "call", call_content(session, round_), make.NOW)
    shown = words(client.get("/"))
    assert ("授奖" in shown) == (result == "award")
    assert ("由云川市人民政府推荐。" in shown) == (result == "recommendation")
    assert ("拟推荐名单经社会公示并报批准后，向上一级奖项推荐。" in shown) == (result == "recommendation")
    assert ("推荐名单见公告" in shown) == (result == "recommendation")


def test_the_public_rules_say_what_follows(engine: Engine, client: TestClient) -> None:
    world = build(engine, ENTRIES)
    for changes, said in (
        ({}, ("授予奖项 · 签发证书", "经评审的申报组织均可收到反馈报告")),
        ({"result": "recommendation", "certificate": None, "feedback_reports": False},
         ("向上一级奖项推荐 · 不签发证书", "不发布反馈报告")),
    ):  # fmt: skip
        with transaction(engine) as session:
            round_ = world.found(session)
            with_scheme(session, round_, **changes)
            publish_snapshot(session, world.actors["office"], round_, "call", call_content(session, round_), make.NOW)
        shown = words(client.get("/policy"))
        assert all(one in shown for one in said)
