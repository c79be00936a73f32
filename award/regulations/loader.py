"""Loads criteria and schemes from the texts of rubric files, and those that are shipped."""

from contextlib import suppress
from functools import cache
from pathlib import Path

from award.regulations.builder import Builder
from award.regulations.canonical import canonical, criteria_from_canonical, scheme_from_canonical, sha256_of
from award.regulations.checks import check_criteria
from award.regulations.faults import Fault, Report, RuleFaults
from award.regulations.model import Criteria, Scheme
from award.regulations.reader import Mapping, Node, read
from award.regulations.scheme_checks import check_scheme
from award.regulations.upward import links_of

RUBRICS = Path(__file__).resolve().parents[2] / "rubrics"


def load_criteria(text: str, name: str) -> Criteria:
    """Reads and checks a criteria file. name: its file name without .yaml, which its key must repeat.

    Raises RuleFaults with everything that is wrong with it.
    """
    report = Report()
    criteria: Criteria = Builder(report).record(_root(text, report), Criteria, (), ())
    check_criteria(criteria, name, report)
    report.close()
    return criteria


def load_scheme(text: str, name: str) -> Scheme:
    """Reads and checks a scheme file against the shipped criteria it names. name: its file name without .yaml.

    Raises RuleFaults with everything that is wrong with it.
    """
    report = Report()
    scheme: Scheme = Builder(report).record(_root(text, report), Scheme, (), ())
    named = {category.criteria for category in scheme.categories}
    known: dict[str, Criteria | None] = dict.fromkeys(_names("criteria"))
    for key in named & set(known):
        known[key] = _criteria_if_sound(key)
    check_scheme(scheme, name, known, _links(), report)
    report.close()
    return scheme


@cache
def shipped_criteria() -> dict[str, Criteria]:
    """All criteria of rubrics/criteria by key. Raises RuleFaults where one has a fault."""
    return {name: _shipped(name) for name in _names("criteria")}


@cache
def shipped_schemes() -> dict[str, Scheme]:
    """All schemes of rubrics/schemes by key. Raises RuleFaults where one has a fault."""
    return {name: load_scheme(_read("schemes", name), name) for name in _names("schemes")}


def load_file(path: Path) -> Criteria | Scheme:
    """Reads and checks a file of either sort, told apart by its keys. Raises RuleFaults, also where it cannot be read."""
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise _unreadable("no_file", f"The file cannot be read ({error.strerror}); check the path.") from error
    except UnicodeDecodeError as error:
        raise _unreadable("not_utf8", f"Byte {error.start + 1} is not UTF-8; save the file as UTF-8.") from error
    return load_scheme(text, path.stem) if _is_scheme(text) else load_criteria(text, path.stem)


def rubric_files() -> list[Path]:
    """All shipped criteria and schemes."""
    return sorted(RUBRICS.glob("*/*.yaml"))


def _is_scheme(text: str) -> bool:
    node = read(text, Report())
    keys = set(node.nodes) if isinstance(node, Mapping) else set()
    return len(keys & set(Scheme.__dataclass_fields__)) > len(keys & set(Criteria.__dataclass_fields__))


def _unreadable(code: str, message: str) -> RuleFaults:
    return RuleFaults([Fault(1, 1, "", code, message)])


def _root(text: str, report: Report) -> Node:
    node = read(text, report)
    if node is None:
        raise _unreadable("empty_file", "The file holds nothing; write the criteria or the scheme into it.")
    return node


@cache
def _links() -> dict[str, frozenset[str]]:
    """Each shipped scheme -> those it links upward to; of a file that is no YAML, none."""
    found: dict[str, frozenset[str]] = {}
    for name in _names("schemes"):
        with suppress(RuleFaults):
            found[name] = frozenset()
            found[name] = links_of(read(_read("schemes", name), Report()))
    return found


@cache
def _shipped(name: str) -> Criteria:
    return load_criteria(_read("criteria", name), name)


def _criteria_if_sound(name: str) -> Criteria | None:
    try:
        return _shipped(name)
    except RuleFaults:
        return None


def _names(folder: str) -> list[str]:
    return sorted(path.stem for path in (RUBRICS / folder).glob("*.yaml"))


def _read(folder: str, name: str) -> str:
    return (RUBRICS / folder / f"{name}.yaml").read_text(encoding="utf-8")


__all__ = [
    "RUBRICS",
    "Fault",
    "RuleFaults",
    "canonical",
    "criteria_from_canonical",
    "load_criteria",
    "load_file",
    "load_scheme",
    "rubric_files",
    "scheme_from_canonical",
    "sha256_of",
    "shipped_criteria",
    "shipped_schemes",
]
