"""Whom a stage on paper left out is no longer called accepted: in the list, its filter and counts, the overview and the export."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from award.applications.listing import Filters, list_for_office
from award.applications.models import PaperOutcome
from award.judging.progress import panels_in
from award.kernel.audit.trail import transaction
from award.office.dashboard import stages_of, view_of
from award.office.exports.asked import Asked
from award.office.exports.service import EXPORTS
from award.office.queries import Wanted, by_sector, lines_of, submissions_of
from award.panels.queries import panels_of
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
        assert ([one.application.entrant for one in lines], total) == (["乙"], 1)


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


def test_whom_the_ranking_has_not_is_a_table_of_its_own(world: World) -> None:
    with transaction(world.engine) as session:
        asked = Asked(session, world.actors["office"], "zh", make.NOW, {"round": world.round, "category": "organisation"})
        (row,) = EXPORTS["left_behind"].make(asked).table.rows
        assert (row[0], *row[2:]) == ("乙", "审议表决", "表决未通过")


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
        world.application(session, "乙").state = "submitted"
    left_out_at(world, "乙", "recommend")
    assert listed(world)[0]["乙"] == ("left_out", "recommend")


def left_out_at(world: World, name: str, kind: str) -> None:
    """A confirmed outcome of a stage on paper, put in by hand."""
    with transaction(world.engine) as session:
        stage = stage_of_kind(world.found(session), kind)
        office, second = (world.actors[who].person_id for who in ("office", "second"))
        assert stage is not None
        session.add(PaperOutcome(
            round_stage_id=stage.id, application_id=world.application(session, name).id, state="confirmed", goes_on=False, content={},
            summary="未通过", held_on=DAY, recorded_by=office, recorded_at=make.NOW, confirmed_by=second, confirmed_at=make.NOW,
        ))  # fmt: skip


def handed_in(world: World) -> tuple[object, ...]:
    """What is told of the sheets: figures, day by day, by sector, the stage line and the page of progress."""
    with transaction(world.engine) as session:
        round_, office = world.found(session), world.actors["office"]
        view = view_of(session, office, round_, "en", make.NOW)
        line = {one["name"]: one["note"] for one in stages_of(view)}
        counts = view.counts
        return (
            (counts.due, counts.submitted, counts.judges), (counts.judged, counts.open_gates), len(submissions_of(session, office, round_)),
            sum(by_sector(session, office, round_).values(), ()), line[round_.scheme.stage("score").title.en],
            sum(len(one.seats) for one in panels_in(session, office, round_)),
            sum(len(one.seats) for one in panels_of(session, office, round_)),
        )  # fmt: skip


def test_sheets_that_are_in_stay_counted_when_later_stages_leave_out(any_engine: Engine, clock: StandingClock) -> None:
    """Three panels of five; nobody's work vanishes from a figure because the site visit or the committee said no."""
    world = build(any_engine, [Entry("甲"), Entry("乙"), Entry("丙")], scheme="jiangsu-governor", at="consensus")
    before = handed_in(world)
    assert before == ((15, 15, 7), (3, 3), 15, (15, 15), "15 sheets", 15, 15)
    for name, kind, following in (("乙", "site", "interview"), ("丙", "deliberate", "notice")):
        left_out_at(world, name, kind)
        world.stage(following)
        assert handed_in(world) == before


def test_left_out_before_judges_are_assigned_counts_nowhere(any_engine: Engine, clock: StandingClock) -> None:
    """Also where seats and sheets stand in the tables, as no round has them."""
    world = build(any_engine, [Entry("甲"), Entry("乙")], scheme="jiangsu-governor", at="consensus")
    left_out_at(world, "乙", "opinions")
    assert handed_in(world) == ((5, 5, 5), (1, 1), 5, (5, 5), "5 sheets", 5, 5)


@pytest.mark.parametrize(("state", "word"), [("accepted", "Not in the next stage"), ("not_awarded", "Not awarded")])
def test_no_sheets_are_waited_for_of_whom_no_judge_saw(
    any_engine: Engine, clock: StandingClock, client: TestClient, state: str, word: str
) -> None:
    world = build(any_engine, [Entry("甲"), Entry("乙", sheets=(), state=state)], scheme="jiangsu-governor", at="archive")
    left_out_at(world, "乙", "opinions")
    page = Visitor(client, world.cookies["office"]).page(f"/office/rounds/{world.round}")
    (row,) = (one for one in page.select("tbody tr") if "乙" in one.get_text())
    said = [one.get_text(" ", strip=True) for one in row.select("td")]
    assert said[-2:] == ["—", "—"], said
    assert word in row.get_text()
    assert "left out by “Opinions" in row.get_text()
