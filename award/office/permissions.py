"""The stage table as people read it: whole, or as the rules of an award narrow it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from award.kernel.actor import Action
from award.regulations.model import Scheme
from award.rounds.narrowing import closed_in, grants_in
from award.stages import TABLE, Kind, Stage, Who


@dataclass(frozen=True)
class Shown:
    """A stage of the page. title: a msgid, or of the scheme. closed: what the table grants and the award's rules close."""

    stage: Stage
    title: object
    grants: Mapping[Action, frozenset[Who]]
    closed: tuple[Action, ...] = ()


def stages_of(scheme: Scheme | None) -> list[Shown]:
    """The stages of an award in its order, as its rules narrow them; the whole table for None."""
    if scheme is None:
        return [Shown(one, None, one.grants) for one in TABLE.values()]
    kinds = [(Kind(one.kind), one.title) for one in scheme.stages]
    return [
        Shown(TABLE[kind], title, grants_in(scheme, kind), tuple(sorted(closed_in(scheme, kind)))) for kind, title in kinds
    ]


def open_everywhere(stages: Sequence[Shown]) -> list[Action]:
    """Acts that are open in all of these stages."""
    return [act for act in Action if all(act in one.grants for one in stages)]
