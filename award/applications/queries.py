"""Reading applications; each is fetched for an actor."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from award.applications.models import Application
from award.kernel.actor import Action, Actor
from award.kernel.errors import NotFound
from award.policy import decide
from award.rounds.models import Award, Round
from award.rounds.queries import stage_now
from award.stages import Who
from award.standing.queries import standing_of


def application_for(session: Session, actor: Actor, public_id: str, now: datetime) -> Application:
    """An application whose existence the actor may know. Raises NotFound when it is absent or hidden: the same.

    Assigned judges who have not declared yet get it too: they may know the organisation's name, and pages ask
    `may_read` before they show more.
    """
    application = session.scalar(with_round().where(Application.public_id == public_id))
    if application is None:
        raise NotFound
    standing = standing_of(session, actor, application, now)
    if standing.is_conflicted or not standing.who - {Who.PUBLIC, Who.COMMITTEE, Who.RECOMMENDER}:
        raise NotFound
    if Who.OWNER not in standing.who and application.state == "draft":
        raise NotFound
    return application


def may_read(session: Session, actor: Actor, application: Application, now: datetime) -> bool:
    """Whether the actor may read the content of an application now."""
    standing = standing_of(session, actor, application, now)
    return decide(Action.APPLICATION_READ, stage_now(application.round, now), standing).allowed


def with_round() -> Select[tuple[Application]]:
    """Applications with their organisation, round, stages and authority, in few queries."""
    return select(Application).options(
        selectinload(Application.organisation),
        selectinload(Application.round).selectinload(Round.stages),
        selectinload(Application.round).selectinload(Round.award).selectinload(Award.authority),
    )
