"""An outcome of a stage held on paper as it is entered: what every kind has, and what it is held against. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field
from datetime import date
from typing import Any, ClassVar, Protocol

from award.kernel.errors import FieldError
from award.kernel.i18n import N_, Phrase
from award.regulations.model import Vote

MOST_HUNDREDTHS = 100_000
"""1000 points."""


@dataclass(frozen=True)
class Words:
    """What the form of a kind calls the fields that every kind has. yes, no: the answers to goes_on."""

    held_on: str
    goes_on: str
    yes: str
    no: str
    summary: str
    file: str
    score: str = N_("Points of this stage")


@dataclass(frozen=True)
class Setting:
    """What an outcome is held against. points: item -> points; most_recommended: None where nothing limits it.

    others: what is entered in this stage for the other applications of the category. submitted, accepted: the days of the
    application's submission and acceptance, None where there was none yet. committee: members that the votes of the same day
    name, None where there is none. panel: names of the judges who sit on it now. barred: names of committee members with a
    conflict of interest on record. before: the day the stage before had ended for the application: its sheets were in, its
    outcome was held.
    """

    today: date
    points: Mapping[str, int]
    percents: Sequence[int]
    vote: Vote | None = None
    most_recommended: int | None = None
    others: Sequence["Content"] = ()
    submitted: date | None = None
    committee: int | None = None
    accepted: date | None = None
    panel: Sequence[str] = ()
    barred: Sequence[str] = ()
    before: date | None = None


@dataclass(frozen=True)
class Entry:
    """An outcome as it is entered. score_hundredths: of a point out of 1000, None where the stage gives no figure.

    goes_on: the application stays in the round. content: what this kind of stage says besides. file_id: the signed paper.
    """

    score_hundredths: int | None
    goes_on: bool
    summary: str
    held_on: date
    content: "Content"
    file_id: int | None = None


class Content(Protocol):
    """What one kind of stage says besides the common fields. may_score: also where the figure does not count."""

    words: ClassVar[Words]
    may_score: ClassVar[bool]

    def faults(self, entry: Entry, setting: Setting) -> list[FieldError]:
        """What is missing or does not agree."""

    def said(self) -> list[Phrase]:
        """What it says, in sentences."""


def asked(
    label: str, hint: str = "", *, low: int = 1, high: int = 999, longest: int = 100, default: Any = MISSING, by_answer: bool = False
) -> Any:
    """A field of a form. low, high: of a number; longest: characters of a text; default: of what may be left empty.

    by_answer: it may be left empty only where the application does not go on.
    """
    told = {"label": label, "hint": hint, "low": low, "high": high, "longest": longest, "by_answer": by_answer}
    return field(default=default, metadata=told)


GOES_ON = (N_("Does the application stay in the round?"), N_("It goes on"), N_("It goes out here"))


def faults_of(entry: Entry, setting: Setting, *, counts: bool) -> list[FieldError]:
    """Everything that is missing or does not agree. counts: the stage's figure counts in the final result.

    Whoever goes out here needs no figure: there may have been no visit that it could be of.
    """
    content = entry.content
    found = _faults_of_score(entry, counts=counts and entry.goes_on, may_score=counts or content.may_score)
    if not entry.summary.strip():
        found.append(FieldError("summary", N_("Say in a sentence what came out.")))
    found += _faults_of_day(entry.held_on, setting)
    if entry.file_id is None:
        found.append(FieldError("file", NO_FILE))
    return found + content.faults(entry, setting)


def _faults_of_day(held_on: date, setting: Setting) -> list[FieldError]:
    if held_on > setting.today:
        return [FieldError("held_on", N_("This day has not come yet."))]
    if setting.submitted is not None and held_on < setting.submitted:
        text = N_("This day lies before the application was submitted on {day}. Enter the day of this round's record.")
        return [FieldError("held_on", text, {"day": setting.submitted})]
    if setting.accepted is not None and held_on < setting.accepted:
        text = N_("This day lies before the application was accepted on {day}. Enter the day of this round's record.")
        return [FieldError("held_on", text, {"day": setting.accepted})]
    if setting.before is not None and held_on < setting.before:
        text = N_("The stage before had ended for this application on {day}; this day lies before. Enter the day of this stage's record.")
        return [FieldError("held_on", text, {"day": setting.before})]
    return []


def _faults_of_score(entry: Entry, *, counts: bool, may_score: bool) -> list[FieldError]:
    score = entry.score_hundredths
    if score is None:
        return [FieldError("score", NO_POINTS)] if counts else []
    if not may_score:
        return [FieldError("score", N_("This stage gives no points."))]
    return [] if 0 <= score <= MOST_HUNDREDTHS else [FieldError("score", NO_POINTS)]


NO_POINTS = N_("Enter the points of this stage from 0 to 1000, at most two decimals, like 612.50.")
NO_FILE = N_("Add the signed paper as PDF or picture.")
