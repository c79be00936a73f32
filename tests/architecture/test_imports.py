"""Who may import whom: the contracts in pyproject.toml."""

import subprocess
import sys
from pathlib import Path

from award.kernel.settings import ROOT


def test_contracts_are_kept() -> None:
    # In a process of its own: the checker sets up logging for itself and would silence ours for every later test.
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--config", "pyproject.toml", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
