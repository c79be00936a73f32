"""The job of accounts: every day the kept answers of programs whose day has passed go."""

from sqlalchemy.orm import Session

from award.accounts.replay import forget
from award.kernel import clock
from award.kernel.jobs.running import Payload, Task


def _read(session: Session, payload: Payload) -> Payload:
    """Nothing to work out: what is old is found when it is deleted."""
    return payload


def _compute(payload: Payload) -> Payload:
    """Nothing slow."""
    return payload


def _forget(session: Session, payload: Payload) -> None:
    forget(session, clock.real_now())


FORGET_ANSWERS = Task("answers:forget", _read, _compute, _forget)
