"""The judges of the demonstration and how they mark: one harsh, one lenient, the others close to what is there."""

import random
from collections.abc import Sequence

from award.demo.founding import JudgeStory
from award.regulations.model import Criteria

SURNAMES = "周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜谢邹喻苏潘葛范彭郎鲁韦马方"
GIVEN = (
    "敏", "志远", "海涛", "晓梅", "建国", "文静", "立新", "雪峰", "思源",
    "国栋", "丽华", "明哲", "春燕", "永强", "佳宁", "振宇", "秀英", "学斌",
)  # fmt: skip
INSTITUTIONS = (
    "云川大学管理学院", "省质量和标准化研究院", "云川市质量协会", "省轴承产品质量检验中心", "江城认证有限公司", "省卫生健康发展研究中心",
    "云川理工学院", "省会计师协会", "云川市计量测试所", "东湖管理咨询事务所", "省教育评估院", "云川市企业联合会",
)  # fmt: skip
TITLES = ("教授", "研究员", "高级工程师", "注册会计师", "高级审核员", "副教授")
SPECIALITIES = ("质量管理", "行业技术", "财务")
HARSH, LENIENT = -15.0, 14.0
"""Percentage points: far enough for the office to be told, from 100 of 1000 points on."""


def judge_stories(count: int, seed: int) -> list[JudgeStory]:
    """So many judges; the second marks harshly, the fifth leniently."""
    rng = random.Random(seed)  # noqa: S311 (a story, not a secret)
    stories = []
    for number in range(count):
        severity = {1: HARSH, 4: LENIENT}.get(number, rng.gauss(0, 1.5))
        name = SURNAMES[number % len(SURNAMES)] + GIVEN[(number * 7 + number // len(SURNAMES)) % len(GIVEN)]
        stories.append(
            JudgeStory(
                f"judge{number + 1:02d}", name, INSTITUTIONS[number % len(INSTITUTIONS)], TITLES[number % len(TITLES)],
                SPECIALITIES[number % 3], "云川市" if number % 3 else "邻市", severity,
            )
        )  # fmt: skip
    return stories


def percent_for(criteria: Criteria, merit: float, lean: float, severity: float, rng: random.Random) -> int:
    """The mark of one judge for one item: what is there, moved by his severity and by chance, in the rubric's steps.

    merit: 0..1 of the organisation. lean: percentage points by which this item is stronger or weaker in it.
    """
    value = 30 + 45 * merit + lean + severity + rng.gauss(0, 4)
    return min(criteria.percents, key=lambda step: abs(step - value))


def leans(items: Sequence[str], rng: random.Random) -> dict[str, float]:
    """Where an organisation is stronger and where weaker than on the whole, in percentage points by item."""
    return {item: rng.gauss(0, 6) for item in items}
