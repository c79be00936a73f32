"""What still stands between a draft and its submission."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from award.applications.facts import Fact, facts_of, fault_of
from award.applications.models import Answer, Application, Evidence
from award.applications.queries import answers_of, evidence_of
from award.kernel.errors import FieldError
from award.kernel.i18n import N_, translate
from award.regulations.model import ApplicationRules, Criteria, Text
from award.rounds.queries import criteria_of

REFERENCE = re.compile(
    r"(?<![A-Za-z0-9])E-(?P<code>\d{1,4})(?!\d)"
    r"(?:[\s,，]{0,2}(?P<open>[(（])?\s?(?:第\s?(?P<zh>\d{1,4})\s?页|(?i:page|pp?)\s?\.?\s?(?P<en>\d{1,4})(?!\d))(?(open)\s?[)）]))?"
)
"""A piece of evidence by its code, and a page of it where one is named: E-1, E-1 第4页, E-1（第 4 页）, E-1, p. 4."""
PROFILE = "profile."


@dataclass(frozen=True)
class Problem:
    """One thing to look at before submitting. part: an item key, "profile.<section>", "facts" or "evidence".

    text: English msgid filled from params. link: where it is mended, below the application's address.
    """

    part: str
    text: str
    link: str
    params: Mapping[str, object] = field(default_factory=dict)
    is_warning: bool = False


@dataclass(frozen=True)
class PartRule:
    """One part of an application as the criteria and the scheme want it. limit: most characters."""

    key: str
    title: Text
    limit: int


@dataclass(frozen=True)
class Label:
    """The label of a fact as a parameter of a sentence."""

    text: str
    params: Mapping[str, object]

    def in_language(self, language: str) -> str:
        """The label filled."""
        return translate(language, self.text, self.params)


def parts_of(criteria: Criteria, rules: ApplicationRules) -> list[PartRule]:
    """All parts in the order they are written: the sections of the profile, then the items.

    The limit of the profile holds for its sections together; each may fill it.
    """
    sections = [PartRule(PROFILE + one.key, one.name, rules.profile_characters) for one in criteria.profile]
    items = [PartRule(one.key, _numbered(one.number, one.name), rules.item_characters) for one in criteria.items()]
    return sections + items


OTHER_PARTS = {"facts": N_("Facts of the organisation"), "evidence": N_("Evidence"), "": N_("The application as a whole")}
"""What a correction can name besides the parts that are written."""


@dataclass(frozen=True)
class OpenPoint:
    """A thing to correct as a line of a letter: number and title of the part, then what is to be done."""

    part: PartRule | None
    key: str
    text: str

    def in_language(self, language: str) -> str:
        """The line; what was asked for stays in the office's words."""
        colon = "：" if language == "zh" else ": "
        return f"{title_of(self.part, self.key, language)}{colon}{self.text}"


def title_of(part: PartRule | None, key: str, language: str) -> str:
    """How a part a correction names is called. part: None for what is not one that is written."""
    return part.title.in_language(language) if part else translate(language, OTHER_PARTS.get(key, key))


def open_points_in_words(parts: Collection[PartRule], points: Collection[Mapping[str, str]]) -> list[OpenPoint]:
    """The points of a return with the parts they concern."""
    by_key = {part.key: part for part in parts}
    return [OpenPoint(by_key.get(one["part"]), one["part"], one["text"]) for one in points]


def _numbered(number: str, name: Text) -> Text:
    return Text(f"{number} {name.zh}", f"{number} {name.en}")


def references_in(text: str) -> list[str]:
    """The evidence codes a text refers to, each once, in the order they occur."""
    return list(dict.fromkeys(f"E-{int(match['code'])}" for match in REFERENCE.finditer(text)))


def check_application(session: Session, application: Application) -> list[Problem]:
    """Everything that is missing, too long or referred to without being there; warnings do not keep from submitting."""
    scheme = application.round.scheme
    parts = parts_of(criteria_of(session, application.round, application.category), scheme.application)
    answers = answers_of(session, application)
    evidence = evidence_of(session, application)
    return [
        *facts_problems(application.profile, application.round.year, application.category),
        *part_problems(parts, answers),
        *length_problems(parts, answers, scheme.application),
        *reference_problems(parts, answers, evidence),
    ]


def facts_problems(profile: Mapping[str, str], year: int, category: str) -> Iterator[Problem]:
    """Facts that are missing or cannot be read."""
    for fact in facts_of(year, category):
        if fault := fact_error(fact, profile.get(fact.key, "")):
            yield Problem("facts", fault.text, f"profile#f-{fact.key}", fault.params)


def fact_error(fact: Fact, value: str) -> FieldError | None:
    """What is wrong with a value, told with the label of its field; None where nothing is."""
    text = fault_of(fact, value)
    return FieldError(fact.key, text, {"label": Label(fact.label, fact.params), "longest": fact.longest}) if text else None


def unreadable_facts(values: Mapping[str, str], year: int, category: str) -> list[FieldError]:
    """The faults of what was filled in, in the order of the page; what is still empty is none."""
    filled = ((fact, values.get(fact.key, "")) for fact in facts_of(year, category))
    return [fault for fact, value in filled if value.strip() and (fault := fact_error(fact, value))]


def part_problems(parts: Collection[PartRule], answers: Mapping[str, Answer]) -> Iterator[Problem]:
    """Parts without a text, and those nobody has declared complete though they are not too long for it."""
    for part in parts:
        answer = answers.get(part.key)
        if answer is None or not answer.text.strip():
            yield Problem(part.key, N_("Write {part}."), f"items/{part.key}", {"part": part.title})
        elif not answer.is_complete and len(answer.text) <= part.limit:
            text = N_("{part} is not marked as complete.")
            yield Problem(part.key, text, f"items/{part.key}", {"part": part.title}, is_warning=True)


def length_problems(
    parts: Collection[PartRule], answers: Mapping[str, Answer], rules: ApplicationRules
) -> Iterator[Problem]:
    """Texts over the limits of the scheme, in characters: each part, the profile together, everything together."""
    lengths = {part.key: len(answers[part.key].text) for part in parts if part.key in answers}
    for part in parts:
        length = lengths.get(part.key, 0)
        if length > part.limit:
            params = {"part": part.title, "limit": part.limit, "count": length, "over": length - part.limit}
            text = N_("{part} may have at most {limit} characters; it has {count}. Remove {over}.")
            yield Problem(part.key, text, f"items/{part.key}", params)
    profile = sum(length for key, length in lengths.items() if key.startswith(PROFILE))
    if profile > rules.profile_characters:
        text = N_("The organizational profile may have at most {limit} characters; it has {count}. Remove {over}.")
        yield _over(text, profile, rules.profile_characters)
    total = sum(lengths.values())
    if total > rules.total_characters:
        text = N_("The whole report may have at most {limit} characters; it has {count}. Remove {over}.")
        yield _over(text, total, rules.total_characters)


def _over(text: str, count: int, limit: int) -> Problem:
    return Problem("report", text, "", {"limit": limit, "count": count, "over": count - limit})


def reference_problems(
    parts: Collection[PartRule], answers: Mapping[str, Answer], evidence: Collection[Evidence]
) -> Iterator[Problem]:
    """References to evidence that is not there, and evidence no text refers to."""
    codes = {one.code for one in evidence}
    used: set[str] = set()
    for part in parts:
        named = references_in(answers[part.key].text) if part.key in answers else []
        used.update(named)
        if missing := [code for code in named if code not in codes]:
            text = N_("{part} refers to {codes}, but there is no such evidence.")
            yield Problem(part.key, text, f"items/{part.key}", {"part": part.title, "codes": missing})
    for one in evidence:
        if one.code not in used:
            text = N_("No text refers to {code} “{title}”.")
            yield Problem("evidence", text, "evidence", {"code": one.code, "title": one.title}, is_warning=True)
