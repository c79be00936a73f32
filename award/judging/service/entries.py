"""What a judge enters for one item, and what it must be: the one rule for the page, the API and the command line."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from award.judging.models import OPPORTUNITY, STRENGTH
from award.kernel.errors import FieldError, Invalid, NotFound
from award.kernel.i18n import N_
from award.regulations.model import Criteria, Text

WEIGHTS = {STRENGTH: ("++", "+"), OPPORTUNITY: ("-", "--")}
MOST_COMMENTS, MOST_REFERENCES, LONGEST_REFERENCE = 60, 20, 40
LONGEST_COMMENT, LONGEST_NOTE = 1000, 2000
NAMES = {STRENGTH: Text("优势", "Strength"), OPPORTUNITY: Text("改进机会", "Opportunity for improvement")}
ALL = "/comments"
"""Where the comments stand in an entry; the places of faults are those of RFC 6901."""
LONG = N_("{comment}: at most {longest} characters; you have {count}. Remove {over}.")
LONG_REFERENCE = N_(
    "{comment}: the reference “{reference}” has {count} characters; a reference has at most {longest}. "
    "Shorten it, or write it into the comment."
)
SEPARATORS = re.compile(r"[,，、;；\n]")
"""What stands between the references of a comment where they are written in one line."""
SHOWN = 12
"""Characters of a text that are enough to find it again."""


@dataclass(frozen=True)
class Comment:
    """A strength or an opportunity for improvement. weight: ++ or +, - or --. references: evidence codes, pages."""

    key: str
    kind: str
    weight: str
    text: str
    references: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """What a judge entered for one item. percent: 0..100 in the rubric's values, None while blank.

    factors: factor key -> band key; advisory, never turned into the percentage.
    """

    percent: int | None
    factors: Mapping[str, str] = field(default_factory=dict)
    comments: Sequence[Comment] = ()
    note: str = ""


def require_fitting(criteria: Criteria, item: str, entry: Entry) -> None:
    """Raises Invalid with everything that is wrong with an entry, by its place in it; NotFound where there is no such item."""
    try:
        kind = criteria.item(item).kind
    except KeyError:
        raise NotFound from None
    errors = []
    if entry.percent is not None and entry.percent not in criteria.percents:
        text = N_("{percent} is not one of the steps. Score must be one of {steps}.")
        errors.append(FieldError("percent", text, {"percent": _opening(str(entry.percent), 40), "steps": steps_of(criteria)}, "/percent"))
    factors = {factor.key for factor in criteria.factors[kind]}
    bands = {band.key for band in criteria.bands}
    if not set(entry.factors) <= factors or not set(entry.factors.values()) <= bands:
        text = N_("Items of this kind are judged by other factors. Read the item again and enter those it has.")
        errors.append(FieldError("factors", text, pointer="/factors"))
    errors += _faults_of(entry.comments)
    if len(entry.note) > LONGEST_NOTE:
        text = N_("Your note may have at most {longest} characters.")
        errors.append(FieldError("note", text, {"longest": LONGEST_NOTE}, "/note"))
    if errors:
        raise Invalid(errors)


def _faults_of(comments: Sequence[Comment]) -> Iterator[FieldError]:
    if over := max(0, len(comments) - MOST_COMMENTS):
        text = N_("At most {longest} comments on one item; you have {count}. Remove {over}, or join some.")
        yield FieldError("comments", text, {"longest": MOST_COMMENTS, "count": len(comments), "over": over}, ALL)
    if len({comment.key for comment in comments}) < len(comments):
        yield FieldError("comments", N_("Two comments have the same key. Give each a key of its own."), pointer=ALL)
    met = Counter[str]()
    for at, comment in enumerate(comments):
        met[comment.kind] += 1
        for place, text, params in _wrong_with(comment):
            named = {"comment": _name_of(comment, met[comment.kind]), **params}
            yield FieldError("comments", text, named, f"{ALL}/{at}/{place}")


def _wrong_with(comment: Comment) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    """What is wrong with one comment: the place in it, a sentence, and its params."""
    if comment.weight not in WEIGHTS.get(comment.kind, ()):
        yield "weight", N_("{comment}: strengths are marked ++ or +, opportunities - or --."), {}
    if _is_blank(comment.text):
        yield "text", N_("{comment}: write the comment, or remove it with its references."), {}
    if over := max(0, len(comment.text) - LONGEST_COMMENT):
        yield "text", LONG, {"longest": LONGEST_COMMENT, "count": len(comment.text), "over": over}
    if over := max(0, len(comment.references) - MOST_REFERENCES):
        text = N_("{comment}: at most {longest} references; you have {count}. Remove {over}.")
        yield "references", text, {"longest": MOST_REFERENCES, "count": len(comment.references), "over": over}
    for at, one in enumerate(comment.references):
        if _is_blank(one) or SEPARATORS.search(one):
            yield f"references/{at}", N_("{comment}: a reference is empty or holds a comma. Give each reference by itself."), {}
        elif len(one) > LONGEST_REFERENCE:
            params = {"reference": _opening(one), "count": len(one), "longest": LONGEST_REFERENCE}
            yield f"references/{at}", LONG_REFERENCE, params


def _is_blank(text: str) -> bool:
    """Whether nothing of a text can be seen."""
    return all(one.isspace() or unicodedata.category(one) in ("Cc", "Cf") for one in text)


def _name_of(comment: Comment, number: int) -> Text:
    """How a judge finds a comment again: by how it begins, or by its place where nothing is to be seen of it."""
    name = NAMES.get(comment.kind, Text("意见", "Comment"))
    begins = _opening(", ".join(comment.references) if _is_blank(comment.text) else comment.text.strip())
    return Text(f"{name.zh}“{begins}”", f"{name.en} “{begins}”") if begins else Text(f"{name.zh} {number}", f"{name.en} {number}")


def _opening(text: str, longest: int = SHOWN) -> str:
    return text if len(text) <= longest else f"{text[:SHOWN]}…"


def steps_of(criteria: Criteria) -> Text:
    """The percentages as people say them: evenly spaced ones by the first three and the last."""
    shown, gaps = [str(one) for one in criteria.percents], {two - one for one, two in pairwise(criteria.percents)}
    if len(gaps) != 1 or len(shown) < 6:
        return Text("、".join(shown), ", ".join(shown))
    return Text("、".join([*shown[:3], "……", shown[-1]]), ", ".join([*shown[:3], "…", shown[-1]]))
