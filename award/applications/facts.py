"""The facts an organisation states about itself in an application: which fields there are, as data, and what each must look like."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from award.accounts.contact import PHONE
from award.kernel.i18n import N_
from award.kernel.mail.service import ADDRESS

NUMBER = re.compile(r"\d{1,9}", re.ASCII)
YEAR = re.compile(r"(19|20)\d{2}", re.ASCII)
MONEY = re.compile(r"\d{1,12}(\.\d{1,2})?", re.ASCII)
SIGNED = re.compile(rf"-?{MONEY.pattern}", re.ASCII)
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
"""A number with thousands separators; anything else with a comma in it may be a slip."""
HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {ord("−"): "-", ord("　"): " "}
"""Digits, letters and signs as Chinese input methods write them."""
INDUSTRY = re.compile(r"[A-T]?\d{2,4}", re.ASCII)
"""Source: GB/T 4754-2017, a letter A to T for the section and two to four digits for division, group, class."""
YEARS = 3
"""Years of figures an application shows, up to the year before the round."""
LONGEST = 2000
NAME_LENGTH = 40


@dataclass(frozen=True)
class Fact:
    """One field. kind: text, lines, number, year, choice, phone, mail, industry, or money: ten thousand yuan with two
    decimals at most, `signed` where it may be below zero.

    label: English msgid; params fill it. choices: (code, msgid).
    """

    key: str
    label: str
    kind: str = "text"
    hint: str = ""
    is_required: bool = True
    params: Mapping[str, object] = field(default_factory=dict)
    choices: tuple[tuple[str, str], ...] = ()
    longest: int = LONGEST


@dataclass(frozen=True)
class FactGroup:
    """Fields that stand under one heading."""

    key: str
    title: str
    facts: tuple[Fact, ...]


SIZES = (
    ("large", N_("Large")),
    ("medium", N_("Medium-sized")),
    ("small", N_("Small")),
    ("micro", N_("Micro")),
    ("other", N_("Not an enterprise")),
)
_ORGANISATION = FactGroup(
    "organisation",
    N_("The organisation"),
    (
        Fact("legal_representative", N_("Legal representative")),
        Fact("staff", N_("Number of staff"), "number", N_("At the end of last year.")),
        Fact(
            "size_class",
            N_("Size of the enterprise"),
            "choice",
            N_("As the national bureau of statistics classifies enterprises."),
            choices=SIZES,
        ),
        Fact("industry_code", N_("Industry code (GB/T 4754-2017)"), "industry", N_("For example C3670.")),
        Fact("industry_name", N_("Industry")),
        Fact("products", N_("Main products or services")),
        Fact("excellence_since", N_("Managed by an excellence model since (year)"), "year"),
        Fact(
            "certifications",
            N_("Certified management systems"),
            "lines",
            N_("One a line, with the year."),
            is_required=False,
        ),
        Fact(
            "honours",
            N_("Quality honours received"),
            "lines",
            N_("One a line, with the year and who gave it."),
            is_required=False,
        ),
    ),
)
_EMPLOYER = replace(
    _ORGANISATION, facts=tuple(replace(one, is_required=one.is_required and one.key != "excellence_since") for one in _ORGANISATION.facts)
)
NOMINEE = "nominee"
"""The fact that names who is to be awarded, where that is not the organisation itself."""
_NOMINEES: Mapping[str, FactGroup] = {
    "individual": FactGroup(
        "nominee",
        N_("The individual"),
        (
            Fact(
                NOMINEE, N_("Name of the individual"), longest=NAME_LENGTH,
                hint=N_("As on the identity card. Notice, result and certificate name this person."),
            ),
            Fact("nominee_post", N_("Post of the individual")),
        ),
    ),
    "team": FactGroup(
        "nominee",
        N_("The team"),
        (
            Fact(NOMINEE, N_("Name of the team"), longest=NAME_LENGTH, hint=N_("Notice, result and certificate name this team.")),
            Fact("nominee_leader", N_("Leader of the team")),
        ),
    ),
}  # fmt: skip
WITH_NOMINEE = frozenset(_NOMINEES)
"""The categories in which an organisation enters an individual or a team."""


@dataclass(frozen=True)
class Headings:
    """What stands over the facts of an application and over its profile; English msgids."""

    facts: str
    profile: str


HEADINGS: Mapping[str, Headings] = {
    "organisation": Headings(N_("Facts of the organisation"), N_("Organizational profile")),
    "team": Headings(N_("Facts of the team and its organisation"), N_("Profile of the team")),
    "individual": Headings(N_("Facts of the individual and the organisation"), N_("Profile of the individual")),
}
"""By category."""
_CONTACT = FactGroup(
    "contact",
    N_("Contact"),
    (
        Fact("contact_name", N_("Contact person")),
        Fact("contact_department", N_("Department"), is_required=False),
        Fact("contact_phone", N_("Telephone"), "phone"),
        Fact("contact_email", N_("Mail address"), "mail"),
        Fact("contact_address", N_("Postal address")),
    ),
)
CONTACT: Mapping[str, Fact] = {one.key: one for one in _CONTACT.facts}
"""The fields that say whom to ask, by key."""
_FIGURES = (
    ("revenue", N_("Revenue {year} (10,000 yuan)"), "money"),
    ("profit", N_("Profit {year} (10,000 yuan)"), "signed"),
    ("tax", N_("Tax paid {year} (10,000 yuan)"), "money"),
)


def years_of(round_year: int) -> range:
    """The years whose figures an application of that round states."""
    return range(round_year - YEARS, round_year)


def fact_groups(round_year: int, category: str) -> tuple[FactGroup, ...]:
    """All fields of an application of a round, by heading. Keys of figures carry their year: revenue_2025."""
    figures = tuple(
        Fact(f"{key}_{year}", label, kind, params={"year": year})
        for key, label, kind in _FIGURES
        for year in years_of(round_year)
    )
    # Nothing asks that the employer of an individual or a team is managed by a model: conditions_of in rounds.eligibility.
    organisation = (_NOMINEES[category], _EMPLOYER) if category in _NOMINEES else (_ORGANISATION,)
    return (*organisation, FactGroup("figures", N_("Figures of the last three years"), figures), _CONTACT)


def facts_of(round_year: int, category: str) -> Iterator[Fact]:
    """All fields in the order of the page."""
    for group in fact_groups(round_year, category):
        yield from group.facts


FIGURES = frozenset({"number", "money", "signed"})
"""Kinds of fields that hold an amount."""
_SHAPES: Mapping[str, tuple[re.Pattern[str], str]] = {
    "year": (YEAR, N_("Enter “{label}” as four digits, for example 2019.")),
    "number": (NUMBER, N_("Enter “{label}” as a whole number, for example 860.")),
    "money": (MONEY, N_("Enter “{label}” as a number of 0 or more with at most two decimals, for example 12850.50.")),
    "signed": (
        SIGNED,
        N_("Enter “{label}” as a number with at most two decimals, for example 12850.50; a loss as -320."),
    ),
    "phone": (PHONE, N_("Enter “{label}” as digits, for example 0552-3001234.")),
    "mail": (ADDRESS, N_("Enter “{label}” like name@example.cn.")),
    "industry": (INDUSTRY, N_("Enter “{label}” as a letter and digits, for example C3670.")),
}


def plain_value(fact: Fact, value: str) -> str:
    """A value as it is kept: half-width and without thousands separators where it can be read so, else as typed."""
    if fact.kind not in _SHAPES:
        return value
    plain = value.translate(HALF_WIDTH).strip()
    if GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    if fact.kind == "industry":
        plain = plain.upper()
    return plain if _SHAPES[fact.kind][0].fullmatch(plain) else value


def shown_value(fact: Fact, value: str) -> str:
    """A value as people read it in a text: figures with thousands separators, "12,850.50"; what is no figure as typed."""
    plain = plain_value(fact, value)
    if fact.kind not in FIGURES or not _SHAPES[fact.kind][0].fullmatch(plain):
        return value
    whole, point, decimals = plain.partition(".")
    return f"{int(whole):,}{point}{decimals}" if int(whole) else plain


def fault_of(fact: Fact, value: str) -> str:
    """What is wrong with a value, as English msgid with {label}, {longest}, or ""."""
    if not value.strip():
        return N_("Fill in “{label}”.") if fact.is_required else ""
    if len(value) > fact.longest:
        return N_("“{label}”: at most {longest} characters.")
    if fact.kind == "choice":
        return "" if value in dict(fact.choices) else N_("Choose “{label}”.")
    shape, text = _SHAPES.get(fact.kind, (None, ""))
    return text if shape is not None and not shape.fullmatch(plain_value(fact, value)) else ""
