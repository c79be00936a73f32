"""Wanting a message, and what became of it."""

import json
import re
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from award.kernel import clock, db
from award.kernel.errors import Conflict, Invalid
from award.kernel.i18n import LANGUAGES, N_
from award.kernel.ids import new_id
from award.kernel.jobs.service import enqueue
from award.kernel.mail.models import Message, MessageState

SEND = "mail:send"
TEMPLATE = re.compile(r"[a-z0-9_]+")
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
"""The one rule for mail addresses: a plain one at a domain with a dot.

No line breaks, spaces, commas, quotes or brackets, which could add a receiver or a header.
"""

NOT_AN_ADDRESS = N_("This is not a mail address. Enter one like name@example.cn.")


def is_address(address: str) -> bool:
    """Whether this can be written to."""
    return len(address) <= 254 and ADDRESS.fullmatch(address) is not None


def send(
    session: Session,
    address: str,
    template: str,
    context: Mapping[str, object],
    language: str,
    *,
    person_id: int | None = None,
    dedup_key: str | None = None,
    link: str | None = None,
    round_id: int | None = None,
    about: str = "",
) -> Message:
    """Wants a message, in the caller's transaction; the same dedup_key again answers with the first message.

    template: a folder of templates/mail/. context: text, integers, booleans, lists and maps of them; moments and days as
    text already in the receiver's language. link: a secret address, kept only until the message is sent; such a message is
    not shown in the inbox. round_id, about: what the log tells of it.
    Raises Invalid for an address that cannot be written to, ValueError for an unknown language or template name.
    """
    if not is_address(address):
        raise Invalid.one("address", NOT_AN_ADDRESS)
    if language not in LANGUAGES or not TEMPLATE.fullmatch(template):
        raise ValueError(f"no message {template!r} in {language!r}")
    values = {
        "public_id": new_id(), "person_id": person_id, "address": address, "language": language, "template": template,
        "context": json.dumps(dict(context), ensure_ascii=False), "link": link, "by_mail_only": link is not None,
        "dedup_key": dedup_key, "round_id": round_id, "about": about, "state": MessageState.WANTED.value,
        "created_at": clock.now(session),
    }  # fmt: skip
    db.insert_new(session, Message, **values)
    same = Message.dedup_key == dedup_key if dedup_key is not None else Message.public_id == values["public_id"]
    message = session.scalars(select(Message).where(same)).one()
    if message.public_id == values["public_id"]:
        enqueue(session, SEND, {"message": message.public_id}, dedup_key=f"{SEND}:{message.public_id}")
    return message


def mark_sent(session: Session, public_id: str) -> None:
    """Notes that a message has left, and forgets its link."""
    message = session.scalars(select(Message).where(Message.public_id == public_id)).one()
    message.state, message.sent_at = MessageState.SENT.value, clock.now(session)
    message.link = message.error = None


def mark_failed(session: Session, public_id: str, error: str) -> None:
    """Notes that a message was given up."""
    message = session.scalars(select(Message).where(Message.public_id == public_id)).one()
    message.state, message.error, message.link = MessageState.FAILED.value, error[:500], None


def send_again(session: Session, message: Message, address: str) -> None:
    """Wants a message once more that was given up, to the address its receiver has now.

    Raises Conflict for one that was not given up, and for one whose link was forgotten.
    """
    db.lock_row(session, "message", message.id, exclusive=True)
    db.read_afresh(session, message, ["state"])
    if message.state != MessageState.FAILED.value:
        raise Conflict("message.not_failed", N_("This message has been sent or is waiting to be sent."))
    if message.by_mail_only:
        text = N_("The link of this message is no longer kept. Make a new one where the first one was made.")
        raise Conflict("message.link_gone", text)
    message.state, message.error, message.address = MessageState.WANTED.value, None, address
    enqueue(session, SEND, {"message": message.public_id})
