"""What an applicant is told after acceptance: the stages that follow, the notice, the result, the certificate, the report."""

import json
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select

from award.kernel.audit.trail import transaction
from award.kernel.mail.models import Message
from award.kernel.mail.writing import write
from award.winners.service import issue_certificates
from tests import make
from tests.applications.browsing import Visitor
from tests.conftest import StandingClock
from tests.results.acts import approve, decide, propose, publish, put_on_notice
from tests.results.judged import DAY, World, build
from tests.results.test_deciding import ENTRIES

WINNER, LOSER = ENTRIES[0].name, ENTRIES[-1].name


@pytest.fixture
def world(engine: Engine, clock: StandingClock) -> World:
    """A judged round before the notice, with an owner of the best and of the worst application."""
    world = build(engine, ENTRIES, at="notice")
    with transaction(engine) as session:
        authority = world.found(session).award.authority
        for name in (WINNER, LOSER):
            application = world.application(session, name)
            owner = make.owner(session, application.organisation, authority, f"{name}联系人")
            application.contact_person_id = owner.id
            world.cookies[name] = make.signed_in(session, owner, make.NOW)
    return world


def lines(client: TestClient, world: World, name: str) -> list[tuple[str, str]]:
    """The timeline: text and link of each line."""
    page = Visitor(client, world.cookies[name]).page(f"/apply/{world.applications[name]}")
    found = page.select(".timeline li")
    return [(str(one.contents[0].get_text()).strip(), str(one.a["href"]) if one.a else "") for one in found]


def texts(client: TestClient, world: World, name: str) -> list[str]:
    return [text for text, _ in lines(client, world, name)]


def letters(world: World, template: str, name: str) -> list[str]:
    with transaction(world.engine) as session:
        person = world.application(session, name).contact_person_id
        query = select(Message).where(Message.template == template, Message.person_id == person)
        found = session.scalars(query)
        return [write(one.template, json.loads(one.context), one.language).body for one in found]


def test_after_acceptance_the_stages_that_follow_are_named_as_the_public_reads_them(client: TestClient, world: World) -> None:
    with transaction(world.engine) as session:
        round_ = world.found(session)
        round_.position = next(one.position for one in round_.stages if one.kind == "score")
    page = Visitor(client, world.cookies[WINNER]).page(f"/apply/{world.applications[WINNER]}")
    coming = [str(one.contents[0].get_text()).strip() for one in page.select(".timeline li.is-next")]
    assert coming == ["Public notice", "Approval", "Results published"]
    assert "Desk review" in texts(client, world, WINNER)


def test_a_proposal_stays_the_offices_own_until_the_notice_is_out(client: TestClient, world: World) -> None:
    propose(world)
    decide(world)
    visitor = Visitor(client, world.cookies[WINNER])
    for path in ("/apply", f"/apply/{world.applications[WINNER]}"):
        assert "Proposed for an award" not in visitor.page(path).text
    assert "Public notice of the candidates" not in texts(client, world, WINNER)
    assert letters(world, "notice_published", WINNER) == []
    put_on_notice(world)
    line = next(url for text, url in lines(client, world, WINNER) if text == "Public notice of the candidates")
    assert visitor.get(line).status_code == 200
    assert "On public notice" in visitor.page(f"/apply/{world.applications[WINNER]}").text


def test_notice_and_result_are_written_once_to_every_applicant(client: TestClient, world: World) -> None:
    propose(world)
    decide(world)
    put_on_notice(world)
    put_on_notice(world)
    for name in (WINNER, LOSER):
        letter = letters(world, "notice_published", name)
        assert len(letter) == 1
        assert "/notices/" in letter[0]
        assert letters(world, "result_published", name) == []
    approve(world)
    publish(world)
    publish(world)
    assert [letters(world, "result_published", name)[0].count(word) for name, word in ((WINNER, "获奖"), (LOSER, "未获奖"))] == [1, 1]
    assert [len(letters(world, "result_published", name)) for name in (WINNER, LOSER)] == [1, 1]


def test_result_certificate_and_its_check_stand_in_the_timeline(client: TestClient, world: World) -> None:
    propose(world)
    decide(world)
    put_on_notice(world)
    approve(world)
    assert not any(text.startswith("Result published") for text in texts(client, world, WINNER))
    publish(world)
    assert "Result published: Awarded" in texts(client, world, WINNER)
    assert "Result published: Not awarded" in texts(client, world, LOSER)
    assert "Certificate issued; check it" not in texts(client, world, WINNER)
    with transaction(world.engine) as session:
        issue_certificates(session, world.actors["office"], world.found(session), DAY, make.NOW + timedelta(seconds=1))
    told = dict(lines(client, world, WINNER))
    assert "Certificate issued; check it" not in dict(lines(client, world, LOSER))
    visitor = Visitor(client, world.cookies[WINNER])
    assert "valid" in visitor.page(told["Certificate issued; check it"]).text.lower()
    assert visitor.get(told["Result published: Awarded"]).status_code == 200
