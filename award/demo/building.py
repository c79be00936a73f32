"""Builds the demonstration step by step, up to any stage of its round; everything goes through the same services."""

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select

from award import worker
from award.applications.models import Application
from award.demo import applying, deciding, feedback, founding, scoring
from award.demo.colleagues import COLLEAGUES
from award.demo.judges import judge_stories
from award.demo.telling import stories
from award.demo.world import PASSWORD, ZONE, World, local
from award.kernel import clock, db
from award.kernel.audit.trail import transaction
from award.kernel.documents.models import Document
from award.kernel.files.models import StoredFile
from award.kernel.files.storage import storage
from award.regulations.loader import shipped_criteria, shipped_schemes
from award.rounds.models import Round
from award.standing.models import Assignment

PUBLISHED = "publish"
SIDE_BY_SIDE = 2
UNHURRIED = 100
"""So many applications are written and scored within their stages with an hour or two for each."""
MOST_REPORTS = 24
"""A report takes a second or two to write and to print; a larger round that stays in publication leaves the others to be written."""


@dataclass(frozen=True)
class Account:
    """Somebody the demonstration can be tried as."""

    role: str
    username: str
    password: str
    applications: tuple[str, ...] = ()


@dataclass(frozen=True)
class Demonstration:
    """What was built. round: public id. documents: paths of the PDFs made."""

    round: str
    stage: str
    database: str
    accounts: tuple[Account, ...]
    documents: tuple[str, ...]

    def as_json(self) -> str:
        """One JSON object."""
        accounts: list[dict[str, object]] = []
        for one in self.accounts:
            row: dict[str, object] = {"role": one.role, "username": one.username, "password": one.password}
            if one.role == "judge":
                row["applications"] = list(one.applications)
            accounts.append(row)
        return json.dumps({
            "round": self.round, "stage": self.stage, "database": self.database, "accounts": accounts,
            "documents": list(self.documents),
        }, ensure_ascii=False)  # fmt: skip


def check_stage(stage: str) -> None:
    """Raises ValueError for a stage that the demonstration's scheme has not."""
    kinds = [one.kind for one in shipped_schemes()[founding.SCHEME].stages]
    if stage not in kinds:
        raise ValueError(f"the demonstration has no stage {stage}; it has {', '.join(kinds)}")


def build(engine: Engine, directory: Path, url: str, *, stage: str, applications: int, judges: int, seed: int) -> Demonstration:
    """Builds the demonstration in an empty, migrated database and stops in a stage of its round.

    stage: a kind of the scheme. Raises ValueError for another kind, for a database that holds something, and for fewer
    judges than a panel needs.
    """
    check_stage(stage)
    _mark_as_demonstration(engine)
    world = World(engine, seed, min(1.0, UNHURRIED / applications))
    today = clock.real_now().astimezone(ZoneInfo(ZONE)).date()
    first_day = today - timedelta(founding.DAYS_TO_PUBLICATION)
    world.now = clock.real_now() - timedelta(founding.DAYS_TO_PUBLICATION) - founding.PREPARATION
    founding.found(world, judge_stories(judges, seed))
    founding.know_years(world)
    _run(world, stage, applications, seed, first_day)
    round_id = world.round_id
    if stage == PUBLISHED:
        _open_second_round(world, today)
    _do_jobs(engine)
    with db.reading(engine) as session:
        round_public_id = session.scalars(select(Round.public_id).where(Round.id == round_id)).one()
    return Demonstration(round_public_id, stage, url, _accounts(world), _documents(engine, directory))


def _do_jobs(engine: Engine) -> None:
    """Renders and sends what the steps have left to the worker, two jobs side by side."""
    with ThreadPoolExecutor(SIDE_BY_SIDE) as threads:
        for done in [threads.submit(worker.run, engine, once=True) for _ in range(SIDE_BY_SIDE)]:
            done.result()


def _mark_as_demonstration(engine: Engine) -> None:
    with transaction(engine) as session:
        if session.get(clock.Installation, 1) is not None:
            raise ValueError("this database holds something already; choose an empty directory")
        session.add(clock.Installation(id=1, is_demonstration=True, clock_offset_seconds=0))


def _run(world: World, stop: str, applications: int, seed: int, first_day: date) -> None:
    criteria = shipped_criteria()[shipped_schemes()[founding.SCHEME].category(applying.CATEGORY).criteria]
    told = stories(applications, seed, first_day.year, criteria)
    founding.open_round(world, 6, first_day, year=first_day.year, enter=stop != "setup")
    steps: list[tuple[str, Callable[[float], None]]] = [
        ("apply", lambda share: applying.apply(world, told, share)),
        ("accept", lambda share: applying.accept(world, share)),
        ("assign", lambda share: _assign(world)),
        ("score", lambda share: _score(world, share)),
        ("notice", lambda share: _notice(world, share)),
        ("approve", lambda share: deciding.approve(world) if share == 1.0 else None),
        ("publish", lambda share: _publish(world, share)),
        ("archive", lambda share: None),
    ]
    if stop == "setup":
        return
    for kind, step in steps:
        step(0.6 if kind == stop else 1.0)
        if kind == stop:
            return
        founding.move_on(world)


def _assign(world: World) -> None:
    entries = applying.accepted(world)
    scoring.make_panels(world, entries)
    scoring.recuse_one(world, entries[len(entries) // 2])


def _score(world: World, share: float) -> None:
    scoring.declare_all(world)
    scoring.score(world, applying.accepted(world), share)


def _notice(world: World, share: float) -> None:
    deciding.decide_candidates(world, applying.CATEGORY)
    deciding.give_notice(world)
    if share == 1.0:
        deciding.wait_for_notice(world)


def _publish(world: World, share: float) -> None:
    deciding.publish(world)
    scored = [*deciding.entries_in_state(world, "awarded"), *deciding.entries_in_state(world, "not_awarded")]
    # The round goes on only once all have theirs.
    feedback.give(world, scored if share == 1.0 else scored[:MOST_REPORTS], share)


def _open_second_round(world: World, today: date) -> None:
    """The next round, prepared the day before and open for applications today; then the clock shows real time."""
    world.now = max(world.now, local(today - timedelta(1), 10))
    founding.open_round(world, 7, today, year=today.year + 1, enter=True)
    with world.act(clock.real_now()):
        pass


def _accounts(world: World) -> tuple[Account, ...]:
    with db.reading(world.engine) as session:
        query = select(Assignment.person_id, Application.public_id).join(Application)
        query = query.where(Assignment.state == "active").order_by(Assignment.id)
        seats = session.execute(query).all()
    staff = [Account(role.value, username, PASSWORD) for username, _, role in founding.STAFF]
    applicants = [Account("applicant", one.username, PASSWORD) for one in world.entries]
    judges = [
        Account("judge", one.username, PASSWORD, tuple(seat for person, seat in seats if person == one.person_id))
        for one in world.judges
    ]
    colleagues = [Account(role.value, username, PASSWORD) for role, username, _ in COLLEAGUES if username in world.people]
    return (*staff, *applicants, *colleagues, *judges)


def _documents(engine: Engine, directory: Path) -> tuple[str, ...]:
    """Copies of the PDFs under names people can read."""
    target = directory / "documents"
    target.mkdir(parents=True, exist_ok=True)
    query = (
        select(Document.kind, Document.public_id, StoredFile)
        .join(StoredFile, StoredFile.id == Document.file_id)
        .order_by(Document.id)
    )
    paths = []
    with db.reading(engine) as session:
        for kind, public_id, stored in session.execute(query):
            path = target / f"{kind}-{public_id}.pdf"
            shutil.copyfile(storage().path(stored.sha256), path)
            paths.append(str(path))
    return tuple(paths)
