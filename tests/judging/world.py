"""A round that is being judged: applications with what they submitted, a pool of judges, panels of five, an office."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from award.accounts.models import Person
from award.applications.models import Application, Evidence, Submission
from award.applications.queries import with_round
from award.judging import queries, service
from award.judging.models import Sheet, SheetItem, SheetVersion
from award.judging.service import Comment, Entry
from award.kernel.actor import Actor, Role
from award.kernel.audit.trail import transaction
from award.kernel.events import Event
from award.kernel.files.service import keep, prepare_generated
from award.panels import service as panels
from award.panels.models import PanelChange, PoolMember
from award.regulations.canonical import sha256_of
from award.regulations.model import Criteria, Scheme
from award.rounds.models import Authority, Round
from award.rounds.queries import criteria_of
from award.standing.models import Assignment
from tests import make
from tests.applications.world import pdf_bytes

JUDGES = ("周敏", "吴涛", "郑洁", "冯磊", "陈静", "褚明", "卫东", "蒋芸")
APPLICANTS = ("云川精密轴承股份有限公司", "云川市第一人民医院", "绿源食品股份有限公司", "云川港务集团有限公司")
ANSWER = (
    "公司对 37 条产线的 112 个关键工序全面应用统计过程控制与防错装置，并以数字孪生平台实时监控，异常时自动锁定批次（E-1）。"
    "2025 年起将 SPC 告警与 MES 派工联动，平均处置时间由 46 分钟缩短到 12 分钟。\n\n外协过程纳入同一绩效评价平台，"
    "一级供方 PPM 由 312 降至 178，对 14 家战略供方派驻质量工程师（E-2）。"
)


@dataclass
class World:
    """Public ids and actors; tests open their own transactions. seats: (application, judge) -> public id of the seat."""

    engine: Engine
    round: str
    office: Actor
    colleague: Actor
    supervisor: Actor
    stranger: Actor
    owners: list[Actor]
    judges: list[Actor]
    applications: list[str]
    cookies: dict[str, str] = field(default_factory=dict)
    seats: dict[tuple[int, int], str] = field(default_factory=dict)

    def application(self, session: Session, at: int = 0) -> Application:
        """An application, whoever asks."""
        return session.scalars(with_round().where(Application.public_id == self.applications[at])).one()

    def seat(self, session: Session, application: int, judge: int) -> Assignment:
        """A judge's seat, whatever became of it."""
        return session.scalars(select(Assignment).where(Assignment.public_id == self.seats[application, judge])).one()

    def person(self, session: Session, actor: Actor) -> Person:
        """The row of an actor."""
        return session.scalars(select(Person).where(Person.id == actor.person_id)).one()

    def stage(self, kind: str) -> None:
        """Moves the round into a stage that is running."""
        with transaction(self.engine) as session:
            round_ = session.scalars(select(Round).where(Round.public_id == self.round)).one()
            here = next(one for one in round_.stages if one.kind == kind)
            now = round_.stages[round_.position]
            here.opens_at, here.closes_at = now.opens_at, now.closes_at
            round_.position = here.position


def build(
    engine: Engine, now: datetime = make.NOW, *, applications: int = 1, judges: int = 6, seats: int = 5,
    unsigned: tuple[tuple[int, int], ...] = (), scheme: str | Scheme = "yunchuan-mayor",
) -> World:  # fmt: skip
    """The world, committed: panels of the first judges, declarations signed, the round in the scoring stage.

    The first judge leads every panel. Judge number `seats` and later ones have no seat. unsigned: (application, judge)
    whose declaration is open.
    """
    with transaction(engine) as session:
        authority = make.authority(session)
        round_ = make.round_(session, "assign", of=authority, scheme=scheme, now=now)
        people = {"office": make.officer(session, authority), "colleague": make.officer(session, authority, "周宁")}
        people["supervisor"] = make.officer(session, authority, "钱正", role=Role.SUPERVISOR)
        other = make.authority(session, "远山市人民政府")
        people["stranger"] = make.officer(session, other, "孙远")
        pool = [pooled(session, authority, JUDGES[at % len(JUDGES)], f"第{at + 1}研究院", now) for at in range(judges)]
        people |= {f"judge{at}": one for at, one in enumerate(pool)}
        made = [application(session, authority, round_, at, now) for at in range(applications)]
        people |= {f"owner{at}": session.get_one(Person, one.contact_person_id) for at, one in enumerate(made)}
        actors = {name: make.actor(session, one) for name, one in people.items()}
        world = World(
            engine, round_.public_id, actors["office"], actors["colleague"], actors["supervisor"], actors["stranger"],
            [actors[f"owner{at}"] for at in range(applications)], [actors[f"judge{at}"] for at in range(judges)],
            [one.public_id for one in made], {name: make.signed_in(session, one, now) for name, one in people.items()},
        )  # fmt: skip
    for at in range(applications):
        for judge in range(seats):
            assign(world, at, judge, now, is_leader=judge == 0)
            if (at, judge) not in unsigned:
                sign(world, at, judge, now)
    world.stage("score")
    return world


def pooled(session: Session, authority: Authority, name: str, institution: str, now: datetime = make.NOW) -> Person:
    """A judge in the pool of an authority."""
    person = make.officer(session, authority, name, role=Role.JUDGE)
    session.add(PoolMember(
        authority_id=authority.id, person_id=person.id, institution=institution, speciality="管理", added_at=now,
        last_day=date(2099, 12, 31),
    ))  # fmt: skip
    session.flush()
    return person


def application(session: Session, authority: Authority, round_: Round, at: int, now: datetime) -> Application:
    """An accepted application with a text for every part and two pieces of evidence."""
    name = APPLICANTS[at] if at < len(APPLICANTS) else f"云川第{at + 1}制造有限公司"
    organisation = make.organisation(session, name, code=f"91340100MA{at:08d}")
    owner = make.owner(session, organisation, authority, f"申报人{at + 1}")
    made = Application(
        round_id=round_.id, organisation_id=organisation.id, category="organisation", sector="manufacturing",
        number=f"2026-{at + 101:06d}", state="accepted", contact_person_id=owner.id, started_at=now, submitted_at=now, accepted_at=now,
    )  # fmt: skip
    made.round, made.organisation = round_, organisation
    session.add(made)
    session.flush()
    files = (("E-1", "过程能力报告", 3), ("E-2", "供方绩效台账", 1))
    evidence = [_evidence(session, made, code, title, pages, now) for code, title, pages in files]
    criteria = criteria_of(session, round_, "organisation")
    parts = {item.key: f"{item.number} {item.name.zh}：{ANSWER}" for item in criteria.items()}
    parts |= {f"profile.{one.key}": f"{one.name.zh}：公司成立于 1998 年，员工 860 人。" for one in criteria.profile}
    content = json.dumps({
        "format": 1, "organisation": {"name": name, "credit_code": organisation.credit_code},
        "category": "organisation", "sector": "manufacturing",
        "profile": {}, "parts": parts, "evidence": evidence, "declarations": [],
    }, ensure_ascii=False)  # fmt: skip
    session.add(Submission(
        application_id=made.id, number=1, content=content, sha256=sha256_of(content), submitted_at=now, submitted_by=owner.id,
    ))  # fmt: skip
    session.flush()
    return made


def _evidence(session: Session, of: Application, code: str, title: str, pages: int, now: datetime) -> Mapping[str, object]:
    stored = keep(session, prepare_generated(f"{title}.pdf", pdf_bytes(pages), pages), of.contact_person_id, now, "evidence")
    made = Evidence(application_id=of.id, code=code, title=title, file_id=stored.id, added_at=now, added_by=of.contact_person_id)
    session.add(made)
    session.flush()
    return {"id": made.public_id, "code": code, "title": title, "name": stored.name, "sha256": stored.sha256,
            "size": stored.size, "pages": pages}  # fmt: skip


def assign(world: World, at: int, judge: int, now: datetime = make.NOW, *, is_leader: bool = False) -> None:
    """A seat by the office, in the stage for it."""
    with transaction(world.engine) as session:
        person = world.person(session, world.judges[judge])
        made = panels.assign(session, world.office, world.application(session, at), person, now, is_leader=is_leader)
        world.seats[at, judge] = made.public_id


def change(
    world: World, kind: str, seat: int | None = None, judge: int | None = None, *, at: int = 0, reason: str = "生病",
    now: datetime = make.NOW,
) -> PanelChange:  # fmt: skip
    """A change of a panel while judges score: the office proposes it, a colleague confirms it."""
    with transaction(world.engine) as session:
        wanted = panels.Wanted(
            kind, reason, None if seat is None else world.seat(session, at, seat),
            None if judge is None else world.person(session, world.judges[judge]),
        )  # fmt: skip
        made = panels.propose_change(session, world.office, world.application(session, at), wanted, now)
    with transaction(world.engine) as session:
        return panels.confirm_change(session, world.colleague, session.get_one(PanelChange, made.id), now)


def replace(
    world: World, seat: int, judge: int, *, at: int = 0, reason: str = "生病", now: datetime = make.NOW
) -> Assignment:
    """A substitute takes a seat, by two persons; world.seats knows it from then on."""
    change(world, "replace", seat, judge, at=at, reason=reason, now=now)
    with transaction(world.engine) as session:
        made = session.scalars(select(Assignment).where(
            Assignment.replaces_id == world.seat(session, at, seat).id, Assignment.state == "active"
        )).one()  # fmt: skip
        world.seats[at, judge] = made.public_id
        return made


def sign(world: World, at: int, judge: int, now: datetime = make.NOW) -> None:
    """The judge declares that there is no conflict."""
    with transaction(world.engine) as session:
        panels.sign_declaration(
            session, world.judges[judge], world.application(session, at), world.seat(session, at, judge), "无利益冲突", now
        )


def entry(percent: int | None = 60, *, text: str = "方法系统有效，展开充分。", key: str = "a") -> Entry:
    """A percentage with a strength and an opportunity."""
    comments = (
        Comment(f"s{key}", "strength", "++", text, ("E-1", "p71")),
        Comment(f"o{key}", "opportunity", "-", "评价和改进未覆盖支持过程。", ("p73",)),
    )
    return Entry(percent, {"approach": "b50"}, comments)


def score(
    world: World, at: int, judge: int, now: datetime = make.NOW, *, percent: int = 60, leave: int = 0, only: tuple[str, ...] = ()
) -> None:
    """Every item has the same mark and comments, but for the last `leave` ones; written at once, as 23 saves take long."""
    with transaction(world.engine) as session:
        found, seat = world.application(session, at), world.seat(session, at, judge)
        items = list(criteria(session, found).items())
        keys = {item.key: item for item in items[: len(items) - leave] if not only or item.key in only}
        made = Sheet(
            assignment_id=seat.id, round_id=seat.round_id, application_id=found.id, person_id=seat.person_id, started_at=now,
            marks=dict.fromkeys(keys, percent),
        )  # fmt: skip
        session.add(made)
        session.flush()
        written = {}
        for key, item in keys.items():
            comments = [
                {"key": one.key, "kind": one.kind, "weight": one.weight, "text": one.text, "references": list(one.references)}
                for one in entry(text=f"优势：{item.name.zh}做得扎实。", key=key).comments
            ]
            row = SheetItem(sheet_id=made.id, item=key, percent=percent, factors={}, comments=comments, version=1, updated_at=now)
            session.add(row)
            written[key] = {"percent": percent, "comments": comments, "factors": {}}
        service.sheets.note(session, world.judges[judge], Event.SHEET_EDITED, made, found, {"items": written})


def criteria(session: Session, of: Application) -> Criteria:
    """What an application is scored against."""
    return criteria_of(session, of.round, of.category)


def submit(world: World, at: int, judge: int, now: datetime = make.NOW) -> str:
    """The judge submits; answers with the public id of the version."""
    with transaction(world.engine) as session:
        seat = world.seat(session, at, judge)
        return service.submit_sheet(session, world.judges[judge], world.application(session, at), seat, now).public_id


def all_in(world: World, at: int = 0, percents: tuple[int, ...] = (40, 50, 60, 70, 80), now: datetime = make.NOW) -> None:
    """Every sheet of a panel is submitted, so that the gate is open."""
    for judge, percent in enumerate(percents):
        score(world, at, judge, now, percent=percent)
        submit(world, at, judge, now)


def sheet(session: Session, world: World, at: int, judge: int) -> Sheet:
    """A judge's sheet."""
    found = queries.sheet_of(session, world.seat(session, at, judge))
    assert found is not None
    return found


def versions(session: Session, of: Sheet) -> list[SheetVersion]:
    """Everything that was submitted of a sheet, oldest first."""
    return list(session.scalars(select(SheetVersion).where(SheetVersion.sheet_id == of.id).order_by(SheetVersion.number)))
