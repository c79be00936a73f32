"""Who may apply, as sentences an applicant confirms before it begins."""

from collections.abc import Iterator

from award.kernel.i18n import N_, translate
from award.regulations.model import CategoryRules, Scheme

SAID_BY = {
    "clean": (frozenset({"record"}), frozenset({"accidents", "breaches"})),
    "excellence": (frozenset({"model"}),),
}
"""General conditions that a category says in its own words: with all conditions of one of these sets, they are not asked twice."""


def conditions_of(scheme: Scheme, category: CategoryRules, language: str) -> Iterator[tuple[str, str]]:
    """Key and sentence of each condition of a category, in the reader's language; those the scheme leaves out are left out."""
    rules = scheme.eligibility
    sentences = (
        ("registered", rules.years_registered, N_("We have been registered for at least {n} years.")),
        ("excellence", rules.years_excellence_model, N_("We have been managed by an excellence model for at least {n} years.")),
        ("clean", rules.clean_years, N_("We have had no serious accident and no serious dishonesty in the last {n} years.")),
        ("penalty", rules.penalty_free_years, N_("We have had no administrative penalty that excludes us in the last {n} years.")),
        ("reapply", rules.reapply_bar_years, N_("We have not received this award in the last {n} years.")),
        ("fraud", rules.fraud_bar_years, N_("No award of ours was revoked for deceit in the last {n} years.")),
        ("notice", rules.internal_notice_days, N_("We have put our application up inside our organisation for {n} working days.")),
    )
    own = {condition.key for condition in category.conditions}
    for key, number, text in sentences:
        if number and not any(keys <= own for keys in SAID_BY.get(key, ())):
            yield key, translate(language, text, {"n": number})
    for condition in category.conditions:
        yield condition.key, condition.text.in_language(language)
