"""Each resource as each role reads it in each stage; lists in pages; what is hidden is as if it were not there."""

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, get_args

import pytest
from sqlalchemy import Engine, select

from award.applications.schemas import State
from award.kernel.actor import Actor, TokenScope
from award.kernel.audit.trail import transaction
from award.organisations.models import Organisation
from award.rounds.models import Round, Snapshot
from award.words import WORDS
from tests import make
from tests.api.asking import ALL, Program, assert_problem, token_for
from tests.api.conftest import As
from tests.conftest import StandingClock
from tests.judging import world as worlds
from tests.judging.world import World


def people(world: World) -> dict[str, Actor]:
    return {
        "office": world.office, "supervisor": world.supervisor, "stranger": world.stranger, "owner": world.owners[0],
        "other owner": world.owners[1], "judge": world.judges[0], "other judge": world.judges[5],
    }  # fmt: skip


READERS = {
    "apply": {"owner": 200, "office": 409, "supervisor": 409, "judge": 409},
    "accept": {"owner": 200, "office": 200, "supervisor": 200, "judge": 409},
    "assign": {"owner": 200, "office": 200, "supervisor": 200, "judge": 200},
    "score": {"owner": 200, "office": 200, "supervisor": 200, "judge": 200},
    "notice": {"owner": 200, "office": 200, "supervisor": 200, "judge": 409},
}
"""Who reads the first application in which stage, by the matrix of security.md 5; all others are told that it is not there."""


@pytest.mark.parametrize("stage", READERS)
def test_who_reads_an_application(world: World, program: As, stage: str) -> None:
    world.stage(stage)
    answers = {who: program(actor).get(f"/applications/{world.applications[0]}") for who, actor in people(world).items()}
    assert {who: one.status_code for who, one in answers.items() if one.status_code != 404} == READERS[stage]
    nowhere = program(world.stranger).get("/applications/zzzzzzzzzzzz").json()
    assert all(one.json() == nowhere for one in answers.values() if one.status_code == 404)


def test_what_is_submitted_is_read(world: World, program: As) -> None:
    body = program(world.judges[0]).get(f"/applications/{world.applications[0]}").json()
    assert body["applicant"] == worlds.APPLICANTS[0]
    assert worlds.ANSWER in body["content"]["parts"]["4.1.2"]
    assert [(one["code"], one["pages"]) for one in body["content"]["evidence"]] == [("E-1", 3), ("E-2", 1)]
    assert body["actions"]["application:edit"] == "role.cannot"


LISTED = {"office": 2, "supervisor": 2, "stranger": 0, "owner": 1, "other owner": 1, "judge": 0, "other judge": 0}


@pytest.mark.parametrize("who", LISTED)
def test_who_lists_applications(world: World, program: As, who: str) -> None:
    found = program(people(world)[who]).get("/applications").json()["items"]
    assert len(found) == LISTED[who]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("state=accepted", 2), ("state=draft", 0), ("category=organisation", 2), ("category=team", 0), ("round={round}", 2),
        ("round=zzzzzzzzzzzz", 0), ("round={round}&state=accepted&category=organisation", 2),
    ],
)  # fmt: skip
def test_filters(world: World, program: As, query: str, count: int) -> None:
    found = program(world.office).get(f"/applications?{query.format(round=world.round)}")
    assert len(found.json()["items"]) == count


def walked(program: Program, path: str) -> Iterator[dict[str, Any]]:
    """Every row, following the header Link as a program does."""
    while path:
        answer = program.get(path)
        yield from answer.json()["items"]
        link = answer.headers.get("link", "")
        assert bool(link) == (answer.json()["next"] is not None)
        path = link.partition(">")[0].removeprefix("</api/v1") if link else ""


def test_pages_hold_still(any_engine: Engine, clock: StandingClock, api: object) -> None:
    """One application leaves and one comes in between two pages: all that stay are given exactly once."""
    world = worlds.build(any_engine, applications=4, judges=5, seats=1)
    office = Program(api, token_for(any_engine, world.office.person_id))
    rows = walked(office, "/applications?limit=1&state=accepted")
    seen = [next(rows)["id"], next(rows)["id"]]
    gone = max(one for one in world.applications if one not in seen)
    with transaction(any_engine) as session:
        world.application(session, world.applications.index(gone)).state = "withdrawn"
        round_ = session.scalars(select(Round).where(Round.public_id == world.round)).one()
        worlds.application(session, round_.award.authority, round_, 7, make.NOW)
    seen += [one["id"] for one in rows]
    assert len(seen) == len(set(seen))
    assert set(world.applications) - {gone} <= set(seen)
    assert gone not in seen
    assert sorted(seen) == seen


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=101", "limit=x", "limit=1_0", "limit=%2B5", "limit=5.0", "cursor=x", "cursor=k7m2p9xw4tq", "state=ABC",
        "state=nope", "state=", "category=nope", "year=1", "year=2_026",
    ],
)  # fmt: skip
def test_a_query_that_cannot_be_read(world: World, program: As, query: str) -> None:
    path = "/rounds" if "year" in query else "/applications"
    assert_problem(program(world.office).get(f"{path}?{query}"), 422, "request.invalid")


@pytest.mark.parametrize(("query", "field"), [("stat=accepted", "stat"), ("limit=5&limit=6", "limit"), ("%F0%9F%98%80=1", "😀")])
def test_parameters_nobody_takes_and_parameters_twice(world: World, program: As, query: str, field: str) -> None:
    answer = program(world.office).get(f"/applications?{query}")
    assert_problem(answer, 422, "request.invalid")
    assert [one["field"] for one in answer.json()["errors"]] == [field]
    assert field in answer.json()["detail"]
    assert_problem(program(world.office).get(f"/applications/{world.applications[0]}?{query}"), 422, "request.invalid")


def test_the_states_are_those_of_the_words() -> None:
    """A list of the office says besides, in place of "accepted", whom a stage has left out; the application stays accepted."""
    assert set(get_args(State)) | {"left_out"} == set(WORDS["application"])


def test_nothing_new_is_not_sent_again(world: World, program: As) -> None:
    office, path = program(world.office), f"/applications/{world.applications[0]}"
    tag = office.get(path).headers["etag"]
    again = office.get(path, headers={"if-none-match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    with transaction(world.engine) as session:
        world.application(session).state = "candidate"
    changed = office.get(path, headers={"if-none-match": tag})
    assert (changed.status_code, changed.json()["state"]) == (200, "candidate")
    assert changed.headers["etag"] != tag


def test_a_round_as_its_office_reads_it(world: World, program: As) -> None:
    body = program(world.office).get(f"/rounds/{world.round}").json()
    assert (body["stage"], body["title"]["zh"][:3], body["zone"]) == ("score", "第六届", "Asia/Shanghai")
    assert {one["kind"] for one in body["stages"]} >= {"setup", "apply", "score", "archive"}
    titles = {one["kind"]: one["title"] for one in body["stages"]}
    assert titles["apply"] == {"zh": "申报", "en": "Application"}, "as its scheme calls it and its applicants read it"
    assert titles["assign"]["en"] == "Assignment of judges"
    assert body["actions"]["round:advance"] == "allowed"
    assert body["actions"]["round:edit"] == "stage.wrong"
    assert program(world.supervisor).get(f"/rounds/{world.round}").json()["actions"]["round:advance"] == "role.cannot"


def test_a_round_as_it_was_called(world: World, program: As) -> None:
    """Before its call it is not there for others; then with the public stages alone, whatever stage it is in."""
    owner = program(world.owners[0])
    assert owner.get("/rounds").json()["items"] == []
    assert_problem(owner.get(f"/rounds/{world.round}"), 404)
    stages = [
        {"kind": kind, "title": {"zh": kind, "en": kind}, "opens_at": "2026-03-01T00:00:00Z", "closes_at": ""}
        for kind in ("setup", "apply", "assign", "score", "archive")
    ]
    with transaction(world.engine) as session:
        round_id = session.scalars(select(Round.id).where(Round.public_id == world.round)).one()
        content = json.dumps({"stages": stages})
        session.add(Snapshot(round_id=round_id, kind="call", number=1, content=content, sha256="0" * 64, published_at=make.NOW))
    body = owner.get(f"/rounds/{world.round}").json()
    assert (body["stage"], body["actions"]) == (None, None)
    assert [(one["kind"], one["closes_at"]) for one in body["stages"]] == [("apply", None), ("score", None)]
    assert len(program(world.stranger).get("/rounds?state=open&year=2026").json()["items"]) == 1
    assert program(world.stranger).get("/rounds?year=2025").json()["items"] == []


def test_organisations(world: World, program: As) -> None:
    """Their own people, and the office that was asked about them; nobody else."""
    with transaction(world.engine) as session:
        ids = {one.name: one.public_id for one in session.scalars(select(Organisation))}
    own = ids[worlds.APPLICANTS[0]]
    found = {who: program(actor).get("/organisations").json()["items"] for who, actor in people(world).items()}
    assert {who: len(rows) for who, rows in found.items() if rows} == {"office": 2, "owner": 1, "other owner": 1}
    assert program(world.owners[0]).get(f"/organisations/{own}").json()["name"] == worlds.APPLICANTS[0]
    for actor in (world.owners[1], world.judges[0], world.stranger):
        assert_problem(program(actor).get(f"/organisations/{own}"), 404)
    code = found["owner"][0]["credit_code"]
    assert [one["id"] for one in program(world.office).get(f"/organisations?credit_code={code}").json()["items"]] == [own]


def test_the_ranking_waits_for_the_gates(world: World, program: As) -> None:
    """60% everywhere is 600 points, the mean of 40 to 80 too; ranked together at the head."""
    path = f"/rounds/{world.round}/ranking/organisation"
    office = program(world.office)
    worlds.all_in(world, 0, (80, 80, 80, 80, 80))
    assert_problem(office.get(path), 409)
    for stage in ("notice", "score"):
        world.stage(stage)
        for actor, status in ((world.owners[0], 403), (world.judges[0], 403), (world.stranger, 404)):
            assert_problem(program(actor).get(path), status)
    worlds.all_in(world, 1, (60, 60, 60, 60, 60))
    world.stage("notice")
    body = office.get(path).json()
    assert [(one["applicant"], one["rank"], one["figure"]) for one in body["items"]] == [
        (worlds.APPLICANTS[0], 1, "800.00"), (worlds.APPLICANTS[1], 2, "600.00"),
    ]  # fmt: skip
    assert (body["is_decided"], body["hidden"]) == (False, 0)
    assert_problem(office.get(f"/rounds/{world.round}/ranking/nonsense"), 404)


def test_results_are_what_was_published(world: World, program: As, clock: StandingClock) -> None:
    words = {"zh": "第六届", "en": "6th"}
    group = {
        "category": "organisation", "category_name": words, "grade": "award", "grade_name": words, "money": 0,
        "winners": [
            {"application": "b3h8r5nd6yfe", "name": "甲公司", "sector": "", "sector_name": None},
            {"application": "c3h8r5nd6yfe", "name": "乙公司", "name_en": "Second Works", "sector": "", "sector_name": None},
        ],
    }  # fmt: skip
    content = {"round": world.round, "title": words, "document_number": "云〔2026〕1号", "groups": [group], "revoked": {}}
    with transaction(world.engine) as session:
        round_id = session.scalars(select(Round.id).where(Round.public_id == world.round)).one()
        for number, revoked in enumerate(({}, {"b3h8r5nd6yfe": "2026-05-01"}), 1):
            text = json.dumps({**content, "revoked": revoked})
            at = make.NOW + timedelta(number)
            session.add(
                Snapshot(round_id=round_id, kind="result", number=number, content=text, sha256="0" * 64, published_at=at)
            )
        session.flush()
        first = session.scalars(select(Snapshot.public_id).where(Snapshot.number == 1)).one()
    reader = program(world.owners[0])
    (line,) = reader.get("/results?kind=result").json()["items"]
    assert reader.get("/results?kind=notice").json()["items"] == []
    assert reader.get(f"/results/{line['id']}").json()["groups"][0]["winners"][0]["revoked"] == "2026-05-01"
    names = [one["name_en"] for one in reader.get(f"/results/{line['id']}").json()["groups"][0]["winners"]]
    assert names == ["", "Second Works"]  # what was published before there were any has none
    assert reader.get(f"/results/{line['id']}").json()["period"] is None
    former = reader.get(f"/results/{first}").json()
    assert (former["newer"], former["groups"][0]["winners"][0]["revoked"]) == (line["id"], None)


def test_the_days_of_a_notice_are_its_own(world: World, program: As) -> None:
    """Until Monday, 9 March 2026, 24:00 in Beijing, whatever was planned; so says the notice, and the round to everybody."""
    days = {"first_day": "2026-03-03", "last_day": "2026-03-09"}
    words = {"zh": "第六届", "en": "6th"}
    notice = {
        "round": world.round, "title": words, "zone": "Asia/Shanghai", "document_number": "云〔2026〕1号", "groups": [], **days,
    }  # fmt: skip
    stage = {"kind": "notice", "title": words, "opens_at": "2026-03-01T00:00:00Z", "closes_at": "2026-04-01T00:00:00Z"}
    with transaction(world.engine) as session:
        round_id = session.scalars(select(Round.id).where(Round.public_id == world.round)).one()
        for kind, content in (("call", {"stages": [stage]}), ("notice", notice)):
            session.add(Snapshot(
                round_id=round_id, kind=kind, number=1, content=json.dumps(content), sha256="0" * 64, published_at=make.NOW,
            ))  # fmt: skip
    reader = program(world.stranger)
    (line,) = reader.get("/results?kind=notice").json()["items"]
    assert reader.get(f"/results/{line['id']}").json()["period"] == {**days, "closes_at": "2026-03-09T16:00:00Z"}
    for actor in (world.office, world.stranger):
        stages = program(actor).get(f"/rounds/{world.round}").json()["stages"]
        assert next(one["closes_at"] for one in stages if one["kind"] == "notice") == "2026-03-09T16:00:00Z"


@pytest.mark.both_databases
def test_evidence_is_there_for_whoever_reads_its_application(world: World, program: As) -> None:
    first, other = world.applications[:2]
    listed = program(world.judges[0]).get(f"/applications/{first}").json()["content"]["evidence"][0]
    address = f"/applications/{first}/evidence/{listed['id']}"
    for actor in (world.owners[0], world.judges[0], world.office, world.supervisor):
        answer = program(actor).get(address)
        assert answer.status_code == 200, answer.text
        assert hashlib.sha256(answer.content).hexdigest() == listed["sha256"]
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-disposition"].startswith("attachment")
        again = program(actor).get(address, headers={"if-none-match": f"W/{answer.headers['etag']}"})
        assert (again.status_code, again.content) == (304, b"")
    for actor in (world.owners[1], world.stranger):
        assert program(actor).get(address).status_code == 404
    # Through another application, which its reader may read, it is not found either.
    assert program(world.office).get(f"/applications/{other}/evidence/{listed['id']}").status_code == 404
    assert program(world.office, ALL - {TokenScope.READ_APPLICATIONS}).get(address).status_code == 403
