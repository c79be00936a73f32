"""QR codes as operators of a PDF page: the modules that segno makes, four times as fast.

Most of a code's time goes into choosing its mask (ISO/IEC 18004:2015, 7.8.3): eight pictures are weighed. Here a picture is one
number with a bit for each module, row after row with a light margin between rows, so that a rule is a few shifts of it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import segno

MARGIN = 4
"""Light modules after each row: as wide as the light area that the third rule asks for."""

DIGITS = bytes.maketrans(b"\0\1", b"01")
INK = "0.164706 0.113725 0.078431 RG"


@dataclass(frozen=True)
class _Mask:
    """What a mask changes, format information with it: by rows, and by columns."""

    rows: int
    columns: int


@dataclass(frozen=True)
class _Frame:
    """What is the same for all codes of a version. weighed, linked: the modules that count, and those with one before them."""

    size: int
    masks: tuple[_Mask, ...]
    weighed: int
    linked: int


def modules(text: str) -> list[str]:
    """The rows of a code of level M or better, dark modules as "1"; no quiet zone."""
    code = segno.make(text, error="m", micro=False, mask=0)
    frame = _frame(int(code.version), str(code.error))
    rows, columns = _number(code.matrix), _number(zip(*code.matrix, strict=True))
    best = min(frame.masks, key=lambda mask: _penalty(rows ^ mask.rows, columns ^ mask.columns, frame))
    stride = frame.size + MARGIN
    digits = format(rows ^ best.rows, f"0{frame.size * stride}b")
    return [digits[start : start + frame.size] for start in range(0, len(digits), stride)]


def drawing(text: str, left: float, top: float, width: float) -> bytes:
    """Operators that draw a code where y points down: dark brown, without a quiet zone, a line for each run of dark modules."""
    rows = modules(text)
    scale = width / len(rows)
    place = f"{scale:.6f} 0 0 {scale:.6f} {left:.6f} {top:.6f} cm"
    lines = [
        f"{run.start()} {row}.5 m {run.end()} {row}.5 l"
        for row, digits in enumerate(rows)
        for run in re.finditer("1+", digits)
    ]
    return "\n".join(["q", INK, place, *lines, "S", "Q"]).encode()


def _number(rows: Iterable[Iterable[int]]) -> int:
    return int(b"".join(bytes(row) + bytes(MARGIN) for row in rows).translate(DIGITS), 2)


@lru_cache
def _frame(version: int, error: str) -> _Frame:
    """Any text serves: the difference between two masks does not depend on it."""

    def made(mask: int) -> Sequence[bytearray]:
        return segno.make("0", version=version, error=error, boost_error=False, micro=False, mask=mask).matrix

    first, size = made(0), len(made(0))
    masks = []
    for matrix in map(made, range(8)):
        changed = [[a ^ b for a, b in zip(*pair, strict=True)] for pair in zip(first, matrix, strict=True)]
        masks.append(_Mask(_number(changed), _number(zip(*changed, strict=True))))
    weighed = [[int(not _is_information(row, column, size)) for column in range(size)] for row in range(size)]
    return _Frame(size, tuple(masks), _number(weighed), _number([[0] + [1] * (size - 1)] * size))


def _is_information(row: int, column: int, size: int) -> bool:
    """Whether a module tells format or version: these are written after the masks have been weighed."""
    near, far = sorted((row, column))
    tells_format = 8 in (near, far) and 6 not in (near, far) and (far < 9 or far >= size - 8)
    tells_version = size > 41 and near < 6 and size - 11 <= far < size - 8
    return tells_format or tells_version


def _penalty(rows: int, columns: int, frame: _Frame) -> int:
    """Points against a mask; the format information is still light."""
    rows, columns = rows & frame.weighed, columns & frame.weighed
    stride = frame.size + MARGIN
    share = rows.bit_count() / frame.size**2
    return (
        _along(rows, frame.linked)
        + _along(columns, frame.linked)
        + 3 * _squares(rows, frame.linked, stride)
        + 10 * int(abs(share * 100 - 50) / 5)
    )


def _along(lines: int, linked: int) -> int:
    """Rule 1: runs of five and more, 3 points and one for each further module. Rule 3: 1011101 beside four light ones, 40."""
    same = ~(lines ^ lines >> 1) & linked
    runs = same & same >> 1 & same >> 2 & same >> 3
    finder = lines >> 6 & ~(lines >> 5) & lines >> 4 & lines >> 3 & lines >> 2 & ~(lines >> 1) & lines
    before = lines >> 7 | lines >> 8 | lines >> 9 | lines >> 10
    after = lines << 1 | lines << 2 | lines << 3 | lines << 4
    found = finder & ~(before & after)
    overlapping = found & (found >> 4 | found >> 6)
    return runs.bit_count() + 2 * (runs & ~(runs << 1)).bit_count() + 40 * (found & ~overlapping).bit_count()


def _squares(rows: int, linked: int, stride: int) -> int:
    """Rule 2: squares of two by two in one colour."""
    same = ~(rows ^ rows >> 1) & linked
    return (same & same >> stride & ~(rows ^ rows >> stride)).bit_count()
