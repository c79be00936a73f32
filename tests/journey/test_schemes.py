"""Every shipped scheme is walked from its first stage to its last."""

import pytest
from sqlalchemy import Engine, select

from award.applications.models import Application, PaperOutcome
from award.demo.founding import OFFICE
from award.invariants.commands import ask_all
from award.judging.models import FeedbackReport
from award.kernel import db
from award.kernel.audit.verify import verify
from award.office.service import NotReady, advance
from award.regulations.loader import shipped_schemes
from award.rounds.models import Round
from award.winners.models import Certificate
from tests.journey.walking import Walk

APPLICATIONS = 3
ON_BOTH_DATABASES = "jiangsu-governor"
AWARDED = {"bengbu-mayor": 2, "yunchuan-mayor": 2}
"""Winners among the three, where not all win: Bengbu has two seats, Yunchuan a minimum that the weakest does not reach."""


def nobody_leaves(walk: Walk, kind: str) -> None:
    """While an outcome is missing or unconfirmed, the stage cannot end."""
    world = walk.world
    assert walk.stands_in() == kind
    first = world.entries[0]
    for entered in (False, True):
        if entered:
            walk.enter(kind, 0, first)
        with world.act(world.after(5)) as session:
            round_, office = world.round(session), world.actor(session, OFFICE)
            with pytest.raises(NotReady) as caught:
                advance(session, office, round_, round_.version, world.now)
        counts = {one.text: one.params["count"] for one in caught.value.missing if one.page == "outcomes"}
        expected = {"Outcomes to be recorded: {count}": APPLICATIONS - entered}
        assert counts == (expected | {"Outcomes that wait for a second person: {count}": 1} if entered else expected)


def walked(engine: Engine, key: str) -> None:
    walk = Walk(engine, key, APPLICATIONS)
    walk.go(nobody_leaves)
    scheme = shipped_schemes()[key]
    assert walk.visited == [stage.kind for stage in scheme.stages]
    assert walk.stands_in() == "archive"
    on_paper = [stage.kind for stage in scheme.stages if stage.held == "paper"]
    awarded = AWARDED.get(key, APPLICATIONS)
    with db.reading(engine) as session:
        assert session.query(Round).one().state == "closed"
        assert {one.state for one in session.query(PaperOutcome)} <= {"confirmed"}
        assert session.query(PaperOutcome).count() == len(on_paper) * APPLICATIONS
        states = sorted(session.scalars(select(Application.state)))
        assert states == ["awarded"] * awarded + ["not_awarded"] * (APPLICATIONS - awarded)
        assert session.query(Certificate).count() == (awarded if scheme.certificate else 0)
        assert session.query(FeedbackReport).count() == (APPLICATIONS if scheme.feedback_reports else 0)
        assert verify(session).is_whole
        assert {name: one.first for name, one in ask_all(session).items() if one.offences} == {}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("key", sorted(set(shipped_schemes()) - {ON_BOTH_DATABASES}))
def test_a_small_round_from_the_first_stage_to_the_last(engine: Engine, key: str) -> None:
    walked(engine, key)


@pytest.mark.timeout(300)
def test_the_longest_one_on_both_databases(any_engine: Engine) -> None:
    walked(any_engine, ON_BOTH_DATABASES)
