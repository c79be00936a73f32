"""A process that counts up: `python tests/kernel/writing.py URL COUNT`. Each step reads, dawdles and writes what it read."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from sqlalchemy import text

from award.kernel import db
from award.kernel.audit.trail import transaction

if __name__ == "__main__":
    engine = db.make_engine(sys.argv[1], pool_size=1)
    sys.stdin.readline()
    for _ in range(int(sys.argv[2])):
        with transaction(engine) as session:
            if not db.is_sqlite(session):
                session.execute(text("SELECT n FROM counted FOR UPDATE"))
            reached = session.scalar(text("SELECT n FROM counted"))
            time.sleep(0.002)
            session.execute(text("UPDATE counted SET n = :n"), {"n": (reached or 0) + 1})
