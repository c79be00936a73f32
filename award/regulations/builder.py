"""Turns nodes of a rubric file into the frozen values of the model, noting every fault on the way."""

import re
import types
import typing
from collections.abc import Mapping as MappingABC
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from functools import cache
from typing import Any

from award.regulations import model, shapes
from award.regulations.faults import Path, Report, suggestion
from award.regulations.reader import Mapping, Node, Scalar, Sequence

IDENTITIES = ("key", "grade", "kind")
KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
KEY_FORM = "use up to 40 letters, digits, dots, dashes and underscores."
HUNDREDTHS = re.compile(r"([0-9]{1,6})(?:\.([0-9]{1,2}))?")
FRACTION = re.compile(r"([0-9]{1,2})/([0-9]{1,2})")
BOOLEANS = {"yes": True, "no": False, "true": True, "false": False}


@dataclass(frozen=True)
class Slot:
    """The field that a value is read for: its ranges and its written form hang on it."""

    owner: type
    name: str


@dataclass
class Builder:
    """Builds the values of one file. A value with a fault becomes a placeholder, so that reading can go on.

    sources: filled with the source of each parameter, by its dotted path in the model.
    """

    report: Report
    sources: dict[str, str] = field(default_factory=dict)

    def record(self, node: Node, cls: type, path: Path, model_path: Path) -> Any:
        """A dataclass from a mapping."""
        self.report.places.setdefault(path, node.place)
        nodes = self._entries(node, path)
        known = {self._key(cls, each): each for each in fields(cls) if (cls, each.name) not in shapes.GATHERED}
        block = self._block_source(nodes, cls, path)
        if isinstance(node, Mapping):
            extra = {shapes.SOURCE} if block is not None else set()
            self._refuse_unknown(node, set(known) | extra, path)
        values: dict[str, Any] = {}
        for key, each in known.items():
            if key not in nodes:
                self._missing(cls, each, key, node, path)
                values[each.name] = _placeholder(_hints(cls)[each.name]) if each.default is MISSING else each.default
                if each.default_factory is not MISSING:
                    values[each.name] = each.default_factory()
                continue
            values[each.name] = self._field(
                nodes[key], Slot(cls, each.name), path + (key,), model_path + (each.name,), block
            )
        return cls(**values, **({"sources": self.sources} if cls is model.Scheme else {}))

    def _entries(self, node: Node, path: Path) -> dict[str, Node]:
        if isinstance(node, Mapping):
            return node.nodes
        self.report.at(
            node.place, path, "wrong_type", "Keys with values are expected here (key: value on lines of their own)."
        )
        return {}

    def _key(self, cls: type, each: "Field[Any]") -> str:
        return shapes.WRITTEN.get((cls, each.name), each.name)

    def _refuse_unknown(self, node: Mapping, known: set[str], path: Path) -> None:
        for key, place in node.keys.items():
            if key not in known:
                hint = suggestion(key, sorted(known))
                self.report.at(place, path + (key,), "unknown_key", f"{key!r} is not a key of this block; {hint}")

    def _missing(self, cls: type, each: "Field[Any]", key: str, node: Node, path: Path) -> None:
        optional = cls not in shapes.PARAMETERS and not _is_required(each)
        if isinstance(node, Mapping) and not optional:
            self.report.at(node.place, path + (key,), "missing_key", f"{key!r} is missing in this block; add it.")

    # --- sources --------------------------------------------------------------------------------------------

    def _block_source(self, nodes: dict[str, Node], cls: type, path: Path) -> str | None:
        """The source that stands for a whole block; "" where it has none, None where it cannot have one."""
        if not shapes.has_block_source(cls):
            return None
        if shapes.SOURCE not in nodes:
            return ""
        return self._sentence(nodes[shapes.SOURCE], path + (shapes.SOURCE,))

    def _field(self, node: Node, slot: Slot, path: Path, model_path: Path, block: str | None) -> Any:
        kind = _hints(slot.owner)[slot.name]
        if not shapes.is_parameter(slot.owner, slot.name):
            return self.value(node, kind, slot, path, model_path)
        source, inner = block or "", node
        if isinstance(node, Mapping) and shapes.VALUE in node.nodes:
            self._refuse_unknown(node, {shapes.VALUE, shapes.SOURCE}, path)
            inner = node.nodes[shapes.VALUE]
            if shapes.SOURCE in node.nodes:
                source = self._sentence(node.nodes[shapes.SOURCE], path + (shapes.SOURCE,)) or source
        if not source:
            message = "This value has no source; write {value: ..., source: ...} with the document and article, or source: assumed."
            self.report.at(node.place, path + (shapes.SOURCE,), "source_missing", message)
        self.sources[".".join(model_path)] = source
        return self.value(inner, kind, slot, path, model_path)

    # --- values ---------------------------------------------------------------------------------------------

    def value(self, node: Node, kind: Any, slot: Slot, path: Path, model_path: Path) -> Any:
        """A value of the type its field has."""
        self.report.places[path] = node.place
        origin = typing.get_origin(kind)
        if origin in (types.UnionType, typing.Union):
            return self._optional(node, kind, slot, path, model_path)
        if is_dataclass(kind):
            return self.record(node, typing.cast(type, kind), path, model_path)
        if origin is MappingABC:
            return self._mapping(node, kind, slot, path, model_path)
        if kind == tuple[int, int]:
            return self._fraction(node, slot, path)
        if origin is tuple:
            return self._list(node, typing.get_args(kind)[0], slot, path, model_path)
        if origin is typing.Literal:
            return self._choice(node, typing.get_args(kind), path)
        return self._plain(node, kind, slot, path)

    def _plain(self, node: Node, kind: Any, slot: Slot, path: Path) -> Any:
        if kind is int:
            return self._number(node, slot, path)
        if kind is bool:
            return self._choice(node, tuple(BOOLEANS), path) in ("yes", "true")
        if slot.name in IDENTITIES:
            return self._identity(node, path)
        return self._sentence(node, path)

    def _optional(self, node: Node, kind: Any, slot: Slot, path: Path, model_path: Path) -> Any:
        if isinstance(node, Scalar) and node.text == shapes.NONE:
            return None
        inner = next(each for each in typing.get_args(kind) if each is not type(None))
        return self.value(node, inner, slot, path, model_path)

    def _mapping(self, node: Node, kind: Any, slot: Slot, path: Path, model_path: Path) -> dict[str, Any]:
        """A mapping whose keys the file chooses; what is wrong with such a key is reported where the key stands."""
        inner = typing.get_args(kind)[1]
        nodes = self._entries(node, path)
        places = node.keys if isinstance(node, Mapping) else {}
        values = {}
        for key, each in sorted(nodes.items()):
            if not KEY.fullmatch(key):
                self.report.at(places[key], path + (key,), "bad_key", f"{key!r} cannot be a key; {KEY_FORM}")
            values[key] = self.value(each, inner, slot, path + (key,), model_path + (key,))
            self.report.places[path + (key,)] = places[key]
        return values

    def _list(self, node: Node, inner: Any, slot: Slot, path: Path, model_path: Path) -> tuple[Any, ...]:
        if not isinstance(node, Sequence):
            self.report.at(
                node.place, path, "wrong_type", "A list is expected here (lines that begin with a dash, or [...])."
            )
            return ()
        values, taken = [], set[str]()
        for index, each in enumerate(node.nodes):
            name = _identity_of(each) or str(index)
            if name in taken:
                self.report.at(
                    each.place, path, "key_twice", f"{name!r} stands in this list twice; each entry needs its own key."
                )
                name = f"{name}#{index}"
            taken.add(name)
            values.append(self.value(each, inner, slot, path + (name,), model_path + (name,)))
        return tuple(values)

    def _text(self, node: Node, path: Path) -> str | None:
        if isinstance(node, Scalar):
            return node.text
        self.report.at(node.place, path, "wrong_type", "A single value is expected here, not a list or a block.")
        return None

    def _sentence(self, node: Node, path: Path) -> str:
        text = self._text(node, path)
        if text is not None and not text.strip():
            self.report.at(node.place, path, "empty_text", f"{path[-1]!r} is empty; write it out.")
        return (text or "").strip()

    def _identity(self, node: Node, path: Path) -> str:
        text = self._text(node, path)
        if text is not None and not KEY.fullmatch(text):
            self.report.at(node.place, path, "bad_key", f"{text!r} cannot be a key; {KEY_FORM}")
        return text or ""

    def _choice(self, node: Node, choices: tuple[str, ...], path: Path) -> str:
        text = self._text(node, path)
        if text is None or text in choices:
            return text or choices[0]
        message = f"{text!r} is not possible here; {suggestion(text, choices)}"
        self.report.at(node.place, path, "not_a_choice", message)
        return choices[0]

    def _number(self, node: Node, slot: Slot, path: Path) -> int:
        text = self._text(node, path)
        if text is None:
            return 0
        in_hundredths = (slot.owner, slot.name) in shapes.WRITTEN
        form = HUNDREDTHS.fullmatch(text) if in_hundredths else re.fullmatch("[0-9]{1,10}", text)
        if form is not None and isinstance(node, Scalar) and not node.is_plain:
            self.report.at(
                node.place, path, "wrong_type", f"{text!r} stands in quotes, which make it a text; write {text}."
            )
            return 0
        if form is None:
            wanted = "a number with at most two decimals" if in_hundredths else "a whole number in digits 0-9"
            self.report.at(node.place, path, "wrong_type", f"{text!r} is not {wanted}; write it so.")
            return 0
        number = int(form[1]) * 100 + int((form[2] or "0").ljust(2, "0")) if in_hundredths else int(text)
        low, high = shapes.range_of(slot.owner, slot.name)
        if not low <= number <= high:
            scale = 100 if in_hundredths else 1
            message = f"{text} is out of range; it must be from {low / scale:g} to {high / scale:g}."
            self.report.at(node.place, path, "out_of_range", message)
        return number

    def _fraction(self, node: Node, slot: Slot, path: Path) -> tuple[int, int]:
        text = self._text(node, path)
        form = FRACTION.fullmatch(text) if text is not None else None
        if text is not None and (form is None or not 0 < int(form[1]) <= int(form[2])):
            self.report.at(node.place, path, "wrong_type", f"{text!r} is not a share; write it like 2/3.")
        return (int(form[1]), int(form[2])) if form else (1, 1)


@cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _is_required(each: "Field[Any]") -> bool:
    return each.default is MISSING and each.default_factory is MISSING


def _identity_of(node: Node) -> str | None:
    """The key that names an entry of a list in paths."""
    if not isinstance(node, Mapping):
        return None
    for identity in IDENTITIES:
        each = node.nodes.get(identity)
        if isinstance(each, Mapping):
            each = each.nodes.get(shapes.VALUE)
        if isinstance(each, Scalar):
            return each.text
    return None


def _placeholder(kind: Any) -> Any:
    """Stands for a missing value until its fault is raised."""
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        return None
    if origin is typing.Literal:
        return typing.get_args(kind)[0]
    if is_dataclass(kind):
        cls = typing.cast(type, kind)
        return cls(**{each.name: _placeholder(_hints(cls)[each.name]) for each in fields(cls)})
    if origin is MappingABC:
        return {}
    if kind == tuple[int, int]:
        return (1, 1)
    if origin is tuple:
        return ()
    return {int: 0, bool: False}.get(kind, "")
