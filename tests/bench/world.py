"""Rounds of any size, quickly: rows are inserted as the services would have left them, without going through them."""

import json
import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.orm import Session

from award.accounts.models import Grant, Person, SignIn
from award.accounts.queries import hash_token
from award.applications.models import Application, Submission
from award.demo.telling import credit_code
from award.judging.models import Sheet, SheetVersion
from award.kernel import db
from award.kernel.actor import Role, Scope
from award.kernel.audit.trail import transaction
from award.kernel.ids import new_id
from award.kernel.migrating import upgrade
from award.organisations.models import Claim, Organisation
from award.panels.models import PoolMember
from award.regulations.canonical import sha256_of
from award.regulations.model import Criteria
from award.rounds.models import Authority, Round
from award.rounds.queries import criteria_of
from award.scoring.grades import total_hundredths
from award.standing.models import Assignment, Declaration
from tests import make

SECTORS = ("manufacturing", "services", "health_education")
SEATS = 5
ANSWER = "公司对三十七条产线的关键工序全面应用统计过程控制，平均处置时间由 46 分钟缩短到 12 分钟（E-1）。" * 4
COMMENT = "方法系统有效，展开充分，已有三个周期的评价和改进。"


@dataclass
class World:
    """A round with applications, panels and sheets. seats: per judge the public ids of his seats; cookies: per username."""

    engine: Engine
    directory: Path
    round: str = ""
    applications: list[str] = field(default_factory=list)
    cookies: dict[str, str] = field(default_factory=dict)
    seats: dict[str, list[str]] = field(default_factory=dict)
    items: list[str] = field(default_factory=list)

    @property
    def office(self) -> str:
        """The cookie of the award office."""
        return self.cookies["office"]


@cache
def scratch() -> Path:
    """A folder for the databases of this run; it goes with the process."""
    made = tempfile.TemporaryDirectory(prefix="award-bench-")
    _kept.append(made)
    return Path(made.name)


_kept: list[Any] = []


@cache
def world(applications: int, judges: int, *, scored: bool) -> World:
    """A round of one size. scored: all sheets are submitted and the round is in its notice; else judges have them open."""
    directory = scratch() / f"{applications}-{judges}-{scored}"
    directory.mkdir()
    engine = db.make_engine(f"sqlite:///{directory / 'award.sqlite3'}")
    upgrade(engine)
    made = World(engine, directory)
    with transaction(engine) as session:
        _Builder(session, made, scored=scored).build(applications, judges)
    return made


class _Builder:
    """Fills an empty database."""

    def __init__(self, session: Session, made: World, *, scored: bool) -> None:
        self.session, self.world, self.scored = session, made, scored
        self.connection: Connection = session.connection()
        self.now = datetime.now(UTC)
        self.random = random.Random(6)

    def build(self, applications: int, judges: int) -> None:
        authority = make.authority(self.session)
        round_ = make.round_(self.session, "notice" if self.scored else "score", of=authority, now=self.now)
        self.world.round = round_.public_id
        criteria = criteria_of(self.session, round_, "organisation")
        self.world.items = [item.key for item in criteria.items()]
        office = make.officer(self.session, authority)
        pool = [self._judge(authority, number) for number in range(judges)]
        owners = self._owners(applications)
        owner = self.session.get_one(Person, owners[0])
        self._sign_in({"office": office, "owner": owner, **{one.username: one for one in pool}})
        self._applications(round_, authority, owners)
        self._panels(round_, office, pool, applications)
        self._sheets(round_, criteria)

    def _judge(self, authority: Authority, number: int) -> Person:
        person = make.officer(self.session, authority, f"评审员{number + 1}", role=Role.JUDGE)
        self.session.add(PoolMember(
            authority_id=authority.id, person_id=person.id, institution=f"第{number + 1}研究院", speciality="管理",
            added_at=self.now, last_day=date(2099, 12, 31),
        ))  # fmt: skip
        return person

    def _sign_in(self, people: Mapping[str, Person]) -> None:
        self.session.flush()
        self.world.cookies = {name: f"cookie-of-{name}" for name in people}
        self._add(SignIn, [
            {
                "token_hash": hash_token(self.world.cookies[name]), "person_id": one.id, "created_at": self.now,
                "seen_at": self.now + timedelta(minutes=20), "ends_at": self.now + timedelta(hours=12),
                "address": "127.0.0.1", "agent": "bench",
            }
            for name, one in people.items()
        ])  # fmt: skip

    def _owners(self, number: int) -> list[int]:
        first = self._next(Person)
        self._add(Person, [
            {
                "id": first + at, "username": f"owner{at}", "name": f"联系人{at}", "email": f"owner{at}@example.cn",
                "created_at": self.now,
            }
            for at in range(number)
        ])  # fmt: skip
        return list(range(first, first + number))

    def _applications(self, round_: Round, authority: Authority, owners: Sequence[int]) -> None:
        first = self._next(Organisation)
        ids = [(first + at, owner) for at, owner in enumerate(owners)]
        self._add(Organisation, [
            {
                "id": organisation, "credit_code": credit_code("91", organisation), "registered_at": self.now,
                "name": f"云川第{organisation}精密机械股份有限公司", "address": "云川市高新区一号",
            }
            for organisation, _ in ids
        ])  # fmt: skip
        held: dict[str, Any] = {"role": Role.APPLICANT, "scope": Scope.ORGANISATION, "authority_id": authority.id}
        held["valid_from"] = self.now - timedelta(90)
        self._add(Grant, [held | {"person_id": owner, "scope_id": organisation} for organisation, owner in ids])
        claimed = {"authority_id": authority.id, "state": "confirmed", "made_at": self.now}
        self._add(
            Claim, [claimed | {"organisation_id": organisation, "person_id": owner} for organisation, owner in ids]
        )
        self.world.applications = [new_id() for _ in ids]
        opened = self.now if self.scored else None
        self._add(Application, [
            {
                "id": at, "public_id": self.world.applications[at - 1], "round_id": round_.id, "state": "accepted",
                "organisation_id": organisation, "category": "organisation", "sector": SECTORS[at % 3],
                "number": f"YC-{at:06d}", "profile": {}, "contact_person_id": owner, "started_at": self.now,
                "submitted_at": self.now - timedelta(seconds=at), "accepted_at": self.now, "gate_opened_at": opened,
                "values_seen_at": opened,
            }
            for at, (organisation, owner) in enumerate(ids, start=1)
        ])  # fmt: skip
        content = self._submitted()
        frozen = {"number": 1, "content": content, "sha256": sha256_of(content), "submitted_at": self.now}
        self._add(Submission, [
            frozen | {"application_id": at, "submitted_by": owner} for at, (_, owner) in enumerate(ids, start=1)
        ])  # fmt: skip

    def _submitted(self) -> str:
        return json.dumps({
            "organisation": {"name": "云川精密机械股份有限公司", "credit_code": make.CODES[0]}, "category": "organisation",
            "sector": SECTORS[0], "profile": {}, "parts": dict.fromkeys(self.world.items, ANSWER), "evidence": [],
            "declarations": [],
        }, ensure_ascii=False)  # fmt: skip

    def _panels(self, round_: Round, office: Person, pool: Sequence[Person], applications: int) -> None:
        """Judges go round; a step that grows by one each time around lets every judge meet every other."""
        size, seats = len(pool), []
        for at in range(applications):
            lap, place = divmod(at * SEATS, size)
            step = 1 + lap % max(size // SEATS - 1, 1)
            seats += [(at + 1, pool[(place + step * seat) % size], seat == 0) for seat in range(SEATS)]
        given = {"round_id": round_.id, "assigned_by": office.id, "assigned_at": self.now}
        rows = [
            given | {"public_id": new_id(), "application_id": at, "person_id": one.id, "is_leader": leads}
            for at, one, leads in seats
        ]
        for row, (_, one, _) in zip(rows, seats, strict=True):
            self.world.seats.setdefault(one.username, []).append(str(row["public_id"]))
        self._add(Assignment, rows)
        signed = {"signed_at": self.now, "wording": "本人与申报组织无利益关系。"}
        self._add(Declaration, [signed | {"application_id": at, "person_id": one.id} for at, one, _ in seats])

    def _sheets(self, round_: Round, criteria: Criteria) -> None:
        seats = self.connection.execute(select(Assignment.id, Assignment.application_id, Assignment.person_id)).all()
        points, allowed = {item.key: item.points for item in criteria.items()}, criteria.percents
        merits = [self.random.uniform(0.25, 0.85) for _ in self.world.applications]
        state = "submitted" if self.scored else "in_progress"
        sheets, versions, marked = [], [], []
        for sheet_id, (seat, application, person) in enumerate(seats, start=1):
            merit = merits[application - 1] + self.random.gauss(0, 0.06)
            marks = {item: self._percent(merit, allowed) for item in points}
            total = total_hundredths(marks, points) if self.scored else None
            sheet = {
                "id": sheet_id, "public_id": new_id(), "assignment_id": seat, "round_id": round_.id, "state": state,
                "application_id": application, "person_id": person, "number": int(self.scored), "marks": marks,
                "total_hundredths": total, "started_at": self.now, "submitted_at": self.now if self.scored else None,
            }  # fmt: skip
            sheets.append(sheet)
            marked.append((sheet_id, marks))
            if total is not None:
                versions.append(self._version(sheet, total))
        self._add(Sheet, sheets)
        self._add(SheetVersion, versions)
        self._items(marked)

    def _percent(self, merit: float, allowed: Sequence[int]) -> int:
        return allowed[min(max(round((merit + self.random.gauss(0, 0.08)) * (len(allowed) - 1)), 0), len(allowed) - 1)]

    def _version(self, sheet: Mapping[str, Any], total: int) -> dict[str, Any]:
        items = {
            item: {"percent": percent, "factors": {}, "comments": _comments(percent)}
            for item, percent in sheet["marks"].items()
        }
        content = json.dumps(
            {"sheet": sheet["public_id"], "number": 1, "total": total, "items": items}, ensure_ascii=False
        )
        return {
            "sheet_id": sheet["id"], "number": 1, "content": content, "sha256": sha256_of(content),
            "total_hundredths": total, "submitted_at": self.now,
        }  # fmt: skip

    def _items(self, marked: Sequence[tuple[int, Mapping[str, int]]]) -> None:
        """A million rows and more for a large round: past the types of the columns, as they are stored."""
        at = self.now.strftime("%Y-%m-%d %H:%M:%S.%f")
        comments = {percent: json.dumps(_comments(percent)) for percent in range(101)}

        def rows() -> Iterator[tuple[object, ...]]:
            for sheet_id, marks in marked:
                for item, percent in marks.items():
                    yield sheet_id, item, percent, "{}", comments[percent], "", 1, at

        columns = "sheet_id, item, percent, factors, comments, note, version, updated_at"
        statement = f"INSERT INTO sheet_item ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        self.connection.exec_driver_sql(statement, list(rows()))

    def _next(self, model: Any) -> int:
        return 1 + max(self.connection.scalars(select(model.id)), default=0)

    def _add(self, model: Any, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            self.connection.execute(insert(model.__table__), rows)


def _comments(percent: int) -> list[dict[str, object]]:
    kind, weight = ("strength", "+") if percent >= 50 else ("opportunity", "-")
    return [{"key": "c1", "kind": kind, "weight": weight, "text": COMMENT, "references": ["E-1"]}]
