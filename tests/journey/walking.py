"""A small round of any shipped scheme, taken through the services from its first stage to its last."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from award.demo import applying, deciding, feedback, founding, scoring
from award.demo.founding import OFFICE, SECOND
from award.demo.judges import judge_stories
from award.demo.papers import licence_file
from award.demo.telling import stories
from award.demo.world import ZONE, Entry, World, local
from award.kernel import clock
from award.kernel.audit.trail import transaction
from award.kernel.files.service import keep, prepare_generated
from award.office.outcome_kinds import (
    Answer,
    Consensus,
    Content,
    Deliberation,
    Interview,
    Opinions,
    Recommendation,
    SiteVisit,
)
from award.office.outcome_kinds import Entry as OutcomeEntry
from award.office.outcomes import confirm_outcome, gives_score, record_outcome
from award.office.service import advance
from award.regulations.loader import shipped_criteria, shipped_schemes
from award.results.queries import latest_proposal
from award.results.service.deciding import decide, propose
from award.rounds.models import Award
from award.rounds.planning import proposed_dates
from award.rounds.queries import frame_for, stage_of
from award.rounds.service import create_round, publish_call, set_dates

FIRST_DAY = date(2026, 2, 2)
CATEGORY = applying.CATEGORY
SEED = 6


class Walk:
    """A round of one scheme and where it stands. visited: the stages it has been in."""

    def __init__(self, engine: Engine, key: str, applications: int) -> None:
        self.scheme = shipped_schemes()[key]
        self.world = World(engine, SEED)
        self.world.now = datetime(2026, 1, 5, 1, tzinfo=UTC)
        self.visited = ["setup"]
        criteria = shipped_criteria()[self.scheme.category(CATEGORY).criteria]
        sectors = list(self.scheme.category(CATEGORY).sectors)
        told = stories(applications, SEED, FIRST_DAY.year, criteria)
        self.told = [replace(one, sector=sectors[at % len(sectors)] if sectors else "") for at, one in enumerate(told)]
        with transaction(engine) as session:
            session.add(clock.Installation(id=1, is_demonstration=True, clock_offset_seconds=0))
        founding.found(self.world, judge_stories(self.scheme.panel.size + 2, SEED))
        self._open()

    def _open(self) -> None:
        world = self.world
        with world.act() as session:
            office, award = world.actor(session, OFFICE), session.get_one(Award, world.award_id)
            world.round_id = create_round(session, office, award, 1, FIRST_DAY.year, self.scheme.key, world.now).id
        with world.act(world.after(60)) as session:
            office, round_ = world.actor(session, OFFICE), world.round(session)
            dates = proposed_dates(self.scheme, frame_for(session, round_, world.now), FIRST_DAY)
            set_dates(session, office, round_, dates, round_.version, world.now)
            publish_call(session, office, round_, world.now)
        with world.act(local(FIRST_DAY, 0, 5)) as session:
            round_ = world.round(session)
            advance(session, world.actor(session, OFFICE), round_, round_.version, world.now)

    def go(self, check: Callable[["Walk", str], None]) -> None:
        """Through every stage to the last. check: is asked in each stage held on paper, before its outcomes are entered."""
        acts: dict[str, Callable[[], None]] = {
            "apply": lambda: applying.apply(self.world, self.told), "accept": self._accept, "assign": self._assign,
            "score": self._score, "notice": self._notice, "approve": lambda: deciding.approve(self.world),
            "publish": self._publish,
        }  # fmt: skip
        for stage in self.scheme.stages[1:-1]:
            self.visited.append(stage.kind)
            if stage.held == "paper":
                check(self, stage.kind)
                self.on_paper(stage.kind)
            else:
                acts[stage.kind]()
            founding.move_on(self.world)
        self.visited.append(self.scheme.stages[-1].kind)

    def _accept(self) -> None:
        for entry in self.world.entries:
            with self.world.act(self.world.after(30)) as session:
                office, application = self.world.actor(session, OFFICE), self.world.application(session, entry)
                applying.applications.accept(session, office, application, self.world.now)

    def _assign(self) -> None:
        scoring.make_panels(self.world, self.world.entries)

    def _score(self) -> None:
        scoring.declare_all(self.world)
        scoring.score(self.world, self.world.entries)

    def _decide(self) -> None:
        world = self.world
        with world.act(world.after(60)) as session:
            propose(session, world.actor(session, OFFICE), world.round(session), CATEGORY, world.now)
        with world.act(world.after(60)) as session:
            round_ = world.round(session)
            proposal = latest_proposal(session, round_.id, CATEGORY)
            assert proposal is not None
            office = world.actor(session, OFFICE)
            decide(
                session, office, round_, proposal, held_on=self.today, members=deciding.MEMBERS, grades={}, deviations={},
                now=world.now,
            )  # fmt: skip

    def _notice(self) -> None:
        if "deliberate" not in self.visited:
            self._decide()
        deciding.give_notice(self.world)
        deciding.wait_for_notice(self.world)

    def _publish(self) -> None:
        deciding.publish(self.world)
        if self.scheme.feedback_reports and any(stage.kind == "score" and stage.held == "system" for stage in self.scheme.stages):
            feedback.give(self.world, self.world.entries)

    @property
    def today(self) -> date:
        """The day of the simulated time in Beijing."""
        return self.world.now.astimezone(ZoneInfo(ZONE)).date()

    def on_paper(self, kind: str) -> None:
        """One person enters every outcome, another confirms it; a committee decides afterwards."""
        for number, entry in enumerate(self.world.entries):
            self.enter(kind, number, entry)
            with self.world.act(self.world.after(20)) as session:
                second, application = self.world.actor(session, SECOND), self.world.application(session, entry)
                confirm_outcome(session, second, self.world.round(session), application, self.world.now)
        if kind == "deliberate":
            self._decide()

    def enter(self, kind: str, number: int, entry: Entry) -> None:
        """One person enters the outcome of one application."""
        with self.world.act(self.world.after(60 * 30)) as session:
            office, round_ = self.world.actor(session, OFFICE), self.world.round(session)
            content = prepare_generated("record.pdf", licence_file(replace(entry.story, credit_code=f"{kind}{number}")), 1)
            stored = keep(session, content, office.person_id, self.world.now, "outcome")
            score = 70_000 + 1_025 * number if gives_score(round_) else None
            day = self.today - timedelta(1)
            made = OutcomeEntry(score, True, "一致意见", day, _content(kind, number, day), stored.id)
            record_outcome(session, office, round_, self.world.application(session, entry), made, self.world.now)

    def stands_in(self) -> str:
        """The kind of the present stage."""
        with self.world.act() as session:
            return stage_of(self.world.round(session)).kind


def _content(kind: str, number: int, day: date) -> Content:
    made: dict[str, Content] = {
        "recommend": Recommendation("平城区人民政府", number + 1),
        "opinions": Opinions((Answer("市生态环境局", False, "", day), Answer("市应急管理局", False, "", day))),
        "consensus": Consensus(("王强", "李敏", "钱立"), {}),
        "site": SiteVisit(day, ("王强", "李敏")),
        "interview": Interview(number + 1),
        "deliberate": Deliberation(9, 8, 7, 1, 0),
    }
    return made[kind]
