"""The world of the doors, with the records of what its makers wrote without a service."""

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from award.accounts.models import Grant
from award.applications.models import Application, Evidence, Submission
from award.kernel.actor import SYSTEM, Role
from award.kernel.audit.trail import record, round_stream, transaction
from award.kernel.events import Event
from award.results.models import Objection
from award.rounds.models import Round, RoundStage
from tests import make
from tests.judging.world import World
from tests.policy import doors


def build(engine: Engine) -> World:
    """A world in which everything holds that must."""
    world = doors.build(engine).world
    with transaction(engine) as session:
        _tell(session, world)
    return world


def _tell(session: Session, world: World) -> None:
    round_ = session.scalars(select(Round).where(Round.public_id == world.round)).one()
    stream = round_stream(world.round)
    for application in session.scalars(select(Application)):
        obj = f"application:{application.public_id}"
        record(session, SYSTEM, Event.APPLICATION_STARTED, obj, stream)
        for _ in session.scalars(select(Evidence.id).where(Evidence.application_id == application.id)):
            record(session, SYSTEM, Event.EVIDENCE_ADDED, obj, stream)
        for sha256 in session.scalars(select(Submission.sha256).where(Submission.application_id == application.id)):
            record(session, SYSTEM, Event.APPLICATION_SUBMITTED, obj, stream, {"sha256": sha256})
    objection = session.scalars(select(Objection)).one()
    objection.state, objection.examined_by, objection.answered_by = (
        "answered",
        world.office.person_id,
        world.colleague.person_id,
    )
    objection.answered_at = make.NOW
    record(session, world.colleague, Event.OBJECTION_ANSWERED, f"objection:{objection.public_id}", stream)
    for grant in session.scalars(select(Grant).where(Grant.role == Role.SUPERVISOR)):
        grant.given_by = world.office.person_id
    for stage in session.scalars(select(RoundStage).where(RoundStage.position < round_.position)):
        stage.left_at = make.NOW
        record(session, SYSTEM, Event.STAGE_LEFT, f"round:{world.round}", stream, stage=stage.kind)
