"""The pages of other dates: what moves is shown before anybody decides, and once more to the second person."""

from datetime import timedelta
from typing import Any

import pytest

from award.kernel.audit.trail import transaction
from award.office import redating
from award.rounds.queries import stage_of
from tests import make
from tests.office import world
from tests.office.dating import sent
from tests.office.desk import Desk
from tests.visiting import faults, words

END = {"closes_at": "2026-05-06", "closes_at.time": "18:00", "reason": "因台风延期"}


@pytest.fixture
def address(desk: Desk) -> str:
    """A round that takes applications; one has been handed in."""
    public_id = desk.round("apply")
    with transaction(desk.engine) as session:
        world.application(session, desk.found(session, public_id), 1, "submitted").submitted_at = make.NOW
    return f"/office/rounds/{public_id}"


def change(page: Any) -> str:
    """The address of the proposal that waits."""
    return str(page.text.partition("/date-changes/")[2].partition('"')[0])


def test_what_moves_is_shown_first_and_nothing_is_done(desk: Desk, client: Any, address: str) -> None:
    """The stage closes on 1 April at 9:00; until 6 May at 18:00 the next one moves by 36 whole days."""
    page = desk.post(client, "office", f"{address}/extension", END)
    told = words(page)
    assert page.status_code == 200
    assert "to 6 May 2026 18:00 Decided here" in told
    assert "Moves on as a whole; days: 36" in told
    assert "another person of the office has to confirm these dates" in told
    assert "Other dates wait" not in words(desk.get(client, "office", f"{address}/stages"))


def test_one_can_go_back_and_nothing_typed_is_lost(desk: Desk, client: Any, address: str) -> None:
    page = desk.post(client, "office", f"{address}/extension", END | {"act": "back", "seen": "0" * 16})
    assert (page.status_code, 'value="2026-05-06"' in page.text, "因台风延期" in page.text) == (200, True, True)
    later = {"opens_at": "2026-05-10", "closes_at": "2026-05-20", "reason": "会议改期", "act": "back"}
    page = desk.post(client, "office", f"{address}/stages/assign/dates", later)
    assert (page.status_code, 'value="2026-05-10"' in page.text, "会议改期" in page.text) == (200, True, True)


def test_the_other_person_sees_the_same_and_confirms(desk: Desk, client: Any, address: str) -> None:
    answer = sent(desk, client, "office", f"{address}/extension", END)
    assert answer.headers["location"].endswith("/stages?done=proposed")
    assert "Other dates of a stage that wait for a second person: 1" in words(desk.get(client, "office", address))
    own, other = (desk.get(client, who, f"{address}/stages") for who in ("office", "second"))
    assert "Moves on as a whole; days: 36" in words(other)
    assert ("Confirm and publish the dates" in words(own), "Take the proposal back" in words(own)) == (False, True)
    assert "A later end for this stage" not in words(other)
    assert "/date-changes/" not in desk.get(client, "supervisor", f"{address}/stages").text
    path = f"{address}/date-changes/{change(other)}"
    refused = desk.post(client, "office", path, {"act": "confirm"})
    assert (refused.status_code, "another person of the office must confirm them" in words(refused)) == (403, True)
    assert desk.post(client, "second", path, {"act": "confirm"}).headers["location"].endswith("done=confirmed")
    page = words(desk.get(client, "supervisor", f"{address}/stages"))
    assert "Proposed by 林晓, confirmed by 周敏" in page
    assert "Other dates confirmed" in desk.get(client, "supervisor", f"{address}/trail").text


def test_it_is_declined_with_a_reason(desk: Desk, client: Any, address: str) -> None:
    sent(desk, client, "office", f"{address}/extension", END)
    path = f"{address}/date-changes/{change(desk.get(client, 'second', f'{address}/stages'))}"
    answer = desk.post(client, "second", path, {"act": "drop", "refusal": " "})
    assert (answer.status_code, faults(answer)) == (422, ["Say why the dates are not to be changed so; who proposed them reads it."])
    assert desk.post(client, "second", path, {"act": "drop", "refusal": "理由不充分"}).headers["location"].endswith("done=dropped")
    page = words(desk.get(client, "office", f"{address}/stages"))
    assert "Declined: end 6 May 2026 18:00 理由不充分 Proposed by 林晓, declined by 周敏" in page
    assert desk.post(client, "second", path, {"act": "confirm"}).status_code == 409


def test_what_has_lost_its_ground_can_only_be_declined(desk: Desk, client: Any, address: str) -> None:
    sent(desk, client, "office", f"{address}/extension", END)
    with transaction(desk.engine) as session:
        round_ = desk.found(session, address.rpartition("/")[2])
        last = round_.stages[-1]
        last.opens_at = last.opens_at and last.opens_at + timedelta(5)
    page = desk.get(client, "second", f"{address}/stages")
    assert "This can no longer be confirmed: The dates of the round or the calendar of working days have changed" in words(page)
    assert ("Confirm and publish the dates" in page.text, "Decline the dates" in page.text) == (False, True)
    answer = desk.post(client, "second", f"{address}/date-changes/{change(page)}", {"act": "confirm"})
    assert (answer.status_code, "no longer be confirmed" in words(answer)) == (409, True)


def test_everything_that_is_wrong_is_told_at_once(desk: Desk, client: Any, address: str) -> None:
    """The dates and the missing reason, of a later stage and of the present one."""
    wrong = {"opens_at": "2026-02-20", "closes_at": "2026-02-10", "reason": " "}
    told = faults(desk.post(client, "office", f"{address}/stages/assign/dates", wrong))
    assert [one[:17] for one in told] == [
        "This day has pass", "This ends before ", "This moment has p", "This begins befor", "Give the reason; "
    ]  # fmt: skip
    told = faults(desk.post(client, "office", f"{address}/extension", {"closes_at": "2026-03-01", "reason": ""}))
    assert [one[:17] for one in told] == ["The new end must ", "Give the reason; "]
    told = faults(desk.post(client, "office", f"{address}/extension", {"closes_at": "", "closes_at.time": "25:00", "reason": ""}))
    assert told == ["Enter a time like 18:00; 24:00 is the end of the day.", "Fill this in."]


@pytest.mark.parametrize(
    ("path", "period", "is_lost"),
    [
        ("extension", ("", "2026-04-20"), True),
        ("stages/assign/dates", ("2026-04-02", "2026-04-30"), True),
        ("stages/score/dates", ("2026-05-03", "2026-05-31"), False),
    ],
)
def test_going_on_says_what_becomes_of_dates_that_wait(
    desk: Desk, client: Any, path: str, period: tuple[str, str], is_lost: bool
) -> None:
    """And so it is: the end of the stage that is left and dates of the one that begins lose their ground, others do not."""
    public_id = desk.round("accept")
    with transaction(desk.engine) as session:
        world.application(session, desk.found(session, public_id), 1).submitted_at = make.NOW
    address = f"/office/rounds/{public_id}"
    dates = {"opens_at": period[0], "closes_at": period[1], "reason": "会议改期"}
    assert sent(desk, client, "office", f"{address}/{path}", dates).status_code == 303
    page = words(desk.get(client, "second", f"{address}/stages"))
    assert ("They are not dropped by going on, but can then only be declined." in page) is is_lost
    assert ("They are not dropped by going on, and can be confirmed after it as before." in page) is not is_lost
    with transaction(desk.engine) as session:
        round_ = desk.found(session, public_id)
        round_.position += 1
        change = redating.waiting_change(session, round_)
        assert change is not None
        assert (redating.why_lost(session, round_, change, make.NOW) is not None) is is_lost


def test_the_calendar_says_which_dates_can_still_change(desk: Desk, client: Any, address: str) -> None:
    page = desk.get(client, "office", f"{address}/calendar")
    assert "other dates of the stages after it are decided there, by two people once an application" in words(page)
    assert f'<a href="{address}/stages">' in page.text.partition("decided there")[2][:200]


def test_dates_that_changed_since_they_were_shown_are_shown_again(desk: Desk, client: Any, address: str) -> None:
    answer = desk.post(client, "office", f"{address}/extension", END | {"seen": "0" * 16})
    assert answer.status_code == 200
    assert "have changed meanwhile. Look at what would move now, then decide." in words(answer)
    assert sent(desk, client, "office", f"{address}/extension", END).status_code == 303


def test_later_dates_are_proposed_the_same_way(desk: Desk, client: Any, address: str) -> None:
    """The stage before closes on 1 April, this one on 2 May; given one day less, nothing after it moves."""
    later = {"opens_at": "2026-05-02", "opens_at.time": "09:00", "closes_at": "2026-05-31", "closes_at.time": "09:00", "reason": "提前"}
    page = desk.post(client, "office", f"{address}/stages/assign/dates", later)
    assert "unchanged Stays" in words(page)
    assert sent(desk, client, "office", f"{address}/stages/assign/dates", later).headers["location"].endswith("done=proposed")
    assert desk.get(client, "office", f"{address}/stages/assign/dates").status_code == 200
    refused = sent(desk, client, "second", f"{address}/extension", END)
    assert (refused.status_code, "Other dates wait for a second person already" in words(refused)) == (409, True)
    with transaction(desk.engine) as session:
        assert stage_of(desk.found(session, address.rpartition("/")[2])).extensions == []
