"""G5: the export of a round's sheets."""

from tests.bench.figures import Figure
from tests.bench.sizes import Sizes


def exports(sizes: Sizes) -> list[Figure]:
    """Nothing to measure yet."""
    return [
        Figure(
            "G5", f"XLSX and CSV of {sizes.middle * 5:,} sheets x 23", "", "no such export yet", None, "<= 2x", False
        )
    ]
