"""What the API gives of documents."""

from datetime import datetime

from award.kernel.web.api import Given


class DocumentOut(Given):
    """A rendered paper.

    kind: notice (public notice), decision (or circular), announcement, certificate, feedback_report, and on whether an application
    is accepted acceptance_notice, correction_notice or refusal_notice.

    about: id of what it concerns. Of a notice and a decision the round, of an announcement the result, of a certificate and a
    feedback report itself, of the others the application.

    sha256: of the stored file, which is the original.
    """

    id: str
    kind: str
    about: str
    language: str
    pages: int | None
    sha256: str
    size: int
    ready_at: datetime | None


class Documents(Given):
    """A page of documents. next: cursor of the next page, null on the last one."""

    items: list[DocumentOut]
    next: str | None


DOCUMENT = {
    "id": "c7r4m9tx2wkp", "kind": "notice", "about": "w9c4t2mk8vxp", "language": "zh", "pages": 2,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "size": 81234, "ready_at": "2026-08-29T01:00:00Z",
}  # fmt: skip
"""The example of the description."""
