"""A round is closed while eight people submit: whoever comes after the closing is refused, whatever his check saw before.

Compared by places in the trail, not by clocks: the records of a round stand in the order of their commits, so no
submission may stand between the record that closed a stage and the one that opened it anew.
"""

import random
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from award.applications import queries, service
from award.applications.models import Application
from award.kernel import clock as clocks
from award.kernel.actor import SYSTEM
from award.kernel.audit.models import AuditRecord
from award.kernel.audit.trail import record, round_stream, transaction
from award.kernel.errors import Refused
from award.kernel.events import Event
from award.office.service import NotReady, advance
from award.rounds.models import Round, RoundStage
from tests import make
from tests.applications import world
from tests.office.desk import Desk, build

CLOSINGS = 50
SUBMITTERS = 8
SUBMITTED = (Event.APPLICATION_SUBMITTED.value, Event.APPLICATION_RESUBMITTED.value)


class Closing:
    """A round in its application stage with eight complete drafts, and what came of each try."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        now = datetime.now(UTC)
        self.desk: Desk = build(engine, now)
        self.round = self.desk.round("apply", now=now)
        self.tries: Counter[str] = Counter()
        self.closed = 0
        with transaction(engine) as session:
            round_ = self.desk.found(session, self.round)
            self.entries = [self._entry(session, round_, n, now) for n in range(SUBMITTERS)]

    def _entry(self, session: Session, round_: Round, number: int, now: datetime) -> tuple[object, str]:
        organisation = make.organisation(session, f"云川第{number}公司", code=f"9134010000000000{number}T")
        actor = make.actor(session, make.owner(session, organisation, round_.award.authority))
        application = world.begin(session, actor, round_, organisation, now)
        world.fill(session, actor, application, now)
        return actor, application.public_id

    def reopen(self, after: timedelta) -> datetime:
        """Everybody has a draft again and the stage closes in a moment; noted in the round's trail."""
        with transaction(self.engine) as session:
            round_ = self.desk.found(session, self.round)
            round_.position = 1
            session.execute(update(Application).values(state="draft"))
            closes_at = datetime.now(UTC) + after
            session.execute(
                update(RoundStage).where(RoundStage.round_id == round_.id, RoundStage.kind == "apply").values(closes_at=closes_at)
            )
            record(session, SYSTEM, Event.ROUND_CHANGED, f"round:{self.round}", round_stream(self.round))
        return closes_at

    def submit(self, number: int, at: datetime) -> None:
        """One person presses the button; then his transaction dawdles before it commits."""
        actor, public_id = self.entries[number]
        dawdle = random.uniform(0, 0.01)
        time.sleep(max(0.0, (at - datetime.now(UTC)).total_seconds()))
        try:
            with transaction(self.engine) as session:
                application = session.scalars(queries.with_round().where(Application.public_id == public_id)).one()
                now = clocks.now(session)
                service.submit_application(session, actor, application, list(service.DECLARATIONS), now)  # type: ignore[arg-type]
                time.sleep(dawdle)
            self.tries["submitted"] += 1
        except Refused as refused:
            self.tries[refused.code] += 1

    def close(self) -> None:
        """The office moves the round on as soon as the deadline lets it; not where everybody came too late."""
        while True:
            try:
                with transaction(self.engine) as session:
                    round_ = self.desk.found(session, self.round)
                    advance(session, self.desk["office"], round_, round_.version, clocks.now(session), "early")
                self.closed += 1
                return
            except NotReady as error:
                if any("No application" in one.text for one in error.missing) and self.tries.total() >= SUBMITTERS:
                    return
                time.sleep(0.001)


def race(closing: Closing) -> None:
    """One closing: eight submit around the deadline while the office moves on."""
    closing.tries.clear()
    closes_at = closing.reopen(timedelta(seconds=0.15))
    moments = [closes_at + timedelta(seconds=random.uniform(-0.12, 0.03)) for _ in range(SUBMITTERS)]
    threads = [threading.Thread(target=closing.submit, args=(n, at)) for n, at in enumerate(moments)]
    threads.append(threading.Thread(target=closing.close))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.both_databases
@pytest.mark.timeout(300)
def test_none_comes_in_after_the_closing(engine: Engine) -> None:
    random.seed(2026)
    closing = Closing(engine)
    total: Counter[str] = Counter()
    while closing.closed < CLOSINGS:
        race(closing)
        assert closing.tries.total() == SUBMITTERS
        total += closing.tries
    # The deadline had passed, or the round stood in the next stage, where only a returned application can be submitted.
    assert set(total) <= {"submitted", "stage.over", "application.closed"}
    assert total["submitted"] >= CLOSINGS
    assert total["stage.over"] + total["application.closed"] >= CLOSINGS
    assert late(engine, closing.round) == (0, CLOSINGS, total["submitted"])


def late(engine: Engine, public_id: str) -> tuple[int, int, int]:
    """Submissions after a closing and before the next opening; closings; submissions."""
    with transaction(engine) as session:
        query = select(AuditRecord.act).where(AuditRecord.stream == f"round:{public_id}").order_by(AuditRecord.seq)
        acts = list(session.scalars(query))
    is_closed, found = False, 0
    for act in acts:
        if act == Event.STAGE_LEFT.value:
            is_closed = True
        elif act == Event.ROUND_CHANGED.value:
            is_closed = False
        elif act in SUBMITTED and is_closed:
            found += 1
    return found, acts.count(Event.STAGE_LEFT.value), sum(act in SUBMITTED for act in acts)
