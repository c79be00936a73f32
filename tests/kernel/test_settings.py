"""A setting that cannot be read is named, with what is wrong and what it takes; nothing is traced back."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url
from typer.testing import CliRunner

from award.commands import app as commands
from award.kernel.settings import ROOT, Settings, settings

REMEDY = "Correct it in the environment or in .env, or remove it: then it is"


@pytest.fixture(autouse=True)
def _read_anew() -> None:
    settings.cache_clear()


DATABASES = (
    "it takes postgresql+psycopg://USER@HOST/DATABASE (the password in AWARD_DATABASE_PASSWORD) or sqlite:////PATH. "
    f"{REMEDY} empty.\n"
)
HOSTS = (
    "it takes host names without https:// and without port, with commas between, such as award.example.cn. "
    f"{REMEDY} 127.0.0.1,localhost.\n"
)


def whole(name: str, value: str, least: int, most: int, default: int) -> tuple[str, str, str]:
    return (name, value, f"{name} is {value!r}; it takes a whole number from {least} to {most}. {REMEDY} {default}.\n")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("AWARD_DEVELOPMENT", "", f"AWARD_DEVELOPMENT is empty; it takes true or false. {REMEDY} false.\n"),
        ("AWARD_DEVELOPMENT", "ja", f"AWARD_DEVELOPMENT is 'ja'; it takes true or false. {REMEDY} false.\n"),
        ("AWARD_THREADS", "", f"AWARD_THREADS is empty; it takes a whole number from 1 to 200. {REMEDY} 20.\n"),
        ("AWARD_LOG_FORMAT", "xml", f"AWARD_LOG_FORMAT is 'xml'; it takes auto, json, text. {REMEDY} auto.\n"),
        whole("AWARD_SMTP_PORT", "abc", 1, 65535, 587),
        whole("AWARD_SMTP_PORT", "0", 1, 65535, 587),
        whole("AWARD_SMTP_PORT", "99999999", 1, 65535, 587),
        whole("AWARD_THREADS", "0", 1, 200, 20),
        whole("AWARD_THREADS", "-3", 1, 200, 20),
        whole("AWARD_THREADS", "201", 1, 200, 20),
        whole("AWARD_BODY_MIB", "-1", 1, 4096, 64),
        whole("AWARD_BODY_MIB", "0", 1, 4096, 64),
        whole("AWARD_RENDER_SECONDS", "0", 1, 3600, 60),
        whole("AWARD_RENDER_MIB", "100", 512, 65536, 1536),
        ("AWARD_ALLOWED_HOSTS", "", f"AWARD_ALLOWED_HOSTS is empty; {HOSTS}"),
        ("AWARD_ALLOWED_HOSTS", "a.cn,", f"AWARD_ALLOWED_HOSTS is 'a.cn,'; {HOSTS}"),
        ("AWARD_ALLOWED_HOSTS", "https://a.cn", f"AWARD_ALLOWED_HOSTS is 'https://a.cn'; {HOSTS}"),
        ("AWARD_ALLOWED_HOSTS", "a.cn:8000", f"AWARD_ALLOWED_HOSTS is 'a.cn:8000'; {HOSTS}"),
        ("AWARD_ALLOWED_HOSTS", "a*.cn", f"AWARD_ALLOWED_HOSTS is 'a*.cn'; {HOSTS}"),
        ("AWARD_BASE_URL", "a.cn",
         f"AWARD_BASE_URL is 'a.cn'; it takes an address that begins with http:// or https://. {REMEDY} http://127.0.0.1:8000.\n"),
        ("AWARD_FONTS_DIRECTORY", "/no/such",
         f"AWARD_FONTS_DIRECTORY is '/no/such'; it takes a folder that exists. {REMEDY} empty.\n"),
        *(("AWARD_DATABASE_URL", url, f"AWARD_DATABASE_URL cannot be used; {DATABASES}") for url in (
            "foo", "mysql://award:secret@host/award", "postgresql://award@host/award", "postgresql+psycopg://award@host",
            "postgresql+psycopg://award:se@cret@host/award", "postgresql+psycopg://award:se/cret@host/award",
            "postgresql+psycopg://award@host:port/award", "sqlite://",
        )),
    ],
)  # fmt: skip
def test_a_bad_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        settings()
    assert ended.value.code == 2
    assert capsys.readouterr().err == said


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("AWARD_BASEURL", "the nearest is AWARD_BASE_URL"), ("AWARD_SMTP_PASSWD", "the nearest is AWARD_SMTP_PASSWORD"),
        ("award_treads", "the nearest is AWARD_THREADS"), ("AWARD_QQQ", "README.md lists them all"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("in_file", [False, True])
def test_a_mistyped_name_is_named_with_the_nearest(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, meant: str, in_file: bool
) -> None:
    if in_file:
        (tmp_path / "env").write_text(f"POSTGRES_PASSWORD=p\nAWARD_THREADS=3\n# AWARD_NO=1\n{name}=x\n")
        monkeypatch.setitem(Settings.model_config, "env_file", tmp_path / "env")
    else:
        monkeypatch.setenv(name, "x")
    with pytest.raises(SystemExit) as ended:
        settings()
    assert ended.value.code == 2
    assert capsys.readouterr().err == (
        f"{name.upper()} is no setting; {meant}. Correct it in the environment or in .env, or remove it.\n"
    )


def test_what_others_call_their_own_is_none_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWARDS", "MY_AWARD_BASEURL", "POSTGRES_PASSWORD", "award_threads"):
        monkeypatch.setenv(name, "7")
    assert settings().threads == 7


@pytest.mark.parametrize("words", [["rules", "check"], ["serve"], ["worker"], ["demo", "--build-only"], ["backup"]], ids=" ".join)
def test_no_command_goes_on_past_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: list[str]) -> None:
    """Not even one that needs no setting; and nothing was begun."""
    monkeypatch.setenv("AWARD_BASEURL", "https://a.cn")
    done = CliRunner().invoke(commands, words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("AWARD_BASEURL is no setting; the nearest is AWARD_BASE_URL.")
    assert list(tmp_path.iterdir()) == []


def test_all_that_are_wrong_are_named_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWARD_SMTP_PORT", "abc")
    monkeypatch.setenv("AWARD_BODY_MIB", "64 MiB")
    monkeypatch.setenv("AWARD_BODY", "64")
    with pytest.raises(SystemExit):
        settings()
    assert [line.split()[0] for line in capsys.readouterr().err.splitlines()] == ["AWARD_BODY", "AWARD_SMTP_PORT", "AWARD_BODY_MIB"]


def test_the_command_line_ends_with_2_and_no_traceback(tmp_path: Path) -> None:
    environment = {**os.environ, "AWARD_DIRECTORY": str(tmp_path), "AWARD_DEVELOPMENT": ""}
    done = subprocess.run(
        [sys.executable, "-m", "award", "audit", "verify"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("AWARD_DEVELOPMENT is empty; it takes true or false.")
    assert "Traceback" not in done.stderr


def test_usage_is_told_with_the_words_people_type() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "award", "serve", "--no-such"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: ./run serve [OPTIONS]\nTry './run serve --help' for help.\n")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWARD_THREADS", "1"), ("AWARD_THREADS", "200"), ("AWARD_SMTP_PORT", "65535"), ("AWARD_ALLOWED_HOSTS", "*"),
        ("AWARD_ALLOWED_HOSTS", "a.cn, *.b-c.cn ,localhost"), ("AWARD_BASE_URL", "https://a.cn:8443/award"),
        ("AWARD_DATABASE_URL", "sqlite:////var/a.sqlite3"), ("AWARD_DATABASE_URL", "postgresql+psycopg://a:b%40c@h:5432/d"),
        ("AWARD_DATABASE_URL", "postgresql+psycopg://a@/d?host=/run/postgresql"), ("AWARD_DATABASE_URL", "postgresql+psycopg://[::1]/d"),
        ("AWARD_DATABASE_URL", ""),
    ],
)  # fmt: skip
def test_what_can_be_used_is_taken(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    assert str(getattr(settings(), name.removeprefix("AWARD_").lower())) == value


def test_an_address_has_no_slash_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWARD_BASE_URL", "https://a.cn/")
    assert settings().base_url == "https://a.cn"


@pytest.mark.parametrize("password", ["p@ss", "a/b", "a:b", "50%", "问号?#", " ", "plain"])
@pytest.mark.parametrize("place", ["database/award", "[::1]:5432/award", "/award?host=/run/postgresql"])
def test_any_password_of_the_database_is_handed_on_as_it_is(
    monkeypatch: pytest.MonkeyPatch, password: str, place: str
) -> None:
    monkeypatch.setenv("AWARD_DATABASE_URL", f"postgresql+psycopg://award@{place}")
    monkeypatch.setenv("AWARD_DATABASE_PASSWORD", password)
    url, plain = make_url(settings().database), make_url(f"postgresql+psycopg://award@{place}")
    assert url == plain.set(password=password)


def test_a_password_in_the_url_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWARD_DATABASE_URL", "postgresql+psycopg://award:own@database/award")
    monkeypatch.setenv("AWARD_DATABASE_PASSWORD", "other")
    assert settings().database == "postgresql+psycopg://award:own@database/award"


def test_the_reference_says_the_bounds() -> None:
    """The description of each, which the README repeats, ends with what is taken."""
    bounded = {name: field for name, field in Settings.model_fields.items() if field.annotation is int}
    assert set(bounded) == {"smtp_port", "threads", "body_mib", "render_seconds", "render_mib"}
    for name, field in bounded.items():
        least, most = (getattr(one, side) for one in field.metadata for side in ("ge", "le") if hasattr(one, side))
        assert str(field.description).endswith(f"; {least} to {most}"), name
