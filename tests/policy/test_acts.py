"""The invariants of security.md 5 about what is done, along random acts of whoever may and may not; each says how often it was asked.

P1, P2, P5, P6, P12 to P15 are about what is read: tests/policy/test_properties.py. All fifteen apply to what there is. Not
part of it yet: the seal-opening of P4's note (a supervisor reads no value before its time at all), and consensus records and
ballots, which are held on paper; P3, P7 and P8 are therefore asked of score sheets only.
"""

import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from award.accounts.models import Person
from award.accounts.service.grants import give_grant
from award.applications.models import Application
from award.invariants import judging as sheets
from award.invariants import people, records, replayed
from award.invariants.finding import Found
from award.invariants.telling import as_told
from award.invariants.told import PANELS, SHEETS
from award.judging import queries, service
from award.judging.models import SheetVersion
from award.kernel import db
from award.kernel.actor import ADMINISTRATORS, Actor, Role, Scope
from award.kernel.audit.models import AuditRecord
from award.kernel.audit.trail import transaction
from award.kernel.errors import AwardError, NotFound
from award.kernel.events import Event
from award.office.service import advance
from award.panels import service as panels
from award.panels.models import PanelChange
from award.rounds.models import Round
from award.standing.models import Assignment
from tests import make
from tests.conftest import StandingClock
from tests.judging import world as worlds
from tests.judging.world import World
from tests.lasting import Engines
from tests.policy.conftest import Built
from tests.policy.doors import Doors, doors_of, knock
from tests.policy.test_doors import business

EVENTS = {
    "save": Event.SHEET_EDITED, "submit": Event.SHEET_SUBMITTED, "return": Event.SHEET_RETURNED, "recuse": Event.CONFLICT_DECLARED,
    "propose": Event.PANEL_CHANGE_PROPOSED, "confirm": Event.PANEL_CHANGE_CONFIRMED, "drop": Event.PANEL_CHANGE_DROPPED,
    "grant": Event.GRANT_GIVEN, "leave": Event.STAGE_LEFT,
}  # fmt: skip
"""What is done, and the record of it."""
OFFICES = ("office", "colleague", "supervisor", *sorted(ADMINISTRATORS))
"""Who has no sheet of his own."""
WHO = ("its judge", "its judge", "its judge", "its judge", "judge1", "stranger", "office", "office", "colleague", "supervisor", *OFFICES)
KINDS = ("submit", "submit", "submit", "return", "return", "return", "confirm", "propose", "propose", *EVENTS)
"""Drawn more often: what the others wait for."""
FLOORS = {"P3": 100, "P4": 5, "P7": 20, "P8": 10, "P9": 100, "P10": 5, "P11": 4}
"""How often each has to have had something to say, else it shows nothing."""
TRIED = settings(max_examples=80, database=None, derandomize=True, deadline=None, phases=[Phase.generate])
"""Without a search for the shortest walk, which would copy worlds for minutes."""
SEEN: Counter[str] = Counter()
REPLAYED = (
    sheets.sheets_as_submitted, sheets.items_as_submitted, sheets.totals_recomputed, replayed.seats_as_told,
    replayed.gates_as_told, replayed.conflicts_as_told, replayed.items_as_told, as_told(*SHEETS, PANELS[0]),
)  # fmt: skip
"""Whether the records, gone through from the beginning, give the tables."""


@dataclass(frozen=True)
class Act:
    """Somebody tries something with the sheet of one judge for one application, or with a role."""

    kind: str
    who: str
    application: int
    judge: int
    role: Role


acts = st.builds(
    Act,
    kind=st.sampled_from(KINDS), who=st.sampled_from(WHO), application=st.sampled_from((0, 0, 0, 1)), judge=st.integers(0, 4),
    role=st.sampled_from((*sorted(ADMINISTRATORS), Role.AWARD_OFFICE, Role.SUPERVISOR)),
)  # fmt: skip
FIRST = Act("submit", "its judge", 0, 4, Role.SUPERVISOR)
"""The one sheet that is missing comes in."""
ending = st.tuples(st.just(FIRST), st.just(replace(FIRST, kind="leave", who="office")), acts, acts, acts).map(list)
two = st.sampled_from(("office", "colleague"))
changing = st.tuples(
    st.builds(lambda who, judge: replace(FIRST, kind="propose", who=who, judge=judge), two, st.integers(0, 4)),
    st.builds(lambda who: replace(FIRST, kind="confirm", who=who), two), acts,
).map(list)  # fmt: skip
granting = st.lists(
    st.builds(lambda who, one: replace(one, kind="grant", who=who), st.sampled_from(sorted(ADMINISTRATORS)), acts), min_size=3, max_size=5
)
supervising = st.lists(st.builds(lambda one: replace(one, who="supervisor"), acts), min_size=3, max_size=5)
anything = st.lists(acts, min_size=4, max_size=12)
walks = st.one_of(anything, anything, ending, changing, granting, supervising)
"""Anything, and what it rarely comes to: the stage is left and more is tried, a panel changed, roles upon roles, a supervisor acting."""


@dataclass
class Walk:
    """One world on its way. actors: by the names in WHO; newcomer holds nothing at first; proposer: of the last change."""

    world: World
    actors: dict[str, Actor]
    newcomer: int
    is_over: bool = False
    proposer: str = ""

    def actor_of(self, one: Act) -> Actor:
        return self.world.judges[one.judge] if one.who == "its judge" else self.actors[one.who]

    def take(self, one: Act) -> bool:
        """Whether it was acknowledged."""
        try:
            with transaction(self.world.engine) as session:
                getattr(self, f"_{one.kind}")(session, one, self.actor_of(one))
        except AwardError:
            return False
        return True

    def _place(self, session: Session, one: Act) -> tuple[Application, Assignment]:
        return self.world.application(session, one.application), self.world.seat(session, one.application, one.judge)

    def _save(self, session: Session, one: Act, actor: Actor) -> None:
        application, seat = self._place(session, one)
        sheet = queries.sheet_of(session, seat)
        assert sheet is not None
        version = queries.items_of(session, sheet)["4.1.2"].version
        service.save_item(session, actor, application, seat, "4.1.2", worlds.entry(65), version, make.NOW)

    def _submit(self, session: Session, one: Act, actor: Actor) -> None:
        service.submit_sheet(session, actor, *self._place(session, one), make.NOW)

    def _return(self, session: Session, one: Act, actor: Actor) -> None:
        application, seat = self._place(session, one)
        sheet = queries.sheet_of(session, seat)
        assert sheet is not None
        service.return_sheet(session, actor, application, sheet, "请补充", make.NOW)

    def _recuse(self, session: Session, one: Act, actor: Actor) -> None:
        panels.declare_conflict(session, actor, *self._place(session, one), "曾任职", make.NOW)

    def _propose(self, session: Session, one: Act, actor: Actor) -> None:
        application, seat = self._place(session, one)
        substitute = self.world.person(session, self.world.judges[5])
        panels.propose_change(session, actor, application, panels.Wanted("replace", "生病", seat, substitute), make.NOW)

    def _confirm(self, session: Session, one: Act, actor: Actor) -> None:
        panels.confirm_change(session, actor, self._waiting(session), make.NOW)

    def _drop(self, session: Session, one: Act, actor: Actor) -> None:
        panels.drop_change(session, actor, self._waiting(session), make.NOW)

    def _waiting(self, session: Session) -> PanelChange:
        found = session.scalar(select(PanelChange).order_by(PanelChange.id.desc()).limit(1))
        if found is None:
            raise NotFound
        return found

    def _grant(self, session: Session, one: Act, actor: Actor) -> None:
        scope, scope_id = (Scope.SYSTEM, 0) if one.role in ADMINISTRATORS else (Scope.AUTHORITY, 1)
        give_grant(session, actor, session.get_one(Person, self.newcomer), one.role, scope, scope_id, make.NOW)

    def _leave(self, session: Session, one: Act, actor: Actor) -> None:
        round_ = session.scalars(select(Round).where(Round.public_id == self.world.round)).one()
        advance(session, actor, round_, round_.version, make.NOW, "提前完成")


@dataclass(frozen=True)
class Stood:
    """What there was at a moment."""

    tables: dict[str, object]
    versions: list[tuple[object, ...]]
    told: int


def stands(engine: Engine, event: Event) -> Stood:
    with db.reading(engine) as session:
        versions = [tuple(row) for row in session.execute(select(SheetVersion.__table__).order_by(SheetVersion.id))]
        told = session.scalar(select(func.count()).where(AuditRecord.act == event.value)) or 0
    return Stood(business(engine), versions, told)


def holds(name: str, so: bool, one: object) -> None:
    """Counts an invariant that had something to say, and insists on it."""
    SEEN[name] += 1
    assert so, (name, one)


def ask(name: str, engine: Engine, *checks: Callable[[Session], Found]) -> None:
    with db.reading(engine) as session:
        found = [check(session) for check in checks]
    holds(name, all(one.looked and not one.offences for one in found), [one.first for one in found])


def check(walk: Walk, one: Act) -> None:
    engine, before = walk.world.engine, stands(walk.world.engine, EVENTS[one.kind])
    done = walk.take(one)
    after = stands(engine, EVENTS[one.kind])
    changed = before.tables != after.tables
    # What was done already is acknowledged again, and neither changes nor records anything.
    holds("P9", (changed, after.told - before.told) in ([(True, 1), (False, 0)] if done else [(False, 0)]), one)
    if one.who in OFFICES:
        holds("P3", after.versions == before.versions, one)
    if one.who == "supervisor":
        holds("P4", not changed, one)
    if one.kind == "submit" and changed:
        holds("P7", after.versions[: len(before.versions)] == before.versions, one)
        ask("P7", engine, sheets.one_valid_sheet, sheets.history_whole)
    if walk.is_over and one.kind not in ("grant", "leave"):
        holds("P8", not changed, one)
        ask("P8", engine, records.nothing_after_close)
    if one.kind == "grant" and changed:
        ask("P10", engine, people.administrators_apart)
    if one.kind == "confirm" and walk.proposer:
        holds("P11", not (changed and one.who == walk.proposer), one)
        if changed:
            ask("P11", engine, people.two_persons)
    walk.is_over |= one.kind == "leave" and changed
    walk.proposer = one.who if one.kind == "propose" and changed else walk.proposer


def begin(world: World) -> Walk:
    """The world, with the administrators and a newcomer."""
    with transaction(world.engine) as session:
        actors = {name: getattr(world, name) for name in ("office", "colleague", "supervisor", "stranger")}
        for role in sorted(ADMINISTRATORS):
            one = make.person(session, str(role))
            make.grant(session, one, role, Scope.SYSTEM, 0)
            actors[role] = make.actor(session, one)
        return Walk(world, actors | {"judge1": world.judges[1]}, make.person(session, "新人").id)


@contextmanager
def copied(built: Built[World], folder: Path, engines: Engines) -> Iterator[World]:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(built.folder, folder)
    with engines.on(f"sqlite:///{folder / 'award.sqlite3'}") as engine:
        yield replace(built.world, engine=engine)


@pytest.mark.timeout(300)
def test_along_random_acts(
    built_gate: Built[World], lasting_engines: Engines, tmp_path: Path, clock: StandingClock, capsys: pytest.CaptureFixture[str]
) -> None:
    SEEN.clear()

    @settings(TRIED, suppress_health_check=list(HealthCheck))
    @given(walks)
    def along(tried: list[Act]) -> None:
        with copied(built_gate, tmp_path / "walk", lasting_engines) as world:
            walk = begin(world)
            for one in tried:
                check(walk, one)
            ask("P9", world.engine, *REPLAYED)

    along()
    with capsys.disabled():
        sys.stdout.write("\n" + ", ".join(f"{name}: {SEEN[name]}" for name in FLOORS))
    assert {name: SEEN[name] for name in FLOORS if SEEN[name] < FLOORS[name]} == {}


OWN_ACCOUNT = ("/account", "/login", "/logout", "/api/v1/me")
"""Doors behind which everybody changes what is his own."""


@pytest.mark.parametrize("who", ["office", "supervisor", *sorted(ADMINISTRATORS)])
def test_no_request_changes_what_a_judge_submitted(doors: Doors, visit: Callable[[Engine], TestClient], who: str) -> None:
    """P3 at every door there is, in whatever stage; and P4: a supervisor's request changes nothing at all."""
    client, engine = visit(doors.world.engine), doors.world.engine
    writing = [one for one in doors_of(client) if one.method != "GET" and not one.path.startswith(OWN_ACCOUNT)]
    tried = Counter[int]()
    for stage in ("score", "notice", "publish"):
        doors.world.stage(stage)
        before = stands(engine, Event.SHEET_SUBMITTED)
        for door in writing:
            tried[knock(client, door, doors.ids, doors.cookies[who]).status] += 1
        after = stands(engine, Event.SHEET_SUBMITTED)
        assert after.versions == before.versions
        assert (after.tables == before.tables) or who != "supervisor"
    assert len(before.versions) == 10
    assert tried.total() >= 3 * 100
    assert tried[401] == 0, "he is signed in all the time"
