"""The demonstration's feedback reports: the panels' leaders write them, the office releases them, some applicants confirm."""

import re
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from award.accounts.models import Person
from award.accounts.queries import actor_for
from award.demo.founding import OFFICE
from award.demo.remarks import summary_for
from award.demo.world import Entry, World
from award.judging import queries
from award.judging.models import OPPORTUNITY, STRENGTH, FeedbackComment, FeedbackReport
from award.judging.queries import Source
from award.judging.service import (
    acknowledge,
    hand_in,
    release_report,
    save_report,
    start_report,
    take_comment,
)
from award.judging.service.feedback import Written
from award.kernel.actor import Actor
from award.regulations.model import Item
from award.rounds.queries import criteria_of
from award.standing.models import Assignment

MAIN = 3
"""Comments of each kind on the summary page."""
MOST = 3
"""Comments of each kind under an item."""
CLAUSES = re.compile("[，。；：“”]+")
ALIKE = 8
"""Characters of a clause by which two comments say the same."""
HEAVY = ("++", "--")
WORTH = {"++": 2, "+": 1, "-": -1, "--": -2}


def give(world: World, entries: list[Entry], share: float = 1.0) -> None:
    """The applicants get their reports: written, handed in, released; every other one confirms it.

    With share < 1 the last ones are still on their way: some wait for the office, some are being written, some not begun.
    """
    released = max(round(len(entries) * (share + 1) / 2) - 1, 1) if share < 1.0 else len(entries)
    waiting = released + (len(entries) - released + 1) // 2
    for number, entry in enumerate(entries[: waiting + 1]):
        _write(world, entry, whole=number < waiting)
        if number < released:
            with world.act(world.after(25)) as session:
                report = _report(session, world, entry)
                release_report(session, world.actor(session, OFFICE), report, world.now)
        if number < released and number % 2 == 0:
            with world.act(world.after(50)) as session:
                report = _report(session, world, entry)
                acknowledge(session, world.actor(session, entry.username), report, world.now)


def _report(session: Session, world: World, entry: Entry) -> FeedbackReport:
    report = queries.report_of(session, world.application(session, entry).id)
    if report is None:
        raise RuntimeError(f"the report of {entry.story.name} was just begun")
    return report


def _write(world: World, entry: Entry, *, whole: bool) -> None:
    with world.act(world.after(40)) as session:
        application = world.application(session, entry)
        leader = _leader(session, world, entry)
        report = start_report(session, leader, application, world.now)
        items = list(criteria_of(session, application.round, application.category).items())
        sources = queries.sources_of(session, report)
        for item in items if whole else items[: len(items) // 2]:
            _take(session, leader, report, item, sources.get(item.key, ()), world)
        if not whole:
            return
        strong, weak = _stand_out(items, sources)
        main = _main(report, strong, strength=True) + _main(report, weak, strength=False)
        comments = {one.public_id: _placed(one, at, one.public_id in main) for at, one in enumerate(report.comments)}
        names = {item.key: item.name.zh for item in items}
        summary, steps = summary_for(entry.story, [names[one] for one in strong], [names[one] for one in weak])
        save_report(session, leader, report, summary, steps, report.version, world.now, comments)
        hand_in(session, leader, report, report.version, world.now)


def _leader(session: Session, world: World, entry: Entry) -> Actor:
    query = select(Person).join(Assignment, Assignment.person_id == Person.id)
    query = query.where(Assignment.application_id == entry.application_id, Assignment.is_leader)
    return actor_for(session, session.scalars(query).one(), world.now)


def _take(
    session: Session, leader: Actor, report: FeedbackReport, item: Item, sources: Sequence[Source], world: World
) -> None:
    """Of each kind as many comments as judges found it weighty, at least one where two remarked it; none says the same twice."""
    chosen = [one.key for is_strength in (True, False) for one in _weighty(sources, is_strength=is_strength)]
    if chosen:
        take_comment(session, leader, report, item.key, chosen, report.version, world.now)


def _weighty(sources: Sequence[Source], *, is_strength: bool) -> list[Source]:
    own = sorted((one for one in sources if (one.kind == STRENGTH) is is_strength), key=lambda one: one.weight not in HEAVY)
    told: list[Source] = []
    said: set[str] = set()
    for one in own:
        clauses = {clause for clause in CLAUSES.split(one.text) if len(clause) >= ALIKE}
        if not clauses & said:
            told.append(one)
            said |= clauses
    return told[: min(max(sum(one.weight in HEAVY for one in own), 1), MOST)] if len(own) > 1 else []


def _stand_out(items: Sequence[Item], sources: Mapping[str, Sequence[Source]]) -> tuple[list[str], list[str]]:
    """The strongest and the weakest items by what all judges remarked, of equals those of most points first."""
    net = {item.key: sum(WORTH[one.weight] for one in sources.get(item.key, ())) for item in items}
    kinds = {item.key: {one.kind for one in sources.get(item.key, ())} for item in items}
    ranked = sorted(items, key=lambda item: (-net[item.key], -item.points))
    strong = [item.key for item in ranked if STRENGTH in kinds[item.key]][:MAIN]
    rest = [item for item in items if item.key not in strong and OPPORTUNITY in kinds[item.key]]
    return strong, [item.key for item in sorted(rest, key=lambda item: (net[item.key], -item.points))][:MAIN]


def _placed(comment: FeedbackComment, at: int, is_main: bool) -> Written:
    """Major opportunities are spread over the figure of priorities; all have much effect, not all much effort."""
    effect, effort = (3 + at % 3, 1 + 2 * at % 5) if comment.weight == "--" else (None, None)
    return Written(comment.text, comment.weight, is_main, effect, effort)


def _main(report: FeedbackReport, items: Sequence[str], *, strength: bool) -> list[str]:
    found = []
    for item in items:
        own = [one for one in report.comments if one.item == item and (one.kind == STRENGTH) is strength]
        own.sort(key=lambda one: one.weight not in HEAVY)
        found += [one.public_id for one in own[:1]]
    return found
