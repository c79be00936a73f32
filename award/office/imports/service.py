"""An import from the file to the data: brought, looked at, confirmed by whoever brought it, done whole."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, load_only

from award.accounts.models import Person
from award.accounts.queries import actor_for
from award.applications.service.importing import require_enter
from award.kernel.actor import Actor, Role, Scope
from award.kernel.audit.trail import ADMIN, record
from award.kernel.errors import AwardError, Conflict, FieldError, Invalid, NotFound, Refused
from award.kernel.events import Event
from award.kernel.files.models import StoredFile
from award.kernel.i18n import LANGUAGES, N_, spoken, translate
from award.kernel.jobs.service import enqueue
from award.kernel.sheets.importing import Change, Line, Plan
from award.kernel.sheets.models import Import, ImportState
from award.office.imports.kinds import IMPORTERS, Importer, Place
from award.regulations.model import Text
from award.rounds.models import Authority, Round
from award.rounds.queries import stage_now, with_stages

LOOK, WRITE = "import:look", "import:write"
"""Names of the jobs; office.imports.tasks does them."""
LATEST = 10
"""How many imports somebody is led back to."""
UNKNOWN = N_("The system could not read or write it; the log of the worker says why.")


def importer_named(key: str) -> Importer:
    """Raises NotFound for what does not come in as a table."""
    if key not in IMPORTERS:
        raise NotFound
    return IMPORTERS[key]


def importer_for(key: str, place: Place) -> Importer:
    """A kind of table with the columns it has in this place, and the address of its list there."""
    importer = importer_named(key)
    if importer.of_round is None:
        return importer
    fields = importer.of_round(place.its_round.scheme)
    return replace(importer, fields=fields, back=f"/office/rounds/{place.public_id}{importer.back}")


def start_import(
    session: Session, actor: Actor, importer: Importer, place: Place, file: StoredFile, now: datetime
) -> Import:
    """Wants a table to be looked at. Raises as require_import does."""
    require_import(actor, importer, place, now)
    made = Import(
        kind=importer.key, place=place.public_id, file=file, person_id=actor.person_id or 0, created_at=now,
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


def imports_of(session: Session, actor: Actor, importer: Importer, place: Place) -> Sequence[Import]:
    """The last tables of a kind the actor brought for this place, newest first."""
    own = (Import.person_id == actor.person_id, Import.kind == importer.key, Import.place == place.public_id)
    query = select(Import).where(*own).options(joinedload(Import.file), load_only(Import.public_id, Import.state, Import.created_at))
    return session.scalars(query.order_by(Import.id.desc()).limit(LATEST)).all()


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
    if plan := _planned(session, found, lines, faults, now):
        _keep(found, plan)
        found.state = ImportState.LOOKED.value


def write(session: Session, found: Import, lines: Sequence[Line], faults: Sequence[FieldError], now: datetime) -> None:
    """Does what was shown, all of it; where the data has changed since, it is only shown again."""
    plan = _planned(session, found, lines, faults, now)
    if plan is None:
        return
    if plan.fingerprint != found.fingerprint or plan.faults:
        _keep(found, plan)
        found.state, found.has_changed = ImportState.LOOKED.value, True
        return
    actor, place = _actor(session, found, now), place_of(session, found)
    IMPORTERS[found.kind].apply(session, actor, place, lines, now)
    found.state, found.done_at = ImportState.DONE.value, now
    content = {"list": found.kind, "authority": place.authority.public_id, "place": found.place, "sha256": found.file.sha256, **plan.counts}
    record(session, actor, Event.LIST_IMPORTED, f"import:{found.public_id}", ADMIN, content)


def refuse(session: Session, found: Import, error: AwardError) -> None:
    """The act was refused, because something has changed since it was looked at: nothing of it was done, and why.

    Faults of cells are told as such, beside what the table would do.
    """
    if isinstance(error, Invalid):
        plan = plan_of(found)
        faults = [one if _is_cell(one.field) else replace(one, field="file") for one in error.errors]
        _keep(found, _without_wrong(plan.changes if plan else (), faults))
        found.state, found.has_changed = ImportState.LOOKED.value, True
    else:
        give_up(session, found, error)


def give_up(session: Session, found: Import, error: AwardError | None = None) -> None:
    """Nothing of it was done, and why. None: what a machine said, which stands in the log."""
    language = session.get_one(Person, found.person_id).language
    text, params = (error.text, error.params) if error is not None and error.text else (UNKNOWN, {})
    found.state, found.error = ImportState.FAILED.value, translate(language, text, params)[:500]


def plan_of(found: Import) -> Plan | None:
    """What the table would do, None until it was looked at."""
    if not found.plan:
        return None
    kept = json.loads(found.plan)
    changes = tuple(
        Change(number, what, name, detail, tuple((field, before, after) for field, before, after in altered), *remark)
        for number, what, name, detail, altered, *remark in kept["changes"]
    )
    return Plan(changes, tuple(FieldError(field, text, _params(params)) for field, text, params in kept["faults"]))


def _keep(found: Import, plan: Plan) -> None:
    changes = [[one.number, one.kind, one.name, one.detail, one.changes, one.remark] for one in plan.changes]
    faults = [[one.field, one.text, _kept(one.params)] for one in plan.faults]
    found.plan = json.dumps({"changes": changes, "faults": faults}, ensure_ascii=False)
    found.fingerprint = plan.fingerprint


def _kept(params: Mapping[str, object]) -> dict[str, object]:
    """What fills a sentence, as JSON holds it: a day, a list, words of a scheme as they read in each language."""
    return {
        key: value if isinstance(value, str | int) else {language: str(spoken(language, value)) for language in LANGUAGES}
        for key, value in params.items()
    }


def _params(kept: Mapping[str, Any]) -> dict[str, object]:
    return {key: Text(**value) if isinstance(value, dict) else value for key, value in kept.items()}


def _planned(
    session: Session, found: Import, lines: Sequence[Line], faults: Sequence[FieldError], now: datetime
) -> Plan | None:
    """What the table would do now; None where whoever brought it may no longer bring it, which is said on the import."""
    actor, place = _actor(session, found, now), place_of(session, found)
    try:
        plan = IMPORTERS[found.kind].plan(session, actor, place, lines)
    except (Conflict, Refused) as error:
        give_up(session, found, error)
        return None
    return _without_wrong(plan.changes, (*faults, *plan.faults))


def _without_wrong(changes: Sequence[Change], faults: Sequence[FieldError]) -> Plan:
    """What the lines without a fault would do, and the faults in the order of the table."""
    wrong = {_place(one)[0] for one in faults}
    return Plan(tuple(one for one in changes if one.number not in wrong), tuple(sorted(faults, key=_place)))


def _is_cell(field: str) -> bool:
    return re.fullmatch(r"[A-Z]+[0-9]+", field) is not None


def _place(fault: FieldError) -> tuple[int, str]:
    """The row of a fault, 0 where it is the file's, and its cell."""
    digits = "".join(filter(str.isdigit, fault.field))
    return int(digits or 0), fault.field


def _actor(session: Session, found: Import, now: datetime) -> Actor:
    """Who brought it, with what he holds now: a right that was taken back meanwhile lets nothing in."""
    return actor_for(session, session.get_one(Person, found.person_id), now)


def place_of(session: Session, found: Import) -> Place:
    """What an import is for, whoever asks."""
    if IMPORTERS[found.kind].of_round is None:
        return Place(session.scalars(select(Authority).where(Authority.public_id == found.place)).one())
    round_ = session.scalars(with_stages().where(Round.public_id == found.place)).one()
    return Place(round_.award.authority, round_)


def require_import(actor: Actor, importer: Importer, place: Place, now: datetime) -> None:
    """Raises Refused for anybody but the authority's office, and where the stage of the round takes no such table."""
    if importer.of_round is not None:
        require_enter(actor, place.its_round, stage_now(place.its_round, now))
    elif not actor.has(Role.AWARD_OFFICE, Scope.AUTHORITY, place.authority.id):
        raise Refused("role.cannot", N_("Only the award office of this authority imports tables for it."))
