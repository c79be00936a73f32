"""A process that appends to the trail: `python tests/kernel/appending.py URL STREAM COUNT`. Each act also writes a row."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from sqlalchemy import text

from award.kernel import db
from award.kernel.actor import SYSTEM
from award.kernel.audit.trail import record, transaction
from award.kernel.events import Event

if __name__ == "__main__":
    url, stream, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    engine = db.make_engine(url, pool_size=1)
    sys.stdin.readline()
    for number in range(count):
        with transaction(engine) as session:
            session.execute(text("INSERT INTO acted (number) VALUES (:number)"), {"number": number})
            record(session, SYSTEM, Event.ROUND_CHANGED, f"round:{number}", stream, {"number": number})
