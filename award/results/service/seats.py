"""Whether a decision fits the seats of the scheme: a reason excuses another choice, never one seat too many."""

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

from award.kernel.errors import FieldError
from award.kernel.i18n import N_
from award.regulations.model import CategoryRules, Quota, Scheme
from award.results.explained import Explained, Ranking
from award.results.models import Proposal, ResultLine

Chosen = Mapping[str, Sequence[ResultLine]]


def faults_of_seats(
    scheme: Scheme, proposal: Proposal, ranking: Ranking, grades: Mapping[str, str], elsewhere: Chosen
) -> list[FieldError]:
    """What is wrong with the grades chosen: unknown ones, too many of one, too many of a sector, below the minimum.

    grades: public id -> grade where it was chosen otherwise than proposed. elsewhere: decided lines of other categories,
    for seats that categories share. Equals whom the scheme itself proposes beyond the seats may all be decided.
    """
    rules = scheme.category(proposal.category)
    chosen = {line.application.public_id: grades.get(line.application.public_id, line.proposed_grade) for line in proposal.lines}
    faults = _unknown(rules, chosen)
    for quota in rules.quotas:
        winners = [ranking.line(key) for key, grade in chosen.items() if grade == quota.grade]
        proposed = [line for line in ranking.lines if line.grade == quota.grade]
        faults += _too_many(rules, quota, winners, proposed)
        faults += _below_minimum(scheme, quota, winners)
        faults += _joint(scheme, quota, len(winners), elsewhere)
    return faults


def _unknown(rules: CategoryRules, chosen: Mapping[str, str]) -> list[FieldError]:
    known = {quota.grade for quota in rules.quotas} | {""}
    return [FieldError(f"grade-{key}", N_("Choose one of the options.")) for key, grade in chosen.items() if grade not in known]


def _too_many(
    rules: CategoryRules, quota: Quota, winners: Sequence[Explained], proposed: Sequence[Explained]
) -> list[FieldError]:
    faults = []
    per_sector, by_rule = Counter(one.sector for one in winners), Counter(one.sector for one in proposed)
    if len(winners) > max(quota.seats, len(proposed)):
        text = N_("{grade} has {seats} seats; {count} were chosen.")
        params = {"grade": quota.name, "seats": quota.seats, "count": len(winners)}
        faults.append(FieldError("grades", text, params))
    for sector, most in quota.per_sector.items():
        if per_sector[sector] > max(most, by_rule[sector]):
            text = N_("{grade}: at most {seats} of the sector {sector}; {count} were chosen.")
            params = {"grade": quota.name, "seats": most, "count": per_sector[sector], "sector": rules.sectors[sector]}
            faults.append(FieldError("grades", text, params))
    kept = _unfilled(quota, per_sector)
    if kept and len(winners) + kept > max(quota.seats, len(proposed) + _unfilled(quota, by_rule)):
        text = N_("{grade}: {kept} seats are kept for sectors that have fewer winners; they stay vacant.")
        faults.append(FieldError("grades", text, {"grade": quota.name, "kept": kept}))
    return faults


def _unfilled(quota: Quota, per_sector: Mapping[str, int]) -> int:
    """Seats kept for sectors that have not so many winners."""
    return sum(max(0, least - per_sector.get(sector, 0)) for sector, least in quota.at_least_sector.items())


def _below_minimum(scheme: Scheme, quota: Quota, winners: Sequence[Explained]) -> list[FieldError]:
    faults = []
    for one in winners:
        figure = None
        if one.published is not None and one.exact is not None:
            figure = one.exact if scheme.scoring.minimum_on == "exact" else Fraction(one.published) * 100
        if figure is None:
            text = N_("{name} has no total by the rules and cannot be given a grade.")
            faults.append(FieldError(f"grade-{one.public_id}", text, {"name": one.name}))
        elif quota.minimum_hundredths is not None and figure < quota.minimum_hundredths:
            text = N_("{name} is below the minimum of {points} points for {grade}.")
            params = {"name": one.name, "points": points_of(quota.minimum_hundredths), "grade": quota.name}
            faults.append(FieldError(f"grade-{one.public_id}", text, params))
    return faults


def _joint(scheme: Scheme, quota: Quota, count: int, elsewhere: Chosen) -> list[FieldError]:
    most = scheme.joint_seats.get(quota.grade)
    others = sum(line.decided_grade == quota.grade for lines in elsewhere.values() for line in lines)
    if most is None or not count or count + others <= most:
        return []
    text = N_("{grade} has {seats} seats for all categories together; {count} would be chosen.")
    return [FieldError("grades", text, {"grade": quota.name, "seats": most, "count": count + others})]


def points_of(hundredths: int) -> str:
    """Hundredths of a point as people write them: 50000 -> "500", 62050 -> "620.5"."""
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") if rest else str(whole)
