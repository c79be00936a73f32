"""What the demonstration's judges remark on an answer, in its own words and figures, and how a report sums it up."""

import random
import re
from collections.abc import Sequence
from functools import cache, lru_cache

from award.applications.check import references_in
from award.demo.prose import told
from award.demo.stories import Story
from award.judging.models import OPPORTUNITY, STRENGTH
from award.judging.service.entries import Comment
from award.regulations.model import Item

LONGEST = 120
LONGEST_QUOTE = 44
STRENGTHS_FROM = 50
"""From this percentage on a sheet needs a strength; scheme yunchuan-mayor."""
CITED = re.compile(r"（[^（）]*\[E-\d+\]）")
KEY = "abcdefghijkmnpqrstuvwxyz23456789"


def comments_for(story: Story, item: Item, percent: int, rng: random.Random) -> list[Comment]:
    """One to three comments of a judge who marks an item with a percentage: what is strong, and always what could be better."""
    strengths = 2 if percent >= 75 and rng.random() < 0.3 else 1
    if percent < STRENGTHS_FROM and rng.random() < 0.5:
        strengths = 0
    opportunities = 2 if strengths < 2 and rng.random() < (0.5 if percent < STRENGTHS_FROM else 0.15) else 1
    kinds = [STRENGTH] * strengths + [OPPORTUNITY] * opportunities
    nuggets = {
        STRENGTH: rng.sample(_nuggets(item.key, "strengths"), strengths),
        OPPORTUNITY: rng.sample(_nuggets(item.key, "opportunities"), opportunities),
    }
    quotes = _quotes(story.answers[item.key])
    chosen = rng.sample(quotes, min(len(kinds), len(quotes)))
    keys = rng.sample(KEY, len(kinds))
    return [
        _comment(story, item, kind, percent, nuggets[kind].pop(), chosen[number % len(chosen)], keys[number], rng)
        for number, kind in enumerate(kinds)
    ]


def _comment(
    story: Story, item: Item, kind: str, percent: int, nugget: str, quote: str, letter: str, rng: random.Random
) -> Comment:
    frames = told("remarks")["frames"]["quoted" if kind == STRENGTH else "plain"]
    text = rng.choice(frames).format(nugget=_fitting(nugget, story), quote=quote)
    if len(text) > LONGEST:
        text = frames[0].format(nugget=nugget, quote=quote[: LONGEST_QUOTE // 2])
    key = letter + "".join(rng.choices(KEY, k=5))
    codes = references_in(story.answers[item.key])
    references = tuple(codes[:1]) if codes and rng.random() < 0.7 else (item.number,)
    return Comment(key, kind, _weight(kind, percent, rng), text, references)


def _weight(kind: str, percent: int, rng: random.Random) -> str:
    strong = rng.random()
    if kind == STRENGTH:
        return "++" if strong < (0.6 if percent >= 70 else 0.15 if percent >= STRENGTHS_FROM else 0) else "+"
    return "--" if strong < (0.7 if percent <= 35 else 0.35 if percent <= 55 else 0.1) else "-"


@cache
def _nuggets(item: str, kind: str) -> list[str]:
    lines: str = told("remarks")[item][kind]
    return lines.strip().splitlines()


def _fitting(nugget: str, story: Story) -> str:
    """In the words of hospitals and schools, which have patients and students where others have customers."""
    words = told("remarks")["instead"].get(story.facts["industry_code"][0], {})
    for word, other in words.items():
        nugget = nugget.replace(word, other)
    return nugget


@lru_cache(maxsize=64)
def _quotes(answer: str) -> list[str]:
    """Pieces of an answer that can be quoted: whole clauses, those with a figure if there are some."""
    found = []
    for sentence in re.split(r"[。；\n]", CITED.sub("", answer)):
        piece = ""
        for clause in sentence.split("，"):
            if len(piece) + len(clause) >= LONGEST_QUOTE:
                break
            piece = f"{piece}，{clause}" if piece else clause
        if len(piece) >= 8 and "“" not in piece and piece.count("（") == piece.count("）"):
            found.append(piece)
    return [one for one in found if re.search(r"\d", one)] or found or [answer[:LONGEST_QUOTE]]


def summary_for(story: Story, strengths: Sequence[str], opportunities: Sequence[str]) -> tuple[str, str]:
    """The summary of a feedback report and its next steps, one a line.

    strengths, opportunities: names of the items that stand out, the first two or three are named.
    """
    texts = told("remarks")
    way = sum(map(ord, story.name)) % len(texts["summary"])
    last = max(key for key in story.facts if key.startswith("revenue_"))
    words = {
        "name": story.name,
        "products": story.facts["products"],
        "staff": story.facts["staff"],
        "y3": last[-4:],
        "revenue": story.facts[last],
        "strong": texts["joined"].join(strengths[:3]),
        "weak": texts["joined"].join(opportunities[:3]),
    }
    summary, steps = texts["summary"][way], texts["next_steps"][way]
    return _fitting(summary.strip(), story).format(**words), _fitting(steps.strip(), story).format(**words)
