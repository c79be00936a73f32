"""THE LIST of papers: what each is called, its template, its languages, and where its data come from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from award.applications.models import AcceptanceDecision, Application
from award.applications.notices import notice_view
from award.applications.papers import book_view
from award.applications.queries import latest_submission
from award.judging.models import Sheet
from award.judging.sheet_papers import comments_view, sheet_view
from award.kernel.documents.queries import latest_for
from award.kernel.errors import NotFound
from award.kernel.i18n import N_
from award.press.document import to_json
from award.results.official import decision_view
from award.results.queries import approval_of, decided_lines
from award.results.summaries import summary_of
from award.rounds.models import Round

BOTH, CHINESE = ("zh", "en"), ("zh",)
"""Official papers exist in Chinese only."""
View = Callable[[Session, str, str], str]
"""(session, public id of the thing, language) -> the frozen view as JSON. Raises NotFound where there is nothing to show."""


@dataclass(frozen=True)
class PaperKind:
    """One kind of paper. key: in addresses. template: kind of its document. file: Chinese name of its file in a bundle.

    prefix: of the document's subject. is_of_round: one for the whole round.
    """

    key: str
    title: str
    template: str
    prefix: str
    languages: tuple[str, ...]
    file: str
    view: View
    is_of_round: bool = False

    def subject(self, thing: str) -> str:
        """What documents of this kind about a thing name as their subject."""
        return f"{self.prefix}:{thing}"


def _book(session: Session, thing: str, language: str) -> str:
    application = _application(session, thing)
    submission = latest_submission(session, application)
    if submission is None:
        raise NotFound
    return to_json(book_view(session, application, submission, language))


def _sheet(session: Session, thing: str, language: str) -> str:
    return to_json(sheet_view(session, _sheet_row(session, thing), language))


def _comments(session: Session, thing: str, language: str) -> str:
    return to_json(comments_view(session, _sheet_row(session, thing), language))


def _summary(session: Session, thing: str, language: str) -> str:
    application = _application(session, thing)
    if application.gate_opened_at is None:
        raise NotFound
    return to_json(summary_of(session, application, language, application.gate_opened_at))


def _acceptance(session: Session, thing: str, language: str) -> str:
    decision = session.scalar(select(AcceptanceDecision).where(AcceptanceDecision.public_id == thing))
    if decision is None:
        raise NotFound
    return to_json(notice_view(session, session.get_one(Application, decision.application_id), decision))


def _decision(session: Session, thing: str, language: str) -> str:
    round_ = session.scalars(select(Round).where(Round.public_id == thing)).one()
    approval = approval_of(session, round_.id)
    if approval is None:
        raise NotFound
    return to_json(decision_view(round_, round_.scheme, decided_lines(session, round_), approval))


def _frozen(template: str, prefix: str) -> View:
    """Papers whose view was frozen by the act they come from: it is never stated again."""

    def view(session: Session, thing: str, language: str) -> str:
        document = latest_for(session, template, f"{prefix}:{thing}", language)
        if document is None:
            raise NotFound
        return document.view

    return view


def _application(session: Session, public_id: str) -> Application:
    return session.scalars(select(Application).where(Application.public_id == public_id)).one()


def _sheet_row(session: Session, public_id: str) -> Sheet:
    return session.scalars(select(Sheet).where(Sheet.public_id == public_id)).one()


KINDS: Mapping[str, PaperKind] = {
    kind.key: kind
    for kind in (
        PaperKind("book", N_("Application book"), "book", "book", BOTH, "申报书", _book),
        PaperKind("acceptance", N_("Notice on acceptance"), "notice", "acceptance", CHINESE, "受理审查通知书", _acceptance),
        PaperKind("sheet", N_("Score sheet"), "score_sheet", "sheet", BOTH, "评分表", _sheet),
        PaperKind("comments", N_("Comments of a judge"), "comments", "comments", BOTH, "评审意见", _comments),
        PaperKind("summary", N_("Summary of the panel"), "summary", "summary", BOTH, "评审组评分汇总表", _summary),
        PaperKind("feedback", N_("Feedback report"), "feedback_report", "feedback", BOTH, "反馈报告",
                  _frozen("feedback_report", "feedback")),
        PaperKind("notice", N_("Public notice"), "notice", "round", CHINESE, "公示", _frozen("notice", "round"), True),
        PaperKind("decision", N_("Decision or circular"), "notice", "decision", CHINESE, "决定或通报", _decision, True),
        PaperKind("announcement", N_("Announcement"), "notice", "announcement", CHINESE, "公告",
                  _frozen("notice", "announcement"), True),
        PaperKind("certificate", N_("Certificate of honour"), "certificate", "certificate", CHINESE, "荣誉证书",
                  _frozen("certificate", "certificate")),
    )
}  # fmt: skip
