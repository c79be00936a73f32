"""What was changed between two states of an application: texts, facts, evidence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from award.applications.models import AcceptanceDecision
from award.applications.queries import Content, SubmittedEvidence


class State(Protocol):
    """An application at a moment: what was submitted, or the draft."""

    @property
    def profile(self) -> Mapping[str, str]:
        """Facts by field."""

    @property
    def parts(self) -> Mapping[str, str]:
        """Texts by part."""

    @property
    def evidence(self) -> Iterable[SubmittedEvidence]:
        """Files."""


@dataclass(frozen=True)
class Draft:
    """The draft as a state."""

    profile: Mapping[str, str]
    parts: Mapping[str, str]
    evidence: tuple[SubmittedEvidence, ...]


@dataclass(frozen=True)
class EvidenceChange:
    """before: None where the file was added; after: None where it was taken out; else its title is another."""

    before: SubmittedEvidence | None
    after: SubmittedEvidence | None


@dataclass(frozen=True)
class Changes:
    """parts, facts: earlier and later text by key, of those that differ."""

    parts: Mapping[str, tuple[str, str]]
    facts: Mapping[str, tuple[str, str]]
    evidence: tuple[EvidenceChange, ...]

    @property
    def keys(self) -> frozenset[str]:
        """What has changed, as a correction names it: parts, "facts", "evidence"."""
        others = {name for name, found in (("facts", self.facts), ("evidence", self.evidence)) if found}
        return frozenset(self.parts) | others


def changes_between(before: State, after: State) -> Changes:
    """Everything that differs."""
    return Changes(
        _differing(before.parts, after.parts), _differing(before.profile, after.profile), _evidence(before, after)
    )


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    keys = dict.fromkeys([*before, *after])
    pairs = {key: (before.get(key, ""), after.get(key, "")) for key in keys}
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}


def _evidence(before: State, after: State) -> tuple[EvidenceChange, ...]:
    ours, theirs = {one.id: one for one in before.evidence}, {one.id: one for one in after.evidence}
    pairs = [EvidenceChange(ours.get(key), theirs.get(key)) for key in dict.fromkeys([*ours, *theirs])]
    return tuple(one for one in pairs if not (one.before and one.after and one.before.title == one.after.title))


def points_between(decisions: Iterable[AcceptanceDecision], before: datetime, after: datetime) -> list[dict[str, str]]:
    """What the office asked for when it returned an application between two moments."""
    asked = (one for one in decisions if one.kind == "return" and before <= one.decided_at <= after)
    return [point for one in asked for point in one.points]


def last_correction(contents: list[Content]) -> tuple[Content, Content] | None:
    """What was submitted before and after the last correction; None where nothing was submitted twice."""
    return (contents[-2], contents[-1]) if len(contents) > 1 else None
