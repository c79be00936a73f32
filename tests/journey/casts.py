"""Who applies in the walk of each shipped scheme and how it must end, reckoned by hand from the scheme's founding document.

A sheet that marks every item with 80 makes 800 points; the judges of a panel lie evenly around the mark that stands here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

WITHDRAWN, REFUSED = "withdrawn", "refused"
"""How an application leaves the round in the system; held on paper it leaves in a stage, by its kind."""


@dataclass(frozen=True)
class Part:
    """One applicant. mark: percentage on items of process; results: on items of results, None for the same.

    paper: points of the stages held on paper that count, in order. out: where it leaves the round, "" for nowhere.
    figure: its total by hand; proposed, grade: what the scheme proposes and the committee decides, "" for nothing.
    """

    mark: int = 60
    paper: tuple[int, ...] = ()
    figure: str = ""
    grade: str = ""
    out: str = ""
    category: str = "organisation"
    proposed: str | None = None
    results: int | None = None
    sector: str = ""

    @property
    def proposal(self) -> str:
        """The grade the scheme proposes."""
        return self.grade if self.proposed is None else self.proposed


@dataclass(frozen=True)
class Cast:
    """The applicants of a walk. titles: by category and grade the award as a certificate names it.

    over: the category whose proposal takes more seats than all categories share, decided on last; "" for none.
    """

    parts: tuple[Part, ...]
    titles: Mapping[tuple[str, str], str]
    over: str = ""


def _person(mark: int = 60, paper: tuple[int, ...] = (), figure: str = "", grade: str = "", out: str = "") -> Part:
    return Part(mark, paper, figure, grade, out, "individual")


CASTS: Mapping[str, Cast] = {
    # 皖政〔2018〕21号: at most five awards, which individuals share (assumed); 40% desk, 40% site, 20% interview.
    # Five organisations and one individual are proposed for an award: one has to step back, and the individual does.
    "anhui-province": Cast(
        (
            Part(80, (850, 750), "810.00", "award"),  # 320 + 340 + 150
            Part(75, (800, 700), "760.00", "award"),  # 300 + 320 + 140
            Part(70, (750, 700), "720.00", "award"),  # 280 + 300 + 140
            Part(65, (700, 600), "660.00", "award"),  # 260 + 280 + 120
            Part(60, (600, 650), "610.00", "award"),  # 240 + 240 + 130
            Part(out=REFUSED),
            Part(90, (900,), out="site"),
            Part(out=WITHDRAWN),
            Part(70, (800, 900), "780.00", "nomination", "", "individual", "award"),  # 280 + 320 + 180
            _person(55, (500, 550), "530.00", "nomination"),  # 220 + 200 + 110
            _person(90, (900, 300), out="interview"),
        ),
        {
            ("organisation", "award"): "第一届安徽省政府质量奖",
            ("individual", "nomination"): "第一届安徽省政府质量奖提名奖（个人）",
        },
        over="individual",
    ),
    # Reports on the first round of 2013: two were given; 60% documents, 40% site. Two are level for the second seat, by
    # their results too (60% of 400), so the scheme gives it to neither and the committee separates them.
    "bengbu-mayor": Cast(
        (
            Part(80, (850,), "820.00", "award"),  # 480 + 340
            Part(70, (600,), "660.00", "award", proposed=""),  # 420 + 240
            Part(70, (600,), "660.00", ""),
            Part(90, (950,), out="site"),
            Part(90, (900,), out="deliberate"),
            Part(out=REFUSED),
            Part(out=WITHDRAWN),
        ),
        {("organisation", "award"): "第一届蚌埠市市长质量奖"},
    ),
    # 中国质量奖评选规则（据转载）: organisations, individuals, and branches and teams; only the review of the material counts.
    "china-quality": Cast(
        (
            Part(80, (), "800.00", "award"),
            Part(out="recommend"),
            Part(out=REFUSED),
            Part(70, (), "700.00", "award", "", "team"),
            Part(60, (), "600.00", "nomination", "", "team", "award"),
            Part(out=WITHDRAWN, category="team"),
            _person(75, (), "750.00", "award"),
            _person(85, (), out="deliberate"),
        ),
        {
            ("organisation", "award"): "第一届中国质量奖",
            ("team", "award"): "第一届中国质量奖（班组）",
            ("team", "nomination"): "第一届中国质量奖提名奖（班组）",
            ("individual", "award"): "第一届中国质量奖（个人）",
        },
    ),
    # 同政办发〔2017〕161号三（十二）: manufacturing, construction, services, and public administration and public services.
    "datong-city": Cast(
        (
            Part(70, (750, 700), "720.00", "award", sector="manufacturing"),  # 280 + 300 + 140
            Part(65, (650, 800), "680.00", "award", sector="public"),  # 260 + 260 + 160
            Part(out="recommend", sector="services"),
            Part(out="opinions", sector="construction"),
            Part(90, (900,), out="site", sector="services"),
            Part(90, (900, 200), out="interview", sector="construction"),
            Part(85, (850, 850), out="deliberate", sector="services"),
            Part(out=REFUSED, sector="construction"),
            Part(out=WITHDRAWN, sector="public"),
        ),
        {("organisation", "award"): "第一届大同市政府质量奖"},
    ),
    # Three seats (assumed); what the panel agrees on is the result, whatever its members wrote alone.
    "datong-county": Cast(
        (
            Part(50, (700,), "700.00", "award", sector="manufacturing"),
            Part(60, (680,), "680.00", "award", sector="services"),
            Part(70, (660,), "660.00", "award", sector="construction"),
            Part(90, (640,), "640.00", "", sector="public"),
            Part(90, (300,), out="consensus", sector="public"),
            Part(out=REFUSED, sector="services"),
            Part(out=WITHDRAWN, sector="services"),
        ),
        {("organisation", "award"): "第一届县（区）政府质量奖"},
    ),
    # 晋政发〔2021〕31号（据转载）: a city recommends three organisations and one individual at most.
    "datong-recommendation": Cast(
        (
            Part(80, (), "800.00", "recommended", sector="manufacturing"),
            Part(70, (), "700.00", "recommended", sector="services"),
            Part(65, (), "650.00", "recommended", sector="public"),
            Part(60, (), "600.00", "", sector="construction"),
            Part(out="recommend", sector="construction"),
            Part(90, (), out="deliberate", sector="services"),
            Part(out=REFUSED, sector="services"),
            _person(70, (), "700.00", "recommended"),
            _person(60, (), "600.00", ""),
            _person(out="opinions"),
            _person(out=WITHDRAWN),
        ),
        {
            ("organisation", "recommended"): "大同市推荐申报山西省质量奖（组织）",
            ("individual", "recommended"): "大同市推荐申报山西省质量奖（个人）",
        },
    ),
    # 苏政办规〔2023〕2号（据转载）: at most ten awards and ten nominations, one individual at most in each.
    "jiangsu-governor": Cast(
        (
            Part(80, (850, 750), "810.00", "award"),  # 320 + 340 + 150
            Part(70, (760, 720), "728.00", "award"),  # 280 + 304 + 144
            Part(out="recommend"),
            Part(out="opinions"),
            Part(90, out="consensus"),
            Part(90, (500,), out="site"),
            Part(out=REFUSED),
            _person(85, (900, 800), "860.00", "award"),  # 340 + 360 + 160
            _person(75, (700, 800), "740.00", "nomination"),  # 300 + 280 + 160
            _person(65, (700, 700), "680.00", ""),  # 260 + 280 + 140
            _person(90, (900, 300), out="interview"),
            _person(90, (900, 900), out="deliberate"),
            _person(out=WITHDRAWN),
        ),
        {
            ("organisation", "award"): "第一届江苏省省长质量奖",
            ("individual", "award"): "第一届江苏省省长质量奖（个人）",
            ("individual", "nomination"): "第一届江苏省省长质量奖提名奖（个人）",
        },
    ),
    # Five were given in the fourth round. The fifth seat: both have 600 points of the desk, 360 + 240 and 300 + 300; the
    # one with more points for results has it.
    "qingdao-mayor": Cast(
        (
            Part(80, (850, 750), "810.00", "award"),  # 320 + 340 + 150
            Part(75, (800, 700), "760.00", "award"),
            Part(70, (750, 700), "720.00", "award"),
            Part(65, (700, 600), "660.00", "award"),
            Part(50, (600, 550), "590.00", "award", results=75),  # 240 + 240 + 110
            Part(60, (600, 550), "590.00", ""),
            Part(90, (400,), out="site"),
            Part(90, (900, 300), out="interview"),
            Part(90, (900, 900), out="deliberate"),
            Part(out=REFUSED),
            Part(out=WITHDRAWN),
        ),
        {("organisation", "award"): "第一届青岛市市长质量奖"},
    ),
    # 虚构办法第六条: five awards from 500 points, three at most of manufacturing; nominations from 450. The highest and the
    # lowest of five sheets are left out.
    "yunchuan-mayor": Cast(
        (
            Part(80, (), "800.00", "award", sector="manufacturing"),
            Part(75, (), "750.00", "award", sector="manufacturing"),
            Part(70, (), "700.00", "award", sector="manufacturing"),
            Part(65, (), "650.00", "nomination", sector="manufacturing"),
            Part(50, (), "500.00", "award", sector="health_education"),
            Part(45, (), "450.00", "nomination", sector="services"),
            Part(40, (), "400.00", "", sector="services"),
            Part(out=REFUSED, sector="services"),
            Part(out=WITHDRAWN, sector="services"),
        ),
        {
            ("organisation", "award"): "第一届云川市市长质量奖",
            ("organisation", "nomination"): "第一届云川市市长质量奖提名奖",
        },
    ),
}  # fmt: skip
