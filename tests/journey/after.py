"""The last part: certificates and their check, the feedback report from the leader to the applicant, and the trail."""

import io
from re import search

import pikepdf

from tests.journey.founding import cannot_advance
from tests.journey.judging import seat
from tests.journey.story import Story
from tests.journey.visitor import Visitor, link, links, says, soup, words


def certify(story: Story) -> None:
    """Certificates are issued in one batch, their papers made by the worker; the code beside the square says that each is valid."""
    office, public, path = story["office"], story["public"], f"{story.base}/certificates"
    office.open(path)
    office.send(path, {"issued_on": "2026-04-18"})
    story.world.work()
    office.open(path)
    papers = links(office, "/document")
    assert len(papers) == 2
    for paper in papers:
        with pikepdf.open(io.BytesIO(office.download(paper))) as document:
            assert len(document.pages) == 1
    code = link(office, "/v/").removeprefix("/v/")
    public.open(f"/v/{code}")
    says(public, "Valid")
    assert any(one.name in words(public) for one in (story.first, story.second))
    public.open("/v/ABCD2345EFGH")
    assert story.first.name not in words(public)
    public.open("/v")
    public.send("/v", {"code": f"{code[:4]}-{code[4:8].lower()} {code[8:]}"})
    assert public.path == f"/v/{code}"


def write_feedback(story: Story) -> None:
    """The leader takes a strength and an opportunity from the sheets, writes the summary and hands the report in."""
    leader, base = story["j1"], seat(story, "j1", story.first)
    report = f"{base}/report"
    story["j2"].open(f"{seat(story, 'j2', story.first)}/report", expect=403)
    leader.open(report)
    leader.send(f"{report}/start")
    take(leader, report, "4.1.2", "strength")
    take(leader, report, "4.5.2", "opportunity")
    summary = "贵单位方法成体系，领导作用突出；对比数据的积累是最值得改进之处。"
    leader.send(report, {"summary": summary, "next_steps": "三个月内：建立对比数据库"}, button="hand_in")
    says(leader, "You have handed this report in; the award office releases it after publication.")


def take(leader: Visitor, report: str, item: str, kind: str) -> None:
    """The first comment of a kind goes from the sheets into the report, as one of the main ones."""
    place = "#item-" + item.replace(".", r"\.")
    box = soup(leader).select_one(f'{place} .source-{kind} input[name^="source-"]')
    assert box is not None
    leader.send(report, {f"source-{item}": str(box["value"])}, button=f"take:{item}")
    main = soup(leader).select_one(f'{place} .source-edit.source-{kind} input[name^="key-"]')
    assert main is not None
    leader.send(report, {str(main["name"]): "1"}, button="save")


def release_feedback(story: Story) -> None:
    """Nothing is there for the applicant before the office has released it; then he reads it, keeps its paper, acknowledges."""
    office, applicant = story["office"], story.first.browser()
    own = f"{story.first.path}/feedback"
    applicant.open(own, expect=404)
    path = f"{story.base}/feedback/{story.first.id}"
    office.open(path)
    office.send(f"{path}/release")
    assert f"{story.first.path}/feedback" in story.world.letter(story.first.email)
    story.second.browser().open(own, expect=404)
    applicant.open(own)
    text = words(applicant)
    assert "对比数据的积累" in text
    assert not any(name in text for name in ("周敏", "吴志远", "700.60"))
    with pikepdf.open(io.BytesIO(applicant.download(f"{own}/report.pdf"))) as document:
        assert len(document.pages) >= 3
    applicant.send(f"{own}/acknowledge")
    office.open(f"{story.base}/feedback")
    assert search(r"已确认|[Aa]cknowledged", words(office)) is not None
    # The other applicant was judged too, and its report is owed before the round is archived.
    cannot_advance(story, "Feedback reports that their panel leaders have not begun: {count}", count=1)
    assert link(office, f"{story.base}/feedback")


def look_at_trail(story: Story) -> None:
    """The office walks the round's stream; the whole trail holds together."""
    office = story["office"]
    office.open(f"{story.base}/trail?walk=1")
    verdict = story.world.trail()
    assert verdict.is_whole, verdict.faults
    assert verdict.streams >= 3
    assert verdict.records > 200
