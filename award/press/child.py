"""The rendering process: reads requests from its standard input and answers with records and PDFs until the input ends.

Started by award.press.pool only: `python -m award.press.child MIB`.
"""

import json
import os
import resource
import sys
from typing import IO, Any

from award.kernel import logs
from award.kernel.settings import settings
from award.press import engine
from award.press.document import BrokenView, MissingGlyphs, PressError, Rendered, from_json
from award.press.kinds import VIEWS


def limit(mib: int) -> None:
    """Caps the memory of this process and forbids core files, which would hold what was rendered."""
    resource.setrlimit(resource.RLIMIT_AS, (mib * 2**20, mib * 2**20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(request: dict[str, Any]) -> list[Rendered | PressError]:
    """Several views are certificates on one sheet of HTML; one view is one document."""
    kind = request["kind"]
    views: list[Any] = [from_json(VIEWS[kind], view) for view in request["views"]]
    return engine.render_batch(views) if len(views) > 1 else [engine.attempt(kind, views[0])]


def record_of(made: Rendered | PressError) -> dict[str, Any]:
    """An outcome without its bytes, as it crosses the pipe."""
    if isinstance(made, MissingGlyphs):
        return {"missing": made.characters}
    if isinstance(made, BrokenView):
        return {"broken": made.fault}
    if isinstance(made, PressError):
        return {"error": str(made)}
    return {
        "bytes": len(made.pdf), "sha256": made.sha256, "pages": made.pages, "fonts": made.fonts,
        "data_hash": made.data_hash, "template_version": made.template_version,
    }  # fmt: skip


def send(out: IO[bytes], records: list[dict[str, Any]], pdfs: list[bytes]) -> None:
    """One line of JSON, then the PDFs it counts."""
    out.write(json.dumps(records).encode() + b"\n" + b"".join(pdfs))
    out.flush()


def main() -> None:
    """Serves until the input ends. What libraries print goes to standard error, so that it cannot mix with answers."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    logs.configure(settings())
    limit(int(sys.argv[1]))
    send(out, [{"ready": True}], [])
    for line in sys.stdin.buffer:
        made = answer(json.loads(line))
        send(out, [record_of(one) for one in made], [one.pdf for one in made if isinstance(one, Rendered)])


if __name__ == "__main__":
    main()
