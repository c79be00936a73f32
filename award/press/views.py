"""What each document shows: frozen values that are stored with it, so that it can be made again and checked.

Texts are in the language of the document. Percentages are 0..100 as Decimal; a report prints at most one decimal.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Language = Literal["zh", "en"]

ENOUGH_TO_COMPARE = 5
"""With fewer organisations a median or a quartile would tell a neighbour's score."""


# --- certificate --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CertificateView:
    """A certificate of honour. It exists in Chinese only, with one line of English under its title.

    number: as the register has it. citation: why, ending where the award's title follows ("…批准，授予").
    issuers: one line each above the date; joint issuers in their order. valid_until: None when it does not expire.
    check_code: 12 characters, printed 4-4-4. verify_url: what the QR holds; verify_address: what people type.
    ring: the colour of the frame's second line. draft: "样张" across it.
    """

    number: str
    recipient: str
    citation: str
    award_title: str
    issuers: tuple[str, ...]
    issued_on: date
    valid_until: date | None
    check_code: str
    verify_url: str
    verify_address: str
    ring: Literal["red", "silver", "blue"] = "red"
    draft: bool = False


# --- feedback report ----------------------------------------------------------------------------------------

Mark = Literal["++", "+", "-", "--"]


@dataclass(frozen=True)
class Comparison:
    """How the organisations of the round scored: quartiles and median of a percentage."""

    lower: Decimal
    median: Decimal
    upper: Decimal


@dataclass(frozen=True)
class ItemScore:
    """An item and what it reached."""

    number: str
    name: str
    points: int
    percent: Decimal
    comparison: Comparison | None = None


@dataclass(frozen=True)
class CategoryScore:
    """A category and what it reached, with its items. short_name: for the radar, where room is scarce."""

    number: str
    name: str
    points: int
    percent: Decimal
    items: tuple[ItemScore, ...]
    comparison: Comparison | None = None
    short_name: str = ""


@dataclass(frozen=True)
class ScoringBand:
    """A range of totals, [lower, upper), with its name and what is typical of it."""

    lower: int
    upper: int
    name: str
    about: str


@dataclass(frozen=True)
class Remark:
    """A strength (++ or +) or an opportunity for improvement (- or --). references: evidence, as the judges wrote it."""

    mark: Mark
    text: str
    references: str = ""


@dataclass(frozen=True)
class ItemRemarks:
    """What the judges said about one item."""

    number: str
    strengths: tuple[Remark, ...]
    opportunities: tuple[Remark, ...]


@dataclass(frozen=True)
class Priority:
    """A theme to improve. items: numbers of the items it comes from. effort and effect: 0..100, or both None: not placed."""

    theme: str
    items: tuple[str, ...]
    effort: int | None = None
    effect: int | None = None


@dataclass(frozen=True)
class NextStep:
    """What to do, and by when ("30 天内")."""

    when: str
    what: str


@dataclass(frozen=True)
class Fact:
    """A labelled line on the cover."""

    label: str
    value: str


@dataclass(frozen=True)
class FeedbackReportView:
    """What an applicant gets back from the judges. No name of a judge and no rank is in it.

    compared: organisations the comparisons were computed from. sheets: letters of the sheets it was made from, never names.
    basis: the rule by which figures came from them. percent_bands: edges of the item bands, e.g. (0, 5), (10, 25).
    questions_days and answer_days: working days, None when the scheme has no such right. band_note: what the band rests on,
    where the total counts more than the sheets.
    """

    language: Language
    award_name: str
    award_title: str
    report_number: str
    organisation: str
    office: str
    criteria: str
    facts: tuple[Fact, ...]
    issued_on: date
    sheets: tuple[str, ...]
    basis: str
    summary: tuple[str, ...]
    total_points: int
    bands: tuple[ScoringBand, ...]
    band: int
    percent_bands: tuple[tuple[int, ...], ...]
    categories: tuple[CategoryScore, ...]
    compared: int
    main_strengths: tuple[str, ...]
    main_opportunities: tuple[str, ...]
    remarks: tuple[ItemRemarks, ...]
    priorities: tuple[Priority, ...]
    next_steps: tuple[NextStep, ...]
    questions_days: int | None = None
    answer_days: int | None = None
    draft: bool = False
    band_note: str = ""

    @property
    def is_compared(self) -> bool:
        """Enough organisations to show medians without giving one away."""
        return self.compared >= ENOUGH_TO_COMPARE

    @property
    def items(self) -> tuple[ItemScore, ...]:
        """All items in the order of the criteria."""
        return tuple(item for category in self.categories for item in category.items)

    @property
    def items_at_median(self) -> int:
        """Items that reached the round's median or more."""
        return sum(1 for item in self.items if item.comparison is not None and item.percent >= item.comparison.median)

    def count(self, *marks: Mark) -> int:
        """Remarks with one of these marks."""
        remarks = (remark for item in self.remarks for remark in item.strengths + item.opportunities)
        return sum(1 for remark in remarks if remark.mark in marks)


# --- public notice ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of an official paper. heading: 0 body; 1 "一、", 2 "（一）" with their faces."""

    text: str
    heading: Literal[0, 1, 2] = 0


@dataclass(frozen=True)
class NoticeTable:
    """A list in an official paper. widths: percent of the type area, one a column, adding up to 100."""

    columns: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Annex:
    """Begins on its own page: title, then text, then a table."""

    title: str
    paragraphs: tuple[Paragraph, ...] = ()
    table: NoticeTable | None = None


@dataclass(frozen=True)
class NoticeView:
    """An official paper after GB/T 9704-2012: public notice, announcement. It exists in Chinese only.

    issuer_mark: 发文机关标志. document_number: 云质评〔2026〕3号. title: its lines. recipients: empty for a paper to everybody.
    table: stands in the text, before the last paragraph. signatory: 署名; contact stands under the date ("（此件公开发布）").
    form: "letter" is the 信函格式 of GB/T 9704-2012, 10.1, for a notice to one organisation.
    """

    issuer_mark: str
    document_number: str
    title: tuple[str, ...]
    paragraphs: tuple[Paragraph, ...]
    signatory: str
    dated: date
    recipients: str = ""
    table: NoticeTable | None = None
    annexes: tuple[Annex, ...] = ()
    remark: str = ""
    draft: bool = False
    form: Literal["document", "letter"] = "document"
