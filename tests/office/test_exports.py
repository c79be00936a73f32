"""Every list as a table: the rows of its page and never more, with a record, and a reason where many people are named."""

import csv
import io
import re
from collections import Counter
from typing import Any

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from award.accounts.models import Person
from award.applications.letters import write_to_applicant
from award.applications.models import Application
from award.kernel.actor import Role, Scope
from award.kernel.audit.models import AuditOpening, AuditRecord
from award.kernel.audit.trail import transaction
from award.kernel.events import Event
from award.kernel.mail.models import Message
from award.kernel.sheets.writing import LONGEST_NAME
from award.office.exports import service
from award.office.exports.service import EXPORTS, MANY_PERSONS
from award.panels.models import PoolMember
from award.standing.models import Conflict
from tests import make
from tests.conftest import StandingClock
from tests.judging import world as worlds
from tests.judging.browsing import as_, main_text, post
from tests.judging.world import World
from tests.kernel.test_sheets import xlsx_rows

IN_ROUND = [
    "applications", "assignments", "progress", "outcomes", "objections", "certificates", "trail", "sheets", "messages", "papers",
    "feedback", "reminders", "returns", "batches", "stages",
]  # fmt: skip
AROUND = ["rounds", "judges", "organisations", "claims", "people", "workdays", "permissions", "schemes"]
ONE = {"applications": "/office/applications/{}", "assignments": "{base}/assign/{}", "progress": "{base}/progress/{}",
       "sheets": "{base}/results/{}"}  # fmt: skip
"""Where a viewer opens a row of a list by itself."""


def judged(engine: Engine) -> World:
    """Two applications with all sheets in, a third with one sheet missing."""
    world = worlds.build(engine, applications=3, judges=6, seats=5)
    for at, seats in ((0, 5), (1, 5), (2, 4)):
        for judge in range(seats):
            worlds.score(world, at, judge, percent=50 + 5 * judge)
            worlds.submit(world, at, judge)
    return world


@pytest.fixture
def site(engine: Engine, clock: StandingClock) -> World:
    return judged(engine)


def taken(client: TestClient, name: str, kind: str = "csv", reason: str = "", **filters: str) -> Any:
    query = "&".join(f"{key}={value}" for key, value in filters.items())
    return post(client, f"/office/export/{name}?{query}", {"format": kind, "reason": reason})


def rows(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200, answer.text[:500]
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def noted(engine: Engine) -> list[tuple[str, str, str]]:
    """Stream, object and content of every export."""
    same = (AuditOpening.stream == AuditRecord.stream) & (AuditOpening.seq == AuditRecord.seq)
    query = select(AuditRecord.stream, AuditRecord.obj, AuditOpening.content).join(AuditOpening, same)
    with transaction(engine) as session:
        return [tuple(row) for row in session.execute(query.where(AuditRecord.act == Event.LIST_EXPORTED))]  # type: ignore[misc]


@pytest.mark.both_databases
def test_every_list_leaves_in_both_formats_and_both_languages(site: World, client: TestClient) -> None:
    as_(client, site, "office")
    for name in (*IN_ROUND, *AROUND):
        page = client.get(f"/office/export/{name}?round={site.round}")
        assert page.status_code == 200, name
        as_text = rows(taken(client, name, round=site.round))
        book = taken(client, name, "xlsx", round=site.round)
        assert book.headers["content-type"].startswith("application/vnd.openxmlformats")
        read = xlsx_rows(book.content)
        assert [str(one) for one in read[0]] == as_text[0], name
        if name != "trail":  # every export adds a record to it
            assert len(read) == len(as_text), name


def test_each_is_recorded_with_its_filter_and_its_rows(site: World, client: TestClient) -> None:
    as_(client, site, "office")
    assert len(rows(taken(client, "applications", round=site.round, q="医院"))) == 2
    taken(client, "judges", "xlsx", "抽取评审组", q="周")
    found = noted(site.engine)
    assert [(stream, obj) for stream, obj, _ in found] == [
        (f"round:{site.round}", "list:applications"),
        ("admin", "list:judges"),
    ]
    assert '"filter":{"q":"医院","round":' in found[0][2]
    assert '"rows":1' in found[0][2]
    assert '"format":"xlsx"' in found[1][2]
    assert '"reason":"抽取评审组"' in found[1][2]


def test_looking_at_the_page_takes_nothing_out(site: World, client: TestClient) -> None:
    page = as_(client, site, "office").get(f"/office/export/applications?round={site.round}&q=医院")
    assert "医院" in main_text(page)
    assert noted(site.engine) == []


def test_a_table_has_what_its_page_has(site: World, client: TestClient) -> None:
    """No rows for stages on paper where there are none, pages of a paper by their name, no bare code of an act."""
    as_(client, site, "office")
    assert len(rows(taken(client, "outcomes", round=site.round))) == 1
    assert "页数" in rows(taken(client, "papers", round=site.round))[0]
    page = main_text(client.get(f"/office/export/trail?round={site.round}&act=list.exported"))
    assert "日志中没有的操作" in page
    assert "list.exported" not in page


def test_the_file_is_named_after_its_round_and_moment(site: World, client: TestClient) -> None:
    name = (
        as_(client, site, "office") and taken(client, "applications", round=site.round).headers["content-disposition"]
    )
    assert name.startswith("attachment")
    assert "%E7%94%B3%E6%8A%A5" in name  # 申报
    assert f"{make.NOW:%Y}" in name
    assert name.endswith(".csv")


def test_values_leave_only_where_all_sheets_are_in(site: World, client: TestClient) -> None:
    found = rows(as_(client, site, "office") and taken(client, "sheets", round=site.round))
    assert len(found) == 1 + 10
    assert worlds.APPLICANTS[2] not in {row[0] for row in found}
    assert taken(client, "ranking", round=site.round).status_code == 409
    site.stage("setup")
    refused = taken(client, "ranking", round=site.round)
    assert refused.status_code == 409
    assert "当前阶段“筹备”不开放“查看结果与排序”" in main_text(refused)
    assert "{" not in main_text(refused)
    site.stage("notice")  # where ranks are read, one application still waits for a sheet
    sealed = taken(client, "ranking", round=site.round)
    assert (sealed.status_code, "评分表全部提交后" in main_text(sealed)) == (409, True), main_text(sealed)
    site.stage("score")
    # Judge 0 gave 50 % everywhere: 500 of 1000 points, with both hundredths.
    first = next(row for row in found[1:] if row[2] == worlds.JUDGES[0])
    assert first[4] == "500.00"
    assert set(first[5:]) == {"50"}


def test_a_ranking_is_the_one_of_its_page(site: World, client: TestClient) -> None:
    worlds.score(site, 2, 4, percent=70)
    worlds.submit(site, 2, 4)
    site.stage("notice")
    found = rows(as_(client, site, "office") and taken(client, "ranking", round=site.round))
    page = main_text(client.get(f"/office/rounds/{site.round}/results"))
    assert len(found) == 4
    for row in found[1:]:
        assert row[1] in page
        assert row[4].count(".") == 1


def test_a_list_of_many_people_asks_what_for(site: World, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MANY_PERSONS", 5)
    as_(client, site, "office")
    asked = taken(client, "judges")
    assert asked.status_code == 422
    assert "6 人" in main_text(asked)
    assert noted(site.engine) == []
    assert taken(client, "judges", reason="抽取评审组").status_code == 200
    assert taken(client, "judges", q="周").status_code == 200
    assert MANY_PERSONS == 50


@pytest.mark.parametrize("kind", ["", "pdf", "xls"])
def test_only_these_formats(site: World, client: TestClient, kind: str) -> None:
    assert (as_(client, site, "office") and taken(client, "applications", kind, round=site.round)).status_code == 422


def test_who_may_not_see_the_list_gets_no_table(site: World, client: TestClient) -> None:
    for name in IN_ROUND:
        assert (as_(client, site, "stranger") and taken(client, name, round=site.round)).status_code == 404, name
        assert (as_(client, site, "judge0") and taken(client, name, round=site.round)).status_code == 403, name
        assert (as_(client, site, "owner0") and taken(client, name, round=site.round)).status_code == 403, name
        assert (as_(client, site, "office") and taken(client, name)).status_code == 404, name
    for name in ("judges", "organisations", "claims", "people"):
        assert (as_(client, site, "supervisor") and taken(client, name)).status_code == 403, name
    assert (as_(client, site, "office") and taken(client, "accounts")).status_code == 404
    assert taken(client, "nothing").status_code == 404
    assert post(client, "/admin/export/accounts", {"format": "csv"}).status_code == 403
    assert noted(site.engine) == []
    as_(client, site, "stranger")
    assert len(rows(taken(client, "judges"))) == 1


def test_accounts_are_the_administrators(site: World, client: TestClient) -> None:
    with transaction(site.engine) as session:
        admin = make.person(session, "系统管理员")
        make.grant(session, admin, make.Role.SYSTEM_ADMINISTRATOR, make.Scope.SYSTEM, 0)
        count = len(session.scalars(select(Person.id)).all())
        site.cookies["admin"] = make.signed_in(session, admin)
    as_(client, site, "admin")
    assert client.get("/admin/export/accounts").status_code == 200
    assert len(rows(post(client, "/admin/export/accounts", {"format": "csv"}))) == count + 1
    assert post(client, "/admin/export/applications", {"format": "csv"}).status_code == 404
    assert taken(client, "judges").status_code == 403


def test_what_people_typed_is_no_formula(site: World, client: TestClient) -> None:
    with transaction(site.engine) as session:
        session.scalars(select(PoolMember)).first().institution = '=HYPERLINK("http://evil","x")'  # type: ignore[union-attr]
    as_(client, site, "office")
    assert "'=HYPERLINK" in taken(client, "judges").text
    book = xlsx_rows(taken(client, "judges", "xlsx").content)
    assert '=HYPERLINK("http://evil","x")' in [row[2] for row in book]


# --- P12: rows of an export are a part of what its viewer opens one by one ---------------------------------------

TIES = st.sampled_from(["conflict", "writer", "acting"])
"""What bars a person from an application: a conflict on record, an invitation to it, acting for its organisation."""
VIEWERS = st.sampled_from([Role.AWARD_OFFICE, Role.SUPERVISOR])
FIRED: dict[str, int] = {}


def _tie(session: Session, who: Person, application: Application, tie: str) -> None:
    if tie == "conflict":
        session.add(Conflict(person_id=who.id, application_id=application.id, source="office", reason="x", declared_at=make.NOW))
    elif tie == "writer":
        make.grant(session, who, Role.WRITER, Scope.APPLICATION, application.id)
    else:
        where = (Role.APPLICANT, Scope.ORGANISATION, application.organisation_id, application.authority_id)
        make.grant(session, who, *where)


@pytest.mark.parametrize("stage", ["assign", "score", "notice", "publish"])
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(viewer=VIEWERS, barred=st.dictionaries(st.integers(0, 2), TIES, max_size=2), search=st.sampled_from(["", "云川"]))
def test_rows_are_what_the_viewer_can_open(
    site: World, client: TestClient, stage: str, viewer: Role, barred: dict[int, str], search: str
) -> None:
    site.stage(stage)
    with transaction(site.engine) as session:
        who = make.officer(session, site.application(session).round.award.authority, "何人", role=viewer)
        site.cookies["viewer"] = make.signed_in(session, who)
        for at, tie in barred.items():
            _tie(session, who, site.application(session, at), tie)
        named = {one.organisation.name: one.public_id for one in session.scalars(select(Application))}
    as_(client, site, "viewer")
    hidden = {worlds.APPLICANTS[at] for at in barred}
    for name, url in ONE.items():
        answer = taken(client, name, reason="核对", round=site.round, q=search)
        if answer.status_code != 200:
            assert answer.status_code in (403, 409)
            continue
        for applicant in {row[0] for row in rows(answer)[1:]}:
            assert applicant not in hidden
            one = url.format(named[applicant], base=f"/office/rounds/{site.round}")
            assert client.get(one).status_code == 200, (one, viewer, stage)
            FIRED[name] = FIRED.get(name, 0) + 1


def test_the_property_was_looked_at() -> None:
    """Every list had rows to open while the property above was tried."""
    assert set(FIRED) == set(ONE)
    assert min(FIRED.values()) >= 3


# --- what was written ---------------------------------------------------------------------------------------------


def write_letters(site: World) -> None:
    """One to each of two owners, the second one not delivered."""
    with transaction(site.engine) as session:
        for at in (0, 1):
            write_to_applicant(session, site.application(session, at), "application_accepted", make.NOW, {})
    with transaction(site.engine) as session:
        last = session.scalars(select(Message).order_by(Message.id.desc())).first()
        assert last is not None
        last.state, last.error = "failed", "550 no such user"


@pytest.mark.both_databases
def test_the_log_of_messages_is_narrowed_and_tells_the_supervisor_no_address(site: World, client: TestClient) -> None:
    write_letters(site)
    as_(client, site, "office")
    whole = rows(taken(client, "messages", round=f"{site.round}&reason=application_accepted"))
    assert len(whole) == 1 + 2
    failed = rows(taken(client, "messages", round=site.round, state="failed"))
    assert len(failed) == 2
    assert failed[1][3] == "未送达"
    assert failed[1][8] == "550 no such user"
    assert "@" in failed[1][6]
    assert "受理" in failed[1][7]
    page = main_text(client.get(f"/office/export/messages?round={site.round}&state=failed&reason=application_accepted"))
    assert "未送达" in page
    assert f"/office/export/messages?round={site.round}&amp;state=failed" in client.get(
        f"/office/rounds/{site.round}/messages?state=failed"
    ).text
    looked_on = rows(as_(client, site, "supervisor") and taken(client, "messages", round=site.round, state="failed"))
    assert [len(row) for row in looked_on] == [6, 6]
    assert "@" not in "".join(looked_on[1])


def test_messages_about_what_one_must_not_touch_stay(site: World, client: TestClient) -> None:
    write_letters(site)
    with transaction(site.engine) as session:
        about = site.application(session, 1).id
        session.add(
            Conflict(person_id=site.office.person_id, application_id=about, source="office", reason="x", declared_at=make.NOW)
        )
    as_(client, site, "office")
    assert len(rows(taken(client, "messages", round=f"{site.round}&reason=application_accepted"))) == 1 + 1
    for name in ("papers", "feedback"):
        assert worlds.APPLICANTS[1] not in str(rows(taken(client, name, round=site.round))), name


def test_papers_are_those_the_page_counts(site: World, client: TestClient) -> None:
    found = rows(as_(client, site, "office") and taken(client, "papers", round=site.round))[1:]
    page = BeautifulSoup(client.get(f"/office/rounds/{site.round}/papers").text, "html.parser")
    counts = {row.th.text: int(row.td.text) for row in page.select("tbody tr") if row.th and row.td}
    assert Counter(row[0] for row in found) == counts
    # Three books; the sheets of the two applications whose gate is open, with the judge of each.
    assert counts["申报书"] == 3
    assert sum(bool(row[3]) for row in found if row[0] == "评分表") == 10
    assert {row[4] for row in found} == {"未生成"}


def test_feedback_reports_are_those_of_the_page(site: World, client: TestClient) -> None:
    found = rows(as_(client, site, "office") and taken(client, "feedback", round=site.round))[1:]
    page = main_text(client.get(f"/office/rounds/{site.round}/feedback"))
    assert {row[0] for row in found} == set(worlds.APPLICANTS[:2])
    assert all(row[0] in page and row[2] in page for row in found)
    assert {row[3] for row in found} == {"未开始"}


def test_reminders_and_permissions_are_those_of_their_pages(site: World, client: TestClient) -> None:
    as_(client, site, "office")
    found = rows(taken(client, "reminders", round=site.round))[1:]
    (sheet,) = [row for row in found if row[0] == "评分表未提交"]
    assert sheet[1] == "5"
    assert sheet[4:] == ["1", "0", "启用"]
    withdraw = [row[0] for row in rows(taken(client, "permissions", round=site.round)) if row[1] == "撤回申报"]
    assert withdraw == ["申报", "受理与资格审查"]
    everywhere = [row[0] for row in rows(taken(client, "permissions")) if row[1] == "撤回申报"]
    assert len(everywhere) > len(withdraw)


def test_stages_and_schemes_are_those_of_their_pages(site: World, client: TestClient) -> None:
    as_(client, site, "office")
    page = BeautifulSoup(client.get(f"/office/rounds/{site.round}/stages").text, "html.parser")
    shown = [str(cell.find(string=True)).strip() for cell in page.select("table tbody th")]
    assert [row[0] for row in rows(taken(client, "stages", round=site.round))[1:]] == shown
    found = {row[0]: (int(row[5]), int(row[6])) for row in rows(taken(client, "schemes"))[1:]}
    listed = BeautifulSoup(client.get("/office/schemes").text, "html.parser")
    told = {str(row.select_one("th a").string): row.select("td")[-1].get_text() for row in listed.select("tbody tr")}  # type: ignore[union-attr]
    assert told.keys() == found.keys()
    for name, text in told.items():
        assert sorted(map(int, re.findall(r"\d+", text))) == sorted(found[name]), name


def test_who_only_looks_on_has_no_menu_of_the_office_where_he_takes_a_list_out(site: World, client: TestClient) -> None:
    for who, is_there in (("office", True), ("supervisor", False)):
        page = as_(client, site, who) and BeautifulSoup(client.get(f"/office/export/applications?round={site.round}").text, "html.parser")
        assert (page.select_one(f'#menu a[href="/office/rounds/{site.round}/mailing"]') is not None) is is_there, who


def test_no_title_is_cut_where_it_names_a_sheet() -> None:
    assert [one.title for one in EXPORTS.values() if len(one.title) > LONGEST_NAME] == []


def test_no_list_is_without_a_test() -> None:
    assert set(EXPORTS) == {*IN_ROUND, *AROUND, "ranking", "left_behind", "accounts", "nominees"}  # nominees: tests.results.test_upward


@pytest.mark.parametrize("year", ["abc", "1999", "2101", "20٢٦", "02026"])
def test_a_year_the_calendar_does_not_have_is_refused(site: World, client: TestClient, year: str) -> None:
    """Not taken for the present one: the file would say so of another year."""
    as_(client, site, "office")
    for answer in (
        client.get("/office/export/workdays", params={"year": year}),
        post(client, f"/office/export/workdays?year={year}", {"format": "csv"}),
    ):
        assert answer.status_code == 422
        assert "2000 年至 2100 年" in answer.text
