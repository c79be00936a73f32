"""The county's award of Datong and the one above it: what counts, who was left out, and whom the county may send up.

Expected values: consensus 800, 700 and 600 of 1000 (weight 100 %), whatever the sheets say; the file of the city links the tiers.
"""

import csv
import io
from typing import Any

import pytest
from sqlalchemy import Engine, select

from award.accounts.identify import SESSION_COOKIE
from award.applications.models import Application, PaperOutcome
from award.applications.service.importing import apply_import, fields_of
from award.kernel.audit.trail import transaction
from award.kernel.sheets.importing import lines_of
from award.office.exports.asked import Asked
from award.office.exports.service import EXPORTS
from award.regulations.loader import shipped_schemes
from award.results.summaries import summary_of
from award.rounds.schemes import tiers_above
from award.standing.models import Conflict as ConflictOfInterest
from tests import make
from tests.applications.browsing import Visitor
from tests.judging import world as worlds
from tests.results.acts import decide, propose, to_notice, to_publication
from tests.results.judged import DAY, Entry, World, build, with_scheme
from tests.results.test_pages import base, main_of
from tests.visiting import post

SHEETS = (90, 80, 70)
AGREED = {"轴承厂": 80_000, "建筑公司": 70_000, "学校": 60_000, "商场": None}
ENTRIES = [
    Entry("轴承厂", SHEETS), Entry("建筑公司", SHEETS, "construction"), Entry("学校", SHEETS, "public"), Entry("商场", SHEETS, "services"),
]  # fmt: skip
REASON = "合议认为材料不能支持评分"


def county(engine: Engine) -> World:
    """Judged and agreed on; one application did not go on."""
    world = build(engine, ENTRIES, scheme="datong-county")
    with transaction(engine) as session:
        round_ = world.found(session)
        stage = next(one for one in round_.stages if one.kind == "consensus")
        for name, score in AGREED.items():
            of, by = world.application(session, name), world.actors["office"].person_id
            of.profile = {"contact_name": "林秋", "contact_phone": "0352-3001234"}
            session.add(PaperOutcome(
                round_stage_id=stage.id, application_id=of.id, state="confirmed", score_hundredths=score, goes_on=score is not None,
                summary=REASON, content={}, held_on=DAY, recorded_by=by, recorded_at=make.NOW, confirmed_by=by, confirmed_at=make.NOW,
            ))  # fmt: skip
    return world


@pytest.fixture
def world(engine: Engine, clock: Any) -> World:
    return county(engine)


def test_only_what_counts_is_shown_as_counting(world: World, client: Any) -> None:
    office = Visitor(client, world.cookies["office"])
    shown = main_of(office.page(f"{base(world)}/results/{world.applications['轴承厂']}"))
    assert "800.00" in shown
    assert shown.count("not in the total") == 3
    assert "the sheets are no part of the total" in shown
    to_notice(world)
    assert "not in the total" in main_of(office.page(f"{base(world)}/results/{world.applications['轴承厂']}"))


def test_the_summary_on_paper_says_whether_the_sheets_count(engine: Engine) -> None:
    """The demonstration's sheets are the whole of the total, a county's are no part of it."""
    judged = worlds.build(engine)
    worlds.all_in(judged)
    with transaction(engine) as session:
        application = judged.application(session)
        assert summary_of(session, application, "zh", make.NOW).is_counted
        with_scheme(session, application.round, stages=shipped_schemes()["datong-county"].stages)
        assert not summary_of(session, application, "zh", make.NOW).is_counted


def test_where_the_sheets_count_they_are_shown_so(engine: Engine, clock: Any, client: Any) -> None:
    plain = build(engine, [Entry("甲", (90,) * 5)])
    shown = main_of(Visitor(client, plain.cookies["office"]).page(f"{base(plain)}/results/{plain.applications['甲']}"))
    assert "not in the total" not in shown
    assert shown.count(" used ") >= 3


def test_who_was_left_out_stands_below_the_ranking_with_stage_and_reason(world: World, client: Any) -> None:
    for decided in (False, True):
        if decided:
            to_notice(world)
        soup = Visitor(client, world.cookies["office"]).page(f"{base(world)}/results")
        ranked, left = soup.select("section.panel table")[0], soup.find("h2", string="Left out before the ranking")
        assert "商场" not in ranked.get_text()
        assert left is not None
        told = left.find_parent("section").get_text(" ")
        assert all(word in told for word in ("商场", "Consensus review", REASON))


def test_a_conflict_hides_whoever_was_left_out_too(world: World, client: Any) -> None:
    with transaction(world.engine) as session:
        of = world.application(session, "商场")
        session.add(ConflictOfInterest(
            person_id=world.actors["second"].person_id, application_id=of.id, reason="亲属", source="office", declared_at=make.NOW,
        ))  # fmt: skip
    assert "商场" not in main_of(Visitor(client, world.cookies["second"]).page(f"{base(world)}/results"))


def nominees(client: Any, world: World, who: str = "office", **filters: str) -> Any:
    client.cookies.clear()
    client.cookies.set(SESSION_COOKIE, world.cookies[who])
    query = "&".join(f"{key}={value}" for key, value in {"round": world.round, **filters}.items())
    return post(client, f"/office/export/nominees?{query}", {"format": "csv", "reason": ""})


def test_a_published_county_says_who_may_go_on_to_the_city(world: World, client: Any) -> None:
    office = Visitor(client, world.cookies["office"])
    before = main_of(office.page(f"{base(world)}/results/publish"))
    assert "Next tier" not in before
    assert nominees(client, world).status_code == 409
    to_publication(world)
    shown = main_of(Visitor(client, world.cookies["office"]).page(f"{base(world)}/results/publish"))
    assert "Next tier: Datong Government Quality Award" in shown
    assert "Take out the list of nominees" in shown
    ranked = main_of(Visitor(client, world.cookies["office"]).page(f"{base(world)}/results"))
    assert "Next tier: Datong Government Quality Award Who may be nominated for it" in ranked
    assert nominees(client, world, "elsewhere").status_code == 404


def test_the_list_of_nominees_is_what_the_city_takes_in(any_engine: Engine, clock: Any, client: Any) -> None:
    world = county(any_engine)
    to_publication(world)
    if any_engine.dialect.name == "sqlite":
        answer = nominees(client, world, upward="city")
        assert answer.status_code == 200, answer.text[:300]
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    else:
        rows = listed(world)
    assert [row[1] for row in rows[1:]] == ["轴承厂", "建筑公司", "学校"]
    assert [row[-2] for row in rows[1:]] == ["800.00", "700.00", "600.00"]
    assert {row[5] for row in rows[1:]} == {"林秋"}
    with transaction(any_engine) as session:
        city = make.authority(session, "大同市人民政府")
        above = make.round_(session, "apply", of=city, scheme="datong-city")
        officer = make.actor(session, make.officer(session, city, "市办"))
        fields = fields_of(above.scheme)
        assert lines_of(fields, rows)[1] != []  # the day of receipt is the city's to enter
        received = [rows[0], *([*row[:4], DAY.isoformat(), *row[5:]] for row in rows[1:])]
        lines, faults = lines_of(fields, received)
        assert faults == []
        apply_import(session, officer, above, lines, make.NOW)
        made = session.scalars(select(Application).where(Application.round_id == above.id).order_by(Application.id)).all()
        assert [(one.organisation.name, one.category, one.sector, one.state) for one in made] == [
            ("轴承厂", "organisation", "manufacturing", "draft"), ("建筑公司", "organisation", "construction", "draft"),
            ("学校", "organisation", "public", "draft"),
        ]  # fmt: skip


def test_an_individual_is_not_lost_on_the_way_up(any_engine: Engine, clock: Any) -> None:
    world = build(any_engine, [Entry("重工", (90,) * 5), Entry("轴承厂", (90,) * 5, category="individual")], scheme="jiangsu-governor")
    with transaction(any_engine) as session:
        # The sheets are the whole of the total, so that the test needs no outcomes of stages on paper.
        with_scheme(session, world.found(session), stages=shipped_schemes()["yunchuan-mayor"].stages)
        for name in ("重工", "轴承厂"):
            world.application(session, name).profile = {"contact_name": "林秋"} | ({"nominee": "钱伟"} if name == "轴承厂" else {})
    propose(world, category="individual")
    decide(world, category="individual")
    to_publication(world)
    head, *rows = listed(world, "china")
    assert [head.count("个人或班组"), {row[1]: row[head.index("个人或班组")] for row in rows}] == [1, {"重工": "", "轴承厂": "钱伟"}]
    with transaction(any_engine) as session:
        above = make.round_(session, "apply", of=make.authority(session, "国家市场监督管理总局"), scheme="china-quality")
        officer = make.actor(session, make.officer(session, above.award.authority, "国办"))
        received = [[*row[:4], DAY.isoformat(), *row[5:]] for row in rows]
        lines, faults = lines_of(fields_of(above.scheme), [head, *received])
        assert faults == []
        apply_import(session, officer, above, lines, make.NOW)
        made = session.scalars(select(Application).where(Application.round_id == above.id).order_by(Application.id)).all()
        assert {(one.category, one.profile.get("nominee"), one.entrant) for one in made} == {
            ("organisation", None, "重工"), ("individual", "钱伟", "钱伟（轴承厂）"),
        }  # fmt: skip


def listed(world: World, upward: str = "city") -> list[list[str]]:
    """The same table without its page, for the other database."""
    with transaction(world.engine) as session:
        asked = Asked(session, world.actors["office"], "zh", make.NOW, {"round": world.round, "upward": upward})
        table = EXPORTS["nominees"].make(asked).table
        return [[one.title for one in table.columns], *([str(cell or "") for cell in row] for row in table.rows)]


def test_a_revoked_winner_is_not_sent_up(world: World, client: Any) -> None:
    to_publication(world)
    with transaction(world.engine) as session:
        world.application(session, "建筑公司").state = "revoked"
    told = nominees(client, world).content.decode("utf-8-sig")
    assert "轴承厂" in told
    assert "建筑公司" not in told


def test_an_award_without_a_tier_above_has_no_such_list(engine: Engine, clock: Any, client: Any) -> None:
    plain = build(engine, [Entry("甲", (90,) * 5)])
    to_publication(plain)
    assert nominees(client, plain).status_code == 404
    assert "Next tier" not in main_of(Visitor(client, plain.cookies["office"]).page(f"{base(plain)}/results/publish"))


def test_what_a_tier_asks_is_what_its_files_say() -> None:
    (city,) = tiers_above(shipped_schemes()["datong-county"])
    assert (city.link.award.zh, city.asks("organisation")) == ("大同市政府质量奖", [])
    shanxi, china = tiers_above(shipped_schemes()["datong-recommendation"])
    assert [str(one.in_language("zh")) for one in shanxi.asks("organisation")] == ["每届最多推荐 3 个"]
    assert [str(one.in_language("zh")) for one in shanxi.asks("individual")] == ["每届最多推荐 1 个"]
    assert any("5" in str(one.in_language("zh")) for one in china.asks("organisation"))


def test_each_category_has_its_own_steps(engine: Engine, clock: Any, client: Any) -> None:
    world = build(engine, [Entry("甲", (90,) * 5), Entry("乙", (80,) * 5)])
    individuals = shipped_schemes()["datong-recommendation"].category("individual")
    with transaction(engine) as session:
        round_ = world.found(session)
        with_scheme(session, round_, categories=(*round_.scheme.categories, individuals))
        world.application(session, "乙").category = "individual"
    propose(world)
    steps = main_of(Visitor(client, world.cookies["office"]).page(f"{base(world)}/results/publish"))
    told = steps[steps.index("Steps to the result") :]
    assert "Ranking proposed · Organisations" in told
    assert "Ranking proposed · Individuals still to be done" in told
    assert "Ranking proposed · Organisations still to be done" not in told


def test_a_winner_reads_what_it_may_be_nominated_for(world: World, client: Any) -> None:
    with transaction(world.engine) as session:
        cookies = {}
        for name in ("轴承厂", "商场"):
            of = world.application(session, name)
            owner = make.owner(session, of.organisation, of.round.award.authority, f"{name}经办人")
            cookies[name] = make.signed_in(session, owner)
    page = f"/apply/{world.applications['轴承厂']}"
    assert "Next tier" not in main_of(Visitor(client, cookies["轴承厂"]).page(page))
    to_publication(world)
    assert "Next tier: Datong Government Quality Award" in main_of(Visitor(client, cookies["轴承厂"]).page(page))
    assert "Next tier" not in main_of(Visitor(client, cookies["商场"]).page(f"/apply/{world.applications['商场']}"))
