"""The job of the panels: the letter to a judge about the applications he has been given."""

from sqlalchemy.orm import Session

from award.kernel.jobs.running import Payload, Task
from award.panels.service.telling import TELL, tell_judge


def read(session: Session, payload: Payload) -> Payload:
    """Nothing to work out: what he has to be told is read when he is told."""
    return payload


def compute(payload: Payload) -> Payload:
    """Nothing slow."""
    return payload


def apply(session: Session, payload: Payload) -> None:
    """Writes the letter and notes that he was told, once."""
    tell_judge(session, payload["person"], payload["round"])


TELL_JUDGE = Task(TELL, read, compute, apply)
