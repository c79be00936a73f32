"""Applications that came on paper: looked at, entered whole as drafts, taken up by their people, submitted, accepted."""

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from award.applications import queries, service
from award.applications.models import Application
from award.applications.service.importing import apply_import, fields_of, plan_import
from award.invariants import submitted
from award.invariants.telling import as_told
from award.invariants.told import ACCEPTANCES
from award.kernel import db
from award.kernel.audit.trail import transaction
from award.kernel.errors import Conflict, Invalid, NotFound, Refused
from award.kernel.events import Event
from award.kernel.sheets.importing import headings, lines_of
from award.kernel.sheets.models import Import
from award.messages.queries.receivers import contacts
from award.organisations.service import claim_organisation, decide_claim
from award.regulations.loader import shipped_schemes
from award.rounds.models import Round
from award.rounds.queries import with_stages
from award.worker import run
from tests import make
from tests.applications import world as worlds
from tests.applications.browsing import Visitor
from tests.applications.world import World
from tests.conftest import StandingClock
from tests.kernel.test_intake import with_rows
from tests.office.codes import code_of
from tests.office.test_imports import TWO
from tests.results.judged import with_scheme

NAMES = ("云川轴承有限公司", "云川物流有限公司")
CODES = (code_of(1), code_of(2))
DAY = make.NOW.date().isoformat()


def unclaimed(engine: Any) -> World:
    """A round in its stage of applications, and two organisations nobody acts for."""
    made = worlds.build(engine)
    with transaction(engine) as session:
        for code, name in zip(CODES, NAMES, strict=True):
            make.organisation(session, name, code=code)
    return made


@pytest.fixture
def world(engine: Any, clock: StandingClock) -> World:
    return unclaimed(engine)


@pytest.fixture
def desk(client: TestClient, world: World) -> dict[str, Visitor]:
    """Everybody's browser."""
    return {name: Visitor(client, cookie) for name, cookie in world.cookies.items()}


def round_of(session: Session, world: World) -> Round:
    return session.scalars(with_stages().where(Round.public_id == world.round)).one()


def row(at: int = 0, **changed: Any) -> list[Any]:
    """A line that can be imported. changed: cells by their field."""
    values = {
        "credit_code": CODES[at], "name": NAMES[at], "category": "组织", "sector": "制造业", "received_on": DAY, "contact_name": "林秋",
        "contact_phone": "0552-3001234", "contact_email": "linqiu@example.cn", "contact_address": "高新区一号",
    }  # fmt: skip
    return list((values | changed).values())


def lines(session: Session, world: World, *rows: list[str]) -> Any:
    fields = fields_of(round_of(session, world).scheme)
    found, faults = lines_of(fields, [headings(fields, "zh"), *rows])
    return found, faults


def cells(world: World, *rows: list[str]) -> list[str]:
    """The cells with a fault, of themselves or against the round."""
    with transaction(world.engine) as session:
        found, faults = lines(session, world, *rows)
        faults += plan_import(session, world.office, round_of(session, world), found).faults
        return sorted(one.field for one in faults)


def entered(world: World, *rows: list[str]) -> None:
    with transaction(world.engine) as session:
        found, faults = lines(session, world, *rows)
        assert faults == []
        apply_import(session, world.office, round_of(session, world), found, make.NOW)


def counted(world: World) -> int:
    with transaction(world.engine) as session:
        return session.scalars(select(func.count()).select_from(Application)).one()


# --- the way through -------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_table_becomes_drafts_after_it_was_looked_at(world: World, desk: dict[str, Visitor]) -> None:
    office, before = desk["office"], counted(world)
    choose = office.page(f"/office/import/applications?round={world.round}")
    assert f"template.xlsx?round={world.round}" in str(choose)
    assert office.get(f"/office/import/applications/template.xlsx?round={world.round}").content.startswith(b"PK")
    with transaction(world.engine) as session:
        head = headings(fields_of(round_of(session, world).scheme), "zh")
    files = {"file": ("表.xlsx", with_rows(head, row(0), row(1, sector="Services", contact_phone="")))}
    answer = office.post("/office/import/applications", {"round": world.round}, files=files)
    assert answer.status_code == 303, answer.text[:500]
    assert run(world.engine, TWO, once=True) == 1
    shown = office.page(answer.headers["location"])
    assert all(word in shown.text for word in (NAMES[1], "Category: Organisations", "Sector: Services", "Contact person: 林秋"))
    assert counted(world) == before, "looking changes nothing"
    mark = shown.select_one("form [name=fingerprint]")
    assert mark is not None
    assert office.post(answer.headers["location"], {"fingerprint": str(mark["value"])}).status_code == 303
    assert run(world.engine, TWO, once=True) == 1
    assert "2 new" in office.page(answer.headers["location"]).text
    with transaction(world.engine) as session:
        drafts = session.scalars(
            select(Application).where(Application.contact_person_id.is_(None)).order_by(Application.id)
        ).all()
        assert [(one.organisation.name, one.sector, one.state, one.number) for one in drafts] == [
            (NAMES[0], "manufacturing", "draft", None), (NAMES[1], "services", "draft", None),
        ]  # fmt: skip
        assert drafts[1].profile == {
            "contact_name": "林秋",
            "contact_email": "linqiu@example.cn",
            "contact_address": "高新区一号",
        }
        noted = worlds.records(session, Event.APPLICATION_STARTED)[-2:]
        assert [one["content"]["received_on"] for one in noted] == [DAY, DAY]
        assert noted[0]["actor"]["id"] == world.office.public_id
    # Nobody of the office reads a draft, not even one it entered.
    assert desk["office"].get(f"/office/applications/{drafts[0].public_id}").status_code == 404
    # The same file again names every line that is there already.
    assert cells(world, row(0), row(1, sector="服务业")) == ["A2", "A3"]


@pytest.mark.both_databases
def test_its_people_claim_it_complete_it_submit_it_and_the_office_accepts_it(world: World) -> None:
    entered(world, row(0))
    with transaction(world.engine) as session:
        round_ = round_of(session, world)
        assert session.execute(contacts(round_, ("draft",), make.NOW)).all()[0][1].public_id == world.application
        person = make.person(session, "林秋")
        draft = session.scalars(select(Application).where(Application.contact_person_id.is_(None))).one()
        with pytest.raises(NotFound):
            queries.own_application(session, make.actor(session, person), draft.public_id)
        made = claim_organisation(
            session, make.actor(session, person), round_.award.authority, CODES[0], NAMES[0], None, make.NOW
        )
    with transaction(world.engine) as session:
        owner = make.actor(session, session.merge(person))
        application = queries.own_application(session, owner, draft.public_id)
        begun = service.start_application(
            session, owner, application.round, application.organisation, "organisation", "services", make.NOW
        )
        assert begun.id == application.id, "who begins one finds the one that came on paper"
        worlds.fill(session, owner, application)
        assert application.contact_person_id == person.id, "who takes it up is written to from now on"
        service.submit_application(session, owner, application, list(service.DECLARATIONS), make.NOW)
        assert application.number is not None
    world.stage("accept")
    with transaction(world.engine) as session:
        application = session.get_one(Application, draft.id)
        with pytest.raises(Conflict):
            service.accept(session, world.office, application, make.NOW)
    with transaction(world.engine) as session:
        application = session.get_one(Application, draft.id)
        decide_claim(session, world.office, session.merge(made), True, "", make.NOW)
        service.accept(session, world.office, application, make.NOW)
        assert application.state == "accepted"
    with db.reading(world.engine) as session:
        assert [check(session).first for check in (submitted.applications_as_submitted, as_told(*ACCEPTANCES))] == ["", ""]


# --- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("changed", "cell"),
    [
        ({"credit_code": code_of(99)}, "A2"),
        ({"credit_code": CODES[0][:-1] + "I"}, "A2"),
        ({"credit_code": ""}, "A2"),
        ({"credit_code": make.CODES[0], "name": "云川精密机械有限公司"}, "A2"),
        ({"name": NAMES[1]}, "B2"),
        ({"category": "团队"}, "C2"),
        ({"category": ""}, "C2"),
        ({"sector": "采矿业"}, "D2"),
        ({"sector": ""}, "D2"),
        ({"received_on": (make.NOW + timedelta(days=2)).date().isoformat()}, "E2"),
        ({"received_on": "2001-01-01"}, "E2"),
        ({"received_on": "四月二日"}, "E2"),
        ({"contact_name": ""}, "F2"),
        ({"contact_phone": "不详"}, "G2"),
        ({"contact_email": "linqiu"}, "H2"),
        ({"contact_address": "路" * 201}, "I2"),
    ],
)
def test_a_line_that_cannot_be_is_named_by_its_cell(world: World, changed: dict[str, str], cell: str) -> None:
    assert cells(world, row(0, **changed), row(1)) == [cell]


def test_what_a_cell_cannot_hold_is_said_on_the_page(world: World, desk: dict[str, Visitor]) -> None:
    with transaction(world.engine) as session:
        head = headings(fields_of(round_of(session, world).scheme), "zh")
    files = {"file": ("表.xlsx", with_rows(head, row(0, received_on="2001-01-01", contact_phone=5523001234)))}
    answer = desk["office"].post("/office/import/applications", {"round": world.round}, files=files)
    assert run(world.engine, TWO, once=True) == 1
    page = desk["office"].page(answer.headers["location"])
    assert [one.text for one in page.select("tbody th b")] == ["E2", "G2"]
    assert "so a 0 at its beginning is lost" in page.text
    assert "Applications are taken from 1 March 2026 on." in page.text


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("category", "name", "faults"),
    [
        ("个人", "钱伟", []), ("一线班组", "一班", []), ("组织", "", []), ("个人", "", ["J2"]),
        ("一线班组", "", ["J2"]), ("组织", "钱伟", ["J2"]), ("个人", "钱" * 41, ["J2"]),
    ],
)
def test_who_is_entered_is_named_where_the_category_asks(
    any_engine: Engine, clock: StandingClock, category: str, name: str, faults: list[str]
) -> None:
    world = unclaimed(any_engine)
    with transaction(any_engine) as session:
        with_scheme(session, round_of(session, world), categories=shipped_schemes()["china-quality"].categories)
    cell = row(0, category=category, sector="", nominee=name)
    assert cells(world, cell) == faults
    if faults:
        return
    entered(world, cell)
    with transaction(any_engine) as session:
        made = session.scalars(select(Application).order_by(Application.id.desc())).first()
        assert made is not None
        assert made.profile.get("nominee", "") == name
        noted = worlds.records(session, Event.APPLICATION_STARTED)[-1]["content"]["fields"]
        assert noted.get("nominee", "") == name


def test_a_name_too_much_or_too_few_is_refused_in_words(world: World) -> None:
    with transaction(world.engine) as session:
        with_scheme(session, round_of(session, world), categories=shipped_schemes()["china-quality"].categories)
    with transaction(world.engine) as session:
        found, faults = lines(session, world, row(0, category="个人", sector=""), row(1, sector="", nominee="钱伟"))
        faults += plan_import(session, world.office, round_of(session, world), found).faults
    assert sorted((one.field, one.text) for one in faults) == [
        ("J2", "This category is for individuals or teams. Enter the name of the one who applies."),
        ("J3", "This category is for organisations. Leave it empty."),
    ]


@pytest.mark.both_databases
def test_with_one_fault_nothing_is_entered(world: World) -> None:
    before = counted(world)
    assert cells(world, row(0), row(0)) == ["A3"]
    with pytest.raises(Invalid):
        entered(world, row(1), row(0, name="别的名称"))
    with pytest.raises(Invalid):
        entered(world, row(1), row(1))
    assert counted(world) == before


def test_a_code_is_found_as_people_type_it(world: World) -> None:
    assert cells(world, row(0, credit_code=f" {CODES[0][:9].lower()} {CODES[0][9:]}")) == []


@pytest.mark.both_databases
def test_only_in_its_stage_and_before_the_deadline(world: World, clock: StandingClock) -> None:
    with transaction(world.engine) as session:
        opens_at, closes_at = world.dates(session).opens_at, world.dates(session).closes_at
    assert opens_at is not None
    assert closes_at is not None
    for moment, code in ((opens_at - timedelta(seconds=1), "stage.not_open"), (closes_at, "stage.over")):
        clock.now = moment
        with pytest.raises(Refused) as refused:
            cells(world, row(0))
        assert refused.value.code == code
        with pytest.raises(Refused), transaction(world.engine) as session:
            apply_import(session, world.office, round_of(session, world), [], moment)
    clock.now = make.NOW
    for stage in ("setup", "accept", "score"):
        world.stage(stage)
        with pytest.raises(Refused) as refused:
            cells(world, row(0))
        assert refused.value.code == "stage.wrong"


def test_not_while_the_round_is_a_draft(world: World) -> None:
    with transaction(world.engine) as session:
        round_of(session, world).state = "draft"
    with pytest.raises(Conflict):
        cells(world, row(0))


def test_nobody_but_the_office_of_this_round(world: World, desk: dict[str, Visitor]) -> None:
    with transaction(world.engine) as session:
        found, _ = lines(session, world, row(0))
        for actor in (world.supervisor, world.owner, world.stranger, world.elsewhere):
            with pytest.raises((Refused, NotFound)):
                plan_import(session, actor, round_of(session, world), found)
    choose = f"/office/import/applications?round={world.round}"
    paths = (choose, choose.replace("?", "/template.xlsx?"))
    for who, status in (("elsewhere", 404), ("supervisor", 403), ("owner", 403)):
        assert [desk[who].get(path).status_code for path in paths] == [status, status], who
        assert desk[who].post("/office/import/applications", {"round": world.round}).status_code == status, who
    assert desk["office"].get("/office/import/applications").status_code == 404
    assert "/office/import/applications" in desk["office"].get(f"/office/rounds/{world.round}/applications").text
    world.stage("accept")
    assert desk["office"].get(choose).status_code == 409
    assert "/office/import/" not in desk["office"].get(f"/office/rounds/{world.round}/applications").text


def test_the_deadline_between_look_and_import_lets_nothing_in(world: World, desk: dict[str, Visitor]) -> None:
    with transaction(world.engine) as session:
        head = headings(fields_of(round_of(session, world).scheme), "en")
    files = {"file": ("t.xlsx", with_rows(head, row(0)))}
    url = desk["office"].post("/office/import/applications", {"round": world.round}, files=files).headers["location"]
    run(world.engine, TWO, once=True)
    mark = BeautifulSoup(desk["office"].get(url).text, "html.parser").select_one("[name=fingerprint]")
    assert mark is not None
    before = counted(world)
    world.stage("accept")
    desk["office"].post(url, {"fingerprint": str(mark["value"])})
    run(world.engine, TWO, once=True)
    assert counted(world) == before
    assert "The table could not be imported; nothing of it was done." in desk["office"].get(url).text
    with transaction(world.engine) as session:
        assert "录入纸质申报" in session.scalars(select(Import.error)).one()
