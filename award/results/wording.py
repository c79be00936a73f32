"""The words a result is explained in: why a grade or not, what is special about a figure, how sheets were combined."""

from collections.abc import Mapping
from fractions import Fraction

from award.kernel.i18n import N_
from award.regulations.model import Criteria, Scheme, Text
from award.results.explained import Explained
from award.results.models import Objection

REASONS: Mapping[str, str] = {
    "within_quota": N_("A seat by rank"),
    "reserved_seat": N_("A seat kept for its sector"),
    "tied_at_cutoff": N_("Level with others at the line"),
    "below_minimum": N_("Below the minimum"),
    "quota_full": N_("All seats are taken by better ranks"),
    "sector_full": N_("Its sector has as many winners as it may"),
    "seats_reserved": N_("The seats left are kept for other sectors"),
    "below_tie": N_("Behind equals that were left out"),
    "referred": N_("Level with others at the line: the committee separates them"),
    "awaits_referral": N_("Open until the committee has separated equals"),
    "": N_("No total by the rules"),
}
FLAGS: Mapping[str, str] = {
    "no_sheets": N_("No valid sheet"),
    "below_minimum": N_("Fewer valid sheets than the rules ask for"),
    "too_few_to_drop": N_("Too few sheets to leave out the highest and the lowest"),
    "fell_back_to_mean": N_("Too few sheets to leave any out, so the mean of all was taken"),
    "few_sheets": N_("The figure rests on one or two sheets"),
}
EFFECTS: Mapping[str, tuple[str, str]] = {
    "amendment": (N_("Decision to be reconsidered"), N_("Decided anew")),
    "correction": (N_("Notice to be corrected"), N_("Notice corrected")),
}
"""What an answered objection leads to: still to be done, and done."""
ROUNDINGS: Mapping[str, str] = {
    "half_up": N_("rounded half up"),
    "half_even": N_("rounded half to even"),
    "down": N_("cut off"),
}
MISSING: Mapping[str, str] = {
    "ineligible": N_("A stage without a figure leaves the application without a total."),
    "renormalise": N_("The share of a stage without a figure goes to the other stages."),
    "zero": N_("A stage without a figure counts 0."),
}


def reason_of(line: Explained) -> str:
    """Why an application is proposed, or why not; English msgid."""
    return FLAGS[line.flags[0]] if line.published is None and line.flags else REASONS[line.reason]


def effect_of(objection: Objection) -> str:
    """What follows from an objection, as its register says it; English msgid, a dash until it is answered."""
    if objection.state != "answered":
        return "—"
    to_do, done = EFFECTS.get(objection.effect, (N_("None"),) * 2)
    return done if objection.settled_id else to_do


def link_name(key: str, criteria: Criteria) -> Text:
    """A link of the tie chain as people call it."""
    kind, _, name = key.partition(":")
    if kind == "item":
        item = criteria.item(name)
        return Text(f"{item.number} {item.name.zh}", f"{item.number} {item.name.en}")
    chosen = [one for one in criteria.categories if (one.is_result if kind == "results" else one.key == name)]
    return Text(
        "、".join(f"{one.number} {one.name.zh}" for one in chosen),
        ", ".join(f"{one.number} {one.name.en}" for one in chosen),
    )


def points(hundredths: Fraction | int) -> str:
    """Hundredths of a point as people read them, exactly: "589.6", and "589 2/3" where no short decimal says it."""
    if isinstance(hundredths, int):
        return f"{hundredths // 100}.{hundredths % 100:02d}"
    value = hundredths / 100
    fine = value * 10_000
    if fine.denominator == 1:
        whole, rest = divmod(fine.numerator, 10_000)
        decimals = f"{rest:04d}".rstrip("0").ljust(2, "0")
        return f"{whole}.{decimals}"
    whole, rest = divmod(value.numerator, value.denominator)
    return f"{whole} {rest}/{value.denominator}"


def share(value: Fraction) -> str:
    """A share as a percentage, exactly: "40%", and "200/3%" where no whole number says it."""
    percent = value * 100
    return f"{percent.numerator}%" if percent.denominator == 1 else f"{percent.numerator}/{percent.denominator}%"


def unapplied(scheme: Scheme, category: str) -> list[str]:
    """Rules of a category that the proposal cannot apply and the decision must; English msgids."""
    grades = {quota.grade for quota in scheme.category(category).quotas}
    if grades & scheme.joint_seats.keys():
        return [N_("Some seats are shared by all categories; each category is proposed by itself.")]
    return []
