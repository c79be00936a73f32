"""An office's register of organisations: what it entered and what was claimed before it, and nothing of others."""

import csv
import io
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select

import award.models  # noqa: F401 (every table)
from award.accounts.queries import actor_for
from award.kernel.audit.trail import transaction
from award.kernel.sheets.importing import headings, lines_of
from award.organisations.importing import FIELDS, apply_import
from award.organisations.models import Organisation
from award.organisations.queries import register_of
from award.rounds.models import Authority
from tests import make
from tests.conftest import StandingClock
from tests.office.codes import code_of
from tests.visiting import post, sign_in, words


class Register:
    """Two authorities: one that entered 云川一厂 and was asked about 云川二厂, one to which 远海机密厂 came."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        with transaction(engine) as session:
            here, there = make.authority(session), make.authority(session, "远海市人民政府")
            self.here = here.id
            self.office, self.elsewhere = make.officer(session, here), make.officer(session, there, "远方")
            self.supervisor = make.officer(session, here, "监督", role=make.Role.SUPERVISOR)
            claimed = make.organisation(session, "云川二厂", code=code_of(2))
            self.owner = make.owner(session, claimed, here, "王敏")
            hidden = make.organisation(session, "远海机密厂", code=code_of(3))
            make.owner(session, hidden, there, "机密人", state="pending")
        self.enter("云川一厂", code_of(1))

    def enter(self, name: str, code: str) -> None:
        with transaction(self.engine) as session:
            lines, faults = lines_of(FIELDS, [headings(FIELDS, "zh"), [code, name, "Yunchuan One", "1998-06-18", "一号"]])
            assert faults == []
            authority = session.get_one(Authority, self.here)
            apply_import(session, actor_for(session, self.office, make.NOW), authority, lines, make.NOW)

    def names(self, who: Any, text: str = "") -> list[str]:
        with transaction(self.engine) as session:
            return [one.name for one in register_of(session, actor_for(session, who, make.NOW), text)[0]]


@pytest.fixture
def site(engine: Engine, clock: StandingClock) -> Register:
    return Register(engine)


@pytest.mark.both_databases
def test_an_office_has_what_it_entered_and_what_came_to_it(site: Register) -> None:
    assert site.names(site.office) == ["云川一厂", "云川二厂"]
    assert site.names(site.elsewhere) == ["远海机密厂"]
    for who in (site.supervisor, site.owner):
        assert site.names(who) == []


@pytest.mark.both_databases
def test_found_by_a_part_of_name_or_code(site: Register) -> None:
    assert site.names(site.office, "二厂") == ["云川二厂"]
    assert site.names(site.office, "yunchuan one") == ["云川一厂"]
    assert site.names(site.office, code_of(1)[3:]) == ["云川一厂"]
    assert site.names(site.office, "机密") == site.names(site.office, "%") == []


@pytest.mark.both_databases
def test_the_page_says_who_acts_and_whether_it_is_claimed(site: Register, client: TestClient) -> None:
    sign_in(client, site.engine, site.office)
    shown = words(client.get("/office/organisations"))
    for part in ("云川一厂", "云川二厂", "王敏", "尚未认领", code_of(1), "共 2"):
        assert part in shown, part
    assert "机密" not in shown
    assert "云川一厂" not in words(client.get("/office/organisations?q=二厂"))
    assert "没有符合条件的组织" in words(client.get("/office/organisations?q=无此"))
    assert client.get("/office/organisations?page=0").status_code == 422
    assert client.get("/office/organisations?page=9").status_code == 200
    for who in (site.supervisor, site.owner):
        assert sign_in(client, site.engine, who).get("/office/organisations").status_code == 403


def test_the_table_holds_what_the_page_does(site: Register, client: TestClient) -> None:
    sign_in(client, site.engine, site.office)
    answer = post(client, "/office/export/organisations", {"format": "csv", "reason": ""})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[1:] == [
        ["云川一厂", "Yunchuan One", code_of(1), "1998-06-18", "一号", "", ""],
        ["云川二厂", "", code_of(2), "", "云川市高新区一号", "王敏", "已确认"],
    ]
    answer = post(client, "/office/export/organisations?q=一厂", {"format": "csv", "reason": ""})
    assert len(answer.text.strip().splitlines()) == 2


def test_pages_of_fifty(site: Register, client: TestClient) -> None:
    for at in range(10, 60):
        site.enter(f"云川第{at}厂", code_of(at))
    sign_in(client, site.engine, site.office)
    assert "1–50" in words(client.get("/office/organisations"))
    assert "51–52" in words(client.get("/office/organisations?page=2"))
    with transaction(site.engine) as session:
        assert len(session.scalars(select(Organisation)).all()) == 53
