"""Who is who in the tests of accounts."""

from collections.abc import Sequence

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from award.accounts import service
from award.accounts.models import Person
from award.kernel.actor import SYSTEM, Actor, Role, Scope
from award.kernel.audit.models import AuditRecord
from award.kernel.audit.trail import transaction
from tests import make

PASSWORD = "Quality-2026x"


def enter(engine: Engine, username: str, *held: tuple[Role, Scope, int], email: str = "") -> Person:
    """A person with PASSWORD and some roles, committed."""
    with transaction(engine) as session:
        person = service.create_person(
            session, SYSTEM, username=username, name=username, email=email or f"{username}@example.cn", password=PASSWORD,
            now=make.NOW,
        )  # fmt: skip
        for role, scope, scope_id in held:
            make.grant(session, person, role, scope, scope_id)
    return person


def holder(session: Session, *held: tuple[Role, Scope, int]) -> Actor:
    """Somebody with some roles, as he acts."""
    person = make.person(session)
    for role, scope, scope_id in held:
        make.grant(session, person, role, scope, scope_id)
    return make.actor(session, person)


def events(session: Session, obj: str) -> Sequence[str]:
    """What the trail says happened to a thing, in order."""
    return session.scalars(select(AuditRecord.act).where(AuditRecord.obj == obj).order_by(AuditRecord.at, AuditRecord.seq)).all()
