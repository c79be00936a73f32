"""Who may do what in which stage, held against expected.csv: written by hand from the permission matrix, never computed.

A cell says y (allowed) or n, or allowed only: d between opening and deadline, g once the gate is open, b before it opens
and before the deadline, c while the office has returned the application for correction.
"""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from award.kernel.actor import Action
from award.policy import Standing, decide
from award.stages import Kind, StageNow, Who

WHO = {
    "public": {Who.PUBLIC},
    "owner": {Who.PUBLIC, Who.OWNER},
    "office": {Who.PUBLIC, Who.OFFICE},
    "supervisor": {Who.PUBLIC, Who.SUPERVISOR},
    "assigned_judge": {Who.PUBLIC, Who.ASSIGNED_JUDGE},
    "cleared_judge": {Who.PUBLIC, Who.CLEARED_JUDGE},
    "panel_leader": {Who.PUBLIC, Who.CLEARED_JUDGE, Who.PANEL_LEADER},
    "committee": {Who.PUBLIC, Who.COMMITTEE},
    "recommender": {Who.PUBLIC, Who.RECOMMENDER},
    "writer": {Who.PUBLIC, Who.WRITER},
    "reader": {Who.PUBLIC, Who.READER},
}
"""People as they come: a leader is a judge of his panel, and everybody is the public too."""
OPENS, CLOSES = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
BEFORE, AFTER = (OPENS - INSTANT, "before"), (CLOSES + timedelta(days=9), "long after")
DURING = ((OPENS, "as it opens"), (CLOSES - INSTANT, "at the last microsecond"))
MOMENTS = (BEFORE, *DURING, (CLOSES, "at the deadline"), AFTER)
CORRECTIONS = ((False, False), (True, False), (True, True))
"""In correction; its time is over."""


@cache
def rows() -> list[dict[str, str]]:
    with (Path(__file__).parent / "expected.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@cache
def expected() -> dict[tuple[str, str, str], str]:
    """(action, who, kind) -> cell."""
    return {(row["action"], who, kind.value): row[kind.value] for row in rows() for who in row["who"].split() for kind in Kind}


def situations() -> Iterator[tuple[datetime, bool, tuple[bool, bool]]]:
    for now, _ in MOMENTS:
        for gate_open in (False, True):
            for correction in CORRECTIONS:
                yield now, gate_open, correction


def allowed(cell: str, now: datetime, gate_open: bool, correction: tuple[bool, bool]) -> bool:
    return {
        "y": True,
        "n": False,
        "d": OPENS <= now < CLOSES,
        "g": gate_open,
        "b": OPENS <= now < CLOSES and not gate_open,
        "c": correction == (True, False),
    }[cell]


def standing(who: str, gate_open: bool, correction: tuple[bool, bool], **more: bool) -> Standing:
    return Standing(frozenset(WHO[who]), gate_open=gate_open, in_correction=correction[0], correction_over=correction[1], **more)


def stage(kind: str, now: datetime) -> StageNow:
    return StageNow(Kind(kind), OPENS, CLOSES, now, "Asia/Shanghai")


def test_every_action_has_one_cell_for_everybody_in_every_stage() -> None:
    wanted = [(action.value, who) for action in Action for who in WHO]
    assert sorted((row["action"], who) for row in rows() for who in row["who"].split()) == sorted(wanted)
    assert {row[kind.value] for row in rows() for kind in Kind} == set("yndgbc")


@pytest.mark.parametrize("action", list(Action))
def test_as_written(action: Action) -> None:
    wrong, seen = [], 0
    for (name, who, kind), cell in expected().items():
        if name != action.value:
            continue
        for now, gate_open, correction in situations():
            seen += 1
            got = decide(action, stage(kind, now), standing(who, gate_open, correction)).allowed
            if got != allowed(cell, now, gate_open, correction):
                wrong.append((who, kind, cell, f"{now:%d %b %H:%M}", gate_open, correction, got))
    assert wrong == []
    assert seen == len(WHO) * len(Kind) * len(MOMENTS) * 2 * len(CORRECTIONS)


@pytest.mark.parametrize("action", list(Action))
def test_a_conflict_beats_every_grant(action: Action) -> None:
    """And looks like something that does not exist, in every stage, at every moment."""
    for who in WHO:
        for kind in Kind:
            for now, gate_open, correction in situations():
                got = decide(action, stage(kind, now), standing(who, gate_open, correction, is_conflicted=True))
                assert (got.allowed, got.hides, got.status, got.text) == (False, True, 404, "")


def test_an_undated_stage_is_closed_to_what_its_dates_bind() -> None:
    undated = StageNow(Kind.APPLY, None, None, OPENS, "Asia/Shanghai")
    owner = standing("owner", False, (False, False))
    assert decide(Action.APPLICATION_SUBMIT, undated, owner).code == "stage.not_open"
    assert decide(Action.APPLICATION_WITHDRAW, undated, owner).allowed


def test_a_stage_without_end_stays_open() -> None:
    endless = StageNow(Kind.APPLY, OPENS, None, CLOSES + timedelta(days=999), "Asia/Shanghai")
    assert decide(Action.APPLICATION_SUBMIT, endless, standing("owner", False, (False, False))).allowed
