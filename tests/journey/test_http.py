"""The whole job of a round, from the start link to the acknowledged feedback report, in plain forms on both databases."""

import io
import json
import logging
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select

from award.accounts.models import Person
from award.app import make_app
from award.invariants.commands import ask_all
from award.kernel import db, logs
from award.kernel.settings import settings
from award.organisations.models import Organisation
from award.winners.models import Certificate
from tests.conftest import StandingClock
from tests.journey import after, applying, deciding, founding, judging
from tests.journey.story import Story
from tests.journey.visitor import HttpVisitor
from tests.journey.world import World

HAN = re.compile("[\u3400-\u9fff]+")
SECRET = re.compile(r"[A-Za-z0-9_-]{32,}")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged meanwhile."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure(settings(), stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)


def tells_nobody(engine: Engine, told: str) -> None:
    """No name, mail address, account, credit code or certificate code; no secret of a link; no text, all of which is Chinese."""
    with db.reading(engine) as session:
        people = session.execute(select(Person.name, Person.email, Person.username, Person.public_id)).all()
        kept = {str(value) for row in people for value in row}
        kept |= {str(value) for row in session.execute(select(Organisation.name, Organisation.credit_code)) for value in row}
        kept |= set(session.scalars(select(Certificate.code)))
    assert len(kept) > 30
    assert [one for one in kept if one in told] == []
    assert HAN.findall(told) == []
    assert "@" not in told
    assert SECRET.findall(told) == []


@pytest.mark.timeout(180)
def test_a_round_from_the_start_link_to_the_feedback_report(
    any_engine: Engine, clock: StandingClock, log: io.StringIO
) -> None:
    app = make_app(any_engine)
    story = Story(World(any_engine, lambda who: HttpVisitor(app)))
    founding.start(story)
    founding.invite_office(story)
    founding.found_round(story)
    founding.publish_call(story)
    entries = (story.first, story.second, story.late)
    for entry in entries:
        applying.register(story, entry)
        applying.confirm_claim(story, entry)
        applying.begin(story, entry)
    for entry in entries[:2]:
        applying.write(entry)
        applying.give_evidence(entry)
        applying.submit(story, entry)
    applying.late(story, story.late)
    applying.accept(story)
    judging.fill_pool(story)
    judging.make_panels(story)
    judging.recuse(story)
    judging.score_all(story, {"j1": {judging.ITEMS[0]: judging.by_form}})
    judging.on_paper(story, "site", {"first": "700.25", "second": "600"})
    judging.on_paper(story, "interview", {"first": "800", "second": "612.50"})
    deciding.rank(story)
    deciding.propose(story)
    deciding.decide(story)
    deciding.give_notice(story)
    deciding.object_to_it(story)
    deciding.approve(story)
    deciding.publish(story)
    after.certify(story)
    after.write_feedback(story)
    after.release_feedback(story)
    after.look_at_trail(story)
    with db.reading(any_engine) as session:
        assert {name: one.first for name, one in ask_all(session).items() if one.offences} == {}
    tells_nobody(any_engine, log.getvalue())
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    routes = {line["route"] for line in lines if line["message"] == "request"}
    jobs = {line["kind"] for line in lines if line["message"] == "job"}
    assert {"/login", "/invitation/{token}", "/review/{assignment_id}/items/{item}"} <= routes, sorted(routes)
    assert jobs == {"document:render", "mail:send", "panels:tell_judge"}
