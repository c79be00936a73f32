"""An import that the rules refuse when it is written: at once, with the sentences of its cells, and without a repr."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select

from award.accounts.models import Grant
from award.kernel.audit.trail import transaction
from award.kernel.errors import Conflict, FieldError, Invalid, Refused
from award.kernel.i18n import N_, Phrase, translate
from award.kernel.jobs.models import Job
from award.kernel.sheets.importing import Line, cell_of, in_row
from award.kernel.sheets.models import Import
from award.office.imports import service
from award.panels import queries
from award.panels.models import PoolMember
from award.panels.service.importing import FIELDS
from award.regulations.model import Text
from tests import make
from tests.conftest import StandingClock
from tests.judging import world as worlds
from tests.judging.browsing import as_, main_text
from tests.judging.world import World
from tests.office.test_imports import confirmed, count, looked, worked

ROW = ["韩雪", "han@example.cn", "质量协会"]
SENTENCE = N_("The judge with this address is in the pool already.")


@pytest.fixture
def world(engine: Engine, clock: StandingClock) -> World:
    """An office with a pool of one."""
    return worlds.build(engine, judges=1, seats=0)


def taken_in(world: World, client: TestClient) -> str:
    """The page of a table with one judge that the office has looked at and confirmed; the worker has not written it yet."""
    as_(client, world, "office")
    url, page = looked(world, client, "judges", ROW)
    assert confirmed(client, url, page).status_code == 303
    return url


@pytest.mark.both_databases
def test_how_far_it_is_can_be_read_while_it_is_written(
    world: World, client: TestClient, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also by a page that would note, once a minute, that its reader is there: the act of the import holds the database."""
    url = taken_in(world, client)
    assert "尚未开始，正在排队。" in main_text(client.get(url))
    seen: list[str] = []
    real = service.IMPORTERS["judges"].apply

    def apply(*arguments: Any) -> Any:
        done = real(*arguments)
        clock.forward(minutes=2)
        reader = threading.Thread(target=lambda: seen.append(main_text(client.get(url))))
        reader.start()
        reader.join(20)
        return done

    monkeypatch.setattr(service, "IMPORTERS", {**service.IMPORTERS, "judges": replace(service.IMPORTERS["judges"], apply=apply)})
    assert worked(world) == 1
    assert len(seen) == 1, "the page waited for the end of the import"
    assert "1 行已全部读取并核对 正在一次性写入 1 行。" in seen[0]
    assert "已用时 2 分 0 秒。" in seen[0]
    assert ended(world) == ("done", 1, None)


def refusing(monkeypatch: pytest.MonkeyPatch, kind: str, error: Exception) -> None:
    """The act finds what the plan did not, as when something changes between the two."""

    def apply(*_: Any) -> Any:
        raise error

    changed = {**service.IMPORTERS, kind: replace(service.IMPORTERS[kind], apply=apply)}
    monkeypatch.setattr(service, "IMPORTERS", changed)


def ended(world: World) -> tuple[str, int, str | None]:
    """How the writing ended: state, attempts, what was noted."""
    with transaction(world.engine) as session:
        job = session.scalars(select(Job).where(Job.kind == service.WRITE).order_by(Job.id.desc())).first()
        assert job is not None
        return job.state, job.attempts, job.error


@pytest.mark.both_databases
def test_faults_of_the_act_are_told_by_cell_at_once(
    world: World, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = taken_in(world, client)
    before = count(world.engine, PoolMember)
    refusing(monkeypatch, "judges", Invalid([FieldError("B2", SENTENCE), FieldError("odd", SENTENCE)]))
    assert worked(world) == 1
    assert ended(world) == ("failed", 1, "invalid")
    assert count(world.engine, PoolMember) == before
    again = client.get(url)
    shown = BeautifulSoup(again.text, "html.parser")
    assert [one.text for one in shown.select("tbody th b")] == ["—", "B2"]
    assert translate("zh", SENTENCE) in main_text(again)
    assert "Invalid" not in again.text
    assert shown.select_one("[name=fingerprint]") is None


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (date(2026, 3, 2), "2026年3月2日", "2 March 2026"), (Text("组织", "Organisations"), "组织", "Organisations"),
        (["甲", "乙"], "甲、乙", "甲, 乙"), (Phrase(SENTENCE), translate("zh", SENTENCE), SENTENCE), (7, "7", "7"),
        (make.NOW, str(make.NOW), str(make.NOW)),
    ],
)  # fmt: skip
def test_whatever_fills_the_sentence_of_a_fault_is_kept_in_both_languages(value: object, zh: str, en: str) -> None:
    """A day among it once ended every import of that table without a word."""
    found = Import(kind="judges", plan="")
    service.refuse(None, found, Invalid.one("B2", "{value}", value=value))  # type: ignore[arg-type]
    plan = service.plan_of(found)
    assert plan is not None
    (fault,) = plan.faults
    assert [translate(language, fault.text, fault.params) for language in ("zh", "en")] == [zh, en]


@pytest.mark.both_databases
@pytest.mark.parametrize("error", [Conflict, Refused])
def test_a_refusal_of_the_act_is_a_sentence_at_once(
    world: World, client: TestClient, monkeypatch: pytest.MonkeyPatch, error: Callable[..., Exception]
) -> None:
    as_(client, world, "office")
    url, page = looked(world, client, "organisations", ["91350100M000100Y43", "样例制造"])
    assert confirmed(client, url, page).status_code == 303
    refusing(monkeypatch, "organisations", error("thing.reason", N_("This round takes no applications now.")))
    assert worked(world) == 1
    assert ended(world) == ("failed", 1, "thing.reason")
    with transaction(world.engine) as session:
        found = session.scalars(select(Import)).one()
        assert (found.state, "thing.reason" in found.error) == ("failed", False)
    text = main_text(client.get(url))
    assert "表格未能导入" in text
    assert found.error in text


def test_what_a_machine_says_stays_in_the_log_and_is_tried_again(
    world: World, client: TestClient, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken_in(world, client)
    refusing(monkeypatch, "judges", RuntimeError("('a repr',)"))
    for attempt in range(1, 6):
        assert worked(world) == 1
        assert ended(world)[1] == attempt
        clock.forward(seconds=700)
    with transaction(world.engine) as session:
        found = session.scalars(select(Import)).one()
        assert (found.state, found.error) == ("failed", translate("zh", service.UNKNOWN))


@pytest.mark.both_databases
def test_the_page_says_who_has_an_account_and_finds_a_judge_by_mail(world: World, client: TestClient) -> None:
    with transaction(world.engine) as session:
        make.person(session, "何晴", email="he@example.cn")
        place = world.application(session).round.award.authority
        judge = queries.pool_of(session, place.id)[0]
        known = [judge.person.name, judge.person.email, judge.institution, "教授"]
    as_(client, world, "office")
    url, page = looked(world, client, "judges", known, ["何晴", "he@example.cn", "甲单位"])
    assert "新增 1 · 修改 1 · 无变化 0" in main_text(page)
    assert "已有账号" in main_text(page)
    assert confirmed(client, url, page).status_code == 303
    assert worked(world) == 1
    assert ended(world) == ("done", 1, None)
    with transaction(world.engine) as session:
        assert session.get_one(PoolMember, judge.id).title == "教授"
        granted = select(Grant).where(Grant.role == "judge", Grant.valid_from > make.NOW - timedelta(days=1))
        assert len(session.scalars(granted).all()) >= 1


def test_what_an_act_says_of_a_field_is_said_of_its_cell() -> None:
    line = Line(7, {one.name: "" for one in FIELDS})
    with pytest.raises(Invalid) as caught, in_row(FIELDS, line):
        raise Invalid([FieldError("email", SENTENCE), FieldError("elsewhere", SENTENCE)])
    assert [one.field for one in caught.value.errors] == [cell_of(FIELDS, line, "email"), "elsewhere"]


def test_who_left_the_page_finds_the_way_back_to_his_import(world: World, client: TestClient) -> None:
    as_(client, world, "office")
    urls = [looked(world, client, "organisations", ["91350100M000100Y43", name])[0] for name in ("样例制造", "样例物流")]
    page = BeautifulSoup(client.get("/office/import/organisations").text, "html.parser")
    table = page.select_one("[aria-labelledby=latest]")
    assert table is not None
    assert [str(one["href"]) for one in table.select("a")] == urls[::-1]
    assert [one.get_text() for one in table.select(".tag")] == ["已核对，未导入"] * 2
    assert urls[0] not in client.get("/office/import/judges").text
    as_(client, world, "colleague")
    assert urls[0] not in client.get("/office/import/organisations").text
