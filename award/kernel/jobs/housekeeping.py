"""Jobs the kernel does every day for itself."""

from sqlalchemy.orm import Session

from award.kernel import clock
from award.kernel.files.service import sweep_orphans
from award.kernel.jobs.running import Payload, Task


def _sweep(session: Session, payload: Payload) -> int:
    # Contents are outside the database, so sweeping needs only reads; doing it twice deletes nothing more.
    return sweep_orphans(session, clock.real_now())


def _swept(count: int) -> int:
    return count


def _nothing(session: Session, count: int) -> None:
    """Nothing changes in the database."""


SWEEP_FILES = Task("files:sweep", _sweep, _swept, _nothing)
