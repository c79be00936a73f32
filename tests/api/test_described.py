"""The description is true: schemathesis sends what it allows and what it forbids, and every answer is one it lists."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.python import asgi
from schemathesis.specs.openapi.checks import positive_data_acceptance

from award.app import make_app
from award.kernel.settings import Settings
from tests.api.asking import API
from tests.api.conftest import As
from tests.browser.live_server import serving
from tests.judging import world as worlds
from tests.judging.world import World

SEED, EXAMPLES = 20261121, 15
"""Cases of each operation, mode and role."""
WRITES = ("PUT", "POST")
"""That a tag is old, or a value against the rules of a round, no description can say."""


@pytest.fixture
def described(api: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"{API}/openapi.json").json()
    return found


def operations(described: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, one) for path, methods in described["paths"].items() for method, one in methods.items()]


def ids_of(world: World) -> dict[str, str]:
    """What addresses name: most cases should reach what is there."""
    return {
        "application_id": world.applications[0], "assignment_id": world.seats[0, 0], "round_id": world.round,
        "item": "4.1.2", "part": "4.1.2", "category": "organisation",
    }  # fmt: skip


@pytest.mark.parametrize("who", ["judge", "owner"])
def test_nothing_is_found(world: World, program: As, api: TestClient, described: dict[str, Any], who: str) -> None:
    worlds.score(world, 0, 0)
    world.stage("score" if who == "judge" else "apply")
    token = program(world.judges[0] if who == "judge" else world.owners[0]).token
    app = make_app(world.engine, Settings(allowed_hosts=asgi.HOST))
    schema = schemathesis.openapi.from_asgi(f"{API}/openapi.json", app)
    statuses: Counter[int] = Counter()
    with asgi.get_client(app) as client:
        for result in schema.get_all_operations():
            for mode in GenerationMode:
                _walk(result.ok(), mode, client, token, ids_of(world), statuses)
    assert {200, 404, 422} <= set(statuses), statuses
    assert statuses.total() >= 300, statuses


@pytest.mark.parametrize("who", ["judge", "owner"])
def test_the_tool_itself_finds_nothing(world: World, program: As, tmp_path: Path, who: str) -> None:
    """All its phases with its own plan of cases: each keyword of the description broken once, calls that follow calls."""
    worlds.score(world, 0, 0)
    world.stage("score" if who == "judge" else "apply")
    token = program(world.judges[0] if who == "judge" else world.owners[0]).token
    with serving(world.engine) as url:
        tool = [Path(sys.executable).with_name("st"), "--config-file", Path(__file__).with_name("schemathesis.toml"), "run"]
        given = ["--header", f"Authorization: Bearer {token}", "--seed", str(SEED), "-n", "5", "--no-color"]
        given += ["--request-timeout", "120", "--suppress-health-check", "all"]
        done = subprocess.run([*tool, f"{url}{API}/openapi.json", *given], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert int(re.findall(r"(\d+) generated", done.stdout)[0]) >= 800, done.stdout


def _walk(
    operation: Any, mode: GenerationMode, client: Any, token: str, ids: dict[str, str], statuses: Counter[int]
) -> None:
    headers = {"Authorization": f"Bearer {token}"}

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy(generation_mode=mode), is_there=st.booleans())
    def one(case: Any, is_there: bool) -> None:
        if is_there and mode == GenerationMode.POSITIVE:
            case.path_parameters = {name: ids.get(name, value) for name, value in case.path_parameters.items()}
            if case.method in WRITES:
                case.headers["if-match"] = present_tag(client, case.formatted_path, headers)
        case.headers.update(headers)
        answer = case.call(session=client)
        statuses[answer.status_code] += 1
        ruled = case.method in WRITES and answer.status_code in (412, 422)
        case.validate_response(answer, headers=headers, excluded_checks=[positive_data_acceptance] if ruled else [])

    one()


def present_tag(client: Any, path: str, headers: dict[str, str]) -> str:
    """Of what a write changes; any other where there is nothing."""
    whole = "/draft" if "/applications/" in path else ""
    read = path.removesuffix("/submission") + whole if path.endswith("/submission") else path
    tag: str = client.get(f"http://{asgi.HOST}{read}", headers=headers).headers.get("etag", '"0"')
    return tag


def test_every_example_fits_its_schema(described: dict[str, Any]) -> None:
    """Those of answers and of what is sent; a program is tried with them first."""
    tried = []
    for path, method, operation in operations(described):
        bodies = [operation["requestBody"]] if "requestBody" in operation else []
        for part in [*operation["responses"].values(), *bodies]:
            for media in part.get("content", {}).values():
                if "example" in media:
                    schema = {**media["schema"], "components": described["components"]}
                    faults = [one.message for one in jsonschema_rs.Draft202012Validator(schema).iter_errors(media["example"])]
                    assert faults == [], (path, method, media["example"])
                    tried.append(media["example"])
    problems = [one for one in tried if "urn:award:" in str(one.get("type"))]
    assert len(tried) - len(problems) >= 20
    assert all(one["title"] and one["detail"] for one in problems)
