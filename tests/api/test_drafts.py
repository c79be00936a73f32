"""An applicant's draft: read, its parts and facts saved, submitted once; another's draft is not there."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, func, select

from award.applications.models import AnswerRevision, Submission
from award.kernel.actor import Actor
from award.kernel.audit.trail import transaction
from tests import make
from tests.api.asking import Program, assert_problem, token_for
from tests.applications import world as worlds
from tests.applications.world import World
from tests.conftest import StandingClock

PART = "/items/4.1.2"
DECLARED = {"declarations": ["true", "clean", "secrets", "check"]}


@pytest.fixture
def world(engine: Engine, clock: StandingClock) -> World:
    return worlds.build(engine)


def of(world: World, api: TestClient, actor: Actor) -> Program:
    return Program(api, token_for(world.engine, actor.person_id))


@pytest.fixture
def owner(world: World, api: TestClient) -> Program:
    return of(world, api, world.owner)


@pytest.fixture
def path(world: World) -> str:
    return f"/applications/{world.application}"


def test_save_a_part(owner: Program, path: str) -> None:
    before = owner.get(path + PART)
    assert (before.json()["text"], before.headers["etag"]) == ("", '"0"')
    saved = owner.put(path + PART, {"text": "一\r\n二", "is_complete": True}, tag='"0"')
    assert (saved.status_code, saved.headers["etag"]) == (200, '"1"')
    assert (saved.json()["text"], saved.json()["is_complete"]) == ("一\n二", True)
    assert owner.get(path + PART).json() == saved.json()


@pytest.mark.parametrize("is_complete", ["1", "0", '"yes"', '"true"', "1.0"])
def test_whether_a_part_is_complete_is_not_guessed(owner: Program, path: str, is_complete: str) -> None:
    body = f'{{"text": "一", "is_complete": {is_complete}}}'
    answer = owner.ask("PUT", path + PART, content=body, tag='"0"', headers={"content-type": "application/json"})
    assert_problem(answer, 422, "request.invalid")
    assert answer.json()["errors"][0]["pointer"] == "/is_complete"
    assert owner.get(path + PART).json()["version"] == 0


def test_a_part_that_somebody_else_saved(world: World, api: TestClient, owner: Program, path: str) -> None:
    """Both texts are kept: theirs stands in the answer, the refused one among the earlier versions."""
    owner.put(path + PART, {"text": "先到的"}, tag='"0"')
    colleague = of(world, api, world.colleague)
    answer = colleague.put(path + PART, {"text": "晚到的"}, tag='"0"')
    assert_problem(answer, 412, "answer.stale")
    assert (answer.json()["version"], answer.json()["theirs"]["text"]) == (1, "先到的")
    with transaction(world.engine) as session:
        assert session.scalars(select(AnswerRevision.text).where(AnswerRevision.kind == "rejected")).all() == ["晚到的"]


def test_past_the_deadline_the_text_is_kept(world: World, api: TestClient, path: str, clock: StandingClock) -> None:
    clock.forward(days=60)
    late = Program(api, token_for(world.engine, world.owner.person_id, ends_at=clock.now + timedelta(1)))
    assert_problem(late.put(path + PART, {"text": "迟了"}, tag='"0"'), 409, "stage.over")
    with transaction(world.engine) as session:
        assert session.scalars(select(AnswerRevision.text).where(AnswerRevision.kind == "rejected")).all() == ["迟了"]


def test_save_facts(owner: Program, path: str) -> None:
    before = owner.get(f"{path}/profile")
    saved = owner.put(f"{path}/profile", {"fields": {"employees": "８６０", "nonsense": "x"}}, tag=before.headers["etag"])
    assert saved.status_code == 200
    assert "nonsense" not in saved.json()["fields"]
    assert saved.json()["version"] >= before.json()["version"]
    stale = owner.put(f"{path}/profile", {"fields": worlds.facts()}, tag='"99"')
    assert_problem(stale, 412, "application.stale")


@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
def test_anothers_draft_is_not_there(world: World, api: TestClient, path: str, method: str) -> None:
    """Neither for another applicant nor for the office, which sees an application only once it is handed in."""
    where = {"GET": ("/draft", None), "PUT": (PART, {"text": "x"}), "POST": ("/submission", DECLARED)}[method]
    stranger = of(world, api, world.stranger)
    answer = stranger.ask(method, path + where[0], json=where[1], tag='"0"')
    assert_problem(answer, 404, "not_found")
    assert answer.json() == stranger.ask(method, "/applications/zzzzzzzzzzzz" + where[0], json=where[1], tag='"0"').json()
    office = of(world, api, world.office)
    told = [office.ask(method, at + where[0], json=where[1], tag='"0"') for at in (path, "/applications/zzzzzzzzzzzz")]
    assert told[0].status_code in (403, 404)
    assert told[0].json() == told[1].json()
    assert_problem(of(world, api, world.office).get(path), 404)
    assert of(world, api, world.office).get("/applications").json()["items"] == []


def test_submit_once(world: World, api: TestClient, owner: Program, path: str) -> None:
    with transaction(world.engine) as session:
        worlds.fill(session, world.owner, world.found(session))
    draft = owner.get(f"{path}/draft")
    assert draft.json()["open"] == []
    assert_problem(owner.post(f"{path}/submission", {"declarations": ["true"]}, tag=draft.headers["etag"]), 422, "invalid")
    first = owner.post(f"{path}/submission", DECLARED, tag=draft.headers["etag"])
    assert (first.status_code, first.json()["number"]) == (200, 1)
    assert owner.post(f"{path}/submission", DECLARED, tag=draft.headers["etag"]).json() == first.json()
    assert owner.get(path).json()["content"]["sha256"] == first.json()["sha256"]
    assert_problem(of(world, api, world.colleague).post(f"{path}/submission", DECLARED, tag=draft.headers["etag"]), 409)
    assert_problem(owner.put(path + PART, {"text": "x"}, tag='"1"'), 409)
    world.stage("accept")
    assert of(world, api, world.office).get(path).json()["state"] == "submitted"


def test_a_draft_that_changed_is_not_submitted(world: World, owner: Program, path: str) -> None:
    with transaction(world.engine) as session:
        worlds.fill(session, world.owner, world.found(session))
    draft = owner.get(f"{path}/draft")
    part = owner.get(path + PART)
    owner.put(path + PART, {"text": part.json()["text"] + "。"}, tag=part.headers["etag"])
    assert_problem(owner.post(f"{path}/submission", DECLARED, tag=draft.headers["etag"]), 412, "draft.changed")
    with transaction(world.engine) as session:
        assert world.found(session).state == "draft"
        assert session.scalar(select(func.count(Submission.id))) == 0


def test_what_is_missing_is_named(owner: Program, path: str) -> None:
    draft = owner.get(f"{path}/draft")
    answer = owner.post(f"{path}/submission", DECLARED, tag=draft.headers["etag"])
    assert_problem(answer, 422, "invalid")
    assert {one["field"] for one in answer.json()["errors"]} == set(draft.json()["open"])


def test_submitted_by_eight_at_once(any_engine: Engine, clock: StandingClock, api: TestClient) -> None:
    world = worlds.build(any_engine)
    with transaction(any_engine) as session:
        worlds.fill(session, world.owner, world.found(session))
    owner, path = of(world, api, world.owner), f"/applications/{world.application}"
    tag = owner.get(f"{path}/draft").headers["etag"]
    with ThreadPoolExecutor(8) as pool:
        keys = ["same-key-0001"] * 4 + [""] * 4
        answers = list(pool.map(lambda key: owner.post(f"{path}/submission", DECLARED, tag=tag, key=key), keys))
    assert {(one.status_code, one.content) for one in answers} == {(200, answers[0].content)}
    with transaction(any_engine) as session:
        assert session.scalars(select(Submission.submitted_at)).all() == [make.NOW]
