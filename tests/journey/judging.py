"""The third part: the pool, the panels, declarations, a recusal with its substitute, scoring, and stages held on paper."""

from collections.abc import Callable, Mapping

from award.kernel.i18n import translate
from award.regulations.loader import shipped_criteria
from tests.journey.founding import advance, cannot_advance
from tests.journey.story import STAGES, Entry, Story, pdf
from tests.journey.visitor import Value, Visitor, faults, link, link_beside, links, soup, words

JUDGES = {
    "j1": ("周敏", "zhoumin@judges.example", "安徽大学管理学院"),
    "j2": ("吴志远", "wuzhiyuan@judges.example", "省质量和标准化研究院"),
    "j3": ("郑海涛", "zhenghaitao@judges.example", "省质量协会"),
    "j4": ("褚立新", "chulixin@judges.example", "江城认证有限公司"),
}
ITEMS = [item.key for item in shipped_criteria()["gbt19580-2012"].items()]
SHEETS = {("j1", "first"): 60, ("j2", "first"): 70, ("j2", "second"): 50, ("j4", "second"): 55}
"""Judge and applicant -> the percentage of every item; only 4.1.2 (50 points) of the first sheet is given 65."""
TOTALS = {("j1", "first"): "602.50", ("j2", "first"): "700.00", ("j2", "second"): "500.00", ("j4", "second"): "550.00"}
"""By hand: 600 + 50 x 5%; 700; 500; 550."""
Score = Callable[[Visitor, str, str, int], None]
"""Scores one item: browser, address of the item, its key, percentage."""


def percent_of(judge: str, entry: str, item: str) -> int:
    """What a judge gives an item."""
    return 65 if (judge, entry, item) == ("j1", "first", "4.1.2") else SHEETS[judge, entry]


def fill_pool(story: Story) -> None:
    """The office enters judges by hand; each sets his password by the link of the mail."""
    office = story["office"]
    for who, (name, email, institution) in JUDGES.items():
        office.open(f"/office/judges?round={story.round}")
        office.send("/office/judges", {"name": name, "email": email, "institution": institution, "speciality": "质量管理"})
        assert institution in words(office)
        story.people[who] = story.world.set_password(email)
        story[who].open("/office", expect=403)


def make_panels(story: Story) -> None:
    """Two judges for each application, the first leads; the round cannot go on before that."""
    cannot_advance(story, "Every panel is complete")
    for entry, panel in ((story.first, ("j1", "j2")), (story.second, ("j2", "j3"))):
        path = f"{story.base}/assign/{entry.id}"
        for place, who in enumerate(panel):
            story["office"].open(path)
            judge = id_of(story["office"], JUDGES[who][0])
            fields = {"leader": True} if place == 0 else {}
            story["office"].send(path, fields, button="assign", where={"judge": judge})
    story.world.until(STAGES["score"][0])
    advance(story)


def id_of(office: Visitor, name: str) -> str:
    """The judge's public id among those who may take a seat."""
    rows = [one for one in soup(office).select("#choose tr") if name in one.get_text()]
    field = rows[0].select_one('input[name="judge"]')
    assert field is not None
    return str(field["value"])


def seat(story: Story, who: str, entry: Entry) -> str:
    """The address of a judge's review of an application, as his list leads there."""
    judge = story[who]
    judge.open("/review")
    return link_beside(judge, entry.name).removesuffix("/declaration")


def sign(story: Story, who: str, entry: Entry) -> None:
    """Before he has signed a judge knows the applicant's name and nothing else; then the application is open to him."""
    judge, base = story[who], seat(story, who, entry)
    judge.open(f"{base}/items/4.1.2")
    assert judge.path == f"{base}/declaration"
    assert "证据见" not in words(judge)
    judge.send(f"{base}/declaration", {"answer": "none"}, expect=422)
    assert len(faults(judge)) == 1
    judge.send(f"{base}/declaration", {"answer": "none", "sign": True})
    judge.open(f"{base}/items/4.1.2")
    assert "证据见" in words(judge)


def recuse(story: Story) -> None:
    """One judge steps back: from then on nothing of the application exists for him; a substitute takes the seat."""
    judge, office, second = story["j3"], story["office"], story.second
    sign(story, "j3", second)
    base = seat(story, "j3", second)
    judge.open(f"{base}/recuse")
    judge.send(f"{base}/recuse", {"reason": "曾于去年担任该院的管理顾问。"})
    for path in (base, f"{base}/items/4.1.2", f"{base}/declaration"):
        judge.open(path, expect=404)
    office.open(f"{story.base}/assign/{second.id}")
    assert "管理顾问" in words(office)
    office.open(link_beside(office, JUDGES["j3"][0], "?replace="))
    office.send(f"{story.base}/assign/{second.id}", button="replace", where={"judge": id_of(office, JUDGES["j4"][0])})
    # While judges score it takes two persons.
    colleague = story["colleague"]
    colleague.open(f"{story.base}/assign/{second.id}")
    colleague.send(f"{story.base}/assign/{second.id}", button="confirm")


def score_all(story: Story, by_hand: Mapping[str, Mapping[str, Score]] | None = None) -> None:
    """Every judge declares, scores and submits; a stranger sees nothing, and nobody sees a value too early.

    by_hand: judge -> items he scores in another way than by posting.
    """
    for who, place in SHEETS:
        sign(story, who, story.first if place == "first" else story.second)
    stranger = seat(story, "j1", story.first)
    story["j4"].open(stranger, expect=404)
    story.first.browser().open("/review", expect=403)
    for who, place in SHEETS:
        entry = story.first if place == "first" else story.second
        base = seat(story, who, entry)
        score(story[who], base, who, place, (by_hand or {}).get(who))
        submit(story[who], base, TOTALS[who, place])
        if (who, place) == ("j1", "first"):
            hidden(story, base, entry)
    story["j2"].open(f"{seat(story, 'j2', story.first)}/panel")
    assert "602.5" in words(story["j2"])


def score(judge: Visitor, base: str, who: str, place: str, by_hand: Mapping[str, Score] | None) -> None:
    """All items posted; by_hand: items that are scored in another way."""
    for item in ITEMS:
        (by_hand or {}).get(item, by_post)(judge, f"{base}/items/{item}", item, percent_of(who, place, item))


def by_form(judge: Visitor, path: str, item: str, percent: int) -> None:
    """By the page's own form without scripts: a button saves and adds a row, another saves and goes on."""
    judge.open(path)
    judge.quick(path, {"version": "0", "percent": "27", "act": "next"}, expect=422)
    judge.quick(path, {"version": "0", "percent": "八十", "act": "next"}, expect=422)
    judge.send(path, {"percent": str(percent)}, button="add:strength")
    comment = {"comments-0-text": f"方法系统，{item} 每季度评审并改进。", "comments-0-mark": "++", "comments-0-refs": "E-1"}
    judge.send(path, comment, button="next")
    assert judge.path.endswith(ITEMS[ITEMS.index(item) + 1])
    judge.open(path)
    chosen = soup(judge).select_one('input[name="percent"][checked]')
    assert chosen is not None
    assert chosen["value"] == str(percent)


def by_post(judge: Visitor, path: str, item: str, percent: int) -> None:
    """As the form would send it: a strength, and from the middle of the sheet on an opportunity."""
    comments = {"comments-0-id": "", "comments-0-kind": "strength", "comments-0-mark": "+", "comments-0-text": f"{item}：方法成体系。"}
    if item > "4.4":
        kind = {"id": "", "kind": "opportunity", "mark": "-", "text": f"{item}：对比数据只有一年。"}
        comments |= {f"comments-1-{name}": value for name, value in kind.items()}
    judge.quick(path, {"version": "0", "percent": str(percent), **comments, "act": "next"})


def submit(judge: Visitor, base: str, total: str) -> None:
    """The total is the sum by hand; pressed twice there is one version; afterwards nothing can be changed."""
    judge.open(f"{base}/submit")
    assert f"{total} / 1000" in words(judge)
    judge.send(f"{base}/submit")
    receipt = words(judge)
    judge.press_again()
    assert words(judge) == receipt
    judge.quick(f"{base}/items/{ITEMS[0]}", {"version": "1", "percent": "0", "act": "save"}, expect=409)


def submit_and_submit_again(story: Story, base: str) -> None:
    """The first judge's sheet of the first application is in; the office gives it back, and he submits it as it was."""
    total, page = TOTALS["j1", "first"], f"{story.base}/progress/{story.first.id}"
    submit(story["j1"], base, total)
    office = story["office"]
    office.open(page)
    address = soup(office).select_one("form[action$='/return']")
    assert address is not None
    office.send(str(address["action"]), {"code": "asked", "reason": "请补充 4.1.2 的意见"})
    submit(story["j1"], base, total)


def hidden(story: Story, base: str, entry: Entry) -> None:
    """One sheet of two is in: its author's value is nobody's to see, not even the office's."""
    story["j1"].open(f"{base}/panel", expect=409)
    office = story["office"]
    for path in (f"{story.base}/progress", f"{story.base}/progress/{entry.id}", f"{story.base}/results", story.base):
        office.open(path)
        assert "602.5" not in words(office)
    office.open(f"{story.base}/results/{entry.id}", expect=409)


def on_paper(story: Story, kind: str, scores: dict[str, str]) -> None:
    """A stage held on paper: one person enters each outcome with its signed sheet, a second confirms. scores: by place."""
    story.world.until(STAGES[kind][0])
    advance(story)
    cannot_advance(story, "Every outcome is recorded and confirmed")
    office, colleague = story["office"], story["colleague"]
    for place, points in scores.items():
        entry = story.first if place == "first" else story.second
        path = f"{story.base}/outcomes/{entry.id}"
        office.open(path)
        facts: dict[str, Value] = {
            "goes_on": "yes", "summary": "按议程完成，问题已当场核实。",
            "held_on": STAGES[kind][0].isoformat(), "file": pdf("签字记录.pdf"),
            **({"until": STAGES[kind][0].isoformat(), "team": "钱立\n吴敏"} if kind == "site" else {"order": "12"[place != "first"]}),
        }  # fmt: skip
        office.send(path, {**facts, "score": "1000.001"}, expect=422)
        office.send(path, {**facts, "score": points})
        office.quick(f"{path}/confirm", {}, expect=403)
        confirm(story, path)
    assert translate(office.language, "Confirmed") in words(colleague)
    assert links(office, f"{story.base}/outcomes")


def confirm(story: Story, form: str) -> None:
    """The second person confirms an outcome in the list. form: address of the outcome."""
    colleague = story["colleague"]
    colleague.open(f"{story.base}/outcomes")
    colleague.send(f"{form}/confirm")


def correct(story: Story, form: str, facts: dict[str, Value]) -> None:
    """A correction of a confirmed outcome is entered; who entered it does not confirm it. form: address of the outcome."""
    office = story["office"]
    office.open(f"{form}/correct")
    office.send(f"{form}/correct", facts, expect=422)
    office.send(f"{form}/correct", {**facts, "reason": "签字记录与录入不一致。"})
    office.quick(f"{_correction(office, form)}/confirm", {}, expect=403)


def refuse_correction(story: Story, form: str) -> None:
    """The second person looks at the signed record again and leaves the outcome as it was."""
    colleague = story["colleague"]
    colleague.send(f"{_correction(colleague, form)}/refuse", {"refusal": "已核对签字记录，原录入无误。"})


def _correction(visitor: Visitor, form: str) -> str:
    """The address of the newest version, by the link to its paper."""
    visitor.open(f"{form}/versions")
    return link(visitor, "/versions/").removesuffix("/paper")
