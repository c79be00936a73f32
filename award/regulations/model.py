"""What a regulation says, as frozen values: the criteria judges score against and the scheme a round is run by."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

CategoryKey = Literal["organisation", "team", "individual"]


@dataclass(frozen=True)
class Text:
    """A name or sentence in both languages."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """language: "zh" or "en" (anything that starts with "en" is English, all else Chinese)."""
        return self.en if language.startswith("en") else self.zh


# --- criteria -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Factor:
    """One of the aspects an item is judged by (approach, deployment, ...)."""

    key: str
    name: Text
    about: Text


@dataclass(frozen=True)
class Band:
    """A range of percentages that share a description. percents: the allowed values in it, ascending."""

    key: str
    percents: tuple[int, ...]
    name: Text
    descriptors: Mapping[str, Text]
    """Descriptor by "<kind>" (the whole band for that kind of item) and by "<kind>.<factor key>"."""

    @property
    def label(self) -> str:
        """Its edges as people write them, e.g. "50–65"."""
        return f"{self.percents[0]}–{self.percents[-1]}"


@dataclass(frozen=True)
class TotalBand:
    """A range of totals with a name. low and high in points; half-open [low, high), the last one closed."""

    key: str
    low: int
    high: int
    name: Text
    about: Text


@dataclass(frozen=True)
class RequirementPoint:
    """A prompt under an item: answered and commented on, never scored by itself."""

    key: str
    text: Text


@dataclass(frozen=True)
class Item:
    """What a percentage is given to. points: whole points, > 0. kind: a key of Criteria.factors."""

    key: str
    number: str
    name: Text
    points: int
    kind: str
    requirements: tuple[RequirementPoint, ...]


@dataclass(frozen=True)
class Category:
    """A heading over items; its points are the sum of theirs. is_result: counts as results in tie chains and charts."""

    key: str
    number: str
    name: Text
    points: int
    items: tuple[Item, ...]
    is_result: bool = False


@dataclass(frozen=True)
class ProfileSection:
    """An unscored part that is written before the items (organizational profile)."""

    key: str
    name: Text
    prompts: tuple[RequirementPoint, ...]


@dataclass(frozen=True)
class Criteria:
    """A rubric: any tree, any total, any allowed percentages, any factors."""

    key: str
    edition: str
    name: Text
    total: int
    percents: tuple[int, ...]
    categories: tuple[Category, ...]
    factors: Mapping[str, tuple[Factor, ...]]
    bands: tuple[Band, ...]
    total_bands: tuple[TotalBand, ...]
    profile: tuple[ProfileSection, ...]
    effective_from: str | None = None
    superseded_by: str | None = None
    source: str = ""

    def items(self) -> Iterator[Item]:
        """All items in the order of the standard."""
        for category in self.categories:
            yield from category.items

    def item(self, key: str) -> Item:
        """Raises KeyError where the criteria have no such item."""
        for item in self.items():
            if item.key == key:
                return item
        raise KeyError(key)

    def category_of(self, item_key: str) -> Category:
        """Raises KeyError where the criteria have no such item."""
        for category in self.categories:
            if any(item.key == item_key for item in category.items):
                return category
        raise KeyError(item_key)

    def band_of(self, percent: int) -> Band:
        """Raises KeyError for a percentage that lies in no band."""
        for band in self.bands:
            if percent in band.percents:
                return band
        raise KeyError(percent)


# --- schemes ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Quota:
    """At most `seats` winners of one grade; the scheme's order of grades is best first.

    name: in full, as a certificate prints it. minimum_hundredths: points a winner needs at least, or None. per_sector: at
    most that many of a sector. at_least_sector: seats kept for a sector. money: yuan, 0 if none. at_least_small: seats
    kept for small and medium-sized organisations.
    """

    grade: str
    name: Text
    seats: int
    minimum_hundredths: int | None = None
    per_sector: Mapping[str, int] = field(default_factory=dict)
    at_least_sector: Mapping[str, int] = field(default_factory=dict)
    money: int = 0
    at_least_small: int = 0


@dataclass(frozen=True)
class Condition:
    """A condition of a category that no number expresses; declared by the applicant, checked by the office."""

    key: str
    text: Text


@dataclass(frozen=True)
class CategoryRules:
    """Who may apply in one category, against which criteria, for how many seats."""

    key: CategoryKey
    name: Text
    criteria: str
    """File name in rubrics/criteria without .yaml."""
    sectors: Mapping[str, Text]
    quotas: tuple[Quota, ...]
    conditions: tuple[Condition, ...] = ()
    recommended_per_office: int | None = None
    """Applications one recommender may send up, or None where nothing limits it."""


@dataclass(frozen=True)
class StageRules:
    """One stage of the scheme. held: "system", or "paper" when the office records its outcome instead.

    weight_hundredths: share of this stage in the final total, 0..10000, or None where it gives no score.
    """

    kind: str
    title: Text
    planned_days: int
    held: Literal["system", "paper"] = "system"
    weight_hundredths: int | None = None


@dataclass(frozen=True)
class ScoringRules:
    """How sheets become the published figure; scoring.md section 1.

    method: mean, weighted_mean, median or drop. drop: sheets left out at each end. fallback: what happens below the
    number of sheets that `drop` needs. on: combine totals, or each item. places: decimals of the published figure.
    ties: chain of "category:<key>", "results", "item:<key>", applied in order. cutoff: what happens at a tied quota line.
    leader_weight: what a team leader's sheet counts in weighted_mean, where every other counts 1. minimum_on: whether the
    published (rounded) or the exact figure is held against a minimum. missing_stage: what becomes of an application without
    a figure for a weighted stage. deviation_points: a sheet further than that from the reference goes back to its judge.
    """

    method: Literal["mean", "weighted_mean", "median", "drop"]
    drop: int
    minimum_sheets: int
    fallback: Literal["refuse", "mean"]
    on: Literal["totals", "items"]
    places: int
    rounding: Literal["half_up", "half_even", "down"]
    ties: tuple[str, ...]
    cutoff: Literal["include_all", "exclude_all", "refer"]
    factor_mode: Literal["advisory", "mean", "min"]
    dispersion_limit: int
    """Percentage points between the highest and the lowest mark of an item above which the office is told."""
    leader_weight: int = 1
    minimum_on: Literal["published", "exact"] = "published"
    missing_stage: Literal["ineligible", "renormalise", "zero"] = "ineligible"
    deviation_points: int | None = None
    deviation_from: Literal["mean_of_all", "median_of_others"] = "median_of_others"
    sector_seats: Literal["fixed", "largest_remainder"] = "fixed"


@dataclass(frozen=True)
class EligibilityRules:
    """Conditions an applicant declares and the office checks. Years count back from the opening of applications."""

    years_registered: int
    years_excellence_model: int
    clean_years: int
    reapply_bar_years: int
    fraud_bar_years: int
    internal_notice_days: int
    """Working days the applicant itself puts its application up; 0 where the rules ask for none."""
    penalty_free_years: int = 0
    reapply_bar_rounds: int = 0
    reapply_bar_subsidiaries: bool = False
    """Whether the bar after an award also holds for other members of the winner's group."""
    fraud_bar_rounds: int = 0
    event_bar_years: int = 0
    """Years without an application after a revocation for an accident or another serious event."""
    event_bar_rounds: int = 0


@dataclass(frozen=True)
class ApplicationRules:
    """Limits of an application. Sizes in MiB, lengths in characters."""

    withdraw_until: str
    """The last stage kind in which an applicant may withdraw."""
    corrections: int
    """How often the office may return an application."""
    correction_days: int
    """Working days an applicant has for a correction."""
    profile_characters: int
    item_characters: int
    total_characters: int
    file_mib: int
    total_mib: int
    files: int


@dataclass(frozen=True)
class PanelRules:
    """Judges for one application."""

    size: int
    same_institution: int
    """At most that many judges of one institution on a panel."""
    strengths_from_percent: int
    """From this percentage on an item needs at least one strength."""
    declaration_required: bool
    leader_required: bool = True
    most_applications: int | None = None
    """Applications one judge may be given, or None where nothing limits it."""


@dataclass(frozen=True)
class NoticeRules:
    """The public notice. unit: what `days` counts. real_name: objections must name their author."""

    days: int
    unit: Literal["working", "calendar"]
    real_name: bool
    answer_working_days: int


@dataclass(frozen=True)
class CertificateRules:
    """number: pattern with {year} and {serial}; validity_years: None if without end; renewable: by a re-evaluation once it has run out."""

    number: str
    validity_years: int | None
    wording: Text  # the sentence before the name of the award
    renewable: bool = False


@dataclass(frozen=True)
class Vote:
    """A committee's vote. passes: share of those present as numerator and denominator; more_than: it is not enough (过半数 is 1/2)."""

    secret: bool
    passes: tuple[int, int]
    quorum: tuple[int, int]
    more_than: bool = False


@dataclass(frozen=True)
class Upward:
    """An award of a higher tier to which this award's authority recommends.

    scheme: file name in rubrics/schemes without .yaml, or None where no file for that award is shipped. recommended:
    category -> most applications sent up in a round; a category that is absent has no such limit.
    """

    key: str
    award: Text
    scheme: str | None
    recommended: Mapping[str, int]


@dataclass(frozen=True)
class LegalBasis:
    """A document the scheme rests on. nature: commendation (表彰) or evaluation (业务性评价)."""

    title: Text
    number: str
    nature: Literal["commendation", "evaluation"]


@dataclass(frozen=True)
class Scheme:
    """A regulation in data. sources: dotted path of a value -> where it comes from, or "assumed".

    A path names fields and, inside lists, keys: "categories.organisation.quotas.award.seats", "stages.score.planned_days",
    "scoring.ties", "basis.0.nature". cycle_years: 0 means a round is held when the government approves one.
    joint_seats: grade -> most winners of all categories together; a grade that is absent has no such limit.
    upper_award_money: the most yuan the authority adds for a winner of a higher tier's award; 0 if none.
    upward: the next tiers up, nearest first. result: an award is given, or somebody is recommended to a higher tier's.
    certificate: None where none are issued. feedback_reports: whether applicants that were judged get one.
    issuer: signs notices and certificates. office: the award office, as papers name it.
    """

    key: str
    edition: str
    name: Text
    authority: Text
    award: Text
    issuer: Text
    office: Text
    cycle_years: int
    basis: tuple[LegalBasis, ...]
    categories: tuple[CategoryRules, ...]
    stages: tuple[StageRules, ...]
    scoring: ScoringRules
    eligibility: EligibilityRules
    application: ApplicationRules
    panel: PanelRules
    notice: NoticeRules
    certificate: CertificateRules | None
    vacancy_allowed: bool
    vote: Vote | None
    sources: Mapping[str, str]
    joint_seats: Mapping[str, int] = field(default_factory=dict)
    upper_award_money: int = 0
    upward: tuple[Upward, ...] = ()
    result: Literal["award", "recommendation"] = "award"
    feedback_reports: bool = True

    def category(self, key: str) -> CategoryRules:
        """Raises KeyError where the scheme has no such category."""
        return {str(category.key): category for category in self.categories}[key]

    def stage(self, kind: str) -> StageRules:
        """Raises KeyError where the scheme has no such stage."""
        return {stage.kind: stage for stage in self.stages}[kind]

    @property
    def recommends(self) -> bool:
        """Whether its result is a recommendation to an award of a higher tier, and no award of its own."""
        return self.result == "recommendation"

    @property
    def assumed(self) -> tuple[str, ...]:
        """Paths of the values nobody has yet read in the regulation."""
        return tuple(path for path, source in sorted(self.sources.items()) if source == "assumed")
