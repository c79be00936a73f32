"""Every refusal has one shape and speaks the language asked for; the description lists it."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from award.app import make_app
from award.kernel.settings import Settings
from tests.api.asking import API, Program, assert_problem, token_for
from tests.api.conftest import As
from tests.conftest import StandingClock
from tests.judging.world import World


@pytest.mark.parametrize(
    ("accept", "language", "sentence"),
    [
        ("", "zh", "请以“Authorization"), ("en", "en", "Send a personal access token"), ("en-GB,zh;q=0.5", "en", "Send"),
        ("fr", "zh", "请以"), ("en;q=0.1, zh", "zh", "请以"),
    ],
)  # fmt: skip
def test_the_language_asked_for(api: TestClient, clock: StandingClock, accept: str, language: str, sentence: str) -> None:
    api.cookies.set("lang", "en" if language == "zh" else "zh")
    answer = api.get(f"{API}/rounds", headers={"accept-language": accept})
    assert_problem(answer, 401, "token.missing")
    assert answer.headers["content-language"] == language
    assert answer.json()["detail"].startswith(sentence)


WHOLE = {"percent": 65, "factors": {}, "comments": [], "note": ""}


def sheet_item(world: World) -> str:
    return f"/sheets/{world.seats[0, 0]}/items/4.1.2"


@pytest.mark.parametrize(
    ("method", "path", "more", "status"),
    [
        ("GET", "/rounds?cursor=%00", {}, 400), ("GET", "/nothing", {}, 404), ("GET", "/rounds/short", {}, 404),
        ("DELETE", "/rounds", {}, 405), ("POST", "/rounds", {"json": {}}, 405), ("PATCH", "{item}", {"json": {}}, 405),
        ("PUT", "{item}", {"content": "percent=65", "headers": {"content-type": "text/plain"}}, 415),
        ("PUT", "{item}", {"data": {"percent": "65"}}, 415), ("PUT", "{item}", {"content": b"{}"}, 415),
        ("PUT", "{item}", {"content": "{}", "headers": {"content-type": "application/json; charset=utf-7"}}, 415),
        ("PUT", "{item}", {"content": "{}".encode("utf-16-le"), "headers": {"content-type": "application/json"}}, 415),
        ("PUT", "{item}", {"content": "{", "headers": {"content-type": "application/json"}}, 422),
        ("PUT", "{item}", {"json": {}}, 422), ("PUT", "{item}", {"json": WHOLE | {"more": 1}}, 422),
        ("PUT", "{item}", {"json": WHOLE | {"percent": "many"}}, 422), ("PUT", "{item}", {"json": WHOLE | {"percent": 10**30}}, 422),
        ("PUT", "{item}", {"content": r'{"percent": 65, "\ud800": 1}', "headers": {"content-type": "application/json"}}, 422),
        ("PUT", "{item}", {"json": WHOLE, "key": "short"}, 422),
        ("PUT", "{item}", {"json": WHOLE | {"factors": {"approach": "b50", "APPROACH": "b"}}}, 422),
    ],
)  # fmt: skip
def test_what_cannot_be_taken(
    world: World, program: As, method: str, path: str, more: dict[str, Any], status: int
) -> None:
    answer = program(world.judges[0]).ask(method, path.format(item=sheet_item(world)), tag='"0"', **more)
    assert_problem(answer, status)
    if status == 405:
        assert answer.headers["allow"] == ("GET, HEAD, PUT" if path == "{item}" else "GET, HEAD")


def test_more_bytes_than_it_takes(engine: Engine, world: World) -> None:
    with TestClient(make_app(engine, Settings(body_mib=1)), base_url="http://localhost") as client:
        judge = Program(client, token_for(engine, world.judges[0].person_id))
        answer = judge.put(sheet_item(world), WHOLE | {"note": "x" * 2**20}, tag='"0"')
        assert_problem(answer, 413, "body.too_large")


def test_a_fault_of_ours_says_nothing_of_it(world: World, program: As, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret of the house")

    monkeypatch.setattr("award.judging.queries.cards_of", broken)
    answer = program(world.judges[0]).get("/sheets")
    assert_problem(answer, 500, "fault")
    assert "secret of the house" not in answer.text


@pytest.mark.parametrize(("note", "status"), [(r"a\ud800b", 422), (r"a\u0000b", 422), (r"a\u0007b", 422), (r"a\u0085b", 200)])
def test_what_no_text_holds(world: World, program: As, note: str, status: int) -> None:
    """Half a surrogate pair cannot be read at all; control characters are refused, as on the pages, but for line breaks."""
    body = f'{{"percent": 65, "factors": {{}}, "comments": [], "note": "{note}"}}'
    answer = program(world.judges[0]).ask(
        "PUT", sheet_item(world), content=body, tag='"0"', headers={"content-type": "application/json"}
    )
    assert (answer.status_code, answer.json().get("note")) == (status, "a\nb" if status == 200 else None)


def test_the_description_lists_what_an_operation_answers(api: TestClient, clock: StandingClock) -> None:
    body = api.get(f"{API}/openapi.json", headers={"accept-language": "en"}).json()
    assert body["openapi"].startswith("3.1")
    operations = [(path, method, one) for path, methods in body["paths"].items() for method, one in methods.items()]
    assert len(operations) >= 22
    for path, method, one in operations:
        reads = {"200", "304", "400", "401", "403", "404", "405", "422", "429", "500"}
        writes = (reads - {"304"}) | {"409", "412", "413", "415", "428"}
        assert set(one["responses"]) >= (reads if method == "get" else writes), (path, method)
        assert one["security"] == [{"token": []}]
        assert "Scope: `" in one["description"]
        media = one["responses"]["200"]["content"]
        assert "application/pdf" in media or "example" in media["application/json"], path
        assert method == "get" or one["requestBody"]["content"]["application/json"]["schema"]["$ref"]


def test_the_page_for_people(api: TestClient, clock: StandingClock) -> None:
    page = api.get("/api", headers={"accept-language": "en"})
    assert page.status_code == 200
    assert "/api/v1/sheets/{assignment_id}/submission" in page.text
    assert "Submit the sheet as it was read" in page.text
    chinese = api.get("/api", headers={"accept-language": "zh"}).text
    assert "按所读版本提交评分表" in chinese
    assert "Submit the sheet as it was read" not in chinese
    assert "//cdn" not in page.text


STEPS = (
    (404, "zh", "请核对地址中的编码；全部地址见 /api/v1/openapi.json。"),
    (404, "en", "Check the codes in the address; /api/v1/openapi.json lists every address."),
    (405, "zh", "支持的方法见响应头 Allow。"), (405, "en", "The header Allow names those it takes."),
    (412, "zh", "请重新读取（GET），在现有内容的基础上重做修改，并以新的 ETag 作为 If-Match 发送。"),
    (412, "en", "Read it again (GET), carry your change over to what stands there now, and send it with the new ETag as If-Match."),
    (415, "zh", "请以 UTF-8 发送 JSON，并注明 Content-Type: application/json。"),
    (428, "zh", "请先读取（GET），再将所得响应的 ETag 作为 If-Match 发送。"),
    (428, "en", "Read it (GET) and send the ETag of that answer as If-Match."),
)


def refused_with(judge: Program, world: World, status: int, language: str) -> Any:
    """What a program can do wrong that a page would have told otherwise."""
    path, how = sheet_item(world), {"headers": {"accept-language": language}}
    if status == 404:
        return judge.get(path.replace("4.1.2", "9.9.9"), **how)
    if status == 405:
        return judge.ask("DELETE", path, **how)
    if status == 415:
        return judge.ask("PUT", path, content="x", tag='"0"', headers={**how["headers"], "content-type": "text/plain"})
    return judge.put(path, WHOLE, tag='"7"' if status == 412 else None, **how)


@pytest.mark.parametrize(("status", "language", "step"), STEPS)
def test_a_program_is_told_its_own_next_step(world: World, program: As, status: int, language: str, step: str) -> None:
    answer = refused_with(program(world.judges[0]), world, status, language)
    assert_problem(answer, status)
    assert answer.json()["detail"].endswith(step)


def test_following_the_step_after_412_and_428_saves(world: World, program: As) -> None:
    judge, path = program(world.judges[0]), sheet_item(world)
    for status in (412, 428):
        assert_problem(refused_with(judge, world, status, "zh"), status)
        assert judge.put(path, WHOLE, tag=judge.get(path).headers["etag"]).status_code == 200


def test_a_person_before_a_page_is_told_of_the_page(api: TestClient, clock: StandingClock) -> None:
    told = api.get("/nothing", headers={"accept": "application/json", "accept-language": "en"}).json()["detail"]
    assert told.startswith("There is no such page, or it is not open to you.")
