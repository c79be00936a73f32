"""Whom a stage on paper left out is no longer called accepted: in the list, its filter and counts, the overview and the export."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from award.applications.listing import Filters, list_for_office
from award.applications.models import PaperOutcome
from award.kernel.audit.trail import transaction
from award.office.exports.asked import Asked
from award.office.exports.service import EXPORTS
from award.office.queries import Wanted, lines_of
from award.rounds.queries import stage_of_kind
from tests import make
from tests.applications.browsing import Visitor
from tests.conftest import StandingClock
from tests.office.test_outcomes_decided import FAILED, PASSED, voted
from tests.results.judged import DAY, Entry, World, build


@pytest.fixture
def world(any_engine: Engine, clock: StandingClock) -> World:
    """Jiangsu's committee has voted on three: 甲 goes on, 乙 does not; the vote on 丙 waits for its second person."""
    made = build(any_engine, [Entry("甲"), Entry("乙"), Entry("丙")], scheme="jiangsu-governor", at="deliberate")
    voted(made, "甲", PASSED)
    voted(made, "乙", FAILED)
    voted(made, "丙", FAILED, is_confirmed=False)
    return made


def listed(world: World, state: str = "") -> tuple[dict[str, tuple[str, str | None]], dict[str, int], int]:
    with transaction(world.engine) as session:
        found = list_for_office(session, world.actors["office"], world.found(session), Filters(state=state))
        return {one.name: (one.state, one.left_out_in) for one in found.rows}, found.states, found.total


def test_the_list_tells_the_stage_that_left_it_out_and_is_narrowed_by_it(world: World) -> None:
    out = {"乙": ("left_out", "deliberate")}
    still = {"甲": ("accepted", None), "丙": ("accepted", None)}
    assert listed(world) == ({**out, **still}, {"accepted": 2, "left_out": 1}, 3)
    assert listed(world, "left_out")[::2] == (out, 1)
    assert listed(world, "accepted")[::2] == (still, 2)
    with transaction(world.engine) as session:
        lines, total = lines_of(session, world.actors["office"], world.found(session), Wanted(state="left_out"), 1)
        assert ([one.entrant for one in lines], total) == (["乙"], 1)


@pytest.mark.parametrize("state", ["withdrawn", "not_awarded", "rejected"])
def test_what_came_of_it_in_the_end_is_told_instead(world: World, state: str) -> None:
    with transaction(world.engine) as session:
        world.application(session, "乙").state = state
    rows, states, _ = listed(world)
    assert (rows["乙"][0], states) == (state, {"accepted": 2, state: 1})


def test_the_export_has_the_word_and_the_stage(world: World) -> None:
    with transaction(world.engine) as session:
        asked = Asked(session, world.actors["office"], "zh", make.NOW, {"round": world.round, "state": "left_out"})
        table = EXPORTS["applications"].make(asked).table
        (row,) = table.rows
        said = dict(zip((one.title for one in table.columns), row, strict=True))
        assert (said["申报组织"], said["状态"], said["止于环节"]) == ("乙", "未进入下一环节", "审议表决")
        everything = EXPORTS["applications"].make(Asked(session, world.actors["office"], "zh", make.NOW, {"round": world.round}))
        assert sorted(str(row[-1]) for row in everything.table.rows) == ["", "", "审议表决"]


def test_the_pages_say_so(world: World, client: TestClient) -> None:
    visitor = Visitor(client, world.cookies["office"])
    page = visitor.page(f"/office/rounds/{world.round}/applications")
    line = next(one.get_text(" ", strip=True) for one in page.select("tbody tr") if "乙" in one.get_text())
    assert "Not in the next stage Deliberation and vote" in line
    assert [one["value"] for one in page.select('select[name="state"] option')] == ["", "accepted", "left_out"]
    overview = visitor.page(f"/office/rounds/{world.round}?status=left_out")
    assert [one.get_text() for one in overview.select("tbody tr .tag")] == ["Not in the next stage"]
    assert "left out by “Deliberation and vote”" in overview.text


def test_the_first_stage_that_left_it_out_is_told_also_before_it_was_accepted(world: World) -> None:
    """Two outcomes, as no round has them: the earlier one is what counts."""
    with transaction(world.engine) as session:
        round_, application = world.found(session), world.application(session, "乙")
        application.state = "submitted"
        recommend = stage_of_kind(round_, "recommend")
        office, second = (world.actors[who].person_id for who in ("office", "second"))
        assert recommend is not None
        session.add(PaperOutcome(
            round_stage_id=recommend.id, application_id=application.id, state="confirmed", goes_on=False, summary="不推荐", content={},
            held_on=DAY, recorded_by=office, recorded_at=make.NOW, confirmed_by=second, confirmed_at=make.NOW,
        ))  # fmt: skip
    assert listed(world)[0]["乙"] == ("left_out", "recommend")
