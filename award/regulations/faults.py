"""What is wrong with a rubric file, and where: every fault is collected before anything is refused."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

Path = tuple[str, ...]
Place = tuple[int, int]


@dataclass(frozen=True, order=True)
class Fault:
    """One thing to mend. line, column: from 1. path: dotted, empty for the whole file. code: stable, for tests and tools."""

    line: int
    column: int
    path: str
    code: str
    message: str


class RuleFaults(Exception):
    """A rubric file cannot be used. faults: all that were found, in the order of the file."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(sorted(faults))
        super().__init__("; ".join(f"{fault.line}:{fault.column}: {fault.message}" for fault in self.faults))


@dataclass
class Report:
    """Collects the faults of one file, and remembers where each path of it stands."""

    faults: list[Fault] = field(default_factory=list)
    places: dict[Path, Place] = field(default_factory=dict)
    _spoilt: set[Path] = field(default_factory=set)

    def at(self, place: Place, path: Path, code: str, message: str) -> None:
        """Notes that the value at a path could not be read, which also spoils what holds it and what it holds."""
        self._spoilt.add(path)
        self.faults.append(Fault(*place, ".".join(path), code, message))

    def on(self, path: Path, code: str, message: str) -> None:
        """Notes that a value was read but disagrees with another. A path that is not in the file stands for its parent."""
        known = path
        while known and known not in self.places:
            known = known[:-1]
        place = self.places.get(known, (1, 1))
        self.faults.append(Fault(*place, ".".join(path), code, message))

    def is_clean(self, *path: str) -> bool:
        """Whether all at and under a path could be read, so that what depends on its value can be checked."""
        return not any(
            spoilt[: len(path)] == path or path[: len(spoilt)] == spoilt for spoilt in self._spoilt if spoilt
        )

    def close(self) -> None:
        """Raises RuleFaults where anything was noted."""
        if self.faults:
            raise RuleFaults(self.faults)


def listing(words: Iterable[str]) -> str:
    """Words as a sentence lists them: a, b or c."""
    known = list(words)
    return known[0] if len(known) == 1 else ", ".join(known[:-1]) + " or " + known[-1] if known else "nothing"


def suggestion(word: str, known: Iterable[str]) -> str:
    """What to do about a mistyped word: the nearest known one, or all of them."""
    words = list(known)
    nearest = get_close_matches(word, words, n=1, cutoff=0.6)
    return f"did you mean {nearest[0]!r}?" if nearest else f"known here: {listing(words)}"
