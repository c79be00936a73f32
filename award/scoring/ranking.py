"""From published figures to an order: competition ranks, the chain for ties, seats shared out over sectors."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True)
class Standing:
    """One application before it is ranked. tie_values: the values of the scheme's chain in order; more is better."""

    key: str
    published: Decimal
    tie_values: tuple[Decimal | Fraction | int, ...] = ()


@dataclass(frozen=True)
class Ranked:
    """One application in the ranking.

    rank: from 1, as in competitions (1-2-2-4). tied: shares its rank, the chain could not separate it. decided_by:
    how far down the chain (from 0) one had to go to place it among those with its figure; None where the figure alone
    did, or nothing could.
    """

    key: str
    published: Decimal
    rank: int
    tied: bool
    decided_by: int | None


@dataclass(frozen=True)
class Apportionment:
    """Seats per sector. Where equal remainders meet too few seats, `undecided` seats are left to the `tied` sectors."""

    seats: Mapping[str, int]
    undecided: int
    tied: tuple[str, ...]


def rank(standings: Sequence[Standing]) -> tuple[Ranked, ...]:
    """Ranks on the published figure, then on the chain; what is still equal shares a rank. Best first.

    Keys never decide: tied applications keep the order in which they came in and have the same rank.
    Raises ValueError for a key that occurs twice and for chains of different lengths.
    """
    if len({standing.key for standing in standings}) != len(standings):
        raise ValueError("an application cannot stand twice in a ranking")
    if len({len(standing.tie_values) for standing in standings}) > 1:
        raise ValueError("the chains for ties differ in length")

    placed = sorted(((_merit(standing), standing) for standing in standings), key=_first, reverse=True)
    shared = Counter(merit for merit, _ in placed)
    peers: dict[Fraction, set[tuple[Fraction, ...]]] = {}
    ranks: dict[tuple[Fraction, ...], int] = {}
    for place, (merit, _) in enumerate(placed, start=1):
        ranks.setdefault(merit, place)
        peers.setdefault(merit[0], set()).add(merit)
    return tuple(
        Ranked(
            key=standing.key,
            published=standing.published,
            rank=ranks[merit],
            tied=shared[merit] > 1,
            decided_by=_depth(merit, peers[merit[0]]),
        )
        for merit, standing in placed
    )


def apportion(seats: int, counts: Mapping[str, int]) -> Apportionment:
    """Shares seats over sectors in proportion to their applications, by largest remainder.

    Sectors whose remainders are exactly equal at the last seat get none of it here: the seat stays undecided.
    Raises ValueError for negative numbers.
    Source: largest remainder method (Hare quota).
    """
    if seats < 0 or any(count < 0 for count in counts.values()):
        raise ValueError("seats and counts are 0 or more")
    whole = sum(counts.values())
    if whole == 0:
        return Apportionment(dict.fromkeys(counts, 0), seats, ())

    given = {sector: seats * count // whole for sector, count in counts.items()}
    remainders = {sector: seats * count % whole for sector, count in counts.items()}
    left = seats - sum(given.values())
    for remainder in sorted(set(remainders.values()), reverse=True):
        equal = tuple(sector for sector in counts if remainders[sector] == remainder)
        if left < len(equal):
            return Apportionment(given, left, equal if left else ())
        for sector in equal:
            given[sector] += 1
        left -= len(equal)
    raise AssertionError("fewer seats are left than sectors have remainders")


def _merit(standing: Standing) -> tuple[Fraction, ...]:
    return (Fraction(standing.published), *(Fraction(value) for value in standing.tie_values))


def _first(pair: tuple[tuple[Fraction, ...], Standing]) -> tuple[Fraction, ...]:
    return pair[0]


def _depth(merit: tuple[Fraction, ...], peers: set[tuple[Fraction, ...]]) -> int | None:
    depths = [
        next(at for at, (mine, theirs) in enumerate(zip(merit[1:], peer[1:], strict=True)) if mine != theirs)
        for peer in peers
        if peer != merit
    ]
    return max(depths, default=None)
