"""What each kind of stage on paper must say, and what is refused. Votes and totals are counted by hand."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from award.office.outcome_entry import Content, Entry, Setting, faults_of
from award.office.outcome_json import as_json, from_json
from award.office.outcome_kinds import (
    CONTENTS,
    Answer,
    Consensus,
    Deliberation,
    Interview,
    Opinions,
    Recommendation,
    SiteVisit,
)
from award.regulations.model import Vote
from award.regulations.scheme_checks import ON_PAPER

DAY, TODAY = date(2026, 3, 2), date(2026, 3, 10)
POINTS = {"1": 600, "2": 400}
VOTE = Vote(True, (2, 3), (2, 3))
SETTING = Setting(TODAY, POINTS, range(0, 101, 5), VOTE, 3)
FINE = Answer("市生态环境局", False, "", date(2026, 3, 5))
SILENT = Answer("市税务局", False, "", date(2026, 3, 9), is_silent=True)
OBJECTION = Answer("市应急管理局", True, "去年发生一起较大事故", date(2026, 3, 6))
GOOD: list[tuple[str, Content]] = [
    ("recommend", Recommendation("平城区人民政府", 1)),
    ("opinions", Opinions((FINE, OBJECTION, SILENT))),
    ("consensus", Consensus(("甲", "乙"), {"1": 60})),
    ("consensus", Consensus(("甲", "乙"), {}, "丙出差")),
    ("site", SiteVisit(date(2026, 3, 4), ("甲", "乙"))),
    ("interview", Interview(2)),
    ("deliberate", Deliberation(9, 8, 6, 1, 1)),
    ("deliberate", Deliberation(9, 8, 6, 1, 1, ("甲",))),
]


def faults(content: Content, setting: Setting = SETTING, *, counts: bool = False, **other: Any) -> list[str]:
    entry = replace(Entry(None, True, "一致意见", DAY, content, 1), **other)
    return [one.field for one in faults_of(entry, setting, counts=counts)]


def test_every_stage_on_paper_has_its_form() -> None:
    assert set(CONTENTS) == set(ON_PAPER) == {kind for kind, _ in GOOD}


@pytest.mark.parametrize(("kind", "content"), GOOD)
def test_what_is_complete_is_taken_and_kept(kind: str, content: Content) -> None:
    assert faults(content) == []
    assert from_json(kind, as_json(content)) == content
    assert content.said()


def test_an_answer_kept_before_silence_was_is_read() -> None:
    kept = as_json(Opinions((FINE,)))
    del kept["answers"][0]["is_silent"]
    assert from_json("opinions", kept) == Opinions((FINE,))


def test_a_vote_kept_before_recusals_were_is_read() -> None:
    kept = as_json(Deliberation(9, 8, 6, 1, 1))
    del kept["recused"]
    assert from_json("deliberate", kept) == Deliberation(9, 8, 6, 1, 1)


@pytest.mark.parametrize(
    ("recused", "barred", "found"),
    [
        ((), (), []),
        (("甲",), (), []),  # eight present and one recused are the nine there are
        (("甲", "乙"), (), ["recused"]),
        (("甲", "甲 "), (), ["recused"]),
        ((), ("甲",), ["recused"]),
        (("乙",), ("甲",), ["recused"]),
        (("甲（市发展改革委）",), ("甲",), []),
    ],
)
def test_who_is_recused_has_no_vote(recused: tuple[str, ...], barred: tuple[str, ...], found: list[str]) -> None:
    assert faults(Deliberation(9, 8, 6, 1, 1, recused), replace(SETTING, barred=barred)) == found


def test_who_was_absent_is_said_after_who_was_there() -> None:
    present, absent = Consensus(("甲", "乙"), {}, "丙出差").said()
    assert (present.params, absent.params) == ({"names": ("甲", "乙")}, {"why": "丙出差"})


@pytest.mark.parametrize(("kind", "content"), GOOD)
def test_what_each_kind_needs(kind: str, content: Content) -> None:
    assert faults(content, summary=" ") == ["summary"]
    assert "held_on" in faults(content, held_on=date(2026, 3, 11))
    assert faults(content, counts=True) == ["score"]
    assert faults(content, counts=True, score_hundredths=100_001) == ["score"]
    assert faults(content, file_id=None) == ["file"]
    assert faults(content, score_hundredths=61_250) == ([] if kind in ("consensus", "site", "interview") else ["score"])


@pytest.mark.parametrize(("kind", "content"), GOOD)
def test_nothing_is_held_before_the_application_was_submitted(kind: str, content: Content) -> None:
    """A recommendation of the round before, the vote of last year."""
    assert faults(content, replace(SETTING, submitted=DAY)) == []
    assert faults(content, replace(SETTING, submitted=date(2026, 3, 3))) == ["held_on"]


@pytest.mark.parametrize(("kind", "content"), GOOD)
def test_nothing_is_held_before_the_application_was_accepted(kind: str, content: Content) -> None:
    submitted = replace(SETTING, submitted=date(2026, 2, 1))
    assert faults(content, replace(submitted, accepted=DAY)) == []
    entry = Entry(None, True, "一致意见", DAY, content, 1)
    (fault,) = faults_of(entry, replace(submitted, accepted=date(2026, 3, 3)), counts=False)
    text = "This day lies before the application was accepted on {day}. Enter the day of this round's record."
    assert (fault.field, fault.text, fault.params) == ("held_on", text, {"day": date(2026, 3, 3)})


@pytest.mark.parametrize(("size", "found"), [(None, []), (9, []), (11, ["members"])])
def test_the_votes_of_a_day_are_of_one_committee(size: int | None, found: list[str]) -> None:
    assert faults(Deliberation(9, 8, 6, 1, 1), replace(SETTING, committee=size)) == found


@pytest.mark.parametrize(("kind", "content"), GOOD)
def test_nothing_is_held_before_the_stage_before_had_ended(kind: str, content: Content) -> None:
    assert faults(content, replace(SETTING, before=DAY)) == []
    assert faults(content, replace(SETTING, before=date(2026, 3, 3))) == ["held_on"]


def test_what_goes_out_needs_no_points() -> None:
    """An applicant who refused the visit has none."""
    visit = SiteVisit(date(2026, 3, 4), ("甲", "乙"))
    assert faults(visit, counts=True) == ["score"]
    assert faults(visit, counts=True, goes_on=False) == []
    assert faults(visit, counts=True, goes_on=False, score_hundredths=100_001) == ["score"]


def test_nothing_kept_is_nothing_said() -> None:
    assert from_json("site", {}) is None


FIRST = Recommendation("平城区人民政府", 1)


@pytest.mark.parametrize(
    ("content", "goes_on", "others", "found"),
    [
        (replace(FIRST, rank=None), True, (), ["rank"]),
        (replace(FIRST, rank=None), False, (), []),
        (FIRST, False, (), ["rank"]),
        (replace(FIRST, rank=3), True, (), []),
        (replace(FIRST, rank=4), True, (), ["rank"]),  # the scheme lets a body recommend three
        (FIRST, True, (FIRST,), ["rank"]),
        (FIRST, True, (replace(FIRST, rank=2), replace(FIRST, body="云冈区人民政府")), []),
    ],
)
def test_recommendations(content: Recommendation, goes_on: bool, others: tuple[Content, ...], found: list[str]) -> None:
    assert faults(content, replace(SETTING, others=others), goes_on=goes_on) == found


def test_without_a_limit_any_place_will_do() -> None:
    assert faults(replace(FIRST, rank=40), replace(SETTING, most_recommended=None)) == []


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ((), ["answers"]),
        ((FINE, replace(FINE, answered_on=TODAY)), ["answers.1.department"]),
        ((replace(OBJECTION, text=""),), ["answers.0.text"]),
        ((FINE, replace(OBJECTION, answered_on=date(2026, 3, 1))), ["answers.1.answered_on"]),
        ((replace(FINE, answered_on=date(2026, 3, 11)),), ["answers.0.answered_on"]),
        ((replace(SILENT, text="去年受到处罚"),), ["answers.0.text"]),
        ((replace(SILENT, answered_on=TODAY),), ["answers.0.answered_on"]),
        ((replace(SILENT, answered_on=date(2026, 3, 1)),), ["answers.0.answered_on"]),
    ],
)
def test_opinions(answers: tuple[Answer, ...], found: list[str]) -> None:
    assert faults(Opinions(answers)) == found


def test_who_objects_is_named_first_and_silence_is_no_consent() -> None:
    told = [(one.params["department"], one.text) for one in Opinions((FINE, SILENT, OBJECTION)).said()]
    assert told == [
        ("市应急管理局", "{department} objects: {text}"), ("市税务局", "{department}: no answer by {day}"),
        ("市生态环境局", "{department}: no objection"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("members", "marks", "score", "found"),
    [
        (("甲",), {}, None, ["members"]),
        (("甲", "乙"), {"1": 62}, None, ["marks.1"]),
        (("甲", "乙"), {"3": 60}, None, ["marks.3"]),
        (("甲", "乙"), {"1": 60, "2": 55}, 58_000, []),  # 600 x 60 % + 400 x 55 % = 360 + 220
        (("甲", "乙"), {"1": 60, "2": 55}, 58_001, ["score"]),
        (("甲", "乙"), {"1": 60, "2": 55}, None, []),
        (("甲", "乙"), {"1": 60}, 70_000, []),
        (("甲", "乙"), {"1": 60}, 36_000, []),  # 600 x 60 % and nothing of the other 400
        (("甲", "乙"), {"1": 60}, 35_999, ["score"]),
        (("甲", "乙"), {"1": 60}, 76_000, []),  # and all of them
        (("甲", "乙"), {"1": 60}, 76_001, ["score"]),
    ],
)
def test_consensus(members: tuple[str, ...], marks: dict[str, int], score: int | None, found: list[str]) -> None:
    assert faults(Consensus(members, marks), score_hundredths=score) == found


def test_agreed_points_are_out_of_1000_whatever_the_criteria_make() -> None:
    setting = replace(SETTING, points={"1": 60, "2": 60})  # 60 x 50 % + 60 x 75 % = 75 of 120 = 625 of 1000
    assert faults(Consensus(("甲", "乙"), {"1": 50, "2": 75}), setting, score_hundredths=62_500) == []
    assert faults(Consensus(("甲", "乙"), {"1": 50, "2": 75}), setting, score_hundredths=7_500) == ["score"]


@pytest.mark.parametrize(
    ("until", "team", "found"),
    [(date(2026, 3, 1), ("甲",), ["until"]), (date(2026, 3, 11), ("甲",), ["until"]), (DAY, (), ["team"]), (DAY, ("甲",), [])],
)
def test_visits(until: date, team: tuple[str, ...], found: list[str]) -> None:
    assert faults(SiteVisit(until, team)) == found


@pytest.mark.parametrize(("votes_for", "passed", "found"), [(5, True, []), (4, True, ["goes_on"]), (4, False, [])])
def test_more_than_half_of_those_present(votes_for: int, passed: bool, found: list[str]) -> None:
    half = replace(SETTING, vote=Vote(True, (1, 2), (2, 3), more_than=True))
    assert faults(Deliberation(9, 8, votes_for, 8 - votes_for, 0), half, goes_on=passed) == found


def test_a_number_is_drawn_once() -> None:
    assert faults(Interview(1), replace(SETTING, others=(Interview(2), Interview(1)))) == ["order"]
    assert faults(Interview(1), replace(SETTING, others=(Interview(2),))) == []


@pytest.mark.parametrize(
    ("vote", "passed", "found"),
    [
        # two thirds of 9 are 6: quorum; two thirds of those present must be for
        ((9, 6, 4, 2, 0), True, []),
        ((9, 6, 4, 2, 0), False, ["goes_on"]),
        ((9, 6, 3, 3, 0), False, []),
        ((9, 6, 3, 3, 0), True, ["goes_on"]),
        ((9, 7, 5, 0, 2), True, []),  # two thirds of 7 are 4 2/3, so 5; an abstention is no vote for
        ((9, 7, 4, 0, 3), True, ["goes_on"]),
        ((9, 5, 5, 0, 0), True, ["present"]),
        ((9, 5, 5, 0, 0), False, ["present"]),
        ((9, 10, 10, 0, 0), True, ["present"]),
        ((9, 8, 6, 1, 0), True, ["votes_for"]),
    ],
)
def test_votes(vote: tuple[int, int, int, int, int], passed: bool, found: list[str]) -> None:
    assert faults(Deliberation(*vote), goes_on=passed) == found
