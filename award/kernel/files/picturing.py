"""Runs as a child process: draws one page of a stored PDF as PNG on its standard output.

`python -m award.kernel.files.picturing PATH PAGE WIDTH`; exit code 3 when the file has no such page.
"""

import io
import resource
import sys

import pypdfium2

MEMORY = 2**30
CPU_SECONDS = 20
TALLEST = 4
"""A page taller than this many widths is drawn narrower."""


def limit() -> None:
    """Takes away memory, time and the right to write files from this process."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def draw(path: str, number: int, width: int) -> bytes:
    """number: from 1. width: pixels. Raises IndexError for a page that is not there."""
    pdf = pypdfium2.PdfDocument(path)
    if not 1 <= number <= len(pdf):
        raise IndexError(number)
    page = pdf[number - 1]
    across, down = page.get_size()
    scale = min(width / across, width * TALLEST / down)
    image = page.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def main(path: str, number: int, width: int) -> int:
    """Writes the picture."""
    limit()
    try:
        picture = draw(path, number, width)
    except IndexError:
        return 3
    sys.stdout.buffer.write(picture)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
