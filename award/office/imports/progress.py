"""How far an import is: read and checked row by row, which can be counted; then done in one transaction, which cannot be.

Nothing of that transaction is seen from outside before it is committed, so of the last part only its beginning and the time
since are told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from award.kernel.i18n import N_, Phrase
from award.kernel.jobs.models import JobState
from award.kernel.sheets.models import Import, ImportState
from award.office.imports.service import plan_of

UNDER_WAY = (ImportState.LOOKING.value, ImportState.WRITING.value)


@dataclass(frozen=True)
class Progress:
    """phase: waiting (for a worker), again (waits after an attempt that broke off), opening, reading, whole (the one act).

    done, total: rows below the headings. alters: lines that are new or changed, once they are known. since: it was asked for.
    """

    phase: str
    done: int
    total: int
    alters: int
    since: timedelta

    @property
    def percent(self) -> int:
        """Of the rows, 0..100."""
        return self.done * 100 // self.total if self.total else 0

    @property
    def time(self) -> Phrase:
        """How long it has been asked for."""
        minutes, seconds = divmod(max(0, int(self.since.total_seconds())), 60)
        return Phrase(N_("{minutes} min {seconds} s") if minutes else N_("{seconds} s"), {"minutes": minutes, "seconds": seconds})


def progress_of(found: Import, now: datetime) -> Progress | None:
    """How far an import is. None where nothing of it is under way. now: the award's clock."""
    job = found.job
    if found.state not in UNDER_WAY or job is None:
        return None
    done, total = job.progress_done, job.progress_total or 0
    if job.state == JobState.QUEUED:
        phase = "again" if job.attempts else "waiting"
    elif not total:
        phase = "opening"
    else:
        phase = "reading" if done < total else "whole"
    plan = plan_of(found)
    alters = 0 if plan is None else plan.counts["added"] + plan.counts["changed"]
    # The job counts the headings as a row.
    return Progress(phase, max(0, done - 1), max(0, total - 1), alters, now - job.created_at)


def under_way(session: Session) -> Sequence[Import]:
    """The imports of all authorities that are looked at or written, in the order they were brought."""
    query = select(Import).where(Import.state.in_(UNDER_WAY)).options(joinedload(Import.job), joinedload(Import.file))
    return session.scalars(query.order_by(Import.id)).all()
