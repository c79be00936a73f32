"""Whether this installation can work: its database, its tables, its storage, and a worker."""

import logging
import tempfile
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Engine, func, select

from award.kernel import clock, db, migrating
from award.kernel.jobs.models import WorkerSeen
from award.kernel.settings import Settings

log = logging.getLogger("award.health")

LATE = timedelta(seconds=90)
"""A worker shows itself three times in this time."""


def look(engine: Engine, config: Settings) -> dict[str, str]:
    """What was looked at -> "ok", or in a word what is wrong; nothing a stranger could use.

    What cannot be asked without a database is left out when there is none.
    """
    found = {"storage": _try("storage", "not writable", lambda: _writable(config))}
    found["database"] = _try("database", "unreachable", lambda: _reachable(engine))
    if found["database"] == "ok":
        found["revision"] = _try("revision", "not current", lambda: migrating.is_current(engine))
    if found.get("revision") == "ok":
        found["worker"] = _try("worker", "not seen", lambda: _worker_seen(engine))
    return found


def _try(name: str, wrong: str, check: Callable[[], bool]) -> str:
    try:
        return "ok" if check() else wrong
    except Exception:
        log.exception("the check of the %s failed", name)
        return wrong


def _reachable(engine: Engine) -> bool:
    with db.reading(engine) as session:
        return session.scalar(select(1)) == 1


def _writable(config: Settings) -> bool:
    config.directory.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=config.directory, prefix=".ready-") as file:
        file.write(b"ready")
        file.flush()
    return True


def _worker_seen(engine: Engine) -> bool:
    with db.reading(engine) as session:
        last = session.scalar(select(func.max(WorkerSeen.seen_at)))
    return last is not None and last > clock.real_now() - LATE
