"""A round whose sheets are all in, built by hand so that every total can be worked out on paper."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from award.accounts.models import Person
from award.applications.models import Application
from award.judging.models import Sheet
from award.kernel.actor import Actor, Role
from award.kernel.audit.models import AuditRecord
from award.kernel.audit.trail import transaction
from award.organisations.models import Organisation
from award.regulations.model import Criteria, Scheme
from award.rounds import queries as rounds
from award.rounds.models import CalendarYear, Round
from award.standing.models import Assignment
from tests import make

Marks = int | Mapping[str, int]
"""One percentage for every item, or a percentage by item or category ("4.7"), with "" for all the rest."""

SAME = (70, 70, 70, 70, 70)
HIGH_AND_LOW = (60, 65, 70, 75, 80)
"""700 without the highest and the lowest, and as the mean of all."""


@dataclass(frozen=True)
class Entry:
    """An applicant and the marks of its sheets."""

    name: str
    sheets: Sequence[Marks] = SAME
    sector: str = "manufacturing"
    category: str = "organisation"
    state: str = "accepted"


@dataclass
class World:
    """Public ids and actors; tests open their own transactions."""

    engine: Engine
    round: str
    applications: dict[str, str]
    actors: dict[str, Actor]
    cookies: dict[str, str]
    judges: list[str] = field(default_factory=list)

    def found(self, session: Session) -> Round:
        """The round, whoever asks."""
        return session.scalars(rounds.with_stages().where(Round.public_id == self.round)).one()

    def application(self, session: Session, name: str) -> Application:
        """An application by the name of its organisation."""
        return session.scalars(select(Application).where(Application.public_id == self.applications[name])).one()

    def stage(self, kind: str) -> None:
        """Moves the round into a stage, with its dates around NOW as the maker laid them out."""
        with transaction(self.engine) as session:
            round_ = self.found(session)
            shift = round_.stages[round_.position].opens_at
            round_.position = next(one.position for one in round_.stages if one.kind == kind)
            here = round_.stages[round_.position]
            assert shift is not None
            assert here.opens_at is not None
            assert here.closes_at is not None
            here.closes_at, here.opens_at = shift + (here.closes_at - here.opens_at), shift

    def acts(self, obj_prefix: str = "") -> list[str]:
        """The acts of the round's stream so far, oldest first."""
        with transaction(self.engine) as session:
            query = select(AuditRecord.act).where(
                AuditRecord.stream == f"round:{self.round}", AuditRecord.obj.startswith(obj_prefix)
            )
            return list(session.scalars(query.order_by(AuditRecord.seq)))


def marks_of(given: Marks, criteria: Criteria) -> dict[str, int]:
    """Item -> percent."""
    if isinstance(given, int):
        return {item.key: given for item in criteria.items()}
    return {
        item.key: given.get(item.key, given.get(criteria.category_of(item.key).key, given.get("", 0)))
        for item in criteria.items()
    }


def enter(session: Session, round_: Round, entry: Entry, judges: Sequence[Person], now: datetime) -> Application:
    """An accepted application with the submitted sheets of its judges; its gate is open."""
    number = session.query(Organisation).count()
    organisation = make.organisation(session, entry.name, code=f"9134030{number:011d}")
    made = Application(
        round_id=round_.id, organisation_id=organisation.id, category=entry.category, sector=entry.sector,
        number=f"YC-{number:04d}", state=entry.state, contact_person_id=judges[0].id, started_at=now, submitted_at=now,
        gate_opened_at=now if entry.sheets else None,
    )  # fmt: skip
    session.add(made)
    session.flush()
    criteria = rounds.criteria_of(session, round_, entry.category)
    for at, given in enumerate(entry.sheets):
        sheet(session, made, judges[(number + at) % len(judges)], marks_of(given, criteria), criteria, leads=at == 0, now=now)
    return made


def sheet(
    session: Session, of: Application, judge: Person, marks: dict[str, int], criteria: Criteria, *, leads: bool, now: datetime
) -> Sheet:
    """A submitted sheet with its seat."""
    seat = Assignment(
        round_id=of.round_id, application_id=of.id, person_id=judge.id, is_leader=leads, assigned_at=now
    )
    session.add(seat)
    session.flush()
    made = Sheet(
        assignment_id=seat.id, round_id=of.round_id, application_id=of.id, person_id=judge.id, state="submitted", number=1,
        marks=marks, total_hundredths=sum(item.points * marks[item.key] for item in criteria.items()), started_at=now,
        submitted_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def build(
    engine: Engine, entries: Iterable[Entry], *, at: str = "notice", scheme: str = "yunchuan-mayor", now: datetime = make.NOW
) -> World:
    """The world, committed. The calendar knows the year of NOW."""
    with transaction(engine) as session:
        authority, other = make.authority(session), make.authority(session, "远山市人民政府")
        round_ = make.round_(session, at, of=authority, scheme=scheme, now=now)
        make.round_(session, at, of=other, scheme=scheme, now=now)
        session.add(CalendarYear(year=now.year, source="test"))
        people = {
            "office": make.officer(session, authority),
            "second": make.officer(session, authority, "周敏"),
            "supervisor": make.officer(session, authority, "钱正", role=Role.SUPERVISOR),
            "elsewhere": make.officer(session, other, "孙远"),
            "judge": make.person(session, "吴评"),
        }
        make.grant(session, people["judge"], Role.JUDGE, make.Scope.ROUND, round_.id)
        judges = [make.person(session, f"评审员{letter}") for letter in "甲乙丙丁戊己庚"]
        applications = {entry.name: enter(session, round_, entry, judges, now).public_id for entry in entries}
        return World(
            engine, round_.public_id, applications,
            {name: make.actor(session, one) for name, one in people.items()},
            {name: make.signed_in(session, one, now) for name, one in people.items()},
            [judge.public_id for judge in judges],
        )  # fmt: skip


def with_scheme(session: Session, round_: Round, **changes: object) -> Scheme:
    """Freezes the round with other rules of its scheme: dataclass fields by name, `scoring` and `notice` as maps."""
    scheme = round_.scheme
    for name in ("scoring", "notice"):
        if name in changes:
            changes[name] = replace(getattr(scheme, name), **changes[name])  # type: ignore[arg-type]
    scheme = replace(scheme, **changes)  # type: ignore[arg-type]
    round_.scheme_sha256 = make._frozen(session, "scheme", make.canonical(scheme))
    session.flush()
    return scheme


DAY = date(2026, 3, 2)
"""NOW on the clock of the authority."""
