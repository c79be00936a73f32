"""Score sheets and feedback reports of a walk: every item marked and remarked alike, one item taken into each report."""

from collections.abc import Sequence

from award.demo.founding import OFFICE
from award.demo.world import Entry, World
from award.judging import queries
from award.judging.service import acknowledge, hand_in, release_report, save_report, start_report, take_comment
from award.judging.service.entries import Comment
from award.judging.service.entries import Entry as SheetEntry
from award.judging.service.feedback import Written
from award.panels.queries import leader_of
from award.rounds.queries import criteria_of
from tests.journey.casts import Part

STRENGTH, OPPORTUNITY = "方法成体系，各部门执行一致，记录齐全。", "对比数据较少，可与同行业标杆比较。"


def marked(kind: str, part: Part, away: int) -> SheetEntry:
    """The mark of an item with what a scheme asks to be said about it. kind: of the item; away: percentage points."""
    mark = part.results if kind == "result" and part.results is not None else part.mark
    comments = (Comment("aaaaaa", "strength", "+", STRENGTH), Comment("bbbbbb", "opportunity", "-", OPPORTUNITY))
    return SheetEntry(mark + away, {}, comments)


def give_reports(world: World, entries: Sequence[Entry]) -> None:
    """The leaders write their reports, the office releases them, the applicants confirm that they have read them."""
    for entry in entries:
        with world.act(world.after(40)) as session:
            application, seat = world.application(session, entry), leader_of(session, entry.application_id)
            assert seat is not None
            leader = world.actor_by_id(session, seat.person_id)
            report = start_report(session, leader, application, world.now)
            item = next(iter(criteria_of(session, application.round, application.category).items())).key
            keys = [one.key for one in queries.sources_of(session, report)[item][:2]]
            taken = take_comment(session, leader, report, item, keys, report.version, world.now)
            comments = {one.public_id: Written(one.text, one.weight, is_key=True) for one in taken}
            save_report(session, leader, report, f"{entry.story.name}的方法成体系。", "建立对比数据库", report.version, world.now, comments)
            hand_in(session, leader, report, report.version, world.now)
        with world.act(world.after(25)) as session:
            report = queries.report_of(session, entry.application_id)
            assert report is not None
            release_report(session, world.actor(session, OFFICE), report, world.now)
            acknowledge(session, world.actor(session, entry.username), report, world.now)
