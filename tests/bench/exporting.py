"""G5: the export of a round's score sheets, beside raw rows written as CSV. `... DATABASE COOKIE ROUND` prints a memory."""

import csv
import io
import json
import subprocess
import sys
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from award.app import make_app
from award.kernel import db
from award.kernel.settings import ROOT, Settings
from award.kernel.web.csrf import HEADER, token_for
from tests.bench import figures
from tests.bench.browser import Browser
from tests.bench.figures import Figure
from tests.bench.sizes import Sizes
from tests.bench.world import World, world


def exports(sizes: Sizes) -> list[Figure]:
    """As the office asks for it; its first row belongs to G4. The memory is that of a process which does nothing else."""
    made, larger = (world(size, sizes.judges, scored=True) for size in (sizes.middle, sizes.large))
    browsers = [Browser(make_app(one.engine, Settings(directory=one.directory)), one.office) for one in (made, larger)]
    browser, other = browsers
    raw, as_csv, as_xlsx, of_many = figures.side_by_side(
        [
            partial(_raw, made.engine),
            partial(export, browser, made.round, "csv"),
            partial(export, browser, made.round, "xlsx"),
            partial(export, other, larger.round, "csv"),
        ],
        min(sizes.runs, 3),
    )
    for one in browsers:
        one.close()
    act = f"{len(made.applications) * 5:,} sheets x {len(made.items)}"
    peaks = [_peak(one) for one in (made, larger)]
    return [
        figures.at_most("G4", f"a CSV of all sheets, {sizes.large:,} against {sizes.middle:,}", as_csv, of_many, 11),
        figures.at_most("G5", f"CSV of {act}", raw, as_csv, 2),
        Figure("G5", f"XLSX of {act}", figures.milliseconds(raw), figures.milliseconds(as_xlsx), as_xlsx / raw),
        figures.at_most(
            "G5", f"memory of a CSV, {sizes.large:,} against {sizes.middle:,}", *peaks, 1.15, figures.mebibytes
        ),
    ]


def export(browser: Browser, round_id: str, kind: str) -> None:
    """The list as a file."""
    headers = {"content-type": "application/x-www-form-urlencoded", HEADER: token_for(browser.cookie)}
    form = f"format={kind}&reason=bench".encode()
    browser.ask("POST", f"/office/export/sheets?round={round_id}", form, headers)


def _raw(engine: Engine) -> int:
    """What anybody would write: one query, one row for each percentage, the plain writer."""
    out = io.StringIO()
    lines = csv.writer(out)
    query = "SELECT s.public_id, i.item, i.percent FROM sheet s JOIN sheet_item i ON i.sheet_id = s.id ORDER BY s.id, i.item"
    with engine.connect() as connection:
        lines.writerows(connection.exec_driver_sql(query))
    return out.tell()


def _peak(made: World) -> float:
    command = [
        sys.executable,
        "-m",
        "tests.bench.exporting",
        str(made.directory / "award.sqlite3"),
        made.office,
        made.round,
    ]
    return float(json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout))


if __name__ == "__main__":
    path, cookie, round_id = sys.argv[1:]
    asking = Browser(make_app(db.make_engine(f"sqlite:///{path}"), Settings()), cookie)
    export(asking, round_id, "csv")
    # Not getrusage: its peak is handed down from the process that started this one.
    [peak] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    print(int(peak.split()[1]) / 1024)
