"""How large and how long a run is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """small, middle, large: applications. papers: certificates. remarks: how often those of a report are repeated.

    seconds: of each load; warm: before it counts.
    """

    small: int = 200
    middle: int = 1_000
    large: int = 10_000
    judges: int = 200
    papers: int = 500
    naive_papers: int = 12
    remarks: int = 4
    seconds: float = 2.5
    warm: float = 1.0
    runs: int = 5


TINY = Sizes(
    small=12, middle=16, large=24, judges=40, papers=4, naive_papers=2, remarks=1, seconds=0.3, warm=0.2, runs=1
)
"""For the tests, which only want to see that every part runs."""
