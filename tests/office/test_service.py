"""Moving a round on: what it needs, what it changes, who may, and two who try at once."""

import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from award.kernel.audit.models import AuditRecord
from award.kernel.audit.trail import transaction
from award.kernel.errors import AwardError, Conflict, Invalid, Stale
from award.kernel.events import Event
from award.office.service import NotReady, advance
from award.panels.service import declare_conflict
from award.rounds.models import Snapshot
from award.rounds.service import call_content, publish_snapshot
from tests import make
from tests.applications.world import records
from tests.conftest import StandingClock
from tests.judging import world as worlds
from tests.office import world
from tests.office.desk import Desk
from tests.results.judged import with_scheme

NOW = make.NOW
EARLY = "材料已全部受理完毕"
"""The stages of these rounds follow each other by 31 days."""


def ready(desk: Desk) -> str:
    """A round that can leave the acceptance of applications."""
    public_id = desk.round("accept")
    with transaction(desk.engine) as session:
        world.application(session, desk.found(session, public_id), 1)
    return public_id


def acts(desk: Desk, public_id: str) -> list[str]:
    with transaction(desk.engine) as session:
        query = select(AuditRecord.act).where(AuditRecord.stream == f"round:{public_id}").order_by(AuditRecord.seq)
        return list(session.scalars(query))


def test_the_round_moves_on_and_the_trail_knows(desk: Desk) -> None:
    public_id = ready(desk)
    with transaction(desk.engine) as session:
        round_ = desk.found(session, public_id)
        advance(session, desk["office"], round_, 1, NOW, EARLY)
    with transaction(desk.engine) as session:
        round_ = desk.found(session, public_id)
        left, entered = round_.stages[2], round_.stages[3]
        assert (round_.position, round_.version, round_.state) == (3, 2, "open")
        assert (left.left_at, left.left_by, entered.entered_at) == (NOW, desk["office"].person_id, NOW)
    assert acts(desk, public_id)[-1] == "stage:left"


def test_moving_on_is_published_once_the_call_is_out(desk: Desk) -> None:
    public_id = ready(desk)
    with transaction(desk.engine) as session:
        round_ = desk.found(session, public_id)
        publish_snapshot(session, desk["office"], round_, "call", call_content(session, round_), NOW)
        advance(session, desk["office"], round_, 1, NOW, EARLY)
    with transaction(desk.engine) as session:
        published = session.scalars(select(Snapshot).where(Snapshot.kind == "progress")).one()
    shown = {one["kind"]: one for one in json.loads(published.content)["stages"]}
    assert shown["accept"]["left_at"] == f"{NOW:%Y-%m-%dT%H:%M:%SZ}"
    assert not {"setup", "assign"} & set(shown)  # the office's own business


def test_leaving_the_preparation_opens_and_the_last_stage_closes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("award.office.service.missing_in", lambda *_: [])
    public_id = desk.round("setup")
    states = []
    with transaction(desk.engine) as session:
        round_ = desk.found(session, public_id)
        while round_.position < len(round_.stages) - 1:
            advance(session, desk["office"], round_, round_.version, NOW, EARLY)
            states.append(round_.state)
        assert states == ["open"] * 7 + ["closed"]
        with pytest.raises(Conflict) as caught:
            advance(session, desk["office"], round_, round_.version, NOW, EARLY)
        assert caught.value.code == "round.at_end"


def test_what_is_missing_is_said_and_nothing_changes(desk: Desk) -> None:
    public_id = desk.round("accept")
    with pytest.raises(NotReady) as caught, transaction(desk.engine) as session:
        advance(session, desk["office"], desk.found(session, public_id), 1, NOW, EARLY)
    assert [one.text for one in caught.value.missing] == ["No application has been accepted"]
    assert caught.value.status == 409
    with transaction(desk.engine) as session:
        assert desk.found(session, public_id).position == 2
    assert acts(desk, public_id) == []


def test_an_older_version_is_refused(desk: Desk) -> None:
    public_id = ready(desk)
    with transaction(desk.engine) as session, pytest.raises(Stale):
        advance(session, desk["office"], desk.found(session, public_id), 0, NOW, EARLY)


@pytest.mark.parametrize(
    ("who", "status"), [("elsewhere", 404), ("applicant", 404), ("administrator", 404), ("supervisor", 403), ("committee", 403)]
)
def test_nobody_but_the_office_moves_it(desk: Desk, who: str, status: int) -> None:
    public_id = ready(desk)
    with transaction(desk.engine) as session, pytest.raises(AwardError) as caught:
        advance(session, desk[who], desk.found(session, public_id), 1, NOW, EARLY)
    assert caught.value.status == status


def test_of_two_at_once_one_wins(any_engine: Engine, desk: Desk) -> None:
    public_id = ready(desk)
    start, results = threading.Barrier(2), []

    def try_it(who: str) -> None:
        start.wait()
        try:
            with transaction(any_engine) as session:
                advance(session, desk[who], desk.found(session, public_id), 1, NOW, EARLY)
            results.append("moved")
        except Stale:
            results.append("stale")

    threads = [threading.Thread(target=try_it, args=(who,)) for who in ("office", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["moved", "stale"]
    with transaction(any_engine) as session:
        assert desk.found(session, public_id).position == 3
    assert acts(desk, public_id).count("stage:left") == 1


@pytest.mark.both_databases
def test_leaving_the_scoring_opens_the_gate_of_a_panel_that_stayed_short(engine: Engine, clock: StandingClock) -> None:
    """Nobody was named for the judge who stepped back. With a gate closed for ever no result could be worked out."""
    judged = worlds.build(engine)
    with transaction(engine) as session:
        with_scheme(session, judged.application(session).round, scoring={"minimum_sheets": 4})
        declare_conflict(session, judged.judges[4], judged.application(session), judged.seat(session, 0, 4), "顾问", NOW)
    for judge in range(4):
        worlds.score(judged, 0, judge)
        worlds.submit(judged, 0, judge)
    with transaction(engine) as session:
        assert judged.application(session).gate_opened_at is None
        advance(session, judged.office, judged.application(session).round, 1, NOW, EARLY)
    with transaction(engine) as session:
        assert judged.application(session).gate_opened_at == NOW
        [opened] = records(session, Event.GATE_OPENED)
        assert opened["content"] == {"sheets": 4}


def test_a_stage_is_entered_before_its_day_only_with_a_reason_that_is_kept(desk: Desk) -> None:
    public_id = ready(desk)
    with pytest.raises(Invalid) as caught, transaction(desk.engine) as session:
        advance(session, desk["office"], desk.found(session, public_id), 1, NOW, "  ")
    assert [one.field for one in caught.value.errors] == ["early_reason"]
    with transaction(desk.engine) as session:
        assert desk.found(session, public_id).position == 2
        advance(session, desk["office"], desk.found(session, public_id), 1, NOW, EARLY)
    with transaction(desk.engine) as session:
        assert desk.found(session, public_id).stages[3].early_reason == EARLY
        [left] = records(session, Event.STAGE_LEFT)
        # make.round_ opened "accept" a day ago; the next stage follows 31 days later.
        assert (left["content"]["planned"], left["content"]["early_reason"]) == ("2026-04-01T01:00:00Z", EARLY)


def test_a_stage_whose_day_has_come_asks_for_no_reason(desk: Desk) -> None:
    public_id = ready(desk)
    with transaction(desk.engine) as session:
        advance(session, desk["office"], desk.found(session, public_id), 1, NOW + timedelta(30), "kept nowhere")
    with transaction(desk.engine) as session:
        assert desk.found(session, public_id).stages[3].early_reason == ""
        [left] = records(session, Event.STAGE_LEFT)
        assert "early_reason" not in left["content"]
