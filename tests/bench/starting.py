"""G14: starting the web process, and what it never imports."""

import subprocess
import sys

from award.kernel.settings import ROOT
from tests.bench import figures
from tests.bench.figures import Figure
from tests.bench.sizes import Sizes
from tests.bench.world import scratch

BARE = "import fastapi, sqlalchemy, jinja2"
OURS = "import award.app"
UNWANTED = ("weasyprint", "scipy", "numpy", "pyhanko", "pikepdf", "PIL", "pypdfium2")


def starting(sizes: Sizes) -> list[Figure]:
    """Each in a process of its own."""
    ready = f"import os; os.environ['AWARD_DIRECTORY'] = {str(scratch())!r}; from award.app import make_app; make_app()"
    bare, ours, made = figures.side_by_side([lambda: _run(BARE), lambda: _run(OURS), lambda: _run(ready)], sizes.runs)
    listed = f"import sys, award.app; print([one for one in {UNWANTED!r} if one in sys.modules])"
    unwanted = subprocess.run(
        [sys.executable, "-c", listed], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()
    return [
        figures.at_most("G14", "import the web application", bare, ours, 1.5),
        figures.at_most("G14", "start it, ready to answer", bare, made, 1.5),
        Figure("G14", "renderers and models imported", "", unwanted, None, "[]", unwanted == "[]"),
    ]


def _run(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
