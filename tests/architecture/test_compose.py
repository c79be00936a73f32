"""compose.yaml and the proxy's file agree with the program: commands, settings, ports, folders."""

import re
import shlex
from typing import Any

import pytest
import typer.main
import yaml
from sqlalchemy.engine import make_url

from award.commands import app as commands
from award.kernel.settings import ROOT, Settings
from award.kernel.web.probes import READY

OURS = ("migrate", "app", "worker")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return read


@pytest.fixture(scope="module")
def proxy() -> str:
    return (ROOT / "deploy" / "nginx.conf").read_text()


@pytest.mark.parametrize("service", OURS)
def test_every_command_can_be_given(compose: dict[str, Any], service: str) -> None:
    run, *words = compose["services"][service]["command"]
    assert run == "./run"
    command, context = typer.main.get_command(commands), None
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    # Raises for an option that does not exist.
    context = command.make_context("x", words)
    assert context.command is command


def test_every_setting_exists(compose: dict[str, Any]) -> None:
    known = {f"AWARD_{name.upper()}" for name in Settings.model_fields}
    for service in OURS:
        assert set(compose["services"][service]["environment"]) <= known
    assert set(re.findall(r"AWARD_[A-Z_]+", (ROOT / "compose.yaml").read_text())) <= known


@pytest.mark.parametrize("service", OURS)
def test_every_setting_reaches_it(compose: dict[str, Any], service: str) -> None:
    """From `.env`, unless this file decides it; what it must not do without it asks for by the same name."""
    one = compose["services"][service]
    assert one["env_file"] == ".env"
    decided = {
        "AWARD_DIRECTORY": "/var/lib/award",
        "AWARD_DATABASE_URL": "postgresql+psycopg://award@database/${POSTGRES_DB:-award}",
        "AWARD_DATABASE_PASSWORD": "${POSTGRES_PASSWORD:?choose one in .env}",
        "AWARD_SECURE_COOKIES": "true",
        "AWARD_PROXIES": "*",
    }
    own = {name: value for name, value in one["environment"].items() if name not in decided}
    assert {name: one["environment"][name] for name in decided} == decided
    assert all(value.startswith(f"${{{name}:?") for name, value in own.items())


def test_the_database_is_reached_with_any_password(compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """POSTGRES_PASSWORD as the database gets it is what the application signs in with."""
    told = compose["services"]["app"]["environment"]
    monkeypatch.setenv("AWARD_DATABASE_URL", told["AWARD_DATABASE_URL"].replace("${POSTGRES_DB:-award}", "award"))
    monkeypatch.setenv("AWARD_DATABASE_PASSWORD", "a@b/c:d%e")
    url = make_url(Settings().database)
    database = compose["services"]["database"]["environment"]
    assert database["POSTGRES_PASSWORD"] == told["AWARD_DATABASE_PASSWORD"]
    assert (url.username, url.password, url.host) == (database["POSTGRES_USER"], "a@b/c:d%e", "database")


def test_no_password_is_shipped(compose: dict[str, Any]) -> None:
    told = [one["environment"] for one in compose["services"].values() if "environment" in one]
    secrets = [str(value) for settings in told for name, value in settings.items() if "PASSWORD" in name]
    assert len(secrets) == 4
    assert all(re.fullmatch(r"\$\{[A-Z_]+(:-|:\?[^}]+)\}", one) for one in secrets)


def test_what_is_named_is_there(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for service in services.values():
        assert set(service.get("depends_on", {})) <= set(services)
        for mount in service.get("volumes", []):
            source = mount.partition(":")[0]
            assert source in compose["volumes"] or (ROOT / source).exists() or source == "./certificates", mount
    assert all("healthcheck" in services[name] for name in ("app", "database"))


def test_the_health_check_asks_what_is_answered(compose: dict[str, Any]) -> None:
    port = next(one.default for one in typer.main.get_command(commands).commands["serve"].params if one.name == "port")
    asked = shlex.join(compose["services"]["app"]["healthcheck"]["test"])
    assert f"http://127.0.0.1:{port}{READY}" in asked


def test_the_proxy_leads_to_the_application(compose: dict[str, Any], proxy: str) -> None:
    assert re.findall(r"server (\S+):8000;", proxy) == ["app"]
    assert all(f"location = {path} {{ return 404; }}" in proxy for path in ("/healthz", READY))
    limit = re.search(r"client_max_body_size (\d+)m;", proxy)
    assert limit is not None
    assert int(limit[1]) > Settings().body_mib
    assert "proxy_set_header Host $http_host;" in proxy
    certificates = set(re.findall(r"(/etc/nginx/certificates)/site\.(?:crt|key)", proxy))
    assert certificates == {
        one.split(":")[1] for one in compose["services"]["proxy"]["volumes"] if "certificates" in one
    }


def test_the_image_has_the_folders_its_user_writes_to(compose: dict[str, Any]) -> None:
    image = (ROOT / "Dockerfile").read_text()
    made = set(re.search(r"install -d -o award -m 700 ([^\\\n]+)", image)[1].split())  # type: ignore[index]
    volumes = {volume.split(":")[1] for service in OURS for volume in compose["services"][service]["volumes"]}
    assert volumes == made
    assert re.search(r"^VOLUME (.+)$", image, re.MULTILINE)[1] in made  # type: ignore[index]
    assert "chown" not in image
