"""What the API gives of results."""

from datetime import date, datetime
from typing import Literal

from award.kernel.web.api import Given, Words


class PublishedLine(Given):
    """A published notice or result. kind: notice or result."""

    id: str
    kind: str
    round: str
    title: Words
    published_at: datetime


class PublishedPage(Given):
    """A page of what was published. next: cursor of the next page, null on the last one."""

    items: list[PublishedLine]
    next: str | None


class WinnerOut(Given):
    """Somebody named in a notice or result. name_en: empty where none was published. revoked: the day of it, else null."""

    application: str
    name: str
    name_en: str
    sector: str
    revoked: str | None


class GroupOut(Given):
    """The winners of one grade in one category, in the order published."""

    category: str
    category_name: Words
    grade: str
    grade_name: Words
    winners: list[WinnerOut]


class PeriodOut(Given):
    """The days of a notice, both counted. closes_at: UTC, when the last day has ended and nobody can object any more."""

    first_day: date
    last_day: date
    closes_at: datetime


class PublishedOut(PublishedLine):
    """A notice or result as it was published. gives: award or recommendation. newer: id of the one that took its place, else null.

    period: of a notice; null of a result.
    """

    document_number: str
    gives: Literal["award", "recommendation"]
    period: PeriodOut | None
    groups: list[GroupOut]
    newer: str | None


class RankedOut(Given):
    """One line of a ranking. figure: of 1000 points as it is published, null where the rules give none."""

    application: str
    applicant: str
    rank: int | None
    figure: str | None
    proposed_grade: str
    decided_grade: str | None


class RankingOut(Given):
    """The ranking of a category. is_decided: fixed by the decision; before, it is what the sheets make now.

    hidden: how many lines a conflict of interest hides from the token's person.
    """

    round: str
    category: str
    is_decided: bool
    items: list[RankedOut]
    hidden: int


LINE = {
    "id": "h2p6w9kx4mtc", "kind": "result", "round": "w9c4t2mk8vxp",
    "title": {"zh": "第六届云川市市长质量奖（2025）", "en": "6th Yunchuan Mayor's Quality Award (2025)"},
    "published_at": "2026-09-20T02:00:00Z",
}  # fmt: skip
PUBLISHED = LINE | {
    "document_number": "云政发〔2026〕27号", "gives": "award", "period": None,
    "groups": [
        {
            "category": "organisation", "category_name": {"zh": "组织", "en": "Organisations"}, "grade": "award",
            "grade_name": {"zh": "市长质量奖", "en": "Mayor's Quality Award"},
            "winners": [
                {"application": "b3h8r5nd6yfe", "name": "云川样例制造有限公司", "name_en": "", "sector": "manufacturing", "revoked": None}
            ],
        }
    ],
    "newer": None,
}  # fmt: skip
RANKING = {
    "round": LINE["round"], "category": "organisation", "is_decided": True, "hidden": 0,
    "items": [
        {"application": "b3h8r5nd6yfe", "applicant": "云川样例制造有限公司", "rank": 1, "figure": "731.25",
         "proposed_grade": "award", "decided_grade": "award"}
    ],
}  # fmt: skip
"""Examples of the description."""
