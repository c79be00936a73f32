"""A message as a page shows it: written from its template, as the mail was."""

import json
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from award.kernel.mail.models import Message
from award.kernel.mail.writing import Letter, write


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
    address = urlsplit(str(json.loads(message.context).get("address", "")))
    return Shown(
        public_id=message.public_id,
        reason=message.template,
        letter=letter_of(message),
        # What a message names is a page of this site, whatever name the site had when it was written.
        place=address.path if address.scheme else "",
        created_at=message.created_at,
        is_read=message.read_at is not None,
        language=message.language,
    )


def letter_of(message: Message) -> Letter:
    """Subject and text, in the receiver's language."""
    return write(message.template, json.loads(message.context), message.language, link=message.link)
