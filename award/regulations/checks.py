"""What must agree inside criteria: sums, percentages, bands, factors."""

from collections.abc import Iterable
from itertools import pairwise

from award.regulations.faults import Path, Report, listing, suggestion
from award.regulations.model import Band, Category, Criteria


def check_criteria(criteria: Criteria, name: str, report: Report) -> None:
    """Notes every disagreement of the parts that could be read. name: the file's name without .yaml."""
    if report.is_clean("key") and criteria.key != name:
        report.on(
            ("key",), "key_differs", f"The key is {criteria.key!r}, but the file is named {name!r}; make them the same."
        )
    _check_points(criteria, report)
    _check_item_keys(criteria, report)
    _check_kinds(criteria, report)
    _check_percents(criteria, report)
    _check_descriptors(criteria, report)
    _check_total_bands(criteria, report)


def _check_points(criteria: Criteria, report: Report) -> None:
    for category in criteria.categories:
        path = ("categories", category.key)
        points = sum(item.points for item in category.items)
        if report.is_clean(*path) and points != category.points:
            message = (
                f"Its items have {points} points together, but the category has {category.points}; correct one of them."
            )
            report.on((*path, "points"), "points_sum", message)
    total = sum(category.points for category in criteria.categories)
    if report.is_clean("categories") and report.is_clean("total") and total != criteria.total:
        message = (
            f"The categories have {total} points together, but the total is {criteria.total}; correct one of them."
        )
        report.on(("total",), "total_sum", message)


def _check_item_keys(criteria: Criteria, report: Report) -> None:
    owners: dict[str, Category] = {}
    for category in criteria.categories:
        path: Path = ("categories", category.key, "items")
        if not category.items and report.is_clean(*path):
            report.on(path, "no_items", "This category has no items; add at least one.")
        for item in category.items:
            owner = owners.setdefault(item.key, category)
            if owner is not category:
                message = f"{item.key!r} is already an item of category {owner.key!r}; give each item its own key."
                report.on((*path, item.key), "key_twice", message)
            if not item.requirements and report.is_clean(*path, item.key):
                report.on(
                    (*path, item.key), "no_requirements", "This item has no requirement points; add at least one."
                )


def _check_kinds(criteria: Criteria, report: Report) -> None:
    for category in criteria.categories:
        for item in category.items:
            path = ("categories", category.key, "items", item.key, "kind")
            if item.kind not in criteria.factors and report.is_clean(*path):
                hint = suggestion(item.kind, criteria.factors)
                report.on(path, "kind_unknown", f"There are no factors for items of kind {item.kind!r}; {hint}")
    for kind, factors in criteria.factors.items():
        if not factors and report.is_clean("factors", kind):
            report.on(("factors", kind), "no_factors", "This kind has no factors; add at least one.")


def _check_percents(criteria: Criteria, report: Report) -> None:
    if not report.is_clean("percents") or not report.is_clean("bands"):
        return
    _check_ascending(criteria.percents, ("percents",), report)
    taken: dict[int, Band] = {}
    for band in criteria.bands:
        path = ("bands", band.key, "percents")
        _check_ascending(band.percents, path, report)
        for index, percent in enumerate(band.percents):
            place = (*path, str(index))
            if percent not in criteria.percents:
                message = f"{percent} is not one of the percentages of these criteria; add it to 'percents' or remove it here."
                report.on(place, "percent_not_allowed", message)
            if percent in taken and taken[percent] is not band:
                message = f"{percent} already lies in band {taken[percent].key!r}; a percentage lies in one band only."
                report.on(place, "percent_in_two_bands", message)
            taken.setdefault(percent, band)
    for index, percent in enumerate(criteria.percents):
        if percent not in taken:
            report.on(("percents", str(index)), "percent_outside_bands", f"{percent} lies in no band; add it to one.")


def _check_ascending(percents: tuple[int, ...], path: Path, report: Report) -> None:
    if not percents:
        report.on(path, "no_percents", "No percentage is listed; list those a judge may give.")
    for index, (before, after) in enumerate(pairwise(percents), start=1):
        if before >= after:
            message = f"{after} stands after {before}; list percentages once each, the smallest first."
            report.on((*path, str(index)), "not_ascending", message)


def _check_descriptors(criteria: Criteria, report: Report) -> None:
    if not report.is_clean("factors"):
        return
    wanted = _descriptor_keys(criteria)
    for band in criteria.bands:
        path = ("bands", band.key, "descriptors")
        if not report.is_clean(*path):
            continue
        for key in band.descriptors:
            if key not in wanted:
                report.on(
                    (*path, key), "factor_unknown", f"{key!r} is no kind and no factor; {suggestion(key, wanted)}"
                )
        missing = [key for key in wanted if key not in band.descriptors]
        if missing:
            report.on(path, "descriptor_missing", f"This band does not describe {_and(missing)}; add the missing text.")


def _descriptor_keys(criteria: Criteria) -> list[str]:
    keys = []
    for kind, factors in criteria.factors.items():
        keys += [kind, *(f"{kind}.{factor.key}" for factor in factors)]
    return keys


def _check_total_bands(criteria: Criteria, report: Report) -> None:
    if not report.is_clean("total_bands") or not report.is_clean("total"):
        return
    reached = 0
    for band in criteria.total_bands:
        path = ("total_bands", band.key)
        if band.low != reached:
            message = (
                f"This band begins at {band.low}, but the one before it ends at {reached}; leave no gap and no overlap."
            )
            report.on((*path, "low"), "total_bands_gap", message)
        if band.high <= band.low:
            report.on(
                (*path, "high"), "total_bands_gap", f"This band ends at {band.high}, before it begins; correct it."
            )
        reached = band.high
    if reached != criteria.total:
        message = f"The bands end at {reached}, but the total is {criteria.total}; the last band must end at the total."
        report.on(("total_bands",), "total_bands_end", message)


def _and(words: Iterable[str]) -> str:
    return listing(words).replace(" or ", " and ")
