"""The demonstration's panels and sheets: overlapping panels, one recusal with a substitute, a harsh and a lenient judge."""

from datetime import timedelta
from itertools import cycle

from sqlalchemy import select

from award.accounts.models import Person
from award.demo.founding import OFFICE
from award.demo.judges import leans, percent_for
from award.demo.remarks import comments_for
from award.demo.world import Entry, Judge, World
from award.judging.pages.reviews import wording_for
from award.judging.service.entries import Entry as SheetEntry
from award.judging.service.sheets import save_items, submit_sheet
from award.kernel.i18n import translate
from award.panels.queries import assignment_for, assignments_of, seats_of
from award.panels.service import assign, declare_conflict, sign_declaration
from award.rounds.queries import criteria_of
from award.standing.models import Assignment


def make_panels(world: World, entries: list[Entry]) -> None:
    """Gives every application its panel: judges go round, so that panels overlap; no institution sits twice.

    In a large round all at the same moment, so that every judge is written once and not for each seat.
    """
    opens_at, _ = world.stage_period("assign")
    with world.act(opens_at + timedelta(hours=9)) as session:
        rules = world.round(session).scheme.panel
    turn = cycle(range(len(world.judges)))
    for entry in entries:
        panel: list[Judge] = []
        while len(panel) < rules.size:
            judge = world.judges[next(turn)]
            if (
                judge not in panel
                and sum(one.institution == judge.institution for one in panel) < rules.same_institution
            ):
                panel.append(judge)
        with world.act(world.after(4) if world.pace == 1.0 else None) as session:
            office, application = world.actor(session, OFFICE), world.application(session, entry)
            for number, judge in enumerate(panel):
                person = session.get_one(Person, judge.person_id)
                assign(session, office, application, person, world.now, is_leader=number == 0)


def recuse_one(world: World, entry: Entry) -> None:
    """One judge finds that he knows the applicant too well; the office names a substitute."""
    with world.act() as session:
        panel = {
            one.assignment.person_id: one.assignment for one in seats_of(session, world.application(session, entry))
        }
        seats = [one for one in world.judges if one.person_id in panel]
        judge = next(one for one in reversed(seats) if not panel[one.person_id].is_leader)
        seat_public_id = panel[judge.person_id].public_id
    with world.act(world.after(30)) as session:
        application, actor = world.application(session, entry), world.actor(session, judge.username)
        seat = assignment_for(session, actor, seat_public_id)
        declare_conflict(session, actor, application, seat, "曾于去年担任该组织的管理顾问。", world.now)
        seat_id = seat.id
    busy = {one.institution for one in seats if one is not judge} | {judge.institution}
    substitute = next(one for one in world.judges if one not in seats and one.institution not in busy)
    with world.act(world.after(60)) as session:
        office, application = world.actor(session, OFFICE), world.application(session, entry)
        person, seat = session.get_one(Person, substitute.person_id), session.get_one(Assignment, seat_id)
        assign(session, office, application, person, world.now, replaces=seat)


def _seats(world: World) -> dict[int, list[tuple[Judge, str]]]:
    """By application the judges who sit on its panel, in the order of the pool, each with the public id of his seat."""
    with world.act() as session:
        query = select(Assignment.application_id, Assignment.person_id, Assignment.public_id)
        rows = session.execute(query.where(Assignment.round_id == world.round_id, Assignment.state == "active")).all()
    given = {(application, person): seat for application, person, seat in rows}
    return {
        application: [
            (judge, given[application, judge.person_id])
            for judge in world.judges
            if (application, judge.person_id) in given
        ]
        for application in {application for application, _ in given}
    }


def declare_all(world: World) -> None:
    """Every judge signs for each of his applications."""
    entries = {one.application_id: one for one in world.entries}
    for judge in world.judges:
        with world.act(world.after(15)) as session:
            actor = world.actor(session, judge.username)
            for seat in assignments_of(session, actor):
                application = world.application(session, entries[seat.application_id])
                sign_declaration(session, actor, application, seat, translate("zh", wording_for(application.category)), world.now)


def score(world: World, entries: list[Entry], share: float = 1.0) -> None:
    """The judges score and submit; with share < 1 the later applications have sheets only begun, or none."""
    opens_at, closes_at = world.stage_period("score")
    world.now = max(world.now, opens_at + timedelta(hours=20))
    gap = (closes_at - world.now - timedelta(days=2)) / max(len(entries), 1) * share
    finished = round(len(entries) * share)
    start, panels = world.now, _seats(world)
    for number, entry in enumerate(entries):
        at = start + gap * number
        seats = panels.get(entry.application_id, [])
        lean = leans(list(entry.story.answers), world.random)
        for order, (judge, seat) in enumerate(seats):
            world.now = max(world.now, at + timedelta(minutes=35 * order * world.pace))
            whole = number < finished or (number == finished and order < 3)
            if number <= finished or order == 0:
                _fill(world, judge, entry, seat, lean, whole=whole)


def _fill(world: World, judge: Judge, entry: Entry, seat: str, lean: dict[str, float], *, whole: bool) -> None:
    with world.act(world.after(30)) as session:
        actor, application = world.actor(session, judge.username), world.application(session, entry)
        assignment = assignment_for(session, actor, seat)
        criteria = criteria_of(session, application.round, application.category)
        items = list(criteria.items())
        entries = {}
        for item in items if whole else items[: len(items) // 2]:
            percent = percent_for(criteria, entry.story.merit, lean.get(item.key, 0.0), judge.severity, world.random)
            comments = comments_for(entry.story, item, percent, world.random)
            entries[item.key] = (SheetEntry(percent, {}, comments), 0)
        save_items(session, actor, application, assignment, entries, world.now)
        if whole:
            submit_sheet(session, actor, application, assignment, world.now)
