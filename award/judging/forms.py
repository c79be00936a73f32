"""What the pages of judging take: one item of a sheet, typed in a form or sent by autosave."""

import re
from collections.abc import Mapping, Sequence

from award.applications.forms import typed_text
from award.judging.models import OPPORTUNITY, STRENGTH
from award.judging.service.entries import LONGEST_REFERENCE, MOST_REFERENCES, SEPARATORS, Comment, Entry, steps_of
from award.kernel.errors import FieldError, Invalid
from award.kernel.i18n import N_
from award.kernel.ids import new_id
from award.regulations.model import Criteria
from award.scoring.grades import GradeError, parse_percent

Fields = Mapping[str, str]
ROW = re.compile(r"comments-(\d{1,4})-kind")
LONGEST_REFERENCES = MOST_REFERENCES * (LONGEST_REFERENCE + len(", "))
"""Characters of the one field that takes all references of a comment."""
SENTENCES = {
    "blank": N_("Choose a percentage, one of {steps}."),
    "not_a_number": N_("“{text}” is not a percentage. Score must be one of {steps}."),
}


def entry_of(fields: Fields, criteria: Criteria) -> Entry:
    """What was entered. A percentage that is absent is not given yet; one that is there and empty is refused.

    Raises Invalid with a sentence for a percentage that cannot be read; which ones the criteria have is asked by `save_items`.
    """
    factors = {
        name.removeprefix("factor-"): _band_key(criteria, value)
        for name, value in fields.items()
        if name.startswith("factor-") and value
    }
    note = typed_text(fields.get("note", ""))
    return Entry(_percent(fields.get("percent"), criteria), factors, comments_of(fields), note)


def _percent(text: str | None, criteria: Criteria) -> int | None:
    if text is None:
        return None
    try:
        return parse_percent(text)
    except GradeError as error:
        fault = FieldError("percent", SENTENCES[error.code], {"text": text.strip()[:20], "steps": steps_of(criteria)})
        raise Invalid([fault]) from error


def _band_key(criteria: Criteria, label: str) -> str:
    """Pages show bands by their edges; sheets keep their keys. What is unknown stays as it is and is refused later."""
    return next((band.key for band in criteria.bands if band.label == label), label)


def row_numbers(fields: Fields) -> list[int]:
    """The numbers of the comment rows that came, ascending."""
    return sorted(int(found[1]) for name in fields if (found := ROW.fullmatch(name)))


def comments_of(fields: Fields) -> tuple[Comment, ...]:
    """The comments in the order of the page; a new one is given a key."""
    rows = _filled_rows(fields).values()
    return tuple(
        Comment(row["id"][:12] or new_id(), row["kind"], row["mark"], row["text"], references_of(row["refs"])) for row in rows
    )


def _filled_rows(fields: Fields) -> dict[int, dict[str, str]]:
    """The rows by number. One that has neither a text nor a reference was removed, or was never begun."""
    rows = {number: _row(fields, number) for number in row_numbers(fields)}
    return {number: row for number, row in rows.items() if row["text"] or references_of(row["refs"])}


def _row(fields: Fields, number: int) -> dict[str, str]:
    row = {name: fields.get(f"comments-{number}-{name}", "") for name in ("id", "kind", "mark", "text", "refs")}
    return row | {"text": typed_text(row["text"]).strip()}


def references_of(text: str) -> tuple[str, ...]:
    """References as typed, separated by commas; each once."""
    parts = (one.strip() for one in SEPARATORS.split(text))
    return tuple(dict.fromkeys(one for one in parts if one))


def new_keys(fields: Fields, comments: Sequence[Comment]) -> dict[str, str]:
    """The keys given to new rows, by the name of the field that keeps each."""
    return {f"comments-{number}-id": one.key for number, one in zip(_filled_rows(fields), comments, strict=True)}


def as_fields(stored: Mapping[str, object], criteria: Criteria, mine: Fields) -> dict[str, str]:
    """A stored entry under the names of the form. mine: rows of the same comment keep their number."""
    fields = {"note": str(stored.get("note") or "")}
    if stored.get("percent") is not None:
        fields["percent"] = str(stored["percent"])
    labels = {band.key: band.label for band in criteria.bands}
    factors = stored.get("factors")
    for key, band in (factors if isinstance(factors, Mapping) else {}).items():
        fields[f"factor-{key}"] = labels.get(band) or str(band)
    comments = stored.get("comments")
    for number, one in _numbered(comments if isinstance(comments, Sequence) else (), mine):
        fields |= comment_fields(number, one)
    return fields


def _numbered(comments: Sequence[Mapping[str, object]], mine: Fields) -> list[tuple[int, Mapping[str, object]]]:
    """Each stored comment with the number of its row in my window.

    Where the answer that named a new row was lost, its number is that of the first row of the kind without a known key.
    """
    known = {mine.get(f"comments-{row}-id"): row for row in row_numbers(mine)}
    keys = {one["key"] for one in comments}
    unnamed = [row for row in row_numbers(mine) if mine.get(f"comments-{row}-id") not in keys]
    free = max(row_numbers(mine), default=-1) + 1
    found = []
    for one in comments:
        number = known.get(str(one["key"]))
        if number is None:
            number = next((row for row in unnamed if mine.get(f"comments-{row}-kind") == one["kind"]), None)
            if number is None:
                number, free = free, free + 1
            else:
                unnamed.remove(number)
        found.append((number, one))
    return found


def comment_fields(number: int, comment: Mapping[str, object]) -> dict[str, str]:
    """One stored comment under the names of its row."""
    references = comment["references"]
    values = {
        "id": comment["key"], "kind": comment["kind"], "mark": comment["weight"], "text": comment["text"],
        "refs": ", ".join(references) if isinstance(references, Sequence) else "",
    }  # fmt: skip
    return {f"comments-{number}-{name}": str(value) for name, value in values.items()}


def rows_of(fields: Fields) -> dict[str, list[dict[str, object]]]:
    """The rows as the page shows them, by kind, with what was typed."""
    rows: dict[str, list[dict[str, object]]] = {STRENGTH: [], OPPORTUNITY: []}
    for number in row_numbers(fields):
        row = {name: fields.get(f"comments-{number}-{name}", "") for name in ("id", "kind", "mark", "text", "refs")}
        if row["kind"] in rows:
            shown: dict[str, object] = dict(row)
            rows[row["kind"]].append({**shown, "refs": list(references_of(row["refs"]))})
    return rows
