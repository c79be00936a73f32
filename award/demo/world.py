"""The demonstration as it grows: its simulated time, its people, and one transaction for each act."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from award.accounts.models import Person
from award.accounts.queries import actor_for
from award.accounts.service import create_person, give_grant
from award.applications.models import Application
from award.applications.queries import with_round
from award.demo.stories import Story
from award.kernel import clock
from award.kernel.actor import SYSTEM, Actor, Role, Scope
from award.kernel.audit.trail import transaction
from award.rounds.models import Round
from award.rounds.queries import with_stages

ZONE = "Asia/Shanghai"
PASSWORD = "Yunchuan-2026"


@dataclass
class Judge:
    """A judge of the demonstration. severity: percentage points he marks lower than the others; institution: whose."""

    username: str
    person_id: int
    institution: str
    severity: float


@dataclass
class Entry:
    """An application of the demonstration and whose it is."""

    story: Story
    application_id: int
    person_id: int
    username: str


class World:
    """What the steps of the builder share. Every act has a transaction of its own, at the simulated time.

    pace: 1, or less for a round so large that people must follow each other faster to be done within its stages.
    """

    def __init__(self, engine: Engine, seed: int, pace: float = 1.0) -> None:
        self.engine = engine
        self.pace = pace
        self.random = random.Random(seed)  # noqa: S311 (a story, not a secret)
        self.now = clock.real_now()
        self.people: dict[str, int] = {}
        self.authority_id = 0
        self.award_id = 0
        self.round_id = 0
        self.entries: list[Entry] = []
        self.judges: list[Judge] = []
        self._hash = ""

    @contextmanager
    def act(self, at: datetime | None = None) -> Iterator[Session]:
        """One act at a moment; time only goes forward. The database's clock is set to it first."""
        if at is not None and at > self.now:
            self.now = at
        with transaction(self.engine) as session:
            installation = session.get_one(clock.Installation, 1)
            installation.clock_offset_seconds = int((self.now - clock.real_now()).total_seconds())
            session.flush()
            session.info.pop("clock_offset", None)
            yield session

    def after(self, minutes: float) -> datetime:
        """A moment that many minutes later, at the world's pace, with some seconds of its own so that no two are alike."""
        return self.now + timedelta(minutes=minutes * self.pace, seconds=self.random.randint(1, 50))

    def actor(self, session: Session, username: str) -> Actor:
        """Somebody by his sign-in name, with what he holds now."""
        return self.actor_by_id(session, self.people[username])

    def actor_by_id(self, session: Session, person_id: int) -> Actor:
        """Somebody by his inner number, with what he holds now."""
        return actor_for(session, session.get_one(Person, person_id), self.now)

    def round(self, session: Session) -> Round:
        """The round that is being built."""
        return session.scalars(with_stages().where(Round.id == self.round_id)).one()

    def application(self, session: Session, entry: Entry) -> Application:
        """An application with its round."""
        return session.scalars(with_round().where(Application.id == entry.application_id)).one()

    def person(self, session: Session, username: str, name: str, email: str, phone: str = "") -> Person:
        """A new person with the demonstration's password. It is hashed once: 50 slow hashes would help nobody here."""
        password = PASSWORD if not self._hash else None
        person = create_person(
            session, SYSTEM, username=username, name=name, email=email, phone=phone, password=password, now=self.now
        )
        self._hash = self._hash or person.password_hash or ""
        person.password_hash = self._hash
        self.people[username] = person.id
        return person

    def grant(self, session: Session, person: Person, role: Role, scope: Scope, scope_id: int) -> None:
        """A role for a person, given by the operator."""
        give_grant(session, SYSTEM, person, role, scope, scope_id, self.now)

    def stage_period(self, kind: str) -> tuple[datetime, datetime]:
        """When a stage of the round opens and closes."""
        with transaction(self.engine) as session:
            stage = next(one for one in self.round(session).stages if one.kind == kind)
            return stage.opens_at or self.now, stage.closes_at or self.now


def local(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """A moment on the wall clock of the demonstration's authority."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(ZONE))
