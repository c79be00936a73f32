"""异议答复书 and 异议处理结果告知书: the letters on an objection. Official papers exist in Chinese only."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from award.kernel.i18n import format_day
from award.press.chinese import way_of_contact
from award.press.views import NoticeView, Paragraph
from award.results.models import AwardDecision, Notice, Objection
from award.rounds.models import Round
from award.rounds.queries import title_of

EFFECTS = {
    "none": "经研究，公示内容不作调整。",
    "correction": "经研究，我办将对公示内容予以更正并重新公布。",
    "amendment": "经研究，我办将对有关结果重新审议；审议结果以更正公示公布，并另行书面告知。",
}
"""What follows, as the letter says it. Whether a decision changes is known only once two people have recorded that."""
KEPT, CHANGED = "经重新审议，维持原结果。理由：{reason}", "经重新审议，有关结果已作变更。理由：{reason}"
"""What came of it, as the second letter says."""


def subject_of(objection: Objection) -> str:
    """What the letter names as its subject."""
    return f"objection:{objection.public_id}"


def outcome_subject_of(objection: Objection) -> str:
    """What the second letter names as its subject."""
    return f"objection:{objection.public_id}:outcome"


def letter_view(session: Session, round_: Round, objection: Objection) -> NoticeView:
    """The answer of a confirmed examination, to the one who objected, under the number of the register."""
    if objection.answered_at is None:
        raise ValueError("the answer was not confirmed")
    said = [line.strip() for line in objection.answer.split("\n") if line.strip()]
    opening = "提出的异议收悉。现答复如下："
    return _letter(session, round_, objection, "异议答复书", opening, [*said, EFFECTS[objection.effect]], objection.answered_at)


def outcome_view(session: Session, round_: Round, objection: Objection, decision: AwardDecision, *, is_kept: bool) -> NoticeView:
    """What was decided anew on an upheld objection, once two people have recorded it, to the one who objected."""
    if decision.confirmed_at is None:
        raise ValueError("the amended decision was not confirmed")
    said = [(KEPT if is_kept else CHANGED).format(reason=decision.reason), "更正公示另行发布。"]
    opening = "提出的异议，我办已予答复。现将重新审议的结果告知如下："
    return _letter(session, round_, objection, "异议处理结果告知书", opening, said, decision.confirmed_at)


def _letter(
    session: Session, round_: Round, objection: Objection, title: str, opening: str, said: Sequence[str], at: datetime
) -> NoticeView:
    office, authority = round_.scheme.office.zh, round_.award.authority
    notice = session.get_one(Notice, objection.notice_id)
    received = format_day("zh", objection.received_on)
    first = f"{received}对{title_of(round_).zh}公示（{notice.document_number}）{opening}"
    after = f"收到本函后如有疑问，可向我办查询。{way_of_contact(authority.contact)}"
    return NoticeView(
        issuer_mark=office,
        document_number=f"编号：{objection.receipt}",
        title=(title,),
        recipients=objection.organisation or objection.name or "异议提出人",
        paragraphs=tuple(map(Paragraph, [first, *said, after])),
        signatory=office,
        dated=at.astimezone(authority.clock).date(),
        form="letter",
    )
