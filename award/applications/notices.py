"""受理通知书, 补正通知书 and 不予受理通知书: what they say, and wanting them with the decision. Official papers exist in Chinese only."""

from datetime import datetime

from sqlalchemy.orm import Session

from award.applications.check import open_points_in_words, parts_of
from award.applications.facts import NOMINEE
from award.applications.models import AcceptanceDecision, Application
from award.applications.queries import notices_of, submission_times
from award.kernel.documents.models import Document
from award.kernel.documents.service import want
from award.kernel.i18n import format_day, format_moment
from award.press.chinese import chinese_number, way_of_contact
from award.press.document import to_json
from award.press.views import NoticeView, Paragraph
from award.regulations.model import Scheme
from award.rounds.queries import criteria_of, title_of

NOTICES = {"accept": "受理通知书", "return": "补正通知书", "refuse": "不予受理通知书"}
"""Kind of a decision in force -> title of its notice. Official papers exist in Chinese only."""
NOMINATED = {"individual": "申报个人", "team": "申报班组"}
"""What is said before the name of the individual or team an organisation enters."""


def subject_of(decision: AcceptanceDecision) -> str:
    """What the document of a decision names as its subject."""
    return f"acceptance:{decision.public_id}"


def want_notice(session: Session, application: Application, decision: AcceptanceDecision, now: datetime) -> Document:
    """Wants the notice of a decision that is in force, in the transaction that puts it there."""
    view = notice_view(session, application, decision)
    return want(session, "notice", subject_of(decision), "zh", to_json(view), now)


def notice_view(session: Session, application: Application, decision: AcceptanceDecision) -> NoticeView:
    """受理通知书, 补正通知书 or 不予受理通知书. Its number is that of the application with the decision's place in the row."""
    scheme, round_ = application.round.scheme, application.round
    in_force = [one.id for one in notices_of(session, application)]
    words = {
        "accept": _accepted, "return": lambda *known: _returned(session, *known), "refuse": _refused,
    }[decision.kind](application, decision, scheme)  # fmt: skip
    return NoticeView(
        issuer_mark=scheme.office.zh,
        document_number=f"编号：{application.number}-{in_force.index(decision.id) + 1}",
        title=(NOTICES[decision.kind],),
        recipients=application.organisation.name,
        paragraphs=(
            Paragraph(f"你单位{_received(session, application, decision)}收悉。{words[0]}"),
            *(Paragraph(one) for one in words[1:-1]),
            Paragraph(f"{words[-1]}{way_of_contact(round_.award.authority.contact)}"),
        ),
        signatory=scheme.office.zh,
        dated=round_.award.authority.day_of(decision.confirmed_at or decision.decided_at),
        form="letter",
    )


def _received(session: Session, application: Application, decision: AcceptanceDecision) -> str:
    """What was received and when: the last submission before the decision."""
    before = [at for _, at in submission_times(session, application) if at <= decision.decided_at]
    day = application.round.award.authority.day_of(before[-1])
    nominee = application.profile.get(NOMINEE, "").strip()
    whose = f"，{NOMINATED[application.category]}：{nominee}" if nominee else ""
    return f"{format_day('zh', day)}提交的{title_of(application.round).zh}申报材料（申报编号：{application.number}{whose}）"


def _rules(scheme: Scheme) -> str:
    basis = scheme.basis[0]
    title = basis.title.zh if basis.title.zh.startswith("《") else f"《{basis.title.zh}》"
    return f"{title}（{basis.number}）" if basis.number else title


def _accepted(application: Application, decision: AcceptanceDecision, scheme: Scheme) -> list[str]:
    return [
        f"经审查，申报材料齐全，符合规定的申报条件。根据{_rules(scheme)}，决定予以受理。",
        "评审期间请保持联系畅通，配合做好评审工作。申报内容发生重大变化的，请及时书面告知我办。",
    ]


def _returned(session: Session, application: Application, decision: AcceptanceDecision, scheme: Scheme) -> list[str]:
    criteria = criteria_of(session, application.round, application.category)
    points = open_points_in_words(parts_of(criteria, scheme.application), decision.points)
    listed = [one.in_language("zh") for one in points]
    if len(listed) > 1:
        listed = [f"（{chinese_number(at)}）{one}" for at, one in enumerate(listed, 1)]
    due = application.correction_due_at
    return [
        f"经审查，申报材料需要补正。根据{_rules(scheme)}，现将需要补正的内容一次性告知如下：",
        *listed,
        f"请于{format_moment('zh', due, application.round.award.authority.zone)}前在申报系统中完成补正并重新提交。"
        "逾期未补正的，依据已提交的材料作出决定。" if due else "请尽快在申报系统中完成补正并重新提交。",
    ]  # fmt: skip


def _refused(application: Application, decision: AcceptanceDecision, scheme: Scheme) -> list[str]:
    reason = " ".join(decision.reason.split()).rstrip("。；;.")
    return [
        f"经审查，你单位的申报不符合受理条件，理由如下：{reason}。",
        f"根据{decision.article if '《' in decision.article else _rules(scheme) + decision.article}，决定不予受理。",
        "对本通知有疑问的，可向我办查询。",
    ]
