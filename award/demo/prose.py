"""The prose of the demonstration: which wordings an organisation uses, filled with its own words and figures."""

import random
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from award.demo.stories import EvidenceStory

TEXTS = Path(__file__).parent / "texts"
PARTS = ("profile", "leadership", "resources", "processes", "results")
ALWAYS = ("survey", "audit", "capability", "improvement")
SOMETIMES = ("certificates", "training", "products")
WAYS = 4
"""Wordings of each sentence."""
SPREAD = 21
"""Numbers in a row are moved so far apart: without it the first sentences of fourteen of 24 would be the same."""
_TIMES = ((0, 0, 0, 0), (0, 1, 2, 3), (0, 2, 3, 1), (0, 3, 1, 2))
"""Multiplication in the field of four elements; addition is exclusive or."""


@cache
def told(name: str) -> Any:
    """A file of texts."""
    return yaml.load((TEXTS / f"{name}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


@cache
def wordings() -> dict[str, tuple[tuple[str, ...], ...]]:
    """For each part of an application its sentences in order, each in four wordings."""
    found = {}
    for name in PARTS:
        for part, sentences in told(name).items():
            found[part] = tuple(tuple(sentence.strip().splitlines()) for sentence in sentences)
    return found


def ways(number: int) -> tuple[int, ...]:
    """Which wording the organisation of that number uses for each of six sentences.

    Any two of 64 numbers in a row agree in two places at most, and of 24 in a row at most eight use the same wording of a
    sentence. Source: the hexacode, a [6, 3, 4] code over four elements.
    """
    spread = number * SPREAD % 64
    a, b, c = spread // 16, spread // 4 % 4, spread % 4
    values = [_TIMES[_TIMES[a][x]][x] ^ _TIMES[b][x] ^ c for x in (1, 2, 3)]
    return (a, b, c, *values)


def answers(number: int, seed: int, words: Mapping[str, Any], cited: Mapping[tuple[str, int], str]) -> dict[str, str]:
    """All parts of the application of the organisation of that number. cited: evidence codes by part and sentence."""
    texts = {}
    for part, sentences in wordings().items():
        relabelled = random.Random(f"{seed} {part}")  # noqa: S311 (a story, not a secret)
        lines = []
        for place, (way, variants) in enumerate(zip(ways(number), sentences, strict=True)):
            order = relabelled.sample(range(WAYS), WAYS)
            line = variants[order[way]].format_map(words)
            if code := cited.get((part, place)):
                line = line.removesuffix("。") + _citation(number + place, code) + "。"
            lines.append(line)
        texts[part] = "\n".join("".join(lines[start : start + 2]) for start in (0, 2, 4))
    return texts


def _citation(number: int, code: str) -> str:
    frames: list[str] = told("kinds")["cited"]
    return frames[number % len(frames)].format(code=code)


def evidence_kinds(rng: random.Random) -> list[str]:
    """Which papers an organisation has, in the order of their codes: four to six."""
    kinds = [*ALWAYS, *rng.sample(SOMETIMES, rng.randint(0, 2))]
    rng.shuffle(kinds)
    return kinds


def citations(kinds: list[str]) -> dict[tuple[str, int], str]:
    """Evidence codes by part and number of the sentence that refers to them."""
    pieces = told("evidence")
    return {
        (part, place): f"E-{number}"
        for number, kind in enumerate(kinds, start=1)
        for part, place in pieces[kind]["cited"].items()
    }


def evidence(kinds: list[str], words: Mapping[str, Any], rng: random.Random) -> tuple[EvidenceStory, ...]:
    """The papers themselves, with the same figures as the answers."""
    texts = told("evidence")
    years = [texts["year"].format(year=words[key]) for key in ("y1", "y2", "y3")]
    columns = (texts["headings"]["figure"], *years, texts["headings"]["target"])
    made = []
    for kind in kinds:
        piece = texts[kind]
        paragraphs = tuple(rng.choice(one.strip().splitlines()).format_map(words) for one in piece["paragraphs"])
        figures = [words[key] for key in piece["figures"]]
        rows = tuple((one.name, one.v1, one.v2, one.v3, one.compared) for one in figures)
        made.append(EvidenceStory(piece["title"].format_map(words), paragraphs, columns, rows))
    return tuple(made)
