"""Outcomes as they are kept: the fields of a kind as plain JSON, and back. Pure."""

import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any

from award.office.outcome_entry import Content
from award.office.outcome_kinds import CONTENTS

Json = dict[str, Any]


def as_json(content: Content) -> Json:
    """The fields of a kind; days as YYYY-MM-DD."""
    made = _plain(content)
    return typing.cast(Json, made)


def from_json(kind: str, data: Json) -> Content | None:
    """What was kept for a kind of stage; None where nothing was."""
    if not data:
        return None
    return typing.cast(Content, _value(data, CONTENTS[kind]))


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return dict(value)
    return value.isoformat() if isinstance(value, date) else value


def _value(data: Any, kind: Any) -> Any:
    if is_dataclass(kind):
        hints = _hints(typing.cast(type, kind))
        names = [each.name for each in fields(kind) if each.name in data]
        return typing.cast(Any, kind)(**{name: _value(data[name], hints[name]) for name in names})
    if typing.get_origin(kind) is tuple:
        return tuple(_value(one, typing.get_args(kind)[0]) for one in data)
    return date.fromisoformat(data) if kind is date else data


@cache
def _hints(cls: type) -> Mapping[str, Any]:
    return typing.get_type_hints(cls)
