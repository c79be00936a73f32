"""The READMEs tell of every setting and every command, and of none that does not exist; what operators read is alike in both languages."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from award.commands import HELP, app
from award.kernel.settings import ROOT, Settings, default_of
from award.regulations.loader import shipped_schemes

NAMES = {"en": "README.md", "zh": "README.zh-CN.md"}
PICTURE_BYTES = 250_000


@pytest.fixture(scope="module")
def readme() -> str:
    return (ROOT / NAMES["en"]).read_text()


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


def told_default(name: str, empty: str) -> str:
    default = default_of(name).removeprefix(f"{ROOT}/")
    return f"`{default}`" if default else empty


def test_every_setting_is_told_with_its_default(readme: str) -> None:
    rows = [
        f"| `AWARD_{name.upper()}` | {told_default(name, 'empty')} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    assert [one for one in rows if one not in readme] == []


def test_the_defaults_are_those_in_chinese_too() -> None:
    readme = (ROOT / NAMES["zh"]).read_text()
    rows = [f"| `AWARD_{name.upper()}` | {told_default(name, '空')} | " for name in Settings.model_fields]
    assert [one for one in rows if one not in readme] == []


def test_no_setting_is_invented(readme: str) -> None:
    known = {f"AWARD_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"\bAWARD_[A-Z]\w+", readme)) <= known


def test_every_command_is_told(readme: str) -> None:
    """Those of the program and those that `run` itself knows, all in the table of commands."""
    table = readme.partition("\n## Commands\n")[2].partition("\n## ")[0]
    own = re.findall(r"^([a-z]+)\)$", (ROOT / "run").read_text(), re.MULTILINE)
    assert {"test", "lint", "setup"} <= set(own)
    assert [words for words in (*own, *(words for words, _ in commands())) if f"`./run {words}" not in table] == []
    assert [word for word in own if not re.search(rf"\b{word}\b", HELP)] == []


def test_every_command_says_what_it_does() -> None:
    assert [words for words, command in commands() if not command.help] == []


@pytest.mark.parametrize("name", NAMES.values())
def test_every_scheme_is_told_with_its_values(name: str) -> None:
    readme = (ROOT / name).read_text()
    rows = re.findall(r"^\| `([a-z-]+)` \| .+ \| (\d+) \| (\d+) \|$", readme, re.MULTILINE)
    schemes = shipped_schemes().items()
    assert sorted(rows) == sorted((key, str(len(one.sources)), str(len(one.assumed))) for key, one in schemes)


PAIRS = ("README.md", "docs/operating.md", "docs/upgrading.md")
"""What stands in both languages, by its English name."""


def chinese(name: str) -> str:
    """What a page is called in Chinese."""
    return name.replace(".md", ".zh-CN.md")


def bones(name: str) -> dict[str, list[str]]:
    """What does not depend on the language: levels of headings, words of code, lines of blocks, links, rows of tables."""
    text = (ROOT / name).read_text()
    blocks = re.findall(r"^```\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    prose = re.sub(r"^```\n.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return {
        "headings": re.findall(r"^(#+) ", prose, re.MULTILINE),
        "code": sorted(" ".join(one.split()) for one in re.findall(r"`([^`]+)`", prose)),
        "lines": [
            re.split(r"(?:^|\s)\s*#\s|\s{2,}", line.strip())[0] for block in blocks for line in block.splitlines()
        ],
        "links": sorted(re.sub(r"\.(en|zh)\.png|\.zh-CN(?=\.md)", "", one) for one in re.findall(r"\]\(([^)]+)\)", prose)),
        "rows": [str(len(re.findall(r"(?<!\\)\|", line))) for line in prose.splitlines() if line.startswith("|")],
    }


@pytest.mark.parametrize("part", ["headings", "code", "lines", "links", "rows"])
@pytest.mark.parametrize("name", PAIRS)
def test_both_languages_say_the_same(name: str, part: str) -> None:
    english = bones(name)
    assert sum(map(len, english.values())) > 20
    assert bones(chinese(name))[part] == english[part]


@pytest.mark.parametrize("name", PAIRS)
def test_who_reads_chinese_is_led_to_chinese(name: str) -> None:
    """But to the other language of the page itself, and to what is there in English only."""
    text = (ROOT / chinese(name)).read_text()
    led = {one for one in re.findall(r"\]\(([^)#]+\.md)\)", text) if not one.endswith(".zh-CN.md")}
    assert led <= {Path(name).name, "docs/performance.md"}
    for only_english in led - {Path(name).name}:
        assert text.count(f"[{only_english}]({only_english})") == text.count(f"[{only_english}]({only_english})（英文）")


@pytest.mark.parametrize("language", NAMES)
def test_what_is_linked_is_there(language: str) -> None:
    text = (ROOT / NAMES[language]).read_text()
    links = re.findall(r"\]\(([^)#]+)\)", text)
    assert [one for one in links if not (ROOT / one).exists()] == []
    pictures = {one for one in links if one.endswith(".png")}
    assert pictures == {str(one.relative_to(ROOT)) for one in (ROOT / "docs" / "pictures").glob(f"*.{language}.png")}


def test_pictures_are_those_of_the_readmes_and_small() -> None:
    pictures = list((ROOT / "docs" / "pictures").iterdir())
    assert [one.name for one in pictures if not one.name.endswith((".en.png", ".zh.png"))] == []
    assert [one.name for one in pictures if one.stat().st_size > PICTURE_BYTES] == []


@pytest.mark.parametrize("name", ["operating.md", "operating.zh-CN.md", "upgrading.md", "upgrading.zh-CN.md"])
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
