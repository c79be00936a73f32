"""A setting that cannot be read is named, with what is wrong and what it takes; nothing is traced back."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from award.kernel.settings import ROOT, settings

REMEDY = "Correct it in the environment or in .env, or remove it: then it is"


@pytest.fixture(autouse=True)
def _read_anew() -> None:
    settings.cache_clear()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("AWARD_DEVELOPMENT", "", f"AWARD_DEVELOPMENT is empty; it takes true or false. {REMEDY} false.\n"),
        ("AWARD_DEVELOPMENT", "ja", f"AWARD_DEVELOPMENT is 'ja'; it takes true or false. {REMEDY} false.\n"),
        ("AWARD_SMTP_PORT", "abc", f"AWARD_SMTP_PORT is 'abc'; it takes a whole number. {REMEDY} 587.\n"),
        ("AWARD_THREADS", "", f"AWARD_THREADS is empty; it takes a whole number. {REMEDY} 20.\n"),
        ("AWARD_LOG_FORMAT", "xml", f"AWARD_LOG_FORMAT is 'xml'; it takes auto, json, text. {REMEDY} auto.\n"),
    ],
)
def test_a_bad_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        settings()
    assert ended.value.code == 2
    assert capsys.readouterr().err == said


def test_all_that_are_wrong_are_named_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWARD_SMTP_PORT", "abc")
    monkeypatch.setenv("AWARD_BODY_MIB", "64 MiB")
    with pytest.raises(SystemExit):
        settings()
    assert [line.split()[0] for line in capsys.readouterr().err.splitlines()] == ["AWARD_SMTP_PORT", "AWARD_BODY_MIB"]


def test_the_command_line_ends_with_2_and_no_traceback(tmp_path: Path) -> None:
    environment = {**os.environ, "AWARD_DIRECTORY": str(tmp_path), "AWARD_DEVELOPMENT": ""}
    done = subprocess.run(
        [sys.executable, "-m", "award", "audit", "verify"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("AWARD_DEVELOPMENT is empty; it takes true or false.")
    assert "Traceback" not in done.stderr
