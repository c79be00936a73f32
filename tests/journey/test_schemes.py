"""Every shipped scheme is walked from its first stage to its last, in each of its categories and with every way out of it."""

import json
from collections import Counter

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from award.applications.models import Application, PaperOutcome
from award.applications.papers import book_view
from award.applications.queries import submissions_of
from award.demo.founding import OFFICE
from award.demo.world import Entry
from award.invariants.commands import ask_all
from award.judging.models import FeedbackReport
from award.kernel import db
from award.kernel.audit.verify import verify
from award.kernel.documents.models import Document
from award.kernel.mail.models import Message
from award.office.queries import counts_of
from award.office.service import NotReady, advance
from award.regulations.loader import shipped_schemes
from award.results.queries import decided_lines
from award.rounds.models import Round, Snapshot
from award.winners.models import Certificate
from tests.journey.casts import CASTS, REFUSED, WITHDRAWN, Part
from tests.journey.walking import Walk

ON_BOTH_DATABASES = "jiangsu-governor"
RECOMMENDATION = {"awarded": "获推荐", "not_awarded": "未获推荐"}
PERSONS = {"individual": "个人", "team": "班组"}
ITEMS = {
    "individual": ["1.1", "1.2", "1.3", "2.1", "2.2", "3.1", "3.2", "3.3"],
    "team": ["1.1", "1.2", "2.1", "2.2", "2.3", "3.1", "3.2", "3.3"],
}
"""Source: the shipped examples of criteria for individuals and for teams."""
SIGNATURES = {"individual": "申报个人{nominee}（签字）", "team": "班组负责人{nominee_leader}（签字）"}
NOMINATED = {"individual": "申报个人", "team": "申报班组"}
AWARD = {"awarded": "获奖", "not_awarded": "未获奖"}


def nobody_leaves(walk: Walk, kind: str) -> None:
    """While an outcome is missing or unconfirmed, the stage cannot end."""
    world = walk.world
    assert walk.stands_in() == kind
    racing = walk.racing()
    for entered in (False, True):
        if entered:
            walk.enter(kind, 0, *racing[0])
        with world.act(world.after(5)) as session:
            round_, office = world.round(session), world.actor(session, OFFICE)
            with pytest.raises(NotReady) as caught:
                advance(session, office, round_, round_.version, world.now)
        counts = {one.text: one.params["count"] for one in caught.value.missing if one.page == "outcomes"}
        expected = {"Outcomes to be recorded: {count}": len(racing) - entered}
        assert counts == (expected | {"Outcomes that wait for a second person: {count}": 1} if entered else expected)


def is_refused(walk: Walk, part: Part) -> bool:
    """Whether the office does not accept it: for its own sake, or because it was not recommended before."""
    kinds = [stage.kind for stage in walk.scheme.stages]
    return part.out == REFUSED or (part.out in kinds and kinds.index(part.out) < kinds.index("accept"))


def state_of(walk: Walk, part: Part) -> str:
    if part.out == WITHDRAWN:
        return "withdrawn"
    if is_refused(walk, part):
        return "rejected"
    return "awarded" if part.grade else "not_awarded"


def letters_of(walk: Walk, entry: Entry, part: Part) -> dict[str, int]:
    """What an applicant is written about its application, by hand: each letter once."""
    state = state_of(walk, part)
    if state in ("withdrawn", "rejected"):
        return {"application_submitted": 1, "application_withdrawn" if state == "withdrawn" else "application_refused": 1}
    sent = ["application_submitted", "application_accepted", "notice_published", "result_published"]
    has_report = walk.scheme.feedback_reports and entry in walk.judged()
    return dict.fromkeys([*sent, *(["feedback_released"] if has_report else [])], 1)


def entrant(entry: Entry) -> str:
    """Whom papers name: an individual or a team with its organisation behind it."""
    name = entry.story.facts.get("nominee")
    return f"{name}（{entry.story.name}）" if name else entry.story.name


def winners(walk: Walk) -> dict[str, str]:
    """Whom the papers name, and what they get."""
    titles = CASTS[walk.scheme.key].titles
    return {entrant(entry): titles[part.category, part.grade] for entry, part in walk.cast if part.grade}


def look_at_letters(session: Session, walk: Walk) -> None:
    words = RECOMMENDATION if walk.scheme.recommends else AWARD
    for entry, part in walk.cast:
        application = session.get_one(Application, entry.application_id)
        assert application.state == state_of(walk, part)
        query = select(Message).where(Message.about == f"application:{application.public_id}", Message.person_id == entry.person_id)
        letters = {one: json.loads(one.context) for one in session.scalars(query)}
        assert Counter(one.template for one in letters) == letters_of(walk, entry, part), (entrant(entry), part)
        assert {told["organisation"] for told in letters.values()} == {entrant(entry)}
        outcomes = [told["outcome"] for one, told in letters.items() if one.template == "result_published"]
        assert outcomes in ([], [words.get(application.state)])


def look_at_papers(session: Session, walk: Walk) -> None:
    """The ranking, the notice, the result, the announcement and the certificates name the winners, and nobody who went out."""
    expected = winners(walk)
    out = {entrant(entry) for entry, part in walk.cast if part.out}
    ranked = {line.application.entrant for lines in decided_lines(session, walk.world.round(session)).values() for line in lines}
    assert ranked == {entrant(entry) for entry, part in walk.cast if not part.out}
    for kind in ("notice", "result"):
        content = session.scalars(select(Snapshot.content).where(Snapshot.kind == kind)).one()
        groups = json.loads(content)["groups"]
        told = {one["name"]: group["grade_name"]["zh"] for group in groups for one in group["winners"]}
        assert told == {name: title.removeprefix("第一届") for name, title in expected.items()}
    held = {one.holder: one.award_title for one in session.scalars(select(Certificate))}
    assert held == (expected if walk.scheme.certificate else {})
    letters = session.scalars(select(Document.view).where(Document.subject.startswith("acceptance:"))).all()
    for entry, part in walk.cast:
        if part.category in NOMINATED and part.out != WITHDRAWN:
            assert sum(f"，{NOMINATED[part.category]}：{entry.story.facts['nominee']}）收悉" in one for one in letters) == 1
    query = select(Document.view).where(Document.kind == "notice", Document.subject.startswith("announcement:"))
    announcement = session.scalars(query).one()
    assert not any(name in announcement for name in out)
    assert not any(name in one.view for name in out for one in session.query(Document).filter_by(kind="certificate"))


def look_at_books(session: Session, walk: Walk) -> None:
    """The application books of individuals and teams name them on their cover, and call their parts as their category does."""
    for entry, part in walk.cast:
        if part.category in NOMINATED:
            application = walk.world.application(session, entry)
            book = book_view(session, application, submissions_of(session, application)[-1], "zh")
            assert book.profile_title == f"{PERSONS[part.category]}概述"
            assert entry.story.facts["nominee"] in [one.value for one in book.cover]
            assert book.signs_too == SIGNATURES[part.category].format(**entry.story.facts)
            items = [one.number for category in book.categories for one in category.items]
            assert items == ITEMS[part.category]


def walked(engine: Engine, key: str) -> None:
    walk = Walk(engine, key)
    walk.go(nobody_leaves)
    scheme = shipped_schemes()[key]
    assert walk.visited == [stage.kind for stage in scheme.stages]
    assert walk.stands_in() == "archive"
    assert {one.category for one in walk.parts} == {one.key for one in scheme.categories}
    on_paper = {stage.kind for stage in scheme.stages if stage.held == "paper"}
    assert {part.out for part in walk.parts} & on_paper or not on_paper
    with db.reading(engine) as session:
        assert session.query(Round).one().state == "closed"
        assert {one.state for one in session.query(PaperOutcome)} <= {"confirmed"}
        left_out = Counter(one.application_id for one in session.query(PaperOutcome) if not one.goes_on)
        assert left_out == Counter(entry.application_id for entry, part in walk.cast if part.out in on_paper)
        look_at_letters(session, walk)
        look_at_papers(session, walk)
        look_at_books(session, walk)
        counts = counts_of(session, walk.world.actor(session, OFFICE), walk.world.round(session))
        assert (counts.judged, counts.open_gates, counts.unwritten) == (
            len(walk.judged()), len(walk.judged()), 0 if scheme.feedback_reports else len(walk.judged()),
        )  # fmt: skip
        assert session.query(FeedbackReport).count() == (len(walk.judged()) if scheme.feedback_reports else 0)
        assert verify(session).is_whole
        assert {name: one.first for name, one in ask_all(session).items() if one.offences} == {}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("key", sorted(set(shipped_schemes()) - {ON_BOTH_DATABASES}))
def test_a_small_round_from_the_first_stage_to_the_last(engine: Engine, key: str) -> None:
    walked(engine, key)


@pytest.mark.timeout(300)
def test_the_longest_one_on_both_databases(any_engine: Engine) -> None:
    walked(any_engine, ON_BOTH_DATABASES)
