"""What the API takes and gives of applications."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from award.applications.facts import LONGEST
from award.applications.service.writing import LONGEST_DRAFT
from award.kernel.web.api import KEPT, Given, Words

State = Literal[
    "draft", "submitted", "correction", "resubmitted", "accepted", "rejected", "candidate", "publicised", "awarded", "not_awarded",
    "withdrawn", "revoked",
]  # fmt: skip
"""The states of an application, those of words.WORDS."""


class ApplicationLine(Given):
    """An application in a list. state: draft, submitted, correction, resubmitted, accepted, rejected, withdrawn, ..."""

    id: str
    round: str
    applicant: str
    category: str
    sector: str
    number: str | None
    state: str
    submitted_at: datetime | None
    correction_due_at: datetime | None


class Applications(Given):
    """A page of applications. next: cursor of the next page, null on the last one."""

    items: list[ApplicationLine]
    next: str | None


class EvidenceOut(Given):
    """A piece of evidence. code: how texts refer to it; size: bytes."""

    id: str
    code: str
    title: str
    name: str
    sha256: str
    size: int
    pages: int | None


class ContentOut(Given):
    """What was submitted last, frozen. parts: text by item or profile.<section>; profile: facts by field."""

    number: int
    sha256: str
    submitted_at: datetime
    profile: dict[str, str]
    parts: dict[str, str]
    evidence: list[EvidenceOut]


class ApplicationOut(ApplicationLine):
    """An application. content: null before it was submitted. actions: "allowed", or the code of the reason why not."""

    content: ContentOut | None
    actions: dict[str, str]


class PartOut(Given):
    """One part of the draft. limit: most characters; version: 0 before anything was saved; quoted, it is the tag."""

    part: str
    title: Words
    limit: int
    text: str
    is_complete: bool
    version: int


class DraftOut(Given):
    """The draft as its owners write it. open: the parts that still keep it from being submitted."""

    application: str
    state: str
    profile: dict[str, str]
    profile_version: int
    parts: list[PartOut]
    evidence: list[EvidenceOut]
    open: list[str]


class PartIn(Given):
    """A part's text. is_complete: what its author declares; left out, it stays as it is."""

    text: Annotated[str, Field(max_length=LONGEST_DRAFT), KEPT]
    is_complete: bool | None = None


class FactsIn(Given):
    """Facts by field; what is not named stays as it is."""

    fields: Annotated[dict[str, Annotated[str, Field(max_length=LONGEST), KEPT]], Field(max_length=200)]


class FactsOut(Given):
    """The facts with their version; quoted, it is the tag."""

    fields: dict[str, str]
    version: int


class SubmissionIn(Given):
    """What the applicant declares by submitting: true, clean, secrets and check; unchanged too, where a correction changes nothing."""

    declarations: Annotated[list[Annotated[str, Field(max_length=20)]], Field(max_length=10)]


class SubmissionOut(Given):
    """The receipt. number: how often it was submitted; sha256: of the frozen text."""

    application: str
    number: int
    sha256: str
    submitted_at: datetime


LINE = {
    "id": "b3h8r5nd6yfe", "round": "w9c4t2mk8vxp", "applicant": "云川样例制造有限公司", "category": "organisation",
    "sector": "manufacturing", "number": "2026-8KQ2TM", "state": "accepted", "submitted_at": "2026-04-14T08:30:00Z",
    "correction_due_at": None,
}  # fmt: skip
EVIDENCE = {
    "id": "q5v7k2xw9pmt", "code": "E-1", "title": "过程能力报告", "name": "过程能力报告.pdf",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "size": 48213, "pages": 3,
}  # fmt: skip
APPLICATION = LINE | {
    "content": {
        "number": 1, "sha256": EVIDENCE["sha256"], "submitted_at": LINE["submitted_at"], "profile": {"employees": "860"},
        "parts": {"4.1.2": "公司对 37 条产线应用统计过程控制（E-1）。"}, "evidence": [EVIDENCE],
    },
    "actions": {"application:edit": "stage.wrong", "application:submit": "stage.wrong"},
}  # fmt: skip
PART_IN = {"text": "公司对 37 条产线应用统计过程控制（E-1）。", "is_complete": True}
PART = {
    "part": "4.1.2", "title": {"zh": "4.1.2 组织治理", "en": "4.1.2 Governance"}, "limit": 3000, **PART_IN, "version": 3
}  # fmt: skip
FACTS_IN = {"fields": {"employees": "860"}}
FACTS = FACTS_IN | {"version": 4}
DRAFT = {
    "application": LINE["id"], "state": "draft", "profile": FACTS["fields"], "profile_version": 4, "parts": [PART],
    "evidence": [EVIDENCE], "open": ["facts"],
}  # fmt: skip
SUBMISSION_IN = {"declarations": ["true", "clean", "secrets", "check"]}
SUBMISSION = {
    "application": LINE["id"], "number": 1, "sha256": EVIDENCE["sha256"], "submitted_at": LINE["submitted_at"]
}  # fmt: skip
"""Examples of the description."""
