"""Sizes and names: architecture.md section 5."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from award.kernel.settings import ROOT

LONGEST_FILE, LONGEST_FUNCTION, LONGEST_CONFTEST = 400, 50, 200
SAYING_NOTHING = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "base", "misc"}


def python_files() -> Iterator[Path]:
    for folder in ("award", "migrations", "tests"):
        yield from (path for path in (ROOT / folder).rglob("*.py") if path.parent != ROOT / "migrations/versions")


def too_long(longest: int, *, conftest: bool) -> list[str]:
    counted = {path: len(path.read_text().splitlines()) for path in python_files()}
    return [
        f"{path.relative_to(ROOT)}: {lines} lines"
        for path, lines in counted.items()
        if lines > longest and (path.name == "conftest.py") == conftest
    ]


def test_files_are_short() -> None:
    assert too_long(LONGEST_FILE, conftest=False) == []


def test_conftests_are_short() -> None:
    assert too_long(LONGEST_CONFTEST, conftest=True) == []


def test_functions_are_short() -> None:
    long = []
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {lines} lines")
    assert long == []


@pytest.mark.parametrize("folder", ["award", "templates", "tests"])
def test_names_say_something(folder: str) -> None:
    found = [path for path in (ROOT / folder).rglob("*") if path.suffix in ("", ".py", ".html", ".txt")]
    assert [str(path.relative_to(ROOT)) for path in found if path.stem in SAYING_NOTHING] == []
