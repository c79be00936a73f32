"""A text that could not be saved is not lost: it goes among the earlier versions of its part."""

from fastapi import Request
from sqlalchemy.orm import Session

from award.applications import queries, service
from award.kernel import clock
from award.kernel.actor import Actor
from award.kernel.audit.trail import transaction


def keep_text(
    request: Request, session: Session, actor: Actor, application_id: str, part: str, text: str, version: int
) -> None:
    """Keeps a text that could not be saved, in a transaction of its own, since the act's is undone."""
    session.rollback()
    with transaction(request.app.state.engine) as own:
        application = queries.own_application(own, actor, application_id)
        service.keep_rejected(own, actor, application, part, text, version, clock.now(own))
