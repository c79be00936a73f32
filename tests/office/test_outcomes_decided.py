"""What the decision on the candidates and the votes it rests on ask of each other, where the committee votes on paper."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from award.applications.models import Application, PaperOutcome
from award.invariants.results import left_out_stay_out
from award.kernel.audit.trail import transaction
from award.kernel.errors import Conflict, Invalid
from award.office.checks import Here, decision_made, outcomes_complete
from award.office.corrections import confirm_correction, correct_outcome
from award.office.outcome_entry import Entry
from award.office.outcome_kinds import Deliberation
from award.office.outcomes import confirm_outcome, record_outcome
from award.results import queries
from award.results.models import AwardDecision, ResultLine
from award.results.service.confirming import confirm_decision
from award.results.service.deciding import decide, propose
from tests import make
from tests.applications.browsing import Visitor
from tests.conftest import StandingClock
from tests.results import acts
from tests.results.judged import DAY, World, build
from tests.results.judged import Entry as Judged

PASSED = Entry(None, True, "表决通过", DAY, Deliberation(9, 9, 8, 1, 0))
FAILED = Entry(None, False, "表决未通过", DAY, Deliberation(9, 8, 2, 6, 0))
WAITS = ("result.outcomes_waiting", "The outcome of this stage does not count yet; applications of this category concerned: {count}.")


@pytest.fixture
def world(any_engine: Engine, clock: StandingClock) -> World:
    """Jiangsu: two applications with all their sheets, before the committee that votes on paper."""
    return build(any_engine, [Judged("甲"), Judged("乙")], scheme="jiangsu-governor", at="deliberate")


def voted(world: World, name: str, entry: Entry, *, is_confirmed: bool = True) -> None:
    """One of the office enters the vote, the other confirms it."""
    with transaction(world.engine) as session:
        signed = replace(entry, file_id=make.stored_file(session))
        record_outcome(session, world.actors["office"], world.found(session), world.application(session, name), signed, make.NOW)
    if is_confirmed:
        confirmed(world, name)


def confirmed(world: World, name: str) -> None:
    with transaction(world.engine) as session:
        confirm_outcome(session, world.actors["second"], world.found(session), world.application(session, name), make.NOW)


def refused(world: World) -> tuple[str, object]:
    with pytest.raises(Conflict) as caught:
        acts.decide(world)
    assert caught.value.text.startswith(WAITS[1].partition("{")[0])
    return caught.value.code, caught.value.params["count"]


def test_a_decision_waits_until_every_outcome_counts(world: World) -> None:
    """The vote that was entered and not confirmed is entered anew the other way round: nothing was decided on it meanwhile."""
    acts.propose(world)
    assert refused(world) == (WAITS[0], 2)
    voted(world, "甲", PASSED, is_confirmed=False)
    voted(world, "乙", PASSED)
    assert refused(world) == (WAITS[0], 1)
    voted(world, "甲", FAILED)
    with pytest.raises(Conflict) as caught:
        acts.decide(world)
    assert caught.value.code == "result.outdated"
    acts.propose(world)
    acts.decide(world)
    with transaction(world.engine) as session:
        lines = session.scalars(select(ResultLine).join(AwardDecision, AwardDecision.proposal_id == ResultLine.proposal_id))
        assert [one.application.organisation.name for one in lines] == ["乙"]
        assert (left_out_stay_out(session).looked, left_out_stay_out(session).offences) == (2, 0)


def test_whom_an_earlier_stage_left_out_needs_no_vote(world: World) -> None:
    with transaction(world.engine) as session:
        round_ = world.found(session)
        earlier = next(one for one in round_.stages if one.kind == "site")
        office, second = (world.actors[who].person_id for who in ("office", "second"))
        assert office is not None
        session.add(
            PaperOutcome(
                round_stage_id=earlier.id, application_id=world.application(session, "甲").id, state="confirmed", goes_on=False,
                summary="现场不实", content={}, held_on=date(2026, 2, 1), recorded_by=office, recorded_at=make.NOW,
                confirmed_by=second, confirmed_at=make.NOW,
            )
        )  # fmt: skip
    with transaction(world.engine) as session:
        assert queries.open_outcomes(session, world.found(session), "organisation") == 1
    voted(world, "乙", PASSED)
    acts.propose(world)
    acts.decide(world)


def test_a_category_that_was_left_out_as_a_whole_needs_no_decision(any_engine: Engine, clock: StandingClock) -> None:
    """The end of the stage, the notice and the approval ask for the same decisions."""
    world = build(any_engine, [Judged("甲"), Judged("乙", category="individual")], scheme="jiangsu-governor", at="deliberate")
    voted(world, "甲", PASSED)
    with transaction(world.engine) as session:
        assert queries.undecided(session, world.found(session)) == {"organisation", "individual"}
    voted(world, "乙", FAILED)
    acts.propose(world)
    acts.decide(world)
    world.stage("notice")
    with transaction(world.engine) as session:
        assert decision_made(Here(session, world.found(session), make.NOW)) == []
        assert queries.undecided(session, world.found(session)) == set()
    acts.put_on_notice(world)


def test_the_votes_of_a_day_name_one_committee(world: World) -> None:
    """Whoever enters the second vote meets the first that was confirmed; entered at the same time, the second to be confirmed."""
    eleven = replace(PASSED, content=Deliberation(11, 9, 8, 1, 0))
    voted(world, "甲", PASSED, is_confirmed=False)
    voted(world, "乙", eleven, is_confirmed=False)
    confirmed(world, "甲")
    with pytest.raises(Conflict) as caught:
        confirmed(world, "乙")
    assert (caught.value.code, caught.value.params) == ("outcome.committee", {"members": 9})
    with pytest.raises(Invalid) as again:
        voted(world, "乙", eleven)
    assert [one.field for one in again.value.errors] == ["members"]
    voted(world, "乙", PASSED)


def test_a_committee_that_was_mistyped_is_corrected_vote_by_vote(world: World) -> None:
    """The first correction is let through; the stage ends when the votes of the day agree again."""
    right = replace(PASSED, content=Deliberation(11, 9, 8, 1, 0))
    told = ["Days of meetings whose votes name committees of different sizes, to be corrected: {count}"]
    for name in ("甲", "乙"):
        voted(world, name, PASSED)
    for name, left in (("甲", told), ("乙", [])):
        with transaction(world.engine) as session:
            round_, application = world.found(session), world.application(session, name)
            made = correct_outcome(session, world.actors["office"], round_, application, right, "录入有误", make.NOW)
            confirm_correction(session, world.actors["second"], round_, made, make.NOW)
            assert [one.text for one in outcomes_complete(Here(session, round_, make.NOW))] == left


def test_a_vote_of_last_year_is_not_taken(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        voted(world, "甲", replace(PASSED, held_on=DAY - timedelta(365)))
    assert [(one.field, one.params) for one in caught.value.errors] == [("held_on", {"day": DAY})]


def test_a_stage_held_in_the_system_waits_for_no_outcome(world: World) -> None:
    world.stage("notice")
    with transaction(world.engine) as session:
        assert queries.open_outcomes(session, world.found(session), "organisation") == 0


def decided_too_early(world: World) -> None:
    """A decision that an earlier version let through, with a vote that nobody has confirmed."""
    voted(world, "乙", PASSED)
    voted(world, "甲", PASSED, is_confirmed=False)
    with transaction(world.engine) as session:
        unvoted = session.scalars(select(PaperOutcome).where(PaperOutcome.state == "recorded")).one()
        unvoted.state = "confirmed"
        session.flush()
        round_ = world.found(session)
        proposal = propose(session, world.actors["office"], round_, "organisation", make.NOW)
        decision = decide(
            session, world.actors["office"], round_, proposal, held_on=DAY, members=["王强"], grades={}, deviations={},
            now=make.NOW,
        )  # fmt: skip
        confirm_decision(session, world.actors["second"], round_, decision, make.NOW)
        unvoted.state = "recorded"


def test_whom_a_late_vote_leaves_out_sets_the_decision_aside(world: World) -> None:
    decided_too_early(world)
    voted(world, "甲", FAILED, is_confirmed=False)
    assert decisions(world) == ["in_force"]
    confirmed(world, "甲")
    assert decisions(world) == ["set_aside"]
    acts.propose(world)
    acts.decide(world)
    with transaction(world.engine) as session:
        assert left_out_stay_out(session).offences == 0


def decisions(world: World) -> list[str]:
    with transaction(world.engine) as session:
        return list(session.scalars(select(AwardDecision.state).order_by(AwardDecision.id)))


def test_what_changes_no_ranking_is_still_confirmed(world: World) -> None:
    decided_too_early(world)
    voted(world, "甲", replace(PASSED, summary="表决通过，9票全到"))
    with transaction(world.engine) as session:
        assert left_out_stay_out(session).offences == 0


def test_one_that_was_left_out_past_the_office_is_found(world: World) -> None:
    decided_too_early(world)
    with transaction(world.engine) as session:
        outcome = session.scalars(select(PaperOutcome).where(PaperOutcome.state == "recorded")).one()
        outcome.state, outcome.goes_on = "confirmed", False
        left = session.get_one(Application, outcome.application_id).public_id
    with transaction(world.engine) as session:
        found = left_out_stay_out(session)
        assert (found.looked, found.offences) == (2, 1)
        assert found.first == f"application {left} was left out by an outcome and stands in the decision"


def test_the_page_says_what_the_act_says(world: World, client: Any) -> None:
    acts.propose(world)
    page = f"/office/rounds/{world.round}/results"
    visitor = Visitor(client, world.cookies["office"])
    shown = visitor.page(page)
    assert WAITS[1].format(count=2) in shown.text
    assert shown.select(f'a[href^="{page}/decision"]') == []
    assert visitor.get(f"{page}/decision").status_code == 409
    for name in ("甲", "乙"):
        voted(world, name, PASSED)
    assert WAITS[1].partition("{")[0] not in visitor.page(page).text
    assert visitor.page(page).select(f'a[href^="{page}/decision"]') != []
    assert visitor.get(f"{page}/decision").status_code == 200
