"""A person's own messages: what reached him by mail too, but for secret links."""

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from award.kernel.actor import Actor
from award.kernel.errors import NotFound
from award.kernel.mail.models import Message


def own(actor: Actor) -> ColumnElement[bool]:
    """The messages an actor finds in his inbox."""
    return and_(Message.person_id == actor.person_id, ~Message.by_mail_only)


def inbox_of(session: Session, actor: Actor, page: int, size: int) -> tuple[list[Message], int]:
    """A page of the inbox, the newest first, and how many messages there are."""
    total = session.scalar(select(func.count()).where(own(actor))) or 0
    query = select(Message).where(own(actor)).order_by(Message.created_at.desc(), Message.id.desc())
    return list(session.scalars(query.limit(size).offset((page - 1) * size))), total


def message_for(session: Session, actor: Actor, public_id: str) -> Message:
    """A message of one's own. Raises NotFound for another's, a missing one and one that went by mail only: the same."""
    message = session.scalar(select(Message).where(own(actor), Message.public_id == public_id))
    if message is None:
        raise NotFound
    return message
