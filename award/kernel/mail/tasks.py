"""Sending messages: by the mail server, or as files into the outbox where there is none."""

import json
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from award.kernel import clock
from award.kernel.jobs.running import Payload, Task
from award.kernel.mail import service
from award.kernel.mail.models import Message, MessageState
from award.kernel.mail.writing import write
from award.kernel.settings import Settings, settings

SECONDS = 30


@dataclass(frozen=True)
class Wanted:
    """A message as plain values. is_sent: an earlier run got it out, nothing is left to do."""

    public_id: str
    address: str
    language: str
    template: str
    context: Mapping[str, Any]
    link: str | None
    created_at: datetime
    is_sent: bool


def read(session: Session, payload: Payload) -> Wanted:
    """The message a job is for."""
    message = session.scalars(select(Message).where(Message.public_id == payload["message"])).one()
    return Wanted(
        message.public_id, message.address, message.language, message.template, json.loads(message.context),
        message.link, message.created_at, message.state == MessageState.SENT.value,
    )  # fmt: skip


def compute(wanted: Wanted) -> str:
    """Sends it. Its Message-ID is its own for ever, so that one sent again after a crash can be told for the same."""
    if not wanted.is_sent:
        deliver(compose(wanted, settings()), wanted, settings())
    return wanted.public_id


def compose(wanted: Wanted, config: Settings) -> EmailMessage:
    """The mail itself, plain text. The mail library refuses line breaks in every header."""
    letter = write(wanted.template, wanted.context, wanted.language, link=wanted.link)
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = config.mail_from, wanted.address, letter.subject
    mail["Date"] = format_datetime(clock.real_now())
    mail["Message-ID"] = f"<{wanted.public_id}@{config.mail_from.rpartition('@')[2].strip('> ')}>"
    mail["Auto-Submitted"] = "auto-generated"
    # An operator without a mail server reads the files of outbox/ as they are.
    mail.set_content(letter.body, cte="base64" if config.smtp_host else "8bit")
    mail["Content-Language"] = "zh-CN" if wanted.language == "zh" else "en"
    return mail


def deliver(mail: EmailMessage, wanted: Wanted, config: Settings) -> None:
    """To the mail server, or into outbox/ as one .eml file per message."""
    if not config.smtp_host:
        _write_out(config.directory / "outbox" / f"{wanted.created_at:%Y%m%d-%H%M%S}-{wanted.public_id}.eml", mail)
        return
    with smtplib.SMTP(config.smtp_host, config.smtp_port, timeout=SECONDS) as server:
        if config.smtp_starttls:
            server.starttls(context=ssl.create_default_context())
        if config.smtp_user:
            server.login(config.smtp_user, config.smtp_password)
        server.send_message(mail)


def _write_out(target: Path, mail: EmailMessage) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_suffix(".part")
    aside.write_bytes(mail.as_bytes())
    aside.replace(target)


def give_up(session: Session, payload: Payload, error: str) -> None:
    """The office sees that the message did not go out."""
    service.mark_failed(session, payload["message"], error)


SEND_MAIL = Task(service.SEND, read, compute, service.mark_sent, give_up)
