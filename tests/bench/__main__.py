"""`./run bench [NAME]`: the figures of the design beside their yardsticks, measured in the same run."""

import argparse
import platform
import sys
import time
from collections.abc import Callable, Mapping

from tests.bench import figures, pages, papers, ranking, saving, starting
from tests.bench.exporting import exports
from tests.bench.figures import Figure
from tests.bench.sizes import TINY, Sizes

ROWS: Mapping[str, Callable[[Sizes], list[Figure]]] = {
    "G1": saving.whole_sheets,
    "G2": saving.one_item,
    "G3": pages.big_list,
    "G4": pages.larger_lists,
    "G5": exports,
    "G6": papers.certificates,
    "G7": papers.reports,
    "G8": ranking.ranking,
    "G12": pages.pages,
    "G14": starting.starting,
}
"""The rows that can be run alone, by the number of their goal."""


def main(wanted: list[str], sizes: Sizes) -> str:
    """The table of the rows wanted, of all where none is named."""
    found = []
    for name in wanted or ROWS:
        start = time.perf_counter()
        found += ROWS[name](sizes)
        print(f"{name}: {time.perf_counter() - start:.0f} s, {figures.busy()}", file=sys.stderr)
    head = f"{time.strftime('%Y-%m-%d %H:%M')}, Python {platform.python_version()}, {figures.busy()}"
    return f"{head}\n\n{figures.table(found)}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("name", nargs="*", choices=[[], *ROWS], metavar="NAME", help=", ".join(ROWS))
    parser.add_argument("--tiny", action="store_true", help="only show that every part runs; the figures mean nothing")
    chosen = parser.parse_args()
    print(main(chosen.name, TINY if chosen.tiny else Sizes()))
