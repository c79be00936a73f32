"""The jobs of messages: the reminders of the hour, and the next part of a bulk mail."""

from sqlalchemy.orm import Session

from award.kernel import clock
from award.kernel.jobs.running import Payload, Task
from award.messages.service.mailing import MAIL, write_part
from award.messages.service.reminding import REMIND, remind


def read(session: Session, payload: Payload) -> Payload:
    """Nothing to work out: who is written to is found when it is written."""
    return payload


def compute(payload: Payload) -> Payload:
    """Nothing slow."""
    return payload


def _remind(session: Session, payload: Payload) -> None:
    remind(session, clock.now(session))


def _mail(session: Session, payload: Payload) -> None:
    write_part(session, payload["mailing"], payload["from"], clock.now(session))


REMIND_PEOPLE = Task(REMIND, read, compute, _remind)
SEND_MAILING = Task(MAIL, read, compute, _mail)
