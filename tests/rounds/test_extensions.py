"""A later end for a stage: what it does to the days of the others."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from award.kernel.audit.trail import transaction
from award.kernel.errors import Conflict
from award.rounds import queries, service
from tests.make import NOW
from tests.office.desk import Desk
from tests.rounds.test_service import called


def test_an_end_within_a_day_moves_the_others_by_whole_days(desk: Desk) -> None:
    """Until 16:30 of 16 May in Beijing: what follows begins on the 17th at 00:00 there and keeps whole days."""
    public_id = called(desk)
    with transaction(desk.engine) as session:
        round_ = desk.found(session, public_id)
        round_.position, round_.state = 1, "open"
        lengths = {
            one.kind: one.closes_at - one.opens_at for one in round_.stages[2:] if one.opens_at and one.closes_at
        }
        end = datetime(2026, 5, 16, 8, 30, tzinfo=UTC)
        service.extend_stage(session, desk["office"], round_, end, "台风", NOW)
        assert queries.spell(round_.stages[2].opens_at) == "2026-05-16T16:00:00Z"
        service.extend_stage(session, desk["office"], round_, end + timedelta(1, 1800), "台风", NOW)
    with transaction(desk.engine) as session:
        round_ = desk.found(session, public_id)
        assert queries.spell(round_.stages[1].closes_at) == "2026-05-17T09:00:00Z"
        assert queries.spell(round_.stages[2].opens_at) == "2026-05-17T16:00:00Z"
        for before, stage in pairwise(round_.stages[2:]):
            assert before.closes_at == stage.opens_at
            assert queries.spell(stage.opens_at)[10:] == "T16:00:00Z"
        kept = {one.kind: one.closes_at - one.opens_at for one in round_.stages[2:] if one.opens_at and one.closes_at}
        assert {**kept, "notice": None} == {**lengths, "notice": None}
        assert kept["notice"] >= lengths["notice"]


def test_a_stage_without_an_end_cannot_be_given_a_later_one(desk: Desk) -> None:
    public_id = desk.round("apply")
    with transaction(desk.engine) as session:
        queries.stage_of(desk.found(session, public_id)).closes_at = None
    with transaction(desk.engine) as session, pytest.raises(Conflict) as caught:
        service.extend_stage(session, desk["office"], desk.found(session, public_id), NOW + timedelta(9), "台风", NOW)
    assert caught.value.code == "stage.no_end"
