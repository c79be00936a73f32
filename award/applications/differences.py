"""What differs between two texts, readable for people: clause by clause first, then character by character; words stay whole."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

CLAUSE = re.compile(r"[^。；！？，、：;!?,\n]*[。；！？，、：;!?,\n]?")
WORD = re.compile(r"\d+(?:\.\d+)?|[A-Za-z]+|\s+|.", re.DOTALL)
"""A number or a Latin word is one thing, every Chinese character is one of its own."""
MOST_PAIRS = 3_000_000
"""Pairs of words two texts are compared by, at most half a second's work; passages beyond are shown as replaced."""
MOST_CLAUSES = 6_000
SCATTERED = 0.35
"""With less than this share in common two passages are easier read one after the other than mixed."""
AROUND = 60
"""Characters that are shown of what is the same before and after a change."""


class Kind(StrEnum):
    """What a piece is."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    SKIPPED = "skipped"
    """The same in both, and far from every change: folded away."""


@dataclass(frozen=True)
class Piece:
    """A run of text of one kind."""

    kind: Kind
    text: str


def difference(before: str, after: str) -> list[Piece]:
    """The pieces in reading order. Without the added ones they make the earlier text, without the removed ones the later."""
    return _joined(_clauses(before, after))


def folded(pieces: Sequence[Piece]) -> list[Piece]:
    """The same, with what lies far from every change made skippable. Nothing is left out."""
    found: list[Piece] = []
    for place, one in enumerate(pieces):
        head = AROUND if place else 0
        tail = AROUND if place + 1 < len(pieces) else 0
        if one.kind != Kind.SAME or len(one.text) <= head + tail + AROUND:
            found.append(one)
            continue
        middle = one.text[head : len(one.text) - tail]
        found += [Piece(Kind.SAME, one.text[:head])] if head else []
        found.append(Piece(Kind.SKIPPED, middle))
        found += [Piece(Kind.SAME, one.text[-tail:])] if tail else []
    return found


def counts(pieces: Sequence[Piece]) -> tuple[int, int]:
    """How many characters were added, and how many removed."""
    added = sum(len(one.text) for one in pieces if one.kind == Kind.ADDED)
    return added, sum(len(one.text) for one in pieces if one.kind == Kind.REMOVED)


def _clauses(before: str, after: str) -> Iterator[Piece]:
    ours, theirs = CLAUSE.findall(before), CLAUSE.findall(after)
    head = _same_at_start(ours, theirs)
    tail = _same_at_start(ours[head:][::-1], theirs[head:][::-1])
    yield Piece(Kind.SAME, "".join(ours[:head]))
    ours_left, theirs_left = ours[head : len(ours) - tail], theirs[head : len(theirs) - tail]
    if max(len(ours_left), len(theirs_left)) > MOST_CLAUSES:
        yield from _replaced("".join(ours_left), "".join(theirs_left))
    else:
        left = MOST_PAIRS
        # Clauses that occur all over a long text tell nothing about what belongs together: difflib leaves them out.
        for tag, a, b, c, d in SequenceMatcher(None, ours_left, theirs_left).get_opcodes():
            mine, yours = "".join(ours_left[a:b]), "".join(theirs_left[c:d])
            if tag == "equal":
                yield Piece(Kind.SAME, mine)
                continue
            words = WORD.findall(mine), WORD.findall(yours)
            pairs = len(words[0]) * len(words[1])
            yield from _words(*words) if 0 < pairs <= left else _replaced(mine, yours)
            left -= pairs if pairs <= left else 0
    yield Piece(Kind.SAME, "".join(ours[len(ours) - tail :]))


def _same_at_start(ours: Sequence[str], theirs: Sequence[str]) -> int:
    pairs = enumerate(zip(ours, theirs, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(ours), len(theirs)))


def _words(ours: Sequence[str], theirs: Sequence[str]) -> Iterator[Piece]:
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    if matcher.ratio() < SCATTERED:
        yield from _replaced("".join(ours), "".join(theirs))
        return
    for tag, a, b, c, d in matcher.get_opcodes():
        mine, yours = "".join(ours[a:b]), "".join(theirs[c:d])
        yield from [Piece(Kind.SAME, mine)] if tag == "equal" else _replaced(mine, yours)


def _replaced(before: str, after: str) -> Iterator[Piece]:
    yield Piece(Kind.REMOVED, before)
    yield Piece(Kind.ADDED, after)


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Neighbours of one kind as one piece, and nothing that is empty."""
    found: list[Piece] = []
    for one in pieces:
        if one.text and found and found[-1].kind == one.kind:
            found[-1] = Piece(one.kind, found[-1].text + one.text)
        elif one.text:
            found.append(one)
    return found
