"""Whatever key of a shipped scheme is mistyped, the file is refused."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from award.regulations.faults import Fault, Place, Report, RuleFaults
from award.regulations.loader import RUBRICS, load_scheme
from award.regulations.reader import Mapping, Node, Scalar, read

TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in (RUBRICS / "schemes").glob("*.yaml")}


def keys_of(node: Node | None, under: str = "") -> Iterator[tuple[str, Place]]:
    """Every key with its place, but for the names a scheme gives its sectors: where no quota refers to one, any name will do."""
    if node is None or isinstance(node, Scalar):
        return
    if not isinstance(node, Mapping):
        for each in node.nodes:
            yield from keys_of(each)
        return
    if under != "sectors":
        yield from node.keys.items()
    for key, each in node.nodes.items():
        yield from keys_of(each, under if key == "value" else key)


KEYS = [(name, key, place) for name, text in sorted(TEXTS.items()) for key, place in keys_of(read(text, Report()))]


def mistype(key: str, at: int, letter: str, how: str) -> str:
    if how == "left out":
        return key[:at] + key[at + 1 :] or letter
    if how == "doubled":
        return key[:at] + key[at] + key[at:]
    if how == "swapped" and at + 1 < len(key):
        return key[:at] + key[at + 1] + key[at] + key[at + 2 :]
    return key[:at] + letter + key[at + 1 :]


def test_there_are_keys_to_mistype() -> None:
    assert len(KEYS) > 500


@settings(max_examples=200, deadline=None)
@given(
    place=st.sampled_from(KEYS),
    at=st.integers(0, 30),
    letter=st.sampled_from("abcdefghijklmnopqrstuvwxyz_"),
    how=st.sampled_from(["left out", "doubled", "swapped", "replaced"]),
)
def test_any_mistyped_key_is_refused(place: tuple[str, str, Place], at: int, letter: str, how: str) -> None:
    name, key, (line, column) = place
    typo = mistype(key, at % len(key), letter, how)
    if typo == key:
        return
    lines = TEXTS[name].split("\n")
    old = lines[line - 1]
    lines[line - 1] = old[: column - 1] + typo + old[column - 1 + len(key) :]
    with pytest.raises(RuleFaults):
        load_scheme("\n".join(lines), name)


@settings(max_examples=200, deadline=None)
@given(
    at=st.floats(0, 1),
    length=st.integers(0, 60),
    instead=st.text(st.sampled_from(" \n\t-:{}[],&*!'\"#|>%@`0a中\x00\ud800\U0001f600"), max_size=6),
    name=st.sampled_from(sorted(TEXTS)),
)
def test_a_damaged_file_is_read_or_refused_but_never_breaks_the_reader(
    at: float, length: int, instead: str, name: str
) -> None:
    text = TEXTS[name]
    start = int(at * len(text))
    damaged = text[:start] + instead + text[start + length :]
    assert all(fault.line >= 1 and fault.column >= 1 and fault.message for fault in faults_of(damaged, name))


def faults_of(text: str, name: str) -> tuple[Fault, ...]:
    try:
        load_scheme(text, name)
    except RuleFaults as error:
        return error.faults
    return ()
