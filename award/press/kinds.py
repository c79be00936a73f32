"""What each kind of document is made from."""

from collections.abc import Mapping
from typing import Any

from award.press.document import Kind
from award.press.records import BookView, CommentsView, RegisterView, SheetView, SummaryView
from award.press.views import CertificateView, FeedbackReportView, NoticeView

VIEWS: Mapping[Kind, type[Any]] = {
    "book": BookView,
    "certificate": CertificateView,
    "comments": CommentsView,
    "feedback_report": FeedbackReportView,
    "notice": NoticeView,
    "register": RegisterView,
    "score_sheet": SheetView,
    "summary": SummaryView,
}
