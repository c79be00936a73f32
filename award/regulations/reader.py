"""Reads YAML as nothing but mappings, lists and strings, each with its line and column."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from award.regulations.faults import Fault, Place, Report, RuleFaults

LONGEST_FILE = 1_000_000
DEEPEST = 20


@dataclass(frozen=True)
class Scalar:
    """A string, whatever it looks like. is_plain: written without quotes."""

    place: Place
    text: str
    is_plain: bool


@dataclass(frozen=True)
class Sequence:
    """A list."""

    place: Place
    nodes: tuple["Node", ...]


@dataclass(frozen=True)
class Mapping:
    """Keys and values in the order of the file. keys: where each key stands."""

    place: Place
    nodes: dict[str, "Node"]
    keys: dict[str, Place]


Node = Scalar | Sequence | Mapping


def read(text: str, report: Report) -> Node | None:
    """Reads one document. Repeated keys are noted in the report and the first one is kept; None for an empty file.

    Raises RuleFaults where the text is no YAML, is too long or too deep, or uses tags, anchors, aliases or several documents.
    """
    if len(text) > LONGEST_FILE:
        raise RuleFaults(
            [Fault(1, 1, "", "too_long", f"The file is longer than {LONGEST_FILE} characters; shorten it.")]
        )
    try:
        events = _Events(yaml.parse(text, Loader=yaml.BaseLoader))
        return _document(events, report)
    except yaml.MarkedYAMLError as error:
        line, column = _place(error.problem_mark or error.context_mark)
        raise _refusal((line, column), "syntax", f"This is not YAML: {error.problem or error.context}.") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        column = error.position - (text.rfind("\n", 0, error.position) + 1) + 1
        raise _refusal(
            (line, column), "syntax", "A character stands here that YAML does not allow; remove it."
        ) from error


class _Events:
    """The parser's events, one at a time."""

    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self._events = events

    def next(self) -> yaml.Event:
        return next(self._events)


def _document(events: _Events, report: Report) -> Node | None:
    events.next()
    if isinstance(events.next(), yaml.StreamEndEvent):
        return None
    node = _node(events.next(), events, report, 0)
    events.next()
    after = events.next()
    if not isinstance(after, yaml.StreamEndEvent):
        raise _refusal(
            _place(after.start_mark), "several_documents", "A second document begins here; keep one in a file."
        )
    return node


def _node(event: yaml.Event, events: _Events, report: Report, depth: int) -> Node:
    place = _place(event.start_mark)
    _refuse_tricks(event, place)
    if depth > DEEPEST:
        raise _refusal(place, "too_deep", f"Values are nested deeper than {DEEPEST} levels; nest them less.")
    if isinstance(event, yaml.ScalarEvent):
        return Scalar(place, event.value, event.style is None)
    if isinstance(event, yaml.SequenceStartEvent):
        return _sequence(place, events, report, depth)
    return _mapping(place, events, report, depth)


def _sequence(place: Place, events: _Events, report: Report, depth: int) -> Sequence:
    nodes = []
    while not isinstance(event := events.next(), yaml.SequenceEndEvent):
        nodes.append(_node(event, events, report, depth + 1))
    return Sequence(place, tuple(nodes))


def _mapping(place: Place, events: _Events, report: Report, depth: int) -> Mapping:
    nodes: dict[str, Node] = {}
    keys: dict[str, Place] = {}
    while not isinstance(event := events.next(), yaml.MappingEndEvent):
        key = _node(event, events, report, depth + 1)
        if not isinstance(key, Scalar):
            raise _refusal(key.place, "key_no_text", "A key must be a word, not a list or a mapping.")
        value = _node(events.next(), events, report, depth + 1)
        if key.text in nodes:
            line, column = keys[key.text]
            message = (
                f"{key.text!r} stands here a second time; it was first given at {line}:{column}. Remove one of them."
            )
            report.at(key.place, (), "duplicate_key", message)
            continue
        nodes[key.text] = value
        keys[key.text] = key.place
    return Mapping(place, nodes, keys)


def _refuse_tricks(event: yaml.Event, place: Place) -> None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
        raise _refusal(
            place, "anchor", "Anchors (&) and aliases (*) are not read; write the value out, or put it in quotes."
        )
    tag = getattr(event, "tag", None)
    if tag is not None:
        raise _refusal(place, "tag", f"Tags are not read; remove {tag!r}, or put the value in quotes.")


def _place(mark: Any) -> Place:
    return (1, 1) if mark is None else (mark.line + 1, mark.column + 1)


def _refusal(place: Place, code: str, message: str) -> RuleFaults:
    return RuleFaults([Fault(*place, "", code, message)])
