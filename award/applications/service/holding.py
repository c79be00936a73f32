"""Holding an application while it is acted on, and noting the act in the trail of its round."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from award.applications.models import Application
from award.applications.queries import PART_CLOSED, is_part_open
from award.kernel import db
from award.kernel.actor import Action, Actor
from award.kernel.audit.trail import record, round_stream
from award.kernel.errors import Conflict
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.policy import Standing, require
from award.rounds.queries import guarded_stage
from award.stages import StageNow
from award.standing.queries import standing_of

_CHANGING = [
    "state", "number", "profile", "profile_version", "corrections", "correction_due_at", "submitted_at", "accepted_at",
    "contact_person_id",
]  # fmt: skip


def hold(session: Session, actor: Actor, application: Application, now: datetime, *, exclusive: bool) -> tuple[StageNow, Standing]:
    """The stage and the standing an act meets, held until the transaction ends. exclusive: the act changes the state."""
    stage = guarded_stage(session, application.round, now)
    db.lock_row(session, "application", application.id, exclusive=exclusive)
    db.read_afresh(session, application, _CHANGING)
    return stage, standing_of(session, actor, application, stage.now)


def hold_for(session: Session, actor: Actor, action: Action, application: Application, now: datetime) -> StageNow:
    """Holds an application for an act that changes its state. Raises NotFound or Refused where it is not open."""
    stage, standing = hold(session, actor, application, now, exclusive=True)
    require(action, stage, standing)
    return stage


def hold_to_write(
    session: Session, actor: Actor, application: Application, part: str, now: datetime, *, exclusive: bool = False
) -> StageNow:
    """Holds an application its owner writes in.

    part: an item key, "profile.<section>", "facts" or "evidence". Raises Refused past the deadline, Conflict once it is
    submitted, and for a part the office has not opened where it returned the application.
    """
    stage, standing = hold(session, actor, application, now, exclusive=exclusive)
    require_writable(session, application, part, stage, standing)
    return stage


def require_writable(session: Session, application: Application, part: str, stage: StageNow, standing: Standing) -> None:
    """Raises as `hold_to_write` does, of an application that was read without holding it."""
    require(Action.APPLICATION_EDIT, stage, standing)
    if application.state not in ("draft", "correction"):
        raise Conflict("application.closed", N_("This application has been submitted and can no longer be changed."))
    require_open(session, application, part)


def require_open(session: Session, application: Application, part: str) -> None:
    """Raises Conflict for a part the office has not opened where it returned the application."""
    if not is_part_open(session, application, part):
        raise Conflict("correction.part_closed", PART_CLOSED)


def take_up(actor: Actor, application: Application) -> dict[str, str]:
    """Makes the actor whom messages go to where nobody is yet: the application came on paper and the office entered it.

    Answers with what the record of the act says of it.
    """
    if application.contact_person_id is not None:
        return {}
    application.contact_person_id = person_of(actor)
    return {"contact": actor.public_id}


def note(
    session: Session, actor: Actor, event: Event, application: Application, stage: StageNow, content: Mapping[str, object]
) -> None:
    """Puts an act on an application into the trail of its round."""
    record(
        session, actor, event, f"application:{application.public_id}", round_stream(application.round.public_id), content,
        stage=stage.kind, rules=application.round.scheme_sha256,
    )  # fmt: skip


def person_of(actor: Actor) -> int:
    """The person behind an act. Raises RuntimeError where a command acts for nobody."""
    if actor.person_id is None:
        raise RuntimeError("an act on an application needs a person")
    return actor.person_id
