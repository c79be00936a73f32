import random
import re

import pytest

from award.demo.remarks import comments_for, summary_for
from award.demo.stories import Story
from award.demo.telling import stories
from award.judging.models import OPPORTUNITY, STRENGTH
from award.judging.service.entries import WEIGHTS
from award.regulations.loader import shipped_criteria
from award.regulations.model import Criteria

CRITERIA: Criteria = shipped_criteria()["gbt19580-2012"]
ITEMS = list(CRITERIA.items())


@pytest.fixture(scope="module")
def told() -> list[Story]:
    return stories(9, 6, 2026, CRITERIA)


@pytest.mark.parametrize("percent", [10, 30, 45, 50, 65, 85])
def test_comments_fit_the_mark(told: list[Story], percent: int) -> None:
    rng = random.Random(percent)
    texts = []
    for story in told:
        for item in ITEMS:
            comments = comments_for(story, item, percent, rng)
            assert 1 <= len(comments) <= 3
            assert any(one.kind == OPPORTUNITY for one in comments)
            assert percent < 50 or any(one.kind == STRENGTH for one in comments)
            assert all(one.weight in WEIGHTS[one.kind] and one.references for one in comments)
            assert len({one.key for one in comments}) == len(comments)
            texts += [one.text for one in comments]
    assert max(map(len, texts)) <= 120
    assert [text for text in texts if re.search(r"应该|应当|可以考虑|[{}]", text)] == []
    assert len(set(texts)) > 0.95 * len(texts)


def test_a_quotation_is_what_the_applicant_wrote(told: list[Story]) -> None:
    rng = random.Random(1)
    quoted = 0
    for story in told:
        for item in ITEMS:
            answer = re.sub(r"（[^（）]*\[E-\d+\]）", "", story.answers[item.key])
            for comment in comments_for(story, item, 55, rng):
                for words in re.findall("“([^“”]+)”", comment.text):
                    if words != "零事故":
                        assert words in answer
                        quoted += 1
    assert quoted > 200


def test_references_are_evidence_of_the_answer_or_the_item(told: list[Story]) -> None:
    rng = random.Random(2)
    for story in told:
        for item in ITEMS:
            for comment in comments_for(story, item, 60, rng):
                assert all(one == item.number or f"[{one}]" in story.answers[item.key] for one in comment.references)


def test_summaries_have_a_fitting_length_and_name_what_stands_out(told: list[Story]) -> None:
    for story in told:
        for strong, weak in ((["战略部署"], ["财务结果"]), (["高层领导的作用"] * 3, ["顾客关系与顾客满意"] * 3)):
            summary, steps = summary_for(story, strong, weak)
            assert 150 <= len(summary) <= 300
            assert 150 <= len(steps) <= 300
            assert story.name in summary
            assert strong[0] in summary
            assert weak[0] in summary
            assert weak[0] in steps
            assert len(steps.splitlines()) == 3
