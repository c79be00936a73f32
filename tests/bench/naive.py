"""The yardsticks of paper, each in a process of its own (write|certificates FOLDER COUNT, or report REPEATED RUNS).

Certificates: WeasyPrint as anybody would use it, one document each, from the system's Noto collection. The HTML is that of our
template, without the ground we draw once, with the QR code as SVG. Report: our own engine, with and without the layout our
tables are given.
"""

import json
import os
import re
import sys
import time
from pathlib import Path
from typing import Any

COLLECTION = '"Noto Serif CJK SC"'
LAYOUT = re.compile(r"table-layout:\s*fixed;?|border-collapse:\s*separate;?|border-spacing:[^;}]*;?|<col[ >][^>]*>")


def write_certificates(folder: Path, count: int) -> None:
    """The HTML of single certificates, asking for the system's fonts, the code drawn in it."""
    import segno

    from award.press import engine
    from tests.golden import samples

    for number in range(count):
        view = samples.certificate(recipient=f"云川第{number}精密机械股份有限公司")
        code = segno.make(view.verify_url, error="m", micro=False).svg_inline(border=0, omitsize=True)
        html = engine._html("certificate", "zh", views=[view]).replace('<div class="code">', f'<div class="code">{code}')
        (folder / f"{number}.html").write_text(re.sub(r"font-family: [^;}]*", f"font-family: {COLLECTION}", html))


def render_certificates(folder: Path) -> list[float]:
    """Seconds of each but the first, which loads the fonts."""
    from weasyprint import HTML

    seconds = []
    for path in sorted(folder.glob("*.html")):
        start = time.perf_counter()
        HTML(string=path.read_text()).write_pdf()
        seconds.append(time.perf_counter() - start)
    return seconds[1:]


def render_report(runs: int, repeated: int) -> list[tuple[float, float, int]]:
    """Seconds with default tables and with ours, and pages of ours; in turns."""
    from award.kernel.i18n import translate
    from award.press import engine, paper
    from award.press.figures import Figures

    view = large_report(repeated)
    ours = engine._html(
        "feedback_report", "zh", view=view, figures=Figures(view, lambda text, **params: translate("zh", text, params))
    )
    default = LAYOUT.sub("", ours)
    found = []
    for _ in range(runs + 1):
        taken = []
        for html in (default, ours):
            start = time.perf_counter()
            pages = paper.typeset(html, tagged=True)[1]
            taken.append(time.perf_counter() - start)
        found.append((taken[0], taken[1], pages))
    return found[1:]


def large_report(repeated: int) -> Any:
    """A report with remarks on all 23 items; repeated four times they fill about thirty pages."""
    from dataclasses import replace

    from tests.golden import samples

    view = samples.feedback_report()
    [first, *_] = view.remarks
    items = [item.number for category in view.categories for item in category.items]
    remarks = tuple(
        replace(
            first, number=number, strengths=first.strengths * repeated, opportunities=first.opportunities * repeated
        )
        for number in items
    )
    return replace(view, remarks=remarks)


if __name__ == "__main__":
    what, folder, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    if what == "write":
        write_certificates(Path(folder), count)
    elif what == "certificates":
        os.environ.pop("FONTCONFIG_FILE", None)
        print(json.dumps(render_certificates(Path(folder))))
    else:
        print(json.dumps(render_report(count, int(folder))))
