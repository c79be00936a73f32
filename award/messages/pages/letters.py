"""A message as a page shows it: written from its template, as the mail was."""

import json
from dataclasses import dataclass
from datetime import datetime

from award.kernel.mail.models import Message
from award.kernel.mail.writing import Letter, write
from award.kernel.settings import settings


@dataclass(frozen=True)
class Shown:
    """A message with its letter. place: where on this site it leads, "" where nowhere."""

    public_id: str
    reason: str
    letter: Letter
    place: str
    created_at: datetime
    is_read: bool
    language: str


def shown(message: Message) -> Shown:
    """The message as its receiver reads it."""
    context = json.loads(message.context)
    address, site = str(context.get("address", "")), settings().base_url
    return Shown(
        public_id=message.public_id,
        reason=message.template,
        letter=letter_of(message),
        place=address.removeprefix(site) if address.startswith(f"{site}/") else "",
        created_at=message.created_at,
        is_read=message.read_at is not None,
        language=message.language,
    )


def letter_of(message: Message) -> Letter:
    """Subject and text, in the receiver's language."""
    return write(message.template, json.loads(message.context), message.language, link=message.link)
