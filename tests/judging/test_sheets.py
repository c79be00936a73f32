"""Saving, submitting and returning sheets: each change, its record, each refusal."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from award.applications.models import Application
from award.judging import queries, service
from award.judging.models import Sheet, SheetItem
from award.judging.service import Comment, Entry
from award.judging.service.entries import steps_of
from award.kernel.audit.trail import transaction
from award.kernel.errors import AwardError, Conflict, Invalid, NotFound, Refused, Stale
from award.kernel.events import Event
from award.kernel.i18n import translate
from award.panels import service as panels
from award.regulations.loader import shipped_criteria
from award.regulations.model import Text
from tests import make
from tests.applications.world import records
from tests.conftest import StandingClock
from tests.judging import world as worlds
from tests.judging.world import World, entry

GOOD = Comment("s", "strength", "++", "方法系统有效。")


def save(session: Session, world: World, given: Entry, version: int = 0, *, item: str = "4.1.2", judge: int = 0, **more: Any) -> Any:
    found = world.application(session)
    at = more.get("now", make.NOW)
    return service.save_item(session, world.judges[judge], found, world.seat(session, 0, judge), item, given, version, at)


def save_all(session: Session, world: World, entries: dict[str, tuple[Entry, int]]) -> dict[str, SheetItem]:
    found, seat = world.application(session), world.seat(session, 0, 0)
    return service.save_items(session, world.judges[0], found, seat, entries, make.NOW)


def submit(session: Session, world: World, judge: int = 0, **more: Any) -> Any:
    at = more.get("now", make.NOW)
    return service.submit_sheet(session, world.judges[judge], world.application(session), world.seat(session, 0, judge), at)


def give_back(session: Session, world: World, judge: int = 0, reason: str = "意见写错了条款", **more: Any) -> None:
    sheet = worlds.sheet(session, world, 0, judge)
    service.return_sheet(session, more.get("by", world.office), world.application(session), sheet, reason, make.NOW)


def refused(world: World, act: Any, **more: Any) -> AwardError:
    """What the act raises."""
    with pytest.raises(AwardError) as caught, transaction(world.engine) as session:
        act(session, world, **more)
    return caught.value


@pytest.mark.both_databases
def test_a_saved_item_is_recorded_and_shows_on_the_sheet(world: World) -> None:
    with transaction(world.engine) as session:
        row = save(session, world, entry(65))
        assert (row.version, row.percent) == (1, 65)
        assert worlds.sheet(session, world, 0, 0).marks == {"4.1.2": 65}
    with transaction(world.engine) as session:
        [record] = records(session, Event.SHEET_EDITED)
        assert record["actor"]["id"] == world.judges[0].public_id
        written = record["content"]["items"]["4.1.2"]
        assert written["percent"] == 65
        assert [one["text"] for one in written["comments"]] == ["方法系统有效，展开充分。", "评价和改进未覆盖支持过程。"]


@pytest.mark.both_databases
def test_several_items_are_saved_by_one_act(world: World) -> None:
    with transaction(world.engine) as session:
        save(session, world, entry(30), item="4.2.2")
    with transaction(world.engine) as session:
        rows = save_all(session, world, {"4.1.2": (entry(65), 0), "4.2.2": (entry(None), 1)})
        assert {key: (row.version, row.percent) for key, row in rows.items()} == {"4.1.2": (1, 65), "4.2.2": (2, None)}
        assert worlds.sheet(session, world, 0, 0).marks == {"4.1.2": 65}
    with transaction(world.engine) as session:
        assert list(records(session, Event.SHEET_EDITED)[-1]["content"]["items"]) == ["4.1.2", "4.2.2"]


@pytest.mark.parametrize(
    ("second", "raised"), [((entry(30), 1), Stale), ((entry(31), 0), Invalid)], ids=["stale", "no step of the rubric"]
)
def test_of_several_items_all_are_saved_or_none(world: World, second: tuple[Entry, int], raised: type[AwardError]) -> None:
    act = lambda session, world: save_all(session, world, {"4.1.2": (entry(65), 0), "4.2.2": second})  # noqa: E731
    assert isinstance(refused(world, act), raised)
    with transaction(world.engine) as session:
        assert session.query(SheetItem).count() == 0


def test_a_percentage_can_be_taken_back(world: World) -> None:
    with transaction(world.engine) as session:
        save(session, world, entry(65))
        save(session, world, entry(None), 1)
        assert worlds.sheet(session, world, 0, 0).marks == {}


def test_another_window_is_not_overwritten(world: World) -> None:
    with transaction(world.engine) as session:
        save(session, world, entry(65))
    error = refused(world, lambda session, world: save(session, world, entry(30), 0))
    assert isinstance(error, Stale)
    assert (error.version, error.theirs["percent"]) == (1, 65)


def test_a_version_that_never_was_is_stale_too(world: World) -> None:
    error = refused(world, lambda session, world: save(session, world, entry(30), 7))
    assert isinstance(error, Stale)
    assert (error.version, error.theirs) == (0, {})


@pytest.mark.parametrize("given", [
    Entry(27), Entry(101), Entry(-5), Entry(60, {"approach": "b51"}), Entry(60, {"levels": "b50"}),
    Entry(60, {}, (Comment("a", "strength", "-", "好"),)), Entry(60, {}, (Comment("a", "praise", "+", "好"),)),
    Entry(60, {}, (Comment("a", "strength", "+", "好" * 1001),)), Entry(60, note="记" * 2001),
])  # fmt: skip
def test_what_the_rubric_does_not_have_is_refused(world: World, given: Entry) -> None:
    assert isinstance(refused(world, lambda session, world: save(session, world, given)), Invalid)


@pytest.mark.parametrize(("comments", "said"), [
    ((replace(GOOD, references=("E-1", "图" * 41)),),
     ("Strength “方法系统有效。”: the reference “图图图图图图图图图图图图…” has 41 characters; a reference has at most 40. Shorten it, or "
      "write it into the comment.")),
    ((replace(GOOD, references=tuple(f"p{one}" for one in range(21))),),
     "Strength “方法系统有效。”: at most 20 references; you have 21. Remove 1."),
    ((GOOD, Comment("o", "opportunity", "-", "未" * 1002)),
     "Opportunity for improvement “未未未未未未未未未未未未…”: at most 1000 characters; you have 1002. Remove 2."),
    ((replace(GOOD, text=" \n", references=("E-1",)),),
     "Strength “E-1”: write the comment, or remove it with its references."),
    ((GOOD, replace(GOOD, key="t", text="  ")), "Strength 2: write the comment, or remove it with its references."),
    (tuple(replace(GOOD, key=f"s{one}") for one in range(63)),
     "At most 60 comments on one item; you have 63. Remove 3, or join some."),
])  # fmt: skip
def test_a_comment_that_is_too_much_is_named_and_nothing_of_it_is_cut(world: World, comments: tuple[Comment, ...], said: str) -> None:
    error = refused(world, lambda session, world: save(session, world, Entry(60, {}, comments)))
    assert isinstance(error, Invalid)
    assert [translate("en", one.text, one.params) for one in error.errors] == [said]


def test_a_sheet_takes_as_much_as_it_says(world: World) -> None:
    """60 comments of 1000 characters, each with 20 references of 40."""
    references = tuple(f"{one:040}" for one in range(20))
    comments = tuple(replace(GOOD, key=f"s{one}", text="好" * 1000, references=references) for one in range(60))
    with transaction(world.engine) as session:
        row = save(session, world, Entry(60, {}, comments))
        assert [(one["text"], one["references"]) for one in row.comments] == [("好" * 1000, list(references))] * 60


def test_an_item_that_does_not_exist_is_missing(world: World) -> None:
    assert isinstance(refused(world, lambda session, world: save(session, world, entry(), item="4.9.9")), NotFound)


def test_only_the_judge_himself_saves(world: World) -> None:
    for actor in (world.judges[1], world.office, world.supervisor, world.owners[0], world.stranger):
        with transaction(world.engine) as session:
            found, seat = world.application(session), world.seat(session, 0, 0)
            with pytest.raises((Refused, NotFound)):
                service.save_item(session, actor, found, seat, "4.1.2", entry(), 0, make.NOW)
            with pytest.raises((Refused, NotFound)):
                service.submit_sheet(session, actor, found, seat, make.NOW)


@pytest.mark.parametrize(("off", "is_open"), [(timedelta(seconds=-1), True), (timedelta(0), False), (timedelta(seconds=1), False)])
def test_the_deadline_to_the_second(world: World, clock: StandingClock, off: timedelta, is_open: bool) -> None:
    """make.round_: the stage closes 30 days after now; the deadline itself is too late."""
    at = make.NOW + timedelta(days=30) + off
    worlds.score(world, 0, 0)
    with transaction(world.engine) as session:
        if is_open:
            save(session, world, entry(65), 1, now=at)
            assert submit(session, world, now=at).number == 1
            return
        for act in (lambda: save(session, world, entry(65), 1, now=at), lambda: submit(session, world, now=at)):
            with pytest.raises(Refused) as caught:
                act()
            assert (caught.value.code, caught.value.status) == ("stage.over", 409)


@pytest.mark.parametrize("kind", ["assign", "notice", "publish", "archive"])
def test_other_stages_are_closed(world: World, kind: str) -> None:
    worlds.score(world, 0, 0)
    world.stage(kind)
    for act in (lambda session, world: save(session, world, entry(65), 1), submit):
        assert refused(world, act).status in (403, 409)


@pytest.mark.both_databases
def test_a_submitted_sheet_is_frozen_with_its_total(world: World) -> None:
    """Every item at 60 %: 60 % of 1000 points is 600 points. Source: domain.md 2.2."""
    worlds.score(world, 0, 0, percent=60)
    with transaction(world.engine) as session:
        version = submit(session, world)
        assert (version.number, version.total_hundredths) == (1, 60_000)
        content = json.loads(version.content)
        assert content["items"]["4.1.2"]["percent"] == 60
        assert "note" not in content["items"]["4.1.2"]
    with transaction(world.engine) as session:
        [record] = records(session, Event.SHEET_SUBMITTED)
        assert record["content"] == {"version": 1, "sha256": version.sha256, "total": 60_000}
        assert worlds.sheet(session, world, 0, 0).state == "submitted"
    assert isinstance(refused(world, lambda session, world: save(session, world, entry(65), 1)), Conflict)


def test_submitting_again_answers_with_the_first_version(world: World, clock: StandingClock) -> None:
    worlds.score(world, 0, 0)
    first = worlds.submit(world, 0, 0)
    assert worlds.submit(world, 0, 0) == first
    # The receipt is still his after the deadline.
    assert worlds.submit(world, 0, 0, make.NOW + timedelta(days=40)) == first
    with transaction(world.engine) as session:
        assert len(records(session, Event.SHEET_SUBMITTED)) == 1


def test_what_is_missing_is_named_item_by_item(world: World) -> None:
    worlds.score(world, 0, 0, leave=2)
    with transaction(world.engine) as session:
        save(session, world, Entry(50), 1)
        save(session, world, Entry(45), 1, item="4.1.3")
    error = refused(world, submit)
    assert isinstance(error, Invalid)
    # Blank are the last two; 4.1.2 has 50 % without a strength, 4.1.3 needs none below 50 %.
    assert [one.field for one in error.errors] == ["4.1.2", "4.7.6", "4.7.7"]


def test_an_empty_sheet_is_not_submitted(world: World) -> None:
    assert isinstance(refused(world, submit), Invalid)


def test_what_is_no_longer_in_the_round_is_not_scored(world: World) -> None:
    worlds.score(world, 0, 0)
    for state in ("rejected", "withdrawn"):
        with transaction(world.engine) as session:
            world.application(session).state = state
        for act in (lambda session, world: save(session, world, entry(65), 1), submit):
            error = refused(world, act)
            # What was withdrawn is to its judges as if it were not there.
            assert isinstance(error, NotFound) if state == "withdrawn" else error.code == "application.not_live"


@pytest.mark.both_databases
def test_a_returned_sheet_becomes_a_second_version_and_the_first_stays(world: World) -> None:
    worlds.score(world, 0, 0, percent=60)
    worlds.submit(world, 0, 0)
    with transaction(world.engine) as session:
        give_back(session, world)
    with transaction(world.engine) as session:
        sheet = worlds.sheet(session, world, 0, 0)
        assert (sheet.state, sheet.returned_reason) == ("returned", "意见写错了条款")
        [record] = records(session, Event.SHEET_RETURNED)
        assert record["content"] == {"reason": "意见写错了条款", "version": 1, "returned_by": "office"}
        save(session, world, entry(80), 1)
        submit(session, world)
    with transaction(world.engine) as session:
        first, second = worlds.versions(session, worlds.sheet(session, world, 0, 0))
        assert (first.number, second.number) == (1, 2)
        # 4.1.2 has 50 points: 20 percentage points more are 10 points more.
        assert (first.total_hundredths, second.total_hundredths) == (60_000, 61_000)


def test_who_may_return_and_why(world: World) -> None:
    worlds.score(world, 0, 0)
    worlds.submit(world, 0, 0)
    for actor in (world.judges[1], world.supervisor, world.owners[0]):
        assert isinstance(refused(world, give_back, by=actor), Refused)
    assert isinstance(refused(world, give_back, by=world.stranger), NotFound)
    assert isinstance(refused(world, give_back, reason="  "), Invalid)
    with transaction(world.engine) as session:
        give_back(session, world)
    assert refused(world, give_back).code == "sheet.not_submitted"


def gate(world: World) -> Any:
    with transaction(world.engine) as session:
        found: Application = world.application(session)
        return found.gate_opened_at


@pytest.mark.both_databases
def test_the_last_sheet_opens_the_gate(world: World) -> None:
    for judge in range(5):
        worlds.score(world, 0, judge)
    for judge in range(5):
        assert gate(world) is None
        worlds.submit(world, 0, judge)
    assert gate(world) == make.NOW
    with transaction(world.engine) as session:
        [record] = records(session, Event.GATE_OPENED)
        assert record["content"] == {"sheets": 5}
    assert refused(world, give_back).code == "gate.open"


def test_a_short_panel_opens_no_gate(world: World) -> None:
    with transaction(world.engine) as session:
        panels.declare_conflict(session, world.judges[4], world.application(session), world.seat(session, 0, 4), "顾问", make.NOW)
    for judge in range(4):
        worlds.score(world, 0, judge)
        worlds.submit(world, 0, judge)
    assert gate(world) is None


def test_a_recusal_closes_the_gate_until_the_substitute_has_submitted(world: World) -> None:
    worlds.all_in(world)
    with transaction(world.engine) as session:
        panels.declare_conflict(session, world.judges[1], world.application(session), world.seat(session, 0, 1), "顾问", make.NOW)
    assert gate(world) is None
    # What was seen stays seen: nobody is pressed to change a sheet now.
    assert refused(world, give_back).code == "gate.was_open"
    worlds.replace(world, 1, 5)
    worlds.sign(world, 0, 5)
    worlds.score(world, 0, 5)
    worlds.submit(world, 0, 5)
    assert gate(world) == make.NOW
    with transaction(world.engine) as session:
        sheets = queries.valid_sheets(session, world.application(session))
        assert [one.person_id for one in sheets] == [world.judges[at].person_id for at in (0, 2, 3, 4, 5)]


def test_a_void_sheet_counts_nowhere(world: World) -> None:
    worlds.score(world, 0, 4, percent=100)
    worlds.submit(world, 0, 4)
    with transaction(world.engine) as session:
        panels.declare_conflict(session, world.judges[4], world.application(session), world.seat(session, 0, 4), "顾问", make.NOW)
    with transaction(world.engine) as session:
        found = world.application(session)
        assert queries.valid_sheets(session, found) == []
        assert queries.seats_and_submissions(session, found.id) == (4, 0)
        assert session.query(Sheet).count() == 1


def test_the_steps_as_they_are_said() -> None:
    criteria = shipped_criteria()["gbt19580-2012"]
    assert steps_of(criteria) == Text("0、5、10、……、100", "0, 5, 10, …, 100")
    for few in ((0, 25, 50, 100), (0, 25, 50, 75, 100), (0, 5, 10, 20, 40, 80)):
        texts = [str(one) for one in few]
        assert steps_of(replace(criteria, percents=few)) == Text("、".join(texts), ", ".join(texts))
