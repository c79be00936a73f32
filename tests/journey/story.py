"""What the journey has at hand while it goes on: who is who, and what they have made so far."""

import io
from dataclasses import dataclass, field
from datetime import date

import pikepdf

from tests.journey.visitor import Upload, Visitor
from tests.journey.world import World
from tests.make import CODES

AUTHORITY = ("安徽省人民政府", "People's Government of Anhui")
AWARD = ("安徽省政府质量奖", "Anhui Provincial Government Quality Award")
STAGES = {
    "apply": (date(2026, 3, 2), date(2026, 3, 6)),
    "accept": (date(2026, 3, 7), date(2026, 3, 10)),
    "assign": (date(2026, 3, 11), date(2026, 3, 13)),
    "score": (date(2026, 3, 14), date(2026, 3, 20)),
    "site": (date(2026, 3, 21), date(2026, 3, 24)),
    "interview": (date(2026, 3, 25), date(2026, 3, 27)),
    "notice": (date(2026, 3, 28), date(2026, 4, 12)),
    "approve": (date(2026, 4, 13), date(2026, 4, 17)),
    "publish": (date(2026, 4, 18), date(2026, 4, 30)),
}
"""First and last day of each stage, both counted. Today is Monday, 2 March 2026."""


@dataclass
class Entry:
    """An applicant. code: its credit code; path: of its application; id: of the application."""

    name: str
    code: str
    contact: str
    email: str
    visitor: Visitor | None = None
    path: str = ""

    @property
    def id(self) -> str:
        """The public id of the application."""
        return self.path.rpartition("/")[2]

    def browser(self) -> Visitor:
        """The applicant at his browser."""
        assert self.visitor is not None
        return self.visitor


@dataclass
class Story:
    """The round and its people. Every browser stays open."""

    world: World
    people: dict[str, Visitor] = field(default_factory=dict)
    round: str = ""
    first: Entry = field(default_factory=lambda: Entry("安丰精密机械有限公司", CODES[0], "李敏", "limin@anfeng.example"))
    second: Entry = field(default_factory=lambda: Entry("皖江市人民医院", CODES[1], "王芳", "wangfang@wanjiang.example"))
    late: Entry = field(default_factory=lambda: Entry("合川食品有限公司", CODES[2], "赵强", "zhaoqiang@hechuan.example"))

    @property
    def base(self) -> str:
        """The address of the round's pages for the office."""
        return f"/office/rounds/{self.round}"

    def __getitem__(self, name: str) -> Visitor:
        return self.people[name]


def pdf(name: str, pages: int = 1, width: int = 595) -> Upload:
    """A PDF of blank pages; another width is another content."""
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(width, 842))
    content = io.BytesIO()
    document.save(content, deterministic_id=True)
    return Upload(name, content.getvalue())
