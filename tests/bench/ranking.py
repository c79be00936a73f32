"""G8: what follows from one changed score: totals combined, judges compared, agreement, ranks."""

import random
from statistics import mean
from typing import Any

from sqlalchemy import select

from award.kernel import db
from award.regulations.loader import shipped_schemes
from award.results import severities
from award.results.basis import basis_of
from award.results.ranking import _ranking, ranking_of
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
        severities._compared.cache_clear()
        first = figures.seconds_of(lambda: severities.severities_in(session, basis_of(session, round_, category)))

        def again() -> object:
            session.expunge_all()
            return ranking_of(session, session.get_one(Round, round_.id), category)

        loops, ranked, kept, compared = figures.side_by_side(
            [
                lambda: _plain_loops(marks),
                lambda: (_ranking.cache_clear(), again()),
                again,
                lambda: severities.severities_in(session, basis_of(session, round_, category)),
            ],
            min(sizes.runs, 3),
        )
    act = f"{sizes.middle:,} applications x 5 sheets x 23 items"
    return [
        figures.at_most("G8", f"rank {act}, from rows, against plain loops", loops, ranked, 1 / 20),
        figures.limit("G8", f"rank {act}, from rows", ranked, 0.2, figures.milliseconds),
        figures.limit("G8", "the same rows again", kept, 0.2, figures.milliseconds),
        figures.limit("G8", f"compare {sizes.judges} judges, the first time", first, 0.2, figures.milliseconds),
        figures.limit(
            "G8", f"compare {sizes.judges} judges, the same sheets again", compared, 0.2, figures.milliseconds
        ),
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
