"""What goes into a rendering and what comes out, in a form that crosses the pipe to the rendering process."""

import hashlib
import json
import types
import typing
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, TypeVar

Kind = Literal["book", "certificate", "comments", "feedback_report", "notice", "register", "score_sheet", "summary"]
View = TypeVar("View")
BROKEN = "The record cannot be made into a document: "
PASSING = (MemoryError, OSError)
"""Faults of the machine and not of the record: the same may succeed another time."""


class PressError(Exception):
    """A document that could not be made. The text says what to change in the record or in the installation."""


class MissingGlyphs(PressError):
    """Characters that none of our fonts has. characters: each of them once."""

    def __init__(self, characters: str) -> None:
        named = "、".join(f"{character} (U+{ord(character):04X})" for character in characters)
        super().__init__(f"No font of ours has {named}: replace it in the text.")
        self.characters = characters


class BrokenView(PressError):
    """What a document is made from is damaged or not complete, so that it can never be made of it. fault: as it was met."""

    def __init__(self, fault: str) -> None:
        super().__init__(f"{BROKEN}{fault}")
        self.fault = fault


class RenderingStopped(PressError):
    """The rendering process was killed: it took too long or too much memory."""


@dataclass(frozen=True)
class Rendered:
    """One finished document. fonts: families embedded. data_hash: SHA-256 of the canonical view.

    template_version: changes with the template, its styles and the drawings.
    """

    pdf: bytes
    sha256: str
    pages: int
    fonts: tuple[str, ...]
    data_hash: str
    template_version: str


def to_json(view: Any) -> str:
    """A view as canonical JSON: keys sorted, no spaces, decimals and dates as text."""
    return json.dumps(_plain(view), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_json(kind: type[View], text: str) -> View:
    """The view that `to_json` wrote. Raises TypeError or ValueError when it is not one."""
    view: View = _build(kind, json.loads(text))
    return view


def data_hash(view: Any) -> str:
    """SHA-256 of the canonical JSON: the same data, the same hash."""
    return hashlib.sha256(to_json(view).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"a view cannot hold {type(value).__name__}")


def _build(hint: Any, value: Any) -> Any:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return None if value is None else _build(next(one for one in typing.get_args(hint) if one is not types.NoneType), value)
    if origin is tuple:
        return tuple(_build(typing.get_args(hint)[0], one) for one in value)
    if origin is Literal:
        if value not in typing.get_args(hint):
            raise ValueError(f"{value!r} is not one of {typing.get_args(hint)}")
        return value
    if is_dataclass(hint) and isinstance(hint, type):
        hints = typing.get_type_hints(hint)
        return hint(**{name: _build(hints[name], one) for name, one in value.items()})
    if hint is Decimal:
        return Decimal(value)
    if hint is date:
        return date.fromisoformat(value)
    if not isinstance(value, hint):
        raise TypeError(f"{value!r} is not {hint.__name__}")
    return value
