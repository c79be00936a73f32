"""Other dates for a stage that has not begun: what is published, what is refused."""

import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from award.kernel.audit.trail import transaction
from award.kernel.errors import AwardError, Conflict, Invalid
from award.rounds import service
from award.rounds.models import Snapshot
from tests import make
from tests.office.desk import Desk

NOW = make.NOW
REASON = "评审专家日程调整"


def beijing(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def replan(
    desk: Desk, public_id: str, kind: str, opens: datetime | None, closes: datetime | None, reason: str = REASON, who: str = "office"
) -> None:
    with transaction(desk.engine) as session:
        round_ = desk.found(session, public_id)
        service.replan_stage(session, desk[who], round_, kind, (opens, closes), reason, NOW)


def refused(
    desk: Desk, public_id: str, kind: str, opens: datetime | None, closes: datetime | None, reason: str = REASON
) -> list[str]:
    with pytest.raises(Invalid) as caught:
        replan(desk, public_id, kind, opens, closes, reason)
    return [one.field for one in caught.value.errors]


# make.round_: the present stage runs 2026-03-01 09:00 to 04-01 09:00 in Beijing, the next ones 31 days each.


def test_a_later_stage_is_moved_and_published_with_its_reason(any_engine: Engine, desk: Desk) -> None:
    public_id = desk.round("accept")
    with transaction(any_engine) as session:
        round_ = desk.found(session, public_id)
        content = service.call_content(session, round_)
        service.publish_snapshot(session, desk["office"], round_, "call", content, NOW)
    opens, closes = beijing("2026-04-10T00:00"), beijing("2026-04-20T00:00")
    replan(desk, public_id, "assign", opens, closes)
    replan(desk, public_id, "assign", opens, closes)  # asked again: one decision
    with transaction(any_engine) as session:
        stage = desk.found(session, public_id).stages[3]
        assert (stage.opens_at, stage.closes_at, len(stage.extensions)) == (opens, closes, 1)
        newest = session.scalars(select(Snapshot).order_by(Snapshot.number.desc())).first()
        [published] = json.loads(newest.content)["extensions"] if newest else []
        assert (published["opens_at"], published["opened_at_before"]) == (
            "2026-04-09T16:00:00Z",
            "2026-04-01T01:00:00Z",
        )
        assert published["reason"] == REASON


def test_it_can_be_brought_forward_but_not_before_the_present_stage_ends(desk: Desk) -> None:
    public_id = desk.round("accept")
    score = beijing("2026-05-02T09:00")
    assert refused(desk, public_id, "assign", beijing("2026-03-31T09:00"), score) == ["opens_at"]
    assert refused(desk, public_id, "assign", beijing("2026-02-01T09:00"), score) == ["opens_at", "opens_at"]
    replan(desk, public_id, "assign", beijing("2026-04-01T09:00"), beijing("2026-04-05T09:00"))
    replan(desk, public_id, "score", beijing("2026-04-05T09:00"), beijing("2026-05-20T09:00"))


def test_it_stays_before_the_stages_after_it(desk: Desk) -> None:
    public_id = desk.round("accept")
    assert refused(desk, public_id, "assign", beijing("2026-04-10T00:00"), beijing("2026-06-01T00:00")) == ["closes_at"]


def test_a_notice_keeps_its_working_days(desk: Desk) -> None:
    public_id = desk.round("score")
    with transaction(desk.engine) as session:
        service.seed_calendar(session)
    # Yunchuan's rules ask for 5 working days. Published Wednesday 1 April: 2, 3, 7, 8, 9 April count (Qingming is 4 to 6).
    opens = beijing("2026-04-01T09:00")
    assert refused(desk, public_id, "notice", opens, beijing("2026-04-09T00:00")) == ["closes_at"]
    replan(desk, public_id, "notice", opens, beijing("2026-04-20T00:00"))


@pytest.mark.parametrize("kind", ["accept", "apply"])
def test_a_stage_that_has_begun_keeps_its_dates(desk: Desk, kind: str) -> None:
    with pytest.raises(Conflict) as caught:
        replan(desk, desk.round("accept"), kind, NOW + timedelta(1), NOW + timedelta(9))
    assert caught.value.code == "stage.begun"


def test_it_is_a_decision_with_a_reason(desk: Desk) -> None:
    public_id = desk.round("accept")
    assert refused(desk, public_id, "assign", beijing("2026-04-10T00:00"), beijing("2026-04-20T00:00"), " ") == [
        "reason"
    ]


@pytest.mark.parametrize(("who", "status"), [("supervisor", 403), ("elsewhere", 404), ("applicant", 404)])
def test_only_the_office_decides(desk: Desk, who: str, status: int) -> None:
    with pytest.raises(AwardError) as caught:
        replan(desk, desk.round("accept"), "assign", beijing("2026-04-10T00:00"), beijing("2026-04-20T00:00"), who=who)
    assert caught.value.status == status


def test_a_stage_without_dates_is_not_replanned(desk: Desk) -> None:
    """The archive needs none."""
    public_id = desk.round("accept")
    with transaction(desk.engine) as session:
        last = desk.found(session, public_id).stages[-1]
        last.opens_at = last.closes_at = None
    with pytest.raises(Conflict) as caught:
        replan(desk, public_id, "archive", beijing("2027-04-10T00:00"), beijing("2027-04-20T00:00"))
    assert caught.value.code == "stage.undated"


def test_other_dates_are_whole_and_other(desk: Desk) -> None:
    """A stage keeps both ends, and a decision that changes nothing is none."""
    public_id = desk.round("accept")
    assert "closes_at" in refused(desk, public_id, "assign", beijing("2026-04-10T00:00"), None)
    with transaction(desk.engine) as session:
        stage = desk.found(session, public_id).stages[3]
        dates = (stage.opens_at, stage.closes_at)
    assert refused(desk, public_id, "assign", *dates) == ["opens_at"]
