"""A small round of any shipped scheme, taken through the services from its first stage to its last."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from award.accounts.models import Person
from award.applications import service as applications
from award.demo import applying, deciding, founding, scoring
from award.demo.founding import OFFICE, SECOND
from award.demo.judges import judge_stories
from award.demo.papers import licence_file
from award.demo.stories import Story
from award.demo.telling import stories
from award.demo.world import ZONE, Entry, World, local
from award.judging.progress import panels_in
from award.judging.service import save_items, submit_sheet
from award.kernel import clock
from award.kernel.audit.trail import transaction
from award.kernel.errors import Conflict, Invalid, Refused
from award.kernel.files.service import keep, prepare_generated
from award.office.outcome_entry import Content
from award.office.outcome_entry import Entry as OutcomeEntry
from award.office.outcome_kinds import (
    Answer,
    Consensus,
    Deliberation,
    Interview,
    Opinions,
    Recommendation,
    SiteVisit,
)
from award.office.outcomes import confirm_outcome, gives_score, panel_of, record_outcome
from award.office.service import advance
from award.panels.queries import assignments_of, panels_of
from award.panels.service import assign
from award.regulations.loader import shipped_criteria, shipped_schemes
from award.results.queries import latest_proposal
from award.results.service.confirming import confirm_decision
from award.results.service.deciding import decide, propose
from award.rounds.models import Authority, Award
from award.rounds.planning import proposed_dates
from award.rounds.queries import criteria_of, frame_for, stage_of
from award.rounds.service import create_award, create_round, publish_call, set_dates
from tests.journey.casts import CASTS, REFUSED, WITHDRAWN, Part
from tests.journey.reports import give_reports, marked

FIRST_DAY = date(2026, 2, 2)
SEED = 6
AROUND = {2: (5, -5), 3: (0, 5, -5), 5: (0, 5, -5, 10, -10)}
"""By the size of a panel, how far its judges lie from the mark of the cast; they take each other back."""
NOMINEES = {
    "individual": ("nominee_post", "质量总监", ("钱伟", "方玉兰", "罗建新", "沈晓东", "董丽", "袁志强")),
    "team": ("nominee_leader", "高翔", ("精轧甲班", "总装二班", "焊接一班")),
}


class Walk:
    """A round of one scheme and where it stands. visited: the stages it has been in; cast: whom each entry plays."""

    def __init__(self, engine: Engine, key: str) -> None:
        self.scheme = shipped_schemes()[key]
        self.parts, self.over = CASTS[key].parts, CASTS[key].over
        self.world = World(engine, SEED)
        self.world.now = datetime(2026, 1, 5, 1, tzinfo=UTC)
        self.visited = ["setup"]
        self.told = self._told()
        self.cast: list[tuple[Entry, Part]] = []
        self.gone: list[Entry] = []
        with transaction(engine) as session:
            session.add(clock.Installation(id=1, is_demonstration=True, clock_offset_seconds=0))
        founding.found(self.world, judge_stories(self.scheme.panel.size + 2, SEED))
        self._open()

    def _told(self) -> list[Story]:
        """One story for each part; only the first has evidence. Individuals and teams state who they are, by other criteria."""
        told = stories(len(self.parts), SEED, FIRST_DAY.year, shipped_criteria()["gbt19580-2012"])
        names = {category: iter(names) for category, (_, _, names) in NOMINEES.items()}
        made = []
        for at, (story, part) in enumerate(zip(told, self.parts, strict=True)):
            criteria, facts = shipped_criteria()[self.scheme.category(part.category).criteria], dict(story.facts)
            if part.category in NOMINEES:
                key, value, _ = NOMINEES[part.category]
                facts |= {"nominee": next(names[part.category]), key: value}
            keys = [*(f"profile.{one.key}" for one in criteria.profile), *(one.key for one in criteria.items())]
            answers = dict.fromkeys(keys, f"{story.name}每季度评审一次方法与结果，近三年持续改进。")
            if at == 0:
                answers[keys[0]] += "证据见 E-1。"
            evidence = story.evidence[: at == 0]
            made.append(
                replace(story, sector=part.sector, facts=facts, answers=answers, evidence=evidence, category=part.category)
            )
        return made

    def _open(self) -> None:
        world = self.world
        with world.act() as session:
            office, authority = world.actor(session, OFFICE), session.get_one(Authority, world.authority_id)
            name = self.scheme.award
            world.award_id = create_award(session, office, authority, name.zh, name.en, world.now).id
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
            "apply": self._apply, "accept": self._accept, "assign": self._assign, "score": self._score, "notice": self._notice,
            "approve": lambda: deciding.approve(self.world), "publish": self._publish,
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

    def racing(self) -> list[tuple[Entry, Part]]:
        """Who is still in the race, in the order of the cast."""
        return [one for one in self.cast if one[0] not in self.gone]

    def _apply(self) -> None:
        # Organisations last: one of the last gathers colleagues, who write on an item of the organisations' criteria.
        order = sorted(range(len(self.told)), key=lambda at: self.told[at].category == "organisation")
        applying.apply(self.world, [self.told[at] for at in order])
        by_code = {one.story.credit_code: one for one in self.world.entries}
        self.cast = [(by_code[story.credit_code], part) for story, part in zip(self.told, self.parts, strict=True)]

    def _accept(self) -> None:
        world = self.world
        for entry, part in self.cast:
            with world.act(world.after(30)) as session:
                application = world.application(session, entry)
                if part.out == WITHDRAWN:
                    owner = world.actor(session, entry.username)
                    applications.withdraw(session, owner, application, "重组，本届不再参评。", world.now)
                elif entry in self.gone or part.out == REFUSED:
                    self._propose_refusal(session, entry)
                else:
                    applications.accept(session, world.actor(session, OFFICE), application, world.now)
            if entry in self.gone or part.out == REFUSED:
                with world.act(world.after(30)) as session:
                    application, second = world.application(session, entry), world.actor(session, SECOND)
                    applications.confirm_refusal(session, second, application, world.now)
            if part.out in (WITHDRAWN, REFUSED):
                self.gone.append(entry)

    def _propose_refusal(self, session: Session, entry: Entry) -> None:
        """Who was not recommended cannot be accepted any more, only refused."""
        office, application, now = self.world.actor(session, OFFICE), self.world.application(session, entry), self.world.now
        if entry in self.gone:
            with pytest.raises(Conflict) as caught:
                applications.accept(session, office, application, now)
            assert caught.value.code == "application.left_out"
        applications.propose_refusal(session, office, application, "办法第九条", "不符合申报条件。", now)

    def _assign(self) -> None:
        world, racing = self.world, [entry.application_id for entry, _ in self.racing()]
        with world.act() as session:
            office, round_ = world.actor(session, OFFICE), world.round(session)
            assert sorted(one.application.id for one in panels_of(session, office, round_)) == sorted(racing)
            assert {one.id for one in panels_in(session, office, round_)} == {
                world.application(session, entry).public_id for entry, _ in self.racing()
            }
            judge = session.get_one(Person, world.judges[0].person_id)
            for entry in self.gone[-1:]:
                with pytest.raises(Conflict) as caught:
                    assign(session, office, world.application(session, entry), judge, world.now)
                assert caught.value.code == "panel.closed"
        scoring.make_panels(world, [entry for entry, _ in self.racing()])

    def _score(self) -> None:
        scoring.declare_all(self.world)
        played = {entry.application_id: (entry, part) for entry, part in self.racing()}
        order = Counter[int]()
        for judge in self.world.judges:
            with self.world.act(self.world.after(60)) as session:
                actor = self.world.actor(session, judge.username)
                for seat in assignments_of(session, actor):
                    entry, part = played[seat.application_id]
                    application = self.world.application(session, entry)
                    away = AROUND[self.scheme.panel.size][order[seat.application_id]]
                    order[seat.application_id] += 1
                    items = criteria_of(session, application.round, application.category).items()
                    marks = {item.key: (marked(item.kind, part, away), 0) for item in items}
                    save_items(session, actor, application, seat, marks, self.world.now)
                    submit_sheet(session, actor, application, seat, self.world.now)

    def _decide(self) -> None:
        """Category by category; where the scheme proposes too many for the seats all share, it is refused first."""
        categories = [one.key for one in self.scheme.categories if any(part.category == one.key for _, part in self.racing())]
        for category in sorted(categories, key=lambda one: one == self.over):
            with self.world.act(self.world.after(60)) as session:
                propose(session, self.world.actor(session, OFFICE), self.world.round(session), category, self.world.now)
            if category == self.over:
                with pytest.raises(Invalid):
                    self._decide_on(category, as_proposed=True)
            self._decide_on(category)

    def _decide_on(self, category: str, *, as_proposed: bool = False) -> None:
        world = self.world
        with world.act(world.after(60)) as session:
            round_, office = world.round(session), world.actor(session, OFFICE)
            proposal = latest_proposal(session, round_.id, category)
            assert proposal is not None
            cast = {world.application(session, entry).public_id: part for entry, part in self.racing()}
            lines = {line.application.public_id: line for line in proposal.lines}
            assert {key: (line.published, line.proposed_grade) for key, line in lines.items()} == {
                key: (part.figure, part.proposal) for key, part in cast.items() if part.category == category
            }
            grades = {} if as_proposed else {key: cast[key].grade for key in lines if cast[key].grade != cast[key].proposal}
            entered = decide(
                session, office, round_, proposal, held_on=self.today, members=deciding.MEMBERS, grades=grades,
                deviations=dict.fromkeys(grades, "委员会合议确定。"), now=world.now,
            )  # fmt: skip
            with pytest.raises(Refused):
                confirm_decision(session, office, round_, entered, world.now)
            confirm_decision(session, world.actor(session, SECOND), round_, entered, world.now)

    def _notice(self) -> None:
        if "deliberate" not in self.visited:
            self._decide()
        deciding.give_notice(self.world)
        deciding.wait_for_notice(self.world)

    def _publish(self) -> None:
        deciding.publish(self.world)
        if self.scheme.feedback_reports:
            give_reports(self.world, self.judged())

    def judged(self) -> list[Entry]:
        """Who was scored, and left the round later at most."""
        kinds = [stage.kind for stage in self.scheme.stages]
        after = kinds[kinds.index("score") :]
        return [entry for entry, part in self.cast if not part.out or part.out in after]

    @property
    def today(self) -> date:
        """The day of the simulated time in Beijing."""
        return self.world.now.astimezone(ZoneInfo(ZONE)).date()

    def on_paper(self, kind: str) -> None:
        """One person enters every outcome, another confirms it; whom it leaves out is gone. A committee decides afterwards."""
        racing = self.racing()
        for number, (entry, part) in enumerate(racing):
            self.enter(kind, number, entry, part)
            with self.world.act(self.world.after(20)) as session:
                round_, application = self.world.round(session), self.world.application(session, entry)
                with pytest.raises(Refused):
                    confirm_outcome(session, self.world.actor(session, OFFICE), round_, application, self.world.now)
                confirm_outcome(session, self.world.actor(session, SECOND), round_, application, self.world.now)
        for entry in self.gone[-1:]:
            with pytest.raises(Conflict) as caught:
                self.enter(kind, len(racing), entry, Part(paper=(500, 500)))
            assert caught.value.code == "application.out"
        self.gone += [entry for entry, part in racing if part.out == kind]
        if kind == "deliberate":
            self._decide()

    def enter(self, kind: str, number: int, entry: Entry, part: Part) -> None:
        """One person enters the outcome of one application."""
        with self.world.act(self.world.after(60)) as session:
            office, round_ = self.world.actor(session, OFFICE), self.world.round(session)
            paper = prepare_generated("record.pdf", licence_file(replace(entry.story, credit_code=f"{kind}{number}")), 1)
            stored = keep(session, paper, office.person_id, self.world.now, "outcome")
            score = part.paper[self._counted().index(kind)] * 100 if gives_score(round_) else None
            day, goes_on = self.today - timedelta(1), part.out != kind
            summary = "一致意见" if goes_on else "经核实不符合要求，不再参评。"
            application = self.world.application(session, entry)
            content = _content(kind, number, day, panel_of(session, application), goes_on=goes_on)
            made = OutcomeEntry(score, goes_on, summary, day, content, stored.id)
            record_outcome(session, office, round_, application, made, self.world.now)

    def _counted(self) -> Sequence[str]:
        """The stages held on paper whose figures count, in order."""
        return [stage.kind for stage in self.scheme.stages if stage.held == "paper" and stage.weight_hundredths]

    def stands_in(self) -> str:
        """The kind of the present stage."""
        with self.world.act() as session:
            return stage_of(self.world.round(session)).kind


def _content(kind: str, number: int, day: date, panel: tuple[str, ...], *, goes_on: bool) -> Content:
    made: dict[str, Content] = {
        "recommend": Recommendation("平城区人民政府", number + 1 if goes_on else None),
        "opinions": Opinions(
            (
                Answer("市生态环境局", not goes_on, "" if goes_on else "去年受到行政处罚", day),
                Answer("市应急管理局", False, "", day), Answer("市税务局", False, "", day, is_silent=True),
            )
        ),
        "consensus": Consensus(panel or ("王强", "李敏", "钱立"), {}),
        "site": SiteVisit(day, ("王强", "李敏")),
        "interview": Interview(number + 1),
        "deliberate": Deliberation(9, 8, 7, 1, 0) if goes_on else Deliberation(9, 8, 5, 3, 0),
    }
    return made[kind]
