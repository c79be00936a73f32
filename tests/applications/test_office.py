"""The office's pages: what it sees of drafts and submissions, what it decides, and that supervisors only read."""

from datetime import date

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from award.applications import queries, service
from award.applications.listing import Filters, list_for_office
from award.applications.models import Application, PaperOutcome
from award.kernel import db
from award.kernel.actor import Role, Scope
from award.kernel.audit.trail import transaction
from award.organisations.models import Organisation
from award.standing.models import Assignment
from tests import make
from tests.applications import world as worlds
from tests.applications.browsing import Visitor, without_reference
from tests.applications.world import World
from tests.bench.statements import counted
from tests.visiting import only


@pytest.fixture
def desk(client: TestClient, world: World) -> dict[str, Visitor]:
    return {name: Visitor(client, cookie) for name, cookie in world.cookies.items()}


@pytest.fixture
def received(world: World) -> World:
    worlds.submitted(world)
    world.stage("accept")
    return world


def listed(world: World) -> str:
    return f"/office/rounds/{world.round}/applications"


def one(world: World) -> str:
    return f"/office/applications/{world.application}"


def test_of_a_draft_the_office_sees_only_that_there_is_one(desk: dict[str, Visitor], world: World) -> None:
    with transaction(world.engine) as session:
        service.save_answer(session, world.owner, world.found(session), "4.1.2", "绝密草稿", None, 0, make.NOW)
    page = desk["office"].page(listed(world))
    assert "1 draft is being written" in page.text
    assert "云川精密机械" not in page.text
    hidden, missing = desk["office"].get(one(world)), desk["office"].get("/office/applications/222222222222")
    assert hidden.status_code == missing.status_code == 404
    assert without_reference(hidden.text) == without_reference(missing.text)


@pytest.mark.parametrize("path", ["", "/evidence/222222222222"])
def test_another_authoritys_office_gets_the_answer_of_a_missing_one(desk: dict[str, Visitor], received: World, path: str) -> None:
    hidden = desk["elsewhere"].get(one(received) + path)
    missing = desk["elsewhere"].get("/office/applications/222222222222" + path)
    assert hidden.status_code == missing.status_code == 404
    assert without_reference(hidden.text) == without_reference(missing.text)
    assert desk["elsewhere"].get(listed(received)).status_code == 404
    assert desk["owner"].get(one(received)).status_code == 403


def test_a_judge_who_is_an_office_elsewhere_does_not_get_in_by_this_door(client: TestClient, received: World) -> None:
    with transaction(received.engine) as session:
        application = received.found(session)
        other = make.authority(session, "别处")
        both = make.officer(session, other, "身兼二职")
        make.grant(session, both, Role.JUDGE, Scope.ROUND, application.round_id)
        seat = {"round_id": application.round_id, "application_id": application.id, "person_id": both.id}
        session.add(Assignment(**seat, state="active", assigned_at=make.NOW))
        cookie = make.signed_in(session, both)
    assert Visitor(client, cookie).get(one(received)).status_code == 404


def test_while_applications_come_in_the_office_sees_that_but_not_what(desk: dict[str, Visitor], world: World) -> None:
    worlds.submitted(world)
    page = desk["office"].page(listed(world))
    assert "云川精密机械有限公司" in page.text
    assert page.select("tbody a") == []
    assert desk["office"].get(one(world)).status_code == 409


def test_the_office_reads_what_was_submitted_with_its_evidence(desk: dict[str, Visitor], received: World) -> None:
    page = desk["office"].page(one(received))
    assert "4.1.2 高层领导的作用：我们每年评审一次" in page.text
    link = page.select_one("#part-4\\.1\\.2 a")
    assert link is not None
    assert link.text == "E-1"
    evidence = desk["office"].page(str(link["href"]))
    picture = evidence.find("img", class_="page-picture")
    assert picture is not None
    assert desk["office"].get(str(picture["src"])).status_code == 200


def test_accepting_by_hand(desk: dict[str, Visitor], received: World) -> None:
    answer = desk["office"].post(f"{one(received)}/accept")
    assert (answer.status_code, answer.headers["location"]) == (303, one(received))
    page = desk["office"].page(one(received))
    assert "Accepted" in page.text
    assert page.find("form", action=f"{one(received)}/accept") is None


@pytest.mark.parametrize(
    ("state", "goes_on", "is_out"), [("confirmed", False, True), ("recorded", False, False), ("confirmed", True, False)]
)
def test_what_a_stage_left_out_is_not_offered_to_be_accepted(
    desk: dict[str, Visitor], received: World, state: str, goes_on: bool, is_out: bool
) -> None:
    """The page asks what the act asks: no button where it would be refused, and the stage, the day and the reason instead."""
    with transaction(received.engine) as session:
        application = received.found(session)
        session.add(
            PaperOutcome(
                round_stage_id=application.round.stages[1].id, application_id=application.id, goes_on=goes_on, summary="名额已满",
                state=state, held_on=date(2026, 2, 27), recorded_by=received.office.person_id, recorded_at=make.NOW,
            )
        )  # fmt: skip
        versions = f"/office/rounds/{application.round.public_id}/outcomes/{application.public_id}/versions"
    page = desk["office"].page(one(received))
    assert ("left this application out on 27 February 2026: 名额已满" in page.text) is is_out
    assert (page.select_one(f'a[href="{versions}"]') is not None) is is_out
    for act in ("accept", "return"):
        assert (page.find("form", action=f"{one(received)}/{act}") is None) is is_out
    assert page.find("form", action=f"{one(received)}/refuse") is not None
    assert desk["office"].post(f"{one(received)}/accept").status_code == (409 if is_out else 303)


def test_returning_needs_a_point_and_keeps_what_was_typed(desk: dict[str, Visitor], received: World) -> None:
    refused = desk["office"].post(f"{one(received)}/return", {"point-general": ""})
    assert refused.status_code == 422
    assert "Say what is to be corrected" in refused.text
    done = desk["office"].post(f"{one(received)}/return", {"point-4.1.2": "请补充记录", "point-general": ""})
    assert done.status_code == 303
    with db.reading(received.engine) as session:
        assert queries.open_points(session, received.found(session)) == [{"part": "4.1.2", "text": "请补充记录"}]
    assert "请补充记录" in desk["office"].page(one(received)).text


def test_a_refusal_by_two_browsers(desk: dict[str, Visitor], received: World) -> None:
    missing = desk["office"].post(f"{one(received)}/refuse", {"article": "", "reason": "理由甲"})
    assert missing.status_code == 422
    assert "理由甲" in missing.text
    proposed = desk["office"].post(f"{one(received)}/refuse", {"article": "第九条", "reason": "注册不满三年"})
    assert proposed.status_code == 303
    own = desk["office"].page(one(received))
    assert own.find("form", action=f"{one(received)}/refuse/confirm") is None
    assert desk["office"].post(f"{one(received)}/refuse/confirm").status_code == 403
    second = desk["second"].page(one(received))
    assert second.find("form", action=f"{one(received)}/refuse/confirm") is not None
    assert desk["second"].post(f"{one(received)}/refuse/confirm").status_code == 303
    told = desk["owner"].page(f"/apply/{received.application}")
    assert "Not accepted" in told.text
    assert "林晓" not in only(told, "main").text.replace("林晓 0552-3001234", "")


def test_a_supervisor_reads_and_changes_nothing(desk: dict[str, Visitor], received: World) -> None:
    page = desk["supervisor"].page(one(received))
    for shown in (desk["supervisor"].page(listed(received)), page):
        assert "Read-only inspection" in shown.text
        menu = [str(link["href"]) for link in shown.select(".sidebar a") if link["href"] != "#"]
        assert len(menu) >= 12
        assert [address for address in menu if desk["supervisor"].get(address).status_code != 200] == []
    main = page.find("main")
    assert main is not None
    assert main.find_all("form", method="post") == []
    for act in ("accept", "return", "refuse", "refuse/confirm", "refuse/reject"):
        data = {"article": "第九条", "reason": "理由", "point-general": "补充"}
        assert desk["supervisor"].post(f"{one(received)}/{act}", data).status_code == 403
    with db.reading(received.engine) as session:
        assert received.found(session).state == "submitted"


def test_the_list_is_searched_and_filtered(desk: dict[str, Visitor], received: World) -> None:
    def names(query: str) -> int:
        return len(desk["office"].page(f"{listed(received)}?{query}").select("tbody th"))

    with db.reading(received.engine) as session:
        number = received.found(session).number or ""
    code = make.CODES[0][:9].lower()
    searches = ("q=精密", "q=医院", f"q={number[5:]}", "q=%25", f"q={code}")
    assert [names(one) for one in searches] == [1, 0, 1, 0, 1]
    assert [names("state=submitted"), names("state=accepted"), names("sector=manufacturing"), names("sector=services")] == [1, 0, 1, 0]


def more(session: Session, world: World, count: int, start: int) -> None:
    """Bare submitted applications, enough for a list."""
    first = world.found(session)
    for n in range(start, start + count):
        organisation = Organisation(credit_code=f"{n:018d}", name=f"组织 {n}", registered_at=make.NOW)
        session.add(organisation)
        session.flush()
        session.add(
            Application(
                round_id=first.round_id, organisation_id=organisation.id, category="organisation", sector="services",
                number=f"2026-{n:06d}", state="submitted", profile={}, contact_person_id=first.contact_person_id,
                started_at=make.NOW, submitted_at=make.NOW,
            )
        )  # fmt: skip


@pytest.mark.both_databases
def test_the_list_costs_the_same_statements_at_10_and_at_1000(received: World) -> None:
    counts, totals = [], []
    for count, start in ((9, 0), (990, 9)):
        with transaction(received.engine) as session:
            more(session, received, count, start)
        with db.reading(received.engine) as session:
            round_ = received.found(session).round
            with counted(received.engine) as seen:
                listing = list_for_office(session, received.office, round_, Filters(search="组织"), page=1, size=25)
                assert len({row.name for row in listing.rows}) == min(count, 25)
            counts.append(len(seen))
            totals.append(listing.total)
    assert totals == [9, 999]
    assert counts[0] == counts[1] <= 6


def test_the_page_of_the_list_costs_the_same_too(desk: dict[str, Visitor], received: World) -> None:
    counts = []
    for count, start in ((9, 0), (40, 9)):
        with transaction(received.engine) as session:
            more(session, received, count, start)
        with counted(received.engine) as seen:
            desk["office"].page(listed(received))
        counts.append(len(seen))
    assert counts[0] == counts[1]
