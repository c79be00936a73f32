"""G8: what follows from one changed score: totals combined, judges compared, agreement, ranks."""

import random
from functools import partial
from itertools import count
from statistics import mean
from typing import Any

from sqlalchemy import select

from award.kernel import db
from award.regulations.loader import shipped_schemes
from award.results.basis import basis_of
from award.results.ranking import ranking_on
from award.results.severities import severities_in
from award.rounds.models import Round
from tests.bench import figures
from tests.bench.figures import Figure
from tests.bench.sizes import Sizes
from tests.bench.world import world


def ranking(sizes: Sizes) -> list[Figure]:
    """The yardstick: a trimmed mean of each item over all sheets, weights and sorting in plain loops of floats."""
    made = world(sizes.middle, sizes.judges, scored=True)
    marks = _marks(sizes)
    with db.reading(made.engine) as session:
        round_ = session.scalars(select(Round).where(Round.public_id == made.round)).one()
        category = shipped_schemes()["yunchuan-mayor"].categories[0].key
        totals, number = count(50_000), round_.id

        def again(*, changed: bool = False) -> None:
            """As the page does: read, ranked, the judges compared. changed: with another total of one sheet than ever before."""
            session.expunge_all()
            own = session.get_one(Round, number)
            basis = basis_of(session, own, category)
            if changed:
                first, *others = basis.sheets
                basis = basis._replace(sheets=(first._replace(total_hundredths=next(totals)), *others))
            ranking_on(session, own, category, basis)
            severities_in(session, basis)

        again()
        acts = [lambda: _plain_loops(marks), partial(again, changed=True), again]
        loops, ranked, kept = figures.side_by_side(acts, min(sizes.runs, 3))
    act = f"{sizes.middle:,} applications x 5 sheets x 23 items, {sizes.judges} judges"
    return [
        figures.at_most("G8", f"rank and compare after one changed score: {act}, from rows, against plain loops", loops, ranked, 1 / 20),
        figures.limit("G8", "the same, from rows", ranked, 0.2, figures.milliseconds),
        figures.limit("G8", "with nothing changed, from rows", kept, 0.01, figures.milliseconds),
    ]


def _marks(sizes: Sizes) -> list[list[list[float]]]:
    """Application, sheet, item."""
    rng = random.Random(6)
    return [[[rng.randrange(0, 101, 5) for _ in range(23)] for _ in range(5)] for _ in range(sizes.middle)]


def _plain_loops(marks: list[list[list[float]]]) -> Any:
    totals = []
    for at, sheets in enumerate(marks):
        total = 0.0
        for item in range(len(sheets[0])):
            values = sorted(sheet[item] for sheet in sheets)
            total += 43.5 * mean(values[1:-1]) / 100
        totals.append((total, at))
    return sorted(totals, reverse=True)
