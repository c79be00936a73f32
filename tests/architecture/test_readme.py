"""The README tells of every setting and every command, and of none that does not exist."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main

from award.commands import app
from award.kernel.settings import ROOT, Settings
from award.regulations.loader import shipped_schemes


@pytest.fixture(scope="module")
def readme() -> str:
    return (ROOT / "README.md").read_text()


def commands() -> Iterator[tuple[str, Any]]:
    """Every word of the command line and of its groups."""

    def under(words: str, command: Any) -> Iterator[tuple[str, Any]]:
        children = getattr(command, "commands", None)
        if not children:
            yield words, command
            return
        for name, child in children.items():
            yield from under(f"{words} {name}".strip(), child)

    return under("", typer.main.get_command(app))


def test_every_setting_is_told(readme: str) -> None:
    rows = {f"AWARD_{name.upper()}": field.description for name, field in Settings.model_fields.items()}
    assert [name for name, about in rows.items() if f"| `{name}` | {about} |" not in readme] == []


def test_no_setting_is_invented(readme: str) -> None:
    known = {f"AWARD_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"\bAWARD_[A-Z_]+", readme)) <= known


def test_every_command_is_told(readme: str) -> None:
    assert [words for words, _ in commands() if f"./run {words}" not in readme] == []


def test_every_command_says_what_it_does() -> None:
    assert [words for words, command in commands() if not command.help] == []


def test_every_scheme_is_told_with_its_values(readme: str) -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| .+ \| (\d+) \| (\d+) \|$", readme, re.MULTILINE)
    schemes = shipped_schemes().items()
    assert sorted(rows) == sorted((key, str(len(one.sources)), str(len(one.assumed))) for key, one in schemes)


@pytest.mark.parametrize("name", ["operating.md", "upgrading.md"])
def test_what_operators_read_is_true(name: str) -> None:
    """Settings, commands with their options, and files that are linked."""
    text = (ROOT / "docs" / name).read_text()
    assert set(re.findall(r"\bAWARD_[A-Z_]+", text)) <= {f"AWARD_{field.upper()}" for field in Settings.model_fields}
    known = {
        words: {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
        for words, command in commands()
    }
    known["setup"] = set()
    for line in re.findall(r"\./run ([a-z-]+[^`\n]*)", text):
        words = next((one for one in known if re.match(rf"{one}\b", line)), None)
        assert words is not None, line
        assert set(re.findall(r"--[a-z-]+", line.partition("&&")[0])) <= known[words], line
    assert [one for one in re.findall(r"\]\(([^)#]+)\)", text) if not (ROOT / "docs" / one).exists()] == []
