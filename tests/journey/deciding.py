"""The fourth part: the exact result, the decision, the notice with an objection, approval and publication by two persons."""

from datetime import date
from re import search

from award.results.service import approving, confirming
from tests.journey.founding import advance, cannot_advance
from tests.journey.story import AWARD, STAGES, Story, pdf
from tests.journey.visitor import Value, faults, link, link_beside, links, says, soup, words

FIRST, SECOND = "700.60", "572.50"
"""By hand, with the weights 40, 40, 20: (602.50 + 700) / 2 x 40% + 700.25 x 40% + 800 x 20%;
(500 + 550) / 2 x 40% + 600 x 40% + 612.50 x 20%."""
NOTICE = {"document_number": "皖质评办公示〔2026〕1号", "first_day": "2026-03-30", "contact": "省评审办 林晓 0551-62990000"}


def rank(story: Story) -> None:
    """The office sees the totals as they are by hand, and each explained down to its sheets."""
    story.world.until(STAGES["notice"][0])
    advance(story)
    office = story["office"]
    office.open(f"{story.base}/results?category=organisation")
    rows = [row.get_text(" ") for row in soup(office).select("main tbody tr")]
    assert FIRST in rows[0]
    assert story.first.name in rows[0]
    assert SECOND in rows[1]
    office.open(f"{story.base}/results/{story.first.id}")
    assert all(figure in words(office) for figure in ("602.5", "700.25", "800", FIRST))
    story["colleague"].open(f"{story.base}/results/{story.second.id}")
    assert SECOND in words(story["colleague"])


def propose(story: Story) -> None:
    """The ranking is fixed as a proposal."""
    office = story["office"]
    cannot_advance(story, "The decision is recorded")
    office.open(f"{story.base}/results?category=organisation")
    office.send(f"{story.base}/results/propose")


def decide(story: Story) -> None:
    """A decision with names; a grade that differs from the proposal needs its reason. A second person puts it in force."""
    office, colleague, results = story["office"], story["colleague"], f"{story.base}/results"
    office.open(f"{results}/decision?category=organisation")
    meeting: dict[str, Value] = {
        "held_on": STAGES["notice"][0].isoformat(), "members": "孙毅 主任委员\n赵岚 委员", "minutes": pdf("评审委员会纪要.pdf"),
    }  # fmt: skip
    otherwise = {f"grade-{story.second.id}": "nomination"}
    office.send(f"{results}/decision", {**meeting, **otherwise}, expect=422)
    assert len(faults(office)) == 1
    reason = {f"reason-{story.second.id}": "现场评审分数低于委员会议定的下限。"}
    office.send(f"{results}/decision", {**meeting, **otherwise, **reason})
    assert "委员会议定" in words(office)
    says(office, confirming.SAME_PERSON)
    colleague.open(f"{results}/amendment?category=organisation")
    path = soup(colleague).select('form[action$="/confirm"]')[0]["action"]
    office.quick(str(path), {}, expect=409)
    colleague.send(str(path))
    office.open(f"{results}?category=organisation")
    assert "委员会议定" in words(office)
    office.open(f"{results}?category=individual")


def give_notice(story: Story) -> None:
    """The candidates are on public notice, on the page and as a paper; the totals and the reasons are not."""
    office, public = story["office"], story["public"]
    office.open(f"{story.base}/notice")
    office.send(f"{story.base}/notice", NOTICE)
    says(office, "Publishing cannot be undone: the public reads it as it stands here.")
    office.send(f"{story.base}/notice", where={"first_day": NOTICE["first_day"]})
    assert NOTICE["document_number"] in words(office)
    story.world.work()
    assert office.download(f"{story.base}/notice/document").startswith(b"%PDF")
    public.open("/notices")
    public.open(link(public, "/notices/"))
    text = words(public)
    assert all(name in text for name in (story.first.name, story.second.name, NOTICE["document_number"]))
    assert not any(secret in text for secret in (FIRST, SECOND, "议定", story.late.name))
    cannot_advance(story, "The period of the notice is over")


def object_to_it(story: Story) -> None:
    """Anybody objects under his name and keeps number and code; the office examines, a colleague confirms the answer."""
    public, office, colleague = story["public"], story["office"], story["colleague"]
    story.world.until(date(2026, 3, 31))
    public.open("/notices")
    page = link(public, "/notices/")
    public.open(page)
    objection = {"text": "该院去年发生过投诉，请核实。", "contact": "0551-60000000", "about": story.second.id}
    public.send(f"{page}/objections", objection, expect=422)
    assert len(faults(public)) == 1
    public.send(f"{page}/objections", {**objection, "name": "高远"})
    receipt = search(r"YY-[A-Z0-9]{8}", words(public))
    assert receipt is not None
    cannot_advance(story, "Every objection is answered")
    office.open(f"{story.base}/notice/objections")
    path = link_beside(office, receipt[0], "/notice/objections/")
    office.open(path)
    answer = "已向市场监管部门核实，投诉已办结，不影响资格。"
    office.send(path, {"findings": "电话核实并查阅办结单。", "effect": "none", "answer": answer})
    says(office, "You examined this objection; another person of the office must confirm the answer.")
    office.quick(f"{path}/confirm", {"seen": ""}, expect=409)
    colleague.open(path)
    colleague.send(f"{path}/confirm")
    assert receipt[0] in words(colleague)
    public.open(page)
    assert "高远" not in words(public)


def approve(story: Story) -> None:
    """When the period is over nobody can object any more; the government's approval is recorded."""
    public, office, colleague = story["public"], story["office"], story["colleague"]
    public.open("/notices")
    page = link(public, "/notices/")
    public.open(page)
    story.world.until(date(2026, 4, 4), 0)
    public.quick(f"{page}/objections", {"text": "晚了", "name": "高远", "contact": "1", "about": ""}, expect=409)
    story.world.until(STAGES["approve"][0])
    advance(story)
    path = f"{story.base}/results/approval"
    office.open(path)
    approval: dict[str, Value] = {
        "approved_by": "安徽省人民政府第120次常务会议", "document_number": "皖政秘〔2026〕45号", "paper": pdf("批复.pdf"),
    }  # fmt: skip
    office.send(path, {**approval, "approved_on": "2026-05-01"}, expect=422)
    assert len(faults(office)) == 1
    office.send(path, {**approval, "approved_on": "2026-04-13"})
    says(office, approving.SAME_PERSON)
    colleague.open(path)
    confirm = str(soup(colleague).select('form[action$="/confirm"]')[0]["action"])
    assert colleague.download(confirm.replace("/confirm", "/paper")).startswith(b"%PDF")
    office.quick(confirm, {}, expect=409)
    colleague.send(confirm)


def publish(story: Story) -> None:
    """Who recorded the decision cannot publish; a second person does, and the public reads the winners."""
    story.world.until(STAGES["publish"][0])
    advance(story)
    office, colleague, public = story["office"], story["colleague"], story["public"]
    path = f"{story.base}/results/publish"
    office.open(path)
    says(office, "A second person publishes: whoever recorded the decision cannot. Ask a colleague.")
    office.quick(path, {}, expect=409)
    public.open("/winners")
    assert story.first.name not in words(public)
    colleague.open(path)
    colleague.send(path)
    colleague.press_again()
    public.open("/winners")
    assert story.first.name in words(public)
    assert AWARD[public.language == "en"] in words(public)
    for entry in (story.first, story.second):
        entry.browser().open(entry.path)
        assert len(links(entry.browser(), entry.path)) > 0
