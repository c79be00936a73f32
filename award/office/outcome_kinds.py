"""What came out of a stage held on paper, one form for each kind of stage, and what must agree inside it. Pure.

A field of a form is a field of its class: its label and bounds stand in the metadata, the page and the reading follow them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

from award.kernel.errors import FieldError
from award.kernel.i18n import N_, Phrase
from award.office.outcome_entry import GOES_ON, MOST_HUNDREDTHS, Content, Entry, Setting, Words, asked
from award.office.outcome_people import faults_of_panel, faults_of_recused, named_twice
from award.scoring.combine import round_figure, to_full_marks
from award.scoring.grades import part_hundredths
from award.scoring.voting import is_quorate, vote_passes, votes_needed


@dataclass(frozen=True)
class Recommendation:
    """A recommending body says whether it sends an application up, and at which place. rank: None where it does not."""

    body: str = asked(N_("Recommending body"))
    rank: int | None = asked(
        N_("Place among those it recommends"), N_("Leave it empty where it does not recommend."), default=None, by_answer=True
    )

    words: ClassVar = Words(
        N_("Recommended on"), N_("Does it recommend the application?"), N_("Recommended"), N_("Not recommended"),
        N_("Opinion of the recommending body"), N_("Signed recommendation"),
    )  # fmt: skip
    may_score: ClassVar = False

    def faults(self, entry: Entry, setting: Setting) -> list[FieldError]:
        """A place where it recommends, within what it may send, and no place given twice."""
        if not entry.goes_on:
            return [FieldError("rank", N_("What is not recommended has no place; leave this empty."))] if self.rank else []
        if self.rank is None:
            return [FieldError("rank", N_("Say at which place the body recommends it."))]
        most = setting.most_recommended
        if most is not None and self.rank > most:
            return [FieldError("rank", N_("The scheme lets one body recommend {most} at most."), {"most": most})]
        if place_taken(self) in map(place_taken, setting.others):
            return [FieldError("rank", N_("{body} has given this place to another application."), {"body": self.body})]
        return []

    def said(self) -> list[Phrase]:
        """Who recommends, and where."""
        if self.rank is None:
            return [Phrase(N_("Not recommended by {body}"), {"body": self.body})]
        return [Phrase(N_("{body}: place {rank}"), {"body": self.body, "rank": self.rank})]


@dataclass(frozen=True)
class Answer:
    """What one department answered. text: its objection, "" where it has none.

    is_silent: it did not answer until answered_on, the last day it was asked to; that is no objection, and no consent either.
    """

    department: str
    objects: bool
    text: str
    answered_on: date
    is_silent: bool = False


@dataclass(frozen=True)
class Opinions:
    """Which departments were asked, and what each answered."""

    answers: tuple[Answer, ...] = asked(N_("Answers of the departments"), longest=1000)

    words: ClassVar = Words(
        N_("Asked on"), *GOES_ON, N_("Conclusion of the office"), N_("Letters of the departments"),
    )  # fmt: skip
    may_score: ClassVar = False

    def faults(self, entry: Entry, setting: Setting) -> list[FieldError]:
        """Every department once, every objection with its text, no answer before the question or still to come.

        A department is silent only once the last day it was asked to answer by has passed.
        """
        if not self.answers:
            return [FieldError("answers", N_("Enter every department that was asked, with its answer."))]
        found = []
        for place, one in enumerate(self.answers):
            if any(one.department == before.department for before in self.answers[:place]):
                found.append(FieldError(f"answers.{place}.department", N_("This department stands here twice.")))
            if one.objects and not one.text:
                found.append(FieldError(f"answers.{place}.text", N_("Write what the department objects to.")))
            if one.is_silent and one.text:
                text = N_("A department that did not answer objects to nothing; leave this empty, or say that it objects.")
                found.append(FieldError(f"answers.{place}.text", text))
            if one.is_silent and not entry.held_on <= one.answered_on < setting.today:
                text = N_(
                    "Without an answer, enter the last day it was asked to answer by; that day comes after the question and has passed."
                )
                found.append(FieldError(f"answers.{place}.answered_on", text))
            elif not one.is_silent and not entry.held_on <= one.answered_on <= setting.today:
                text = N_("An answer comes after the question, and not later than today.")
                found.append(FieldError(f"answers.{place}.answered_on", text))
        return found

    def said(self) -> list[Phrase]:
        """Each answer; who objects first, then who did not answer."""
        in_turn = sorted(self.answers, key=lambda one: (not one.objects, not one.is_silent))
        return [Phrase(_said_of(one), {"department": one.department, "text": one.text, "day": one.answered_on}) for one in in_turn]


def _said_of(answer: Answer) -> str:
    if answer.objects:
        return N_("{department} objects: {text}")
    return N_("{department}: no answer by {day}") if answer.is_silent else N_("{department}: no objection")


@dataclass(frozen=True)
class Consensus:
    """What a panel agreed on. marks: item -> percent, for the items that are written down."""

    members: tuple[str, ...] = asked(N_("Members present"), N_("One name on each line."))
    marks: Mapping[str, int] = asked(N_("Agreed percentages"), N_("All items, or those that are written down, or none."))
    absent: str = asked(
        N_("Why members of the panel were absent"), N_("Who, and why. Leave it empty where everybody was there."), longest=300, default=""
    )

    words: ClassVar = Words(
        N_("Held on"), *GOES_ON, N_("What the panel agreed on"), N_("Signed consensus record"), N_("Agreed points"),
    )  # fmt: skip
    may_score: ClassVar = True

    def faults(self, entry: Entry, setting: Setting) -> list[FieldError]:
        """The whole panel or why not, percentages the criteria know, and points that the items can make together."""
        found = []
        if len(self.members) < 2:
            found.append(FieldError("members", N_("Two people or more agree; name everybody who was present.")))
        found += named_twice("members", self.members) or faults_of_panel(self.members, self.absent, setting.panel)
        for item, percent in self.marks.items():
            if item not in setting.points or percent not in setting.percents:
                found.append(FieldError(f"marks.{item}", N_("The criteria do not know this percentage.")))
        score = entry.score_hundredths
        if found or not self.marks or score is None or score > MOST_HUNDREDTHS:
            return found
        least, most = (self._points(setting, others) for others in (min(setting.percents), max(setting.percents)))
        if int(least * 100) <= score <= int(most * 100):
            return []
        if least == most:
            return [FieldError("score", N_("The items make {points} points together; correct one of them."), {"points": most})]
        text = N_("With these percentages the items make {least} to {most} points together; correct one of them.")
        return [FieldError("score", text, {"least": least, "most": most})]

    def _points(self, setting: Setting, others: int) -> Decimal:
        """What all items make together. others: percent of those that are not written down."""
        marks = {**dict.fromkeys(setting.points, others), **self.marks}
        made = part_hundredths(marks, setting.points, list(setting.points))
        total = to_full_marks(Fraction(made), sum(setting.points.values()) * 100, MOST_HUNDREDTHS)
        return round_figure(total / 100, 2, "half_up")

    def said(self) -> list[Phrase]:
        """Who agreed, and why others did not."""
        absent = [Phrase(N_("Absent: {why}"), {"why": self.absent})] if self.absent else []
        return [Phrase(N_("Present: {names}"), {"names": self.members}), *absent]


@dataclass(frozen=True)
class SiteVisit:
    """A visit. until: its last day; the first is the day of the outcome."""

    until: date = asked(N_("Last day of the visit"))  # noqa: RUF009 (what a form asks, not a value)
    team: tuple[str, ...] = asked(N_("Visiting team"), N_("One name on each line, the leader first."))

    words: ClassVar = Words(
        N_("First day of the visit"), *GOES_ON, N_("Findings"), N_("Signed record of the visit"), N_("Points of the site visit"),
    )  # fmt: skip
    may_score: ClassVar = True

    def faults(self, entry: Entry, setting: Setting) -> list[FieldError]:
        """A team, and an end that does not come before the beginning or after today."""
        found = [] if self.team else [FieldError("team", N_("Name everybody who visited."))]
        found += named_twice("team", self.team)
        if self.until < entry.held_on:
            found.append(FieldError("until", N_("The visit ends before it begins. Choose a later day.")))
        elif self.until > setting.today:
            found.append(FieldError("until", N_("This day has not come yet.")))
        return found

    def said(self) -> list[Phrase]:
        """Until when, and who."""
        return [Phrase(N_("Until {day}; team: {names}"), {"day": self.until, "names": self.team})]


@dataclass(frozen=True)
class Interview:
    """An interview. order: the number that was drawn."""

    order: int = asked(N_("Number drawn"), N_("The order of the interviews."))

    words: ClassVar = Words(
        N_("Held on"), *GOES_ON, N_("What came out"), N_("Signed record of the interview"), N_("Points of the interview"),
    )  # fmt: skip
    may_score: ClassVar = True

    def faults(self, entry: Entry, setting: Setting) -> list[FieldError]:
        """Nobody else has drawn this number."""
        if place_taken(self) in map(place_taken, setting.others):
            return [FieldError("order", N_("Another application has drawn this number."))]
        return []

    def said(self) -> list[Phrase]:
        """The number."""
        return [Phrase(N_("Number {order}"), {"order": self.order})]


OTHER_COMMITTEE = N_(
    "The other votes of this day were taken by a committee of {members} members. Correct the number or the day; if the others are "
    "wrong, correct these first."
)


@dataclass(frozen=True)
class Deliberation:
    """A vote of the committee. members: all of it; present: who was there and not recused; recused: who had no vote on this one."""

    members: int = asked(N_("Members of the committee"))
    present: int = asked(N_("Present and without a conflict of interest"))
    votes_for: int = asked(N_("Votes for"), low=0)
    votes_against: int = asked(N_("Votes against"), low=0)
    abstained: int = asked(N_("Abstentions"), low=0)
    recused: tuple[str, ...] = asked(
        N_("Recused for a conflict of interest"), N_("One name on each line. Leave it empty where nobody was."), default=()
    )

    words: ClassVar = Words(
        N_("Day of the meeting"), N_("Did the vote pass?"), N_("Passed"), N_("Not passed"), N_("Minutes in short"),
        N_("Signed record of the vote"),
    )  # fmt: skip
    may_score: ClassVar = False

    def faults(self, entry: Entry, setting: Setting) -> list[FieldError]:
        """Numbers that fit together, a quorum, and a result that is the scheme's rule applied exactly."""
        vote = setting.vote
        if setting.committee not in (None, self.members):
            return [FieldError("members", OTHER_COMMITTEE, {"members": setting.committee})]
        if self.present > self.members:
            return [FieldError("present", N_("More are present than the committee has members."))]
        if found := faults_of_recused(self.recused, setting.barred, self.present, self.members):
            return found
        if self.votes_for + self.votes_against + self.abstained != self.present:
            text = N_("Votes and abstentions make {sum}, but {present} were present.")
            total = self.votes_for + self.votes_against + self.abstained
            return [FieldError("votes_for", text, {"sum": total, "present": self.present})]
        if vote is None:
            return []
        if not is_quorate(self.present, self.members, vote.quorum):
            text = N_("Without {needed} of {members} members the committee has no quorum; a vote needs a new meeting.")
            return [FieldError("present", text, {"needed": votes_needed(self.members, vote.quorum), "members": self.members})]
        passed = vote_passes(self.votes_for, self.present, self.members, vote.passes, vote.quorum, more_than=vote.more_than)
        if passed == entry.goes_on:
            return []
        text = N_("The rule asks for {needed} votes for, and there are {votes}; correct the answer or the numbers.")
        needed = votes_needed(self.present, vote.passes, more_than=vote.more_than)
        return [FieldError("goes_on", text, {"needed": needed, "votes": self.votes_for})]

    def said(self) -> list[Phrase]:
        """The count, and who had no vote."""
        text = N_("{votes_for} for, {votes_against} against, {abstained} abstained; {present} of {members} present")
        recused = [Phrase(N_("Recused: {names}"), {"names": self.recused})] if self.recused else []
        return [Phrase(text, vars(self)), *recused]


CONTENTS: Mapping[str, type[Content]] = {
    "recommend": Recommendation, "opinions": Opinions, "consensus": Consensus, "site": SiteVisit, "interview": Interview,
    "deliberate": Deliberation,
}  # fmt: skip
"""By kind of stage."""


def place_taken(content: Content | None) -> tuple[str | int, ...] | None:
    """What no two applications of a category may share: a body's place, the number drawn. None where there is nothing such."""
    if isinstance(content, Recommendation) and content.rank is not None:
        return content.body, content.rank
    return (content.order,) if isinstance(content, Interview) else None


def committee_of(content: Content | None) -> int | None:
    """How many members the committee of a vote has; None where nobody votes."""
    return content.members if isinstance(content, Deliberation) else None
