"""A worker to be killed: `python tests/kernel/killed_worker.py URL`. It says "working" with its first job and goes on until then."""

import sys
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from sqlalchemy import text
from sqlalchemy.orm import Session

from award import worker
from award.kernel import db
from award.kernel.jobs.running import Payload, Task

LEASE = timedelta(seconds=0.6)
told: list[str] = []


def read(session: Session, payload: Payload) -> int:
    if not told:
        told.append("working")
        sys.stdout.write("working\n")
        sys.stdout.flush()
    return int(payload["number"])


def compute(number: int) -> int:
    time.sleep(0.02)
    return number


def apply(session: Session, number: int) -> None:
    # Nothing here is unique: an effect that happened twice would be two rows.
    session.execute(text("INSERT INTO effect (number) VALUES (:number)"), {"number": number})
    time.sleep(0.01)


COUNT = Task("test:count", read, compute, apply)

if __name__ == "__main__":
    worker.POLL_SECONDS = 0.05
    engine = db.make_engine(sys.argv[1])
    worker.run(engine, [COUNT], lease=LEASE)
