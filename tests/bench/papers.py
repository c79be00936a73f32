"""G6 and G7: certificates in batches and feedback reports, beside what they cost without our layout and fonts."""

import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

from award.kernel.settings import ROOT
from award.press.document import Rendered
from award.press.pool import Pool
from award.press.views import CertificateView
from tests.bench import figures
from tests.bench.figures import Figure
from tests.bench.naive import large_report
from tests.bench.sizes import Sizes
from tests.golden import samples

WORKERS = 2
BY_HUNDREDS = 10
"""How many batches follow one another to see whether the memory grows."""


def certificates(sizes: Sizes) -> list[Figure]:
    """G6."""
    naive = 60 / median(_naive(sizes.naive_papers))
    views = [samples.certificate(recipient=f"云川第{number}精密机械股份有限公司") for number in range(sizes.papers)]
    with Pool(WORKERS, seconds=300) as pool:
        _all_made(pool, views[: WORKERS * 2])
        (seconds,) = figures.side_by_side([lambda: _all_made(pool, views)], min(sizes.runs, 3))
        first = max(_peaks(pool))
        for _ in range(BY_HUNDREDS):
            _all_made(pool, views)
        last = max(_peaks(pool))
    ours = len(views) / seconds * 60
    total = f"{sizes.papers * (BY_HUNDREDS + 3):,}"
    return [
        figures.at_least("G6", f"{sizes.papers} certificates, {WORKERS} workers", naive, ours, 20, figures.per_minute),
        figures.limit("G6", "memory of a worker, at most", last, 150, figures.mebibytes),
        figures.at_most("G6", f"memory after {total} against the first batches", first, last, 1.1, figures.mebibytes),
    ]


def _naive(count: int) -> list[float]:
    with tempfile.TemporaryDirectory() as folder:
        _child("write", folder, count + 1)
        seconds: list[float] = json.loads(_child("certificates", folder, count))
    return seconds


def _child(what: str, folder: str, count: int) -> str:
    command = [sys.executable, "-m", "tests.bench.naive", what, folder, str(count)]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def _all_made(pool: Pool, views: list[CertificateView]) -> None:
    """Raises RuntimeError where one is missing a glyph or could not be made at all."""
    failed = [one for one in pool.render_batch(views) if not isinstance(one, Rendered)]
    if failed:
        raise RuntimeError(str(failed[0]))


def _peaks(pool: Pool) -> list[float]:
    """Most MiB each rendering process has ever used."""
    children = Path("/proc").glob("[0-9]*/cmdline")
    found = []
    for path in children:
        try:
            words = path.read_bytes().split(b"\0")
            status = dict(line.split(":", 1) for line in (path.parent / "status").read_text().splitlines())
        except OSError:
            continue
        if b"award.press.child" in words and int(status["PPid"]) == _own_id():
            found.append(int(status["VmHWM"].split()[0]) / 1024)
    return found


def _own_id() -> int:
    return int(Path("/proc/self").readlink().name)


def reports(sizes: Sizes) -> list[Figure]:
    """G7."""
    runs: list[Any] = json.loads(_child("report", str(sizes.remarks), min(sizes.runs, 3)))
    default, ours, pages = (median(one) for one in zip(*runs, strict=True))
    one, two = (_reports_a_minute(workers, sizes) for workers in (1, 2))
    return [
        figures.at_most("G7", f"a feedback report of {pages:.0f} pages, against default tables", default, ours, 0.45),
        figures.at_least("G7", "reports with two workers against one", one, two, 1.8, figures.per_minute),
    ]


def _reports_a_minute(workers: int, sizes: Sizes) -> float:
    view, number = large_report(sizes.remarks), 2 * min(sizes.runs, 3)
    with Pool(workers, seconds=300) as pool, ThreadPoolExecutor(workers) as threads:
        list(threads.map(lambda _: pool.render("feedback_report", view), range(workers)))
        seconds = figures.seconds_of(
            lambda: list(threads.map(lambda _: pool.render("feedback_report", view), range(number)))
        )
    return number / seconds * 60
