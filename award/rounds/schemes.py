"""A scheme as people read it: every value with its name, grouped, and where it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from award.kernel.i18n import N_, Phrase
from award.regulations.loader import shipped_criteria, shipped_schemes
from award.regulations.model import CategoryRules, Scheme, Text, Upward

Spoken = Text | Phrase | str | int
"""What a template shows with the filter `spoken`."""

SECTIONS: Mapping[str, str] = {
    "general": N_("The award"),
    "upward": N_("Awards of higher tiers"),
    "categories": N_("Categories, quotas and conditions"),
    "stages": N_("Stages"),
    "scoring": N_("From score sheets to the result"),
    "eligibility": N_("Who may apply"),
    "application": N_("The application"),
    "panel": N_("Judges"),
    "notice": N_("Public notice"),
    "certificate": N_("Certificates"),
    "vote": N_("Vote of the committee"),
}

LABELS: Mapping[str, str] = {
    "award": N_("Recommends to"),
    "answer_working_days": N_("Objections are answered within (working days)"),
    "at_least_sector": N_("Seats kept for a sector"),
    "at_least_small": N_("Seats kept for small and medium enterprises"),
    "clean_years": N_("Years without a serious event"),
    "correction_days": N_("Time for a correction (working days)"),
    "corrections": N_("How often an application may be returned"),
    "criteria": N_("Criteria"),
    "cutoff": N_("A tie at the last seat"),
    "cycle_years": N_("A round every (years)"),
    "days": N_("Length of the notice (days)"),
    "declaration_required": N_("Judges declare that no conflict of interest exists"),
    "deviation_from": N_("A sheet is compared with"),
    "deviation_points": N_("A sheet is looked at again from a distance of (points)"),
    "dispersion_limit": N_("The office is told from a spread of (percentage points)"),
    "drop": N_("Sheets left out at each end"),
    "event_bar_rounds": N_("Rounds without an application after a revocation for a serious event"),
    "event_bar_years": N_("Years without an application after a revocation for a serious event"),
    "factor_mode": N_("Marks of evaluation factors"),
    "fallback": N_("With too few sheets"),
    "feedback_reports": N_("Applicants get a feedback report"),
    "file_mib": N_("Largest file (MB)"),
    "files": N_("Most files"),
    "fraud_bar_rounds": N_("Rounds without an application after fraud"),
    "fraud_bar_years": N_("Years without an application after fraud"),
    "held": N_("How the stage is held"),
    "internal_notice_days": N_("The applicant's own notice (working days)"),
    "item_characters": N_("Longest answer to an item (characters)"),
    "joint_seats": N_("Seats the categories share"),
    "kind": N_("Part of the scheme"),
    "leader_required": N_("A panel has a leader"),
    "leader_weight": N_("A team leader's sheet counts"),
    "method": N_("Sheets are combined by"),
    "minimum_hundredths": N_("Lowest result (points)"),
    "minimum_on": N_("The lowest result is held against"),
    "minimum_sheets": N_("Sheets a result needs"),
    "missing_stage": N_("A stage without a figure"),
    "money": N_("Reward (yuan)"),
    "more_than": N_("More votes than this share are needed"),
    "most_applications": N_("Most applications of one judge"),
    "nature": N_("Legal nature"),
    "number": N_("Numbering"),
    "on": N_("What is combined"),
    "passes": N_("Share of votes that passes"),
    "penalty_free_years": N_("Years without an administrative penalty"),
    "per_sector": N_("Most seats of a sector"),
    "places": N_("Decimals of the published figure"),
    "planned_days": N_("Planned length (days)"),
    "profile_characters": N_("Longest organizational profile (characters)"),
    "quorum": N_("Share of members that must be present"),
    "real_name": N_("An objection names its author"),
    "reapply_bar_rounds": N_("Rounds without an application after an award"),
    "reapply_bar_subsidiaries": N_("The bar after an award holds for the whole group"),
    "reapply_bar_years": N_("Years without an application after an award"),
    "recommended": N_("Most applications recommended in a round"),
    "recommended_per_office": N_("Most applications one recommending authority sends"),
    "renewable": N_("Can be confirmed again when it has run out"),
    "result": N_("What is decided"),
    "rounding": N_("Rounding"),
    "same_institution": N_("Most judges of one institution on a panel"),
    "seats": N_("Seats"),
    "secret": N_("The vote is secret"),
    "sector_seats": N_("Seats of the sectors"),
    "sectors": N_("Sectors"),
    "size": N_("Judges for each application"),
    "strengths_from_percent": N_("An item needs a strength from a score of (%)"),
    "text": N_("Condition"),
    "ties": N_("Ties are broken by"),
    "total_characters": N_("Longest self-assessment report (characters)"),
    "total_mib": N_("All files together (MB)"),
    "unit": N_("The notice counts"),
    "upper_award_money": N_("Most added for an award of a higher tier (yuan)"),
    "vacancy_allowed": N_("Seats may stay vacant"),
    "validity_years": N_("Valid for (years)"),
    "weight_hundredths": N_("Share of the final result (%)"),
    "withdraw_until": N_("An applicant may withdraw until"),
    "wording": N_("Wording"),
    "years_excellence_model": N_("Years of working with an excellence model"),
    "years_registered": N_("Years since registration"),
}

WORDS: Mapping[str, str] = {
    "advisory": N_("advice only"),
    "award": N_("an award"),
    "calendar": N_("calendar days"),
    "commendation": N_("commendation"),
    "down": N_("down"),
    "drop": N_("mean without the highest and the lowest"),
    "evaluation": N_("professional evaluation"),
    "exact": N_("the exact figure"),
    "exclude_all": N_("leaves all of them out"),
    "fixed": N_("as written"),
    "half_even": N_("half to even"),
    "half_up": N_("half up"),
    "include_all": N_("takes all of them in"),
    "ineligible": N_("leaves the application out of the ranking"),
    "items": N_("each item"),
    "largest_remainder": N_("in proportion, by largest remainder"),
    "mean": N_("mean"),
    "mean_of_all": N_("the mean of all sheets"),
    "median": N_("median"),
    "median_of_others": N_("the median of the other sheets"),
    "min": N_("the lowest factor binds the item"),
    "paper": N_("on paper; its outcome is recorded"),
    "published": N_("the published figure"),
    "recommendation": N_("a recommendation to an award of a higher tier"),
    "refer": N_("is referred to the committee"),
    "refuse": N_("no result is worked out"),
    "renormalise": N_("is left out; the others make up the whole"),
    "results": N_("points of the results category"),
    "system": N_("in this system"),
    "totals": N_("totals"),
    "weighted_mean": N_("weighted mean"),
    "working": N_("working days"),
    "zero": N_("counts as nothing"),
}
_FREE_TEXT = ("number",)
"""Values that are shown as they are, even where they look like a word."""


@dataclass(frozen=True)
class Row:
    """One value. about: the category, quota or stage it belongs to, or ""."""

    label: str
    about: Spoken
    value: Spoken | list[Spoken]
    source: str

    @property
    def is_assumed(self) -> bool:
        """Nobody has yet read it in the regulation."""
        return self.source == "assumed"


@dataclass(frozen=True)
class Section:
    """Values that belong together."""

    title: str
    rows: tuple[Row, ...]

    @property
    def assumed(self) -> int:
        """How many values nobody has yet read in the regulation."""
        return sum(row.is_assumed for row in self.rows)


@dataclass(frozen=True)
class Tier:
    """An award of a higher tier that winners may be sent up to. scheme: its own, or None where none is shipped."""

    link: Upward
    scheme: Scheme | None

    def asks(self, category: str) -> list[Spoken]:
        """What it asks of an entry of this category, as far as the files say: how many are sent up, years, conditions."""
        found: list[Spoken] = []
        if category in self.link.recommended:
            text = N_("Most applications recommended in a round: {count}")
            found.append(Phrase(text, {"count": self.link.recommended[category]}))
        if self.scheme is None:
            return found
        years = ("years_registered", "years_excellence_model", "clean_years", "penalty_free_years")
        stated = [(LABELS[name], getattr(self.scheme.eligibility, name)) for name in years]
        found += [Phrase(N_("{condition}: {years}"), {"condition": Phrase(label), "years": count}) for label, count in stated if count]
        return found + [one.text for rules in self.scheme.categories if rules.key == category for one in rules.conditions]


def tiers_above(scheme: Scheme) -> list[Tier]:
    """The awards a scheme links upward to, nearest first."""
    return [Tier(one, shipped_schemes()[one.scheme] if one.scheme else None) for one in scheme.upward]


def sections_of(scheme: Scheme) -> list[Section]:
    """Every value of a scheme that has a source, in the order of the sections and in them of the scheme."""
    rows: dict[str, list[Row]] = {name: [] for name in SECTIONS}
    for path, source in sorted(scheme.sources.items(), key=lambda one: _place(scheme, one[0])):
        parts = path.split(".")
        section = parts[0] if parts[0] in SECTIONS else "general"
        rows[section].append(_row(scheme, parts, source))
    return [Section(SECTIONS[name], tuple(found)) for name, found in rows.items() if found]


def _row(scheme: Scheme, parts: list[str], source: str) -> Row:
    found: Any = scheme
    about: list[Text | str] = []
    for part in parts:
        found, name = _step(found, part)
        if name is not None:
            about.append(name)
    leaf = parts[-1]
    joined: Spoken = Phrase(" · ".join(f"{{n{n}}}" for n in range(len(about))), {f"n{n}": name for n, name in enumerate(about)})
    return Row(LABELS[leaf], joined if about else "", _value(scheme, leaf, found), source)


def _place(scheme: Scheme, path: str) -> tuple[int, ...]:
    """Where a value stands: stages in their order, not in that of their names, as a frozen scheme keeps its sources."""
    found: Any = scheme
    places: list[int] = []
    for part in path.split("."):
        step, _ = _step(found, part)
        if isinstance(found, tuple):
            places.append(next(at for at, one in enumerate(found) if one is step))
        else:
            places.append([one.name for one in fields(found)].index(part))
        found = step
    return tuple(places)


def _step(found: Any, part: str) -> tuple[Any, Text | str | None]:
    """One step down a path, and the name of what was stepped into where it is one of several."""
    if not isinstance(found, tuple):
        return getattr(found, part), None
    if part.isdigit():
        return found[int(part)], found[int(part)].number
    for one in found:
        if part in (getattr(one, key, None) for key in ("key", "grade", "kind")):
            return one, None if hasattr(one, "text") else next(
                (getattr(one, field) for field in ("name", "title", "award") if hasattr(one, field)), None
            )
    raise KeyError(part)


def _value(scheme: Scheme, leaf: str, value: Any) -> Spoken | list[Spoken]:
    if value is None or value in ((), {}):
        return Phrase(N_("none"))
    if leaf == "kind" or isinstance(value, bool):
        return Phrase(N_("yes") if value else N_("no"))
    if isinstance(value, Mapping):
        return [_entry(scheme, key, one) for key, one in value.items()]
    if isinstance(value, tuple):
        return [_tie(one) for one in value] if leaf == "ties" else f"{value[0]}/{value[1]}"
    if isinstance(value, int):
        return f"{value / 100:g}" if leaf.endswith("_hundredths") else f"{value:,}"
    return _text(scheme, leaf, value)


def _text(scheme: Scheme, leaf: str, value: Text | str) -> Spoken:
    if leaf == "criteria":
        known = shipped_criteria().get(str(value))
        return known.name if known else value
    if isinstance(value, Text) or leaf in _FREE_TEXT:
        return value
    return scheme.stage(value).title if leaf == "withdraw_until" else Phrase(WORDS[value])


def _tie(rule: str) -> Spoken:
    if ":" in rule:
        kind, key = rule.split(":", 1)
        text = N_("points of category {key}") if kind == "category" else N_("points of item {key}")
        return Phrase(text, {"key": key})
    return Phrase(WORDS[rule])


def _entry(scheme: Scheme, key: str, value: Any) -> Spoken:
    if isinstance(value, Text):
        return value
    return Phrase(N_("{name}: {count}"), {"name": _name_of(scheme.categories, key), "count": value})


def _name_of(categories: tuple[CategoryRules, ...], key: str) -> Text | str:
    for category in categories:
        if key == category.key:
            return category.name
        if key in category.sectors:
            return category.sectors[key]
        for quota in category.quotas:
            if quota.grade == key:
                return quota.name
    return key
