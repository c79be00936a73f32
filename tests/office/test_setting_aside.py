"""A decision rests on the outcomes of its stage: the correction of one that changes the ranking sets it aside until the notice."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, select

from award.applications.models import PaperOutcome
from award.invariants.replayed import Course
from award.invariants.results import left_out_stay_out, lines_as_decided, lines_as_proposed, one_decision_in_force
from award.invariants.telling import Record, as_told
from award.invariants.told import RESULTS
from award.kernel.audit.trail import transaction
from award.kernel.errors import Conflict, Refused
from award.kernel.events import Event
from award.office.checks import Here, decision_made
from award.office.corrections import LEFT_OUT, WENT_ON, confirm_correction, correct_outcome
from award.office.outcome_entry import Entry
from award.results import queries
from award.results.service.deciding import propose
from award.standing.models import Conflict as OnRecord
from tests import make
from tests.applications.browsing import Visitor
from tests.conftest import StandingClock
from tests.office.test_outcomes_decided import FAILED, PASSED, decisions, voted
from tests.results import acts
from tests.results.judged import Entry as Judged
from tests.results.judged import World, build

WHY = "表决票录入颠倒，见会议记录第3页。"


@pytest.fixture
def world(any_engine: Engine, clock: StandingClock) -> World:
    """Datong votes on paper after the sheets: 甲 has 800 points and is left out by a vote typed the wrong way round; 乙 has 700."""
    made = build(any_engine, [Judged("甲", (80,) * 5), Judged("乙")], scheme="datong-recommendation", at="deliberate")
    voted(made, "甲", FAILED)
    voted(made, "乙", PASSED)
    acts.propose(made)
    acts.decide(made)
    return made


def corrected(world: World, name: str = "甲", entry: Entry = PASSED, by: str = "second", *, is_confirmed: bool = True) -> None:
    with transaction(world.engine) as session:
        entry, round_ = replace(entry, file_id=make.stored_file(session)), world.found(session)
        made = correct_outcome(session, world.actors["office"], round_, world.application(session, name), entry, WHY, make.NOW)
        if is_confirmed:
            confirm_correction(session, world.actors[by], round_, made, make.NOW)


def ranks(world: World) -> dict[str, tuple[int | None, str | None]]:
    """Rank and decided grade in the latest proposal."""
    with transaction(world.engine) as session:
        proposal = queries.latest_proposal(session, world.found(session).id, "organisation")
        assert proposal is not None
        return {line.application.organisation.name: (line.rank, line.decided_grade) for line in proposal.lines}


def state_of(world: World, name: str) -> str:
    with transaction(world.engine) as session:
        return world.application(session, name).state


def offences(world: World) -> list[str]:
    with transaction(world.engine) as session:
        checks = (left_out_stay_out, lines_as_decided, lines_as_proposed, one_decision_in_force, as_told(*RESULTS[:3]))
        return [found.first for found in (one(session) for one in checks) if found.offences]


def test_whom_a_vote_left_out_wrongly_is_brought_back_and_everything_is_decided_anew(world: World) -> None:
    (grade,) = {grade for _, grade in ranks(world).values()}
    assert ranks(world) == {"乙": (1, grade)}
    corrected(world, is_confirmed=False)
    assert decisions(world) == ["in_force"]
    with transaction(world.engine) as session:
        waiting = queries.open_outcomes(session, world.found(session), "organisation")
        assert waiting == 1
        correction = next(iter(session.scalars(select(PaperOutcome).where(PaperOutcome.number == 2))))
        confirm_correction(session, world.actors["second"], world.found(session), correction, make.NOW)
    assert (decisions(world), state_of(world, "乙"), ranks(world)) == (["set_aside"], "accepted", {"乙": (1, None)})
    assert offences(world) == []
    with transaction(world.engine) as session:
        assert decision_made(Here(session, world.found(session), make.NOW)) != []
    acts.propose(world)
    acts.decide(world, members=["王强", "李梅"])
    assert {name: rank for name, (rank, _) in ranks(world).items()} == {"甲": 1, "乙": 2}
    assert (decisions(world), state_of(world, "甲")) == (["set_aside", "in_force"], "candidate")
    assert offences(world) == []
    entered = ["result:decided", "result:decision_confirmed"]
    assert world.acts("proposal:") == ["result:proposed", "result:proposed"]
    assert world.acts("decision:") == [*entered, "result:set_aside", *entered]
    world.stage("notice")
    acts.put_on_notice(world)


def test_corrected_back_before_anything_is_decided_anew_the_ranking_is_proposed_anew_all_the_same(world: World) -> None:
    """The same ranking twice: the decision that was set aside is not made to stand again by itself."""
    corrected(world)
    corrected(world, entry=FAILED)
    with transaction(world.engine) as session:
        proposal = propose(session, world.actors["office"], world.found(session), "organisation", make.NOW)
        assert proposal.number == 2
    acts.decide(world)
    assert (decisions(world), offences(world)) == (["set_aside", "in_force"], [])


def test_who_has_a_conflict_of_interest_in_the_round_sets_nothing_aside(world: World) -> None:
    with transaction(world.engine) as session:
        other = world.application(session, "乙")
        session.add(OnRecord(
            person_id=world.actors["second"].person_id, application_id=other.id, source="office", reason="亲属", declared_at=make.NOW,
        ))  # fmt: skip
    with pytest.raises(Conflict) as caught:
        corrected(world)
    assert caught.value.code == "result.conflicted"
    assert decisions(world) == ["in_force"]


def test_who_entered_the_correction_does_not_set_aside_by_himself(world: World) -> None:
    with pytest.raises(Refused):
        corrected(world, by="office")
    assert decisions(world) == ["in_force"]


@pytest.mark.parametrize(("name", "told"), [("甲", LEFT_OUT), ("乙", WENT_ON)])
def test_once_the_stage_is_left_the_refusal_says_what_can_still_be_done(world: World, name: str, told: str) -> None:
    world.stage("notice")
    with pytest.raises(Conflict) as caught:
        corrected(world, name)
    assert (caught.value.code, caught.value.text) == ("correction.stage_over", told)


def test_an_application_taken_out_of_a_decision_is_accepted_again_in_the_replay() -> None:
    course = Course({"a": "accepted", "b": "accepted"})
    course.take(Record("round:x", 1, "p", Event.RESULT_DECISION_CONFIRMED, "p1", {"grades": {"a": "award", "b": ""}}), {})
    assert course.states == {"a": "candidate", "b": "accepted"}
    course.take(Record("round:x", 2, "p", Event.RESULT_SET_ASIDE, "p1", {"applications": ["a", "b"]}), {})
    assert (course.states, course.decided) == ({"a": "accepted", "b": "accepted"}, {"a": "", "b": ""})


def test_the_pages_say_what_a_correction_sets_aside(world: World, client: object) -> None:
    mine = f"/office/rounds/{world.round}/outcomes/{world.applications['甲']}"
    first, second = (Visitor(client, world.cookies[who]) for who in ("office", "second"))
    assert "the decision is set aside once a second person has confirmed it" in first.page(f"{mine}/correct").text
    corrected(world, is_confirmed=False)
    assert "Once this correction is confirmed, the decision is set aside" in second.page(f"{mine}/versions").text
    with transaction(world.engine) as session:
        correction = session.scalars(select(PaperOutcome).where(PaperOutcome.number == 2)).one()
        confirm_correction(session, world.actors["second"], world.found(session), correction, make.NOW)
    shown = first.page(f"/office/rounds/{world.round}/results")
    assert "was set aside, because an outcome that it rests on was entered or corrected since" in shown.text
    assert shown.select('form[action$="/results/propose"]') != []
    corrected(world, entry=FAILED)
    world.stage("notice")
    assert "no decision of this round, amended or not, can name it" in first.page(f"{mine}/versions").text
