"""QR codes as operators of a PDF page: WeasyPrint would read and paint a picture of one in as much time as half a certificate."""

import re

import segno

INK = "0.164706 0.113725 0.078431 RG"


def drawing(text: str, left: float, top: float, width: float) -> bytes:
    """Operators that draw a code where y points down: level M or better, dark brown, without a quiet zone.

    A line for each run of dark modules.
    """
    matrix = segno.make(text, error="m", micro=False).matrix
    scale = width / len(matrix)
    place = f"{scale:.6f} 0 0 {scale:.6f} {left:.6f} {top:.6f} cm"
    lines = [
        f"{run.start()} {row}.5 m {run.end()} {row}.5 l"
        for row, modules in enumerate(matrix)
        for run in re.finditer(b"\1+", modules)
    ]
    return "\n".join(["q", INK, place, *lines, "S", "Q"]).encode()
