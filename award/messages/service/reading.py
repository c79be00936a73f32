"""Opening one's own messages, and the office sending one again that was not delivered."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from award import policy
from award.accounts.models import Person
from award.kernel.actor import Action, Actor
from award.kernel.audit.trail import record, round_stream
from award.kernel.errors import Conflict
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.kernel.mail.models import Message
from award.kernel.mail.service import send_again
from award.messages.queries.inbox import message_for, own
from award.messages.queries.log import logged_message
from award.rounds.models import Round
from award.rounds.queries import guarded_stage, standing_in


def mark_read(session: Session, actor: Actor, public_id: str, now: datetime) -> None:
    """Notes that the actor has opened his message; the first time counts. Raises NotFound for any other message."""
    message = message_for(session, actor, public_id)
    if message.read_at is None:
        message.read_at = now


def mark_all_read(session: Session, actor: Actor, now: datetime) -> None:
    """Notes the same of all his messages."""
    session.execute(update(Message).where(own(actor), Message.read_at.is_(None)).values(read_at=now))


def repeat_message(session: Session, actor: Actor, round_: Round, public_id: str, now: datetime) -> None:
    """Sends a message again that was given up, to the address its receiver has now.

    Raises Refused for anybody but the office, NotFound, Conflict (not given up, its link is gone, or the account is closed).
    Effects: the message, a record.
    """
    policy.require(Action.MESSAGE_SEND, guarded_stage(session, round_, now), standing_in(actor, round_))
    message = logged_message(session, actor, round_, public_id)
    person = session.get(Person, message.person_id) if message.person_id else None
    if person is not None and not person.is_active:
        raise Conflict("message.account_closed", N_("The account of the receiver is closed; nothing is sent to it."))
    send_again(session, message, person.email if person else message.address)
    stream = round_stream(round_.public_id)
    record(session, actor, Event.MESSAGE_REPEATED, f"message:{message.public_id}", stream, {"reason": message.template})
