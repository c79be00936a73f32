"""Runs the small programs that open strangers' files: few at once, killed when they take too long."""

import logging
import subprocess
import sys
import threading
from dataclasses import dataclass

from award.kernel.settings import ROOT

log = logging.getLogger("award.files")

SECONDS = 30
AT_ONCE = threading.BoundedSemaphore(3)


@dataclass(frozen=True)
class Ended:
    """How a child ended. code: its exit code, negative when a signal ended it, None when it was killed for its time."""

    code: int | None
    output: bytes


def run_child(module: str, *arguments: str, seconds: int = SECONDS) -> Ended:
    """Runs `python -m module arguments` with an empty environment; waits for its turn first."""
    with AT_ONCE:
        child = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            output, _ = child.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            log.warning("%s took longer than %d seconds and was killed", module, seconds)
            return Ended(None, b"")
        if child.returncode != 0:
            log.warning("%s ended with %d", module, child.returncode)
        return Ended(child.returncode, output)
