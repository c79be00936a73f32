"""The form of an outcome, made from the fields of its kind: what it asks, what was typed, what it says."""

import re
import typing
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from starlette.datastructures import FormData

from award.applications.models import PaperOutcome
from award.kernel.i18n import N_, Phrase, format_day, spoken, translate
from award.kernel.web.forms import SubmittedForm
from award.office.outcome_entry import NO_FILE, NO_POINTS, Content, Entry
from award.office.outcome_kinds import CONTENTS, Answer
from award.regulations.model import Criteria

SPARE_ROWS = 2
LEAST_ROWS = 6
MORE_ROWS = 6
"""Rows that are added at once."""
MOST_ROWS = 60
"""Departments a form has room for."""
MOST_NAMES = 30
_POINTS = re.compile(r"\d{1,4}(\.\d{1,2})?")
_PARTS = {
    "department": N_("Department"), "objects": N_("Answer"), "text": N_("What it objects to"), "answered_on": N_("Answered on, or not by"),
}  # fmt: skip
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
WHY = N_("Why it is corrected")
_ROW = re.compile(r"answers\.(\d{1,3})\.(department|objects|text|answered_on)")


@dataclass(frozen=True)
class Asked:
    """One field of a form. type: line, number, day, names, answers or marks."""

    name: str
    type: str
    label: Phrase
    hint: Phrase | None
    is_optional: bool


def asked_by(kind: str) -> list[Asked]:
    """The fields a kind of stage has besides those that all have."""
    cls = CONTENTS[kind]
    hints = typing.get_type_hints(cls)
    return [
        Asked(
            one.name, _type(hints[one.name]), Phrase(one.metadata["label"]),
            Phrase(one.metadata["hint"]) if one.metadata["hint"] else None,
            _is_optional(one) and not one.metadata["by_answer"],
        )
        for one in fields(typing.cast(Any, cls))
    ]  # fmt: skip


def _is_optional(one: Field[Any]) -> bool:
    return one.default is not MISSING


def _type(hint: Any) -> str:
    if hint == tuple[str, ...]:
        return "names"
    if hint == tuple[Answer, ...]:
        return "answers"
    if hint == Mapping[str, int]:
        return "marks"
    return {str: "line", date: "day"}.get(hint, "number")


# --- reading ------------------------------------------------------------------------------------------------


def without_empty_rows(form: SubmittedForm) -> SubmittedForm:
    """The form with its rows moved up, so that a fault names the row where it is shown again."""
    rows: dict[int, dict[str, Any]] = {}
    others = []
    for name, value in form.data.multi_items():
        if row := _ROW.fullmatch(name):
            rows.setdefault(int(row[1]), {})[row[2]] = value
        else:
            others.append((name, value))
    filled = [row for _, row in sorted(rows.items()) if any(str(row.get(key, "")).strip() for key in ("department", "text", "answered_on"))]
    moved = [(f"answers.{at}.{key}", value) for at, row in enumerate(filled) for key, value in row.items()]
    return SubmittedForm(FormData([*others, *moved]))


def read_entry(form: SubmittedForm, kind: str, criteria: Criteria, *, counts: bool, has_file: bool) -> Entry:
    """The outcome as typed. Every field that cannot be read is noted in the form; the entry then has something in its place.

    Without an answer whether it goes on, what a yes asks for is asked for at once.
    """
    cls = CONTENTS[kind]
    held_on = form.day("held_on")
    content = _content(form, cls, criteria)
    form.choice("goes_on", ("yes", "no"))
    goes_on = form.get("goes_on") != "no"
    score = _score(form, counts=counts and goes_on) if counts or cls.may_score else None
    summary = form.text("summary", longest=2000, lines=True)
    if not has_file:
        form.fault("file", NO_FILE)
    return Entry(score, goes_on, summary, held_on or date.min, content)


def _score(form: SubmittedForm, *, counts: bool) -> int | None:
    typed = form.get("score").strip()
    if not typed and not counts:
        return None
    if not _POINTS.fullmatch(typed):
        form.fault("score", NO_POINTS)
        return None
    return int(Decimal(typed) * 100)


def _content(form: SubmittedForm, cls: type[Content], criteria: Criteria) -> Content:
    hints = typing.get_type_hints(cls)
    readers = {"names": _names, "day": lambda form, name, _: form.day(name), "answers": _answers, "number": _number}
    values: dict[str, Any] = {}
    for one in fields(typing.cast(Any, cls)):
        kind = _type(hints[one.name])
        if kind == "marks":
            values[one.name] = _marks(form, one.name, criteria)
        elif _is_optional(one) and not form.get(one.name).strip():
            values[one.name] = one.default
        elif kind == "line":
            values[one.name] = form.text(one.name, longest=one.metadata["longest"])
        else:
            values[one.name] = readers[kind](form, one.name, one.metadata)
    return typing.cast(Content, typing.cast(Any, cls)(**values))


def _number(form: SubmittedForm, name: str, bounds: Mapping[str, Any]) -> int:
    return form.number(name, bounds["low"], bounds["high"])


def _names(form: SubmittedForm, name: str, bounds: Mapping[str, Any]) -> tuple[str, ...]:
    text = form.text(name, longest=MOST_NAMES * bounds["longest"], lines=True)
    return tuple(line.strip() for line in text.split("\n") if line.strip())


def _answers(form: SubmittedForm, name: str, bounds: Mapping[str, Any]) -> tuple[Answer, ...]:
    found = []
    at = 0
    while f"{name}.{at}.department" in form.names() and at < MOST_ROWS:
        department = form.text(f"{name}.{at}.department", longest=100)
        objects = form.choice(f"{name}.{at}.objects", ("no", "yes", "silent"))
        text = form.text(f"{name}.{at}.text", longest=bounds["longest"], required=False)
        answered_on = form.day(f"{name}.{at}.answered_on")
        found.append(Answer(department, objects == "yes", text, answered_on or date.min, objects == "silent"))
        at += 1
    return tuple(found)


def _marks(form: SubmittedForm, name: str, criteria: Criteria) -> dict[str, int]:
    keys = [item.key for item in criteria.items() if form.get(f"{name}.{item.key}").strip()]
    return {key: form.number(f"{name}.{key}", 0, 100) for key in keys}


# --- showing ------------------------------------------------------------------------------------------------


def typed_from(outcome: PaperOutcome, content: Content | None) -> dict[str, str]:
    """An outcome as its form shows it."""
    score = outcome.score_hundredths
    typed = {
        "score": "" if score is None else f"{Decimal(score) / 100:.2f}", "goes_on": "yes" if outcome.goes_on else "no",
        "summary": outcome.summary, "held_on": outcome.held_on.isoformat(),
    }  # fmt: skip
    for one in fields(typing.cast(Any, content)) if content is not None else ():
        typed |= _typed(one.name, getattr(content, one.name))
    return typed


def _typed(name: str, value: Any) -> dict[str, str]:
    if isinstance(value, Mapping):
        return {f"{name}.{key}": str(percent) for key, percent in value.items()}
    if isinstance(value, tuple) and value and isinstance(value[0], Answer):
        return {key: text for at, row in enumerate(value) for key, text in _row(f"{name}.{at}", row).items()}
    if isinstance(value, tuple):
        return {name: "\n".join(value)}
    return {name: "" if value is None else str(value)}


def _row(name: str, row: Answer) -> dict[str, str]:
    answer = "silent" if row.is_silent else "yes" if row.objects else "no"
    return {
        f"{name}.department": row.department, f"{name}.objects": answer, f"{name}.text": row.text,
        f"{name}.answered_on": row.answered_on.isoformat(),
    }  # fmt: skip


def departments_in(contents: Iterable[Content | None]) -> dict[str, str]:
    """The departments that were asked about another applicant, as the rows of a new form."""
    for content in contents:
        answers = getattr(content, "answers", ())
        if answers:
            return {f"answers.{at}.department": one.department for at, one in enumerate(answers)}
    return {}


def rows_for(typed: Mapping[str, str], more: int = 0) -> range:
    """The rows of a form: those filled, and some to spare. more: that were asked for besides."""
    filled = sum(bool(_ROW.fullmatch(name)) and name.endswith(".department") for name in typed)
    return range(min(MOST_ROWS, max(LEAST_ROWS, filled + SPARE_ROWS, filled + more)))


def told(form: SubmittedForm, language: str) -> list[tuple[str, str]]:
    """What was typed, by the words of the form it was typed in, for somebody who has to type it again."""
    kind = next(iter([*_kinds_of(form), *CONTENTS]))
    return list(labelled(kind, {name: form.get(name) for name in form.names()}, language).values())


def labelled(kind: str, typed: Mapping[str, str], language: str) -> dict[str, tuple[str, str]]:
    """Field -> its label and its value in words, of the fields of a form that are filled."""
    words, asked = CONTENTS[kind].words, {one.name: one.label for one in asked_by(kind)}
    common = {
        "reason": WHY, "held_on": words.held_on, "goes_on": words.goes_on, "summary": words.summary, "score": words.score,
    }  # fmt: skip
    answers = {"goes_on": {"yes": words.yes, "no": words.no}, "objects": {"yes": N_("Objects"), "no": N_("No objection")}}
    found = {}
    for name in [name for name, value in typed.items() if value.strip()]:
        first, _, rest = name.partition(".")
        if first not in common and first not in asked:
            continue
        label = translate(language, common[first]) if first in common else str(spoken(language, asked[first]))
        row, _, part = rest.partition(".")
        if part in _PARTS:
            label = f"{translate(language, _PARTS[part])} {int(row) + 1}"
        elif rest:
            label = f"{label} {rest}"
        value = answers.get(part or first, {}).get(typed[name])
        found[name] = (label, typed[name] if value is None else translate(language, value))
    return found


def differences(kind: str, before: Mapping[str, str], after: Mapping[str, str], language: str) -> list[tuple[str, str, str]]:
    """What differs between two outcomes of a kind of stage, as their forms show them: label, before, after."""
    old, new = labelled(kind, before, language), labelled(kind, after, language)
    nothing = ("", "")
    return [
        (label, _shown(language, old.get(name, nothing)[1]), _shown(language, new.get(name, nothing)[1]))
        for name, (label, _) in {**old, **new}.items()
        if old.get(name) != new.get(name)
    ]


def _shown(language: str, value: str) -> str:
    return format_day(language, date.fromisoformat(value)) if _DAY.fullmatch(value) else value


def _kinds_of(form: SubmittedForm) -> list[str]:
    """The kinds of stage whose form this is, by its fields: the round may stand in another stage by now."""
    sent = {name.partition(".")[0] for name in form.names()}
    return [kind for kind in CONTENTS if {one.name for one in asked_by(kind)} <= sent]
