"""异议答复书: the letter that answers an objection. Official papers exist in Chinese only."""

from sqlalchemy.orm import Session

from award.kernel.i18n import format_day
from award.press.chinese import way_of_contact
from award.press.views import NoticeView, Paragraph
from award.results.models import Notice, Objection
from award.rounds.models import Round
from award.rounds.queries import title_of

EFFECTS = {
    "none": "经研究，公示内容不作调整。",
    "correction": "经研究，我办将对公示内容予以更正并重新公布。",
    "amendment": "经研究，我办将对拟授奖决定作出变更，并发布更正公示。",
}
"""What follows, as the letter says it."""


def subject_of(objection: Objection) -> str:
    """What the letter names as its subject."""
    return f"objection:{objection.public_id}"


def letter_view(session: Session, round_: Round, objection: Objection) -> NoticeView:
    """The answer of a confirmed examination, to the one who objected, under the number of the register."""
    scheme, zone = round_.scheme, round_.award.authority.clock
    notice = session.get_one(Notice, objection.notice_id)
    if objection.answered_at is None:
        raise ValueError("the answer was not confirmed")
    after = f"收到本答复后如有疑问，可向我办查询。{way_of_contact(round_.award.authority.contact)}"
    received = format_day("zh", objection.received_on)
    return NoticeView(
        issuer_mark=scheme.office.zh,
        document_number=f"编号：{objection.receipt}",
        title=("异议答复书",),
        recipients=objection.organisation or objection.name or "异议提出人",
        paragraphs=(
            Paragraph(f"{received}对{title_of(round_).zh}公示（{notice.document_number}）提出的异议收悉。现答复如下："),
            *(Paragraph(line.strip()) for line in objection.answer.split("\n") if line.strip()),
            Paragraph(EFFECTS[objection.effect]),
            Paragraph(after),
        ),
        signatory=scheme.office.zh,
        dated=objection.answered_at.astimezone(zone).date(),
        form="letter",
    )
