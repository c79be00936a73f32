"""The papers that end a round, after GB/T 9704: the decision 表彰决定 or 通报, and the announcement 公告. Chinese only."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from award.kernel.documents.models import Document
from award.kernel.documents.service import want
from award.kernel.i18n import format_day
from award.press.document import to_json
from award.press.views import Annex, NoticeView, Paragraph
from award.regulations.model import Scheme
from award.results.models import Approval
from award.results.papers import Decided, Group, groups_of, reviewed, table_of
from award.rounds.models import Round, Snapshot
from award.rounds.queries import title_of

LONGEST_INLINE, LONGEST_NAMED = 4, 20
"""Winners of a grade that are named in the text; that are named there and counted. More stand in an annex, which begins a page.

Twice as many names and the signature fill the page behind the first. With an annex for fewer, closing words and signature stood
alone on an almost empty page between the text and the list.
"""
COUNTED = {"team": "个班组", "individual": "人"}
"""What winners of a category are counted by where they are not organisations."""
LONGEST_TITLE = 20
"""Characters of a title in a line: 156 mm of type area at 2 号 (22 pt). Source: GB/T 9704-2012, 5.2.1 and 7.3.1."""


def _in_lines(name: str, of_whom: str) -> tuple[str, ...]:
    """A title too long for one line is broken where its sense breaks, never inside a word."""
    return (name + of_whom,) if len(name + of_whom) <= LONGEST_TITLE else (name, of_whom)


def decision_view(round_: Round, scheme: Scheme, decided: Decided, approval: Approval) -> NoticeView:
    """表彰决定 where the scheme is a commendation (表彰), 通报 where it is an evaluation (业务性评价) or recommends only.

    It bears the number and the day of the approving document, which it is.
    Source: scheme.basis nature; domain.md 3 on the two legal natures.
    """
    groups, title = groups_of(scheme, decided), _name(round_)
    is_commendation = scheme.basis[0].nature == "commendation" and not scheme.recommends
    heading: tuple[str, ...]
    if scheme.recommends:
        heading = (f"{scheme.issuer.zh}关于", f"{title}推荐名单的通报")
        opening = f"{_way(scheme)}，{_approved(scheme, approval)}现将推荐名单通报如下："
        closing = f"希望被推荐的{_winners(groups, '')}做好后续申报工作，持续改进质量管理。"
    elif is_commendation:
        heading = (f"{scheme.issuer.zh}关于表彰", *_in_lines(title, f"{_winners(groups)}的决定"))
        opening = f"{_way(scheme)}，{_approved(scheme, approval)}决定："
        closing = f"希望受表彰的{_winners(groups, '')}珍惜荣誉，再接再厉，持续改进，发挥示范带动作用。"
    else:
        heading = (f"{scheme.issuer.zh}关于", f"{title}评价结果的通报")
        opening = f"{_way(scheme)}，{_approved(scheme, approval)}现将评价结果通报如下："
        closing = f"希望有关{_winners(groups, '')}持续改进质量管理，发挥示范带动作用。"
    listed = _listed(scheme, groups, "授予{names}{grade}。" if is_commendation else "{grade}：{names}。")
    return NoticeView(
        issuer_mark=scheme.issuer.zh,
        document_number=approval.document_number,
        title=heading,
        recipients="各有关单位",
        paragraphs=(Paragraph(opening), *listed, Paragraph(closing)),
        signatory=scheme.issuer.zh,
        dated=approval.approved_on,
        annexes=_annexes(scheme, title, groups),
    )


def announcement_view(
    round_: Round, scheme: Scheme, decided: Decided, approval: Approval, published_on: date, revoked: Sequence[str] = ()
) -> NoticeView:
    """公告: tells the public what was decided. revoked: public ids of applications whose award was revoked since."""
    groups, title = groups_of(scheme, decided), _name(round_)
    number = f"（{approval.document_number}）" if approval.document_number else ""
    result = "推荐" if scheme.recommends else "获奖"
    gone = [one.name for group in groups for one in group.winners if one.application in revoked]
    paragraphs = [
        Paragraph(f"{_way(scheme)}，经{approval.approved_by}{format_day('zh', approval.approved_on)}批准{number}，"
                  f"现将{title}{result}名单公告如下："),
        *_listed(scheme, groups, "{grade}：{names}。"),
        *((Paragraph(f"{'、'.join(gone)}的{result}资格已依照规定撤销。"),) if gone else ()),
        *((Paragraph("获奖证书可凭证书上的核验码在本奖项网站核验。"),) if scheme.certificate else ()),
        Paragraph("特此公告。"),
    ]  # fmt: skip
    return NoticeView(
        issuer_mark=scheme.issuer.zh, document_number="", title=(f"{scheme.issuer.zh}关于", f"{title}{result}名单的公告"),
        paragraphs=tuple(paragraphs), signatory=scheme.issuer.zh, dated=published_on, annexes=_annexes(scheme, title, groups),
    )  # fmt: skip


def want_announcement(
    session: Session, round_: Round, scheme: Scheme, decided: Decided, approval: Approval, snapshot: Snapshot, now: datetime,
    revoked: Sequence[str] = (),
) -> Document:  # fmt: skip
    """Wants the announcement of a published result, in the transaction that publishes it."""
    day = round_.award.authority.day_of(now)
    view = announcement_view(round_, scheme, decided, approval, day, revoked)
    return want(session, "notice", subject_of(snapshot.public_id), "zh", to_json(view), now)


def subject_of(snapshot_id: str) -> str:
    """What the document of an announcement names as its subject."""
    return f"announcement:{snapshot_id}"


def _name(round_: Round) -> str:
    """第六届云川市市长质量奖, without the year, which the number and the date of a paper have."""
    return title_of(round_).zh.removesuffix(f"（{round_.year}）")


def _way(scheme: Scheme) -> str:
    basis = scheme.basis[0].title.zh
    stages = "、".join(one.zh for one in reviewed(scheme))
    return f"根据{basis if basis.startswith('《') else f'《{basis}》'}，经{stages}和公示"


def _approved(scheme: Scheme, approval: Approval) -> str:
    return "" if approval.approved_by == scheme.issuer.zh else f"并经{approval.approved_by}批准，"


def _listed(scheme: Scheme, groups: Sequence[Group], sentence: str) -> list[Paragraph]:
    """A sentence for each grade; many names stand in the annex."""
    if not groups:
        return [Paragraph("本届没有推荐对象。" if scheme.recommends else "本届奖项空缺。")]
    texts = [sentence.format(names=_names(one, in_full=not _has_annex(groups)), grade=one.grade_name.zh) for one in groups]
    if len(texts) == 1:
        return [Paragraph(texts[0])]
    return [Paragraph(f"{turn}{text}") for turn, text in zip(_turns(len(texts)), texts, strict=True)]


def _turns(count: int) -> list[str]:
    return (
        [f"{one}、" for one in "一二三四五六七八九十"[:count]]
        if count <= 10
        else [f"{at}." for at in range(1, count + 1)]
    )


def _names(group: Group, *, in_full: bool) -> str:
    names = [one.name for one in group.winners]
    if len(names) <= LONGEST_INLINE:
        return "、".join(names)
    return f"{'、'.join(names if in_full else names[:2])}等{len(names)}{COUNTED.get(group.category, '家组织')}"


def _winners(groups: Sequence[Group], before: str = "获奖") -> str:
    """获奖组织, and 获奖组织和个人 where there are both."""
    kinds = {one.category for one in groups}
    named = [name for key, name in (("organisation", "组织"), ("team", "班组"), ("individual", "个人")) if key in kinds] or ["组织"]
    return before + ("和".join(named) if len(named) < 3 else "组织、班组和个人")


def _has_annex(groups: Sequence[Group]) -> bool:
    return any(len(one.winners) > LONGEST_NAMED for one in groups)


def _annexes(scheme: Scheme, title: str, groups: Sequence[Group]) -> tuple[Annex, ...]:
    if not _has_annex(groups):
        return ()
    result, column = ("推荐", "推荐事项") if scheme.recommends else ("获奖", "奖项")
    return (Annex(f"{title}{result}名单", table=table_of(("序号", "名称", column), groups)),)
