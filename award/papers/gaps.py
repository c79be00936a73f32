"""What is not in a bundle and why: kept as values in its manifest, said in the language of whoever reads it."""

from collections.abc import Mapping
from typing import TypedDict

from award.kernel.i18n import N_, translate
from award.papers.kinds import KINDS

UNMADE, UNMADE_LETTER, UNREADABLE, UNREADABLE_ONE = "unmade", "unmade_letter", "unreadable", "unreadable_one"
GONE, DAMAGED, CLOSED = "gone", "damaged", "closed"
SENTENCES: Mapping[str, str] = {
    UNMADE: N_("{place} · {paper}"),
    UNMADE_LETTER: N_("{place} (not made yet)"),
    UNREADABLE: N_("{place} (what was submitted cannot be read)"),
    UNREADABLE_ONE: N_("{place} (the record of file {turn} cannot be read)"),
    GONE: N_("{place} (the file is gone)"),
    DAMAGED: N_("{place} (the file is damaged)"),
    CLOSED: N_("{place} (the file cannot be read)"),
}


class Gap(TypedDict):
    """One thing that is not there. place: folder or file of the ZIP. paper: key of its kind, where one was not made.

    turn: which of several papers or files, from 1; 0 where there is one.
    """

    why: str
    place: str
    paper: str
    turn: int


def gap(why: str, place: str, paper: str = "", turn: int = 0) -> Gap:
    """One thing that is not there."""
    return {"why": why, "place": place, "paper": paper, "turn": turn}


def said(language: str, one: Gap | str) -> str:
    """A gap as a line; a ZIP that an earlier version wrote holds lines already, and is shown as it is."""
    if isinstance(one, str):
        return one
    paper = translate(language, KINDS[one["paper"]].title) if one["paper"] else ""
    if paper and one["turn"]:
        paper += f" {one['turn']}"
    return translate(language, SENTENCES[one["why"]], {"place": one["place"], "paper": paper, "turn": one["turn"]})
