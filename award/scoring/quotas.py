"""From an order to proposed grades: seats, minimum, sector limits, reserved seats, ties at the line, vacancies.

Every application leaves with a reason a machine can read, for each grade it competed for.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import groupby
from typing import Literal

from award.scoring.ranking import Ranked

Cutoff = Literal["include_all", "exclude_all", "refer"]
GrantReason = Literal["within_quota", "reserved_seat", "tied_at_cutoff"]
RefusalReason = Literal[
    "below_minimum",
    "quota_full",
    "sector_full",
    "seats_reserved",
    "tied_at_cutoff",
    "below_tie",
    "referred",
    "awaits_referral",
]


@dataclass(frozen=True)
class Grade:
    """A grade of the award with its seats; fewer winners than seats is a valid result.

    minimum_hundredths: compared with the published figure. per_sector: at most that many of a sector.
    at_least_sector: seats kept for a sector; what it does not fill stays vacant.
    """

    key: str
    seats: int
    minimum_hundredths: int | None = None
    per_sector: Mapping[str, int] = field(default_factory=dict)
    at_least_sector: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Refusal:
    """Why an application did not get a grade.

    below_minimum; quota_full; sector_full (its sector has its most); seats_reserved (it would have one if none were
    kept for other sectors); tied_at_cutoff (left out with its equals); below_tie (a seat is free because better placed
    equals were left out); referred (the committee separates the equals); awaits_referral (depends on such a decision).
    """

    grade: str
    reason: RefusalReason


@dataclass(frozen=True)
class Award:
    """What is proposed for one application. refusals: the grades it competed for in vain, best first.

    With a grade, reason is within_quota, reserved_seat (only thanks to its sector) or tied_at_cutoff (taken in with its
    equals). Without, it is that of the last refusal, or of the referral it waits for; None where there is no grade.
    """

    key: str
    grade: str | None
    reason: GrantReason | RefusalReason | None
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True)
class Vacancy:
    """Seats of a grade nobody is proposed for. awaits_referral: a decision of the committee may still fill some."""

    grade: str
    seats: int
    awaits_referral: bool


@dataclass(frozen=True)
class Proposal:
    """awards: every application, in the order of the ranking. vacancies: grades with empty seats, best grade first."""

    awards: tuple[Award, ...]
    vacancies: tuple[Vacancy, ...]


def apply_quotas(
    ranked: Sequence[Ranked], sectors: Mapping[str, str], grades: Sequence[Grade], cutoff: Cutoff
) -> Proposal:
    """Proposes grades: best grade first, best application first; who does not get a grade competes for the next.

    sectors: application -> sector; one without falls under no limit. grades: best first. cutoff: what happens to equals
    of whom only some fit: all get the grade, beyond quota and sector limits (include_all); none does and the seats stay
    vacant (exclude_all); the committee decides (refer). Nobody placed lower takes a seat that equals did not get.
    After a referral whatever depends on it stays open; propose again with the committee's order as the last link of the
    chain for ties.
    Raises ValueError for a grade that contradicts itself and for one that occurs twice.
    """
    _check(grades)
    order = sorted(ranked, key=lambda one: one.rank)
    won: dict[str, Award] = {}
    refusals: dict[str, tuple[Refusal, ...]] = {one.key: () for one in order}
    vacancies: list[Vacancy] = []
    for grade in grades:
        pending = {key for key, earlier in refusals.items() if _referral(earlier)}
        verdicts = _explained([one for one in order if one.key not in won], sectors, grade, cutoff, pending)
        winners = 0
        for key, verdict in verdicts.items():
            if isinstance(verdict, Refusal):
                refusals[key] += (verdict,)
            else:
                won[key] = Award(key, grade.key, verdict, refusals[key])
                winners += 1
        if winners < grade.seats:
            waits = any(isinstance(one, Refusal) and _referral((one,)) for one in verdicts.values())
            vacancies.append(Vacancy(grade.key, grade.seats - winners, waits))
    awards = tuple(won.get(one.key) or _unawarded(one.key, refusals[one.key]) for one in order)
    return Proposal(awards, tuple(vacancies))


@dataclass(frozen=True)
class _Seats:
    """The seats of one grade with how many each sector has taken. What fits is a matroid: see `_Contest`."""

    grade: Grade
    taken: Mapping[str, int] = field(default_factory=dict)

    def fault(self, sector: str) -> Literal["sector_full", "quota_full"] | None:
        """Why one more of this sector does not fit, or None if it does."""
        taken = self.taken.get(sector, 0)
        if sector in self.grade.per_sector and taken >= self.grade.per_sector[sector]:
            return "sector_full"
        kept = self.grade.at_least_sector
        free = self.grade.seats - sum(kept.values())
        used = sum(max(0, count - kept.get(one, 0)) for one, count in self.taken.items())
        return None if taken < kept.get(sector, 0) or used < free else "quota_full"

    def take(self, sector: str) -> "_Seats":
        return replace(self, taken={**self.taken, sector: self.taken.get(sector, 0) + 1})

    def take_what_fits(self, sectors: Iterable[str]) -> "_Seats":
        seats = self
        for sector in sectors:
            if seats.fault(sector) is None:
                seats = seats.take(sector)
        return seats


class _Contest:
    """One grade and those who compete for it, equals after equals.

    The limits form a matroid (places in a network of sectors and seats), so whether the last of several equals still
    fits does not depend on the order in which the others sat down: an equal is safe, contested or without a chance.
    """

    def __init__(self, grade: Grade, sectors: Mapping[str, str], cutoff: Cutoff, pending: set[str]) -> None:
        self._grade = grade
        self._sectors = sectors
        self._cutoff = cutoff
        self._pending = pending
        self._awarded = _Seats(grade)
        self._blocked = _Seats(grade)
        """Like awarded, and with the seats that equals did not get: nobody placed lower may take those."""

    def verdicts(self, order: Sequence[Ranked]) -> Iterator[tuple[str, GrantReason | Refusal]]:
        """The verdict on each, best first."""
        for _, equals in groupby(order, key=lambda one: one.rank):
            able = []
            for one in equals:
                if _meets(self._grade, one):
                    able.append(one.key)
                else:
                    yield one.key, Refusal(self._grade.key, "below_minimum")
            yield from self._decide(able)

    def _decide(self, equals: Sequence[str]) -> Iterator[tuple[str, GrantReason | Refusal]]:
        sectors = [self._sectors.get(key, "") for key in equals]
        awarded, blocked = self._awarded, self._blocked
        contested = {sector for sector in sectors if _is_contested(blocked, sectors, sector)}
        self._blocked = blocked.take_what_fits(sectors)
        for key, sector in zip(equals, sectors, strict=True):
            if blocked.fault(sector):
                yield key, self._refusal(awarded.fault(sector) or self._behind_tie())
            elif key in self._pending:
                yield key, self._refusal("awaits_referral")
            elif sector not in contested:
                self._awarded = self._awarded.take(sector)
                yield key, "within_quota"
            elif self._cutoff == "include_all":
                self._awarded = self._awarded.take(sector)
                yield key, "tied_at_cutoff"
            else:
                yield key, self._refusal("referred" if self._cutoff == "refer" else "tied_at_cutoff")
        if self._cutoff == "include_all":
            self._blocked = self._awarded

    def _refusal(self, reason: RefusalReason) -> Refusal:
        return Refusal(self._grade.key, reason)

    def _behind_tie(self) -> RefusalReason:
        return "awaits_referral" if self._cutoff == "refer" else "below_tie"


def _explained(
    order: Sequence[Ranked], sectors: Mapping[str, str], grade: Grade, cutoff: Cutoff, pending: set[str]
) -> dict[str, GrantReason | Refusal]:
    """The verdicts of one grade, with what its reserved seats changed said as such."""
    verdicts = dict(_Contest(grade, sectors, cutoff, pending).verdicts(order))
    if not grade.at_least_sector:
        return verdicts
    unreserved = dict(_Contest(replace(grade, at_least_sector={}), sectors, cutoff, pending).verdicts(order))
    for key, verdict in verdicts.items():
        would_win = not isinstance(unreserved[key], Refusal)
        if verdict == "within_quota" and not would_win:
            verdicts[key] = "reserved_seat"
        elif isinstance(verdict, Refusal) and verdict.reason == "quota_full" and would_win:
            verdicts[key] = replace(verdict, reason="seats_reserved")
    return verdicts


def _is_contested(seats: _Seats, sectors: Sequence[str], sector: str) -> bool:
    """Whether the last of this sector would find no seat behind all its equals."""
    others = list(sectors)
    others.remove(sector)
    return seats.take_what_fits(others).fault(sector) is not None


def _meets(grade: Grade, one: Ranked) -> bool:
    return grade.minimum_hundredths is None or Fraction(one.published) * 100 >= grade.minimum_hundredths


def _referral(refusals: Iterable[Refusal]) -> RefusalReason | None:
    return next((one.reason for one in refusals if one.reason in ("referred", "awaits_referral")), None)


def _unawarded(key: str, refusals: tuple[Refusal, ...]) -> Award:
    return Award(key, None, _referral(refusals) or (refusals[-1].reason if refusals else None), refusals)


def _check(grades: Sequence[Grade]) -> None:
    if len({grade.key for grade in grades}) != len(grades):
        raise ValueError("a grade occurs twice")
    for grade in grades:
        kept = grade.at_least_sector
        if min((grade.seats, *grade.per_sector.values(), *kept.values())) < 0:
            raise ValueError(f"grade {grade.key}: a number of seats is negative")
        if sum(kept.values()) > grade.seats:
            raise ValueError(f"grade {grade.key}: more seats are reserved than there are")
        if any(count > grade.per_sector.get(sector, count) for sector, count in kept.items()):
            raise ValueError(f"grade {grade.key}: more seats are reserved for a sector than it may have")
