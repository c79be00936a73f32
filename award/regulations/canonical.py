"""The one text of criteria or of a scheme that a round is frozen with, and its hash."""

import hashlib
import json
import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache, lru_cache
from typing import Any

from award.regulations.model import Criteria, Scheme


def canonical(value: Criteria | Scheme) -> str:
    """JSON with sorted keys and no spaces; the same value always gives the same text, and the text gives the value back."""
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256_of(text: str) -> str:
    """SHA-256 of the UTF-8 text in 64 lower-case hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=64)
def criteria_from_canonical(text: str) -> Criteria:
    """Raises ValueError where the text was not made by canonical() from criteria."""
    return typing.cast(Criteria, _record(json.loads(text), Criteria))


@lru_cache(maxsize=64)
def scheme_from_canonical(text: str) -> Scheme:
    """Raises ValueError where the text was not made by canonical() from a scheme."""
    return typing.cast(Scheme, _record(json.loads(text), Scheme))


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value


def _record(data: Any, cls: type) -> Any:
    if not isinstance(data, dict):
        raise ValueError(f"{cls.__name__} is not an object")
    hints = _hints(cls)
    if unknown := set(data) - set(hints):
        raise ValueError(f"{cls.__name__} has no {', '.join(sorted(unknown))}")
    try:
        return cls(**{key: _value(each, hints[key]) for key, each in data.items()})
    except TypeError as error:
        raise ValueError(str(error)) from error


def _value(data: Any, kind: Any) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return None if data is None else _value(data, next(each for each in arguments if each is not type(None)))
    if is_dataclass(kind):
        return _record(data, typing.cast(type, kind))
    if origin is Mapping and isinstance(data, dict):
        return {key: _value(each, arguments[1]) for key, each in data.items()}
    if origin is tuple and isinstance(data, list):
        return tuple(_value(each, arguments[0]) for each in data)
    if (origin is typing.Literal and data in arguments) or type(data) is kind:
        return data
    raise ValueError(f"{data!r} is no {kind}")


@cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)
