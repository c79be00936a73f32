"""The invariants of security.md 5 in random small worlds, asked of the real doors; each says how often it had something to say.

A world is one judged round: its stage, which sheets are in, who has a conflict with what, and whose role was taken back.
"""

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, update

from award.accounts.models import Grant
from award.judging.models import Sheet
from award.kernel.audit.trail import transaction
from award.standing.models import Conflict
from tests import make
from tests.judging import world as worlds
from tests.judging.world import APPLICANTS, World
from tests.policy.doors import MISSING, Door, bare, knock, unguard
from tests.policy.gated import SECRET

JUDGES = 5
"""With a seat on both panels; the sixth has none."""
STAGES = ("accept", "assign", "score", "score", "notice", "approve", "publish", "archive")
AFTER_SCORING = ("notice", "approve", "publish", "archive")
VIEWERS = ("", "office", "colleague", "supervisor", "stranger", "owner0", "owner1", *(f"judge{n}" for n in range(6)))
BUSY = ("office", "supervisor", "judge0", "judge0", "judge1", "judge1", "owner0")
"""Drawn more often: they have most to see."""
FLOORS = {"P1": 10, "P2": 10, "P5": 5, "P6": 10, "P12": 10, "P13": 5, "P14": 10, "P15": 10}
"""How often each has to have had something to say, else it shows nothing."""
SEEN: Counter[str] = Counter()
EXPORTED = ("applications", "assignments", "progress", "ranking", "sheets")
EXPORTS_SEEN: Counter[str] = Counter()
"""How often an application stood in which table."""


@dataclass(frozen=True)
class Drawn:
    """One world. out: sheets, (application, judge), that are not in. conflicts: (viewer, application)."""

    stage: str
    out: frozenset[tuple[int, int]]
    conflicts: frozenset[tuple[str, int]]
    revoked: frozenset[str]
    viewer: str
    application: int
    judge: int

    def gate_open(self, application: int) -> bool:
        return not any(of == application for of, _ in self.out)

    @property
    def is_conflicted(self) -> bool:
        return (self.viewer, self.application) in self.conflicts


inside = st.sampled_from(VIEWERS[1:])
judging = st.sampled_from([one for one in VIEWERS[1:] if not one.startswith("owner")])
"""Whom a conflict can be declared of; an applicant has none with his own application."""
drawn = st.builds(
    Drawn,
    stage=st.sampled_from(STAGES),
    out=st.frozensets(st.tuples(st.integers(0, 1), st.integers(0, JUDGES - 1)), max_size=1),
    conflicts=st.frozensets(st.tuples(judging, st.integers(0, 1)), max_size=5),
    revoked=st.frozensets(st.one_of(inside, st.sampled_from(BUSY)), max_size=3),
    viewer=st.sampled_from((*VIEWERS, *BUSY)),
    application=st.integers(0, 1),
    judge=st.integers(0, JUDGES - 1),
)


def actor_of(world: World, name: str) -> Any:
    if name[-1:].isdigit():
        return (world.judges if name.startswith("judge") else world.owners)[int(name[-1])]
    return getattr(world, name)


def lay_out(world: World, one: Drawn) -> None:
    """Makes the database this world, whatever it was before."""
    world.stage(one.stage)
    with transaction(world.engine) as session:
        session.execute(delete(Conflict))
        session.execute(update(Grant).values(revoked_at=None))
        session.execute(update(Sheet).values(state="submitted"))
        people = {name: actor_of(world, name).person_id for name in VIEWERS[1:]}
        applications = [world.application(session, at) for at in range(2)]
        for name, at in one.conflicts:
            session.add(
                Conflict(
                    person_id=people[name],
                    application_id=applications[at].id,
                    source="office",
                    reason="x",
                    declared_at=make.NOW,
                )
            )
        ended = [people[name] for name in one.revoked]
        session.execute(update(Grant).where(Grant.person_id.in_(ended)).values(revoked_at=make.NOW))
        for at, application in enumerate(applications):
            application.gate_opened_at = make.NOW if one.gate_open(at) else None
        for at, judge in one.out:
            of = (Sheet.application_id == applications[at].id) & (Sheet.person_id == world.judges[judge].person_id)
            session.execute(update(Sheet).where(of).values(state="in_progress"))


@dataclass
class Asking:
    """Doors of one world, as one viewer."""

    client: TestClient
    world: World
    one: Drawn

    def get(self, path: str, **other: str) -> tuple[int, str]:
        at, judge = self.one.application, self.one.judge
        ids = {
            "application": self.world.applications[at],
            "seat": self.world.seats[at, judge],
            "round": self.world.round,
            **other,
        }
        answer = knock(self.client, Door("GET", path, False), ids, self.world.cookies.get(self.one.viewer, ""))
        return answer.status, answer.text

    @cached_property
    def everything(self) -> str:
        """What the viewer reads about the application."""
        return "\n".join(self.get(path)[1] for path in HERS)


HERS = (
    "/office/rounds/{round}/progress/{application}", "/office/rounds/{round}/results/{application}",
    "/office/applications/{application}", "/review/{seat}", "/review/{seat}/items/4.1.2", "/review/{seat}/panel",
    "/apply/{application}/feedback", "/api/v1/applications/{application}", "/api/v1/sheets/{seat}",
)  # fmt: skip


def may_see(one: Drawn, author: int) -> bool:
    """P1 as security.md says it, for the sheet of an author."""
    if one.is_conflicted or one.viewer in one.revoked:
        return False
    gate = one.gate_open(one.application)
    if one.viewer == f"judge{author}":
        return True
    if one.viewer in ("office", "colleague"):
        return gate and one.stage in ("score", *AFTER_SCORING)
    if one.viewer == "supervisor":
        return gate and one.stage in AFTER_SCORING
    leads = one.viewer == "judge0" and one.stage in AFTER_SCORING
    return gate and one.viewer in [f"judge{n}" for n in range(JUDGES)] and (one.stage == "score" or leads)


def told(name: str, *, holds: bool, one: Drawn) -> None:
    """Counts an invariant that had something to say, and insists on it."""
    SEEN[name] += 1
    assert holds, (name, one)


def check_sheets(asking: Asking) -> None:
    one, read = asking.one, asking.everything
    shown = [author for author in range(JUDGES) if f"{SECRET}{one.application}{author}" in read]
    for author in shown:
        told("P1", holds=may_see(one, author), one=one)
    if one.viewer in one.revoked:
        told("P13", holds=not shown and APPLICANTS[one.application] not in asking.get("/home")[1], one=one)
    if one.viewer.startswith("owner"):
        told("P5", holds=not shown and "feedback_report" not in read, one=one)


def check_hidden(asking: Asking) -> None:
    one = asking.one
    if not one.is_conflicted:
        return
    for path in HERS[1:4]:
        there, nowhere = asking.get(path), asking.get(path, application=MISSING, seat=MISSING)
        ids = (asking.world.applications[one.application], asking.world.seats[one.application, one.judge], MISSING)
        same = there[0] == nowhere[0] and bare(there[1], *ids) == bare(nowhere[1], *ids)
        told("P2", holds=same, one=one)


def check_lists(asking: Asking) -> None:
    one = asking.one
    rows = asking.get("/api/v1/applications")[1] if one.viewer else ""
    for at, application in enumerate(asking.world.applications):
        if application in rows:
            told(
                "P12",
                holds=asking.get("/api/v1/applications/{application}", application=application)[0] == 200,
                one=one,
            )
            told("P15", holds=(one.viewer, at) not in one.conflicts and one.viewer not in one.revoked, one=one)


def check_exports(asking: Asking) -> None:
    """P12 of the tables that are taken out: whoever is named in one can be opened one by one."""
    one = asking.one
    if one.viewer not in ("office", "colleague", "supervisor", "stranger"):
        return
    for name in EXPORTED:
        door, ids = Door("POST", f"/office/export/{name}?round={{round}}", False), {"round": asking.world.round}
        table = knock(asking.client, door, ids, asking.world.cookies[one.viewer], format="csv")
        for at, application in enumerate(asking.world.applications):
            if table.status == 200 and APPLICANTS[at] in table.text:
                opened = asking.get("/office/applications/{application}", application=application)[0] == 200
                told("P12", holds=opened, one=one)
                EXPORTS_SEEN[name] += 1


def check_names(asking: Asking) -> None:
    """Owners, and judges elsewhere, never read the name of a judge; the office that assigns reads all."""
    one, names = asking.one, [judge.name for judge in asking.world.judges[1:JUDGES]]
    if one.viewer.startswith(("owner", "stranger")) or one.viewer == "judge5":
        told("P6", holds=not any(name in asking.everything for name in names), one=one)


@pytest.mark.timeout(180)
def test_in_random_worlds(
    gate: World, visit: Callable[[Engine], TestClient], capsys: pytest.CaptureFixture[str]
) -> None:
    worlds.submit(gate, 0, 4)
    client = visit(gate.engine)
    public = {path: bare(knock(client, Door("GET", path, True), {}, "").text) for path in ("/", "/notices", "/winners")}
    SEEN.clear()
    EXPORTS_SEEN.clear()
    with transaction(gate.engine) as session:
        unguard(session)

    @settings(max_examples=200, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(drawn)
    def holds(one: Drawn) -> None:
        lay_out(gate, one)
        asking = Asking(client, gate, one)
        for check in (check_sheets, check_hidden, check_lists, check_exports, check_names):
            check(asking)
        if not one.viewer or one.revoked:
            now = {path: bare(knock(client, Door("GET", path, True), {}, "").text) for path in public}
            told("P14", holds=now == public, one=one)

    holds()
    with capsys.disabled():
        sys.stdout.write("\n" + ", ".join(f"{name}: {SEEN[name]}" for name in FLOORS))
    assert {name: EXPORTS_SEEN[name] for name in EXPORTED if EXPORTS_SEEN[name] < FLOORS["P12"]} == {}
    assert {name: SEEN[name] for name in FLOORS if SEEN[name] < FLOORS[name]} == {}
