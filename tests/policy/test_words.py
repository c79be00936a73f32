"""States are called as the field calls them: the words of domain.md 5.1, in both languages, with the colours it names."""

import pytest

from award.kernel.actor import Role
from award.kernel.i18n import translate
from award.stages import TABLE
from award.words import WORDS, word_of

CHINESE = {
    "round": {"draft": "筹备中", "open": "进行中", "closed": "已结束", "archived": "已归档", "cancelled": "已取消"},
    "stage": {"not_started": "未开始", "running": "进行中", "overdue": "已逾期", "done": "已完成"},
    "application": {
        "draft": "填报中", "submitted": "已提交", "correction": "待补正", "resubmitted": "已补正", "accepted": "已受理",
        "left_out": "未进入下一环节", "rejected": "不予受理",
        "candidate": "建议授奖", "publicised": "公示中", "awarded": "获奖", "not_awarded": "未获奖",
        "withdrawn": "已撤回", "revoked": "已撤销",
    },
    "recommendation": {
        "draft": "填报中", "submitted": "已提交", "correction": "待补正", "resubmitted": "已补正", "accepted": "已受理",
        "left_out": "未进入下一环节", "rejected": "不予受理",
        "candidate": "建议推荐", "publicised": "公示中", "awarded": "获推荐", "not_awarded": "未获推荐",
        "withdrawn": "已撤回", "revoked": "已撤销",
    },
    "item": {"not_started": "未开始", "in_progress": "进行中", "complete": "已完成", "review": "需复核"},
    "evidence": {"uploaded": "已上传", "unused": "未引用"},
    "sheet": {
        "unassigned": "未派件", "coi_pending": "待签回避声明", "recused": "已回避", "not_started": "未开始",
        "in_progress": "评分中", "submitted": "已提交", "returned": "已退回修改", "superseded": "已替换",
    },
    "certificate": {"wanted": "待制证", "issued": "已签发", "revoked": "已撤销", "expired": "已到期"},
    "feedback": {"drafting": "起草中", "waiting": "待审核", "released": "已发布", "acknowledged": "已确认收悉", "waived": "没有报告"},
}  # fmt: skip
STAGES = {
    "setup": "筹备", "apply": "申报", "recommend": "推荐", "accept": "受理与资格审查", "opinions": "征求意见", "assign": "派件",
    "score": "材料评审·独立评分", "consensus": "合议", "site": "现场评审", "interview": "陈述答辩", "deliberate": "审议表决",
    "notice": "公示", "approve": "批准", "publish": "公布", "archive": "归档",
}  # fmt: skip


@pytest.mark.parametrize("kind", CHINESE)
def test_states_in_chinese(kind: str) -> None:
    """Words two kinds share in English but not in Chinese need msgids of their own."""
    assert {code: translate("zh", text) for code, (text, _) in WORDS[kind].items()} == CHINESE[kind]


def test_stages_in_chinese() -> None:
    assert {kind.value: translate("zh", stage.title) for kind, stage in TABLE.items()} == STAGES


def test_every_state_has_a_colour_that_exists() -> None:
    colours = {colour for states in WORDS.values() for _, colour in states.values()}
    assert colours == {"neutral", "info", "violet", "warn", "bad", "ok"}


def test_every_role_has_a_word() -> None:
    assert set(WORDS["role"]) == {role.value for role in Role}


def test_an_unknown_state_is_an_error() -> None:
    with pytest.raises(KeyError):
        word_of("application", "lost")
