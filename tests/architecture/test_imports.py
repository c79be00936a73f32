"""Who may import whom: the contracts in pyproject.toml."""

import pytest
from importlinter.cli import lint_imports

from award.kernel.settings import ROOT


def test_contracts_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    broken = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert not broken, capsys.readouterr().out
