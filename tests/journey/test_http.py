"""The whole job of a round, from the start link to the acknowledged feedback report, in plain forms on both databases."""

import pytest
from sqlalchemy import Engine

from award.app import make_app
from tests.conftest import StandingClock
from tests.journey import after, applying, deciding, founding, judging
from tests.journey.story import Story
from tests.journey.visitor import HttpVisitor
from tests.journey.world import World


@pytest.mark.timeout(180)
def test_a_round_from_the_start_link_to_the_feedback_report(any_engine: Engine, clock: StandingClock) -> None:
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
