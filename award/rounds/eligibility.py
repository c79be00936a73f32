"""Who may apply, as sentences an applicant confirms before it begins."""

from collections.abc import Iterator

from award.kernel.i18n import N_, translate
from award.regulations.model import CategoryRules, Scheme

SAID_BY = {
    "clean": (frozenset({"record"}), frozenset({"accidents", "breaches"}), frozenset({"employer", "breaches"})),
    "excellence": (frozenset({"model"}),),
}
"""General conditions that a category says in its own words: with all conditions of one of these sets, they are not asked twice."""
OF_ORGANISATIONS = frozenset({"registered", "excellence"})
"""Conditions only an organisation meets that enters itself, not the employer of an individual or a team.

Source: 皖政〔2018〕21号 and 晋政发〔2021〕31号 (domain.md 3.1): both ask a person for three years of quality work instead.
"""

REGISTERED = (
    N_("We have been registered for at least one year."),
    N_("We have been registered for at least {n} years."),
)
EXCELLENCE = (
    N_("We have been managed by an excellence model for at least one year."),
    N_("We have been managed by an excellence model for at least {n} years."),
)
CLEAN = (
    N_("We have had no serious accident and no serious dishonesty in the last year."),
    N_("We have had no serious accident and no serious dishonesty in the last {n} years."),
)
PENALTY = (
    N_("We have had no administrative penalty that excludes us in the last year."),
    N_("We have had no administrative penalty that excludes us in the last {n} years."),
)
REAPPLY = (
    N_("We have not received this award in the last year."),
    N_("We have not received this award in the last {n} years."),
)
FRAUD = (
    N_("No award of ours was revoked for deceit in the last year."),
    N_("No award of ours was revoked for deceit in the last {n} years."),
)
NOTICE = (
    N_("We have put our application up inside our organisation for one working day."),
    N_("We have put our application up inside our organisation for {n} working days."),
)
"""The general conditions: for one year or day, and for more."""


def conditions_of(scheme: Scheme, category: CategoryRules, language: str) -> Iterator[tuple[str, str]]:
    """Key and sentence of each condition of a category, in the reader's language; those the scheme leaves out are left out."""
    rules = scheme.eligibility
    sentences = (
        ("registered", rules.years_registered, REGISTERED),
        ("excellence", rules.years_excellence_model, EXCELLENCE),
        ("clean", rules.clean_years, CLEAN),
        ("penalty", rules.penalty_free_years, PENALTY),
        ("reapply", rules.reapply_bar_years, REAPPLY),
        ("fraud", rules.fraud_bar_years, FRAUD),
        ("notice", rules.internal_notice_days, NOTICE),
    )
    own = {condition.key for condition in category.conditions}
    for key, number, (one, many) in sentences:
        if key in OF_ORGANISATIONS and category.key != "organisation":
            continue
        if number and not any(keys <= own for keys in SAID_BY.get(key, ())):
            yield key, translate(language, one if number == 1 else many, {"n": number})
    for condition in category.conditions:
        yield condition.key, condition.text.in_language(language)
