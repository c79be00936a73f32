"""What is told of an import while it is under way: rows that can be counted, then one act that cannot."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from award.commands import app as commands
from award.kernel.audit.trail import transaction
from award.kernel.jobs.models import Job
from award.kernel.settings import settings
from award.kernel.sheets import importing
from award.kernel.sheets.models import Import
from award.office.imports import kinds, service, tasks
from award.organisations.models import Organisation
from tests.conftest import StandingClock
from tests.judging import world as worlds
from tests.judging.browsing import as_, main_text
from tests.judging.world import World
from tests.office.codes import code_of
from tests.office.test_imports import confirmed, count, looked, upload, worked

ROWS = [[code_of(at), f"云川第{at}厂", "", "", ""] for at in range(1, 4)]


@pytest.fixture
def world(any_engine: Engine, clock: StandingClock) -> World:
    return worlds.build(any_engine, judges=1, seats=0)


def told(engine: Engine) -> str:
    """What the command says."""
    settings().database_url = engine.url.render_as_string(hide_password=False)
    done = CliRunner().invoke(commands, ["imports", "status"])
    assert done.exit_code == 0, done.output
    return done.stdout


def panel(client: TestClient, url: str) -> str:
    found = re.search(r'<section class="panel panel-body" role="status">.*?</section>', client.get(url).text, re.DOTALL)
    assert found is not None
    return re.sub(r"<[^>]+>|\s+", "", found[0])


def test_what_waits_has_not_begun(
    world: World, client: TestClient, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = upload(as_(client, world, "office"), "organisations", *ROWS).headers["location"]
    clock.now += timedelta(seconds=75)
    assert "尚未开始，正在排队。已用时1分15秒。" in panel(client, url)
    assert "looking for 1 min 15 s: waits for a worker" in told(world.engine)
    with transaction(world.engine) as session:
        job = session.scalars(select(Job).where(Job.kind == "import:look")).one()
        job.attempts, job.progress_done, job.progress_total = 1, 4, 4
    assert "处理中断，未作任何改动；系统将自动重试。" in panel(client, url)
    assert "broke off, is tried again" in told(world.engine)
    # The next attempt counts from the beginning, whatever the one before had read.
    seen, read_rows = [], tasks.read_rows

    def spied(*more: Any) -> Any:
        seen.append((panel(client, url), told(world.engine)))
        return read_rows(*more)

    monkeypatch.setattr(tasks, "read_rows", spied)
    assert worked(world) == 1
    ((page, said),) = seen
    assert "正在打开文件。" in page
    assert "the file is being opened" in said


def test_rows_are_counted_while_they_are_read(world: World, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The headings are no row."""
    seen: list[tuple[str, str]] = []
    url = upload(as_(client, world, "office"), "organisations", *ROWS).headers["location"]

    def lines_of(fields: Any, rows: Any, report: Callable[[int, int], None], unread: Any) -> Any:
        def spied(done: int, total: int) -> None:
            report(done, total)
            seen.append((panel(client, url), told(world.engine)))

        seen.append((panel(client, url), told(world.engine)))
        return importing.lines_of(fields, rows, spied, unread)

    monkeypatch.setattr(importing, "PORTION", 2)
    monkeypatch.setattr(tasks, "lines_of", lines_of)
    worked(world)
    pages, commands_said = zip(*seen, strict=True)
    phases = [page.split("已用时")[0].removeprefix("正在核对表格。") for page in pages]
    assert phases == [
        "正在打开文件。", "0%已读取并核对0行，共3行", "33%已读取并核对1行，共3行",
        *["3行已全部读取并核对正在与现有名录比对。"] * 2,
    ]
    assert "1 of 3 rows read and checked" in commands_said[2]
    assert "all 3 rows read and checked, now compared with the list" in commands_said[-1]
    assert told(world.engine) == "no table is being looked at or imported\n"


def test_while_it_is_written_in_one_go_the_page_says_so(world: World, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the list stands as it was; what is counted are the lines that change something."""
    url, page = looked(world, as_(client, world, "office"), "organisations", *ROWS)
    before, seen = count(world.engine, Organisation), []
    importer = kinds.IMPORTERS["organisations"]

    def apply(session: Session, *more: Any) -> Any:
        plan = importer.apply(session, *more)
        session.flush()
        seen.append((panel(client, url), told(world.engine), "云川第1厂" in main_text(client.get("/office/organisations"))))
        return plan

    monkeypatch.setattr(service, "IMPORTERS", {**kinds.IMPORTERS, "organisations": replace(importer, apply=apply)})
    assert confirmed(client, url, page).status_code == 303
    assert "尚未开始" in panel(client, url)
    assert worked(world) == 1
    ((said, by_command, is_seen),) = seen
    assert "3行已全部读取并核对正在一次性写入3行。不会只导入一部分" in said
    assert "%" not in said
    assert "written in one go: 3 lines, all of them or none" in by_command
    assert not is_seen
    assert count(world.engine, Organisation) == before + 3
    with transaction(world.engine) as session:
        assert session.scalars(select(Import)).one().state == "done"
    assert "云川第1厂" in main_text(client.get("/office/organisations"))
