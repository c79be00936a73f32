"""What the papers of a review show: the application book, a judge's sheet and comments, a panel's summary.

Frozen values as in award.press.views: texts in the language of the paper, points as Decimal, percentages 0..100.
"""

from dataclasses import dataclass
from decimal import Decimal

from award.press.views import Fact, ItemRemarks, Language


@dataclass(frozen=True)
class Head:
    """What every paper of a review says about itself. number: of the application."""

    language: Language
    award_name: str
    award_title: str
    number: str
    organisation: str
    office: str
    criteria: str


# --- application book ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FactTable:
    """The facts under one heading."""

    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class BookPart:
    """A part of the self-assessment as it was written. points: None for the profile. limit: most characters."""

    number: str
    name: str
    points: int | None
    text: str
    limit: int

    @property
    def count(self) -> int:
        """Characters written."""
        return len(self.text)


@dataclass(frozen=True)
class BookCategory:
    """A category with its items."""

    number: str
    name: str
    points: int
    items: tuple[BookPart, ...]


@dataclass(frozen=True)
class EvidenceLine:
    """A piece of evidence. pages: None where a file has none."""

    code: str
    title: str
    name: str
    pages: int | None
    sha256: str


@dataclass(frozen=True)
class Receipt:
    """Proof of what was handed in. submission: 1 for the first. place: in the trail, "" where it is not known."""

    received: str
    by: str
    submission: int
    sha256: str
    place: str


@dataclass(frozen=True)
class BookView:
    """An application as it was submitted: cover, declarations, facts, profile, items, index of the evidence, receipt.

    facts_title, profile_title: what stands over the facts and over the profile, as its category calls them. declared_by: the
    organisation, also where it enters an individual or a team. signs_too: the caption of the box for the individual or the leader of the
    team, "" where the organisation alone signs.
    """

    head: Head
    facts_title: str
    profile_title: str
    submitted_on: str
    cover: tuple[Fact, ...]
    declared_by: str
    declarations: tuple[str, ...]
    facts: tuple[FactTable, ...]
    profile: tuple[BookPart, ...]
    categories: tuple[BookCategory, ...]
    evidence: tuple[EvidenceLine, ...]
    receipt: Receipt
    signs_too: str = ""


# --- score sheet and comments -------------------------------------------------------------------------------


@dataclass(frozen=True)
class SheetRow:
    """An item of a sheet. scored: points to a hundredth."""

    number: str
    name: str
    points: int
    percent: int
    scored: Decimal


@dataclass(frozen=True)
class SheetGroup:
    """A category of a sheet. percent: of its points, to one decimal."""

    number: str
    name: str
    points: int
    scored: Decimal
    percent: Decimal
    rows: tuple[SheetRow, ...]


@dataclass(frozen=True)
class SheetView:
    """A judge's sheet as it was submitted. receipt: its number; version: how often it was submitted."""

    head: Head
    judge: str
    groups: tuple[SheetGroup, ...]
    points: int
    total: Decimal
    submitted: str
    version: int
    receipt: str
    sha256: str


@dataclass(frozen=True)
class CommentsView:
    """A judge's comments, item by item, as they were submitted."""

    head: Head
    judge: str
    rows: tuple[SheetRow, ...]
    remarks: tuple[ItemRemarks, ...]
    submitted: str
    version: int
    sha256: str


# --- a panel's summary --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SummaryRow:
    """An item or a category over the sheets of a panel, in the order of their letters; percentages.

    spread: highest less lowest. is_wide: further apart than the scheme's limit. is_category: a subtotal, to one decimal.
    """

    number: str
    name: str
    points: int
    percents: tuple[Decimal, ...]
    median: Decimal
    spread: Decimal
    is_wide: bool
    is_category: bool


@dataclass(frozen=True)
class SummaryTotal:
    """A sheet's total. used: False where the scheme's rule leaves it out."""

    letter: str
    total: Decimal
    used: bool


@dataclass(frozen=True)
class LetteredRemark:
    """A comment with the letter of its sheet."""

    letter: str
    mark: str
    text: str
    references: str


@dataclass(frozen=True)
class SummaryRemarks:
    """What the panel said about one item."""

    number: str
    name: str
    strengths: tuple[LetteredRemark, ...]
    opportunities: tuple[LetteredRemark, ...]


@dataclass(frozen=True)
class SummaryView:
    """The sheets of a panel side by side. Letters stand for judges: no name is in it.

    median and spread: of the totals. combined: by the scheme's rule (rule says which), None where it gives no figure (why
    says why). is_counted: whether the sheets are a part of the total. limit: percentage points above which an item's range
    is marked.
    """

    head: Head
    rows: tuple[SummaryRow, ...]
    totals: tuple[SummaryTotal, ...]
    points: int
    median: Decimal
    spread: Decimal
    combined: Decimal | None
    is_counted: bool
    rule: str
    why: str
    limit: int
    remarks: tuple[SummaryRemarks, ...]
    made: str


# --- register of a round's papers ---------------------------------------------------------------------------


@dataclass(frozen=True)
class RegisterLine:
    """One paper of a round. pages: None where a file has none."""

    folder: str
    number: str
    title: str
    dated: str
    pages: int | None
    sha256: str


@dataclass(frozen=True)
class RegisterView:
    """卷内目录: what a bundle of a round's papers holds. missing: papers that could not be put in, one a line."""

    head: Head
    lines: tuple[RegisterLine, ...]
    missing: tuple[str, ...]
