"""One round with an applicant, two people of the office, a supervisor, and another authority; and a draft that can be submitted."""

import io
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pikepdf
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from award.accounts.models import Person
from award.applications import queries, service
from award.applications.check import parts_of
from award.applications.facts import facts_of
from award.applications.models import Application
from award.kernel.actor import Actor, Role, Scope
from award.kernel.audit.models import AuditOpening, AuditRecord
from award.kernel.audit.trail import transaction
from award.kernel.events import Event
from award.kernel.files.service import Prepared, prepare_generated
from award.organisations.models import Organisation
from award.rounds.models import Round, RoundStage
from award.rounds.queries import criteria_of
from tests import make

VALUES = {
    "year": "2016", "number": "860", "money": "12850.50", "signed": "-320", "phone": "0552-3001234", "mail": "a@example.cn",
    "industry": "C3670", "choice": "large",
}  # fmt: skip


@dataclass
class World:
    """Public ids and actors; tests open their own transactions."""

    engine: Engine
    round: str
    application: str
    owner: Actor
    colleague: Actor
    stranger: Actor
    office: Actor
    second: Actor
    supervisor: Actor
    elsewhere: Actor
    cookies: dict[str, str]

    def found(self, session: Session) -> Application:
        """The application, whoever asks."""
        return session.scalars(queries.with_round().where(Application.public_id == self.application)).one()

    def stage(self, kind: str) -> None:
        """Moves the round into a stage, with dates around NOW."""
        with transaction(self.engine) as session:
            round_ = self.found(session).round
            round_.position = next(one.position for one in round_.stages if one.kind == kind)

    def dates(self, session: Session) -> RoundStage:
        """The present stage of the round."""
        round_ = self.found(session).round
        return round_.stages[round_.position]


def build(engine: Engine, now: datetime = make.NOW) -> World:
    """The world, committed. now: when it is."""
    with transaction(engine) as session:
        authority, other = make.authority(session), make.authority(session, "远山市人民政府")
        round_ = make.round_(session, of=authority, now=now)
        make.round_(session, of=other, now=now)
        organisation = make.organisation(session)
        rival = make.organisation(session, "云川仪表有限公司", code=make.CODES[1])
        people = {
            "owner": make.owner(session, organisation, authority),
            "colleague": make.owner(session, organisation, authority, "王芳"),
            "stranger": make.owner(session, rival, authority, "赵强"),
            "office": make.officer(session, authority),
            "second": make.officer(session, authority, "周敏"),
            "supervisor": make.officer(session, authority, "钱正", role=Role.SUPERVISOR),
            "elsewhere": make.officer(session, other, "孙远"),
        }
        actors = {name: make.actor(session, one) for name, one in people.items()}
        cookies = {name: make.signed_in(session, one, now) for name, one in people.items()}
        application = begin(session, actors["owner"], round_, organisation, now)
        return World(engine, round_.public_id, application.public_id, **actors, cookies=cookies)


def invited(world: World) -> dict[str, Person]:
    """A writer and a reader of the application, with a session each."""
    with transaction(world.engine) as session:
        people = {"writer": make.person(session, "王立"), "reader": make.person(session, "孙静")}
        for name, person in people.items():
            make.grant(session, person, Role(name), Scope.APPLICATION, world.found(session).id)
            world.cookies[name] = make.signed_in(session, person)
    return people


def begin(
    session: Session, owner: Actor, round_: Round, organisation: Organisation, now: datetime = make.NOW
) -> Application:
    """A draft with nothing in it."""
    return service.start_application(session, owner, round_, organisation, "organisation", "manufacturing", now)


def facts(year: int = 2026) -> dict[str, str]:
    """Facts that pass the check."""
    return {fact.key: VALUES.get(fact.kind, "见说明") for fact in facts_of(year, "organisation")}


def fill(session: Session, owner: Actor, application: Application, now: datetime = make.NOW) -> None:
    """Everything a submission needs: facts, a text for each part that refers to the one file, the file."""
    service.save_profile(session, owner, application, facts(), application.profile_version, now)
    rules = application.round.scheme.application
    for part in parts_of(criteria_of(session, application.round, application.category), rules):
        text = f"{part.title.zh}：我们每年评审一次，结果见 E-1。" * 3
        service.save_answer(session, owner, application, part.key, text, True, 0, now)
    service.add_evidence(session, owner, application, pdf(), "年度质量报告", now)


def pdf(name: str = "年度质量报告.pdf", pages: int = 1) -> Prepared:
    """A stored PDF of blank pages; different numbers of pages are different contents."""
    return prepare_generated(name, pdf_bytes(pages), pages)


def pdf_bytes(pages: int) -> bytes:
    """A PDF of blank pages."""
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page()
    content = io.BytesIO()
    document.save(content, deterministic_id=True)
    return content.getvalue()


def submitted(world: World, now: datetime = make.NOW) -> World:
    """The same, filled and submitted."""
    with transaction(world.engine) as session:
        application = world.found(session)
        fill(session, world.owner, application, now)
        service.submit_application(session, world.owner, application, list(service.DECLARATIONS), now)
    return world


def records(session: Session, event: Event) -> list[dict[str, Any]]:
    """What the trail holds of an event: object, actor and what was opened of its content, oldest first."""
    query = (
        select(AuditRecord.obj, AuditRecord.actor, AuditRecord.body, AuditOpening.content)
        .join(AuditOpening, (AuditOpening.stream == AuditRecord.stream) & (AuditOpening.seq == AuditRecord.seq))
        .where(AuditRecord.act == event.value)
        .order_by(AuditRecord.seq)
    )
    return [
        {"obj": obj, "actor": actor, **json.loads(body), "content": json.loads(content)}
        for obj, actor, body, content in session.execute(query)
    ]
