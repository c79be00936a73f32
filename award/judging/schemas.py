"""What the API takes and gives of a judge's own sheets."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from award.judging.service.entries import (
    LONGEST_COMMENT,
    LONGEST_NOTE,
    LONGEST_REFERENCE,
    MOST_COMMENTS,
    MOST_REFERENCES,
)
from award.kernel.web.api import KEPT, Given, Words

Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,39}$")]


class CommentIn(Given):
    """A strength (weight ++ or +) or an opportunity for improvement (- or --). key: chosen by the program, stays the same."""

    key: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,12}$")]
    kind: Literal["strength", "opportunity"]
    weight: Literal["++", "+", "-", "--"]
    text: Annotated[str, Field(min_length=1, max_length=LONGEST_COMMENT), KEPT]
    references: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=LONGEST_REFERENCE), KEPT]],
        Field(max_length=MOST_REFERENCES, description="Codes of evidence, pages: each by itself, without a comma."),
    ]


class ItemIn(Given):
    """What a judge enters for an item, all of it: what is sent replaces what is stored, so nothing may be left out.

    Incomplete is fine until the sheet is submitted. percent: a step of the criteria; a refusal says which there are.
    """

    percent: Annotated[
        int | None,
        Field(description="A step of the criteria, null while blank.", json_schema_extra={"minimum": 0, "maximum": 100}),
    ]
    factors: Annotated[
        dict[Key, Key],
        Field(
            max_length=20, description="Factor to band; advisory. An empty object where there is none.",
            json_schema_extra={"additionalProperties": False},
        ),
    ]  # fmt: skip
    comments: Annotated[list[CommentIn], Field(max_length=MOST_COMMENTS, description="All comments, [] where there are none.")]
    note: Annotated[
        str, Field(max_length=LONGEST_NOTE, description='The judge\'s own; nobody else ever reads it. "" where there is none.'), KEPT
    ]


class CommentOut(Given):
    """A comment as it is kept."""

    key: str
    kind: str
    weight: str
    text: str
    references: list[str]


class ItemOut(Given):
    """An item of the sheet. version: 0 before anything was saved; quoted, it is the tag."""

    item: str
    title: Words
    points: int
    percent: int | None
    factors: dict[str, str]
    comments: list[CommentOut]
    note: str
    version: int


class Receipt(Given):
    """That a sheet was submitted. total: points of 1000, to a hundredth. sha256: of the frozen text."""

    number: int
    sha256: str
    total: str
    submitted_at: datetime


class SheetLine(Given):
    """One of the judge's sheets in the list. state: coi_pending, not_started, in_progress, submitted or returned."""

    id: str
    application: str
    applicant: str
    round: str
    state: str
    is_leader: bool
    scored_items: int


class Sheets(Given):
    """A page of sheets. next: cursor of the next page, null on the last one."""

    items: list[SheetLine]
    next: str | None


class SheetOut(Given):
    """The judge's own sheet. returned_by: office or leader, "" unless it is returned; returned_reason: what is to be corrected.

    missing: what keeps it from being submitted, item by item. receipt: once it is submitted.
    """

    id: str
    application: str
    applicant: str
    round: str
    state: str
    returned_by: str
    returned_reason: str
    items: list[ItemOut]
    missing: list[str]
    receipt: Receipt | None


class Nothing(Given):
    """An empty object: the write says everything by its address and its tag."""


ITEM_IN = {
    "percent": 65, "factors": {"approach": "b50"},
    "comments": [{"key": "s1", "kind": "strength", "weight": "++", "text": "方法系统有效，展开充分。", "references": ["E-1", "p. 4"]}],
    "note": "",
}  # fmt: skip
ITEM = {"item": "4.1.2", "title": {"zh": "高层领导的作用", "en": "Senior leadership"}, "points": 50, **ITEM_IN, "version": 3}
LINE = {
    "id": "k7m2p9xw4tqa", "application": "b3h8r5nd6yfe", "applicant": "云川样例制造有限公司", "round": "w9c4t2mk8vxp",
    "state": "in_progress", "is_leader": False, "scored_items": 1,
}  # fmt: skip
RECEIPT = {
    "number": 1, "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "total": "652.50",
    "submitted_at": "2026-05-20T08:00:00Z",
}  # fmt: skip
SHEET = {
    "id": LINE["id"], "application": LINE["application"], "applicant": LINE["applicant"], "round": LINE["round"],
    "state": "in_progress", "returned_by": "", "returned_reason": "", "items": [ITEM], "missing": [], "receipt": None,
}  # fmt: skip
"""Examples of the description."""
