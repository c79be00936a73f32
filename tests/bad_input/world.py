"""One world for the whole table: a judged round, a call for applications with a draft, one to be accepted, one in preparation."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Engine, func, select, table, text
from sqlalchemy.orm import Session

from award.accounts.models import Person
from award.accounts.passwords import hash_password
from award.applications import service
from award.kernel import db
from award.kernel.audit.models import AuditHead
from award.kernel.audit.trail import transaction
from award.organisations.models import Organisation
from award.results.models import Approval, Objection
from award.rounds.models import Authority, CalendarDay, Round
from tests import make
from tests.applications.world import begin, fill, pdf
from tests.judging.world import sheet as sheet_of
from tests.policy import doors
from tests.policy.doors import Doors

PASSWORD = "Yunchuan-2026"
LEFT = frozenset({
    "audit_record", "audit_opening", "audit_head", "sign_in", "sign_in_attempt", "api_token", "answer_revision",
})  # fmt: skip
"""What a refusal may leave: a line in the day's security stream, an attempt, a token's last use, a text kept that lost."""


@dataclass(frozen=True)
class Place:
    """doors: the judged round. ids: what names things in addresses, by more words than theirs."""

    doors: Doors
    ids: dict[str, str]
    seen: dict[str, object] = field(default_factory=dict)

    def touched(self) -> dict[str, object]:
        """What has changed since this was asked last, or since the world was built."""
        before, now = self.seen.copy(), state_of(self.doors.world.engine)
        self.seen.update(now)
        return {name: now[name] for name in now if before and before.get(name) != now[name]}

    def at(self, stage: str) -> None:
        """Moves the judged round, where a row asks for a stage."""
        if stage:
            self.doors.world.stage(stage)


def build(engine: Engine) -> Place:
    """The world, committed."""
    world = doors.build(engine)
    with transaction(engine) as session:
        authority = session.scalars(select(Authority).order_by(Authority.id)).first()
        assert authority is not None
        ids = world.ids | _rounds(session, authority, world) | _people(session, world)
        ids |= {"authority": authority.public_id, "receipt": session.scalars(select(Objection.receipt)).one()}
        for position, name in enumerate(("judged", "other")):
            ids[name] = world.world.applications[position]
        # A sheet given back, so that it can be written in again.
        ids |= {"open_seat": world.world.seats[1, 0], "second_seat": world.world.seats[1, 1]}
        sheet = sheet_of(session, world.world, 1, 0)
        sheet.state, sheet.returned_by = "returned", "office"
        session.add(CalendarDay(day=date(2026, 10, 2), is_workday=False, name="国庆节"))
        # The rows are asked on the first day: an approval of a later one would refuse every certificate.
        session.scalars(select(Approval)).one().approved_on = make.NOW.date()
    doors.give_tokens(engine, {name: world.cookies[name] for name in ("apply", "accept")})
    return Place(world, ids)


def _rounds(session: Session, authority: Authority, world: Doors) -> dict[str, str]:
    ids = {}
    for kind in ("setup", "apply", "accept"):
        ids[f"round_{kind}"] = make.round_(session, "apply" if kind == "accept" else kind, of=authority).public_id
    for kind, code in (("apply", make.CODES[0]), ("accept", make.CODES[1])):
        organisation = make.organisation(session, f"云川{kind}有限公司", code=code)
        owner = make.owner(session, organisation, authority, f"申报人{kind}")
        world.cookies[kind] = make.signed_in(session, owner)
        ids[f"organisation_{kind}"] = organisation.public_id
        ids[f"application_{kind}"] = _application(session, owner, organisation, ids[f"round_{kind}"], kind)
    return ids


def _application(session: Session, owner: Person, organisation: Organisation, round_id: str, kind: str) -> str:
    round_ = session.scalars(select(Round).where(Round.public_id == round_id)).one()
    actor = make.actor(session, owner)
    made = begin(session, actor, round_, organisation)
    if kind == "accept":
        fill(session, actor, made)
        service.submit_application(session, actor, made, list(service.DECLARATIONS), make.NOW)
        session.flush()
        round_.position = next(one.position for one in round_.stages if one.kind == "accept")
    else:
        service.add_evidence(session, actor, made, pdf(), "年度质量报告", make.NOW)
    return str(made.public_id)


def _people(session: Session, world: Doors) -> dict[str, str]:
    ids = {}
    for name in ("nobody", "system_administrator"):
        found = session.scalars(select(Person).where(Person.name == {"nobody": "无名"}.get(name, name))).one()
        ids[f"person_{name}"] = found.public_id
    found = session.scalars(select(Person).where(Person.public_id == ids["person_nobody"])).one()
    found.password_hash = hash_password(PASSWORD)
    ids["username"] = found.username
    return ids


def state_of(engine: Engine) -> dict[str, object]:
    """How many rows each table has, and the heads of the trail; but for what a refusal may leave."""
    with db.reading(engine) as session:
        names = set(session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'"))) - LEFT
        counts = select(
            *(select(func.count()).select_from(table(name)).scalar_subquery().label(name) for name in sorted(names))
        )
        heads = select(AuditHead.stream, AuditHead.seq).where(AuditHead.stream.not_like("security:%"))
        return {**session.execute(counts).one()._mapping, **{row.stream: row.seq for row in session.execute(heads)}}
