"""An import from the file to the data: brought, looked at, confirmed by whoever brought it, done whole."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from award.accounts.models import Person
from award.accounts.queries import actor_for
from award.kernel.actor import Actor, Role, Scope
from award.kernel.audit.trail import ADMIN, record
from award.kernel.errors import Conflict, FieldError, NotFound, Refused
from award.kernel.events import Event
from award.kernel.files.models import StoredFile
from award.kernel.i18n import N_
from award.kernel.jobs.service import enqueue
from award.kernel.sheets.importing import Change, Line, Plan
from award.kernel.sheets.models import Import, ImportState
from award.office.imports.kinds import IMPORTERS, Importer
from award.rounds.models import Authority

LOOK, WRITE = "import:look", "import:write"
"""Names of the jobs; office.imports.tasks does them."""


def importer_named(key: str) -> Importer:
    """Raises NotFound for what does not come in as a table."""
    if key not in IMPORTERS:
        raise NotFound
    return IMPORTERS[key]


def start_import(
    session: Session, actor: Actor, importer: Importer, authority: Authority, file: StoredFile, now: datetime
) -> Import:
    """Wants a table to be looked at. Raises Refused for anybody but the authority's office."""
    _require_office(actor, authority)
    made = Import(
        kind=importer.key, place=authority.public_id, file=file, person_id=actor.person_id or 0, created_at=now,
        state=ImportState.LOOKING.value,
    )  # fmt: skip
    session.add(made)
    session.flush()
    made.job = enqueue(session, LOOK, {"import": made.public_id}, dedup_key=f"{LOOK}:{made.public_id}")
    return made


def import_for(session: Session, actor: Actor, public_id: str) -> Import:
    """An import, for whoever brought it. Raises NotFound for anybody else."""
    found = import_named(session, public_id)
    if found is None or found.person_id != actor.person_id:
        raise NotFound
    return found


def import_named(session: Session, public_id: str) -> Import | None:
    """One import, whoever asks."""
    query = select(Import).where(Import.public_id == public_id)
    return session.scalar(query.options(joinedload(Import.file), joinedload(Import.job)))


def confirm_import(session: Session, actor: Actor, public_id: str, fingerprint: str) -> Import:
    """Wants the plan that was shown to be done; a second time answers with the first.

    Raises Conflict for another plan than the one that stands, and for one that has faults or would change nothing.
    """
    found = import_for(session, actor, public_id)
    if found.state in (ImportState.WRITING, ImportState.DONE):
        return found
    plan = plan_of(found)
    if (
        found.state != ImportState.LOOKED
        or plan is None
        or plan.faults
        or plan.is_empty
        or fingerprint != found.fingerprint
    ):
        raise Conflict(
            "import.not_shown", N_("This is not what the table would do now. Look at it again, then import it.")
        )
    found.state = ImportState.WRITING.value
    key = f"{WRITE}:{found.public_id}:{fingerprint[:16]}"
    found.job = enqueue(session, WRITE, {"import": found.public_id}, dedup_key=key)
    return found


def look(session: Session, found: Import, lines: Sequence[Line], faults: Sequence[FieldError], now: datetime) -> None:
    """Keeps what the table would do. faults: of its cells by themselves."""
    _keep(found, _planned(session, found, lines, faults, now))
    found.state = ImportState.LOOKED.value


def write(session: Session, found: Import, lines: Sequence[Line], faults: Sequence[FieldError], now: datetime) -> None:
    """Does what was shown, all of it; where the data has changed since, it is only shown again."""
    plan = _planned(session, found, lines, faults, now)
    if plan.fingerprint != found.fingerprint or plan.faults:
        _keep(found, plan)
        found.state, found.has_changed = ImportState.LOOKED.value, True
        return
    actor, importer = _actor(session, found, now), IMPORTERS[found.kind]
    importer.apply(session, actor, _authority(session, found), lines, now)
    found.state, found.done_at = ImportState.DONE.value, now
    content = {"list": found.kind, "authority": found.place, "sha256": found.file.sha256, **plan.counts}
    record(session, actor, Event.LIST_IMPORTED, f"import:{found.public_id}", ADMIN, content)


def give_up(found: Import, error: str) -> None:
    """Nothing of it was done, and why."""
    found.state, found.error = ImportState.FAILED.value, error[:500]


def plan_of(found: Import) -> Plan | None:
    """What the table would do, None until it was looked at."""
    if not found.plan:
        return None
    kept = json.loads(found.plan)
    changes = tuple(
        Change(number, what, name, detail, tuple((field, before, after) for field, before, after in altered))
        for number, what, name, detail, altered in kept["changes"]
    )
    return Plan(changes, tuple(FieldError(*one) for one in kept["faults"]))


def _keep(found: Import, plan: Plan) -> None:
    changes = [[one.number, one.kind, one.name, one.detail, one.changes] for one in plan.changes]
    faults = [[one.field, one.text, dict(one.params)] for one in plan.faults]
    found.plan = json.dumps({"changes": changes, "faults": faults}, ensure_ascii=False)
    found.fingerprint = plan.fingerprint


def _planned(
    session: Session, found: Import, lines: Sequence[Line], faults: Sequence[FieldError], now: datetime
) -> Plan:
    plan = IMPORTERS[found.kind].plan(session, _actor(session, found, now), _authority(session, found), lines)
    return Plan(plan.changes, tuple(sorted((*faults, *plan.faults), key=_place)))


def _place(fault: FieldError) -> tuple[int, str]:
    digits = "".join(filter(str.isdigit, fault.field))
    return int(digits or 0), fault.field


def _actor(session: Session, found: Import, now: datetime) -> Actor:
    """Who brought it, with what he holds now: a right that was taken back meanwhile lets nothing in."""
    return actor_for(session, session.get_one(Person, found.person_id), now)


def _authority(session: Session, found: Import) -> Authority:
    return session.scalars(select(Authority).where(Authority.public_id == found.place)).one()


def _require_office(actor: Actor, authority: Authority) -> None:
    if not actor.has(Role.AWARD_OFFICE, Scope.AUTHORITY, authority.id):
        raise Refused("role.cannot", N_("Only the award office of this authority imports tables for it."))
