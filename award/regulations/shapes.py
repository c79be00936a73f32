"""What the fields of a rubric file may hold: which are parameters that need a source, their ranges, their written form."""

from collections.abc import Mapping

from award.regulations import model

SOURCE = "source"
VALUE = "value"
NONE = "none"

PARAMETERS: Mapping[type, frozenset[str]] = {
    model.LegalBasis: frozenset({"nature"}),
    model.CategoryRules: frozenset({"criteria", "sectors", "recommended_per_office"}),
    model.Condition: frozenset({"text"}),
    model.Quota: frozenset({"seats", "minimum_hundredths", "per_sector", "at_least_sector", "money", "at_least_small"}),
    model.StageRules: frozenset({"kind", "planned_days", "held", "weight_hundredths"}),
    model.ScoringRules: frozenset(model.ScoringRules.__dataclass_fields__),
    model.EligibilityRules: frozenset(model.EligibilityRules.__dataclass_fields__),
    model.ApplicationRules: frozenset(model.ApplicationRules.__dataclass_fields__),
    model.PanelRules: frozenset(model.PanelRules.__dataclass_fields__),
    model.NoticeRules: frozenset(model.NoticeRules.__dataclass_fields__),
    model.CertificateRules: frozenset({"number", "validity_years", "renewable"}),
    model.Vote: frozenset(model.Vote.__dataclass_fields__),
    model.Upward: frozenset({"award", "recommended"}),
    model.Scheme: frozenset({"cycle_years", "vacancy_allowed", "joint_seats", "upper_award_money", "result", "feedback_reports"}),
}
"""Fields whose value a regulation decides. A place or a name is none."""

WRITTEN: Mapping[tuple[type, str], str] = {
    (model.Quota, "minimum_hundredths"): "minimum",
    (model.StageRules, "weight_hundredths"): "weight",
}
"""Fields that people write in points or percent, and that are kept in hundredths."""

GATHERED = frozenset({(model.Scheme, "sources")})
"""Fields that no key of the file fills."""

RANGES: Mapping[tuple[type, str], tuple[int, int]] = {
    (model.Criteria, "total"): (1, 100_000),
    (model.Criteria, "percents"): (0, 100),
    (model.Band, "percents"): (0, 100),
    (model.TotalBand, "low"): (0, 100_000),
    (model.TotalBand, "high"): (1, 100_000),
    (model.Category, "points"): (1, 100_000),
    (model.Item, "points"): (1, 100_000),
    (model.Quota, "seats"): (1, 10_000),
    (model.Quota, "minimum_hundredths"): (0, 10_000_000),
    (model.StageRules, "planned_days"): (0, 3_650),
    (model.StageRules, "weight_hundredths"): (1, 10_000),
    (model.ScoringRules, "drop"): (0, 20),
    (model.ScoringRules, "minimum_sheets"): (1, 99),
    (model.ScoringRules, "places"): (0, 4),
    (model.ScoringRules, "dispersion_limit"): (1, 100),
    (model.ScoringRules, "leader_weight"): (1, 10),
    (model.ScoringRules, "deviation_points"): (1, 100_000),
    (model.ApplicationRules, "corrections"): (0, 9),
    (model.ApplicationRules, "correction_days"): (1, 90),
    (model.ApplicationRules, "profile_characters"): (100, 1_000_000),
    (model.ApplicationRules, "item_characters"): (100, 1_000_000),
    (model.ApplicationRules, "total_characters"): (100, 10_000_000),
    (model.ApplicationRules, "file_mib"): (1, 2_000),
    (model.ApplicationRules, "total_mib"): (1, 100_000),
    (model.ApplicationRules, "files"): (1, 10_000),
    (model.PanelRules, "size"): (1, 99),
    (model.PanelRules, "same_institution"): (1, 99),
    (model.PanelRules, "strengths_from_percent"): (0, 100),
    (model.PanelRules, "most_applications"): (1, 1_000),
    (model.NoticeRules, "days"): (1, 90),
    (model.NoticeRules, "answer_working_days"): (1, 90),
    (model.CertificateRules, "validity_years"): (1, 99),
    (model.CategoryRules, "recommended_per_office"): (1, 10_000),
    (model.Scheme, "cycle_years"): (0, 10),
    (model.Upward, "recommended"): (1, 10_000),
    (model.Vote, "passes"): (1, 99),
    (model.Vote, "quorum"): (1, 99),
}
"""Whole numbers that each such field may hold, in the unit it is kept in."""

_YEARS = (0, 50)
_ANY = (0, 1_000_000_000)


def range_of(owner: type, field: str) -> tuple[int, int]:
    """The lowest and the highest value of a number field."""
    if owner is model.EligibilityRules:
        return RANGES.get((owner, field), _YEARS)
    return RANGES.get((owner, field), _ANY)


def is_parameter(owner: type, field: str) -> bool:
    """Whether a regulation decides the value, so that it needs a source."""
    return field in PARAMETERS.get(owner, frozenset())


def has_block_source(owner: type) -> bool:
    """Whether one `source` may stand for all values of a block: everywhere in a scheme but at its top."""
    return owner in PARAMETERS and owner is not model.Scheme
