"""`./run demo` at the door: what is built already is served, never silently something else than was asked for."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from award.commands import app as commands
from award.demo import building
from award.demo.building import Account, Demonstration
from award.kernel import serving
from award.kernel.settings import settings

KEYS = {"round", "stage", "database", "accounts", "documents"}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What the command sets for itself and its children ends with the test."""
    for name in ("AWARD_DIRECTORY", "AWARD_BASE_URL"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    yield
    settings.cache_clear()


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """How often it was built, with what; nothing is really built or served."""
    calls: list[dict[str, Any]] = []

    def build(engine: object, directory: Path, url: str, **how: Any) -> Demonstration:
        calls.append({**how, "address": settings().base_url})
        return Demonstration("abcdefghjkmn", how["stage"], url, (Account("supervisor", "zhaolan", "secret"),), ())

    monkeypatch.setattr(building, "build", build)
    monkeypatch.setattr(serving, "serve", lambda *_, **__: None)
    monkeypatch.setattr(serving, "listen", lambda *_: None)
    return calls


def demo(directory: Path, *more: str) -> Result:
    """As a process of its own."""
    os.environ.pop("AWARD_BASE_URL", None)
    settings.cache_clear()
    return CliRunner().invoke(commands, ["demo", "--dir", str(directory), *more])


def test_it_is_built_with_what_is_asked_and_told(tmp_path: Path, built: list[dict[str, Any]]) -> None:
    done = demo(tmp_path / "a", "--build-only", "--json", "--stage", "score", "--judges", "9", "--port", "8123")
    assert done.exit_code == 0, done.output
    asked = {"stage": "score", "applications": 24, "judges": 9, "seed": 6, "address": "http://127.0.0.1:8123"}
    assert built == [asked]
    told = json.loads(done.stdout)
    assert set(told) == KEYS | {"built_with"}
    assert told["built_with"] == asked


def test_what_is_there_is_served_as_it_is(tmp_path: Path, built: list[dict[str, Any]]) -> None:
    demo(tmp_path / "a", "--stage", "score")
    for more in ([], ["--stage", "score"], ["--applications", "24"], ["--judges", "18", "--seed", "6"]):
        done = demo(tmp_path / "a", *more)
        assert (done.exit_code, done.stderr) == (0, ""), more
        assert "is in the stage score" in done.stdout
    assert len(built) == 1


@pytest.mark.parametrize(
    ("name", "value"), [("stage", "publish"), ("applications", "8"), ("judges", "9"), ("seed", "7")]
)
def test_something_else_is_refused_with_how_to_build_anew(
    tmp_path: Path, built: list[dict[str, Any]], name: str, value: str
) -> None:
    demo(tmp_path / "a", "--stage", "score")
    done = demo(tmp_path / "a", f"--{name}", value)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.strip() == (
        f"{tmp_path / 'a'} holds a demonstration already, built with stage score, applications 24, judges 18, seed 6; "
        f"you ask for {name} {value}. Leave that out to use what is there, name another folder with --dir, "
        f"or remove {tmp_path / 'a'} and call this again."
    )
    assert len(built) == 1


def test_a_database_of_its_own_has_to_be_emptied_too(
    tmp_path: Path, built: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWARD_DATABASE_URL", f"sqlite:///{tmp_path / 'other.sqlite3'}")
    demo(tmp_path / "a", "--stage", "score")
    assert "empty the database of AWARD_DATABASE_URL and call" in demo(tmp_path / "a", "--stage", "notice").stderr


def test_a_summary_of_an_earlier_version_tells_its_stage(tmp_path: Path, built: list[dict[str, Any]]) -> None:
    demo(tmp_path / "a", "--stage", "score")
    summary = tmp_path / "a" / "demonstration.json"
    told = json.loads(summary.read_text())
    summary.write_text(json.dumps({name: value for name, value in told.items() if name in KEYS}))
    assert demo(tmp_path / "a").exit_code == demo(tmp_path / "a", "--judges", "9").exit_code == 0
    assert "built with stage score; you ask for stage notice" in demo(tmp_path / "a", "--stage", "notice").stderr


def test_at_another_port_it_is_served_and_what_was_printed_is_told(tmp_path: Path, built: list[dict[str, Any]]) -> None:
    demo(tmp_path / "a", "--port", "8123")
    done = demo(tmp_path / "a", "--port", "8124")
    assert done.exit_code == 0
    assert "Certificates and letters of this demonstration name http://127.0.0.1:8123" in done.stderr
    assert "Open http://127.0.0.1:8124" in done.stdout


def test_an_address_that_is_set_is_kept(
    tmp_path: Path, built: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "env").write_text("AWARD_BASE_URL=https://award.example.cn\n")
    monkeypatch.setitem(settings().model_config, "env_file", tmp_path / "env")
    demo(tmp_path / "a", "--port", "8123")
    assert built[0]["address"] == "https://award.example.cn"


def test_serving_names_the_port_where_no_address_is_set(
    tmp_path: Path, built: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWARD_DIRECTORY", str(tmp_path))
    settings.cache_clear()
    done = CliRunner().invoke(commands, ["serve", "--port", "8125", "--no-worker"])
    assert done.exit_code == 0, done.output
    assert "http://127.0.0.1:8125/start/" in done.stdout
    assert "Serving http://127.0.0.1:8125 on 127.0.0.1:8125" in done.stdout


def test_a_folder_is_built_and_served_once_at_a_time(
    tmp_path: Path, built: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is served a second is refused and builds nothing; telling what is there stops nobody; afterwards it is free."""
    during: list[tuple[int, str]] = []

    def served(*_: object) -> None:
        for more in ([], ["--stage", "notice"], ["--build-only", "--json"]):
            done = demo(tmp_path / "a", *more)
            during.append((done.exit_code, done.stderr))

    monkeypatch.setattr(serving, "serve", served)
    demo(tmp_path / "a")
    busy = (
        f"The demonstration in {tmp_path / 'a'} is being built or served already. "
        "End that first, or name another folder with --dir.\n"
    )
    assert during == [(2, busy), (2, busy), (0, "")]
    monkeypatch.setattr(serving, "serve", lambda *_: None)
    assert demo(tmp_path / "a").exit_code == 0
    assert len(built) == 1


def test_a_demonstration_is_not_served_beside_a_server_and_servers_share_a_folder(
    tmp_path: Path, built: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[tuple[int, str]] = []

    def beside(*words: list[str]) -> None:
        """What other commands answer while the folder is served by this one."""
        monkeypatch.setattr(serving, "serve", lambda *_, **__: None)
        done = [CliRunner().invoke(commands, one) for one in words]
        ended.extend((one.exit_code, one.stderr) for one in done)

    monkeypatch.setenv("AWARD_DIRECTORY", str(tmp_path / "a"))
    monkeypatch.setattr(serving, "listen", lambda *_: None)
    settings.cache_clear()
    again = ["demo", "--dir", str(tmp_path / "a")]
    monkeypatch.setattr(serving, "serve", lambda *_, **__: beside(again, ["serve", "--no-worker"]))
    CliRunner().invoke(commands, ["serve", "--no-worker"])
    monkeypatch.setattr(serving, "serve", lambda *_, **__: beside(["serve", "--no-worker"]))
    CliRunner().invoke(commands, again)
    said = f"The demonstration in {tmp_path / 'a'} is being built or served already. End that first, or name another folder with "
    assert ended == [(2, f"{said}--dir.\n"), (0, ""), (2, f"{said}AWARD_DIRECTORY.\n")]
