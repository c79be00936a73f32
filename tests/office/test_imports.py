"""Tables that come in: looked at first, done whole or not at all, by whoever brought them and may."""

import io
import time
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from sqlalchemy import Engine, func, select

from award.accounts.models import Grant
from award.accounts.queries import actor_for
from award.kernel.audit.models import AuditRecord
from award.kernel.audit.trail import transaction
from award.kernel.errors import Invalid, Refused
from award.kernel.events import Event
from award.kernel.files.service import Limits, prepare_upload
from award.kernel.i18n import LANGUAGES
from award.kernel.sheets.importing import headings, lines_of, word_of
from award.kernel.sheets.models import Import
from award.office.imports.kinds import IMPORTERS, Place
from award.office.imports.service import LOOK, WRITE, require_import
from award.organisations import importing as organisations
from award.organisations.models import Claim, Organisation, RegisterEntry
from award.organisations.queries import register_of
from award.panels.models import PoolMember
from award.rounds.models import Authority, CalendarDay
from award.rounds.service import holidays
from award.worker import TASKS, run
from tests import make
from tests.conftest import StandingClock
from tests.judging import world as worlds
from tests.judging.browsing import as_, main_text, post
from tests.judging.world import World
from tests.kernel.test_intake import with_rows
from tests.office.codes import code_of

TWO = [task for task in TASKS if task.kind in (LOOK, WRITE)]
HEAD = {key: headings(one.fields, "zh") for key, one in IMPORTERS.items()}
CODES = ("91350100M000100Y43", code_of(1))
"""Codes with right check characters: the example of GB 32100-2015, and one built by its rule."""


@pytest.fixture
def world(engine: Engine, clock: StandingClock) -> World:
    """An office with a small pool, without panels."""
    return worlds.build(engine, judges=1, seats=0)


def upload(client: TestClient, kind: str, *rows: list[Any], name: str = "表.xlsx") -> Any:
    return post(
        client, f"/office/import/{kind}", {"authority": ""}, files={"file": (name, with_rows(HEAD[kind], *rows))}
    )


def worked(world: World) -> int:
    return run(world.engine, TWO, once=True)


def looked(world: World, client: TestClient, kind: str, *rows: list[Any]) -> tuple[str, Any]:
    """The address of an import whose table has been looked at, and its page."""
    answer = upload(client, kind, *rows)
    assert answer.status_code == 303, answer.text[:500]
    url = answer.headers["location"]
    assert 'http-equiv="refresh"' in client.get(url).text
    assert worked(world) == 1
    return url, client.get(url)


def confirmed(client: TestClient, url: str, page: Any) -> Any:
    form = BeautifulSoup(page.text, "html.parser").select_one("form [name=fingerprint]")
    assert form is not None
    return post(client, url, {"fingerprint": str(form["value"])})


def count(engine: Engine, table: Any) -> int:
    with transaction(engine) as session:
        return session.scalars(select(func.count()).select_from(table)).one()


def noted(engine: Engine, event: Event) -> int:
    with transaction(engine) as session:
        return session.scalars(select(func.count()).select_from(AuditRecord).where(AuditRecord.act == event)).one()


@pytest.mark.both_databases
def test_judges_come_in_whole_after_they_were_looked_at(world: World, client: TestClient) -> None:
    as_(client, world, "office")
    before = count(world.engine, PoolMember)
    rows = (["韩雪", "han@example.cn", "质量协会"], ["沈阳", "shen@example.cn", "检测院", "", "", "", "2030/12/31"])
    url, page = looked(world, client, "judges", *rows)
    assert "韩雪" in main_text(page)
    assert count(world.engine, PoolMember) == before
    assert confirmed(client, url, page).status_code == 303
    assert count(world.engine, PoolMember) == before
    assert worked(world) == 1
    assert count(world.engine, PoolMember) == before + 2
    assert "新增 2 行" in main_text(client.get(url))
    assert noted(world.engine, Event.LIST_IMPORTED) == 1
    assert noted(world.engine, Event.JUDGE_ADDED) == 2
    # The same button again, and the same file again, change nothing.
    assert confirmed(client, url, page).status_code == 303
    assert worked(world) == 0
    _, again = looked(world, client, "judges", ["韩雪", "han@example.cn", "质量协会"])
    assert BeautifulSoup(again.text, "html.parser").select_one("[name=fingerprint]") is None


@pytest.mark.both_databases
def test_a_fault_names_its_cell_and_offers_no_import(world: World, client: TestClient) -> None:
    as_(client, world, "office")
    url, page = looked(
        world, client, "organisations", [CODES[0], "样例"], [CODES[0][:-1] + "9", "样例二"], ["", "样例三"]
    )
    text = main_text(page)
    assert "A3" in text
    assert "A4" in text
    assert "末位校验码" in text
    assert BeautifulSoup(page.text, "html.parser").select_one("[name=fingerprint]") is None
    # Who sends the confirmation by hand is refused.
    with transaction(world.engine) as session:
        seen = session.scalars(select(Import.fingerprint)).one()
    before = count(world.engine, Organisation)
    assert post(client, url, {"fingerprint": seen}).status_code == 409
    assert worked(world) == 0
    assert count(world.engine, Organisation) == before


@pytest.mark.both_databases
def test_data_that_changed_meanwhile_is_shown_again(world: World, client: TestClient) -> None:
    as_(client, world, "office")
    url, page = looked(world, client, "workdays", ["2026-10-01", "放假", "国庆节"])
    with transaction(world.engine) as session:
        session.add(CalendarDay(day=make.NOW.date().replace(month=10, day=1), is_workday=True, name="加班"))
    assert confirmed(client, url, page).status_code == 303
    assert worked(world) == 1
    with transaction(world.engine) as session:
        assert session.scalars(select(CalendarDay.name)).all() == ["加班"]
    again = client.get(url)
    assert "加班" in main_text(again)
    # The old confirmation does not count for the new plan; a new one does.
    assert post(client, url, {"fingerprint": "x"}).status_code == 409
    assert confirmed(client, url, again).status_code == 303
    assert worked(world) == 1
    with transaction(world.engine) as session:
        assert session.scalars(select(CalendarDay.name)).all() == ["国庆节"]


@pytest.mark.both_databases
def test_all_faults_of_a_row_are_told_at_once_and_it_is_not_counted_as_new(world: World, client: TestClient) -> None:
    """A day that cannot be read hides no bad address, and an empty name none of it either."""
    as_(client, world, "office")
    _, page = looked(
        world, client, "judges", ["", "no address", "质量协会", "", "", "", "昨天"], ["韩雪", "han@example.cn", "质量协会"]
    )
    shown = BeautifulSoup(page.text, "html.parser")
    assert [one.text for one in shown.select("tbody th b")] == ["A2", "B2", "G2"]
    text = main_text(page)
    assert "有 3 处错误需要改正" in text
    assert "新增 1 · 修改 0 · 无变化 0" in text
    assert len(shown.select("td .tag")) == 1, "only the line without a fault says what it would do"


@pytest.mark.both_databases
def test_what_the_template_offers_is_taken_in_both_languages(world: World) -> None:
    """Every word of every drop-down, however long it is."""
    with transaction(world.engine) as session:
        scheme = world.application(session).round.scheme
    for importer in IMPORTERS.values():
        fields = importer.of_round(scheme) if importer.of_round else importer.fields
        for field in (one for one in fields if one.choices):
            for language in LANGUAGES:
                for value, word in field.choices:
                    rows = [headings([field], language), [word_of(language, word)]]
                    lines, faults = lines_of([field], rows)
                    assert (faults, [one.values for one in lines]) == ([], [{field.name: value}]), word


def test_an_entry_is_taken_out_in_english(world: World) -> None:
    with transaction(world.engine) as session:
        session.add(CalendarDay(day=make.NOW.date(), is_workday=True, name=""))
    rows = [headings(holidays.FIELDS, "en"), [make.NOW.date().isoformat(), "as its day of the week", ""]]
    lines, faults = lines_of(holidays.FIELDS, rows)
    assert faults == []
    with transaction(world.engine) as session:
        holidays.apply_import(session, world.office, lines)
    assert count(world.engine, CalendarDay) == 0


def test_nobody_else_sees_or_confirms_it(world: World, client: TestClient) -> None:
    url, page = looked(world, as_(client, world, "office"), "workdays", ["2026-10-01", "放假", "国庆节"])
    for who, status in (("colleague", 404), ("stranger", 404), ("supervisor", 403), ("judge0", 403), ("owner0", 403)):
        as_(client, world, who)
        assert client.get(url).status_code == status, who
        assert confirmed(client, url, page).status_code == status, who
        assert upload(client, "workdays", ["2026-10-01", "放假", "国庆节"]).status_code == (
            303 if status == 404 else 403
        )
    assert count(world.engine, CalendarDay) == 0


def test_a_right_taken_back_lets_nothing_in(world: World, client: TestClient) -> None:
    as_(client, world, "office")
    url, page = looked(world, client, "judges", ["韩雪", "han@example.cn", "质量协会"])
    assert confirmed(client, url, page).status_code == 303
    before = count(world.engine, PoolMember)
    with transaction(world.engine) as session:
        for one in session.scalars(select(Grant).where(Grant.person_id == world.office.person_id)):
            one.revoked_at = make.NOW - timedelta(hours=1)
    worked(world)
    assert count(world.engine, PoolMember) == before
    assert noted(world.engine, Event.LIST_IMPORTED) == 0


def test_no_pdf_is_proposed_where_none_is_taken() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(with_rows(["x"]))) as book, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as made:
        for name in book.namelist():
            made.writestr(name, book.read(name))
        made.writestr("xl/media/image1.bin", b"\0" * 200 * 2**20)
    for extensions, is_proposed in ((frozenset({"xlsx"}), False), (frozenset({"xlsx", "pdf"}), True)):
        with pytest.raises(Invalid) as caught:
            prepare_upload("表.xlsx", io.BytesIO(bomb.getvalue()), Limits(10, extensions))
        text = caught.value.errors[0].text
        assert ("unpacked" in text, "PDF" in text) == (True, is_proposed)


@pytest.mark.parametrize(
    ("name", "content"), [("t.xlsx", b"%PDF-1.7"), ("t.exe", b"x"), ("t.xlsx", b""), ("t.xlsm", b"PK")]
)
def test_what_is_no_table_is_refused_with_a_sentence(
    world: World, client: TestClient, name: str, content: bytes
) -> None:
    as_(client, world, "office")
    answer = post(client, "/office/import/judges", {"authority": ""}, files={"file": (name, content)})
    assert answer.status_code == 422
    assert post(client, "/office/import/judges", {"authority": ""}).status_code == 422
    assert post(client, "/office/import/nothing", {"authority": ""}).status_code == 404
    assert count(world.engine, Import) == 0


def test_templates_and_pages_of_every_kind(world: World, client: TestClient) -> None:
    as_(client, world, "office")
    for kind in (one.key for one in IMPORTERS.values() if one.of_round is None):
        assert client.get(f"/office/import/{kind}").status_code == 200
        assert client.get(f"/office/import/{kind}/template.xlsx").content.startswith(b"PK")
    assert client.get("/office/import/nothing").status_code == 404
    for address in ("/office/judges", "/office/organisations", "/office/calendar"):
        assert "/office/import/" in client.get(address).text


# --- organisations ---------------------------------------------------------------------------------------------------


def plan(world: World, *rows: list[str], by: Any = None) -> Any:
    lines, faults = lines_of(organisations.FIELDS, [HEAD["organisations"], *rows])
    assert faults == []
    with transaction(world.engine) as session:
        authority = world.application(session).round.award.authority
        return organisations.plan_import(session, by or world.office, authority, lines)


@pytest.mark.both_databases
def test_organisations_are_entered_and_changed(world: World) -> None:
    rows = [[CODES[0].lower(), "样例制造", "", "1998-06-18", "一号"], [CODES[1], "样例二"]]
    lines, _ = lines_of(organisations.FIELDS, [HEAD["organisations"], *rows])
    with transaction(world.engine) as session:
        authority = world.application(session).round.award.authority
        organisations.apply_import(session, world.office, authority, lines, make.NOW)
    with transaction(world.engine) as session:
        made = session.scalars(select(Organisation).where(Organisation.credit_code == CODES[0])).one()
        assert (made.name, str(made.established_on), made.address) == ("样例制造", "1998-06-18", "一号")
    assert plan(world, *rows).is_empty
    # An empty cell leaves what is known, and the template says so of every column that may be empty.
    assert all("keeps what is stored" in one.note for one in organisations.FIELDS if not one.is_needed)
    changed = plan(world, [CODES[0], "样例制造股份", "", "", ""])
    assert changed.changes[0].changes == (("name", "样例制造", "样例制造股份"),)
    assert noted(world.engine, Event.ORGANISATION_REGISTERED) == 2


@pytest.mark.parametrize(("day", "faults"), [("1669-05-01", []), ("0999-01-01", ["D2"]), ("2099-01-01", ["D2"])])
def test_nothing_is_established_in_the_future_or_before_its_time(world: World, day: str, faults: list[str]) -> None:
    assert [one.field for one in plan(world, [CODES[0], "样例制造", "", day]).faults] == faults


def test_what_came_to_another_authority_is_neither_changed_nor_told(world: World) -> None:
    with transaction(world.engine) as session:
        other = make.authority(session, "远海市人民政府")
        known = make.organisation(session, "机密名称", code=CODES[0])
        who = make.person(session, "某人")
        session.add(Claim(organisation_id=known.id, person_id=who.id, authority_id=other.id, made_at=make.NOW))
    found = plan(world, [CODES[0], "样例制造"])
    assert [one.field for one in found.faults] == ["B2"]
    assert found.changes == ()
    assert "机密名称" not in repr(found)


@pytest.mark.both_databases
def test_what_another_office_entered_comes_into_the_own_register_and_stays_as_it_is(world: World) -> None:
    """Entered with the same facts it stands in both registers, and only the first office corrects it."""
    with transaction(world.engine) as session:
        other = make.authority(session, "远海市人民政府")
        colleague = make.officer(session, other, "远方")
        there = actor_for(session, colleague, make.NOW)
        lines, _ = lines_of(organisations.FIELDS, [HEAD["organisations"], [CODES[0], "样例制造"]])
        assert organisations.apply_import(session, there, other, lines, make.NOW).counts["added"] == 1
        assert organisations.plan_import(session, there, other, lines).is_empty
    assert [one.field for one in plan(world, [CODES[0], "另一名称"]).faults] == ["B2"]
    found = plan(world, [CODES[0], "样例制造"])
    assert [(one.kind, one.changes) for one in found.changes] == [("added", ())]
    with transaction(world.engine) as session:
        authority = world.application(session).round.award.authority
        organisations.apply_import(session, world.office, authority, lines, make.NOW)
        assert {one.credit_code for one in register_of(session, world.office)[0]} >= {CODES[0]}
    assert count(world.engine, RegisterEntry) == 2
    assert plan(world, [CODES[0], "样例制造"]).is_empty
    assert [one.field for one in plan(world, [CODES[0], "另一名称"]).faults] == ["B2"]
    with transaction(world.engine) as session:
        lines, _ = lines_of(organisations.FIELDS, [HEAD["organisations"], [CODES[0], "样例制造股份"]])
        other = session.scalars(select(Authority).where(Authority.public_id == other.public_id)).one()
        assert organisations.plan_import(session, there, other, lines).counts["changed"] == 1


def test_only_the_office_of_the_authority(world: World) -> None:
    with transaction(world.engine) as session:
        place = Place(world.application(session).round.award.authority)
    for actor in (world.stranger, world.supervisor, world.judges[0]):
        with pytest.raises(Refused):
            plan(world, [CODES[0], "样例"], by=actor)
        with pytest.raises(Refused, match=r"role\.cannot"):
            require_import(actor, IMPORTERS["organisations"], place, make.NOW)


# --- the calendar ----------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_days_come_in_change_and_go(world: World) -> None:
    def done(*rows: list[str]) -> dict[str, int]:
        lines, faults = lines_of(holidays.FIELDS, [HEAD["workdays"], *rows])
        assert faults == []
        with transaction(world.engine) as session:
            return holidays.apply_import(session, world.office, lines).counts

    first = [["2026-10-01", "放假", "国庆节"], ["2026-10-10", "上班", ""]]
    assert done(*first) == {"added": 2, "changed": 0, "same": 0}
    assert done(*first) == {"added": 0, "changed": 0, "same": 2}
    assert done(["2026-10-01", "放假", "国庆节、中秋节"], ["2026-10-10", "按星期", ""]) == {
        "added": 0,
        "changed": 2,
        "same": 0,
    }
    with transaction(world.engine) as session:
        assert [(str(one.day), one.name) for one in session.scalars(select(CalendarDay))] == [
            ("2026-10-01", "国庆节、中秋节")
        ]


def test_faults_of_days(world: World) -> None:
    rows = [["1999-01-01", "上班", ""], ["2026-10-01", "放假", ""], ["2026-10-01", "上班", ""]]
    lines, _ = lines_of(holidays.FIELDS, [HEAD["workdays"], *rows])
    with transaction(world.engine) as session:
        found = holidays.plan_import(session, world.office, lines)
        assert sorted(one.field for one in found.faults) == ["A2", "A4", "C3"]
        assert [one.text for one in found.faults if one.field == "C3"] == ["A holiday needs its name. Enter that of the festival."]
        with pytest.raises(Refused):
            holidays.plan_import(session, world.judges[0], lines)


# --- many ------------------------------------------------------------------------------------------------------------


def test_twenty_thousand_organisations(world: World, client: TestClient) -> None:
    """Whole, in well under a minute, with progress on the way."""
    as_(client, world, "office")
    url, page = looked(
        world, client, "organisations", *([code_of(at), f"云川第{at}厂", "", "", ""] for at in range(20_000))
    )
    assert "20000" in main_text(page).replace(",", "")
    with transaction(world.engine) as session:
        job = session.scalars(select(Import)).one().job
        assert job is not None
        assert job.progress_total == 20_001
        assert job.progress_done == 20_001
    assert confirmed(client, url, page).status_code == 303
    started = time.monotonic()
    assert worked(world) == 1
    assert time.monotonic() - started < 60
    assert count(world.engine, Organisation) == 20_001
